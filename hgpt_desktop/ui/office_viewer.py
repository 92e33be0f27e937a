"""Documents and presentations: their first lines in the conversation, the text in a window."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from hgpt_desktop.bridge.books import Paragraph, read_paragraphs
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import ElidedLabel, button
from hgpt_desktop.ui.file_card import FileCard
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.text_viewer import TextViewer

_LINES_SHOWN = 5
_LINE_CHARACTERS = 220
_HEADING_SCALES = (1.5, 1.28, 1.12)  # of the first levels; the others are as large as the text, and bold
_TAB_PX = 140


def slide_words(number: int) -> str:
    """What stands above a slide."""
    return QCoreApplication.translate("office", "Slide {number}").format(number=number)


class OfficeCard(FileCard):
    """A document in the conversation: how it begins, and the way to all of it."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource, self.tr("Document {name}").format(name=resource.path.name))
        path = resource.path
        read_for(self, lambda: read_paragraphs(path), self._show, self.say_problem)

    def _show(self, paragraphs: Sequence[Paragraph]) -> None:
        slides = max((one.slide for one in paragraphs), default=0)
        if slides:
            one, several = self.tr("1 slide"), self.tr("{count} slides").format(count=slides)
            self.size_label.setText(one if slides == 1 else several)
        written = [one for one in paragraphs if one.text.strip()]
        if not written:
            self.say(self.tr("There is no text in it."))
            return
        for paragraph in written[:_LINES_SHOWN]:
            words = " ".join(paragraph.text[:_LINE_CHARACTERS].split())
            bullet = "• " if paragraph.in_list else ""
            self.column.addWidget(ElidedLabel(bullet + words, scale=0.95, bold=paragraph.level > 0))
        whole = button(self.tr("Show the whole text"), "link", "text")
        whole.clicked.connect(self.enlarge)
        self.column.addWidget(whole, 0, Qt.AlignmentFlag.AlignLeft)

    def enlarge(self) -> None:
        """Show all of it in a window of its own."""
        OfficeViewer(self.window(), self.path).show()


class OfficeViewer(TextViewer):
    """The text of a document with its headings; pictures and looks are for the desktop's own program."""

    def __init__(self, parent: QWidget, path: Path) -> None:
        self._paragraphs: list[Paragraph] = []
        self._starts: list[int] = []  # where each of them begins in the text
        super().__init__(parent, path)
        self.page.setTabStopDistance(_TAB_PX)

    def _read(self) -> None:
        path = self.path
        read_for(self, lambda: read_paragraphs(path), self._lay_out, self._fail)

    def _lay_out(self, paragraphs: Sequence[Paragraph]) -> None:
        pieces: list[str] = []
        length = 0
        before: Paragraph | None = None
        for one in paragraphs:
            parts = [Paragraph(slide_words(one.slide), slide=one.slide)] if one.slide else []
            parts += [one] if one.text.strip() else []
            for part in parts:
                gap = "" if before is None else "\n" if _close(before, part) else "\n\n"
                words = f"• {part.text}" if part.in_list else part.text
                pieces += [gap, words]
                self._starts.append(length + len(gap))
                self._paragraphs.append(part)
                length += len(gap) + len(words)
                before = part
        self._show(("".join(pieces), True))

    def _put_in(self, cursor: QTextCursor, start: int, text: str) -> None:
        """Paragraph by paragraph, each in its own form."""
        at = start
        while at < start + len(text):
            number = bisect_right(self._starts, at)
            end = self._starts[number] if number < len(self._starts) else start + len(text)
            end = min(end, start + len(text))
            cursor.setCharFormat(self._form(self._paragraphs[max(number - 1, 0)]))
            super()._put_in(cursor, at, text[at - start : end - start])
            at = end

    def _form(self, paragraph: Paragraph) -> QTextCharFormat:
        form = QTextCharFormat()
        font = self.page.font()
        if paragraph.slide and not paragraph.level:
            font.setPointSizeF(font.pointSizeF() * 0.9)
            form.setForeground(QColor(theme.colours().muted))
        elif paragraph.level:
            at = paragraph.level - 1
            font.setPointSizeF(
                font.pointSizeF() * (_HEADING_SCALES[at] if at < len(_HEADING_SCALES) else 1.0)
            )
            font.setBold(True)
        form.setFont(font)
        return form


def _close(before: Paragraph, after: Paragraph) -> bool:
    """Whether they belong together: a heading and what follows, entries of a list, rows of a table."""
    return (
        bool(before.level or before.slide)
        or (before.in_list and after.in_list)
        or ("\t" in before.text and "\t" in after.text)
    )
