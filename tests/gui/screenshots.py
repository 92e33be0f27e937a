"""Takes a picture of every page in both themes and both languages, on a scripted engine.

xvfb-run -s "-screen 0 1920x1080x24" python tests/gui/screenshots.py docs/screenshots [PAGE…]
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from media_pages import MEDIA_PAGES
from PIL import Image
from PySide6.QtCore import QBuffer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from scripted_engine import ScriptedEngine, Step
from stories import LLM_ID, PLAN, SAMPLE_VOCABULARY, Story, big_plan, catalogue, resource

from hgpt_desktop.bridge.places import samples_folder
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.translations import speak
from hgpt_desktop.bridge.views import (
    CandidateView,
    ConversationView,
    ExchangeView,
    InstallView,
    PlanFit,
    PlanKit,
    ProblemView,
    Proposal,
    ResidentView,
    StarterView,
    StatusView,
    WorkflowView,
)
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import (
    PlanReady,
    Stage,
    StageStarted,
    TaskFinished,
    TaskPlanned,
    TaskProgressed,
    TaskSelected,
    TaskStarted,
)
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.batch import Batch, Outcome
from hgpt_desktop.ui.main_window import MainWindow

SIZES = ((1280, 800), (1920, 1080))
THEMES = ("light", "dark")
LANGUAGES = ("en", "zh_TW")
_COLOURS = 200
NOW = datetime.now(UTC).astimezone()
STATUS = StatusView(
    "Qwen2.5 Coder 1.5B Instruct (Q4_K_M)",
    "cpu",
    16_000_000_000,
    (
        ResidentView("Qwen2.5 Coder 1.5B Instruct (Q4_K_M)", 1_700_000_000, LLM_ID, True),
        ResidentView("PP-OCRv6 small", 240_000_000, "pp-ocrv6-small"),
        ResidentView("Piper en_US joe", 180_000_000, "piper-en-us-joe-medium"),
    ),
)


class Studio:
    """A window, and the engine behind it."""

    def __init__(self, folder: Path, size: tuple[int, int], theme_name: str) -> None:
        self.folder = folder
        self.size, self.theme_name = size, theme_name
        self.story = Story.told_in(folder)
        self.engine = ScriptedEngine(status_view=STATUS)
        titles = (
            ("The library notice", 0, True),
            ("Minutes of the Thursday meeting", 0, False),
            ("Which of these photographs show a cat?", 1, False),
            ("Translate the letter from the tax office", 3, False),
            ("Holiday pictures, sorted", 5, False),
            ("A poem on autumn, read aloud", 40, False),
        )
        for number, (title, days, pinned) in enumerate(reversed(titles)):
            view = ConversationView(f"k{number}", title, NOW - timedelta(days=days), pinned, "…")
            self.engine.kept[view.id] = (view, self._exchanges() if number == 5 else ())
        self.engine.shelf = list(catalogue())
        self.engine.kept_workflows = [
            WorkflowView("read", "Read, sum up, say aloud", "Read it", PLAN, (Kind.IMAGE,)),
            WorkflowView("big", "Describe and translate pictures", "", big_plan(6), (Kind.IMAGE, Kind.TEXT)),
        ]
        self.window: MainWindow

    def _exchanges(self) -> tuple[ExchangeView, ...]:
        notice = samples_folder() / "notice.png"
        file = resource(notice, Kind.IMAGE, "image/png")
        results = tuple(
            replace(
                result,
                peak_bytes=240_000_000,
                inputs={"image": (file,)} if number == 0 else {},
                load_s=0.4,
            )
            for number, result in enumerate(self.story.results)
        )
        answer = (
            "The notice says that the town's water supply will be shut off for repairs:\n\n"
            "| when | where |\n|---|---|\n| May 14, 8:00 to 12:00 | Mill Lane |\n"
            "| May 15, 9:00 to 10:00 | Harbour |\n\n"
            "Please keep **some water in store**. The summary was also read aloud.\n\n"
            "```python\nfor street in closed:\n    print(street.name, street.until)  # sorted\n```\n"
        )
        return (
            ExchangeView(
                "Read the text in this picture, summarise it and say it aloud",
                (file,), PLAN, results, answer, 0, 6.2, "r1", ("r0", "r1", "r2"), 1, "",
            ),
        )  # fmt: skip

    @contextmanager
    def opened(self) -> Iterator[None]:
        workbench = Workbench(self.engine.open)
        self.window = MainWindow(workbench, self.theme_name, self.folder / "w.ini", self.folder / "pasted")
        self.window.resize(*self.size)
        self.window.show()
        workbench.open()
        self.settle()
        try:
            yield
        finally:
            self.window.stop()
            self.settle()
            self.window.close()
            workbench.close()
            self.window.deleteLater()
            workbench.deleteLater()
            self.settle()

    def settle(self, for_ms: int = 350) -> None:
        """Let everything arrive that is on its way."""
        loop = QEventLoop()
        QTimer.singleShot(for_ms, loop.quit)
        loop.exec()

    def open(self, conversation_id: str) -> None:
        """Show a conversation from its beginning, whole."""
        page = self.window.page
        self.window.open_conversation(conversation_id)
        while self.window.page is page or self.window.page.filling:
            self.settle(50)
        self.settle()
        self.window.page.verticalScrollBar().setValue(0)
        self.settle()


def empty(studio: Studio) -> None:
    with studio.opened():
        yield_picture(studio)


def answer(studio: Studio) -> None:
    with studio.opened():
        studio.open("k5")
        yield_picture(studio)


def inspector(studio: Studio) -> None:
    with studio.opened():
        studio.open("k5")
        studio.window.page.answers[0].panel.graph.choose(2)
        studio.window.page.answers[0].panel.graph.task_chosen.emit(2)
        studio.settle()
        yield_picture(studio)


def plan_at_work(studio: Studio) -> None:
    plan = big_plan(9)
    script: list[Step] = [StageStarted(Stage.PLANNING), *(TaskPlanned(task) for task in plan.tasks)]
    script += [PlanReady(plan), StageStarted(Stage.SELECTION)]
    script += [TaskSelected(task.id, f"model-{task.id}", "the best of three", ()) for task in plan.tasks]
    script.append(StageStarted(Stage.EXECUTION))
    for task in plan.tasks[:4]:
        text = resource(
            studio.folder / f"{task.id}-{task.task}.txt", Kind.TEXT, "text/plain", "A line of text."
        )
        done = TaskResult(task, TaskStatus.DONE, f"model-{task.id}", outputs=(text,), run_s=1.0 + task.id)
        script += [TaskStarted(task.id), TaskFinished(done)]
    script += [TaskStarted(plan.tasks[4].id), TaskProgressed(plan.tasks[4].id, 0.6, "18 of 30 steps")]
    script.append(threading.Event())
    studio.engine.script = script
    with studio.opened():
        studio.window.chat.send("Describe every picture, translate the descriptions and read them aloud", ())
        studio.settle(900)
        studio.window.page.verticalScrollBar().setValue(0)
        yield_picture(studio)


def plan_to_approve(studio: Studio) -> None:
    notice = resource(samples_folder() / "notice.png", Kind.IMAGE, "image/png")
    kit = PlanKit(
        SAMPLE_VOCABULARY,
        {
            task.task: (
                CandidateView(f"{task.task}-a", f"{task.task} base", 900_000_000, 2.5),
                CandidateView(f"{task.task}-b", f"{task.task} large", 2_900_000_000, 9.0),
            )
            for task in PLAN.tasks
        },
        16_000_000_000,
        STATUS.resident,
    )
    studio.engine.proposal = Proposal(PLAN, (notice,), kit)
    studio.engine.fit_of = lambda models: PlanFit("cpu", 2_900_000_000, 3_200_000_000, 4_700_000_000)
    studio.engine.preferences_view = Preferences(approve_plans="always")
    with studio.opened():
        studio.window.chat.send("Read the text in this picture, summarise it and say it aloud", [])
        studio.settle(700)
        yield_picture(studio)


def models(studio: Studio) -> None:
    with studio.opened():
        studio.window.show_page("models")
        studio.settle()
        yield_picture(studio)


def downloads(studio: Studio) -> None:
    studio.engine.install_script = [
        InstallView("qwen3-8b-q4", "model.gguf", 1_900_000_000, 5_030_000_000, 21e6, 149.0, 212_000_000_000),
        threading.Event(),
    ]
    with studio.opened():
        studio.window.show_page("models")
        studio.settle()
        for row in (1, 5):
            studio.window.models.list.setCurrentRow(row)
            studio.window.models.details.fetch_button.click()
        studio.window.models.list.setCurrentRow(1)
        studio.settle()
        yield_picture(studio)
        for one in studio.window.models.queue.rows:
            one.drop_button.click()


def workflows(studio: Studio) -> None:
    with studio.opened():
        studio.window.show_page("workflows")
        studio.settle()
        yield_picture(studio)


def batch(studio: Studio) -> None:
    files = tuple((studio.folder / f"page-{number:03}.png",) for number in range(1, 101))
    faults = {16: "The picture has no text.", 40: "The file is empty."}
    outcomes = [Outcome(one, at not in faults, 4.2, faults.get(at, "")) for at, one in enumerate(files[:63])]
    with studio.opened():
        studio.window.show_page("workflows")
        studio.settle()
        card = studio.window.workflows.batch_card
        card.show_batch(Batch("b", "Read, sum up, say aloud", files, outcomes, "k5"))
        studio.settle()
        yield_picture(studio)


def settings(studio: Studio) -> None:
    with studio.opened():
        studio.window.show_page("settings")
        studio.settle()
        yield_picture(studio)


def settings_keys(studio: Studio) -> None:
    with studio.opened():
        page = studio.window.settings
        studio.window.show_page("settings")
        studio.settle()
        page.ensureWidgetVisible(page.privacy)
        studio.settle()
        yield_picture(studio)


def first_start(studio: Studio) -> None:
    names = (
        "Qwen2.5 Coder 1.5B",
        "Whisper base",
        "Piper en_US joe",
        "EfficientNet-Lite0",
        "all-MiniLM-L6-v2",
    )
    studio.engine.missing = StarterView(
        names,
        1_452_000_000,
        212_000_000_000,
        "~/.local/share/hgpt-desktop/models",
        "cpu",
        15_100_000_000,
        1_830_000_000,
    )
    more = ("Whisper small", "Piper de_DE thorsten", "Piper zh_CN huayan", "Silero VAD", "DeepFilterNet3")
    studio.engine.missing = replace(
        studio.engine.missing,
        larger=replace(
            studio.engine.missing, models=names + more, total_bytes=3_041_000_000, set_name="speech"
        ),
    )
    studio.engine.install_script = [
        InstallView("whisper-base", "model.bin", 726_000_000, 1_452_000_000, 5_200_000.0, 140.0),
        threading.Event(),
    ]
    with studio.opened():
        studio.window.welcome.install_button.click()
        studio.settle()
        yield_picture(studio)
        studio.window.welcome.cancel_button.click()


def palette(studio: Studio) -> None:
    with studio.opened():
        studio.window.open_palette()
        studio.settle()
        yield_picture(studio)


def problem(studio: Studio) -> None:
    with studio.opened():
        studio.open("k5")
        studio.window.show_problem(
            ProblemView("The disk is full: the picture could not be kept.", "Free some room and try again.")
        )
        studio.window.chat.toast.say("“Old notes” is deleted.", "Undo", lambda: None)
        studio.window.chat.open_find()
        studio.window.chat.find_bar.field.setText("water")
        studio.settle()
        yield_picture(studio)


PAGES: dict[str, Callable[[Studio], None]] = {
    page.__name__.replace("_", "-"): page
    for page in (
        empty, answer, inspector, plan_at_work, plan_to_approve, models, downloads, workflows, batch,
        settings, settings_keys, first_start, palette, problem,
    )
}  # fmt: skip
_taken: list[tuple[Studio, bytes]] = []


def _show_each(page: Callable[[Studio], Iterator[QWidget]], studio: Studio) -> None:
    for widget in page(studio):
        yield_picture(studio, widget)


PAGES |= {page.__name__.replace("_", "-"): partial(_show_each, page) for page in MEDIA_PAGES}


def yield_picture(studio: Studio, widget: QWidget | None = None) -> None:
    """Keep what the window, or another widget, shows once everything has found its place."""
    studio.settle(600)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    (widget or studio.window).grab().save(buffer, "PNG")
    _taken.append((studio, bytes(buffer.data().data())))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures; names are PAGE-THEME-LANGUAGE-WIDTHxHEIGHT.png."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="*", choices=[*PAGES, []], metavar="PAGE")
    parser.add_argument("--small", action="store_true", help="1280 x 800 only")
    wanted = parser.parse_args(arguments)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    for language in LANGUAGES:
        speak(language)
        for theme_name in THEMES:
            theme.apply_theme(theme_name)
            for size in SIZES[:1] if wanted.small else SIZES:
                for name in wanted.pages or PAGES:
                    with tempfile.TemporaryDirectory() as folder:
                        PAGES[name](Studio(Path(folder), size, theme_name))
                    _, png = _taken.pop()
                    picture = Image.open(io.BytesIO(png)).convert("RGB")
                    small = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
                    small.save(
                        wanted.folder / f"{name}-{theme_name}-{language}-{size[0]}x{size[1]}.png",
                        optimize=True,
                    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
