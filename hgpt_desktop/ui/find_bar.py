"""Finds words in the conversation that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QTextEdit

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import IconButton, label
from hgpt_desktop.ui.conversation_page import ConversationPage

_MARGIN_PX = 120


@dataclass(frozen=True, slots=True)
class _Match:
    editor: QTextEdit | QPlainTextEdit
    cursor: QTextCursor

    def is_at(self, other: _Match) -> bool:
        return self.editor is other.editor and self.cursor.position() == other.cursor.position()


class FindBar(QFrame):
    """A field and two arrows; Escape closes it. What is found is marked in the messages."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("findBar")
        self._page: ConversationPage | None = None
        self._matches: list[_Match] = []
        self._at = -1
        self._goes_back = False  # the match before the first one shown is being brought in
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this conversation"))
        self.field.setAccessibleName(self.tr("Find in this conversation"))
        self.field.textChanged.connect(self._find)
        self._count = label("", "muted", 0.92)
        before = IconButton("chevron-up", self.tr("Previous match"), side=16)
        before.clicked.connect(self.previous)
        after = IconButton("chevron-down", self.tr("Next match"), side=16)
        after.clicked.connect(self.next)
        close = IconButton("close", self.tr("Close the search"), side=16)
        close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        row.addWidget(before)
        row.addWidget(after)
        row.addWidget(close)
        self.hide()

    @property
    def count(self) -> int:
        """How many places are marked."""
        return len(self._matches)

    @property
    def summary(self) -> str:
        """What stands beside the field."""
        return self._count.text()

    def open_on(self, page: ConversationPage) -> None:
        """Look in this page from now on."""
        self._watch(page)
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._find()

    def lead_to(self, page: ConversationPage, words: str) -> None:
        """Show where the page has these words, or the longest of them that it has."""
        sought = (words, *sorted(words.split(), key=len, reverse=True))
        there = next((one for one in sought if page.holds(one)), "")
        if not there:
            return  # they stand in the title, or in the name of a file or a model
        self._watch(page)
        self.show()
        if self.field.text() == there:
            self._find()
        else:
            self.field.setText(there)

    def _watch(self, page: ConversationPage) -> None:
        if self._page is not page:
            if self._page is not None and shiboken6.isValid(self._page):
                self._page.grown.disconnect(self._on_grown)
            self._page = page
            page.grown.connect(self._on_grown)

    def close_bar(self) -> None:
        """Take the marks away and hide."""
        self.hide()
        self._unmark()
        self.closed.emit()

    def next(self) -> None:
        """Go to the next match, from the last one to the first."""
        self._go(1)

    def previous(self) -> None:
        """Go to the match before; before the first one earlier messages are brought in, if they have one."""
        if self._at == 0 and self._page is not None and self._found_earlier():
            self._goes_back = True
            self._page.show_more()
        else:
            self._go(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.previous() if back else self.next()
        else:
            super().keyPressEvent(event)

    def _found_earlier(self) -> bool:
        words = self.field.text().casefold()
        assert self._page is not None
        return any(words in f"{one.request}\n{one.answer}".casefold() for one in self._page.earlier)

    def _find(self) -> None:
        self._goes_back = False
        self._look()
        self._go_to(len(self._matches) - 1)  # the end is what the user sees

    def _on_grown(self) -> None:
        """More came in: the match that was shown stays, unless the one before it is wanted."""
        shown = self._matches[self._at] if self._matches else None
        self._look()
        at = next((n for n, one in enumerate(self._matches) if shown and one.is_at(shown)), -1)
        if at < 0:
            self._go_to(len(self._matches) - 1)
        elif self._goes_back and at > 0:
            self._goes_back = False
            self._go_to(at - 1)
        else:
            self._at = at
            self._mark()

    def _look(self) -> None:
        if self._page is None or not self.isVisible():
            return
        self._unmark()
        words = self.field.text()
        if words:
            for message in self._page.messages:
                for editor in message.findChildren(QTextEdit) + message.findChildren(QPlainTextEdit):
                    self._find_in(editor, words)
        if words and not self._matches and not self._page.filling and self._found_earlier():
            self._page.show_more()

    def _find_in(self, editor: QTextEdit | QPlainTextEdit, words: str) -> None:
        cursor = editor.document().find(words)
        while not cursor.isNull():
            self._matches.append(_Match(editor, cursor))
            cursor = editor.document().find(words, cursor)

    def _go(self, step: int) -> None:
        if self._matches:
            self._goes_back = False
            self._go_to((self._at + step) % len(self._matches))

    def _go_to(self, place: int) -> None:
        self._at = place
        self._mark()
        self._scroll()

    def _mark(self) -> None:
        more = "+" if self._page is not None and self.field.text() and self._found_earlier() else ""
        if self._matches:
            self._count.setText(
                self.tr("{place} of {count}").format(place=self._at + 1, count=f"{len(self._matches)}{more}")
            )
        elif more:
            self._count.setText(self.tr("Looking further up…"))
        else:
            self._count.setText(self.tr("Nothing found") if self.field.text() else "")
        by_editor: dict[QTextEdit | QPlainTextEdit, list[QTextEdit.ExtraSelection]] = {}
        shades = theme.colours()
        for number, match in enumerate(self._matches):
            if not shiboken6.isValid(match.editor):
                continue
            mark = QTextEdit.ExtraSelection()
            here = number == self._at
            mark.cursor = match.cursor
            form = mark.format
            form.setBackground(QColor(shades.accent if here else shades.warning_soft))
            form.setForeground(QColor(shades.on_accent if here else shades.text))
            mark.format = form
            by_editor.setdefault(match.editor, []).append(mark)
        for editor, marks in by_editor.items():
            editor.setExtraSelections(marks)

    def _scroll(self) -> None:
        if not self._matches or self._page is None:
            return
        match = self._matches[self._at]
        inside = self._page.widget()
        if not shiboken6.isValid(match.editor) or inside is None:
            return
        place = match.editor.mapTo(inside, QPoint(0, match.editor.cursorRect(match.cursor).center().y()))
        self._page.ensureVisible(place.x(), place.y(), 0, _MARGIN_PX)

    def _unmark(self) -> None:
        for editor in {match.editor for match in self._matches}:
            if shiboken6.isValid(editor):
                editor.setExtraSelections([])
        self._matches, self._at = [], -1
