"""Tables: their first rows in the conversation, all of them in a window, sorted and copied."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTabBar,
    QTableView,
    QWidget,
)

from hgpt_desktop.bridge.books import SPREADSHEETS, Book, read_book
from hgpt_desktop.bridge.media import Table
from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import button, copy_text, label
from hgpt_desktop.ui.file_card import FileCard
from hgpt_desktop.ui.files import DragOut
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.viewer import Viewer

READ_HERE = ("text/csv", "text/tab-separated-values", "application/json", *SPREADSHEETS)
"""Media types of tables that are shown; the others are opened in another program."""

_ROWS_SHOWN = 6
_ROW_PX = 30
_NARROWEST_PX, _WIDEST_PX = 64, 320
_ROWS_MEASURED = 60
_CELL_CHARACTERS = 500

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TableModel(QAbstractTableModel):
    """Asks the table only for the cells that are seen.

    Args:
        rows: how many rows are shown; None for all.
    """

    def __init__(self, table: Table, rows: int | None = None) -> None:
        super().__init__()
        self.table = table
        self._rows = table.count if rows is None else min(rows, table.count)
        self._order: array[int] | None = None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        cell = self.table.row(self.number_of(index.row()))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell if len(cell) > 30 else None  # what is short is seen anyway
        return " ".join(cell[:_CELL_CHARACTERS].split())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self.number_of(section) + 1)
        return self.table.columns[section] or self.tr("Column {number}").format(number=section + 1)

    def number_of(self, row: int) -> int:
        """The number in the table of a row that is shown."""
        return self._order[row] if self._order is not None else row

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers in the table of all rows that are shown, in their order."""
        return self._order if self._order is not None else range(self._rows)

    def show_order(self, order: array[int] | None) -> None:
        """Show the rows in this order, or in the file's."""
        self.layoutAboutToBeChanged.emit()
        self._order = order
        self.layoutChanged.emit()


class TableSheet(QTableView):
    """A table view in the window's dress, with columns as wide as some of their rows want."""

    def __init__(self, model: TableModel, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        model.setParent(self)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.verticalHeader().setAccessibleName(self.tr("Numbers of the rows"))
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName(self.tr("All cells"))
        across = self.horizontalHeader()
        across.setAccessibleName(self.tr("Names of the columns"))
        across.setStretchLastSection(True)
        across.setHighlightSections(False)
        across.setFixedHeight(_ROW_PX + 2)
        self._fit_columns(model)

    def _fit_columns(self, model: TableModel) -> None:
        metrics, bold = QFontMetrics(self.font()), QFontMetrics(theme.scaled_font(1.0, bold=True))
        apart = max(model.rowCount() // _ROWS_MEASURED, 1)  # later rows may be wider than the first ones
        seen = [model.table.row(number) for number in range(0, model.rowCount(), apart)]
        for column in range(min(model.columnCount(), 200)):
            title = str(model.headerData(column, Qt.Orientation.Horizontal))
            widths = [metrics.horizontalAdvance(row[column][:60]) for row in seen]
            widest = max([bold.horizontalAdvance(title[:60]) + 22, *widths]) + 36
            self.setColumnWidth(column, min(max(widest, _NARROWEST_PX), _WIDEST_PX))


def size_of(table: Table) -> str:
    """`1,200 rows × 4 columns`, in the user's language."""
    form = QCoreApplication.translate("tables", "{rows} rows × {columns} columns")
    return form.format(rows=QLocale().toString(table.count), columns=len(table.columns))


class TableCard(FileCard):
    """A table in the conversation: its first rows, and the way to all of them."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource, self.tr("Table {name}").format(name=resource.path.name))
        self.sheet: TableSheet | None = None
        path = resource.path
        read_for(self, lambda: read_book(path), self._show, self.say_problem)

    def _show(self, book: Book) -> None:
        table, sheets = book.table, len(book.sheets)
        several = self.tr("{count} sheets").format(count=sheets)
        self.size_label.setText(f"{several} · {size_of(table)}" if sheets > 1 else size_of(table))
        self._book = book
        if not table.columns:
            self.say(self.tr("The first sheet is empty."))
        model = TableModel(table, _ROWS_SHOWN)
        sheet = TableSheet(model, self.tr("First rows of {name}").format(name=self.path.name))
        sheet.setObjectName("tablePreview")
        sheet.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        sheet.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sheet.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sheet.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sheet.setFixedHeight(_ROW_PX * model.rowCount() + _ROW_PX + 4)
        sheet.doubleClicked.connect(self.enlarge)
        DragOut(sheet.viewport(), self.path)
        self.sheet = sheet
        self.column.addWidget(sheet)
        all_of_it = button(self.tr("Show the whole table"), "link", "table")
        all_of_it.clicked.connect(self.enlarge)
        self.column.addWidget(all_of_it, 0, Qt.AlignmentFlag.AlignLeft)

    def enlarge(self) -> None:
        """Show all of it in a window of its own."""
        TableViewer(self.window(), self.path, self._book).show()


class TableViewer(Viewer):
    """A whole table. A click on a column's name sorts by it, the next one the other way round.

    The sheets of a spreadsheet are tabs below it; Ctrl+PgUp and Ctrl+PgDown go through them.
    """

    def __init__(self, parent: QWidget, path: Path, book: Book | None = None) -> None:
        super().__init__(parent, path)
        self.sheet: TableSheet | None = None
        self._sorted: tuple[int, bool] | None = None  # column, descending
        self._size = label("", "muted")
        self._hint = label(self.tr("Reading the table…"), "muted", 0.95)
        self._said = ""  # what is said below it where there is nothing else to say
        self.copy_button = button(self.tr("Copy"), "quiet", "copy")
        self.copy_button.setToolTip(self.tr("Copy the chosen cells (Ctrl+C), or the whole table"))
        self.copy_button.setEnabled(False)
        self.copy_button.clicked.connect(self._copy_much)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find in the table"))
        self.field.setAcceptDrops(False)
        self.field.setFixedWidth(theme.room(150))
        self.field.returnPressed.connect(self.find_next)
        self.tools.addWidget(self._size)
        self.tools.addWidget(self.field)
        self.tools.addWidget(self.copy_button)
        foot = QFrame()
        foot.setObjectName("viewerFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self._hint, 1)
        self.tabs = QTabBar()
        self.tabs.setObjectName("sheetTabs")
        self.tabs.setAccessibleName(self.tr("Sheets"))
        self.tabs.setShape(QTabBar.Shape.RoundedSouth)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.hide()
        self.body.addStretch(1)
        self.body.addWidget(self.tabs)
        self.body.addWidget(foot)
        for keys, step in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1)):
            QShortcut(QKeySequence(keys), self, partial(self._step, step))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy)
        QShortcut(QKeySequence("Ctrl+Shift+S"), self, self._sort_by_current)
        QShortcut(QKeySequence("Ctrl+F"), self, self.field.setFocus)
        QShortcut(QKeySequence("F3"), self, self.find_next)
        if book is not None:
            self._show_book(book)
        else:
            read_for(self, lambda: read_book(path), self._show_book, self._fail)

    # ------------------------------------------------------------ sheets

    def _show_book(self, book: Book) -> None:
        for name in book.sheets:
            self.tabs.addTab(name.replace("&", "&&"))
        self.tabs.setVisible(len(book.sheets) > 1)
        self.tabs.currentChanged.connect(self._read_sheet)
        self._show(book.table)

    def _step(self, step: int) -> None:
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())

    def _read_sheet(self, number: int) -> None:
        path = self.path
        self._hint.setText(self.tr("Reading the table…"))
        read_for(self, lambda: read_book(path, number), partial(self._show_sheet, number), self._fail)

    def _show_sheet(self, number: int, book: Book) -> None:
        if number == self.tabs.currentIndex():  # no other one was chosen meanwhile
            self._show(book.table)

    def _show(self, table: Table) -> None:
        if self.sheet is not None:
            self.body.removeWidget(self.sheet)
            self.sheet.hide()
            self.sheet.deleteLater()
            self._sorted = None
        model = TableModel(table)
        self.sheet = sheet = TableSheet(model, self.tr("Table {name}").format(name=self.path.name))
        sheet.setObjectName("tableSheet")
        header = sheet.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.sort_by)
        self.body.insertWidget(0, sheet, 100)
        self._size.setText(size_of(table))
        self.copy_button.setEnabled(True)
        self._said = (
            self.tr("Click a column's name to sort by it (Ctrl+Shift+S).")
            if table.whole
            else self.tr("Only the first 50 MB are shown; open the file in another program for the rest.")
        )
        self._hint.setText(self._said)
        sheet.show()
        if not self.tabs.hasFocus():  # who goes through the sheets by keys stays there
            sheet.setFocus()

    def _fail(self, problem: ProblemView) -> None:
        self._hint.setText("")
        self.show_problem(problem)

    def _model(self) -> TableModel | None:
        model = self.sheet.model() if self.sheet is not None else None
        return model if isinstance(model, TableModel) else None

    # ------------------------------------------------------------ sorting

    def _sort_by_current(self) -> None:
        if self.sheet is not None and self.sheet.currentIndex().isValid():
            self.sort_by(self.sheet.currentIndex().column())

    def sort_by(self, column: int) -> None:
        """Upwards, then downwards, then as the file has it; the order is worked out in a worker."""
        model = self._model()
        if model is None:
            return
        if self._sorted is None or self._sorted[0] != column:
            self._sorted = column, False
        elif not self._sorted[1]:
            self._sorted = column, True
        else:
            self._sorted = None
        wanted = self._sorted
        header = self.sheet.horizontalHeader() if self.sheet is not None else None
        if header is not None:
            header.setSortIndicatorShown(wanted is not None)
            # Qt's arrow points to the small end; people expect it to point the way in which values grow.
            down = wanted is not None and wanted[1]
            header.setSortIndicator(
                column, Qt.SortOrder.AscendingOrder if down else Qt.SortOrder.DescendingOrder
            )
        if wanted is None:
            model.show_order(None)
            return
        table = model.table
        read_for(
            self,
            lambda: table.order(wanted[0], descending=wanted[1]),
            lambda order: model.show_order(order) if self._sorted == wanted else None,
        )

    # ------------------------------------------------------------ finding

    def find_next(self) -> None:
        """Go to the next cell in which the words stand, from the beginning again after the last."""
        words, model, sheet = self.field.text(), self._model(), self.sheet
        if not words or model is None or sheet is None or not model.rowCount():
            self.field.setFocus()
            return
        now = sheet.currentIndex()
        after = (now.row(), now.column()) if now.isValid() else (0, -1)
        rows, table = model.numbers, model.table
        read_for(self, lambda: table.find(words, rows, after), partial(self._show_found, sheet, words))

    def _show_found(self, sheet: TableSheet, words: str, found: tuple[int, int] | None) -> None:
        if sheet is not self.sheet:
            return  # another sheet was chosen meanwhile
        if found is None:
            self._hint.setText(self.tr("“{words}” does not stand in this table.").format(words=words))
            return
        place = sheet.model().index(*found)
        sheet.setCurrentIndex(place)
        sheet.scrollTo(place, QTableView.ScrollHint.PositionAtCenter)
        self._hint.setText(self._said)

    # ------------------------------------------------------------ copying

    def copy(self) -> None:
        """Put the chosen cells on the clipboard, or the one with the focus."""
        model, sheet = self._model(), self.sheet
        if model is not None and sheet is not None and not self._copy_chosen(model, sheet):
            index = sheet.currentIndex()
            if index.isValid():
                self._copied(model.table.row(model.number_of(index.row()))[index.column()])

    def _copy_much(self) -> None:
        """Put the chosen cells on the clipboard, or the whole table."""
        model, sheet = self._model(), self.sheet
        if model is not None and sheet is not None and not self._copy_chosen(model, sheet):
            rows, table = model.numbers, model.table
            read_for(self, lambda: table.as_text(rows), self._copied)

    def _copy_chosen(self, model: TableModel, sheet: TableSheet) -> bool:
        """Block by block, as a spreadsheet does, in a worker; False where fewer than two are chosen."""
        selection = sheet.selectionModel().selection()
        blocks = [selection.at(number) for number in range(selection.count())]
        if sum(block.width() * block.height() for block in blocks) < 2:
            return False
        spans = [
            (
                [model.number_of(row) for row in range(block.top(), block.bottom() + 1)],
                block.left(),
                block.right(),
            )
            for block in blocks
        ]
        table = model.table

        def text() -> str:
            lines = []
            for rows, left, right in spans:
                for number in rows:
                    cells = table.row(number)[left : right + 1]
                    lines.append("\t".join(" ".join(cell.split()) for cell in cells))
            return "\n".join(lines)

        read_for(self, text, self._copied)
        return True

    def _copied(self, text: str) -> None:
        copy_text(text)
        self._hint.setText(self.tr("Copied."))
