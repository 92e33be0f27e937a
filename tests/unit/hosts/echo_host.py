"""A host for the tests: does as it is told, through the same machinery as the real ones."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

from hgpt_desktop.core.errors import ERRORS_BY_NAME
from hgpt_desktop.hosts.protocol import Call
from hgpt_desktop.hosts.serving import Calling, Serving, begin


def echo(payload: Any, _: Calling) -> Any:
    return payload


def count(until: int, calling: Calling) -> int:
    for number in range(until):
        calling.progress(number / until, f"{number}")
        calling.text(f"<{number}>")
    return until


def fail(name: str, _: Calling) -> None:
    if name in ERRORS_BY_NAME:
        raise ERRORS_BY_NAME[name]("It did not work.", "Do something else.", "detail")
    raise LookupError(name)


def obey(_: Any, calling: Calling) -> None:
    calling.progress(None, "waiting")
    calling.stopped.wait()
    calling.raise_if_stopped()


def finish_in_spite(_: Any, calling: Calling) -> str:
    calling.progress(None, "waiting")
    calling.stopped.wait()
    return "done all the same"


_released = threading.Event()
_undone: queue.SimpleQueue[Any] = queue.SimpleQueue()


def finish_late(_: Any, calling: Calling) -> str:
    calling.progress(None, "waiting")
    calling.stopped.wait()
    _released.wait()
    return "done much later"


def release(_: Any, __: Calling) -> None:
    _released.set()


def undo(what: Any, _: Calling) -> None:
    _undone.put(what)


def undone(_: Any, __: Calling) -> Any:
    return _undone.get()


def ignore(_: Any, calling: Calling) -> None:
    calling.progress(None, "deaf")
    threading.Event().wait()


def die(signal_number: int, _: Calling) -> None:
    print("my last words", flush=True)
    os.kill(os.getpid(), signal_number)
    threading.Event().wait()


def unsendable(_: Any, __: Calling) -> object:
    return threading.current_thread()


def environment(name: str, _: Calling) -> str | None:
    return os.environ.get(name)


def connect(_: Any, __: Calling) -> None:
    import socket

    with socket.socket() as outgoing:
        outgoing.connect(("192.0.2.1", 80))


def interrupt(_: Any, __: Calling) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def lane_of(call: Call) -> str:
    if call.verb in {"obey", "ignore", "finish_in_spite", "finish_late"}:
        return "slow"
    return "waiting" if call.verb == "undone" else "quick"


def main(arguments: Sequence[str]) -> None:
    pipe = begin(int(arguments[0]))
    if "-noisy" in arguments:
        os.write(1, b"native libraries print what they like\n")
        sys.stdout.write("so does Python\n")
    verbs = (
        echo,
        count,
        fail,
        obey,
        finish_in_spite,
        finish_late,
        release,
        undo,
        undone,
        ignore,
        die,
        unsendable,
        environment,
        connect,
        interrupt,
    )
    handlers = {verb.__name__: verb for verb in verbs}
    Serving(pipe, handlers, lane_of, "Please report it.").run_for_ever()
