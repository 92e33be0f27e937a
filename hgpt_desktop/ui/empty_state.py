"""What a new conversation shows: an invitation, and three requests to click."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from hgpt_desktop.bridge.places import samples_folder
from hgpt_desktop.ui.basics import IconLabel, label

_NARROW_PX = 520


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that shows what the program can do."""

    icon: str
    title: str
    request: str
    files: tuple[Path, ...] = ()


def samples() -> tuple[Sample, ...]:
    """The three sample requests."""
    folder = samples_folder()
    return (
        Sample(
            "image",
            QCoreApplication.translate("samples", "Read a notice"),
            QCoreApplication.translate(
                "samples", "Read the text in this picture, summarise it and say it aloud"
            ),
            (folder / "notice.png",),
        ),
        Sample(
            "audio",
            QCoreApplication.translate("samples", "Hear a meeting"),
            QCoreApplication.translate(
                "samples", "Transcribe this and tell me in one sentence what it is about"
            ),
            (folder / "meeting.wav",),
        ),
        Sample(
            "text",
            QCoreApplication.translate("samples", "Just ask"),
            QCoreApplication.translate("samples", "Explain in three sentences why the sky is blue"),
        ),
    )


class SampleButton(QPushButton):
    """A sample request as a card."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.setProperty("role", "suggestion")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{sample.title}: {sample.request}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 14, 16, 14)
        self._column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(sample.icon, "accent"))
        title = label(sample.title, bold=True)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        self._column.addLayout(head)
        request = label(sample.request, "muted", 0.95)
        request.setWordWrap(True)
        self._column.addWidget(request, 1, Qt.AlignmentFlag.AlignTop)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._column.heightForWidth(width)

    def sizeHint(self) -> QSize:
        hint = self._column.sizeHint()
        return QSize(220, max(hint.height(), self._column.heightForWidth(220)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._column.heightForWidth(max(self.width(), 160)))


class EmptyState(QWidget):
    """Greets, and offers the samples."""

    sample_wanted = Signal(str, object)  # text, list of Path

    def __init__(self) -> None:
        super().__init__()
        title = label(self.tr("What would you like to do?"), scale=1.7, bold=True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        under = label(
            self.tr(
                "Ask anything, or drop pictures, recordings and texts here. Nothing leaves this computer."
            ),
            "muted",
        )
        under.setWordWrap(True)
        under.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(12)
        for sample in samples():
            if all(path.exists() for path in sample.files):
                card = SampleButton(sample)
                card.clicked.connect(
                    lambda _checked=False, one=sample: self.sample_wanted.emit(one.request, list(one.files))
                )
                self._cards.addWidget(card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(IconLabel("logo", "accent", 52), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6)
        column.addWidget(title)
        column.addWidget(under)
        column.addSpacing(22)
        column.addLayout(self._cards)
        column.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW_PX
        self._cards.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )
