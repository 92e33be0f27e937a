"""The window in Traditional Chinese: what the engine says in English stands in it in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from driving import NOW, BenchOf, labels_in, send_and_wait
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import LLM_ID, MODELS, PLAN, Story
from test_gui_language import DATA, engine_with_everything, texts_of

from hgpt_desktop.bridge.sentences import said
from hgpt_desktop.bridge.translations import speak
from hgpt_desktop.bridge.views import CandidateView, ExchangeView, Fit, PlanKit, ProblemView, Proposal
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.errors import HgptError, InvalidInput, OutOfMemory
from hgpt_desktop.core.events import (
    PlanReady,
    RequestFinished,
    TaskFailed,
    TaskProgressed,
    TaskSelected,
    TaskSkipped,
    TaskStarted,
)
from hgpt_desktop.core.plan import FileRef, Plan, Task, Unavailable
from hgpt_desktop.core.results import LogLine, TaskResult, TaskStatus
from hgpt_desktop.ui.formats import about_text, duration_text, language_text
from hgpt_desktop.ui.plan_editor import PlanEditor
from hgpt_desktop.ui.task_names import plain_argument, plain_name

FULL = OutOfMemory(
    "There is not enough memory to run Piper. Tried as it is, in half precision.",
    "Use a smaller file, close other programs, or choose a smaller model.",
)
BECAUSE = "Task 2 (summarization), which it needs, failed."
REASON = f"{DATA} (chosen among 3 candidates with 45%)"
_WORD = re.compile(r"[A-Za-z]{2,}")
_NAMES = re.compile(
    r"`[^`]*`"  # commands
    r"|\S*[\w-]+\.(?:txt|wav|png|md|zip|json|csv)|(?:~/|/)\S*|task-\d\S*|model-[ab]"  # files and models
    r"|NOTICE The library.*|Closed on Friday\."  # what is in files
    r"|HGPT Desktop|English|Piper|Markdown|CSV|JSON|HTML|PDF|CPU|GPU|AI|LLM|[KMGT]B(?:/s)?"
    r"|(?:Ctrl|Alt|Shift|Esc|Enter|Tab|Space|Del|Home|End|Page|PgUp|PgDown|Left|Right|Up|Down|Return|Backspace)\b"
    r"|" + "|".join(sorted({*map(re.escape, MODELS.values()), *(task.task for task in PLAN.tasks)}))
)


def english(root: QWidget) -> set[str]:
    """What of a widget is not in Chinese, names and the engine's data aside."""
    found = {text for widget in (root, *root.findChildren(QWidget)) for text in texts_of(widget)}
    lines = {line for text in found for line in text.split("\n")}
    return {line for line in lines if DATA not in line and _WORD.search(_NAMES.sub("", line))}


@pytest.fixture(autouse=True)
def _in_chinese(qapp: QApplication) -> Iterator[None]:
    speak("zh_TW")
    yield
    speak("en")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


def failing(story: Story) -> ScriptedEngine:
    """A request whose second task fails and whose third is therefore left out; and an earlier one like it."""
    engine = engine_with_everything(story)
    plan = replace(
        PLAN, unavailable=(Unavailable("text-to-image"), Unavailable("translation", "summarization"))
    )
    results = (
        story.results[0],
        TaskResult(
            PLAN.tasks[1],
            TaskStatus.FAILED,
            MODELS[2],
            message=FULL.message,
            hint=FULL.hint,
            reason=REASON,
            log=(
                LogLine(NOW, "task_progressed", "step 3 of 20"),
                LogLine(NOW, "task_selected", f"{MODELS[2]}: the one you chose"),
                LogLine(NOW, "failed", f"{FULL.message} {FULL.hint}"),
            ),
        ),
        TaskResult(PLAN.tasks[2], TaskStatus.SKIPPED, message=BECAUSE),
    )
    engine.script = [
        *(event for event in story.planned() if not isinstance(event, TaskSelected)),
        PlanReady(plan),
        TaskSelected(2, MODELS[2], REASON, (MODELS[2], LLM_ID)),
        TaskStarted(1),
        TaskProgressed(1, 0.5, "Reading line 3"),
        TaskProgressed(2, None, f"Piper: {FULL.message} Trying in half precision."),
        TaskFailed(2, FULL.message, FULL.hint),
        TaskSkipped(3, BECAUSE),
        RequestFinished(
            "", results, 75.0, 1, "No plan came out for this request.", "Put the request in other words."
        ),
    ]
    view, exchanges = engine.kept["c"]
    told = "The request is empty. Say what should be done."
    engine.kept["c"] = (
        view,
        (
            *exchanges,
            ExchangeView(f"{DATA} old", (), plan, results, f"{DATA} answer", 1, 75.0, "r4", ("r4",)),
            ExchangeView(f"{DATA} none", (), None, (), told, 2, 0.5, "r5", ("r5",)),
        ),
    )
    engine.shelf = [replace(one, fit=fit) for one, fit in zip(engine.shelf, [*Fit, *Fit], strict=False)]
    return engine


def test_a_failed_request_is_told_in_chinese(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    window = open_window(failing(story))
    answer = send_and_wait(window, qtbot, bench_of(window), f"{DATA} speak")
    row = answer.panel.row(2)
    assert row is not None
    log = [words for _, words in row.log]
    assert f"{MODELS[2]}: {DATA}（從 3 個候選模型中以 45% 選出）" in log
    assert "Piper：記憶體不足，無法執行 Piper。已試過：照原樣、以半精度執行。改試：以半精度執行。" in log
    shown = labels_in(window)
    assert "記憶體不足，無法執行 Piper。已試過：照原樣、以半精度執行。" in shown
    assert "請使用較小的檔案、關閉其他程式，或改選較小的模型。" in shown
    assert "它所需要的工作 2（摘要）失敗了。" in shown
    assert "這個請求沒有產生計畫。" in shown
    assert english(window) == set()


def test_an_earlier_conversation_and_the_pages_are_in_chinese(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    window = open_window(failing(story))
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 4 and not window.page.filling, timeout=5000)
    assert window.page.answers[-1].answer.text == "請求是空的。請說明要做什麼。"
    window.page.answers[2].panel.task_wanted.emit(2)
    qtbot.waitUntil(lambda: window.inspector.models.count() > 0, timeout=5000)
    row = window.page.answers[2].panel.row(2)
    assert row is not None
    assert [words for _, words in row.log][:2] == ["步驟 3，共 20 步", f"{MODELS[2]}：你選擇的模型"]
    for page in ("models", "workflows", "settings"):
        window.show_page(page)
    qtbot.waitUntil(lambda: window.models.list.count() > 5, timeout=5000)
    qtbot.waitUntil(lambda: window.settings.controls.llm_box.count() > 1, timeout=5000)
    assert english(window) == set()


def test_a_plan_that_cannot_run_says_so_in_chinese() -> None:
    vocabulary = load_vocabulary()
    candidates = (CandidateView("a", f"{DATA} a", 10**9, 2.0),)
    kit = PlanKit(vocabulary, dict.fromkeys(vocabulary.names, candidates), 10**10)
    task = Task(1, "table-calculation", {"table": (FileRef("gone.csv"),), "calculation": ("sum",)})
    editor = PlanEditor(Proposal(Plan((task,)), (), kit))
    editor.graph.task_chosen.emit(1)
    shown = {text for widget in editor.findChildren(QWidget) for text in texts_of(widget)}
    assert any(text.startswith("工作 1（計算表格）") for text in shown)
    assert "由大到小排序" in shown
    assert english(editor) == set()
    editor.deleteLater()


def test_problems_are_told_in_chinese_and_details_as_they_are() -> None:
    problem = ProblemView.of(InvalidInput("a b.png is empty.", "Attach a file with content.", "errno 5"))
    assert problem == ProblemView("a b.png 是空的。", "請附加有內容的檔案。", "errno 5")
    assert ProblemView.of(HgptError("Nobody wrote this.")).message == "Nobody wrote this."


def test_the_engine_calls_tasks_as_the_window_does() -> None:
    for name in load_vocabulary().names:
        assert said(name) == plain_name(name)


def test_what_goes_into_tasks_has_names_in_the_window() -> None:
    specs = [spec.name for one in load_vocabulary() for spec in (*one.inputs, *one.options)]
    assert [name for name in specs if _WORD.search(plain_argument(name))] == []


def test_times_are_told_in_chinese() -> None:
    assert [duration_text(one) for one in (0.4, 12, 185, 3720)] == [
        "0.4 秒",
        "12 秒",
        "3 分 05 秒",
        "1 小時 02 分",
    ]
    assert [about_text(one) for one in (38, 242, 4200)] == ["40 秒", "4 分鐘", "1 小時 10 分"]


def test_languages_of_models_are_named_in_chinese() -> None:
    codes = {"en", "zh", "fr", "ar", "pt", "multilingual"}
    assert {code: language_text(code) for code in codes if _WORD.search(language_text(code))} == {}
    assert language_text("zh") == "中文"
    assert language_text("xx-none") == "xx-none"
