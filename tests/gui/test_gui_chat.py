"""Branches, drafts, finding, ratings, commands, and what comes from outside the window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QListWidgetItem, QMenu, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine

from hgpt_desktop.bridge.single_instance import OnlyInstance, hand_over
from hgpt_desktop.bridge.views import ConversationView, DraftView, ExchangeView, RunOptions
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.ui.basics import IconButton
from hgpt_desktop.ui.commands import ShortcutSheet
from hgpt_desktop.ui.dialogs import ArchiveToImport, FolderToExport, PlaceToExport
from hgpt_desktop.ui.main_window import MainWindow

BenchOf = Callable[[MainWindow], Workbench]
NOW = datetime.now(UTC).astimezone()
DONE = RequestFinished("Hi", (), 0.1, 0)


def talk(count: int = 3, **more: object) -> ScriptedEngine:
    """An engine that keeps one conversation of `count` exchanges."""
    engine = ScriptedEngine([DONE])
    exchanges = tuple(
        ExchangeView(
            f"Request {n}",
            (),
            None,
            (),
            f"Answer {n} on whales",
            0,
            1.0,
            f"r{n}",
            (f"r{n}",),
            **more,  # type: ignore[arg-type]
        )
        for n in range(count)
    )
    engine.kept["c"] = (ConversationView("c", "Whales", NOW), exchanges)
    return engine


def opened(open_window: OpenWindow, qtbot: QtBot, engine: ScriptedEngine) -> MainWindow:
    window = open_window(engine)
    window.open_conversation("c")
    count = min(len(engine.kept["c"][1]), 20)
    qtbot.waitUntil(lambda: len(window.page.answers) == count and not window.page.filling, timeout=5000)
    return window


# ---------------------------------------------------------------- branches


def test_an_edited_request_is_sent_in_a_branch(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    window.page.requests[1].edit_button.click()
    assert window.composer.text.toPlainText() == "Request 1"
    assert window.composer.beside == "r1"
    window.composer.text.setPlainText("Request 1, better")
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    assert ("run", ("Request 1, better", (), "c")) in engine.calls
    assert ("options", RunOptions(beside="r1")) in engine.calls
    assert [one.text for one in window.page.requests] == ["Request 0", "Request 1, better"]
    assert window.page.requests[1].siblings == ("r1", "run-1")
    assert window.composer.beside is None


def test_an_answer_is_made_again_and_versions_are_switched(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        window.page.answers[2].foot.again_button.click()
    assert ("options", RunOptions(beside="r2")) in engine.calls
    assert window.page.requests[2].siblings == ("r2", "run-1")
    window.page.requests[2].branch_wanted.emit("r2")
    qtbot.waitUntil(lambda: ("branch", "r2") in engine.calls, timeout=5000)
    qtbot.waitUntil(lambda: [one.run_id for one in window.page.requests] == ["r0", "r1", "r2"], timeout=5000)


def test_another_version_takes_the_place_of_the_one_that_was_shown(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    """The page began anew at its end."""
    engine = talk(12)
    view, exchanges = engine.kept["c"]
    both = ("r5", "other")
    shown = tuple(replace(one, siblings=both) if one.run_id == "r5" else one for one in exchanges)
    engine.kept["c"] = (view, shown)
    window = opened(open_window, qtbot, engine)
    page, request = window.page, window.page.requests[5]
    qtbot.waitUntil(lambda: not page._settling.isActive(), timeout=5000)
    page.ensureWidgetVisible(request)
    labels = [one.run_id for one in page.requests]
    before = request.mapTo(page.viewport(), request.rect().topLeft()).y()
    other = ExchangeView("Request 5, other", (), None, (), "Another answer", 0, 1.0, "other", both)
    after = tuple(replace(one, run_id=f"{one.run_id}-b", siblings=()) for one in exchanges[6:9])
    engine.kept["c"] = (view, (*shown[:5], other, *after))
    later = next(one for one in request.findChildren(IconButton) if one.toolTip() == "Later version")
    QTest.mouseClick(later, Qt.MouseButton.LeftButton)
    grown: list[int] = []
    page.grown.connect(lambda: grown.append(len(page.requests)))
    qtbot.waitUntil(lambda: grown == [9], timeout=5000)
    assert window.page is page
    assert [one.run_id for one in page.requests] == [*labels[:5], "other", "r6-b", "r7-b", "r8-b"]
    assert page.answers[5].answer.text == "Another answer"
    now = page.requests[5]
    assert abs(now.mapTo(page.viewport(), now.rect().topLeft()).y() - before) < 4
    assert window.composer.text.hasFocus()


def test_editing_can_be_left(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk())
    window.page.requests[0].edit_button.click()
    window.composer.clear()
    assert window.composer.beside is None
    assert window.composer.draft == DraftView()


# ---------------------------------------------------------------- what is kept


def test_drafts_belong_to_their_conversations_and_are_kept(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    engine.kept_drafts["c"] = DraftView("about whales")
    window = opened(open_window, qtbot, engine)
    qtbot.waitUntil(lambda: window.composer.text.toPlainText() == "about whales", timeout=5000)
    window.new_conversation()
    assert window.composer.text.toPlainText() == ""
    QTest.keyClicks(window.composer.text, "something else")
    qtbot.waitUntil(lambda: engine.kept_drafts.get(None) == DraftView("something else"), timeout=5000)
    window.open_conversation("c")
    qtbot.waitUntil(lambda: window.composer.text.toPlainText() == "about whales", timeout=5000)


def test_what_is_written_when_the_window_closes_is_kept(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = talk()
    window = open_window(engine)
    window.composer.text.setPlainText("half a sen")
    window.close()
    assert bench_of(window).close()
    assert engine.kept_drafts[None] == DraftView("half a sen")


def test_ratings_stay_with_a_note(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    foot = window.page.answers[0].foot
    foot.bad_button.click()
    QTest.keyClicks(foot.why, "too long")
    QTest.keyClick(foot.why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("rate", ("r0", -1, "too long")) in engine.calls, timeout=5000)
    foot.bad_button.click()
    qtbot.waitUntil(lambda: engine.calls[-1] == ("rate", ("r0", None, "")), timeout=5000)


def test_an_answer_is_quoted_and_copied(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk())
    foot = window.page.answers[0].foot
    foot.copy_button.click()
    assert QApplication.clipboard().text() == "Answer 0 on whales"
    foot.quote_button.click()
    assert window.composer.text.toPlainText() == "> Answer 0 on whales\n\n"


def test_a_first_answer_gets_the_conversation_a_title(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([DONE])
    window = open_window(engine)
    for text in ("First", "Second"):
        with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
            window.chat.send(text, [])
        qtbot.waitUntil(lambda: not window.chat.is_busy, timeout=5000)
    qtbot.waitUntil(lambda: ("title", "c1") in engine.calls, timeout=5000)
    assert len([call for call in engine.calls if call[0] == "title"]) == 1


# ---------------------------------------------------------------- finding


def test_words_are_found_marked_and_walked_through(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk())
    qtbot.waitUntil(lambda: len(window.page.answers) == 3, timeout=5000)
    QTest.keySequence(window.composer.text, QKeySequence("Ctrl+F"))
    bar = window.chat.find_bar
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, "whales")
    assert (bar.count, bar.summary) == (3, "3 of 3")
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.summary == "1 of 3"
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.summary == "3 of 3"
    bar.field.setText("narwhal")
    assert bar.summary == "Nothing found"
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert window.composer.text.hasFocus()


def test_finding_goes_on_in_messages_that_are_not_shown_yet(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk(30))
    qtbot.waitUntil(lambda: len(window.page.answers) == 20, timeout=5000)
    bar = window.chat.find_bar
    window.chat.open_find()
    bar.field.setText("whales")
    assert bar.summary == "20 of 20+"
    for _ in range(20):
        QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bar.count == 30, timeout=5000)
    assert bar.summary == "10 of 30", "the one before the first that was shown"
    assert "Answer 9 " in window.page.answers[9].answer.text
    here = window.page.answers[9].mapTo(window.page.viewport(), window.page.answers[9].rect().center())
    assert window.page.viewport().rect().contains(here)


def test_words_that_stand_far_above_are_looked_for(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk(50))
    QTest.keySequence(window.composer.text, QKeySequence("Ctrl+F"))
    bar = window.chat.find_bar
    bar.field.setText("Answer 3 on")
    assert bar.summary == "Looking further up…"
    qtbot.waitUntil(lambda: bar.summary == "1 of 1", timeout=5000)


def test_words_at_the_end_of_a_long_answer_are_found(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk(1)
    view, (exchange,) = engine.kept["c"]
    long = "\n\n".join(f"Paragraph {n}." for n in range(60)) + "\n\n```python\nwhale = 1\n```\n"
    engine.kept["c"] = (view, (replace(exchange, answer=long),))
    window = open_window(engine)
    window.chat.open_conversation("c", "whale")
    bar = window.chat.find_bar
    qtbot.waitUntil(lambda: bar.isVisible() and bar.summary == "1 of 1", timeout=5000)


def test_a_place_that_was_found_stays_when_earlier_messages_come_in(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = opened(open_window, qtbot, talk(30))
    window.chat.open_find()
    bar = window.chat.find_bar
    bar.field.setText("Answer 15 ")
    place = window.page.verticalScrollBar()
    place.setValue(place.minimum())  # the user scrolls up
    qtbot.waitUntil(lambda: len(window.page.answers) > 20 and not window.page.filling, timeout=5000)
    assert bar.summary == "1 of 1"
    found = window.page.answers[-15]
    assert "Answer 15 " in found.answer.text
    assert (
        not window.page.viewport().rect().contains(found.mapTo(window.page.viewport(), found.rect().center()))
    ), "nobody asked to go there again"


# ---------------------------------------------------------------- commands


def test_a_command_is_found_and_run_by_keys(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk())
    QTest.keySequence(window.composer.text, QKeySequence("Ctrl+K"))
    palette = window.palette_box
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, "sett")
    assert palette.list.count() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.settings
    assert not palette.isVisible()
    window.open_palette()
    QTest.keyClicks(palette.field, "open whales")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.chat, timeout=5000)
    window.open_palette()
    QTest.keyClicks(palette.field, "no such thing")
    assert palette.list.count() == 0
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager
def test_the_shortcut_sheet_names_every_key_once(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine())
    QTest.keySequence(window.composer.text, QKeySequence("F1"))
    sheet = next(one for one in QApplication.topLevelWidgets() if isinstance(one, ShortcutSheet))
    keys = [command.keys for command in window.commands.all if command.keys]
    assert len(set(keys)) == len(keys) > 10
    sheet.close()


# ---------------------------------------------------------------- the sidebar


def test_pinned_conversations_stand_above_the_others(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    engine.kept["d"] = (ConversationView("d", "Older", NOW), ())
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 3, timeout=5000)
    window.sidebar.pin_wanted.emit(("c",), True)
    qtbot.waitUntil(lambda: window.sidebar.list.item(0).text() == "Pinned", timeout=5000)
    assert window.sidebar.list.item(1).text() == "Whales"


def test_conversations_are_deleted_by_key_and_brought_back(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    items = [window.sidebar.list.item(row) for row in range(window.sidebar.list.count())]
    window.sidebar.list.setCurrentItem(next(one for one in items if one.text() == "Whales"))
    window.sidebar.list.setFocus()
    QTest.keyClick(window.sidebar.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 0, timeout=5000)
    assert "c" in engine.put_away
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 2, timeout=5000)


def test_several_deleted_in_a_row_come_back_together(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    for name in ("d", "e"):
        engine.kept[name] = (ConversationView(name, f"On {name}", NOW), ())
    window = opened(open_window, qtbot, engine)

    def shows(left: int) -> bool:
        return len(engine.kept) == left and window.sidebar.list.count() == (left + 1 if left else 0)

    for left in (2, 1, 0):
        window.sidebar.list.setCurrentRow(1)
        QTest.keyClick(window.sidebar.list, Qt.Key.Key_Delete)
        qtbot.waitUntil(partial(shows, left), timeout=5000)
    assert window.chat.toast.text == "3 conversations are deleted."
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: set(engine.kept) == {"c", "d", "e"}, timeout=5000)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 4, timeout=5000)
    window.sidebar.list.setCurrentRow(1)
    QTest.keyClick(window.sidebar.list, Qt.Key.Key_Delete)
    assert window.chat.toast.text.endswith("is deleted."), "a new count begins"


def selecting(window: MainWindow, rows: Sequence[int]) -> None:
    """Click on the first of them, and with Ctrl on the others."""
    listed = window.sidebar.list
    for row in rows:
        keys = Qt.KeyboardModifier.NoModifier if row == rows[0] else Qt.KeyboardModifier.ControlModifier
        place = listed.visualItemRect(listed.item(row)).center()
        QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, keys, place)


def several(open_window: OpenWindow, qtbot: QtBot) -> tuple[ScriptedEngine, MainWindow]:
    engine = talk()
    for name in ("d", "e", "f"):
        engine.kept[name] = (ConversationView(name, f"On {name}", NOW), ())
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 5, timeout=5000)
    return engine, window


def test_several_that_are_selected_are_deleted_and_brought_back_together(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine, window = several(open_window, qtbot)
    selecting(window, (1, 2, 4))
    assert window.sidebar.selected == ("f", "e", "c")
    qtbot.waitUntil(lambda: window.page.conversation_id == "f", timeout=5000)  # only the first was opened
    window.sidebar.list.setFocus()
    QTest.keyClick(window.sidebar.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: set(engine.kept) == {"d"} and window.sidebar.list.count() == 2, timeout=5000)
    assert window.chat.toast.text == "3 conversations are deleted."
    assert window.page.conversation_id is None
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 5, timeout=5000)
    QTest.keySequence(window.sidebar.list, QKeySequence.StandardKey.SelectAll)
    assert len(window.sidebar.selected) == 4, "headings are none"


def test_a_click_beside_the_list_leaves_the_mark(open_window: OpenWindow, qtbot: QtBot) -> None:
    _, window = several(open_window, qtbot)
    selecting(window, (4,))
    qtbot.waitUntil(lambda: window.page.conversation_id == "c", timeout=5000)
    port = window.sidebar.list.viewport()
    for key in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        QTest.mouseClick(port, key, pos=port.rect().bottomLeft() + QPoint(20, -5))
        assert window.sidebar.selected == ("c",)


def test_a_selection_outlives_a_new_list_and_is_exported_and_pinned(
    open_window: OpenWindow,
    bench_of: BenchOf,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, window = several(open_window, qtbot)
    view, exchanges = engine.kept["d"]
    engine.kept["d"] = (replace(view, title="On e"), exchanges)  # two of one name
    with qtbot.waitSignal(bench_of(window).conversations_changed, timeout=5000):
        bench_of(window).refresh_conversations()
    selecting(window, (2, 3))
    with qtbot.waitSignal(bench_of(window).conversations_changed, timeout=5000):
        bench_of(window).refresh_conversations()
    assert window.sidebar.selected == ("e", "d")
    monkeypatch.setattr(FolderToExport, "ask", classmethod(lambda cls, parent: tmp_path))
    menu = window.sidebar.menu_for(window.sidebar.list.item(2))
    names = [action.text() for action in menu.actions() if action.text()]
    assert names == ["Pin", "Export 2 conversations", "Import…", "Delete 2"]
    forms = menu.actions()[1].menu()
    assert isinstance(forms, QMenu)
    next(one for one in forms.actions() if "zip" in one.text()).trigger()
    said = f"2 conversations are exported to {tmp_path}."
    qtbot.waitUntil(lambda: window.chat.toast.text == said, timeout=5000)
    assert {path.name for path in tmp_path.glob("*.zip")} == {"On e.zip", "On e 2.zip"}
    menu.actions()[0].trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: window.sidebar.list.item(0).text() == "Pinned", timeout=5000)
    assert [view.id for view, _ in engine.kept.values() if view.pinned] == ["d", "e"]


def test_what_is_deleted_leaves_the_list_of_what_was_found(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine, window = several(open_window, qtbot)
    QTest.keyClicks(window.sidebar.search_field, "On")
    qtbot.waitUntil(lambda: window.sidebar.list.item(0).text() == "3 found", timeout=5000)
    selecting(window, (1,))
    window.sidebar.list.setFocus()
    QTest.keyClick(window.sidebar.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: window.sidebar.list.item(0).text() == "2 found", timeout=5000)
    assert len(engine.kept) == 3


def test_an_attachment_that_was_taken_away_comes_back_to_its_place(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ScriptedEngine())
    files = [tmp_path / f"{name}.txt" for name in "abc"]
    for file in files:
        file.write_text("words", encoding="utf-8")
    window.composer.attach(files)
    chip = window.composer.strip.chips[1]
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert window.composer.paths == (files[0], files[2])
    assert window.chat.toast.text == "b.txt is no longer attached."
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    assert window.composer.paths == tuple(files)
    QApplication.processEvents()
    places = [
        one.mapTo(window.composer.strip, one.rect().topLeft()).x() for one in window.composer.strip.chips
    ]
    assert places == sorted(places), "it is seen there too"


@pytest.mark.qt_log_ignore(
    r"raise\(\)", "grabbing the keyboard"
)  # the offscreen platform has no window manager
def test_all_attachments_are_taken_away_at_once_and_come_back(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ScriptedEngine())
    files = [tmp_path / f"{name}.txt" for name in "abc"]
    for file in files:
        file.write_text("words", encoding="utf-8")
    window.composer.attach(files)
    chip = window.composer.strip.chips[1]
    middle = chip.rect().center()
    QApplication.sendEvent(
        chip, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, chip.mapToGlobal(middle))
    )
    menu = chip.findChild(QMenu)
    assert menu is not None
    entries = {entry.text(): entry for entry in menu.actions() if entry.text()}
    assert list(entries) == ["Open", "Save as…", "Show in folder", "Remove", "Remove all files"]
    place = menu.actionGeometry(entries["Remove all files"]).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    assert window.composer.paths == ()
    assert window.chat.toast.text == "3 files are no longer attached."
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    assert window.composer.paths == tuple(files)


def test_an_edit_that_was_left_is_taken_up_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, talk())
    QTest.mouseClick(window.page.requests[1].edit_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(window.composer.text, " please")
    leave = next(
        one for one in window.composer.findChildren(IconButton) if one.accessibleName() == "Do not edit it"
    )
    QTest.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert (window.composer.text.toPlainText(), window.composer.beside) == ("", None)
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    assert (window.composer.text.toPlainText(), window.composer.beside) == ("Request 1 please", "r1")


def test_an_edit_is_not_lost_where_another_conversation_is_opened(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    QTest.mouseClick(window.page.requests[1].edit_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(window.composer.text, " please")
    window.new_conversation()
    assert window.composer.text.toPlainText() == ""
    qtbot.waitUntil(lambda: engine.kept_drafts.get("c") == DraftView("Request 1 please"), timeout=5000)


def test_a_note_outlives_a_rating_taken_back_by_accident(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    foot = window.page.answers[0].foot
    QTest.mouseClick(foot.good_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(foot.why, "Exact")
    QTest.mouseClick(foot.good_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.calls[-1] == ("rate", ("r0", None, "")), timeout=5000)
    QTest.mouseClick(foot.good_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.calls[-1] == ("rate", ("r0", 1, "Exact")), timeout=5000)


def test_found_conversations_show_the_place(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk()
    view, exchanges = engine.kept["c"]
    engine.kept["c"] = (ConversationView("c", view.title, NOW, False, "…blue whales sing…"), exchanges)
    window = open_window(engine)
    window.sidebar.search_field.setText("whales")
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 2, timeout=5000)

    def preview(item: QListWidgetItem) -> object:
        return item.data(Qt.ItemDataRole.UserRole + 2)

    qtbot.waitUntil(lambda: preview(window.sidebar.list.item(1)) == "…blue whales sing…", timeout=5000)


def test_a_found_conversation_opens_where_the_words_stand(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = talk(30)
    window = open_window(engine)
    engine.found_in = ("c",)
    window.sidebar.search_field.setText("request 2 narwhal")  # of several words one is enough to lead there
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 2, timeout=5000)
    item = window.sidebar.list.item(1)
    place = window.sidebar.list.visualItemRect(item).center()
    QTest.mouseClick(window.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    bar = window.chat.find_bar
    qtbot.waitUntil(lambda: bar.isVisible() and bar.count >= 20, timeout=5000)
    assert bar.field.text() == "request"
    assert window.composer.text.hasFocus()
    bar.close_bar()
    window.sidebar.search_field.setText("answer 3 on")
    qtbot.waitUntil(lambda: ("search", "answer 3 on") in engine.calls, timeout=5000)
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 2, timeout=5000)
    QTest.mouseClick(window.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: bar.summary == "1 of 1", timeout=5000)  # the same one, and far above
    assert bar.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager
def test_the_name_of_an_export_follows_the_form_that_is_chosen(qtbot: QtBot) -> None:
    seen: list[str] = []

    def choose(form: str) -> None:
        (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog)]
        forms = next(one for one in dialog.findChildren(QComboBox) if one.findText(form) >= 0)
        forms.setCurrentIndex(forms.findText(form))
        forms.activated.emit(forms.currentIndex())
        seen.append(Path(dialog.selectedFiles()[0]).name)
        dialog.accept()

    host = QWidget()
    qtbot.addWidget(host)
    QTimer.singleShot(0, lambda: choose("Archive with all files (*.zip)"))
    place = PlaceToExport.ask(host, "Whales")
    assert seen == ["Whales.zip"]
    assert place is not None
    assert place.name == "Whales.zip"


def test_a_conversation_is_exported_and_imported(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    place = tmp_path / "whales.zip"
    monkeypatch.setattr(PlaceToExport, "ask", classmethod(lambda cls, parent, title: place))
    monkeypatch.setattr(ArchiveToImport, "ask", classmethod(lambda cls, parent: place))
    QTest.keySequence(window.composer.text, QKeySequence("Ctrl+E"))
    qtbot.waitUntil(place.exists, timeout=5000)
    qtbot.waitUntil(lambda: window.chat.toast.text == f"Exported to {place}.", timeout=5000)
    window.new_conversation()
    window.sidebar.import_wanted.emit()
    qtbot.waitUntil(lambda: window.page.conversation_id == "c", timeout=5000)
    assert ("import", place) in engine.calls


# ---------------------------------------------------------------- one window


@pytest.mark.qt_log_ignore(r"raise\(\)", "requestActivate")  # the offscreen platform has no window manager
def test_a_second_start_hands_its_files_to_the_first(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    assert not hand_over(tmp_path, [file]), "nobody listens"
    window = open_window(ScriptedEngine())
    only = OnlyInstance(tmp_path)
    only.files_arrived.connect(window.take_files)
    code = (
        "import sys; from pathlib import Path; from hgpt_desktop.bridge.single_instance import hand_over; "
        "sys.exit(0 if hand_over(Path(sys.argv[1]), [Path(sys.argv[2])]) else 1)"
    )
    second = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(file)])
    qtbot.waitUntil(lambda: window.composer.paths == (file,), timeout=20_000)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert second.returncode == 0
    only.close()
    only.deleteLater()
