"""What the pages beside the conversations have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import Sheet, label

PAGE_PX = 900


class ScrolledPage(QScrollArea):
    """A column in the middle with a heading; `body` takes what the page shows."""

    def __init__(self, title: str, under: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QWidget()
        column.setMaximumWidth(PAGE_PX)
        self.body = QVBoxLayout(column)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(14)
        self.body.addWidget(label(title, scale=1.5, bold=True))
        if under:
            self.body.addWidget(label(under, "muted", wrap=True))
        whole = Sheet()
        whole.setObjectName("page")
        row = QHBoxLayout(whole)
        row.setContentsMargins(28, 26, 28, 26)
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        self.setWidget(whole)


def card() -> tuple[QFrame, QVBoxLayout]:
    """A raised box and its column."""
    box = QFrame()
    box.setObjectName("card")
    inside = QVBoxLayout(box)
    inside.setContentsMargins(18, 16, 18, 16)
    inside.setSpacing(10)
    return box, inside
