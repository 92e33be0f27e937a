"""The inside of a host process: takes calls from the pipe, runs them, answers.

Imported by the hosts' main modules only. A host never opens a network connection.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, NoReturn

from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.hosts.protocol import ALIVE, Call, CancelCall, Failure, Pipe, Progress, Result, TextChunk

_PR_SET_PDEATHSIG = 1
_NETWORK_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"})


class Calling:
    """What a handler may say, and ask, while its call runs. Threads: any.

    `stopped` is set once the caller no longer wants the result.
    """

    def __init__(self, call_id: int, pipe: Pipe) -> None:
        self._id = call_id
        self._pipe = pipe
        self.stopped = threading.Event()
        self.started = False

    def should_stop(self) -> bool:
        """Whether the caller no longer wants the result. Cheap enough for every step."""
        return self.stopped.is_set()

    def raise_if_stopped(self) -> None:
        """Raise `Cancelled` where the caller no longer wants the result."""
        if self.stopped.is_set():
            raise Cancelled

    def progress(self, progress: float | None, message: str) -> None:
        """Tell the caller how far it is: 0..1 or None."""
        self._pipe.send(Progress(self._id, progress, message))

    def text(self, text: str) -> None:
        """Give the caller more text."""
        self._pipe.send(TextChunk(self._id, text))


Handler = Callable[[Any, Calling], Any]
"""Takes the call's payload; what it returns is the result, what it raises the failure."""


class Serving:
    """The calls of one host.

    Calls of one lane run one after another in a thread that the lane keeps; lanes run beside one another.

    Args:
        lane_of: in which lane a call runs.
        log_hint: what the user is told to do about an unexpected error.
    """

    def __init__(
        self,
        pipe: Pipe,
        handlers: Mapping[str, Handler],
        lane_of: Callable[[Call], str],
        log_hint: str,
    ) -> None:
        self._pipe = pipe
        self._handlers = handlers
        self._lane_of = lane_of
        self._log_hint = log_hint
        self._calls: dict[int, Calling] = {}
        self._lock = threading.Lock()  # of the calls
        self._lanes: dict[str, queue.SimpleQueue[Call]] = {}  # known to the receiving thread only

    def run_for_ever(self) -> NoReturn:
        """Serve until the program ends the connection; then end the process, whatever still runs."""
        while (message := self._pipe.receive()) is not None:
            if isinstance(message, Call) and message.verb == ALIVE:
                self._pipe.send(Result(message.id, None))  # from this very thread, whatever the lanes do
            elif isinstance(message, Call):
                with self._lock:
                    self._calls[message.id] = Calling(message.id, self._pipe)
                self._lane(self._lane_of(message)).put(message)
            elif isinstance(message, CancelCall):
                self._cancel(message.id)
            elif isinstance(message, Failure):  # a call that could not be read
                self._pipe.send(message)
        os._exit(0)  # threads inside native code cannot be asked to end

    def _lane(self, name: str) -> queue.SimpleQueue[Call]:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = queue.SimpleQueue()
            threading.Thread(target=self._work, args=(lane,), name=f"lane {name}", daemon=True).start()
        return lane

    def _work(self, lane: queue.SimpleQueue[Call]) -> NoReturn:
        while True:
            self._serve(lane.get())

    def _cancel(self, call_id: int) -> None:
        with self._lock:
            calling = self._calls.get(call_id)
            if calling is None:
                return
            calling.stopped.set()
            if calling.started:
                return
            del self._calls[call_id]
        self._pipe.send(Failure.of(call_id, Cancelled(), self._log_hint))

    def _serve(self, call: Call) -> None:
        with self._lock:
            calling = self._calls.get(call.id)
            if calling is None:  # cancelled while it waited
                return
            calling.started = True
        answer: Result | Failure
        try:
            calling.raise_if_stopped()
            answer = Result(call.id, self._handler(call.verb)(call.payload, calling))
        except BaseException as error:  # noqa: BLE001 - the border: every call gets an answer
            answer = Failure.of(call.id, error, self._log_hint)
            _log_failure(answer)
        with self._lock:
            self._calls.pop(call.id, None)
        with contextlib.suppress(OSError, ValueError):  # the program is gone: so is this process, right away
            try:
                self._pipe.send(answer)
            except TypeError as error:  # the handler returned something that cannot cross
                answer = Failure.of(call.id, error, self._log_hint)
                _log_failure(answer)
                self._pipe.send(answer)

    def _handler(self, verb: str) -> Handler:
        try:
            return self._handlers[verb]
        except KeyError:
            raise ValueError(f"this host does not know {verb!r}") from None


def begin(parent_pid: int) -> Pipe:
    """Prepare this process as a host; gives the pipe to the program.

    The pipe came as standard input and output. Afterwards reading standard input gives nothing and
    what is printed, by Python or by a native library, goes to the log.
    """
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program decides what Ctrl-C means
    _end_with_parent(parent_pid)
    sys.addaudithook(_forbid_network)
    reading = _unbuffered(os.dup(0), "rb")
    writing = _unbuffered(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Pipe(reading, writing)


def _unbuffered(fd: int, mode: str) -> BinaryIO:
    return os.fdopen(fd, mode, buffering=0)  # type: ignore[return-value]  # a raw file reads and writes bytes too


def _end_with_parent(parent_pid: int) -> None:
    """On Linux the kernel ends this process with its parent, even while native code holds it up.

    Elsewhere, and if this cannot be had, the end of the pipe does it.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(0)  # it ended before the kernel knew


def _forbid_network(event: str, args: tuple[Any, ...]) -> None:
    if event not in _NETWORK_EVENTS:
        return
    address = args[1] if event in {"socket.connect", "socket.bind"} and len(args) > 1 else None
    if isinstance(address, str | bytes):  # a socket of this machine's file system
        return
    raise PermissionError("a host process does not use the network")


def _log_failure(failure: Failure) -> None:
    if failure.error != "Cancelled":
        print(f"{failure.error}: {failure.message}\n{failure.detail}".rstrip(), file=sys.stderr, flush=True)
