"""The expert host: holds the experts and runs them. Their libraries are imported here and nowhere else.

Models are constructed one after another: construction patches the libraries' global state. Runs of one model
follow one another, runs of different models go on beside each other.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from hgpt_desktop.core.errors import ExecutionFailed, HgptError, HostDied, OutOfMemory
from hgpt_desktop.core.interfaces import ExpertOutcome, Loaded
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import BatchExpert, Expert, is_out_of_memory
from hgpt_desktop.experts.native import asking_at_every_layer
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.hosts.peak import PeakMeter
from hgpt_desktop.hosts.protocol import Call, Failure, HostMemory, LoadModel, RunExpert, RunTogether
from hgpt_desktop.hosts.serving import Calling, Handler, Serving, begin

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Held:
    expert: Expert
    loaded: Loaded


class ExpertVerbs:
    """The verbs of a host of experts.

    Args:
        load: brings a model into memory; `registry.load_expert` by default.

    Threads: as `lane_of` says; what is held is guarded.
    """

    def __init__(self, load: Callable[[ModelCard, str], Expert] | None = None) -> None:
        self._load = load
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._meter = PeakMeter()

    @property
    def handlers(self) -> dict[str, Handler]:
        """The verbs by name."""
        return {
            "load": self.load,
            "run": self.run,
            "run_together": self.run_together,
            "unload": self.unload,
            "memory": self.memory,
        }

    def load(self, wanted: LoadModel, calling: Calling) -> Loaded:
        """Bring a model into memory."""
        card = wanted.card
        with self._lock:
            held = self._held.get(card.id)
        if held is not None:
            return held.loaded
        calling.progress(None, f"Loading {card.name}")
        started = time.monotonic()
        refused: OutOfMemory | None = None
        with self._meter.measuring(wanted.device):  # what a load takes must not count as a run's
            try:
                expert = (self._load or load_expert)(card, wanted.device)
            except Exception as error:
                refused = _as_out_of_memory(error, f"load {card.name}")
                if refused is None:
                    raise
        if refused is not None:  # outside of the handler: the first error's traceback keeps the memory
            give_memory_back()
            raise refused
        if calling.should_stop():
            expert.close()
            del expert
            give_memory_back()
            calling.raise_if_stopped()
        loaded = Loaded(card.id, wanted.device, int(expert.resident_bytes), time.monotonic() - started)
        with self._lock:
            self._held[card.id] = _Held(expert, loaded)
        return loaded

    def run(self, wanted: RunExpert, calling: Calling) -> ExpertOutcome:
        """Run a loaded model."""

        def work(expert: Expert) -> tuple[Resource, ...]:
            return expert.run(wanted.call, calling.progress, calling.should_stop)

        outputs, run_s, peak_bytes = self._measured(wanted.card, work, calling)
        if not outputs:
            raise ExecutionFailed(
                f"{wanted.card.name} gave no result.", "Try another file, or another model."
            )
        return ExpertOutcome(tuple(outputs), run_s, peak_bytes)

    def run_together(self, wanted: RunTogether, calling: Calling) -> tuple[ExpertOutcome | Failure, ...]:
        """Run a loaded model on several inputs at once."""

        def work(expert: Expert) -> Sequence[tuple[Resource, ...] | HgptError]:
            many = cast("BatchExpert", expert)
            return many.run_together(wanted.calls, calling.progress, calling.should_stop)

        answers, run_s, peak_bytes = self._measured(wanted.card, work, calling)
        return tuple(
            Failure.of(0, answer, "")
            if isinstance(answer, HgptError)
            else ExpertOutcome(answer, run_s / len(answers), peak_bytes)
            for answer in answers
        )

    def _measured(
        self, card: ModelCard, work: Callable[[Expert], Answer], calling: Calling
    ) -> tuple[Answer, float, int | None]:
        """What a model gives, the seconds, and the most bytes that it took where that is known."""
        with self._lock:
            held = self._held.get(card.id)
        if held is None:
            raise HostDied(f"{card.name} is no longer in memory.", "Try again: it is loaded anew.")
        refused: OutOfMemory | None = None
        started = time.monotonic()
        with self._meter.measuring(held.loaded.device) as peak:
            try:
                with asking_at_every_layer(calling.should_stop):
                    answer = work(held.expert)
            except Exception as error:
                refused = _as_out_of_memory(error, f"run {card.name}")
                if refused is None:
                    raise
        if refused is not None:
            give_memory_back()
            raise refused
        run_s, added_bytes = time.monotonic() - started, peak()
        return answer, run_s, None if added_bytes is None else held.loaded.resident_bytes + added_bytes

    def unload(self, model_id: str, _: Calling) -> None:
        """Put a model out of memory, if it is there."""
        with self._lock:
            held = self._held.pop(model_id, None)
        if held is not None:
            held.expert.close()
            del held
            give_memory_back()

    def memory(self, device: str, _: Calling) -> HostMemory:
        """What torch holds on a GPU; on the processor, what the models say that they take."""
        torch: Any = sys.modules.get("torch")
        if device.startswith("cuda"):
            if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
                return HostMemory(0, 0)
            return HostMemory(
                int(torch.cuda.memory_reserved(device)), int(torch.cuda.memory_allocated(device))
            )
        with self._lock:
            held = [one.loaded for one in self._held.values() if one.loaded.device == device]
        taken_bytes = sum(one.resident_bytes for one in held)
        return HostMemory(taken_bytes, taken_bytes)


def lane_of(call: Call) -> str:
    """Constructions in one lane; runs in one for each model, its end too."""
    if call.verb == "memory":
        return "figures"
    match call.payload:
        case RunExpert(card=card) | RunTogether(card=card):
            return f"model {card.id}"
        case str(model_id):
            return f"model {model_id}"
        case _:
            return "loading"


def give_memory_back() -> None:
    """Return what is no longer used to the device and to the system."""
    gc.collect()
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def _as_out_of_memory(error: Exception, what: str) -> OutOfMemory | None:
    """A new error without the traceback of this one, if this one means that memory ran out."""
    if isinstance(error, OutOfMemory):
        return OutOfMemory(error.message, error.hint, error.detail)
    if not is_out_of_memory(error):
        return None
    hint = "Close other programs, or choose a smaller model."
    return OutOfMemory(f"There is not enough memory to {what}.", hint, str(error))


def main(arguments: Sequence[str]) -> None:
    """Run as a host process.

    Args:
        arguments: parent's process id, log path.
    """
    parent, log_path = arguments
    pipe = begin(int(parent))
    hint = f"Please report it with the file {log_path}."
    Serving(pipe, ExpertVerbs().handlers, lane_of, hint).run_for_ever()
