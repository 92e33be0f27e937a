"""The models page as people use it, and what leads to it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from driving import choose, labels_in, models_of, named, names, send
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import LLM_ID, catalogue

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import InstallView, ProblemView, ResidentView, StarterView, StatusView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DownloadFailed, ModelMissing
from hgpt_desktop.core.events import RequestFinished, RequestStarted
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.models_page import ModelsPage
from hgpt_desktop.ui.setting_texts import setting_names
from hgpt_desktop.ui.shell import Shell

HALF = InstallView("Whisper base", "model.bin", 726_000_000, 1_452_000_000, 5_200_000.0, 140.0)


def searched(page: ModelsPage, qtbot: QtBot, text: str, wanted: list[str]) -> None:
    page.search_field.clear()
    QTest.keyClicks(page.search_field, text)
    qtbot.waitUntil(lambda: names(page) == wanted, timeout=5000)


def test_models_are_found_by_every_word_that_the_page_shows(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue())))
    searched(page, qtbot, "say it aloud", ["piper-en-us-joe-medium"])
    searched(page, qtbot, "Chinese", [LLM_ID, "qwen3-8b-q4", "whisper-base"])
    searched(page, qtbot, "german", ["qwen3-8b-q4"])
    searched(page, qtbot, "mit french", ["whisper-base"])
    searched(page, qtbot, "text-to-speech", ["piper-en-us-joe-medium"])
    searched(page, qtbot, "qwen summar", [LLM_ID])
    searched(page, qtbot, "good at elephants", [])
    assert not page.details.isVisible()


def test_a_name_that_fits_comes_before_other_words(open_window: OpenWindow, qtbot: QtBot) -> None:
    shelf = [replace(one, description="Better than DETR.") for one in catalogue()]
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=shelf))
    others = [one.id for one in shelf if one.id != "detr-resnet-50"]
    searched(page, qtbot, "detr", ["detr-resnet-50", *others])


def test_the_chosen_model_stays_in_sight_when_a_filter_goes(open_window: OpenWindow, qtbot: QtBot) -> None:
    first = catalogue()[0]
    shelf = [replace(first, id=f"model-{number}", name=f"Model {number}") for number in range(200)]
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=shelf))
    searched(page, qtbot, "model-199", ["model-199"])
    choose(page, "model-199")
    page.search_field.clear()
    qtbot.waitUntil(lambda: page.list.count() == 200, timeout=5000)
    seen = page.list.visualItemRect(page.list.currentItem())
    assert page.list.viewport().rect().contains(seen.center())


def test_the_focus_goes_from_fetch_to_pause_and_not_to_free_the_memory(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    hold = threading.Event()
    engine = ScriptedEngine(shelf=list(catalogue()), install_script=[HALF, hold])
    page = models_of(open_window, qtbot, engine)
    choose(page, "qwen3-8b-q4")
    page.details.fetch_button.setFocus()
    QTest.keyClick(page.details.fetch_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.details.pause_button.hasFocus, timeout=5000)
    QTest.keyClick(page.details.pause_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.details.fetch_button.hasFocus, timeout=5000)
    assert page.details.fetch_button.text() == "Go on"


def test_the_model_that_plans_says_so(open_window: OpenWindow, qtbot: QtBot) -> None:
    model = catalogue()[0]
    status = StatusView(model.name, "cpu", 16 * 10**9)
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue()), status_view=status))
    choose(page, LLM_ID)
    qtbot.waitUntil(lambda: page.details.llm_button.text() == "It plans now", timeout=5000)
    assert not page.details.llm_button.isEnabled()


def test_who_removes_the_model_that_plans_lets_the_best_of_the_others_plan(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()), preferences_view=Preferences(llm=LLM_ID))
    window = open_window(engine)
    window.show_page("models")
    qtbot.waitUntil(lambda: window.models.list.count() == len(engine.shelf), timeout=5000)
    choose(window.models, LLM_ID)
    QTest.mouseClick(window.models.details.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.preferences_view.llm is None, timeout=5000)
    qtbot.waitUntil(window.chat.toast.action_button.isVisible, timeout=5000)
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.preferences_view.llm == LLM_ID, timeout=5000)


def resident(*ids: str, leased: str = "") -> StatusView:
    models = tuple(ResidentView(one.capitalize(), 10**9, one, one == leased) for one in ids)
    return StatusView("Qwen", "cpu", 16 * 10**9, models)


def test_models_in_memory_keep_their_places_while_others_are_used(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()), status_view=resident("qwen"))
    page = models_of(open_window, qtbot, engine)
    qtbot.waitUntil(lambda: page.memory.summary.endswith("Qwen (1.00 GB)"), timeout=5000)
    engine.status_view = resident("piper", "qwen", leased="piper")  # the last used one comes first
    page.refresh()
    qtbot.waitUntil(lambda: page.memory.summary.endswith("Qwen (1.00 GB) · Piper (1.00 GB)"), timeout=5000)
    busy = named(page, "Piper is at work; it can be put out of memory when it has ended.")
    assert not busy.isEnabled()
    engine.status_view = resident("qwen", "piper")
    page.refresh()
    qtbot.waitUntil(lambda: "Put Piper out of memory" in tips(page), timeout=5000)
    assert named(page, "Put Piper out of memory").isEnabled()
    assert page.memory.summary.endswith("Qwen (1.00 GB) · Piper (1.00 GB)")


def tips(page: QWidget) -> list[str]:
    QApplication.processEvents()
    return [one.toolTip() for one in page.findChildren(QAbstractButton) if one.isVisible()]


def test_the_language_model_is_not_at_work_when_the_title_is_made(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine(
        [RequestStarted("Go", (), "c1", "run-1"), RequestFinished("Done.", (), 1.0, 0)],
        shelf=list(catalogue()),
        status_view=resident("qwen", leased="qwen"),
    )
    page = models_of(open_window, qtbot, engine)
    qtbot.waitUntil(lambda: not page.memory.free_button.isEnabled(), timeout=5000)

    def name(conversation_id: str, cancel: CancelToken) -> None:
        engine.status_view = resident("qwen")

    monkeypatch.setattr(engine, "make_title", name)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.chat.send("Go", [])
    qtbot.waitUntil(page.memory.free_button.isEnabled, timeout=5000)


def test_a_missing_model_is_one_click_away(open_window: OpenWindow, qtbot: QtBot) -> None:
    fault = ModelMissing(
        "No installed model can do what this needs: automatic-speech-recognition.",
        "Install it with `hgpt models install whisper-base`.",
    )
    shelf = [replace(one, installed=False) if one.id == "whisper-base" else one for one in catalogue()]
    window = open_window(ScriptedEngine(shelf=shelf, script=[fault]))
    send(window, qtbot, "Write this down")
    qtbot.waitUntil(lambda: "Open the models" in texts_of_buttons(window), timeout=5000)
    assert "No installed model can do what this needs: “Write down what is said”." in labels_in(window)
    named(window, "Open the models").click()
    qtbot.waitUntil(lambda: window.models.list.count() == len(shelf), timeout=5000)
    chosen = window.models.list.chosen
    assert chosen is not None
    assert chosen.id == "whisper-base"
    assert window.models.details.fetch_button.isVisible()


def texts_of_buttons(window: MainWindow) -> list[str]:
    QApplication.processEvents()
    return [one.text() for one in window.findChildren(QAbstractButton) if one.isVisible()]


def test_damaged_files_are_said_in_place_and_fetched_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()), damage=("model.bin: it has changed",))
    window = open_window(engine)
    window.show_page("models")
    page = window.models
    qtbot.waitUntil(lambda: page.list.count() == len(engine.shelf), timeout=5000)
    choose(page, "whisper-base")
    assert not page.details.fetch_button.isVisible()
    QTest.mouseClick(page.details.verify_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Files of Whisper base are damaged." in labels_in(page), timeout=5000)
    assert window.stack.currentWidget() is page
    assert page.details.fetch_button.text() == "Fetch damaged files"
    choose(page, LLM_ID)
    assert not page.details.fetch_button.isVisible(), "that one is not damaged"
    choose(page, "whisper-base")
    QTest.mouseClick(page.details.fetch_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.notices.problem is None, timeout=5000)
    assert ("install_model", "whisper-base") in engine.calls
    assert not page.details.fetch_button.isVisible()


def test_what_cannot_be_imported_is_said_on_the_page_and_goes_with_the_next_try(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    window = open_window(engine)
    window.show_page("models")
    window.show_problem(ProblemView("photos holds no model that can be taken.", "A model is a .gguf file."))
    assert "photos holds no model that can be taken." in labels_in(window.models)
    assert window.stack.currentWidget() is window.models
    window.models.import_from([tmp_path])
    assert window.models.notices.problem is None
    qtbot.waitUntil(lambda: ("import_models", tmp_path) in engine.calls, timeout=5000)


def test_files_held_over_the_models_say_that_they_would_be_imported(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    window.show_page("models")
    button = window.models.import_button
    window.files_hovered.emit(True)
    assert (button.text(), button.isChecked()) == ("Let go to import", True)
    window.files_hovered.emit(False)
    assert (button.text(), button.isCheckable()) == ("Import from a folder…", False)


def test_a_page_with_a_search_is_ready_for_it(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    for name, page in (("models", window.models), ("settings", window.settings)):
        window.show_page(name)
        assert page.search_field.hasFocus()


def test_a_catalogue_of_ones_own_that_cannot_be_read_is_said_at_every_start(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    fault = ProblemView("models.yaml, line 4: did not find expected ','.", "Mend it.")
    window = open_window(ScriptedEngine(shelf=list(catalogue()), own_fault=fault))
    qtbot.waitUntil(lambda: fault.message in labels_in(window.chat), timeout=5000)
    assert window.composer.text.isEnabled()


def test_the_conversation_that_is_open_is_had_back_from_another_page(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    send(window, qtbot, "Hello")
    rows = window.sidebar.list
    qtbot.waitUntil(lambda: rows.currentItem() is not None, timeout=5000)
    page = window.page
    window.show_page("models")
    place = rows.visualItemRect(rows.currentItem()).center()
    QTest.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(place)
    )
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.chat, timeout=5000)
    assert window.page is page


def test_a_second_start_without_files_leaves_the_page_as_it_is(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(MainWindow, "come_forward", lambda window: called.append("forward"))
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    window.show_page("settings")
    window.take_files([])
    assert called == ["forward"]
    assert window.stack.currentWidget() is window.settings
    text = tmp_path / "note.txt"
    text.write_text("A note.", encoding="utf-8")
    window.take_files([text])
    assert window.stack.currentWidget() is window.chat


# ---------------------------------------------------------------- the first start

STARTER = StarterView(("A", "B"), 10**9, 10**12, "/models", memory_bytes=16 * 10**9, largest_bytes=10**9)


def test_what_an_interrupted_download_left_is_said_and_counted(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine(missing=replace(STARTER, arrived_bytes=700_000_000)))
    page = window.welcome
    assert "2 starter models, 1.00 GB; 700 MB are here already" in page.facts
    assert "About 50 s at 6.0 MB/s." in page.facts
    assert page.install_button.text() == "Go on"


def test_while_models_are_fetched_their_folder_stays(open_window: OpenWindow, qtbot: QtBot) -> None:
    hold = threading.Event()
    page = open_window(ScriptedEngine(missing=STARTER, install_script=[HALF, hold])).welcome
    page.install_button.click()
    qtbot.waitUntil(lambda: "Whisper base: model.bin" in labels_in(page), timeout=5000)
    assert not page.folder_button.isEnabled()
    assert not page.import_button.isEnabled()
    page.cancel_button.click()
    qtbot.waitUntil(page.folder_button.isEnabled, timeout=5000)
    assert page.import_button.isEnabled()


def test_who_has_a_language_model_is_not_led_through_the_first_start_again(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine(missing=replace(STARTER, models=("B",), can_plan=True))
    window = open_window(engine)
    qtbot.waitUntil(window.set_card.isVisible, timeout=5000)
    assert window.stack.currentWidget() is window.chat
    QTest.mouseClick(window.set_card.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("drop_rest", None) in engine.calls, timeout=5000)
    window.set_card.refresh()
    window.models.refresh()
    qtbot.waitUntil(lambda: window.models.list.count() == 0, timeout=5000)
    assert not window.set_card.isVisible()


def test_models_dropped_on_the_first_page_are_imported(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = ScriptedEngine(missing=STARTER)
    window = open_window(engine)
    window.files_dropped.emit([tmp_path])
    assert window.stack.currentWidget() is window.models
    qtbot.waitUntil(lambda: ("import_models", tmp_path) in engine.calls, timeout=5000)


def test_who_has_made_room_looks_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(missing=replace(STARTER, free_bytes=10**8))
    page = open_window(engine).welcome
    assert not page.install_button.isEnabled()
    engine.after_install = engine.missing = STARTER
    named(page, "Look again").click()
    qtbot.waitUntil(page.install_button.isEnabled, timeout=5000)
    assert "The disk has not enough room for the starter models." not in labels_in(page)


def test_without_a_network_the_first_page_says_so_in_sight_and_stands_as_before(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    fault = DownloadFailed("The package x could not be fetched.", "Without a network this is normal.")
    window = open_window(ScriptedEngine(missing=STARTER, after_install=STARTER, install_script=[fault]))
    window.resize(900, 480)
    page = window.welcome
    page.install_button.click()
    qtbot.waitUntil(lambda: fault.message in labels_in(page), timeout=5000)
    said = next(one for one in page.findChildren(QLabel) if one.text() == fault.message)

    def in_sight() -> bool:
        place = said.mapTo(page.viewport(), said.rect().center())
        return page.viewport().rect().contains(place)

    qtbot.waitUntil(in_sight, timeout=5000)
    assert page.install_button.text() == "Fetch the starter models", "nothing has arrived that could go on"
    assert "Paused; what has arrived is kept" not in labels_in(page)


def test_a_failed_download_says_all_of_why(open_window: OpenWindow, qtbot: QtBot) -> None:
    fault = DownloadFailed("The disk of a very long place is full. " * 4, "Free some space and try again.")
    page = models_of(
        open_window, qtbot, ScriptedEngine(shelf=list(catalogue()), install_script=[HALF, fault])
    )
    choose(page, "qwen3-8b-q4")
    page.details.fetch_button.click()
    qtbot.waitUntil(lambda: "Free some space" in page.queue.rows[0].words, timeout=5000)
    assert page.queue.rows[0].words in labels_in(page.queue), "not cut off at the end of a line"
    assert page.queue.room == "", "what was free before it failed is not true any more"


def test_with_the_largest_font_nothing_of_a_model_is_cut_off(open_window: OpenWindow, qtbot: QtBot) -> None:
    before = QApplication.font()
    theme.set_font_scale(1.6)
    try:
        page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue())))
        page.window().resize(1180, 780)
        for model_id in (LLM_ID, "whisper-base", "qwen3-8b-q4"):
            choose(page, model_id)
            QApplication.processEvents()
            inside = page.details.widget()
            assert inside is not None
            assert inside.minimumSizeHint().width() <= page.details.viewport().width(), model_id
        assert page.search_field.width() > page.width() / 2
    finally:
        QApplication.setFont(before)


def test_a_font_size_between_the_usual_ones_is_shown_in_percent(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()), preferences_view=Preferences(font_scale=1.25))
    window = open_window(engine)
    window.show_page("settings")
    box = window.settings.controls.font_box
    qtbot.waitUntil(lambda: box.currentText() == "125 %", timeout=5000)
    assert [box.itemText(at) for at in range(6)] == ["90 %", "100 %", "115 %", "130 %", "145 %", "160 %"]


def shown_settings(window: MainWindow, text: str) -> list[str]:
    """The settings that a search leaves, and `keys` for the card of shortcuts."""
    page = window.settings
    page.search_field.setText(text)
    QApplication.processEvents()
    found = [key for key in setting_names() if page.controls[key].isVisible()]
    return [*found, "keys"] if page.shortcuts.isVisible() else found


def test_settings_are_found_by_what_can_be_chosen_and_not_by_their_neighbours(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    window.show_page("settings")
    qtbot.waitUntil(lambda: window.settings.controls.llm_box.count() == 2, timeout=5000)
    assert shown_settings(window, "gpu") == ["device"]
    assert shown_settings(window, "繁體") == ["language"]
    assert shown_settings(window, "qwen") == ["llm"]
    assert "device" not in shown_settings(window, "memory budget")
    assert set(shown_settings(window, "memory")) == {
        "memory_budget_bytes", "memory_reserve_bytes", "keep_alive_s", "context_tokens",
    }  # fmt: skip
    assert shown_settings(window, "looks") == ["language", "theme", "font_scale", "notify"]
    assert shown_settings(window, "ctrl+k") == ["keys"]
    assert shown_settings(window, "new conversation") == ["keys"]
    assert len(shown_settings(window, "")) == len(setting_names()) + 1


def test_what_is_not_in_use_yet_is_said_until_it_is(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    window = open_window(engine)
    window.show_page("settings")
    page, box = window.settings, window.settings.controls.device_box
    assert not page.waiting.isVisible()
    for value, waits in (("cpu", True), ("auto", False), ("cpu", True)):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: page.waiting.isVisible() is waits, timeout=5000)  # noqa: B023
    box = page.controls.theme_box
    box.setCurrentIndex(box.findData("dark"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: engine.preferences_view.theme == "dark", timeout=5000)
    assert page.waiting.isVisible(), "the theme is in use, the device is not"
    window.show_problem(ProblemView("The graphics card cannot be used.", "Set `device` to cpu."))
    assert "The graphics card cannot be used." in labels_in(page)
    named(page, "Apply it now").click()
    qtbot.waitUntil(lambda: not page.waiting.isVisible(), timeout=5000)
    assert "The graphics card cannot be used." not in labels_in(page)
    assert [name for name, _ in engine.calls].count("open") == 2


def test_a_reset_that_makes_the_window_anew_can_be_undone_in_the_new_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    mine = Preferences(font_scale=1.3, top_k=7, language="en", theme="light")
    engine, font = ScriptedEngine(shelf=list(catalogue()), preferences_view=mine), QApplication.font()
    workbench = Workbench(engine.open)
    shell = Shell(workbench, mine, tmp_path / "w.ini", tmp_path / "pasted")
    try:
        first = shell.window
        first.show()
        with qtbot.waitSignal(workbench.status_changed, timeout=5000):
            workbench.open()
        first.show_page("settings")
        qtbot.waitUntil(lambda: first.settings.controls.top_k_box.value() == 7, timeout=5000)
        first.settings.reset()
        qtbot.waitUntil(lambda: shell.window is not first, timeout=5000)
        assert engine.preferences_view == Preferences()
        second = shell.window
        toast = second.chat.toast
        qtbot.waitUntil(lambda: toast.text == "All settings are as they were at first.", timeout=5000)
        qtbot.waitUntil(lambda: second.settings.controls.top_k_box.value() == 5, timeout=5000)
        QTest.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: engine.preferences_view == mine, timeout=5000)
        qtbot.waitUntil(lambda: shell.window is not second, timeout=5000)
        assert not shell.window.chat.toast.isVisible(), "what was undone is not offered again"
    finally:
        shell.close()
        assert workbench.close()
        shell.window.deleteLater()
        shell.deleteLater()
        workbench.deleteLater()
        theme.set_font_scale(1.0)
        theme.apply_theme("light")
        QApplication.setFont(font)


def test_exported_settings_are_said_to_be_kept(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    window.show_page("settings")
    window.settings.export_to(tmp_path / "mine.json")
    assert window.chat.toast.text == "The settings are kept in mine.json."


def test_with_the_largest_font_the_first_page_cuts_no_line(open_window: OpenWindow, qtbot: QtBot) -> None:
    names = (
        "Qwen2.5 Coder 1.5B Instruct (Q4_K_M)",
        "Whisper base",
        "Piper voice Joe (US English)",
        "MiniLM L6 v2",
    )
    before = QApplication.font()
    theme.set_font_scale(1.6)
    try:
        page = open_window(
            ScriptedEngine(missing=replace(STARTER, models=(*names, "EfficientNet-Lite0")))
        ).welcome
        QApplication.processEvents()
        said = [one for one in page.findChildren(QLabel) if one.isVisible() and one.wordWrap()]
        assert len(said) > 3
        for one in said:
            assert one.height() >= one.heightForWidth(one.width()), one.text()
        fetch, other = page.install_button, page.import_button
        assert other.x() - fetch.geometry().right() < 12, "a hidden button leaves no gap"
    finally:
        QApplication.setFont(before)


def test_the_details_begin_at_their_top_and_stay_where_they_are_when_a_button_is_used(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    first, second = (replace(one, installed=True) for one in catalogue()[:2])
    status = StatusView(second.name, "cpu", 16 * 10**9)
    engine = ScriptedEngine(shelf=[first, second], status_view=status)
    page = models_of(open_window, qtbot, engine)
    page.window().resize(1000, 520)
    bar = page.details.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=5000)
    choose(page, first.id)
    bar.setValue(bar.maximum())
    choose(page, second.id)
    assert bar.value() == 0, "another model is read from its name on"
    choose(page, first.id)
    page.details.llm_button.setFocus()
    engine.status_view = replace(status, llm=first.name)
    QTest.keyClick(page.details.llm_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.details.llm_button.text() == "It plans now", timeout=5000)
    assert bar.value() == 0
