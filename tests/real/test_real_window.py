"""The window on the starter models: a request of three tasks, typed, dropped and answered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton  # noqa: TID251 - the window itself is on trial
from pytestqt.qtbot import QtBot

from hgpt_desktop.bridge.engine import OpenApplication
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import Event, RequestFinished
from hgpt_desktop.settings import Folders, Settings, shipped
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.dialogs import FilesToAttach, WorkflowName
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.progress import RowState

pytestmark = pytest.mark.real

_LONGEST_MS = 900_000  # a machine under load, without kept prompt states


def keep_and_run_again(
    window: MainWindow, workbench: Workbench, qtbot: QtBot, answer: AssistantMessage
) -> None:
    """The plan is kept as a workflow and run on the same picture: its texts are there already."""
    answer.foot.workflow_button.click()
    qtbot.waitUntil(lambda: "Read aloud" in window.chat.toast.text, timeout=20_000)
    window.chat.toast.action_button.click()
    page = window.workflows

    def run_button() -> QPushButton | None:
        buttons = page.findChildren(QPushButton)
        return next((one for one in buttons if one.text() == "Run on files…" and one.isVisible()), None)

    qtbot.waitUntil(lambda: run_button() is not None, timeout=20_000)
    button = run_button()
    assert button is not None
    with qtbot.waitSignal(workbench.run_ended, timeout=_LONGEST_MS):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    again = window.page.messages[-1]
    assert isinstance(again, AssistantMessage)
    assert again is not answer
    results = [row.result for row in again.panel.rows if row.result is not None]
    assert [one.cached for one in results] == [True, True, False], "a voice speaks differently each time"
    assert {row.state for row in again.panel.rows} == {RowState.DONE}
    assert again.answer.text.strip()


@pytest.mark.usefixtures("starter_models")
def test_a_picture_is_read_summed_up_and_said_aloud(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = shipped("resources") / "samples" / "notice.png"
    monkeypatch.setattr(WorkflowName, "ask", classmethod(lambda cls, parent, name: "Read aloud"))
    monkeypatch.setattr(FilesToAttach, "ask", classmethod(lambda cls, parent, folder: [picture]))
    qapp.setStyle("Fusion")
    theme.apply_theme("light")
    folders = Folders.of_user()
    workbench = Workbench(OpenApplication(folders, Settings()))
    window = MainWindow(workbench, "light", folders.config / "window.ini", folders.data / "pasted")
    try:
        window.show()
        with qtbot.waitSignal(workbench.opened, timeout=60_000) as opened:
            workbench.open()
        assert opened.args == [None], "the starter pack is complete"
        window.composer.attach([picture])
        QTest.keyClicks(window.composer.text, "Read the text in this picture, summarise it and say it aloud")
        ended: list[RequestFinished] = []

        def keep(event: Event) -> None:
            if isinstance(event, RequestFinished):
                ended.append(event)

        workbench.event_arrived.connect(keep)
        with qtbot.waitSignal(workbench.run_ended, timeout=_LONGEST_MS):
            QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
        answer = window.page.messages[-1]
        assert isinstance(answer, AssistantMessage)
        assert [finished.exit_code for finished in ended] == [0]
        assert [row.task.task for row in answer.panel.rows] == [
            "optical-character-recognition",
            "summarization",
            "text-to-speech",
        ]
        assert {row.state for row in answer.panel.rows} == {RowState.DONE}
        assert len({row.model_id for row in answer.panel.rows}) == 3
        (player,) = answer.findChildren(AudioPlayer)
        assert player.duration_ms > 1000
        assert answer.answer.text.strip()
        assert not answer.findChildren(ProblemCard)
        keep_and_run_again(window, workbench, qtbot, answer)
    finally:
        window.close()
        assert workbench.close(30.0)
        window.deleteLater()
        workbench.deleteLater()
