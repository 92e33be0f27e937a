"""A device without hardware: memory, a clock and faults, behind the interface of a host."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HostDied, OutOfMemory
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, Loaded, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.runtime.footprints import Footprint

RUN_SECONDS = "seconds"
"""The argument in which a task says how long it runs."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, and how often. All chances are per load or run.

    Args:
        load_out_of_memory, run_out_of_memory: chances that the device says that it is full.
        death: chance that the host dies, with all that is loaded.
        lag_s: how long the memory of a model that has left stays taken.
        fragmented: share of what has left that cannot be used again until nothing is loaded.
        latency_s: added to each load and run.
    """

    load_out_of_memory: float = 0.0
    run_out_of_memory: float = 0.0
    death: float = 0.0
    lag_s: float = 0.0
    fragmented: float = 0.0
    latency_s: float = 0.0


@dataclass(slots=True)
class Counts:
    """What happened on a device."""

    loads: int = 0
    load_s: float = 0.0
    oom: int = 0
    injected_oom: int = 0
    deaths: int = 0
    max_taken_bytes: int = 0


@dataclass(slots=True)
class SimulatedDevice:
    """Loads and runs by arithmetic: implements `ExpertBackend` and `FootprintSource`.

    Time is simulated: `clock_s` moves by what loads and runs take. A device that is really full says so.

    Args:
        models: what each model costs, by id.
        output: an existing file that stands for every output.
        options_cost: a model loaded with options needs this share of its peak.

    Threads: any; they take turns.
    """

    capacity_bytes: int
    models: Mapping[str, Footprint]
    output: Path
    faults: Faults = field(default_factory=Faults)
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    options_cost: float = 0.5
    clock_s: float = 0.0
    counts: Counts = field(default_factory=Counts)
    _loaded: dict[str, Loaded] = field(default_factory=dict)
    _frugal: set[str] = field(default_factory=set)
    _lagging: list[tuple[float, int]] = field(default_factory=list)  # when it comes back, and how much
    _lost_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # ------------------------------------------------------------ as a host

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """See `ExpertBackend.load`."""
        with self._lock:
            if card.id in self._loaded:
                return self._loaded[card.id]
            cost = self.models[card.id]
            self.counts.loads += 1
            self.counts.load_s += cost.load_s
            self.clock_s += cost.load_s + self.faults.latency_s
            self._maybe_die()
            self._take(cost.weights_bytes, f"load {card.id}", self.faults.load_out_of_memory)
            self._loaded[card.id] = loaded = Loaded(card.id, device, cost.weights_bytes, cost.load_s)
            self._frugal.discard(card.id)
            if card.options:
                self._frugal.add(card.id)
            return loaded

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        """See `ExpertBackend.run`."""
        with self._lock:
            if card.id not in self._loaded:
                raise HostDied(f"{card.id} is no longer in memory.", "Try again: it is loaded anew.")
            run_s = float(call.text(RUN_SECONDS, "0"))
            self.clock_s += run_s + self.faults.latency_s
            self._maybe_die()
            cost = self.models[card.id]
            peak_bytes = cost.peak_bytes
            chance = self.faults.run_out_of_memory
            if card.id in self._frugal:
                peak_bytes, chance = int(peak_bytes * self.options_cost), chance * self.options_cost
            self._take(peak_bytes, f"run {card.id}", chance)
            size_bytes = self.output.stat().st_size
            made = Resource(self.output.name, Kind.TEXT, self.output, "text/plain", size_bytes, "done")
            return ExpertOutcome((made,), run_s, cost.weights_bytes + peak_bytes)

    def unload(self, model_id: str) -> None:
        """See `ExpertBackend.unload`."""
        with self._lock:
            loaded = self._loaded.pop(model_id, None)
            if loaded is None:
                return
            if not self._loaded:
                self._lost_bytes = 0
            lost_bytes = int(loaded.resident_bytes * self.faults.fragmented) if self._loaded else 0
            self._lost_bytes += lost_bytes
            if self.faults.lag_s:
                self._lagging.append((self.clock_s + self.faults.lag_s, loaded.resident_bytes - lost_bytes))

    def loaded(self) -> frozenset[str]:
        """See `ExpertBackend.loaded`."""
        with self._lock:
            return frozenset(self._loaded)

    def close(self) -> None:
        """See `ExpertBackend.close`."""
        with self._lock:
            self._empty()

    # ------------------------------------------------------------ as what is known of models

    def footprint(self, card: ModelCard, device: str, input_bytes: int | None = None) -> Footprint:
        """See `FootprintSource.footprint`."""
        return self.models[card.id]

    def learn_load(self, card: ModelCard, loaded: Loaded) -> None:
        """See `FootprintSource.learn_load`; nothing is unknown here."""

    def learn_run(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        """See `FootprintSource.learn_run`."""

    # ------------------------------------------------------------ as a driver

    def free_bytes(self) -> int:
        """What the driver would say."""
        with self._lock:
            return self.capacity_bytes - self._taken_bytes()

    def usable_bytes(self) -> int:
        """What models could take together, but for what lies in pieces."""
        with self._lock:
            return self.capacity_bytes - self._lost_bytes

    def wait_for(self, needed_bytes: int, limit_s: float = 5.0) -> None:
        """Let time pass until so much is free, as after an unload."""
        with self._lock:
            until_s = self.clock_s + limit_s
            while self.capacity_bytes - self._taken_bytes() < needed_bytes:
                coming = [when for when, _ in self._lagging if when <= until_s]
                if not coming:
                    return
                self.clock_s = max(self.clock_s, min(coming))

    # ------------------------------------------------------------ memory and faults

    def _taken_bytes(self) -> int:
        self._lagging = [(when, size) for when, size in self._lagging if when > self.clock_s]
        late_bytes = sum(size for _, size in self._lagging)
        return sum(one.resident_bytes for one in self._loaded.values()) + late_bytes + self._lost_bytes

    def _take(self, added_bytes: int, what: str, chance: float) -> None:
        taken_bytes = self._taken_bytes() + added_bytes
        full = taken_bytes > self.capacity_bytes
        if full:
            self.counts.oom += 1
        elif chance and self.chance.random() < chance:
            self.counts.injected_oom += 1
            full = True
        if full:
            raise OutOfMemory(f"There is not enough memory to {what}.", "Free some.", f"{taken_bytes} bytes")
        self.counts.max_taken_bytes = max(self.counts.max_taken_bytes, taken_bytes)

    def _maybe_die(self) -> None:
        if self.faults.death and self.chance.random() < self.faults.death:
            self.counts.deaths += 1
            self._empty()
            raise HostDied("The simulated host died.", "Try again: it is started anew.")

    def _empty(self) -> None:
        self._loaded.clear()
        self._lagging.clear()
        self._frugal.clear()
        self._lost_bytes = 0
