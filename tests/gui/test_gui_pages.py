"""Models, workflows, settings, and the downloads behind them."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from driving import choose, labels_in, models_of, named, names, send_and_wait
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import LLM_ID, PLAN, catalogue

from hgpt_desktop.bridge.downloads import DownloadState
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import Fit, InstallView, ProblemView, ResidentView, StatusView, WorkflowView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import DownloadFailed, InvalidInput
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.dialogs import (
    FilesToAttach,
    ModelsFolder,
    ModelsToImport,
    NewWorkflowName,
    PlaceToSave,
)
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.models_page import ModelsPage
from hgpt_desktop.ui.setting_controls import AmountControl
from hgpt_desktop.ui.shortcut_card import ShortcutCard
from hgpt_desktop.ui.task_names import plain_name

ON_THE_WAY = InstallView("qwen3-8b-q4", "model.gguf", 1_000_000_000, 5_030_000_000, 20_000_000.0, 201.0)


# ---------------------------------------------------------------- models


def test_models_are_searched_and_filtered(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue())))
    page.installed_box.click()
    assert names(page) == [LLM_ID, "pp-ocrv6-small", "whisper-base", "piper-en-us-joe-medium"]
    page.installed_box.click()
    page.fits_box.click()
    assert "stable-diffusion-xl" not in names(page)
    page.fits_box.click()
    page.task_box.setCurrentIndex(page.task_box.findData("object-detection"))
    assert names(page) == ["detr-resnet-50"]
    page.task_box.setCurrentIndex(0)
    QTest.keyClicks(page.search_field, "whisper")
    qtbot.waitUntil(lambda: names(page) == ["whisper-base"], timeout=5000)
    page.search_field.clear()
    qtbot.waitUntil(lambda: len(names(page)) == len(catalogue()), timeout=5000)


def test_a_page_chosen_before_the_engine_is_open_is_filled_then(qtbot: QtBot, tmp_path: Path) -> None:
    workbench = Workbench(ScriptedEngine(shelf=list(catalogue())).open)
    window = MainWindow(workbench, "light", tmp_path / "window.ini", tmp_path / "pasted")
    window.show()
    window.show_page("models")
    assert window.models.list.count() == 0
    workbench.open()
    qtbot.waitUntil(lambda: window.models.list.count() == len(catalogue()), timeout=5000)
    window.close()
    assert workbench.close()
    window.deleteLater()
    workbench.deleteLater()


def test_a_model_says_honestly_whether_it_fits(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue())))
    choose(page, "stable-diffusion-xl")
    assert page.details.fit == "Does not fit: needs 21 GB of memory, but models may take only 16 GB."
    choose(page, "qwen3-8b-q4")
    assert page.details.fit.startswith("Fits when others leave: needs 6.90 GB")
    choose(page, LLM_ID)
    assert page.details.fit.startswith("Fits: needs 1.70 GB")


def test_downloads_wait_for_one_another_and_can_be_paused(open_window: OpenWindow, qtbot: QtBot) -> None:
    hold = threading.Event()
    engine = ScriptedEngine(shelf=list(catalogue()), install_script=[ON_THE_WAY, hold])
    page = models_of(open_window, qtbot, engine)
    downloads = page._downloads
    for model_id in ("qwen3-8b-q4", "detr-resnet-50"):
        choose(page, model_id)
        page.details.fetch_button.click()
    assert [one.state for one in downloads.queue] == [DownloadState.RUNNING, DownloadState.WAITING]
    choose(page, "qwen3-8b-q4")
    qtbot.waitUntil(
        lambda: page.details.progress == "1.00 GB of 5.03 GB · 20.0 MB/s · 3 min 21 s left", timeout=5000
    )
    engine.install_script = [threading.Event()]
    page.details.pause_button.click()
    qtbot.waitUntil(
        lambda: [one.state for one in downloads.queue] == [DownloadState.PAUSED, DownloadState.RUNNING],
        timeout=5000,
    )
    assert page.details.progress == "Paused; what has arrived is kept."
    engine.install_script[0].set()  # type: ignore[union-attr]
    engine.install_script = []
    qtbot.waitUntil(lambda: [one.model_id for one in downloads.queue] == ["qwen3-8b-q4"], timeout=5000)
    page.details.fetch_button.click()
    qtbot.waitUntil(lambda: downloads.queue == (), timeout=5000)
    qtbot.waitUntil(lambda: all(one.installed for one in page.list.shown if "qwen3" in one.id), timeout=5000)


def test_a_failed_download_says_why_and_lets_the_next_go(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(
        shelf=list(catalogue()), install_script=[DownloadFailed("No network.", "Plug it in.")]
    )
    page = models_of(open_window, qtbot, engine)
    choose(page, "qwen3-8b-q4")
    page.details.fetch_button.click()
    qtbot.waitUntil(lambda: page.details.progress == "No network. Plug it in.", timeout=5000)
    assert page.details.fetch_button.text() == "Go on"


def test_models_are_checked_and_made_the_planner(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    page = models_of(open_window, qtbot, engine)
    choose(page, "whisper-base")
    page.details.verify_button.click()
    said: list[str] = []
    page.said.connect(said.append)
    qtbot.waitUntil(lambda: "All files of Whisper base are as they should be." in said, timeout=5000)
    choose(page, LLM_ID)
    page.details.llm_button.click()
    qtbot.waitUntil(lambda: engine.preferences_view.llm == LLM_ID, timeout=5000)


def removed_in(window: MainWindow, qtbot: QtBot, model_id: str) -> None:
    """Click Remove, and wait for the sentence that offers to undo it."""
    choose(window.models, model_id)
    toast = window.chat.toast
    toast.dismiss()
    QTest.mouseClick(window.models.details.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: toast.isVisible() and toast.action_button.text() == "Undo", timeout=5000)
    qtbot.waitUntil(lambda: not window.models.details.remove_button.isVisible(), timeout=5000)


def test_a_removed_model_is_brought_back_by_undo(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    window = open_window(engine)
    window.show_page("models")
    qtbot.waitUntil(lambda: window.models.list.count() == len(engine.shelf), timeout=5000)
    removed_in(window, qtbot, "whisper-base")
    assert window.chat.toast.text == "Removed Whisper base. 145 MB become free when this goes."
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.models.details.remove_button.isVisible, timeout=5000)
    asked = [call for call in engine.calls if "model" in call[0]]
    assert asked == [("remove_model", "whisper-base"), ("bring_model_back", "whisper-base")]


@pytest.mark.parametrize("how", ["it is closed", "another sentence comes", "its time is over"])
def test_a_removed_model_is_deleted_when_undo_is_gone(
    how: str, open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    window = open_window(engine)
    window.show_page("models")
    qtbot.waitUntil(lambda: window.models.list.count() == len(engine.shelf), timeout=5000)
    removed_in(window, qtbot, "whisper-base")
    toast = window.chat.toast
    assert "forget_model" not in [name for name, _ in engine.calls]
    if how == "it is closed":
        close = next(one for one in toast.findChildren(QAbstractButton) if one.toolTip() == "Dismiss")
        QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    elif how == "another sentence comes":
        removed_in(window, qtbot, "piper-en-us-joe-medium")
    else:
        toast.findChildren(QTimer)[0].start(1)
        qtbot.waitUntil(lambda: not toast.isVisible(), timeout=5000)
    qtbot.waitUntil(lambda: ("forget_model", "whisper-base") in engine.calls, timeout=5000)
    assert ("forget_model", "piper-en-us-joe-medium") not in engine.calls


def test_memory_is_shown_live_and_given_back(open_window: OpenWindow, qtbot: QtBot) -> None:
    status = StatusView(
        "Qwen",
        "cpu",
        16_000_000_000,
        (
            ResidentView("Whisper", 400_000_000, "w"),
            ResidentView("Piper", 100_000_000, "p"),
            ResidentView("Qwen", 10**9, "q", True),
        ),
    )
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue()), status_view=status))
    qtbot.waitUntil(lambda: "1.50 GB of 16 GB" in page.memory.summary, timeout=5000)
    assert "Qwen (1.00 GB)" in page.memory.summary
    assert not named(page, "Qwen is at work; it can be put out of memory when it has ended.").isEnabled()
    named(page, "Put Whisper out of memory").click()
    qtbot.waitUntil(lambda: "Whisper" not in page.memory.summary, timeout=5000)
    assert "1.10 GB of 16 GB" in page.memory.summary
    page.memory.free_button.click()
    qtbot.waitUntil(lambda: "No model is in memory." in page.memory.summary, timeout=5000)
    assert not page.memory.free_button.isEnabled()


def test_each_device_has_a_bar_of_its_own(open_window: OpenWindow, qtbot: QtBot) -> None:
    status = StatusView(
        "Qwen",
        "cuda:0",
        24_000_000_000,
        (
            ResidentView("Qwen", 5 * 10**9, "q", device="cuda:0"),
            ResidentView("Whisper", 10**9, "w", device="cpu"),
        ),
        {"cpu": 16_000_000_000},
    )
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue()), status_view=status))
    qtbot.waitUntil(lambda: len(page.memory.bars) == 2, timeout=5000)
    gpu, cpu = (bar.summary for bar in page.memory.bars)
    assert gpu == "cuda:0: 5.00 GB of 24 GB taken by models Qwen (5.00 GB)"
    assert cpu == "CPU: 1.00 GB of 16 GB taken by models Whisper (1.00 GB)"


def test_the_queue_of_downloads_is_seen_paused_and_dropped_wherever_one_looks(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    hold = threading.Event()
    first = replace(ON_THE_WAY, free_bytes=200_000_000_000)
    engine = ScriptedEngine(shelf=list(catalogue()), install_script=[first, hold])
    page = models_of(open_window, qtbot, engine)
    assert not page.queue.isVisible()
    for model_id in ("qwen3-8b-q4", "detr-resnet-50"):
        choose(page, model_id)
        page.details.fetch_button.click()
    choose(page, "whisper-base")
    qtbot.waitUntil(lambda: page.queue.room == "200 GB free on the disk", timeout=5000)
    assert [row.words for row in page.queue.rows] == [
        "1.00 GB of 5.03 GB · 20.0 MB/s · 3 min 21 s left",
        "Waits for the download before it.",
    ]
    named(page, "Do not fetch DETR ResNet-50").click()
    assert len(page.queue.rows) == 1
    named(page, "Pause Qwen3 8B Instruct (Q4_K_M)").click()
    qtbot.waitUntil(lambda: page.queue.rows[0].words == "Paused; what has arrived is kept.", timeout=5000)
    engine.install_script = []
    qtbot.waitUntil(lambda: not bench_of_page(page).downloading, timeout=5000)
    named(page, "Go on with Qwen3 8B Instruct (Q4_K_M)").click()
    qtbot.waitUntil(lambda: not page.queue.isVisible(), timeout=5000)


def bench_of_page(page: ModelsPage) -> Workbench:
    return page._workbench


def test_the_list_tells_a_hovering_mouse_why_a_model_fits_or_not(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    shelf = list(catalogue())
    shelf[1] = replace(shelf[1], fit=Fit.OFFLOAD, memory_bytes=20_000_000_000, frugal_bytes=9_000_000_000)
    page = models_of(open_window, qtbot, ScriptedEngine(shelf=shelf))
    tips = {model.id: page.list.item(row).toolTip() for row, model in enumerate(page.list.shown)}
    assert tips["qwen3-8b-q4"] == (
        "Fits with offload: needs 20 GB of memory, models may take 16 GB. "
        "With parts of it elsewhere it needs 9.00 GB, and is slower."
    )
    assert tips["stable-diffusion-xl"].startswith("Does not fit: needs 21 GB")
    assert page.list.badge(shelf[1], None) == ("fits with offload", "warning")


def test_models_are_imported_by_button_and_by_drop(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    page = models_of(open_window, qtbot, engine)
    monkeypatch.setattr(ModelsToImport, "ask", classmethod(lambda cls, parent: tmp_path))
    page.import_button.click()
    qtbot.waitUntil(lambda: ("import_models", tmp_path) in engine.calls, timeout=5000)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "own.gguf"))])
    place, keys = QPoint(10, 10), Qt.KeyboardModifier.NoModifier
    buttons, action = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    QApplication.sendEvent(page.window(), QDragEnterEvent(place, action, data, buttons, keys))
    QApplication.sendEvent(page.window(), QDropEvent(QPointF(place), action, data, buttons, keys))
    qtbot.waitUntil(lambda: ("import_models", tmp_path / "own.gguf") in engine.calls, timeout=5000)


# ---------------------------------------------------------------- workflows


def workflow(kinds: tuple[Kind, ...] = (Kind.IMAGE,)) -> WorkflowView:
    return WorkflowView("read", "Read notices", "Read it", PLAN, kinds)


def pictures(folder: Path, count: int) -> list[Path]:
    return [folder / f"{number}.png" for number in range(count)]


def test_a_workflow_is_renamed(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(ScriptedEngine(kept_workflows=[workflow()]))
    window.show_page("workflows")
    qtbot.waitUntil(lambda: "Read notices" in cards(window))
    offered = []

    def ask(cls: object, parent: QWidget, name: str) -> str:
        offered.append(name)
        return "Notices"

    monkeypatch.setattr(NewWorkflowName, "ask", classmethod(ask))
    QTest.mouseClick(named(window.workflows, "Rename…"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Notices" in cards(window) and "Read notices" not in cards(window))
    assert offered == ["Read notices"]


def test_a_workflow_runs_on_a_hundred_files_with_one_summary(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine([RequestFinished("Done", (), 0.5, 0)], kept_workflows=[workflow()])
    window = open_window(engine)
    window.show_page("workflows")
    files = pictures(tmp_path, 100)
    monkeypatch.setattr(FilesToAttach, "ask", classmethod(lambda cls, parent, folder: files))
    qtbot.waitUntil(lambda: "Read notices" in cards(window), timeout=5000)
    named(window.workflows, "Run on files…").click()
    qtbot.waitUntil(lambda: window.workflows.summary.startswith("100 of 100 done. It took"), timeout=60_000)
    runs = [what for name, what in engine.calls if name == "run"]
    assert len(runs) == 100
    assert runs[7] == ("Read it (7.png)", (files[7],), "c1")
    assert window.stack.currentWidget() is window.workflows
    table = tmp_path / "table.csv"
    monkeypatch.setattr(PlaceToSave, "ask", classmethod(lambda cls, parent, name: table))
    named(window.workflows, "Save as table…").click()
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 101
    assert rows[1] == [str(files[0]), "done", "0.5", "", ""]
    named(window.workflows, "Show the answers").click()
    assert window.stack.currentWidget() is window.chat


def test_a_batch_says_what_failed_and_why_and_counts_nothing_else(
    open_window: OpenWindow, bench_of: Callable[[MainWindow], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    engine = ScriptedEngine([RequestFinished("", (), 0.5, 1, "No text.")], kept_workflows=[workflow()])
    window = open_window(engine)
    window.chat.send("Something else", [])
    window.show_page("workflows")
    engine.refused_files = {"b.png": InvalidInput("b.png is empty.", "Take another one.")}
    window.workflows.run_on(workflow(), [tmp_path / "a.png", tmp_path / "b.png"])
    qtbot.waitUntil(
        lambda: window.workflows.summary == "0 of 2 done, 2 failed or stopped. It took 0.5 s.", timeout=5000
    )
    assert set(window.workflows.batch_card.failures.split("\n")) == {
        "a.png: No text.",
        "b.png: b.png is empty. Take another one.",
    }
    assert window.stack.currentWidget() is window.workflows, "no card of a problem for each file"


def test_a_batch_is_stopped_as_a_whole(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    engine = ScriptedEngine([threading.Event()], kept_workflows=[workflow()])
    window = open_window(engine)
    window.show_page("workflows")
    window.workflows.run_on(workflow(), pictures(tmp_path, 30))
    qtbot.waitUntil(lambda: engine.runs == 1, timeout=5000)
    window.workflows.run_on(workflow(), pictures(tmp_path, 2))
    assert window.notices.problem is not None
    assert window.notices.problem.message == "A batch is under way."
    window.show_page("workflows")
    named(window.workflows, "Stop the batch").click()
    qtbot.waitUntil(lambda: not window.workflows.running, timeout=5000)
    assert window.workflows.summary.startswith("0 of 30 done, 30 failed or stopped.")
    assert engine.runs == 1


def test_files_that_do_not_go_up_are_said(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(ScriptedEngine())
    window.workflows.run_on(workflow((Kind.IMAGE, Kind.TEXT)), [tmp_path / str(n) for n in range(3)])
    assert window.notices.problem is not None


def test_workflows_are_listed_and_removed(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(kept_workflows=[workflow(), replace(workflow(), id="two", name="Two")])
    window = open_window(engine)
    window.show_page("workflows")
    qtbot.waitUntil(lambda: "Two" in cards(window), timeout=5000)
    next(
        one
        for one in window.workflows.findChildren(type(window.sidebar.new_button))
        if one.text() == "Remove"
    ).click()
    qtbot.waitUntil(lambda: [one.id for one in engine.kept_workflows] == ["two"], timeout=5000)
    qtbot.waitUntil(lambda: window.chat.toast.text == "“Read notices” is removed.", timeout=5000)
    window.chat.toast.action_button.click()
    qtbot.waitUntil(lambda: [one.id for one in engine.kept_workflows] == ["two", "read"], timeout=5000)


def test_without_workflows_the_page_leads_to_a_request(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine())
    window.show_page("workflows")
    qtbot.waitUntil(window.workflows.ask_button.isVisible, timeout=5000)
    QTest.mouseClick(window.workflows.ask_button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.chat
    assert window.composer.text.hasFocus()


def test_a_workflow_shows_what_it_wants_and_does(open_window: OpenWindow, qtbot: QtBot) -> None:
    wants = workflow((Kind.IMAGE, Kind.IMAGE, Kind.TEXT))
    window = open_window(ScriptedEngine(kept_workflows=[wants]))
    window.show_page("workflows")
    qtbot.waitUntil(lambda: wants.name in cards(window), timeout=5000)
    shown = labels_in(window.workflows)
    tasks = [f"{place}. {plain_name(task.task)}" for place, task in enumerate(PLAN.tasks, start=1)]
    assert [one for one in shown if one in ("2 × picture", "text", *tasks)] == ["2 × picture", "text", *tasks]


def cards(window: MainWindow) -> set[str]:
    return {one.accessibleName() for one in window.workflows.findChildren(QFrame)}


# ---------------------------------------------------------------- settings


def settings_of(open_window: OpenWindow, qtbot: QtBot, engine: ScriptedEngine) -> MainWindow:
    window = open_window(engine)
    window.show_page("settings")
    qtbot.waitUntil(lambda: window.settings.controls.llm_box.count() > 1, timeout=5000)
    qtbot.waitUntil(lambda: "connection" in window.settings.privacy.connections, timeout=5000)
    return window


def test_settings_are_searched(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = settings_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue()))).settings
    whole = page.shown_sections
    page.search_field.setText("memory budget")
    assert page.shown_sections == 1
    assert page.controls.budget_box.isVisible()
    assert not page.controls.device_box.isVisible()
    page.search_field.setText("zzz")
    assert page.shown_sections == 0
    page.search_field.clear()
    assert page.shown_sections == whole == 6


def test_every_change_is_kept_at_once(
    open_window: OpenWindow, bench_of: Callable[[MainWindow], Workbench], qtbot: QtBot
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    window = settings_of(open_window, qtbot, engine)
    page = window.settings
    for box, value in (
        (page.controls.theme_box, "contrast"),
        (page.controls.approve_box, "always"),
        (page.controls.device_box, "cpu"),
        (page.controls.context_box, 16384),
        (page.controls.llm_box, LLM_ID),
    ):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
    page.controls.budget_box.setValue(6.5)
    page.controls.budget_box.editingFinished.emit()
    page.controls.reserve_box.setValue(1.5)
    page.controls.reserve_box.editingFinished.emit()
    page.controls.alive_box.setValue(5)
    page.controls.alive_box.editingFinished.emit()
    page.controls.cache_box.setValue(0.5)
    page.controls.cache_box.editingFinished.emit()
    page.controls.top_k_box.setValue(3)
    page.controls.top_k_box.editingFinished.emit()
    page.controls.timeout_box.setValue(10)
    page.controls.timeout_box.editingFinished.emit()
    page.controls.loading_box.lineEdit().selectAll()
    QTest.keyClicks(page.controls.loading_box, "25")
    QTest.keyClick(page.controls.loading_box, Qt.Key.Key_Return)
    page.controls.network_box.click()
    page.controls.notify_box.click()
    wanted = Preferences(
        notify=False,
        llm=LLM_ID,
        device="cpu",
        memory_budget_bytes=6_500_000_000,
        context_tokens=16384,
        task_timeout_s=600.0,
        load_timeout_s=1500.0,
        top_k=3,
        theme="contrast",
        network=False,
        approve_plans="always",
        memory_reserve_bytes=1_500_000_000,
        keep_alive_s=300.0,
        result_cache_bytes=500_000_000,
    )
    qtbot.waitUntil(lambda: engine.preferences_view == wanted, timeout=5000)
    qtbot.waitUntil(lambda: theme.colours() is theme.CONTRAST, timeout=5000)
    qtbot.waitUntil(lambda: "next start" in window.chat.toast.text, timeout=5000)
    window.chat.toast.action_button.click()
    qtbot.waitUntil(lambda: [name for name, _ in engine.calls].count("open") == 2, timeout=5000)
    qtbot.waitUntil(lambda: bench_of(window).is_open, timeout=5000)
    page.reset()
    qtbot.waitUntil(lambda: engine.preferences_view == Preferences(), timeout=5000)
    qtbot.waitUntil(page.controls.network_box.isChecked, timeout=5000)  # shown after it was kept
    qtbot.waitUntil(lambda: window.chat.toast.text.startswith("All settings are as"), timeout=5000)
    window.chat.toast.action_button.click()
    qtbot.waitUntil(lambda: engine.preferences_view == wanted, timeout=5000)
    qtbot.waitUntil(lambda: not page.controls.network_box.isChecked(), timeout=5000)


def test_a_value_that_is_not_touched_is_not_rounded(open_window: OpenWindow, qtbot: QtBot) -> None:
    odd = Preferences(
        keep_alive_s=90.0, load_timeout_s=100.0, task_timeout_s=0.1, memory_budget_bytes=8 * 2**30
    )
    engine = ScriptedEngine(shelf=list(catalogue()), preferences_view=odd)
    page = settings_of(open_window, qtbot, engine).settings
    controls = page.controls
    assert [controls.alive_box.text(), controls.budget_box.text()] == ["1.5 min", "8.59 GB"]
    for box in page.findChildren(AmountControl):
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Return)
        page.search_field.setFocus()
    controls.theme_box.setFocus()
    QTest.keyClick(controls.theme_box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: engine.preferences_view != odd, timeout=5000)
    assert replace(engine.preferences_view, theme=odd.theme) == odd
    controls.alive_box.lineEdit().selectAll()
    QTest.keyClicks(controls.alive_box, "2.5")
    QTest.keyClick(controls.alive_box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: engine.preferences_view.keep_alive_s == 150.0, timeout=5000)


def test_a_turning_wheel_is_for_the_page_and_changes_no_setting(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    page = settings_of(open_window, qtbot, engine).settings
    for box in (page.controls.cache_box, page.controls.theme_box):
        page.ensureWidgetVisible(box)
        turned = QWheelEvent(
            QPointF(box.rect().center()), QPointF(box.mapToGlobal(box.rect().center())), QPoint(),
            QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        shown = box.grab().toImage()
        QApplication.sendEvent(box, turned)
        assert not turned.isAccepted()  # it goes on to the page
        assert box.grab().toImage() == shown


def test_an_error_that_names_a_setting_leads_to_it(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = settings_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue())))
    page = window.settings
    page.search_field.setText("theme")
    window.new_conversation()
    hint = "If the disk is slow, raise the limit (`load_timeout_s` in the settings)."
    window.show_problem(ProblemView("The model did not load.", hint))
    says = next(one for one in window.chat.foot.findChildren(QLabel) if "Time limit of" in one.text())
    assert "load_timeout_s in" not in says.text()
    click_link(says, qtbot)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is page, timeout=5000)
    box = page.controls.loading_box
    qtbot.waitUntil(lambda: not box.visibleRegion().isEmpty(), timeout=5000)
    assert page.search_field.text() == ""
    row = box.parentWidget()
    assert row is not None
    assert row.property("named") is True
    page.search_field.setText("time limit")
    assert row.property("named") is False
    assert box.isVisible()


def click_link(says: QLabel, qtbot: QtBot) -> None:
    """Move over a label until the hand shows a link, and click there."""
    qtbot.waitUntil(says.isVisible, timeout=5000)
    for y in range(2, says.height(), 4):
        for x in range(2, says.width(), 4):
            QTest.mouseMove(says, QPoint(x, y))
            if says.cursor().shape() is Qt.CursorShape.PointingHandCursor:
                QTest.mouseClick(says, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
                return
    pytest.fail(f"there is no link in {says.text()}")


def test_an_answer_that_names_a_setting_leads_to_it(
    open_window: OpenWindow, bench_of: Callable[[MainWindow], Workbench], qtbot: QtBot
) -> None:
    answer = "Speech recognition could not be done: raise the limit (`task_timeout_s` in the settings)."
    window = open_window(ScriptedEngine(script=[RequestFinished(answer, (), 1.0, 1)]))
    shown = send_and_wait(window, qtbot, bench_of(window))
    block = shown.findChild(QTextBrowser)
    assert block is not None
    qtbot.waitUntil(lambda: "Time limit of a task" in block.toPlainText(), timeout=5000)
    qtbot.waitUntil(block.isVisible, timeout=5000)
    place = block.cursorRect(block.document().find("limit of")).center()
    QTest.mouseClick(block.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.settings, timeout=5000)


def test_a_setting_is_found_by_the_palette(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine(shelf=list(catalogue())))
    QTest.keyClick(window.composer.text, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window.palette_box.field, "memory budget")
    QTest.keyClick(window.palette_box.field, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.settings
    qtbot.waitUntil(window.settings.controls.budget_box.isVisible, timeout=5000)


def test_every_setting_has_a_control(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    page = settings_of(open_window, qtbot, engine).settings
    others = Preferences(
        LLM_ID, "cpu", 10**10, 4096, 60.0, 3, "dark", False, "en", 1.15, "always", 10**9, 60.0, 1200.0, 10**9,
        str(tmp_path), False, {"find": "Ctrl+G"},
    )  # fmt: skip

    def shown() -> list[object]:
        found: list[object] = [box.currentIndex() for box in page.findChildren(QComboBox)]
        found += [box.text() for box in page.findChildren(QAbstractSpinBox)]
        found += [box.isChecked() for box in page.findChildren(QAbstractButton)]
        return [*found, *(one.keySequence().toString() for one in page.shortcuts.fields.values())]

    usual = shown()
    for one in fields(Preferences):
        if one.name != "models_folder":  # a button that shows the place: in a test of its own
            page.show_preferences(replace(Preferences(), **{one.name: getattr(others, one.name)}))
            assert shown() != usual, one.name
    page.show_preferences(Preferences())
    assert shown() == usual


def test_keys_are_changed_and_taken_keys_refused(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    window = settings_of(open_window, qtbot, engine)
    card = window.settings.shortcuts
    press_in(card, "find", Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert card.fault == "These keys call “New conversation” already."
    press_in(card, "find", Qt.Key.Key_G, Qt.KeyboardModifier.NoModifier)
    assert card.fault.startswith("These keys write text")
    press_in(card, "find", Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert card.fault == ""
    qtbot.waitUntil(lambda: engine.preferences_view.shortcuts == {"find": "Ctrl+G"}, timeout=5000)
    qtbot.waitUntil(lambda: {one.id: one.keys for one in window.commands.all}["find"] == "Ctrl+G")
    window.new_conversation()
    QTest.keySequence(window.composer.text, QKeySequence("Ctrl+G"))
    assert window.chat.find_bar.isVisible()
    window.show_page("settings")
    named(card, "The usual keys for: Find in this conversation").click()
    qtbot.waitUntil(lambda: engine.preferences_view.shortcuts == {}, timeout=5000)


def test_tips_name_the_keys_that_the_user_gave(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(
        shelf=list(catalogue()), preferences_view=Preferences(shortcuts={"attach": "Ctrl+Y", "record": ""})
    )
    window = settings_of(open_window, qtbot, engine)
    composer, card = window.composer, window.settings.shortcuts
    qtbot.waitUntil(lambda: composer.attach_button.toolTip() == "Attach files (Ctrl+Y)", timeout=5000)
    assert composer.record_button.toolTip() == "Record from the microphone"
    assert composer.recorder.stop_button.toolTip() == "Ends the recording and attaches it"
    assert window.sidebar.ways["settings"].toolTip() == "Settings (Ctrl+,)"
    assert window.sidebar.new_button.toolTip() == "New conversation (Ctrl+N)"
    press_in(card, "new", Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.sidebar.new_button.toolTip() == "New conversation (Ctrl+T)", timeout=5000)
    named(card, "The usual keys for: Attach files").click()
    qtbot.waitUntil(lambda: composer.attach_button.toolTip() == "Attach files (Ctrl+O)", timeout=5000)
    usual = {one.keys for one in window.commands.all if one.keys}
    tips = [one.toolTip() for one in window.findChildren(QWidget) if one.toolTip().endswith(")")]
    assert {tip.rsplit("(", 1)[1][:-1] for tip in tips} & {"Ctrl+N", "Ctrl+Y"} == set()
    assert len(usual & {tip.rsplit("(", 1)[1][:-1] for tip in tips}) == 9


def press_in(card: ShortcutCard, command: str, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    field = card.fields[command]
    field.setFocus()
    QTest.keyClick(field, key, modifiers)
    field.editingFinished.emit()


def test_models_live_where_the_user_says(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()))
    page = settings_of(open_window, qtbot, engine).settings
    monkeypatch.setattr(ModelsFolder, "ask", classmethod(lambda cls, parent, folder: tmp_path))
    page.controls.folder_button.click()
    qtbot.waitUntil(lambda: engine.preferences_view.models_folder == str(tmp_path), timeout=5000)


def test_settings_are_exported_and_imported(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    engine = ScriptedEngine(shelf=list(catalogue()), preferences_view=Preferences(top_k=7, theme="light"))
    page = settings_of(open_window, qtbot, engine).settings
    kept = tmp_path / "settings.json"
    qtbot.waitUntil(lambda: page.controls.top_k_box.value() == 7, timeout=5000)
    page.export_to(kept)
    assert json.loads(kept.read_text(encoding="utf-8"))["top_k"] == 7
    page.reset()
    page.import_from(kept)
    qtbot.waitUntil(lambda: engine.preferences_view.top_k == 7, timeout=5000)
    kept.write_text("[1, 2", encoding="utf-8")
    problems: list[object] = []
    page.problem_arrived.connect(problems.append)
    page.import_from(kept)
    page.export_to(tmp_path / "no" / "such" / "folder.json")
    kept.write_text('{"device": "quantum"}', encoding="utf-8")
    page.import_from(kept)
    assert len(problems) == 3
    assert isinstance(problems[2], ProblemView)
    assert "`device` is 'quantum'" in problems[2].message


def test_the_privacy_page_shows_that_nothing_is_connected(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = settings_of(open_window, qtbot, ScriptedEngine(shelf=list(catalogue()))).settings
    assert page.privacy.connections == "Right now no connection is open."
