"""Every word of the window comes from the translation files, and they are complete."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import MODELS, PLAN, SAMPLE_VOCABULARY, Story, catalogue, resource, write_film, write_pdf

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.translations import LANGUAGES, language_for, speak
from hgpt_desktop.bridge.views import (
    CandidateView,
    ConversationView,
    DraftView,
    ExchangeView,
    PlanKit,
    Proposal,
    ResidentView,
    StarterView,
    StatusView,
    WorkflowView,
)
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.settings import shipped
from hgpt_desktop.ui import basics, theme
from hgpt_desktop.ui.batch import Batch, outcome_of
from hgpt_desktop.ui.commands import ShortcutSheet
from hgpt_desktop.ui.document_viewer import DocumentViewer
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.microphone import RecordingStrip
from hgpt_desktop.ui.opening import PlayerViewer
from hgpt_desktop.ui.outputs import TextView, media_view
from hgpt_desktop.ui.plan_editor import PlanEditor
from hgpt_desktop.ui.reading import wait_for_readings
from hgpt_desktop.ui.shell import Shell
from hgpt_desktop.ui.table_viewer import TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer
from hgpt_desktop.ui.video_player import Screen

UI = Path(basics.__file__).parent
TRANSLATIONS = shipped("resources") / "translations"
DATA = "§"
"""Stands in every text that the engine of these tests gives."""


class Marking(QTranslator):
    """Translates by putting brackets around the words."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"⟦{source}⟧"


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[None]:
    translator = Marking()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def back_to_english() -> Iterator[None]:
    yield
    speak("en")


_NO_WORDS = re.compile(
    r"[\d.,:/%×+\s·…-]*"  # numbers, and what there is no room for
    r"|[\d.,<]+ (?:KB|MB|GB|TB|s|min|%)(?: · [\d.,]+ (?:KB|MB|GB|s))*"
    r"|[\d.,]+ (?:KB|MB|GB) · .*⟧.*"
    r"|task-\d\.\w+|~/\.local/.*|/\S+/run"  # names of files and folders
    r"|NOTICE The library.*|Closed on Friday\."  # what is in them
    r"|(?:Ctrl|Shift|F1).*"  # keys
    r"|HGPT Desktop|English|繁體中文|\+"
)
_IDS = {
    *MODELS.values(),
    *(task.task for task in PLAN.tasks),
    *(spec.name for one in SAMPLE_VOCABULARY for spec in one.inputs),
    *(choice for one in SAMPLE_VOCABULARY for spec in one.inputs for choice in spec.choices),
    "model-a",
    "model-b",
}


def texts_of(widget: QWidget) -> Iterator[str]:
    """Everything that a person can read or hear of a widget."""
    yield widget.toolTip()
    yield widget.accessibleName()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(index) for index in range(widget.count()))
    if isinstance(widget, QListWidget):
        yield from (widget.item(row).text() for row in range(widget.count()))
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    if widget.isWindow():
        yield widget.windowTitle()


def untranslated(root: QWidget) -> set[str]:
    found = {text for widget in (root, *root.findChildren(QWidget)) for text in texts_of(widget)}
    return {
        text
        for text in found
        if "⟦" not in text
        and DATA not in text
        and not _NO_WORDS.fullmatch(text.strip())
        and text.split("\n")[0] not in _IDS
    }


def engine_with_everything(story: Story) -> ScriptedEngine:
    engine = ScriptedEngine(
        status_view=StatusView(
            f"{DATA} llm", "cpu", 16_000_000_000, (ResidentView(f"{DATA} model", 1_000_000_000, "m", True),)
        )
    )
    exchange = ExchangeView(
        f"{DATA} request",
        (),
        PLAN,
        story.results,
        f"{DATA} answer\n\n```\n{DATA}\n```",
        0,
        3.0,
        "r1",
        ("r1", "r2"),
    )
    broken = ExchangeView(f"{DATA} broken", (), None, (), "", None, None, "r3", ("r3",))
    view = ConversationView("c", f"{DATA} title", datetime.now(UTC).astimezone(), True, DATA)
    engine.kept["c"] = (view, (exchange, broken))
    marked_names = {name: f"{DATA} {name}" for name in ("name", "description", "licence", "source", "tier")}
    engine.shelf = [
        replace(one, languages=(f"{DATA} en",), **marked_names)  # type: ignore[arg-type]
        for one in catalogue()
    ]
    engine.kept_workflows = [WorkflowView("w", f"{DATA} flow", "", PLAN, (Kind.IMAGE, Kind.IMAGE, Kind.TEXT))]
    return engine


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


def failed_batch() -> Batch:
    files = tuple((Path(f"{DATA}{n}.png"),) for n in range(8))
    return Batch("b", f"{DATA} flow", files, [outcome_of(one, None, None) for one in files])


@pytest.mark.usefixtures("marked")
def test_no_word_of_the_window_escapes_translation(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    window = open_window(engine_with_everything(story))
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 2 and not window.page.filling, timeout=5000)
    window.page.answers[0].panel.task_wanted.emit(2)
    qtbot.waitUntil(lambda: window.inspector.models.count() == 2, timeout=5000)
    for page in ("models", "workflows", "settings"):
        window.show_page(page)
    qtbot.waitUntil(lambda: window.models.list.count() > 5, timeout=5000)
    qtbot.waitUntil(lambda: window.settings.controls.llm_box.count() > 1, timeout=5000)
    window.welcome.show_starter(StarterView((f"{DATA} a",), 10**9, 10**12, f"{DATA} /models", "cpu", 10**9))
    window.chat._on_put_aside(DraftView(DATA))
    window.workflows.batch_card.show_batch(failed_batch())
    window.models._downloads.add(window.models.list.shown[1].id)
    window.open_palette()
    sheet = ShortcutSheet(window, window.commands.all)
    menu = window.sidebar.menu_for(window.sidebar.list.item(1))
    assert {*untranslated(window), *untranslated(sheet), *untranslated(menu)} == set()
    assert sum("⟦" in text for one in window.findChildren(QWidget) for text in texts_of(one)) > 150
    for widget in (sheet, menu):
        widget.deleteLater()


@pytest.mark.usefixtures("marked", "qapp")
def test_no_word_of_a_plan_to_approve_escapes_translation() -> None:
    candidates = (CandidateView("a", f"{DATA} a", 10**9, 2.0), CandidateView("b", f"{DATA} b", 10**9))
    kit = PlanKit(SAMPLE_VOCABULARY, dict.fromkeys(SAMPLE_VOCABULARY.names, candidates), 10**10)
    editor = PlanEditor(Proposal(PLAN, (), kit))
    for task in PLAN.tasks:
        editor.graph.task_chosen.emit(task.id)
        left = {text for text in untranslated(editor) if not text.startswith("Task 1 ")}
        assert left == set(), "the sentence of the engine about the missing file is the only one"
    editor.deleteLater()


@pytest.mark.usefixtures("marked")
@pytest.mark.qt_log_ignore("propagateSizeHints", "PulseAudio", "pa_context", "No HW decoder", "No RHI")
def test_no_word_of_the_viewers_escapes_translation(qtbot: QtBot, tmp_path: Path) -> None:
    from test_gui_desktop import nameless  # which takes its engine from here

    behind = QWidget()
    qtbot.addWidget(behind)
    picture = tmp_path / f"{DATA}.png"
    Image.new("RGB", (40, 30)).save(picture)
    table = resource(tmp_path / f"{DATA}.csv", Kind.TABLE, "text/csv", f"{DATA},{DATA}\n1,2\n")
    text = resource(tmp_path / f"{DATA}.txt", Kind.TEXT, "text/plain", f"{DATA}" * 5000)
    paper = resource(write_pdf(tmp_path / f"{DATA}.pdf", 7), Kind.DOCUMENT, "application/pdf")
    film = resource(write_film(tmp_path / f"{DATA}.mp4", 1), Kind.VIDEO, "video/mp4")
    before = tmp_path / "before.png"
    Image.new("RGB", (40, 30)).save(before)
    shown: list[QWidget] = [
        ImageViewer(behind, picture, before, beside=True),
        TableViewer(behind, table.path),
        TextViewer(behind, text.path),
        DocumentViewer(behind, paper.path),
        PlayerViewer(behind, film),
        *(media_view(one) for one in (table, paper, film)),
        TextView(text),
        RecordingStrip(tmp_path),
        Screen(f"{DATA}"),
    ]
    for widget in shown:
        if widget.parentWidget() is None:
            qtbot.addWidget(widget)
        if isinstance(widget, TextView):
            widget.toggle()
        widget.show()
    qtbot.waitUntil(lambda: len(shown[6].findChildren(QToolButton)) == 4 + 5, timeout=10_000)
    assert wait_for_readings(10.0)
    QApplication.processEvents()
    assert [nameless(widget) for widget in shown] == [[]] * len(shown)
    left = set().union(*(untranslated(widget) for widget in shown))
    assert {one for one in left if not re.fullmatch(r"[\d.]+×|before\.png", one)} == set()


def test_the_translations_are_complete_and_keep_their_placeholders() -> None:
    for code in LANGUAGES:
        if code == "en":
            continue  # the words of the program are English
        tree = ET.parse(TRANSLATIONS / f"hgpt_{code}.ts")
        messages = list(tree.getroot().iter("message"))
        assert len(messages) > 400
        for message in messages:
            source, translation = message.find("source"), message.find("translation")
            assert source is not None
            assert translation is not None
            assert translation.get("type") is None, source.text
            assert translation.text, source.text
            names = re.findall(r"\{\w+\}", source.text or "")
            assert sorted(names) == sorted(re.findall(r"\{\w+\}", translation.text)), source.text


def test_the_translation_files_are_those_of_the_words_in_the_program(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    kept = TRANSLATIONS / "hgpt_zh_TW.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run(
        [tool, *sorted(map(str, UI.glob("*.py"))), "-no-obsolete", "-locations", "none", "-ts", str(fresh)],
        capture_output=True,
        check=True,
    )

    def words(path: Path) -> set[tuple[str | None, str | None]]:
        return {
            (context.findtext("name"), message.findtext("source"))
            for context in ET.parse(path).getroot().iter("context")
            for message in context.iter("message")
        }

    assert words(fresh) == words(kept), "run pyside6-lupdate, translate, and run pyside6-lrelease"
    compiled = tmp_path / "fresh.qm"
    release = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([release, str(kept), "-qm", str(compiled)], capture_output=True, check=True)
    assert compiled.read_bytes() == kept.with_suffix(".qm").read_bytes()


@pytest.mark.usefixtures("back_to_english", "qapp")
def test_the_language_is_switched_and_unknown_ones_are_the_desktops() -> None:
    assert speak("zh_TW") == "zh_TW"
    assert QCoreApplication.translate("Sidebar", "New conversation") == "新對話"
    assert speak("en") == "en"
    assert QCoreApplication.translate("Sidebar", "New conversation") == "New conversation"
    assert language_for("xx") in LANGUAGES


@pytest.mark.usefixtures("back_to_english")
def test_language_and_font_size_change_the_window_at_once(qtbot: QtBot, story: Story, tmp_path: Path) -> None:
    engine = engine_with_everything(story)
    workbench = Workbench(engine.open)
    shell = Shell(
        workbench, Preferences(language="en", theme="light"), tmp_path / "w.ini", tmp_path / "pasted"
    )
    try:
        first = shell.window
        first.show()
        with qtbot.waitSignal(workbench.status_changed, timeout=5000):
            workbench.open()
        first.open_conversation("c")
        qtbot.waitUntil(lambda: first.page.conversation_id == "c", timeout=5000)
        first.composer.text.setPlainText("half a sentence")
        first.show_page("settings")
        qtbot.waitUntil(lambda: first.settings.controls.llm_box.count() > 1, timeout=5000)
        box = first.settings.controls.language_box
        box.setCurrentIndex(box.findData("zh_TW"))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: shell.window is not first, timeout=5000)
        second = shell.window
        assert second.sidebar.new_button.text() == "新對話"
        qtbot.waitUntil(lambda: second.page.conversation_id == "c", timeout=5000)
        qtbot.waitUntil(lambda: second.composer.text.toPlainText() == "half a sentence", timeout=5000)
        assert engine.preferences_view.language == "zh_TW"
    finally:
        shell.close()
        assert workbench.close()
        shell.window.deleteLater()
        shell.deleteLater()
        workbench.deleteLater()
        theme.set_font_scale(1.0)
        theme.apply_theme("light")
