"""Office files: their first rows and lines in the conversation, and their viewers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from driving import labels_in
from office_files import write_book, write_letter, write_slides
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine

from hgpt_desktop.bridge.books import Paragraph, read_paragraphs
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.ui.chips import AttachmentChip
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.office_viewer import OfficeCard, OfficeViewer
from hgpt_desktop.ui.opening import open_viewer
from hgpt_desktop.ui.table_viewer import TableCard, TableModel, TableViewer
from hgpt_desktop.ui.viewer import Viewer

LETTER = (
    ("heading 1", "Minutes"),
    ("", "We met on Tuesday."),
    ("heading 2", "Rooms & seats"),
    ("List", "the blue one"),
    ("List", "the green one"),
)
DAYS: list[list[str | float]] = [[f"day {n}", float(n)] for n in range(30)]
SHEETS: dict[str, list[list[str | float]]] = {
    "Cities": [["city", "people"], ["Oslo", 709000.0], ["Bergen", 291000.0]],
    "Rain & sun": [["day", "mm"], *DAYS],
    "Empty": [],
}


@pytest.fixture
def behind(qtbot: QtBot) -> QWidget:
    """A window for viewers to stand before."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


def viewer_of(kind: type[Viewer]) -> Viewer:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


def rows_of(viewer: TableViewer) -> list[str]:
    assert viewer.sheet is not None
    model = viewer.sheet.model()
    return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]


def click_tab(viewer: TableViewer, number: int) -> None:
    QTest.mouseClick(viewer.tabs, Qt.MouseButton.LeftButton, pos=viewer.tabs.tabRect(number).center())


# ---------------------------------------------------------------- spreadsheets


def test_sheets_are_tabs_below_the_table(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    viewer = TableViewer(behind, write_book(tmp_path / "cities.xlsx", SHEETS))
    viewer.show()
    qtbot.waitUntil(lambda: viewer.sheet is not None, timeout=5000)
    assert [viewer.tabs.tabText(number) for number in range(3)] == ["Cities", "Rain && sun", "Empty"]
    assert rows_of(viewer) == ["Oslo", "Bergen"]
    viewer.sort_by(0)
    qtbot.waitUntil(lambda: rows_of(viewer) == ["Bergen", "Oslo"], timeout=5000)
    click_tab(viewer, 1)
    qtbot.waitUntil(lambda: len(rows_of(viewer)) == 30, timeout=5000)
    assert rows_of(viewer)[0] == "day 0", "the order of the other sheet is forgotten"
    assert "30 rows × 2 columns" in labels_in(viewer)
    QTest.keyClick(viewer, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: viewer.tabs.currentIndex() == 2 and rows_of(viewer) == [], timeout=5000)
    QTest.keyClick(viewer, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rows_of(viewer) == ["Oslo", "Bergen"], timeout=5000)
    viewer.close()


def test_a_damaged_spreadsheet_says_so_in_its_place(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing" * 40)
    viewer = TableViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: "damaged" in viewer.noted, timeout=5000)
    viewer.close()


# ---------------------------------------------------------------- documents


def test_headings_lists_and_slides_are_told_apart(tmp_path: Path) -> None:
    assert read_paragraphs(write_letter(tmp_path / "a.docx", LETTER)) == (
        Paragraph("Minutes", 1),
        Paragraph("We met on Tuesday."),
        Paragraph("Rooms & seats", 2),
        Paragraph("the blue one", in_list=True),
        Paragraph("the green one", in_list=True),
        Paragraph("Room\tSeats"),
        Paragraph("Blue\t12"),
    )
    slides = write_slides(tmp_path / "a.pptx", [("Plans", "Build a boat"), ("Costs", "Nothing")])
    assert read_paragraphs(slides) == (
        Paragraph("Plans", 1, slide=1),
        Paragraph("Build a boat"),
        Paragraph("Costs", 1, slide=2),
        Paragraph("Nothing"),
    )


def size_at(document: QTextDocument, words: str) -> tuple[float, bool]:
    """The size in points and the weight of the letters of these words."""
    found = document.find(words)
    assert not found.isNull(), words
    form = found.charFormat()
    return form.fontPointSize(), form.fontWeight() > 500


def test_a_document_is_read_with_its_headings(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = write_letter(tmp_path / "minutes.docx", [*LETTER, *[("", f"line {n} " * 40) for n in range(200)]])
    open_viewer(behind, path)
    qtbot.waitUntil(
        lambda: any(isinstance(one, OfficeViewer) for one in QApplication.topLevelWidgets()), timeout=5000
    )
    viewer = viewer_of(OfficeViewer)
    assert isinstance(viewer, OfficeViewer)
    qtbot.waitUntil(lambda: viewer.shown_characters > 0, timeout=5000)
    document = viewer.page.document()
    title, heading, text = (size_at(document, one) for one in ("Minutes", "Rooms & seats", "We met"))
    assert title[0] > heading[0] > text[0]
    assert (title[1], heading[1], text[1]) == (True, True, False)
    assert document.toPlainText().startswith(
        "Minutes\nWe met on Tuesday.\n\nRooms & seats\n• the blue one\n• the green one\n\n"
    )
    QTest.keyClicks(viewer.field, "line 199")
    QTest.keyClick(viewer.field, Qt.Key.Key_Return)
    assert viewer.page.textCursor().selectedText() == "line 199"
    assert size_at(document, "line 150") == text, "pieces that come later have the same form"
    viewer.close()


# ---------------------------------------------------------------- in the conversation


def test_attached_office_files_show_how_they_begin(
    tmp_path: Path, open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([RequestFinished("Hi", (), 0.1, 0)])
    window: MainWindow = open_window(engine)
    files = [
        write_book(tmp_path / "cities.xlsx", SHEETS),
        write_letter(tmp_path / "minutes.docx", LETTER),
        write_slides(tmp_path / "plans.pptx", [("Plans", "Build a boat"), ("Costs", "Nothing")]),
        tmp_path / "notes.txt",
    ]
    files[3].write_text("words", encoding="utf-8")
    window.composer.attach(files)
    QTest.keyClicks(window.composer.text, "Sum it up")
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    message = window.page.requests[0]
    assert [chip.path for chip in message.findChildren(AttachmentChip)] == [files[3]]
    (table,) = message.findChildren(TableCard)
    qtbot.waitUntil(lambda: table.sheet is not None, timeout=5000)
    assert table.sheet is not None
    model = table.sheet.model()
    assert isinstance(model, TableModel)
    assert model.table.row(0) == ("Oslo", "709000")
    assert "3 sheets · 2 rows × 2 columns" in labels_in(table)
    letter, slides = message.findChildren(OfficeCard)
    qtbot.waitUntil(lambda: {"Minutes", "• the blue one"} <= set(labels_in(letter)), timeout=5000)
    qtbot.waitUntil(lambda: {"2 slides", "Plans", "Build a boat"} <= set(labels_in(slides)), timeout=5000)
    whole = next(one for one in slides.findChildren(QPushButton) if one.text() == "Show the whole text")
    window.page.ensureWidgetVisible(whole)
    QTest.mouseClick(whole, Qt.MouseButton.LeftButton, pos=QPoint(20, whole.height() // 2))
    viewer = viewer_of(OfficeViewer)
    assert isinstance(viewer, OfficeViewer)
    qtbot.waitUntil(lambda: viewer.shown_characters > 0, timeout=5000)
    assert viewer.page.toPlainText().startswith("Slide 1\nPlans\nBuild a boat\n\nSlide 2")
    viewer.close()
    qtbot.waitUntil(lambda: not window.chat.is_busy, timeout=5000)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_what_is_none_is_said_on_the_card(
    tmp_path: Path, name: str, qtbot: QtBot, show: Callable[[QWidget], None]
) -> None:
    from hgpt_desktop.ui.glimpses import glimpse_of

    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 and then nothing" * 40)
    card = glimpse_of(path)
    assert card is not None
    show(card)
    qtbot.waitUntil(lambda: any("damaged" in words for words in labels_in(card)), timeout=5000)
    assert glimpse_of(tmp_path / "gone.docx") is None
