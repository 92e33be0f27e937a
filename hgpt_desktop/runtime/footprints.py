"""What models cost: bytes of weights, bytes on top while a task runs, and seconds to load."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from hgpt_desktop.core.interfaces import Loaded
from hgpt_desktop.core.models import ModelCard

_UNKNOWN_OVERHEAD = 1.3  # memory over file size, for a card that states no memory
_READ_BYTES_PER_S = 500 * 10**6  # a common solid-state disk, decoding included
_LEAST_LOAD_S = 0.2


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a model costs.

    Args:
        weights_bytes: taken as long as it is loaded.
        peak_bytes: taken on top of that while one of its tasks runs.
        load_s: seconds until it is there.
    """

    weights_bytes: int
    peak_bytes: int
    load_s: float

    @property
    def running_bytes(self) -> int:
        """Taken while a task runs."""
        return self.weights_bytes + self.peak_bytes


class FootprintSource(Protocol):
    """Knows what models cost, and learns it. Threads: any."""

    def footprint(self, card: ModelCard, device: str, input_bytes: int | None = None) -> Footprint:
        """The best that is known about the model on that device, without loading it.

        Args:
            input_bytes: the size of what it works on; None: whatever it was seen to work on.
        """

    def learn_load(self, card: ModelCard, loaded: Loaded) -> None:
        """A model was loaded: what it takes, and how long it took."""

    def learn_run(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        """A task of the model ran: what that took on top of the weights."""


class StatedFootprints:
    """What the cards state, all of it as weights, and what was seen since the start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], Footprint] = {}

    def footprint(self, card: ModelCard, device: str, input_bytes: int | None = None) -> Footprint:
        """See `FootprintSource.footprint`."""
        stated_bytes = card.memory_bytes or int(card.size_bytes * _UNKNOWN_OVERHEAD)
        with self._lock:
            seen = self._seen.get((card.id, device))
        if seen is None:
            return Footprint(stated_bytes, 0, load_s_prior(stated_bytes))
        return Footprint(max(stated_bytes, seen.weights_bytes), seen.peak_bytes, seen.load_s)

    def learn_load(self, card: ModelCard, loaded: Loaded) -> None:
        """See `FootprintSource.learn_load`."""
        with self._lock:
            key = (card.id, loaded.device)
            before = self._seen.get(key, Footprint(0, 0, 0.0))
            most_bytes = max(before.weights_bytes, loaded.resident_bytes)
            self._seen[key] = Footprint(most_bytes, before.peak_bytes, loaded.load_s)

    def learn_run(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        """See `FootprintSource.learn_run`; a card's statement covers its runs."""


def load_s_prior(weights_bytes: int) -> float:
    """Seconds that a load takes, before one was seen."""
    return _LEAST_LOAD_S + weights_bytes / _READ_BYTES_PER_S
