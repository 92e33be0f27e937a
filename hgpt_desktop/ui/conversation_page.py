"""One conversation: its messages in a scroll area, or an invitation where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ExchangeView, ProblemView
from hgpt_desktop.core.events import Event, RequestStarted
from hgpt_desktop.ui.basics import button
from hgpt_desktop.ui.empty_state import EmptyState
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.user_message import UserMessage

COLUMN_PX = 800
_SHOWN_FIRST = 20  # exchanges; earlier ones on request, or when the user scrolls up to them
_NEAR_END_PX = 48


class ConversationPage(QScrollArea):
    """Follows the answer as it grows, unless the user scrolled up.

    Exchanges are put in one at a time between events, so that a long conversation never blocks the window.
    """

    edit_wanted = Signal(str, object)  # text, list of Path
    sample_wanted = Signal(str, object)  # text, list of Path
    revise_wanted = Signal(str, str, object)  # run id, text, list of Path
    again_wanted = Signal(str, str, object)  # run id, text, list of Path
    branch_wanted = Signal(str)  # run id
    quote_wanted = Signal(str)
    rated = Signal(str, object, str)  # run id, 1, -1 or None, note
    workflow_wanted = Signal(str)  # run id
    answer_added = Signal(object)  # AssistantMessage
    filled = Signal()

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
        self._wanted = 0  # exchanges that are still to be put in
        self._from_end: int | None = None  # the scroll bar's distance from its end, kept while filling
        self._follow = True
        self._filling = QTimer(self)
        self._filling.setSingleShot(True)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._put_in_one)
        self.more_button = button(self.tr("Show earlier messages"), "quiet")
        self.more_button.clicked.connect(self.show_more)
        self.more_button.hide()
        self._empty = EmptyState()
        self._empty.sample_wanted.connect(self.sample_wanted)
        self._messages = QVBoxLayout()
        self._messages.setSpacing(22)
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
        self._column = inside
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range)
        bar.valueChanged.connect(self._on_scroll)

    # ------------------------------------------------------------ what it shows

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
    def answers(self) -> tuple[AssistantMessage, ...]:
        """The answers shown, in order."""
        return tuple(one for one in self.messages if isinstance(one, AssistantMessage))

    @property
    def requests(self) -> tuple[UserMessage, ...]:
        """The requests shown, in order."""
        return tuple(one for one in self.messages if isinstance(one, UserMessage))

    @property
    def earlier(self) -> tuple[ExchangeView, ...]:
        """Exchanges that are not shown yet, oldest first."""
        return tuple(self._earlier)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet."""
        return self._messages.count() == 0

    # ------------------------------------------------------------ a request that runs

    def begin(self, text: str, paths: Sequence[Path], beside: str | None = None) -> None:
        """A request was sent; with `beside` it takes the place of that run and of all after it."""
        siblings = self._cut_from(beside) if beside else ()
        self._follow = True
        self._live = self._add(text, paths)
        self._request_of(self._live).set_run("", siblings)

    def _cut_from(self, run_id: str) -> tuple[str, ...]:
        messages = self.messages
        for at, message in enumerate(messages):
            if isinstance(message, UserMessage) and message.run_id == run_id:
                for gone in messages[at:]:
                    self._messages.removeWidget(gone)
                    gone.hide()
                    gone.deleteLater()
                return message.siblings
        return ()

    def handle(self, event: Event) -> None:
        """Something happened in the request that is under way."""
        if isinstance(event, RequestStarted):
            self.conversation_id = event.conversation_id
        if self._live is not None:
            self._live.handle(event)
            if isinstance(event, RequestStarted) and event.run_id:
                request = self._request_of(self._live)
                request.set_run(event.run_id, (*request.siblings, event.run_id))

    def fail(self, problem: ProblemView) -> None:
        """The request that is under way broke off."""
        if self._live is not None:
            self._live.fail(problem)

    def end(self) -> None:
        """The request is over."""
        if self._live is not None:
            self._live.interrupt()
            self._live = None

    # ------------------------------------------------------------ from the history

    def show_exchanges(self, exchanges: Sequence[ExchangeView]) -> None:
        """Show a kept conversation, its end first."""
        self._earlier = list(exchanges)
        self._wanted = min(_SHOWN_FIRST, len(self._earlier))
        self._put_in_one()

    def show_more(self) -> None:
        """Put in exchanges from before those that are shown."""
        self._wanted = min(_SHOWN_FIRST, len(self._earlier))
        self._put_in_one()

    def _put_in_one(self) -> None:
        if self._wanted > 0 and self._earlier:
            self._wanted -= 1
            exchange = self._earlier.pop()
            bar = self.verticalScrollBar()
            if not self._follow:
                self._from_end = bar.maximum() - bar.value()
            answer = self._add(exchange.request, [file.path for file in exchange.files], first=True)
            self._request_of(answer).set_run(exchange.run_id, exchange.siblings)
            answer.show_exchange(exchange)
        if self._wanted > 0 and self._earlier:
            self._filling.start()
        else:
            self._wanted = 0
            self.more_button.setVisible(bool(self._earlier))
            self.filled.emit()

    # ------------------------------------------------------------ inside

    def _request_of(self, answer: AssistantMessage) -> UserMessage:
        item = self._messages.itemAt(self._messages.indexOf(answer) - 1)
        request = item.widget() if item is not None else None
        assert isinstance(request, UserMessage)
        return request

    def _add(self, text: str, paths: Sequence[Path], *, first: bool = False) -> AssistantMessage:
        self._empty.hide()
        self._column.setStretch(self._column.count() - 1, 1)
        request, answer = UserMessage(text, paths), AssistantMessage()
        kept = list(paths)
        answer.edit_wanted.connect(lambda: self.edit_wanted.emit(text, kept))
        answer.quote_wanted.connect(self.quote_wanted)
        answer.foot.again_wanted.connect(lambda: self.again_wanted.emit(request.run_id, text, kept))
        answer.foot.rated.connect(lambda rating, note: self.rated.emit(request.run_id, rating, note))
        answer.foot.workflow_wanted.connect(lambda: self.workflow_wanted.emit(request.run_id))
        request.revise_wanted.connect(lambda: self.revise_wanted.emit(request.run_id, text, kept))
        request.branch_wanted.connect(self.branch_wanted)
        place = 0 if first else self._messages.count()
        self._messages.insertWidget(place, request)
        self._messages.insertWidget(place + 1, answer)
        self.answer_added.emit(answer)
        return answer

    def _on_range(self, least: int, most: int) -> None:
        bar = self.verticalScrollBar()
        bar.setEnabled(most > least)
        if self._follow and not self.is_empty:
            bar.setValue(most)
        elif self._from_end is not None:
            bar.setValue(most - self._from_end)
            self._from_end = None

    def _on_scroll(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._follow = value >= bar.maximum() - _NEAR_END_PX
        if value == bar.minimum() and bar.isSliderDown() is False and self._earlier and not self._wanted:
            self._wanted = 1
            self._filling.start()
