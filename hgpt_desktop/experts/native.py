"""Libraries' long calls, and how a stop gets into them.

torch asks before every layer. onnxruntime and CTranslate2 do not ask, and their call cannot be left from the
thread that is in it. So it is made in a thread beside, and the run's own thread waits for its end or for the
stop, whichever comes first. onnxruntime can then be told to give up; CTranslate2 cannot, and the rest of its
call ends unheard, before the next one begins.
"""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.experts.base import ShouldStop

Answer = TypeVar("Answer")

_ASK_EVERY_S = 0.1  # how often a call that takes long asks whether to stop


class _Asking(threading.local):
    """What the layers ask that run in this thread."""

    should_stop: ShouldStop | None = None


_asking = _Asking()


@contextmanager
def asking_at_every_layer(should_stop: ShouldStop) -> Iterator[None]:
    """Let every layer of torch that runs in this thread within the block raise `Cancelled` after a stop.

    So a step of a large model, which may take many seconds, ends within the time of one of its layers.
    """
    if "torch" in sys.modules:
        _listen_to_layers()
    _asking.should_stop = should_stop
    try:
        yield
    finally:
        _asking.should_stop = None


@functools.cache
def _listen_to_layers() -> None:
    """Once in a process: the hooks must not change while layers of another thread run."""
    modules = importlib.import_module("torch.nn.modules.module")
    modules.register_module_forward_pre_hook(_ask)


def _ask(_layer: Any, _inputs: Any) -> None:
    if _asking.should_stop is not None and _asking.should_stop():
        raise Cancelled


class Beside:
    """A thread for native calls, one after another.

    Attributes:
        should_stop: whether the run that now goes on should end; to be set by each run.

    Threads: one run at a time.
    """

    def __init__(self) -> None:
        self.should_stop: ShouldStop = lambda: False
        self._thread = ThreadPoolExecutor(1, "native calls")

    def call(self, work: Callable[[], Answer], give_up: Callable[[], None] = lambda: None) -> Answer:
        """What `work` gives.

        Args:
            give_up: tells the library that its answer is no longer wanted.

        Raises:
            Cancelled: as soon as `should_stop` says so; the rest of the work ends by itself.
        """
        if self.should_stop():
            raise Cancelled
        answer = self._thread.submit(work)
        while not wait([answer], _ASK_EVERY_S).done:
            if self.should_stop():
                answer.cancel()  # where it has not begun: the rest of an earlier one may be before it
                give_up()
                raise Cancelled
        return answer.result()

    def close(self) -> None:
        """Wait for what still runs, and end the thread."""
        self._thread.shutdown()


class StoppableSession:
    """A session of onnxruntime whose runs end between two operators once the user stops them."""

    def __init__(self, session: Any, beside: Beside) -> None:
        self._session = session
        self._beside = beside

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run(self, outputs: list[str] | None, inputs: dict[str, Any]) -> list[Any]:
        """As that of `InferenceSession`. Raises `Cancelled`."""
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.RunOptions()

        def give_up() -> None:
            options.terminate = True

        made: list[Any] = self._beside.call(lambda: self._session.run(outputs, inputs, options), give_up)
        return made
