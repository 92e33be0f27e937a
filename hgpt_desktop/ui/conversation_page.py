"""One conversation: its messages in a scroll area, or an invitation where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
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
_FILLING_MS = 5
_SPACING_PX = 22
_SHEET_EXCHANGES = 4
_CHAPTER_SHEETS = 5


class _Content(QWidget):
    """As high as its texts are at its width.

    Sentences that wrap would want the height that they have at their narrowest, and leave a void at the end.
    """

    def minimumSizeHint(self) -> QSize:
        least, layout = super().minimumSizeHint(), self.layout()
        return QSize(least.width(), 0) if layout is not None and layout.hasHeightForWidth() else least


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
    grown = Signal()  # answers were put in, or one was completed, and all have their places

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
        self._later: list[ExchangeView] = []  # those of another branch, to be put in at the end
        self._held: int | None = None  # the scroll bar's place while they are put in
        self._from_end: int | None = None  # the scroll bar's distance from its end, kept while filling
        self._follow = True
        self._leaving = False
        self._filling = QTimer(self)
        self._filling.setSingleShot(True)
        self._filling.setInterval(_FILLING_MS)
        self._filling.timeout.connect(self._put_in_one)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_FILLING_MS)  # layouts come first
        self._settling.timeout.connect(self._on_settled)
        self.more_button = button(self.tr("Show earlier messages"), "quiet")
        self.more_button.clicked.connect(self.show_more)
        self.more_button.hide()
        self._exchanges: list[tuple[UserMessage, AssistantMessage]] = []
        self._half_done: tuple[ExchangeView, UserMessage, AssistantMessage | None, bool] | None = None
        # In chapters of some sheets of some exchanges each: what is put in at one end leaves the layout of
        # the others alone, and only chapters are moved.
        self._chapters = QVBoxLayout()
        self._chapters.setSpacing(_SPACING_PX)
        column = QWidget()
        column.setMaximumWidth(COLUMN_PX)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inside = QVBoxLayout(column)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.setSpacing(16)
        inside.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._empty: EmptyState | None = None
        if conversation_id is None:
            self._empty = EmptyState()
            self._empty.sample_wanted.connect(self.sample_wanted)
            inside.addWidget(self._empty, 1)
        inside.addLayout(self._chapters)
        inside.addStretch(0)
        whole = _Content()
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
        return tuple(message for exchange in self._exchanges for message in exchange)

    @property
    def answers(self) -> tuple[AssistantMessage, ...]:
        """The answers shown, in order."""
        return tuple(answer for _, answer in self._exchanges)

    @property
    def requests(self) -> tuple[UserMessage, ...]:
        """The requests shown, in order."""
        return tuple(request for request, _ in self._exchanges)

    @property
    def filling(self) -> bool:
        """Whether kept messages are still being put in."""
        waiting = self._half_done is not None or bool(self._later) or self._wanted > 0
        return self._filling.isActive() or waiting

    @property
    def earlier(self) -> tuple[ExchangeView, ...]:
        """Exchanges that are not shown yet, oldest first."""
        return tuple(self._earlier)

    def holds(self, words: str) -> bool:
        """Whether they stand in a request or an answer, shown or not."""
        kept = [*self._earlier] if self._half_done is None else [*self._earlier, self._half_done[0]]
        said = [text for one in kept for text in (one.request, one.answer)]
        said += [text for request, answer in self._exchanges for text in (request.text, answer.answer.text)]
        return any(words.casefold() in text.casefold() for text in said)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet."""
        return not self._exchanges and self._half_done is None and not self._earlier

    # ------------------------------------------------------------ the end of the page

    @property
    def leaving(self) -> bool:
        """Whether it is being taken apart and takes nothing more."""
        return self._leaving

    def leave(self) -> None:
        """Delete it, a few messages at a time: a long conversation would take half a second."""
        self._leaving = True
        self._filling.stop()
        self._settling.stop()
        self._filling.timeout.disconnect(self._put_in_one)
        self._filling.timeout.connect(self._take_out_one)
        self.hide()
        self._filling.start()

    def _take_out_one(self) -> None:
        """The last sheet of the last chapter; at last the page itself."""
        item = self._chapters.itemAt(self._chapters.count() - 1) if self._chapters.count() else None
        chapter = item.widget() if item is not None else None
        sheets = chapter.layout() if chapter is not None else None
        if chapter is None or sheets is None:
            self.deleteLater()
            return
        if sheets.count() == 0:
            self._chapters.removeWidget(chapter)
            chapter.deleteLater()
        elif (last := sheets.itemAt(sheets.count() - 1)) is not None and (sheet := last.widget()) is not None:
            sheets.removeWidget(sheet)
            sheet.deleteLater()
        self._filling.start()

    # ------------------------------------------------------------ a request that runs

    def begin(self, text: str, paths: Sequence[Path], beside: str | None = None) -> None:
        """A request was sent; with `beside` it takes the place of that run and of all after it."""
        siblings = self._cut_from(beside) if beside else ()
        self._follow = True
        self._live = self._add(text, paths)
        self._live.announce_planning()
        self._request_of(self._live).set_run("", siblings)

    def _cut_from(self, run_id: str) -> tuple[str, ...]:
        for at, (request, _) in enumerate(self._exchanges):
            if request.run_id == run_id:
                for gone in self._exchanges[at:]:
                    for message in gone:
                        self._take_out(message)
                del self._exchanges[at:]
                return request.siblings
        return ()

    def _take_out(self, message: QWidget) -> None:
        """With its sheet and its chapter where they are empty then: each would leave a gap."""
        widget: QWidget | None = message
        while widget is not None:
            around = widget.parentWidget()
            layout = self._chapters if around is self._column.parentWidget() else around and around.layout()
            if layout:
                layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
            widget = around if layout and layout is not self._chapters and layout.count() == 0 else None

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

    def change_branch(self, run_id: str, exchanges: Sequence[ExchangeView]) -> None:
        """Show the branch with this run from there on; what stands above stays in its place."""
        self._held, self._follow = self.verticalScrollBar().value(), False
        at = next(n for n, (request, _) in enumerate(self._exchanges) if run_id in request.siblings)
        self._cut_from(self._exchanges[at][0].run_id)
        self._later = list(exchanges[[one.run_id for one in exchanges].index(run_id) :])
        self._put_in_one()

    def show_more(self) -> None:
        """Put in exchanges from before those that are shown."""
        self._wanted = min(_SHOWN_FIRST, len(self._earlier))
        self._put_in_one()

    def _put_in_one(self) -> None:
        """A third of an exchange at a time: the request, the answer's widget, what that shows."""
        if self._half_done is not None:
            exchange, request, answer, first = self._half_done
            if answer is None:
                request.set_run(exchange.run_id, exchange.siblings)
                self._half_done = exchange, request, self._place_answer(request, first=first), first
            else:
                self._half_done = None
                answer.show_exchange(exchange)
        elif self._later:
            exchange = self._later.pop(0)
            self._half_done = exchange, self._place_kept(exchange, first=False), None, False
        elif self._wanted > 0 and self._earlier:
            self._wanted -= 1
            exchange = self._earlier.pop()
            bar = self.verticalScrollBar()
            if not self._follow and self._from_end is None:
                self._from_end = bar.maximum() - bar.value()
            self._half_done = exchange, self._place_kept(exchange, first=True), None, True
        if self._half_done is not None or self._later or (self._wanted > 0 and self._earlier):
            self._filling.start()
        else:
            self._wanted = 0
            self.more_button.setVisible(bool(self._earlier))
            self._settling.start()

    def _on_completed(self) -> None:
        if not self._leaving:
            self._settling.start()

    def _on_settled(self) -> None:
        if not self.filling and all(answer.answer.complete for answer in self.answers):
            self._from_end = self._held = None
            self._on_scroll(self.verticalScrollBar().value())
            self.grown.emit()

    # ------------------------------------------------------------ inside

    def _request_of(self, answer: AssistantMessage) -> UserMessage:
        return next(request for request, one in self._exchanges if one is answer)

    def _sheet(self, *, first: bool) -> QVBoxLayout:
        """The sheet at one end, if it has room for an exchange; else a new one in a chapter with room."""
        chapter = self._end_of(self._chapters, first, _CHAPTER_SHEETS)
        return self._end_of(chapter, first, 2 * _SHEET_EXCHANGES)

    @staticmethod
    def _end_of(around: QVBoxLayout, first: bool, most: int) -> QVBoxLayout:
        """The layout in the first or last widget, where it holds fewer than `most`; else in a new one."""
        at = 0 if first else around.count() - 1
        item = around.itemAt(at) if around.count() else None
        widget = item.widget() if item is not None else None
        layout = widget.layout() if widget is not None else None
        if isinstance(layout, QVBoxLayout) and layout.count() < most:
            return layout
        widget = QWidget()
        made = QVBoxLayout(widget)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(_SPACING_PX)
        around.insertWidget(0 if first else around.count(), widget)
        return made

    def _add(self, text: str, paths: Sequence[Path]) -> AssistantMessage:
        return self._place_answer(self._place_request(text, paths, first=False), first=False)

    def _place_kept(self, exchange: ExchangeView, *, first: bool) -> UserMessage:
        return self._place_request(exchange.request, [file.path for file in exchange.files], first=first)

    def _place_request(self, text: str, paths: Sequence[Path], *, first: bool) -> UserMessage:
        if self._empty is not None:
            self._empty.hide()
        self._column.setStretch(self._column.count() - 1, 1)
        request, kept = UserMessage(text, paths), list(paths)
        request.revise_wanted.connect(lambda: self.revise_wanted.emit(request.run_id, text, kept))
        request.branch_wanted.connect(self.branch_wanted)
        sheet = self._sheet(first=first)
        sheet.insertWidget(0 if first else sheet.count(), request)
        return request

    def _place_answer(self, request: UserMessage, *, first: bool) -> AssistantMessage:
        """Below its request, which was placed before."""
        answer, text, kept = AssistantMessage(), request.text, list(request.paths)
        answer.answer.completed.connect(self._on_completed)
        answer.edit_wanted.connect(lambda: self.edit_wanted.emit(text, kept))
        answer.quote_wanted.connect(self.quote_wanted)
        answer.foot.again_wanted.connect(lambda: self.again_wanted.emit(request.run_id, text, kept))
        answer.foot.rated.connect(lambda rating, note: self.rated.emit(request.run_id, rating, note))
        answer.foot.workflow_wanted.connect(lambda: self.workflow_wanted.emit(request.run_id))
        around = request.parentWidget()
        sheet = around.layout() if around is not None else None
        assert isinstance(sheet, QVBoxLayout)
        sheet.insertWidget(sheet.indexOf(request) + 1, answer)
        self._exchanges.insert(0 if first else len(self._exchanges), (request, answer))
        self.answer_added.emit(answer)
        return answer

    def _on_range(self, least: int, most: int) -> None:
        bar = self.verticalScrollBar()
        bar.setEnabled(most > least)
        if self._settling.isActive():
            self._settling.start()
        if self._follow and not self.is_empty:
            bar.setValue(most)
        elif self._held is not None:
            bar.setValue(min(self._held, most))
        elif self._from_end is not None:
            bar.setValue(most - self._from_end)

    def _on_scroll(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if self._held is None:
            self._follow = value >= bar.maximum() - _NEAR_END_PX
        if self._from_end is not None:
            self._from_end = bar.maximum() - value
        if value == bar.minimum() and bar.isSliderDown() is False and self._earlier and not self._wanted:
            self._wanted = 1
            self._filling.start()
