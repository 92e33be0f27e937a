"""One conversation: its messages in a scroll area, or an invitation where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ExchangeView, ProblemView
from hgpt_desktop.core.events import Event, RequestStarted
from hgpt_desktop.ui.basics import button
from hgpt_desktop.ui.empty_state import EmptyState
from hgpt_desktop.ui.messages import AssistantMessage, UserMessage

COLUMN_PX = 800
_SHOWN_AT_ONCE = 20  # exchanges; earlier ones on request
_NEAR_END_PX = 48


class ConversationPage(QScrollArea):
    """Follows the answer as it grows, unless the user scrolled up."""

    edit_wanted = Signal(str, object)  # text, list of Path
    sample_wanted = Signal(str, object)  # text, list of Path

    def __init__(self, conversation_id: str | None = None) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.setObjectName("page")
        self.setAccessibleName(self.tr("Conversation"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the text does not move when it appears; without a range it is not seen.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._live: AssistantMessage | None = None
        self._earlier: list[ExchangeView] = []
        self._follow = True
        self.more_button = button(self.tr("Show earlier messages"), "quiet")
        self.more_button.clicked.connect(self._show_more)
        self.more_button.hide()
        self._empty = EmptyState()
        self._empty.sample_wanted.connect(self.sample_wanted)
        self._messages = QVBoxLayout()
        self._messages.setSpacing(26)
        column = QWidget()
        column.setMaximumWidth(COLUMN_PX)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inside = QVBoxLayout(column)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.setSpacing(16)
        inside.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._empty, 1)
        inside.addLayout(self._messages)
        inside.addStretch(0)
        whole = QWidget()
        whole.setObjectName("page")
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        self.setWidget(whole)
        self._whole = whole
        self._column = inside
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range)
        bar.valueChanged.connect(self._on_scroll)

    @property
    def live(self) -> AssistantMessage | None:
        """The answer that is being made."""
        return self._live

    @property
    def messages(self) -> tuple[QWidget, ...]:
        """All messages shown, in order."""
        items = (self._messages.itemAt(index) for index in range(self._messages.count()))
        return tuple(widget for item in items if item is not None and (widget := item.widget()) is not None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet."""
        return self._messages.count() == 0

    def begin(self, text: str, paths: Sequence[Path]) -> None:
        """A request was sent."""
        self._follow = True
        self._live = self._add(text, paths)

    def handle(self, event: Event) -> None:
        """Something happened in the request that is under way."""
        if isinstance(event, RequestStarted):
            self.conversation_id = event.conversation_id
        if self._live is not None:
            self._live.handle(event)

    def fail(self, problem: ProblemView) -> None:
        """The request that is under way broke off."""
        if self._live is not None:
            self._live.fail(problem)

    def end(self) -> None:
        """The request is over."""
        if self._live is not None:
            self._live.interrupt()
            self._live = None

    def show_exchanges(self, exchanges: Sequence[ExchangeView]) -> None:
        """Show a kept conversation, its end first."""
        self._earlier = list(exchanges[:-_SHOWN_AT_ONCE])
        self.more_button.setVisible(bool(self._earlier))
        for exchange in exchanges[-_SHOWN_AT_ONCE:]:
            self._add(exchange.request, [file.path for file in exchange.files]).show_exchange(exchange)

    def _show_more(self) -> None:
        self._follow = False
        bar = self.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        batch, self._earlier = self._earlier[-_SHOWN_AT_ONCE:], self._earlier[:-_SHOWN_AT_ONCE]
        for exchange in reversed(batch):
            answer = self._add(exchange.request, [file.path for file in exchange.files], first=True)
            answer.show_exchange(exchange)
        self.more_button.setVisible(bool(self._earlier))
        self._whole.adjustSize()
        bar.setValue(bar.maximum() - from_end)

    def _add(self, text: str, paths: Sequence[Path], *, first: bool = False) -> AssistantMessage:
        self._empty.hide()
        self._column.setStretch(self._column.count() - 1, 1)
        request, answer = UserMessage(text, paths), AssistantMessage()
        kept = list(paths)
        answer.edit_wanted.connect(lambda: self.edit_wanted.emit(text, kept))
        place = 0 if first else self._messages.count()
        self._messages.insertWidget(place, request)
        self._messages.insertWidget(place + 1, answer)
        return answer

    def _on_range(self, least: int, most: int) -> None:
        self.verticalScrollBar().setEnabled(most > least)
        if self._follow and not self.is_empty:
            self.verticalScrollBar().setValue(most)

    def _on_scroll(self, value: int) -> None:
        self._follow = value >= self.verticalScrollBar().maximum() - _NEAR_END_PX
