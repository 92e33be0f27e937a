"""Ways of the desktop: the tray, screens that go, keys, names for screen readers, right to left, undo."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from driving import labels_in
from PySide6.QtCore import QEvent, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QGraphicsView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollBar,
    QSystemTrayIcon,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import PLAN, SAMPLE_VOCABULARY, Story
from test_gui_language import engine_with_everything

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.translations import speak
from hgpt_desktop.bridge.views import (
    CandidateView,
    DraftView,
    InstallView,
    PlanKit,
    ProblemView,
    Proposal,
    StarterView,
)
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.ui import icons
from hgpt_desktop.ui.basics import ElidedLabel, IconLabel
from hgpt_desktop.ui.dialogs import ModelsFolder, ModelsToImport
from hgpt_desktop.ui.framed_window import brought_back
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.plan_editor import PlanEditor
from hgpt_desktop.ui.shell import Shell

BenchOf = Callable[[MainWindow], Workbench]
STARTER = StarterView(("A", "B"), 10**9, 10**12, "/models", "cpu", 16 * 10**9, 2 * 10**9)
LONG = RequestFinished("Done", (), 42.0, 0)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


# ---------------------------------------------------------------- tray and notifications


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A desktop with a tray; what is said there."""
    said: list[tuple[str, str]] = []

    def show_message(tray: QSystemTrayIcon, title: str, sentence: str, *more: object) -> None:
        said.append((title, sentence))

    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", show_message)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda tray: None)  # the offscreen platform has none
    monkeypatch.setattr(MainWindow, "isActiveWindow", lambda window: False)
    return said


def test_the_end_of_a_long_run_is_told_in_the_tray(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, told: list[tuple[str, str]]
) -> None:
    engine = ScriptedEngine([LONG])
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.announcer.tray is not None, timeout=5000)
    with qtbot.waitSignal(window.chat.run_ended, timeout=5000):
        window.chat.send("Make a film", [])
    assert [sentence for _, sentence in told] == ["Ended after 42 s."]
    engine.script = [RequestFinished("Done", (), 2.0, 0)]
    with qtbot.waitSignal(window.chat.run_ended, timeout=5000):
        window.chat.send("Say hello", [])
    assert len(told) == 1, "a short run is not worth it"


def test_the_tray_brings_the_window_back_and_can_be_left_out(
    open_window: OpenWindow, qtbot: QtBot, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(MainWindow, "come_forward", lambda window: called.append("forward"))
    engine = ScriptedEngine()
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.announcer.tray is not None, timeout=5000)
    tray = window.announcer.tray
    assert tray is not None
    tray.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    menu = tray.contextMenu()
    assert [action.text() for action in menu.actions()] == ["Show the window", "New conversation", "Quit"]
    menu.actions()[0].trigger()
    assert called == ["forward", "forward"]
    window.show_page("settings")
    qtbot.waitUntil(lambda: window.settings.controls.notify_box.isChecked(), timeout=5000)
    window.settings.controls.notify_box.click()
    qtbot.waitUntil(lambda: window.announcer.tray is None, timeout=5000)
    assert not engine.preferences_view.notify


def test_without_a_tray_the_task_bar_asks_for_attention(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", asked.append)
    monkeypatch.setattr(MainWindow, "isActiveWindow", lambda window: False)
    window = open_window(ScriptedEngine([LONG]))
    with qtbot.waitSignal(window.chat.run_ended, timeout=5000):
        window.chat.send("Make a film", [])
    assert asked == [window]
    assert window.announcer.tray is None


# ---------------------------------------------------------------- screens

_ONE, _TWO = QRect(0, 0, 1920, 1080), QRect(1920, 0, 2560, 1440)


@pytest.mark.parametrize(
    ("window", "screens", "there"),
    [
        (QRect(100, 100, 1180, 780), [_ONE, _TWO], QRect(100, 100, 1180, 780)),
        (QRect(2500, 100, 1180, 780), [_ONE, _TWO], QRect(2500, 100, 1180, 780)),
        (QRect(2500, 100, 1180, 780), [_ONE], QRect(740, 100, 1180, 780)),
        (QRect(2500, 100, 2400, 1300), [_ONE], QRect(0, 0, 1920, 1080)),
        (QRect(100, -2000, 1180, 780), [_ONE], QRect(100, 0, 1180, 780)),
        (QRect(2500, 100, 1180, 780), [], QRect(2500, 100, 1180, 780)),
    ],
    ids=["on one", "on the other", "unplugged", "too large", "above all", "no screen at all"],
)
def test_a_window_whose_screen_is_gone_comes_back(window: QRect, screens: list[QRect], there: QRect) -> None:
    assert brought_back(window, screens) == there


def test_a_screen_that_is_unplugged_leaves_the_window_on_another(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(ScriptedEngine())
    screen = window.screen().availableGeometry()
    window.move(screen.right() + 4000, 100)
    window.composer.text.setPlainText("half a sentence")
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.screenRemoved.emit(window.screen())
    assert screen.intersects(window.geometry())
    assert window.composer.text.toPlainText() == "half a sentence"


def test_a_place_on_a_screen_that_is_gone_is_not_taken_again(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(ScriptedEngine())
    screen = window.screen().availableGeometry()
    window.move(screen.right() + 4000, 100)
    window.close()
    assert QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat).value("geometry") is not None
    assert screen.intersects(open_window(ScriptedEngine()).geometry())


def test_icons_are_drawn_anew_for_a_screen_with_other_pixels(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(ScriptedEngine())
    icon = window.sidebar.findChildren(IconLabel)[0]
    drawn: list[float] = []
    real = icons.pixmap

    def draw(name: str, colour: str, side: int = 20, ratio: float = 1.0) -> QPixmap:
        drawn.append(ratio)
        return real(name, colour, side, ratio)

    monkeypatch.setattr(icons, "pixmap", draw)
    monkeypatch.setattr(IconLabel, "devicePixelRatioF", lambda label: 1.75)
    QApplication.sendEvent(icon, QEvent(QEvent.Type.DevicePixelRatioChange))  # Qt paints anew after it
    icon.grab()
    assert set(drawn) == {1.75}


# ---------------------------------------------------------------- names

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTextEdit,
)


def is_part_of_another(control: QWidget) -> bool:
    """A scroll bar, the inside of a drop-down list or of a field: its owner has the name."""
    owner = control.parentWidget()
    if isinstance(control, QScrollBar) or control.objectName().startswith("_q_"):
        return True
    while owner is not None:
        if isinstance(owner, QComboBox) and not isinstance(control, QLineEdit):
            return True
        owner = owner.parentWidget()
    return False


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader could only call `button` or `text`."""
    return [
        f"{type(one).__name__} in {type(one.parentWidget()).__name__}"
        for one in root.findChildren(QWidget)
        if isinstance(one, _CONTROLS)
        and not is_part_of_another(one)
        and not one.accessibleName()
        and not (isinstance(one, QAbstractButton) and one.text())
    ]


def test_every_control_of_every_page_has_a_name(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story, tmp_path: Path
) -> None:
    engine = engine_with_everything(story)
    engine.install_script = [InstallView("m", "f", 1, 2, 3.0, 4.0, 5), threading.Event()]
    window = open_window(engine)
    picture = tmp_path / "a.png"
    assert QImage(4, 4, QImage.Format.Format_RGB32).save(str(picture))
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 2 and not window.page.filling, timeout=5000)
    window.page.answers[0].foot.bad_button.click()
    window.page.answers[0].panel.task_wanted.emit(2)
    window.composer.attach([picture])
    window.show_problem(ProblemView("Something.", "Do this."))
    window.chat.toast.say("Something", "Undo", lambda: None)
    window.chat.open_find()
    for page in ("workflows", "settings", "models"):
        window.show_page(page)
    qtbot.waitUntil(lambda: window.models.list.count() > 5, timeout=5000)
    window.models._downloads.add(engine.shelf[1].id)
    qtbot.waitUntil(lambda: bool(window.models.queue.rows), timeout=5000)
    window.welcome.show_starter(STARTER)
    window.open_palette()
    kit = PlanKit(SAMPLE_VOCABULARY, {PLAN.tasks[0].task: (CandidateView("a", "A", 10**9),)}, 10**10)
    editor = PlanEditor(Proposal(PLAN, (), kit))
    for task in PLAN.tasks:
        editor.graph.task_chosen.emit(task.id)
        assert nameless(editor) == []
    assert nameless(window) == []
    assert sum(isinstance(one, _CONTROLS) for one in window.findChildren(QWidget)) > 120
    editor.deleteLater()


def test_every_page_is_reached_and_left_by_keys(open_window: OpenWindow, qtbot: QtBot, story: Story) -> None:
    window = open_window(engine_with_everything(story))
    for keys, page, first in (
        ("Ctrl+M", window.models, window.models.search_field),
        ("Ctrl+Shift+W", window.workflows, window.workflows),
        ("Ctrl+,", window.settings, window.settings.search_field),
        ("Ctrl+J", window.chat, window.composer.text),
    ):
        QTest.keySequence(window, QKeySequence(keys))
        assert window.stack.currentWidget() is page
        assert first.hasFocus()
    window.show_page("settings")
    qtbot.waitUntil(lambda: window.settings.controls.llm_box.count() > 1, timeout=5000)
    window.settings.search_field.setFocus()
    reached = set()
    for _ in range(80):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if (here := QApplication.focusWidget()) is not None:
            reached.add(here)
    assert {
        window.settings.controls.theme_box,
        window.settings.controls.network_box,
        window.settings.controls.folder_button,
    } <= reached


def test_keys_go_on_working_where_the_palette_was_closed(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine())
    window.show_page("settings")
    way = next(one for one in window.sidebar.findChildren(QAbstractButton) if one.text() == "Settings")
    QTest.mouseClick(way, Qt.MouseButton.LeftButton)
    before = QApplication.focusWidget()
    assert before is not None
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_box.field.hasFocus()
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()
    assert QApplication.focusWidget() is before
    QTest.keyClick(handle, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.models


# ---------------------------------------------------------------- right to left


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def ink(image: QImage, ground: int) -> tuple[int, int]:
    """How many pixels differ from the ground in the left half and in the right half."""
    half = image.width() // 2
    sides = [0, 0]
    for y in range(image.height()):
        for x in range(image.width()):
            sides[x >= half] += image.pixel(x, y) != ground
    return sides[0], sides[1]


def painted(widget: QWidget, place: QRect) -> tuple[int, int]:
    image = QImage(place.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    widget.render(image, QPoint(), QRegion(place))
    return ink(image, image.pixel(0, 0))


@pytest.mark.usefixtures("right_to_left")
def test_what_is_read_from_the_right_begins_on_the_right(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    engine = engine_with_everything(story)
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.sidebar.list.count() > 1, timeout=5000)
    assert window.sidebar.x() > window.stack.width() / 2
    row = window.sidebar.list.visualItemRect(window.sidebar.list.item(1))
    pin, title = painted(window.sidebar.list.viewport(), row)
    assert title > pin > 0, "the title stands on the right, the pin on the left"
    window.show_page("models")
    qtbot.waitUntil(lambda: window.models.list.count() > 1, timeout=5000)
    assert window.models.details.x() < window.models.list.x()
    row = window.models.list.visualItemRect(window.models.list.item(0))
    badge, name = painted(window.models.list.viewport(), row)
    assert name > badge > 0
    text = ElidedLabel("short")
    text.setAutoFillBackground(True)
    text.resize(400, 20)
    left, right = painted(text, text.rect())
    assert (left, right > 0) == (0, True)
    text.deleteLater()


@pytest.mark.usefixtures("right_to_left")
def test_nothing_is_cut_off_from_right_to_left(open_window: OpenWindow, qtbot: QtBot, story: Story) -> None:
    window = open_window(engine_with_everything(story))
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 2 and not window.page.filling, timeout=5000)
    QApplication.processEvents()
    for answer in window.page.answers:
        for child in answer.findChildren(QFrame):
            if child.isVisible():
                around = child.parentWidget()
                assert around is not None
                inside = around.contentsRect()
                assert inside.width() + 2 >= child.width(), child.objectName()


# ---------------------------------------------------------------- undo


def test_what_was_written_is_put_aside_and_brought_back(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    window = open_window(engine_with_everything(story))
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 2 and not window.page.filling, timeout=5000)
    QTest.keyClicks(window.composer.text, "something else")
    window.page.requests[0].edit_button.click()
    assert window.composer.text.toPlainText() != "something else"
    assert window.chat.toast.text == "What you had written was put aside."
    window.chat.toast.action_button.click()
    assert window.composer.text.toPlainText() == "something else"
    assert window.composer.beside is None


def test_requests_taken_out_of_the_queue_can_be_put_back(open_window: OpenWindow, qtbot: QtBot) -> None:
    hold = threading.Event()
    engine = ScriptedEngine([hold])
    window = open_window(engine)
    for number in range(6):
        window.chat.send(f"Request {number}", [])
    QApplication.processEvents()
    buttons = window.chat.queue.findChildren(QPushButton)
    next(one for one in buttons if one.isVisible() and one.text() == "Send none of them").click()
    assert not window.chat.queue.waiting
    assert window.chat.toast.text == "5 waiting requests will not be sent."
    window.chat.toast.action_button.click()
    assert [one.text for one in window.chat.queue.waiting] == [f"Request {n}" for n in range(1, 6)]
    hold.set()
    qtbot.waitUntil(lambda: engine.runs == 6, timeout=5000)


def test_requests_that_wait_when_the_window_closes_are_not_lost(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([threading.Event()])
    window = open_window(engine)
    window.chat.send("First", [])
    qtbot.waitUntil(lambda: window.page.conversation_id == "c1", timeout=5000)
    for text in ("Second", "Third"):
        window.chat.send(text, [])
    window.composer.text.setPlainText("Fourth")
    window.close()
    assert bench_of(window).close()
    assert engine.kept_drafts["c1"] == DraftView("Second\n\nThird\n\nFourth")


@pytest.mark.parametrize("page", ["models", "workflows", "settings", ""])
def test_what_can_be_undone_is_seen_on_every_page(page: str, open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine())
    if page:
        window.show_page(page)
    undone: list[bool] = []
    toast = window.chat.toast
    toast.say("Something is gone.", "Undo", lambda: undone.append(True))
    assert toast.isVisible()
    for width in (1100, 700):
        window.resize(width, 600)
        for _ in range(3):
            QApplication.processEvents()
        place = toast.action_button.mapTo(window, toast.action_button.rect().center())
        assert window.childAt(place) is toast.action_button
        assert window.rect().contains(QRect(toast.mapTo(window, QPoint()), toast.size()))
    if not page:
        window.notices.show(ProblemView("Something is wrong.", "Mend it."))
        foot, around = window.chat.foot, toast.parentWidget()
        assert around is not None
        qtbot.waitUntil(lambda: toast.geometry().bottom() < foot.mapTo(around, QPoint()).y(), timeout=5000)
        qtbot.waitUntil(lambda: foot.height() > window.composer.height(), timeout=5000)
    QTest.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert not toast.isVisible()


def test_a_long_sentence_of_the_toast_is_read_to_its_end(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine())
    window.resize(900, 700)
    toast = window.chat.toast
    toast.say("Something.", "Undo", lambda: None)
    one_line_px = toast.height()
    toast.say("What you had written was put aside, and this is a long sentence about it. " * 4, "Undo")
    QApplication.processEvents()
    words = next(one for one in toast.findChildren(QLabel) if one.text() == toast.text)
    assert toast.height() > one_line_px
    assert words.height() >= words.heightForWidth(words.width())
    assert window.rect().contains(QRect(toast.mapTo(window, QPoint()), toast.size()))


# ---------------------------------------------------------------- first start


def test_models_that_were_imported_end_the_first_start(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ModelsToImport, "ask", classmethod(lambda cls, parent: tmp_path))
    engine = ScriptedEngine(missing=STARTER)
    window = open_window(engine)
    engine.missing = None  # the import brings all of them
    window.welcome.import_button.click()
    qtbot.waitUntil(lambda: ("import_models", tmp_path) in engine.calls, timeout=5000)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.chat, timeout=5000)
    assert window.chat.toast.text.startswith("All starter models are here.")
    qtbot.waitUntil(lambda: ("warm_up", None) in engine.calls, timeout=5000)


def test_the_first_page_tells_what_is_fetched_where_and_whether_it_fits(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine(missing=STARTER)
    window = open_window(engine)
    said = " ".join(window.welcome.facts)
    assert "2 starter models, 1.00 GB" in said
    assert "About 3 min at 6.0 MB/s." in said
    assert "They are kept in /models, where 1.00 TB are free." in said
    assert "run on the CPU and may take 16 GB of memory together." in said
    assert "This set fits: its largest model takes 2.00 GB." in said
    monkeypatch.setattr(ModelsFolder, "ask", classmethod(lambda cls, parent, folder: tmp_path))
    window.welcome.folder_button.click()
    qtbot.waitUntil(lambda: [name for name, _ in engine.calls].count("open") == 2, timeout=5000)
    assert engine.preferences_view.models_folder == str(tmp_path)
    qtbot.waitUntil(lambda: window.composer.can_send is False and window.welcome.isVisible(), timeout=5000)


REST = StarterView(("C", "D", "E"), 12 * 10**9, 10**12, "/models", set_name="images")


def test_the_rest_of_a_set_is_offered_fetched_and_paused_in_the_chat(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    gate = threading.Event()
    half = InstallView("C", "c.bin", 6 * 10**9, 12 * 10**9, 20e6, 300.0)
    engine = ScriptedEngine(unfinished=REST, install_script=[half, gate])
    window = open_window(engine)
    card = window.set_card
    qtbot.waitUntil(card.isVisible, timeout=5000)
    assert card.words == "“Starter and pictures” is not complete. 3 models, 12 GB: C, D, E"
    QTest.mouseClick(card.fetch_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: card.words.endswith("C: 6.00 GB of 12 GB · 20.0 MB/s · 5 min 00 s left"), timeout=5000
    )
    assert ("install", "images") in engine.calls
    with qtbot.waitSignal(bench_of(window).install_finished, timeout=5000):
        QTest.mouseClick(card.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.fetch_button.isVisible, timeout=5000)
    assert window.stack.currentWidget() is window.chat
    engine.install_script.clear()
    QTest.mouseClick(card.fetch_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not card.isVisible(), timeout=5000)
    assert window.chat.toast.text == "All models of “Starter and pictures” are here."


def test_the_rest_of_a_set_is_offered_when_the_larger_one_is_paused_after_the_starter(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    larger = replace(REST, models=("A", "B", *REST.models))
    gate = threading.Event()
    arrived = InstallView("C", "c.bin", 10**9, 13 * 10**9, 20e6, 600.0)
    engine = ScriptedEngine(missing=replace(STARTER, larger=larger), install_script=[arrived, gate])
    window = open_window(engine)
    welcome = window.welcome
    welcome.set_box.setCurrentIndex(1)
    QTest.mouseClick(welcome.install_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "C: c.bin" in labels_in(welcome), timeout=5000)
    engine.missing, engine.unfinished = None, REST  # the starter is complete by now
    QTest.mouseClick(welcome.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.chat, timeout=5000)
    qtbot.waitUntil(window.set_card.isVisible, timeout=5000)
    assert "3 models, 12 GB" in window.set_card.words


def test_an_offer_that_was_dismissed_does_not_come_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(unfinished=REST)
    window = open_window(engine)
    qtbot.waitUntil(window.set_card.isVisible, timeout=5000)
    QTest.mouseClick(window.set_card.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("drop_rest", None) in engine.calls, timeout=5000)
    assert not window.set_card.isVisible()


def test_who_went_on_without_models_finds_them_offered_in_the_chat(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(ScriptedEngine(missing=STARTER))
    QTest.mouseClick(window.welcome.skip_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.set_card.isVisible, timeout=5000)
    assert window.set_card.words == "The starter models are not all here. 2 models, 1.00 GB: A, B"


def test_a_single_model_that_is_missing_is_named(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine(unfinished=replace(REST, models=("Whisper base",))))
    qtbot.waitUntil(window.set_card.isVisible, timeout=5000)
    assert window.set_card.words == "“Starter and pictures” is not complete. Whisper base, 12 GB"


def test_the_first_page_stays_when_its_language_is_changed(qtbot: QtBot, tmp_path: Path) -> None:
    workbench = Workbench(ScriptedEngine(missing=STARTER).open)
    shell = Shell(workbench, Preferences(language="en", theme="light"), tmp_path / "w.ini", tmp_path)
    try:
        first = shell.window
        first.show()
        with qtbot.waitSignal(workbench.status_changed, timeout=5000):
            workbench.open()
        box = first.welcome.language_box
        box.setCurrentIndex(box.findData("zh_TW"))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: shell.window is not first, timeout=5000)
        assert shell.window.stack.currentWidget() is shell.window.welcome
        assert "2 個入門模型" in " ".join(shell.window.welcome.facts)
    finally:
        shell.close()
        assert workbench.close()
        shell.window.deleteLater()
        shell.deleteLater()
        workbench.deleteLater()
        speak("en")


def test_an_engine_with_work_under_way_is_not_opened_anew(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([threading.Event()])
    window = open_window(engine)
    window.chat.send("Go", [])
    qtbot.waitUntil(lambda: bench_of(window).running, timeout=5000)
    window.settings.reopen_wanted.emit()
    assert window.chat.toast.text.startswith("A request or a download is under way")
    assert [name for name, _ in engine.calls].count("open") == 1
