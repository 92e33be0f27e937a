"""Windows for tests, and a check that no widget, timer or thread outlives its test."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine

from hgpt_desktop.bridge.collector import Collector
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.habits import habits
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.reading import wait_for_readings


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The one application, dressed as the program dresses it."""
    qapp.setStyle("Fusion")
    theme.apply_theme("light")
    return qapp


def delete_now() -> None:
    """Carry out what `deleteLater` put off."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    gc.collect()


@pytest.fixture(autouse=True)
def _nothing_leaks(qapp: QApplication) -> Iterator[None]:
    """Every top-level widget, running timer and file reading of a test is gone after it."""
    before = set(map(id, qapp.topLevelWidgets()))
    collector = Collector(qapp)  # as in the program
    yield
    qapp.clipboard().clear()  # Qt keeps what is in it for longer than Python lives
    habits.keep_in(None)
    assert wait_for_readings(5.0)
    collector.close()
    collector.deleteLater()
    delete_now()
    left = [widget for widget in qapp.topLevelWidgets() if id(widget) not in before]
    assert not left, f"the test left widgets: {left}"
    ticking = [
        timer
        for timer in gc.get_objects()
        # By type: asking a lazy object of another library for its class would wake it.
        if issubclass(type(timer), QTimer) and shiboken6.isValid(timer) and timer.isActive()
    ]
    assert not ticking, f"the test left timers: {[(timer, timer.parent()) for timer in ticking]}"


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[QWidget], None]]:
    """Shows a widget in a window of 700 x 500 and deletes it after the test."""
    shown: list[QWidget] = []

    def put_up(widget: QWidget) -> None:
        host = QScrollArea()  # its own size stays, whatever the widget wants
        host.setWidgetResizable(True)
        host.setWidget(widget)
        shown.append(host)
        host.resize(700, 500)
        host.show()
        qtbot.waitExposed(host)

    yield put_up
    for widget in shown:
        if shiboken6.isValid(widget):
            widget.close()
            widget.deleteLater()


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    """Opens the window on a scripted engine; afterwards every thread must have come to rest."""
    opened: list[tuple[MainWindow, Workbench]] = []

    def open_one(engine: ScriptedEngine, files: Sequence[Path] = ()) -> MainWindow:
        workbench = Workbench(engine.open)
        window = MainWindow(workbench, "light", tmp_path / "window.ini", tmp_path / "pasted", files)
        window.workbench = workbench  # type: ignore[attr-defined]  # keeps it alive, and tests may ask it
        opened.append((window, workbench))
        window.resize(1100, 760)
        window.show()
        qtbot.waitExposed(window)
        with qtbot.waitSignal(workbench.status_changed, timeout=5000):
            workbench.open()
        return window

    yield open_one
    for window, workbench in opened:
        window.close()
        assert workbench.close(), "a thread of the window did not come to rest"
        window.deleteLater()
        workbench.deleteLater()
    delete_now()
    theme.apply_theme("light")


@pytest.fixture
def bench_of() -> Callable[[MainWindow], Workbench]:
    """The workbench of a window that `open_window` made."""

    def of(window: MainWindow) -> Workbench:
        workbench = window.workbench  # type: ignore[attr-defined]
        assert isinstance(workbench, Workbench)
        return workbench

    return of
