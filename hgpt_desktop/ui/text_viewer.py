"""A whole text in a window of its own, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from hgpt_desktop.bridge.books import Book
from hgpt_desktop.bridge.media import Table, read_table, read_text
from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.ui.basics import IconButton, button, copy_text, label
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.table_viewer import TableViewer
from hgpt_desktop.ui.viewer import Viewer

_PIECE_CHARACTERS = 20_000
_LONGEST_LINE = 5_000  # longer ones are broken where they are shown: Qt lays out a line as a whole
_NEAR_END_PX = 2000


class TextViewer(Viewer):
    """Text that can be searched and copied. What is long is put in piece by piece as it is scrolled to."""

    def __init__(self, parent: QWidget, path: Path, text: str | None = None) -> None:
        super().__init__(parent, path)
        self.resize(820, 680)
        self._whole = ""
        self._shown = 0  # characters of it
        self._table: Table | None = None
        self.page = QPlainTextEdit()
        self.page.setObjectName("textPage")
        self.page.setReadOnly(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setUndoRedoEnabled(False)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.page.setAccessibleName(self.tr("Text of {name}").format(name=path.name))
        self.page.document().setDocumentMargin(20)
        self.page.verticalScrollBar().valueChanged.connect(self._show_more_near_end)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find in the text"))
        self.field.setAcceptDrops(False)
        self.field.setFixedWidth(200)
        self.field.returnPressed.connect(self.find_next)
        following = IconButton("chevron-down", self.tr("Next place (F3)"), side=16)
        following.clicked.connect(self.find_next)
        self._hint = label("", "muted", 0.95)
        self._length = ""
        copy = button(self.tr("Copy all"), "quiet", "copy")
        copy.clicked.connect(lambda: copy_text(self._whole))
        self.tools.addWidget(self.field)
        self.tools.addWidget(following)
        self.table_button = button(self.tr("Show as a table"), "quiet", "table")
        self.table_button.clicked.connect(self.show_table)
        self.table_button.hide()
        self.tools.addWidget(copy)
        self.tools.addWidget(self.table_button)
        foot = QFrame()
        foot.setObjectName("viewerFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self._hint, 1)
        self.body.addWidget(self.page, 1)
        self.body.addWidget(foot)
        QShortcut(QKeySequence("Ctrl+F"), self, self.field.setFocus)
        QShortcut(QKeySequence("F3"), self, self.find_next)
        self.page.setFocus()
        if text is not None:
            self._show((text, True))
        else:
            self._hint.setText(self.tr("Reading the text…"))
            self._read()

    def _read(self) -> None:
        path = self.path
        read_for(self, lambda: read_text(path), self._show, self._fail)

    def _fail(self, problem: ProblemView) -> None:
        self._hint.setText("")
        self.show_problem(problem)

    def _show(self, read: tuple[str, bool]) -> None:
        self._whole, all_of_it = read
        self._show_more()
        if all_of_it:
            form = self.tr("{count} characters")
            self._length = form.format(count=self.locale().toString(len(self._whole)))
        else:
            self._length = self.tr(
                "Only the first 50 MB are shown; open the file in another program for the rest."
            )
        self._hint.setText(self._length)
        if all_of_it and self._whole.lstrip()[:1] in ("[", "{"):
            path = self.path
            read_for(
                self, lambda: read_table(path), self._offer_table
            )  # most JSON is none, which is no problem

    def _offer_table(self, table: Table) -> None:
        self._table = table
        self.table_button.show()

    def show_table(self) -> None:
        """Show the records in the text as a table."""
        if self._table is not None:
            TableViewer(self, self.path, Book(self._table)).show()

    @property
    def shown_characters(self) -> int:
        """How much of the text has been put in."""
        return self._shown

    def _show_more(self) -> None:
        if self._shown >= len(self._whole):
            return
        end = min(self._shown + _PIECE_CHARACTERS, len(self._whole))
        line_end = self._whole.find("\n", end, end + _LONGEST_LINE)
        end = line_end + 1 if line_end >= 0 else end
        cursor = QTextCursor(self.page.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        start, self._shown = self._shown, end
        self._put_in(cursor, start, self._whole[start:end])

    def _put_in(self, cursor: QTextCursor, start: int, text: str) -> None:
        """Put a piece of the whole text in, which begins there."""
        cursor.insertText("".join(_broken(text)))

    def _show_more_near_end(self) -> None:
        bar = self.page.verticalScrollBar()
        lines_left = bar.maximum() - bar.value()
        if lines_left * self.page.fontMetrics().lineSpacing() < _NEAR_END_PX:
            self._show_more()

    # ------------------------------------------------------------ finding

    def find_next(self) -> None:
        """Go to the next place where the words stand, from the beginning again after the last."""
        words = self.field.text()
        if not words:
            self.field.setFocus()
            return
        for _ in range(2):
            while True:
                if self.page.find(words):
                    self._hint.setText(self._length)
                    return
                if not self._stands_ahead(words):
                    break
                self._show_more()
            self.page.moveCursor(QTextCursor.MoveOperation.Start)
        self._hint.setText(self.tr("“{words}” does not stand in this text.").format(words=words))

    def _stands_ahead(self, words: str) -> bool:
        """Whether it is worth putting in another piece."""
        ahead = self._whole[max(self._shown - len(words), 0) :]
        return self._shown < len(self._whole) and words.casefold() in ahead.casefold()


def _broken(piece: str) -> Iterator[str]:
    """The piece with lines of a bearable length."""
    for line in piece.splitlines(keepends=True):
        for at in range(0, len(line), _LONGEST_LINE):
            part = line[at : at + _LONGEST_LINE]
            yield part if part.endswith("\n") or at + _LONGEST_LINE >= len(line) else part + "\n"
