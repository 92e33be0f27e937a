"""A supervised child process: started when needed, watched, cancelled, replaced after its death."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, cast

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, EnvironmentFault, HostDied
from hgpt_desktop.hosts.protocol import (
    ALIVE,
    Call,
    CancelCall,
    Failure,
    FromHost,
    Pipe,
    Progress,
    Result,
    TextChunk,
)
from hgpt_desktop.hosts.surroundings import host_environment, log_for, tail, usable_cores

_CLOSE_WAIT_S = 3.0
_PATIENCE_S = 0.8  # a person who stops something sees it stopped within a second
_SILENCE_S = 30.0
_MOST_UNANSWERED = 4
_KILLED = -9  # how POSIX systems end a process when memory runs out
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_BOOT = (
    "import importlib, sys; sys.path.append(sys.argv[1]); "
    "importlib.import_module(sys.argv[2]).main(sys.argv[3:])"
)
"""The root stands last on the path, so that nothing beside the package can hide a library."""

OnReply = Callable[[Progress | TextChunk], object]
Undo = tuple[str, Any]
"""A verb and its payload."""


class _Signal(Enum):
    """What wakes a waiting call besides the host's replies."""

    STOP = "the caller wants to stop"
    DIED = "the process is gone"


@dataclass(frozen=True, slots=True)
class _Left:
    """A cancelled call that still goes on in the host."""

    ending: threading.Timer
    undo: Undo | None


@dataclass(slots=True)
class _Running:
    """One incarnation of the process."""

    popen: subprocess.Popen[bytes]
    pipe: Pipe
    number: int
    watcher: threading.Thread
    inboxes: dict[int, queue.SimpleQueue[FromHost | _Signal]] = field(default_factory=dict)
    left: dict[int, _Left] = field(default_factory=dict)  # the calls that nobody waits for any more
    heard: bool = False  # it has started, and said something
    dead: bool = False
    ended_by_us: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave, and in which incarnation of the process."""

    value: Any
    incarnation: int


class HostProcess:
    """A host process and the calls to it.

    Args:
        module: the host's module, with a function `main(arguments)`; our own `__main__` is not imported.
        name: what people call it, `the model host`.
        log_path: gets what the process and its native libraries print, and the stack of a crash.
        grace_s: how long a cancelled call may take to end by itself before the process is ended.
        arguments: passed to the module after the parent's process id and the log's path.
        threads: how many threads its libraries may use; None: as many as there are usable cores.
        root: the folder in which the module's package is, where it is not installed.
        silence_s: after so long without a word during a call it is asked whether it is alive; if it says
            nothing for as long again, several times over, it is ended.
        patience_s: how long a caller waits for the end of its cancelled call before it goes its way. The host
            then ends the call unheard, and has the grace time for it.

    Threads: any thread may call; `on_reply` runs in the thread that called.
    """

    def __init__(
        self,
        module: str,
        name: str,
        log_path: Path,
        grace_s: float = 5.0,
        arguments: Sequence[str] = (),
        threads: int | None = None,
        root: Path = _PACKAGE_ROOT,
        silence_s: float = _SILENCE_S,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._module = module
        self._name = name
        self._log_path = log_path
        self._grace_s = grace_s
        self._arguments = tuple(arguments)
        self._threads = threads or usable_cores()
        self._root = root
        self._silence_s = silence_s
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._ids = itertools.count(1)
        self._numbers = itertools.count(1)

    @property
    def incarnation(self) -> int:
        """A number that is new with each start; 0 while the process does not run."""
        running = self._running
        return running.number if running is not None and not running.dead else 0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._running
        return running.popen.pid if running is not None and not running.dead else None

    def call(
        self,
        verb: str,
        payload: Any,
        cancel: CancelToken,
        on_reply: OnReply | None = None,
        start: bool = True,
        undo: Undo | None = None,
    ) -> Answer:
        """Do a call and wait for its end. A result that came in spite of a cancel is given back.

        Args:
            start: start the process where it does not run; otherwise that is `HostDied`.
            undo: what the host is told to do if the result comes when nobody waits for it any more.

        Raises:
            Cancelled: within `patience_s` of the cancel, whether the host heard it or not; within the grace
                time where it does not even read the call.
            HostDied: the process ended before it answered.
            EnvironmentFault: the process cannot be started.
            HgptError: what the host reports.
        """
        cancel.raise_if_cancelled()
        inbox: queue.SimpleQueue[FromHost | _Signal] = queue.SimpleQueue()
        call_id = next(self._ids)
        running = self._register(call_id, inbox, start)
        ending = threading.Timer(self._grace_s, self._end_for, (running, call_id))
        ending.daemon = True

        def on_cancel() -> None:
            ending.start()
            inbox.put(_Signal.STOP)

        try:
            with cancel.on_cancel(on_cancel):
                try:
                    running.pipe.send(Call(call_id, verb, payload))
                except (OSError, ValueError):
                    running.popen.kill()  # it no longer listens; the watching thread tells of its end
                left = _Left(ending, undo)
                return Answer(self._await(running, call_id, inbox, cancel, on_reply, left), running.number)
        except (KeyboardInterrupt, SystemExit):
            _tell(running, CancelCall(call_id))
            raise
        finally:
            with self._lock:
                goes_on = call_id in running.left
                if not goes_on:
                    running.inboxes.pop(call_id, None)
            if not goes_on:
                ending.cancel()

    def _await(
        self,
        running: _Running,
        call_id: int,
        inbox: queue.SimpleQueue[FromHost | _Signal],
        cancel: CancelToken,
        on_reply: OnReply | None,
        left: _Left,
    ) -> Any:
        asked: set[int] = set()
        leave_at: float | None = None
        while True:
            try:
                reply = inbox.get(
                    timeout=self._silence_s if leave_at is None else max(0.0, leave_at - time.monotonic())
                )
            except queue.Empty:
                if leave_at is not None:
                    self._forget(running, asked)
                    self._leave(running, call_id, inbox, left)
                    continue
                if not running.heard:  # it still starts
                    continue
                if len(asked) >= _MOST_UNANSWERED:
                    self._forget(running, asked)
                    self._end(running)
                    running.watcher.join(_CLOSE_WAIT_S)  # the next call starts it anew
                    raise HostDied(
                        f"{self._name} no longer answered and was ended.",
                        "Try again: it is started anew.",
                    ) from None
                asked.add(self._ask_whether_alive(running, inbox))
                continue
            if asked:  # whatever it says, it lives
                self._forget(running, asked)
            if isinstance(reply, Result) and reply.id != call_id:
                continue
            match reply:
                case Result():
                    return reply.value
                case Failure():
                    cancel.raise_if_cancelled()
                    raise reply.to_exception()
                case _Signal.STOP:
                    leave_at = time.monotonic() + self._patience_s
                    _tell(running, CancelCall(call_id))
                case _Signal.DIED:
                    cancel.raise_if_cancelled()
                    raise self._death_of(running)
                case Progress() | TextChunk():
                    if on_reply is not None and not cancel.cancelled:
                        try:
                            on_reply(reply)
                        except BaseException:
                            _tell(running, CancelCall(call_id))
                            raise

    def _leave(
        self, running: _Running, call_id: int, inbox: queue.SimpleQueue[FromHost | _Signal], left: _Left
    ) -> None:
        """Raise `Cancelled` and let the host end the call unheard, unless something has just come."""
        with self._lock:
            if not inbox.empty():
                return
            running.left[call_id] = left
        raise Cancelled

    def _deliver(self, running: _Running, message: FromHost) -> None:
        """Give a reply to the call that waits for it; after a call that was left, clean up."""
        with self._lock:
            left = running.left.pop(message.id, None) if isinstance(message, Result | Failure) else None
            if left is None:
                inbox = running.inboxes.get(message.id)
                if inbox is not None:
                    inbox.put(message)
                return
            running.inboxes.pop(message.id, None)
        left.ending.cancel()
        if left.undo is not None and isinstance(message, Result):
            verb, payload = left.undo
            _tell(running, Call(next(self._ids), verb, payload))

    def _ask_whether_alive(self, running: _Running, inbox: queue.SimpleQueue[FromHost | _Signal]) -> int:
        """Send a question that any living host answers at once; its id."""
        question = Call(next(self._ids), ALIVE)
        with self._lock:
            running.inboxes[question.id] = inbox
        _tell(running, question)
        return question.id

    def _forget(self, running: _Running, questions: set[int]) -> None:
        with self._lock:
            for question in questions:
                running.inboxes.pop(question, None)
        questions.clear()

    def close(self) -> None:
        """End the process, if any; calls that wait get `HostDied`. It starts anew at the next use."""
        with self._lock:
            running = self._running
        if running is None:
            return
        running.ended_by_us = True
        timer = threading.Timer(_CLOSE_WAIT_S, self._end, (running,))
        timer.daemon = True
        timer.start()
        running.pipe.close()  # the host ends itself when it sees this
        running.watcher.join()
        timer.cancel()

    # ------------------------------------------------------------ the process

    def _register(self, call_id: int, inbox: queue.SimpleQueue[FromHost | _Signal], start: bool) -> _Running:
        with self._lock:
            running = self._running
            if running is None or running.dead:
                if not start:
                    raise HostDied(f"{self._name} is not running.", "Try again: it is started anew.")
                running = self._start()
                self._running = running
            running.inboxes[call_id] = inbox
            return running

    def _start(self) -> _Running:
        """Start the process from the thread that will watch it.

        The kernel ends a child that asked for it with the thread that started it, not with the process,
        so that thread has to live as long as the child.
        """
        started: queue.SimpleQueue[_Running | OSError] = queue.SimpleQueue()
        threading.Thread(
            target=self._watch, args=(started,), name=f"watching {self._module}", daemon=True
        ).start()
        running = started.get()
        if isinstance(running, OSError):
            raise EnvironmentFault(
                f"{self._name} cannot be started.", f"Look into {self._log_path}.", str(running)
            ) from running
        return running

    def _watch(self, started: queue.SimpleQueue[_Running | OSError]) -> None:
        try:
            with log_for(self._log_path) as log:
                popen = subprocess.Popen(
                    [
                        sys.executable, "-P", "-c", _BOOT, str(self._root), self._module,
                        str(os.getpid()), str(self._log_path), *self._arguments,
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    bufsize=0,
                    env=host_environment(self._threads),
                    start_new_session=True,  # Ctrl-C in the terminal is for the program, not for its hosts
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )  # fmt: skip
        except OSError as error:
            started.put(error)
            return
        pipe = Pipe(cast(BinaryIO, popen.stdout), cast(BinaryIO, popen.stdin))
        running = _Running(popen, pipe, next(self._numbers), threading.current_thread())
        started.put(running)
        while (message := pipe.receive()) is not None:
            running.heard = True
            if isinstance(message, Call | CancelCall):
                continue  # not for this side
            self._deliver(running, message)
        if not running.ended_by_us:
            popen.kill()  # it closed its end or sent nonsense: it is of no more use
        popen.wait()
        with self._lock:
            running.dead = True
            inboxes = list(running.inboxes.values())
            for left in running.left.values():
                left.ending.cancel()
        for inbox in inboxes:
            inbox.put(_Signal.DIED)
        pipe.close()
        for stream in (popen.stdout, popen.stdin):
            if stream is not None:
                stream.close()

    def _end_for(self, running: _Running, call_id: int) -> None:
        """End the process if that call still waits for it."""
        with self._lock:
            waits = call_id in running.inboxes
        if waits:
            self._end(running)

    def _end(self, running: _Running) -> None:
        """End the process now."""
        running.ended_by_us = True
        running.popen.kill()

    def _death_of(self, running: _Running) -> HostDied:
        code = running.popen.poll()
        detail = f"exit code {code}\n{tail(self._log_path)}".rstrip()
        if running.ended_by_us:
            return HostDied(f"{self._name} was ended.", "Try again: it is started anew.", detail)
        if code == _KILLED:
            return HostDied(
                f"{self._name} was ended by the system, most likely because memory ran out.",
                "Close other programs or choose a smaller model, then try again.", detail,
            )  # fmt: skip
        return HostDied(
            f"{self._name} ended unexpectedly.",
            f"Try again: it is started anew. What it said last stands in {self._log_path}.", detail,
        )  # fmt: skip


def _tell(running: _Running, message: CancelCall | Call) -> None:
    with contextlib.suppress(OSError, ValueError):  # it is dead, and the watching thread says so
        running.pipe.send(message)
