"""The one object that the widgets talk to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal

from hgpt_desktop.bridge.calls import Calls
from hgpt_desktop.bridge.pool_runner import PoolRunner
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.relay import EventRelay
from hgpt_desktop.bridge.seam import Engine, OpenEngine
from hgpt_desktop.bridge.sentences import said_exchange
from hgpt_desktop.bridge.views import (
    ConversationView,
    ExchangeView,
    InstallView,
    ProblemView,
    Proposal,
    RunOptions,
    StarterView,
    StatusView,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.events import (
    Event,
    ModelEvicted,
    ModelLoading,
    RequestFinished,
    RequestStarted,
    TaskFinished,
    TaskStarted,
)

T = TypeVar("T")

_CALL_LANES = {"engine": 1, "history": 1, "disk": 1, "run": 1, "install": 1, "warm_up": 1}
PLAIN = RunOptions()
_GRACE_S = 8.0
_MEMORY_MAY_HAVE_CHANGED = (ModelLoading, ModelEvicted, TaskStarted, TaskFinished, RequestFinished)


class Workbench(QObject):
    """Requests, conversations, the starter pack and the theme, without a slow call in the GUI thread.

    One request runs at a time. Nothing works before `opened`; calls made earlier wait for it.

    Threads: made and called in the GUI thread; all signals arrive there.
    """

    opened = Signal(object)  # StarterView, or None where nothing is missing
    open_failed = Signal(object)  # ProblemView
    run_started = Signal()
    event_arrived = Signal(object)  # core Event
    request_failed = Signal(object)  # ProblemView: the request never began, or a bug ended it
    run_ended = Signal()
    plan_proposed = Signal(object)  # Proposal; then `run_ended`
    conversations_changed = Signal(object)  # tuple of ConversationView
    searched = Signal(str, object)  # the text, tuple of ConversationView
    conversation_opened = Signal(str, object)  # id, tuple of ExchangeView
    status_changed = Signal(object)  # StatusView
    install_progressed = Signal(object)  # InstallView
    install_failed = Signal(object)  # ProblemView; `install_finished` follows
    install_finished = Signal(object)  # StarterView of what is still missing, or None
    problem_arrived = Signal(object)  # ProblemView
    closing = Signal()

    def __init__(self, open_engine: OpenEngine) -> None:
        super().__init__()
        self._open_engine = open_engine
        self._engine: Engine | None = None  # set in the worker that opens it
        self._ready = False
        self._runner = PoolRunner()
        self._calls = Calls(self, _CALL_LANES)
        self._relay = EventRelay(self)
        self._relay.event_arrived.connect(self._on_event)
        self._run_cancel: CancelToken | None = None
        self._install_cancel: CancelToken | None = None
        self._warm_up_cancel = CancelToken()
        self._title_cancel = CancelToken()
        self._unnamed: dict[str, None] = {}  # conversations that the LLM is to name, in order
        self._naming = False
        self._warmed_up = False
        self._closed = False
        self.downloading = False  # whether `Downloads` fetches something
        self.applied: Preferences | None = None  # what the engine runs on, where other things are set by now
        self.missing: StarterView | None = None  # of the starter pack, as far as is known

    # ------------------------------------------------------------ start and end

    def open(self) -> None:
        """Open the engine in a worker; ends in `opened` or `open_failed`."""
        self._calls.start("engine", self._open, self._on_opened, self.open_failed.emit)

    def _open(self) -> StarterView | None:
        self._engine = self._open_engine(self._runner)
        return self._engine.starter()

    def _on_opened(self, starter: StarterView | None) -> None:
        self._ready, self.missing, self.applied = True, starter, None
        self.opened.emit(starter)
        self.refresh_conversations()
        self.refresh_status()
        if starter is None or starter.can_plan:
            self._warm_up()

    def reopen(self) -> bool:
        """Close the engine and open it on the settings as they are kept now; ends as `open` does.

        False where something is under way that would be lost.
        """
        if not self.is_open or self.running or self.installing or self.downloading:
            return False
        self._ready = False
        self._warm_up_cancel.cancel()
        self._title_cancel.cancel()
        self._warm_up_cancel, self._warmed_up = CancelToken(), False
        self._calls.start("engine", self._open_again, self._on_opened, self.open_failed.emit)
        return True

    def _open_again(self) -> StarterView | None:
        self._calls.wait(_GRACE_S, but="engine")  # what was asked before is answered by the old engine
        self._opened_engine().close()
        return self._open()

    def _warm_up(self) -> None:
        if self._warmed_up:
            return
        self._warmed_up = True
        engine, cancel = self._opened_engine(), self._warm_up_cancel
        # A first request says the same problem where it belongs, so none is shown here.
        self._calls.start("warm_up", lambda: engine.warm_up(cancel), anyway=self.refresh_status)

    def close(self, grace_s: float = _GRACE_S) -> bool:
        """Stop everything and end the hosts; whether all threads ended in time. Safe to call twice."""
        if self._closed:
            return True
        self._closed = True
        self.closing.emit()
        self._warm_up_cancel.cancel()
        self._title_cancel.cancel()
        self.stop()
        self.cancel_install()
        ended = self._calls.wait(grace_s)
        if self._engine is not None:
            self._engine.close()  # where something hangs in a host, this sets it free
        ended = self._calls.close(grace_s) and ended
        return self._runner.close(grace_s) and ended

    def _opened_engine(self) -> Engine:
        assert self._engine is not None, "nothing is asked of the engine before `opened`"
        return self._engine

    @property
    def is_open(self) -> bool:
        """Whether the engine can be asked."""
        return self._ready and not self._closed

    # ------------------------------------------------------------ requests

    @property
    def running(self) -> bool:
        """Whether a request is under way."""
        return self._run_cancel is not None

    def submit(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        options: RunOptions = PLAIN,
    ) -> bool:
        """Run a request; False where one is under way already or the engine is not open."""
        files, emit = tuple(paths), self._relay.emit_event
        return self._begin(
            lambda engine, cancel: engine.run(text, files, conversation_id, emit, cancel, options)
        )

    def propose(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        options: RunOptions = PLAIN,
    ) -> bool:
        """Only plan a request; ends in `plan_proposed` and `run_ended`. False as with `submit`."""
        files, emit = tuple(paths), self._relay.emit_event

        def proposed(proposal: Proposal) -> None:
            self.plan_proposed.emit(proposal)

        return self._begin(
            lambda engine, cancel: engine.propose(text, files, conversation_id, emit, cancel, options),
            proposed,
        )

    def run_again(self, conversation_id: str, run_id: str, task_id: int, models: Mapping[int, str]) -> bool:
        """Run a task of an earlier run and all after it once more. False as with `submit`."""
        emit = self._relay.emit_event
        return self._begin(
            lambda engine, cancel: engine.run_again(conversation_id, run_id, task_id, models, emit, cancel)
        )

    def _begin(
        self, function: Callable[[Engine, CancelToken], T], then: Callable[[T], None] | None = None
    ) -> bool:
        if self.running or not self.is_open:
            return False
        engine, cancel = self._opened_engine(), CancelToken()
        self._run_cancel = cancel
        self._title_cancel.cancel()  # the request comes first
        self.run_started.emit()
        self._calls.start(
            "run",
            lambda: function(engine, cancel),
            then,
            otherwise=self.request_failed.emit,
            anyway=self._on_run_ended,
        )
        return True

    def make_title(self, conversation_id: str) -> None:
        """Let the LLM name a conversation when a run has ended and no other begins.

        Ends in `conversations_changed`. Where a run begins meanwhile, it is done after that.
        """
        self._unnamed[conversation_id] = None

    def _name_next(self) -> None:
        if not self._unnamed or self._naming or self.running or not self.is_open:
            return
        engine, conversation_id = self._opened_engine(), next(iter(self._unnamed))
        cancel = self._title_cancel = CancelToken()
        self._naming = True

        def name() -> None:
            engine.make_title(conversation_id, cancel)

        def tried(_: object) -> None:
            del self._unnamed[conversation_id]
            self.refresh_conversations()

        # The first words of the request are a title too, so no problem is shown.
        self._calls.start("warm_up", name, tried, tried, anyway=self._on_named)

    def _on_named(self) -> None:
        self._naming = False
        self.refresh_status()  # the LLM was at work
        self._name_next()

    def ask(
        self,
        lane: str,
        owner: QObject,
        function: Callable[[Engine], T],
        then: Callable[[T], None] | None = None,
        otherwise: Callable[[ProblemView], None] | None = None,
        anyway: Callable[[], None] | None = None,
    ) -> None:
        """Call the engine in a lane and hand the answer back in the GUI thread, if the owner still lives.

        Args:
            lane: `history`, `engine`, `install` or `disk`; the calls of a lane run one after another.
            otherwise: gets the problem; `problem_arrived` where left out.
        """
        if not self.is_open:
            return
        engine = self._opened_engine()

        def answer(result: T) -> None:
            if then is not None and shiboken6.isValid(owner):
                then(result)

        def fail(problem: ProblemView) -> None:
            if otherwise is None:
                self.problem_arrived.emit(problem)
            elif shiboken6.isValid(owner):
                otherwise(problem)

        def end() -> None:
            if anyway is not None and shiboken6.isValid(owner):
                anyway()

        self._calls.start(lane, lambda: function(engine), answer, fail, end)

    def stop(self) -> None:
        """Stop the request that is under way, if any."""
        if self._run_cancel is not None:
            self._run_cancel.cancel()

    def _on_event(self, event: Event) -> None:
        self.event_arrived.emit(event)
        if self._closed:
            return
        if isinstance(event, RequestStarted):
            self.refresh_conversations()
        if isinstance(event, _MEMORY_MAY_HAVE_CHANGED):
            self.refresh_status()

    def _on_run_ended(self) -> None:
        self._run_cancel = None
        self.run_ended.emit()
        self.refresh_conversations()
        self.refresh_status()
        self._name_next()

    # ------------------------------------------------------------ conversations

    def refresh_conversations(self) -> None:
        """Ends in `conversations_changed`."""
        if self.is_open:
            self._ask_history(self._opened_engine().conversations, self._on_conversations)

    def _on_conversations(self, found: tuple[ConversationView, ...]) -> None:
        self.conversations_changed.emit(found)

    def search(self, text: str) -> None:
        """Ends in `searched`."""
        if self.is_open:
            engine = self._opened_engine()
            self._ask_history(lambda: engine.search(text), lambda found: self.searched.emit(text, found))

    def open_conversation(self, conversation_id: str) -> None:
        """Ends in `conversation_opened`."""
        if not self.is_open:
            return
        engine = self._opened_engine()

        def read() -> tuple[ExchangeView, ...]:
            return tuple(map(said_exchange, engine.conversation(conversation_id)))

        def show(exchanges: tuple[ExchangeView, ...]) -> None:
            self.conversation_opened.emit(conversation_id, exchanges)

        self._ask_history(read, show)

    def rename(self, conversation_id: str, title: str) -> None:
        """Ends in `conversations_changed`."""
        if self.is_open:
            engine = self._opened_engine()
            self._ask_history(
                lambda: engine.rename(conversation_id, title), lambda _: self.refresh_conversations()
            )

    def _ask_history(self, function: Callable[[], T], then: Callable[[T], None]) -> None:
        self._calls.start("history", function, then, self.problem_arrived.emit)

    # ------------------------------------------------------------ starter pack, status, settings

    @property
    def installing(self) -> bool:
        """Whether the starter pack is being fetched."""
        return self._install_cancel is not None

    def install_set(self, name: str) -> None:
        """Fetch what is missing of the starter pack and of this set.

        Ends in `install_finished`, after `install_failed` where that failed.
        """
        if self.installing or not self.is_open:
            return
        engine, cancel = self._opened_engine(), CancelToken()
        self._install_cancel = cancel

        def progressed(view: InstallView) -> None:
            self.install_progressed.emit(view)

        self._calls.start(
            "install",
            lambda: engine.install_set(name, progressed, cancel),
            otherwise=self.install_failed.emit,
            anyway=self._on_install_ended,
        )

    def cancel_install(self) -> None:
        """Stop fetching; what has arrived is kept for the next time."""
        if self._install_cancel is not None:
            self._install_cancel.cancel()

    def check_starter(self) -> None:
        """Models came in another way: where they complete the starter pack, `install_finished` says so."""
        if self.missing is not None:
            self._on_install_ended()

    def _on_install_ended(self) -> None:
        self._install_cancel = None
        if self.is_open:
            self._calls.start(
                "engine", self._opened_engine().starter, self._on_starter, self.problem_arrived.emit
            )

    def _on_starter(self, starter: StarterView | None) -> None:
        self.missing = starter
        self.install_finished.emit(starter)
        self.refresh_status()
        if starter is None or starter.can_plan:
            self._warm_up()

    def refresh_status(self) -> None:
        """Ends in `status_changed`."""
        if self.is_open:
            self._calls.start("engine", self._opened_engine().status, self._on_status)

    def _on_status(self, status: StatusView) -> None:
        self.status_changed.emit(status)

    def keep_theme(self, theme: str) -> None:
        """Remember the theme: `system`, `light` or `dark`."""
        if self.is_open:
            engine = self._opened_engine()
            self._calls.start("engine", lambda: engine.keep_theme(theme), otherwise=self.problem_arrived.emit)
