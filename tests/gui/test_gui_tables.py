"""Tables, texts and documents: in the conversation and in their viewers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from stories import resource, write_pdf

from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui.document_viewer import DocumentCard, DocumentViewer, PageButton
from hgpt_desktop.ui.outputs import TextView, media_view, text_view
from hgpt_desktop.ui.table_viewer import TableCard, TableModel, TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer

Show = Callable[[QWidget], None]
CITIES = "city,people,note\nOslo,709000,\nBergen,291000,rain\nStavanger,9500,\nTromsø,,far north\n"


@pytest.fixture
def behind(qtbot: QtBot) -> QWidget:
    """A window for viewers to stand before."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


def viewer_of(kind: type[QWidget]) -> QWidget:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind))


def shown_rows(viewer: TableViewer, column: int = 0) -> list[str]:
    assert viewer.sheet is not None
    model = viewer.sheet.model()
    return [str(model.data(model.index(row, column))) for row in range(model.rowCount())]


def click_header(viewer: TableViewer, column: int) -> None:
    assert viewer.sheet is not None
    header = viewer.sheet.horizontalHeader()
    x = header.sectionViewportPosition(column) + 12
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2))


# ---------------------------------------------------------------- tables


def test_a_table_shows_its_first_rows_and_opens_whole(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    lines = "".join(f"{number},name {number}\n" for number in range(40))
    card = media_view(resource(tmp_path / "a.csv", Kind.TABLE, "text/csv", "id,name\n" + lines))
    assert isinstance(card, TableCard)
    show(card)
    qtbot.waitUntil(lambda: card.sheet is not None, timeout=5000)
    assert card.sheet is not None
    assert card.sheet.model().rowCount() == 6
    assert any(label.text() == "40 rows × 2 columns" for label in card.findChildren(QLabel))
    (whole,) = (one for one in card.findChildren(QPushButton) if one.text() == "Show the whole table")
    QTest.keyClick(whole, Qt.Key.Key_Space)
    viewer = viewer_of(TableViewer)
    assert isinstance(viewer, TableViewer)
    assert shown_rows(viewer)[-1] == "39"
    viewer.close()


def test_a_column_is_as_wide_as_its_later_rows_want(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "grows.csv"
    path.write_text(
        "a,b,c\n" + "".join(f"{'City ' * (row // 250)},1,2\n" for row in range(1000)), encoding="utf-8"
    )
    viewer = TableViewer(behind, path)
    qtbot.waitUntil(lambda: viewer.sheet is not None, timeout=5000)
    assert viewer.sheet is not None
    wanted = viewer.sheet.fontMetrics().horizontalAdvance("City City City")
    assert wanted < viewer.sheet.columnWidth(0) < wanted + 120
    viewer.close()


def test_a_click_on_a_column_sorts_by_it(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "cities.csv"
    path.write_text(CITIES, encoding="utf-8")
    viewer = TableViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.sheet is not None, timeout=5000)
    as_in_file = ["Oslo", "Bergen", "Stavanger", "Tromsø"]
    for expected in (
        ["Stavanger", "Bergen", "Oslo", "Tromsø"],  # as numbers, not as words; empty ones last
        ["Oslo", "Bergen", "Stavanger", "Tromsø"],
        as_in_file,
    ):
        click_header(viewer, 1)
        qtbot.waitUntil(partial(lambda rows: shown_rows(viewer) == rows, expected), timeout=5000)
    click_header(viewer, 0)
    qtbot.waitUntil(lambda: shown_rows(viewer)[0] == "Bergen", timeout=5000)
    assert viewer.sheet is not None
    assert viewer.sheet.model().headerData(0, Qt.Orientation.Vertical) == "2", "the number in the file"
    viewer.sheet.setCurrentIndex(viewer.sheet.model().index(0, 1))
    QTest.keyClick(
        viewer.sheet, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: shown_rows(viewer)[0] == "Stavanger", timeout=5000)
    viewer.close()


def test_words_are_found_in_a_table_as_it_is_sorted(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "cities.csv"
    path.write_text(CITIES, encoding="utf-8")
    viewer = TableViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.sheet is not None, timeout=5000)
    assert viewer.sheet is not None
    sheet = viewer.sheet
    QTest.keyClick(sheet, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert viewer.field.hasFocus() or not viewer.isActiveWindow()
    QApplication.clipboard().setText("before")
    viewer.field.setFocus()
    QTest.keyClicks(viewer.field, "AN")

    def enter_finds(row: int, column: int, text: str) -> None:
        QTest.keyClick(viewer.field, Qt.Key.Key_Return)
        qtbot.waitUntil(
            lambda: (sheet.currentIndex().row(), sheet.currentIndex().column()) == (row, column), timeout=5000
        )
        assert sheet.currentIndex().data() == text

    enter_finds(2, 0, "Stavanger")
    viewer.field.setText("n")
    enter_finds(3, 2, "far north")
    enter_finds(1, 0, "Bergen")
    enter_finds(1, 2, "rain")
    click_header(viewer, 0)  # Bergen, Oslo, Stavanger, Tromsø
    qtbot.waitUntil(lambda: shown_rows(viewer)[0] == "Bergen", timeout=5000)
    viewer.field.setText("far")
    enter_finds(3, 2, "far north")
    viewer.field.setText("Paris")
    QTest.keyClick(viewer.field, Qt.Key.Key_Return)
    words = "“Paris” does not stand in this table."
    qtbot.waitUntil(lambda: any(one.text() == words for one in viewer.findChildren(QLabel)), timeout=5000)
    assert QApplication.clipboard().text() == "before", "Enter pressed no button of the window"
    viewer.close()


def test_cells_are_copied_as_spreadsheets_take_them(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "cities.csv"
    path.write_text(CITIES, encoding="utf-8")
    viewer = TableViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.sheet is not None, timeout=5000)
    sheet = viewer.sheet
    assert sheet is not None
    copied = QApplication.clipboard()
    QTest.mouseClick(viewer.copy_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: copied.text().startswith("city\tpeople\tnote\nOslo\t709000\t\n"), timeout=5000)
    click_header(viewer, 1)
    qtbot.waitUntil(lambda: shown_rows(viewer)[0] == "Stavanger", timeout=5000)
    model = sheet.model()
    sheet.setCurrentIndex(model.index(1, 0))
    QTest.keyClick(sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: copied.text() == "Bergen", timeout=5000)
    QTest.keyClick(sheet, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(sheet, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: copied.text() == "Bergen\t291000\nOslo\t709000", timeout=5000)
    viewer.close()


def test_of_a_large_table_only_what_is_seen_is_taken_apart(
    tmp_path: Path, qtbot: QtBot, behind: QWidget
) -> None:
    path = tmp_path / "large.tsv"
    path.write_text("n\ttext\n" + "".join(f"{n}\trow {n}\n" for n in range(200_000)), encoding="utf-8")
    viewer = TableViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.sheet is not None, timeout=20_000)
    assert viewer.sheet is not None
    model = viewer.sheet.model()
    assert isinstance(model, TableModel)
    viewer.grab()
    assert model.rowCount() == 200_000
    assert model.table.row.cache_info().currsize < 200
    viewer.sheet.scrollToBottom()
    viewer.grab()
    assert model.data(model.index(199_999, 1)) == "row 199999"
    assert model.table.row.cache_info().currsize < 400
    viewer.close()


def test_a_file_that_is_no_table_says_so_in_place(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    card = media_view(resource(tmp_path / "a.csv", Kind.TABLE, "text/csv", "[1, 2"))
    show(card)
    words = "a.csv cannot be shown as a table here. Open it in another program."
    qtbot.waitUntil(lambda: any(label.text() == words for label in card.findChildren(QLabel)), timeout=5000)


def test_a_table_that_went_says_so_in_its_viewer(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    viewer = TableViewer(behind, tmp_path / "gone.csv")
    viewer.show()
    qtbot.waitUntil(lambda: viewer.noted.startswith("gone.csv is no longer there."), timeout=5000)
    viewer.close()


def test_a_structured_result_is_shown_as_a_table(tmp_path: Path, show: Show) -> None:
    data = [{"text": "Oslo", "score": 0.9, "box": [1, 2]}, {"text": "rain", "score": 0.8}]
    view = text_view(resource(tmp_path / "a.txt", Kind.TEXT, "text/plain", "Oslo rain", data))
    assert isinstance(view, TextView)
    show(view)
    view.toggle()
    (as_table,) = (one for one in view.findChildren(QPushButton) if one.text() == "Show as a table")
    QTest.mouseClick(as_table, Qt.MouseButton.LeftButton)
    viewer = viewer_of(TableViewer)
    assert isinstance(viewer, TableViewer)
    assert shown_rows(viewer) == ["Oslo", "rain"]
    assert shown_rows(viewer, 2) == ["[1, 2]", ""]
    viewer.close()


# ---------------------------------------------------------------- texts


def test_a_long_text_opens_whole_and_is_put_in_as_it_is_scrolled(
    tmp_path: Path, qtbot: QtBot, show: Show
) -> None:
    text = "".join(f"line {number} of a long text\n" for number in range(20_000))
    view = text_view(resource(tmp_path / "a.txt", Kind.TEXT, "text/plain", text))
    assert isinstance(view, TextView)
    show(view)
    view.toggle()
    (all_of_it,) = (one for one in view.findChildren(QPushButton) if one.text() == "Show all of it")
    QTest.mouseClick(all_of_it, Qt.MouseButton.LeftButton)
    viewer = viewer_of(TextViewer)
    assert isinstance(viewer, TextViewer)
    assert 0 < viewer.shown_characters < len(text) // 4
    bar = viewer.page.verticalScrollBar()
    for _ in range(100):
        bar.setValue(bar.maximum())
    assert viewer.shown_characters == len(text)
    assert viewer.page.toPlainText() == text
    viewer.close()


def test_words_are_found_where_the_text_is_not_put_in_yet(
    tmp_path: Path, qtbot: QtBot, behind: QWidget
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x\n" * 60_000 + "the Needle here\n", encoding="utf-8")
    viewer = TextViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.shown_characters > 0, timeout=5000)
    QTest.keyClick(viewer.page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(viewer.field, "needle")
    QTest.keyClick(viewer.field, Qt.Key.Key_Return)
    assert viewer.isVisible()
    assert viewer.page.textCursor().selectedText() == "Needle"
    QTest.keyClick(viewer.field, Qt.Key.Key_F3)
    assert viewer.page.textCursor().selectedText() == "Needle", "round again from the beginning"
    viewer.field.setText("haystack")
    QTest.keyClick(viewer.field, Qt.Key.Key_Return)
    assert any(one.text() == "“haystack” does not stand in this text." for one in viewer.findChildren(QLabel))
    (copy,) = (one for one in viewer.findChildren(QPushButton) if one.text() == "Copy all")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == path.read_text(encoding="utf-8")
    viewer.close()


def test_a_file_of_one_endless_line_is_shown(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(list(range(50_000))), encoding="utf-8")
    viewer = TextViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.shown_characters > 0, timeout=5000)
    assert viewer.page.document().blockCount() >= 4
    viewer.close()


def test_records_in_a_text_are_offered_as_a_table(tmp_path: Path, qtbot: QtBot, behind: QWidget) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"city": "Oslo"}, {"city": "Bergen"}]), encoding="utf-8")
    viewer = TextViewer(behind, path)
    viewer.show()
    qtbot.waitUntil(viewer.table_button.isVisible, timeout=5000)
    QTest.mouseClick(viewer.table_button, Qt.MouseButton.LeftButton)
    table = viewer_of(TableViewer)
    assert isinstance(table, TableViewer)
    assert shown_rows(table) == ["Oslo", "Bergen"]
    table.close()
    viewer.close()


# ---------------------------------------------------------------- documents


def test_pages_of_a_pdf_are_shown_small_and_open_large(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    path = write_pdf(tmp_path / "a.pdf", 7)
    card = media_view(resource(path, Kind.DOCUMENT, "application/pdf"))
    assert isinstance(card, DocumentCard)
    show(card)
    qtbot.waitUntil(lambda: len(card.findChildren(PageButton)) == 5, timeout=10_000)
    assert any(label.text() == "7 pages" for label in card.findChildren(QLabel))
    pages = card.findChildren(PageButton)
    assert [page.toolTip() for page in pages] == [f"Page {number}" for number in range(1, 6)]
    assert not pages[0].icon().isNull()
    QTest.mouseClick(pages[2], Qt.MouseButton.LeftButton)
    viewer = viewer_of(DocumentViewer)
    assert isinstance(viewer, DocumentViewer)
    qtbot.waitUntil(lambda: not viewer.canvas.picture_size.isEmpty(), timeout=10_000)
    assert viewer.number == 3
    with qtbot.waitSignal(viewer.page_shown, timeout=10_000):
        QTest.keyClick(viewer.canvas, Qt.Key.Key_PageDown)
    assert viewer.number == 4
    with qtbot.waitSignal(viewer.page_shown, timeout=10_000):
        QTest.keyClick(viewer.pages, Qt.Key.Key_Home)
    assert viewer.number == 1
    QTest.keyClick(viewer.canvas, Qt.Key.Key_PageUp)
    assert viewer.number == 1
    model = viewer.pages.model()
    qtbot.waitUntil(
        lambda: model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole) is not None, timeout=10_000
    )
    viewer.close()


def turn(canvas: QWidget, turned: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """The wheel over the middle of it; up is positive."""
    window = canvas.window()
    place = QPointF(canvas.mapTo(window, canvas.rect().center()))
    QTest.wheelEvent(window.windowHandle(), place, QPoint(0, turned), stateKey=keys)


def test_the_wheel_goes_through_the_pages_of_a_document(
    tmp_path: Path, qtbot: QtBot, behind: QWidget
) -> None:
    viewer = DocumentViewer(behind, write_pdf(tmp_path / "a.pdf", 7))
    viewer.show()
    canvas = viewer.canvas
    qtbot.waitUntil(lambda: not canvas.picture_size.isEmpty(), timeout=10_000)

    def turn_to(page: int, turned: int) -> None:
        with qtbot.waitSignal(viewer.page_shown, timeout=10_000):
            turn(canvas, turned)
        assert viewer.number == page
        assert canvas.fitted

    turn_to(2, -120)
    turn_to(3, -120)
    turn_to(2, 120)
    for _ in range(3):
        turn(canvas, -50)  # as a touchpad does
    assert viewer.number == 3
    qtbot.waitUntil(lambda: not viewer._came_by, timeout=10_000)
    turn(canvas, 120, Qt.KeyboardModifier.ControlModifier)
    assert not canvas.fitted
    assert viewer.number == 3
    canvas.full_size()
    canvas.show_edge(1)
    before = canvas.shown.y()
    turn(canvas, -120)
    assert canvas.shown.y() < before, "what is larger than the window is moved first"
    assert viewer.number == 3
    with qtbot.waitSignal(viewer.page_shown, timeout=10_000):
        for _ in range(40):
            if viewer.number == 3:
                turn(canvas, -120)
    qtbot.waitUntil(lambda: not viewer._came_by, timeout=10_000)
    assert viewer.number == 4
    assert canvas.shown.y() == pytest.approx(0, abs=1), "the next page begins at its beginning"
    for key, page in ((Qt.Key.Key_End, 7), (Qt.Key.Key_Home, 1)):
        with qtbot.waitSignal(viewer.page_shown, timeout=10_000):
            QTest.keyClick(canvas, key)
        assert viewer.number == page
    viewer.close()


def test_a_damaged_pdf_says_so_in_place(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 nonsense")
    card = media_view(resource(path, Kind.DOCUMENT, "application/pdf"))
    show(card)
    words = "The document a.pdf is damaged or not complete. Get or save the file once more."
    qtbot.waitUntil(lambda: any(label.text() == words for label in card.findChildren(QLabel)), timeout=5000)
