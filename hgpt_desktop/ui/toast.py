"""A sentence at the foot of the window that goes by itself, with one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hgpt_desktop.ui.basics import IconButton, button, label

_SHOWN_MS = 10_000
_LEAST_PX, _GAP_PX = 320, 12


class Toast(QFrame):
    """Shows one sentence at a time, on whatever page; the next one takes its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("toast")
        self._act: Callable[[], None] | None = None
        self._passed: Callable[[], None] | None = None
        self._floor: Callable[[], QRect] | None = None
        self._movers: tuple[QWidget, ...] = ()
        self._text = label(wrap=True)
        self.action_button = button("", "link")
        self.action_button.setAccessibleName(self.tr("Do something about it"))
        self.action_button.clicked.connect(self._on_action)
        close = IconButton("close", self.tr("Dismiss"), side=14)
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self.action_button)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or said last."""
        return self._text.text()

    def float_in(self, host: QWidget, floor: Callable[[], QRect], movers: Sequence[QWidget] = ()) -> None:
        """Stand in this widget above all others, on top of the floor.

        Args:
            movers: widgets with which the floor moves, beside the host.
        """
        self.setParent(host)
        self._floor, self._movers = floor, (host, *movers)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for one in self._movers:
            one.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for one in self._movers:
            one.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            # The others of the window find their places first.
            QTimer.singleShot(0, self, self._stand)
        return super().eventFilter(watched, event)

    def _stand(self) -> None:
        if self._floor is None:
            return
        floor, row = self._floor(), self.layout()
        assert row is not None
        row.invalidate()
        beside = row.sizeHint().width() - self._text.sizeHint().width()
        wanted = self._text.fontMetrics().horizontalAdvance(self.text) + beside + 2
        width = min(max(wanted, _LEAST_PX), floor.width())
        height = row.totalHeightForWidth(width)
        left = floor.left() + (floor.width() - width) // 2
        self.setGeometry(left, floor.top() - height - _GAP_PX, width, height)
        self.raise_()

    def say(
        self,
        sentence: str,
        action: str = "",
        act: Callable[[], None] | None = None,
        passed: Callable[[], None] | None = None,
    ) -> None:
        """Show the sentence for ten seconds.

        Args:
            act: called where the action is clicked.
            passed: called when the sentence goes and nobody has clicked.
        """
        self._end()
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._act, self._passed = act, passed
        self.action_button.setText(action)
        self.action_button.setAccessibleName(action)
        self.action_button.setVisible(bool(action))
        self._stand()
        self.show()
        self._timer.start()

    def dismiss(self) -> None:
        """Show it no longer."""
        self.hide()
        self._end()

    def _end(self) -> None:
        self._timer.stop()
        passed, self._act, self._passed = self._passed, None, None
        if passed is not None:
            passed()

    def _on_action(self) -> None:
        act, self._passed = self._act, None
        self.dismiss()
        if act is not None:
            act()
