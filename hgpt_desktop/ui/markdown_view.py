"""Shows Markdown that may still be streaming in."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDesktopServices,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import button, copy_text, label, lay_out_around
from hgpt_desktop.ui.code_colours import CodeColours
from hgpt_desktop.ui.markdown_blocks import Block, BlockSplitter, is_list, with_line_breaks, without_images
from hgpt_desktop.ui.setting_texts import LINK_SCHEME, as_markdown

REPAINT_MS = 50
_BLOCKS_AT_ONCE = 2
_SHEET_BLOCKS = 12
_SPACING_PX = 10
_SAFE_SCHEMES = ("http", "https", "mailto", LINK_SCHEME)
_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_LINE_HEIGHT = 132.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value  # percent
_INDENT_PX = 24
_RENDERED_AGAIN = 4000  # characters: a list is rendered at each of its lines, so that must stay quick


class TextBlock(QTextBrowser):
    """A piece of text as high as it needs to be. It loads nothing and opens links only when clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("markdown")
        self.setAccessibleName(self.tr("Text"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(_INDENT_PX)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._open_link)
        self._markdown: str | None = None
        self._lines, self._tail = "", ""  # of a list that still grows: what is rendered, what stands below it
        self._dressed_in: theme.Colours | None = None
        self._height_px = 0

    def show_plain(self, text: str) -> None:
        """Show the text as it is; where it only grew, the new part is added."""
        shown = self.toPlainText()
        if self._markdown is None and shown and text.startswith(shown):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(shown) :])
        else:
            self._markdown = None
            self.setPlainText(text)
            self._space_lines()
        self._fit()

    def show_open(self, text: str) -> None:
        """Show a text that still grows: as it is, and the finished lines of a list rendered."""
        lines = text[: text.rfind("\n") + 1]
        if lines != self._lines and len(lines) <= _RENDERED_AGAIN and is_list(lines):
            self._lines, self._tail = lines, ""
            self._set_markdown(lines)
        if not self._lines:
            self.show_plain(text)
            return
        tail = text[len(self._lines) :]
        if tail != self._tail:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            if not self._tail:
                form = QTextBlockFormat()
                # A word behind an empty line ends the list; it is told when its line is whole.
                form.setIndent(0 if self._lines.endswith("\n\n") and tail[0].isalpha() else 1)
                form.setLineHeight(*_LINE_HEIGHT)
                cursor.insertBlock(form, QTextCharFormat())
            cursor.insertText(tail[len(self._tail) :])
            self._tail = tail
        self._fit()

    def show_markdown(self, markdown: str) -> None:
        """Render the Markdown; HTML in it stays visible as text."""
        self._markdown = markdown
        self._render()

    def _render(self) -> None:
        if self._markdown is not None:
            self._set_markdown(self._markdown)
            self._fit()

    def _set_markdown(self, markdown: str) -> None:
        document = self.document()
        document.setDefaultFont(self.font())
        document.setMarkdown(with_line_breaks(as_markdown(without_images(markdown))), _FEATURES)
        self._dress()
        self._space_lines()

    def _dress(self) -> None:
        """Tables with quiet borders, code in the text on a tinted ground."""
        shades = self._dressed_in = theme.colours()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format()
                form.setBorderBrush(QBrush(QColor(shades.line)))
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setCellPadding(6)
                form.setTopMargin(2)
                form.setBottomMargin(2)
                frame.setFormat(form)
        block = self.document().begin()
        while block.isValid():
            fragments = block.begin()
            while not fragments.atEnd():
                fragment = fragments.fragment()
                style = fragment.charFormat()
                if style.fontFixedPitch():
                    style.setFont(theme.mono_font())
                    style.setBackground(QColor(shades.hover))
                    cursor = QTextCursor(self.document())
                    cursor.setPosition(fragment.position())
                    cursor.setPosition(
                        fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor
                    )
                    cursor.setCharFormat(style)
                fragments += 1
            block = block.next()

    def _space_lines(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        form = QTextBlockFormat()
        form.setLineHeight(*_LINE_HEIGHT)
        cursor.mergeBlockFormat(form)

    def natural_width_px(self) -> int:
        """The width at which no line would have to be broken."""
        document = self.document().clone()
        document.setTextWidth(-1)
        width = math.ceil(document.idealWidth()) + 2
        document.deleteLater()
        return width

    def _fit(self) -> None:
        width = self.viewport().width()
        self.document().setTextWidth(width)
        size = self.document().size()
        height = math.ceil(size.height())
        if size.width() > width + 1:
            height += self.horizontalScrollBar().sizeHint().height()
        if height != self._height_px:
            self._height_px = height
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), max(self._height_px, 1))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the conversation scrolls, not the paragraph

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Links and code carry their colours in the document; Qt tells of one new theme several times.
        if event.type() == QEvent.Type.PaletteChange and self._dressed_in is not theme.colours():
            self._render()

    def loadResource(self, kind: int, url: QUrl | str) -> Any:
        return None  # a text that a model wrote makes the program open nothing

    def _open_link(self, url: QUrl) -> None:
        if url.scheme() in _SAFE_SCHEMES:
            QDesktopServices.openUrl(url)


class CodeBlock(QFrame):
    """Code in a frame, with a button that copies it."""

    def __init__(self, language: str = "") -> None:
        super().__init__()
        self.setObjectName("codeBlock")
        self._text = ""
        self.copy_button = button(self.tr("Copy"), "quiet")
        self.copy_button.setAccessibleName(self.tr("Copy the code"))
        self.copy_button.clicked.connect(self._copy_code)
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 6, 0)
        head.addWidget(label(language or self.tr("Code"), "muted", 0.9))
        head.addStretch(1)
        head.addWidget(self.copy_button)
        self._edit = _CodeText()
        self._edit.setAccessibleName(self.tr("Code"))
        self._colours = CodeColours(self._edit.document(), language)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._edit)

    def show_code(self, text: str) -> None:
        """Show these lines."""
        self._text = text
        self._edit.show_code(text)

    def finish(self) -> None:
        """No more lines will come."""
        self._colours.colour(self._text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colours.rehighlight()

    def _copy_code(self) -> None:
        copy_text(self._text)


class _CodeText(QPlainTextEdit):
    """Lines of code, all of them visible; long ones scroll sideways."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFont(theme.mono_font())
        self.document().setDocumentMargin(0)
        self.setViewportMargins(12, 0, 12, 0)
        self._wide_px, self._lines = 0, 1

    def show_code(self, text: str) -> None:
        if text == self.toPlainText():
            return
        self.setPlainText(text)
        lines = text.count("\n") + 1
        widest = max(self.fontMetrics().horizontalAdvance(line) for line in text.split("\n"))
        self._wide_px, self._lines = widest, lines
        self._fit()

    def _fit(self) -> None:
        bar = self.horizontalScrollBar().sizeHint().height() if self._wide_px > self.viewport().width() else 0
        self.setFixedHeight(math.ceil(self.fontMetrics().lineSpacing() * self._lines) + bar + 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class MarkdownView(QWidget):
    """A text in Markdown: finished blocks are rendered once, the open one is shown as it comes.

    However often `append` is called, the view changes at most every 50 ms.
    """

    completed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._unseen = ""
        self._splitter = BlockSplitter()
        self._open: TextBlock | CodeBlock | None = None
        self._blocks: list[TextBlock | CodeBlock] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_SPACING_PX)
        self._dirty = QTimer(self)
        self._dirty.setSingleShot(True)
        self._dirty.setInterval(REPAINT_MS)
        self._dirty.timeout.connect(self._flush)
        self._backlog: deque[Block] = deque()
        self._catching_up = QTimer(self)
        self._catching_up.setSingleShot(True)
        self._catching_up.setInterval(0)
        self._catching_up.timeout.connect(self._catch_up)

    @property
    def blocks(self) -> tuple[TextBlock | CodeBlock, ...]:
        """What is shown so far, in order."""
        return tuple(self._blocks)

    @property
    def complete(self) -> bool:
        """Whether nothing waits to be shown."""
        return not self._backlog

    @property
    def text(self) -> str:
        """All that was given so far."""
        return self._text

    def append(self, text: str) -> None:
        """Add the next piece of the text."""
        self._text += text
        self._unseen += text
        if not self._dirty.isActive():
            self._dirty.start()

    def finish(self) -> None:
        """The text is complete."""
        self._dirty.stop()
        self._flush()
        self._show_finished(self._splitter.finish())
        if not self._backlog:
            self.completed.emit()

    def show_text(self, text: str) -> None:
        """Show another text, complete; where it is long, its end follows between events."""
        self._dirty.stop()
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._text, self._unseen, self._open, self._splitter = text, "", None, BlockSplitter()
        self._blocks.clear()
        self._backlog = deque(self._splitter.feed(text) + self._splitter.finish())
        self._catch_up()

    def _catch_up(self) -> None:
        """A few blocks at a time: a long text must not keep the window from its events."""
        batch = [self._backlog.popleft() for _ in range(min(_BLOCKS_AT_ONCE, len(self._backlog)))]
        self._show_finished(batch)
        if self._backlog:
            self._catching_up.start()
        else:
            self.completed.emit()

    def _flush(self) -> None:
        text, self._unseen = self._unseen, ""
        if text:
            self._show_finished(self._splitter.feed(text))
            self._show_open(self._splitter.open_block)
            if self._blocks:
                lay_out_around(self._blocks[-1])

    def _show_finished(self, blocks: list[Block]) -> None:
        for block in blocks:
            widget = self._widget_for(block)
            self._open = None
            if isinstance(widget, CodeBlock):
                widget.show_code(block.text)
                widget.finish()
            else:
                widget.show_markdown(block.text)

    def _show_open(self, block: Block | None) -> None:
        if block is None:
            return
        self._open = self._widget_for(block)
        if isinstance(self._open, CodeBlock):
            self._open.show_code(block.text)
        else:
            self._open.show_open(block.text)

    def _widget_for(self, block: Block) -> TextBlock | CodeBlock:
        """The widget that shows the open block already, if it is of the right sort; else a new one."""
        if self._open is not None and isinstance(self._open, CodeBlock) == block.code:
            return self._open
        if self._open is not None:  # what looked like prose turned out to be the fence of a code block
            self._blocks.remove(self._open)
            self._open.hide()
            self._open.deleteLater()
        widget = CodeBlock(block.language) if block.code else TextBlock()
        self._sheet().addWidget(widget)
        self._blocks.append(widget)
        return widget

    def _sheet(self) -> QVBoxLayout:
        """The last sheet if it has room: what comes at the end leaves the layout of the others alone."""
        item = self._column.itemAt(self._column.count() - 1) if self._column.count() else None
        sheet = item.widget() if item is not None else None
        layout = sheet.layout() if sheet is not None else None
        if isinstance(layout, QVBoxLayout) and layout.count() < _SHEET_BLOCKS:
            return layout
        sheet = QWidget()
        made = QVBoxLayout(sheet)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(_SPACING_PX)
        self._column.addWidget(sheet)
        return made
