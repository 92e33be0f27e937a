"""What the user wrote, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import IconButton, copy_text, label
from hgpt_desktop.ui.chips import AttachmentChip
from hgpt_desktop.ui.glimpses import glimpse_of
from hgpt_desktop.ui.markdown_view import TextBlock

_BUBBLE_SHARE = 0.78  # of the column's width
_CARD_PX = 520


class UserMessage(QWidget):
    """A request on the right, with its files; it can be edited and sent again, in a branch of its own."""

    revise_wanted = Signal()
    branch_wanted = Signal(str)  # run id

    def __init__(self, text: str, paths: Sequence[Path]) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("You: {text}").format(text=text))
        self.text = text
        self.paths = tuple(paths)
        self.run_id = ""
        self.siblings: tuple[str, ...] = ()
        self._text = TextBlock()
        self._text.setAccessibleName(self.tr("Your request"))
        self._text.show_plain(text)
        self._bubble = QFrame()
        self._bubble.setObjectName("userBubble")
        inside = QVBoxLayout(self._bubble)
        inside.setContentsMargins(16, 12, 16, 8)
        inside.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._cards: list[QWidget] = []
        for path in paths:
            if (card := glimpse_of(path)) is not None:
                self._cards.append(card)
                line = QHBoxLayout()  # and no alignment, which takes no heed of the height that words need
                line.addStretch(1)
                line.addWidget(card)
                column.addLayout(line)
            else:
                column.addWidget(AttachmentChip(path, removable=False), 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._bubble, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(self._make_foot())
        self._natural_px = self._text.natural_width_px()
        self._bubble.setVisible(bool(text))

    def _make_foot(self) -> QHBoxLayout:
        self._before = IconButton("chevron-left", self.tr("Earlier version"), side=13)
        self._before.clicked.connect(lambda: self._go(-1))
        self._place = label("", "muted", 0.85)
        self._after = IconButton("chevron-right", self.tr("Later version"), side=13)
        self._after.clicked.connect(lambda: self._go(1))
        self.edit_button = IconButton("edit", self.tr("Edit and send again"), side=15)
        self.edit_button.clicked.connect(self.revise_wanted)
        copy = IconButton("copy", self.tr("Copy the request"), side=15)
        copy.clicked.connect(lambda: copy_text(self.text))
        foot = QHBoxLayout()
        foot.setSpacing(2)
        foot.addStretch(1)
        for widget in (self._before, self._place, self._after, copy, self.edit_button):
            foot.addWidget(widget)
        self._show_place()
        return foot

    def set_run(self, run_id: str, siblings: Sequence[str]) -> None:
        """Which run this is, and which stand in its place in other branches."""
        self.run_id, self.siblings = run_id, tuple(siblings)
        self._show_place()

    def _show_place(self) -> None:
        several = len(self.siblings) > 1
        at = self.siblings.index(self.run_id) if self.run_id in self.siblings else 0
        self._place.setText(f"{at + 1} / {len(self.siblings)}")
        for widget in (self._before, self._place, self._after):
            widget.setVisible(several)
        self._before.setEnabled(at > 0)
        self._after.setEnabled(at + 1 < len(self.siblings))
        self.edit_button.setVisible(bool(self.run_id))

    def _go(self, step: int) -> None:
        self.branch_wanted.emit(self.siblings[self.siblings.index(self.run_id) + step])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = int(self.width() * _BUBBLE_SHARE)
        self._bubble.setFixedWidth(min(self._natural_px + 34, widest))
        for card in self._cards:
            card.setFixedWidth(min(_CARD_PX, widest))
