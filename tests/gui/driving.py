"""What the tests of the window do with it again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine

from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.models_page import ModelsPage

BenchOf = Callable[[MainWindow], Workbench]
NOW = datetime.now(UTC).astimezone()


def write(window: MainWindow, qtbot: QtBot, text: str) -> None:
    QTest.keyClicks(window.composer.text, text)


def send(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """Type it and press Enter."""
    write(window, qtbot, text)
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)


def send_and_wait(
    window: MainWindow, qtbot: QtBot, bench: Workbench, text: str = "Go on"
) -> AssistantMessage:
    with qtbot.waitSignal(bench.run_ended, timeout=5000):
        send(window, qtbot, text)
    return answer_of(window)


def answer_of(window: MainWindow) -> AssistantMessage:
    answer = window.page.messages[-1]
    assert isinstance(answer, AssistantMessage)
    return answer


def labels_in(widget: QWidget) -> list[str]:
    """What is written on the labels that can be seen."""
    QApplication.processEvents()  # layouts show their new children
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def picture(path: Path, width: int = 60, height: int = 40) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    assert image.save(str(path))
    return path


def problems(window: MainWindow) -> list[str]:
    QApplication.processEvents()  # what a layout took up is shown in the next turn
    cards = window.findChildren(ProblemCard)
    return [card.problem.message for card in cards if not card.isHidden()]


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def models_of(open_window: OpenWindow, qtbot: QtBot, engine: ScriptedEngine) -> ModelsPage:
    window = open_window(engine)
    window.show_page("models")
    qtbot.waitUntil(lambda: window.models.list.count() == len(engine.shelf), timeout=5000)
    return window.models


def names(page: ModelsPage) -> list[str]:
    return [one.id for one in page.list.shown]


def choose(page: ModelsPage, model_id: str) -> None:
    page.list.setCurrentRow(names(page).index(model_id))


def named(page: QWidget, name: str) -> QAbstractButton:
    """The button of that name that can be seen."""
    QApplication.processEvents()
    return next(
        one
        for one in page.findChildren(QAbstractButton)
        if name in (one.accessibleName(), one.text()) and one.isVisible()
    )
