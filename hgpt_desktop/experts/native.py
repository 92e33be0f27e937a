"""Native calls that a stop does not wait for.

A library's call cannot be left from the thread that is in it. So it is made in a thread beside, and the run's
own thread waits for its end or for the stop, whichever comes first. onnxruntime can then be told to give up;
CTranslate2 cannot, and the rest of its call ends unheard, before the next one begins.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.experts.base import ShouldStop

Answer = TypeVar("Answer")

_ASK_EVERY_S = 0.1  # how often a call that takes long asks whether to stop


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
