"""Who may be in memory: a ledger of bytes for each device, leases, admission and eviction."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HostDied, OutOfMemory
from hgpt_desktop.core.events import ModelEvicted, ModelLoading
from hgpt_desktop.core.interfaces import Emit, ExpertBackend, Lease, Memory, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.budget import detect_budget_bytes

__all__ = ["DeviceMemory", "MemoryManager", "Resident", "detect_budget_bytes"]

SINGLE_SEAT_LOADERS = frozenset({"llama.cpp"})
"""Loaders whose host holds one model at a time: loading another one puts the first out."""

_UNKNOWN_OVERHEAD = 1.3  # memory over file size, for a card that states no memory


class DeviceMemory(Memory, Protocol):
    """A memory that also says where a model runs."""

    def device_for(self, card: ModelCard) -> str:
        """`cpu` or `cuda:N`."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A model that takes memory now. `leased` models are in use and stay."""

    model_id: str
    name: str
    device: str
    bytes: int
    leased: bool


class _State(Enum):
    LOADING = "loading"
    READY = "ready"
    LEAVING = "leaving"


@dataclass(slots=True, eq=False)
class _Entry:
    """A line of the ledger. It keeps its bytes until the model has left."""

    card: ModelCard
    device: str
    bytes: int
    state: _State
    leases: int = 0
    used: int = 0  # number of the last use; higher is later

    @property
    def idle(self) -> bool:
        return self.state is _State.READY and self.leases == 0


class MemoryManager:
    """Leases models: what is leased stays, what is idle leaves when room is needed, the longest unused first.

    Models are loaded one at a time: libraries patch process-wide state while they build a model. A lease
    waits where others hold the room, and is refused where the model can never fit.

    Args:
        backend_for: who loads and unloads a model.
        budget_bytes: what the models of one device may take together, asked at each admission.
        device_for: where a model runs, `cpu` or `cuda:N`.

    Threads: every method may be called from any thread. Nobody may hold a lease while waiting for
    another model's lease, or both may wait for ever.
    """

    def __init__(
        self,
        backend_for: Callable[[ModelCard], ExpertBackend],
        budget_bytes: Callable[[], int],
        device_for: Callable[[ModelCard], str],
    ) -> None:
        self._backend_for = backend_for
        self._budget_bytes = budget_bytes
        self._device_for = device_for
        self._changed = threading.Condition()
        self._entries: dict[str, _Entry] = {}
        self._measured_bytes: dict[str, int] = {}
        self._loading = False
        self._uses = itertools.count(1)

    # ------------------------------------------------------------ what others ask

    def device_for(self, card: ModelCard) -> str:
        """Where the model runs, `cpu` or `cuda:N`."""
        return self._device_for(card)

    def resident(self) -> tuple[Resident, ...]:
        """The models that take memory now, the last used first."""
        self._forget_dead()
        with self._changed:
            entries = sorted(self._entries.values(), key=lambda entry: -entry.used)
            return tuple(
                Resident(entry.card.id, entry.card.name, entry.device, entry.bytes, not entry.idle)
                for entry in entries
            )

    def lease(
        self, card: ModelCard, emit: Emit, on_progress: OnProgress, cancel: CancelToken
    ) -> AbstractContextManager[Lease]:
        """Hold the model in memory for the length of the block; it is loaded first where necessary.

        Emits `ModelEvicted` and `ModelLoading`, and says on `on_progress` when it has to wait.

        Raises (on entering):
            OutOfMemory: it is larger than the budget, or the device is full all the same.
            Cancelled: also while it waits.
            ModelDamaged, HostDied, EnvironmentFault: from loading it.
        """
        return self._lease(card, emit, on_progress, cancel)

    @contextmanager
    def _lease(
        self, card: ModelCard, emit: Emit, on_progress: OnProgress, cancel: CancelToken
    ) -> Iterator[Lease]:
        entry, load_s = self._acquire(card, emit, on_progress, cancel)
        try:
            yield Lease(card, entry.device, load_s)
        finally:
            with self._changed:
                entry.leases -= 1
                entry.used = next(self._uses)
                self._changed.notify_all()

    def release_all(self) -> None:
        """Put every idle model out of memory; leased ones stay."""
        with self._changed:
            leaving = [entry for entry in self._entries.values() if entry.idle]
            self._mark_leaving(leaving)
        self._unload(leaving, lambda event: None)

    # ------------------------------------------------------------ admission

    def _acquire(
        self, card: ModelCard, emit: Emit, on_progress: OnProgress, cancel: CancelToken
    ) -> tuple[_Entry, float]:
        told = False
        with cancel.on_cancel(self._wake):
            while True:
                self._forget_dead()
                budget_bytes = self._budget_bytes()
                with self._changed:
                    cancel.raise_if_cancelled()
                    resident = self._entries.get(card.id)
                    if resident is not None and resident.state is _State.READY:
                        self._hold(resident)
                        return resident, 0.0
                    admitted = None if resident is not None else self._admit(card, budget_bytes)
                    if admitted is None and told:
                        self._changed.wait()
                        continue
                if admitted is None:
                    on_progress(None, f"{card.name} waits for memory")
                    told = True
                    continue
                entry, leaving = admitted
                load_s = self._load(entry, leaving, emit, on_progress, cancel)
                if load_s is not None:
                    return entry, load_s

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _hold(self, entry: _Entry) -> None:
        entry.leases += 1
        entry.used = next(self._uses)

    def _admit(self, card: ModelCard, budget_bytes: int) -> tuple[_Entry, list[_Entry]] | None:
        """Under the lock: a new line of the ledger and the models that leave for it; None means wait.

        Raises:
            OutOfMemory: it can never fit.
        """
        device, needed_bytes = self._device_for(card), self._needed_bytes(card)
        if needed_bytes > budget_bytes:
            raise OutOfMemory(
                f"{card.name} needs {_size(needed_bytes)} of memory, but models may take "
                f"{_size(budget_bytes)} on {device}.",
                "Choose a smaller model, close other programs, or raise the memory budget "
                "(`memory_budget_bytes` in the settings, `--memory-budget` on the command line).",
            )
        if self._loading:
            return None
        leaving: list[_Entry] = []
        if card.loader in SINGLE_SEAT_LOADERS:
            seated = [entry for entry in self._entries.values() if entry.card.loader == card.loader]
            if not all(entry.idle for entry in seated):
                return None
            leaving = seated
        more = self._make_room(device, needed_bytes, budget_bytes, leaving)
        if more is None:
            return None
        leaving += more
        self._mark_leaving(leaving)
        # It counts once the others have left: until then nobody else is admitted, as a load is under way.
        entry = _Entry(card, device, 0, _State.LOADING)
        self._hold(entry)
        self._entries[card.id] = entry
        self._loading = True
        return entry, leaving

    def _make_room(
        self, device: str, needed_bytes: int, budget_bytes: int, leaving: Sequence[_Entry] = ()
    ) -> list[_Entry] | None:
        """Under the lock: idle models to put out, longest unused first; None where they do not suffice."""
        here = [entry for entry in self._entries.values() if entry.device == device and entry not in leaving]
        free_bytes = budget_bytes - sum(entry.bytes for entry in here)
        chosen: list[_Entry] = []
        for entry in sorted((entry for entry in here if entry.idle), key=lambda entry: entry.used):
            if free_bytes >= needed_bytes:
                break
            chosen.append(entry)
            free_bytes += entry.bytes
        return chosen if free_bytes >= needed_bytes else None

    def _needed_bytes(self, card: ModelCard) -> int:
        stated_bytes = card.memory_bytes or int(card.size_bytes * _UNKNOWN_OVERHEAD)
        return max(stated_bytes, self._measured_bytes.get(card.id, 0))

    # ------------------------------------------------------------ loading and leaving

    def _load(
        self, entry: _Entry, leaving: list[_Entry], emit: Emit, on_progress: OnProgress, cancel: CancelToken
    ) -> float | None:
        """Bring an admitted model in; seconds, or None where it turned out too large and was given back."""
        settled = False
        try:
            self._unload(leaving, emit)
            with self._changed:
                entry.bytes = self._needed_bytes(entry.card)
            emit(ModelLoading(entry.card.id, entry.bytes))
            backend = self._backend_for(entry.card)
            try:
                loaded = backend.load(entry.card, entry.device, on_progress, cancel)
            except OutOfMemory:
                idle = self._claim_idle(entry.device)
                if not idle:
                    raise
            else:
                idle = []
            if idle:  # after the except block: a traceback may hold on to memory
                self._unload(idle, emit)
                loaded = backend.load(entry.card, entry.device, on_progress, cancel)
            settled = self._settle(entry, loaded.resident_bytes, emit)
            if not settled:
                backend.unload(entry.card.id)
            return loaded.load_s if settled else None
        finally:
            with self._changed:
                if not settled:
                    entry.leases -= 1
                    self._remove(entry)
                self._loading = False
                self._changed.notify_all()

    def _settle(self, entry: _Entry, resident_bytes: int, emit: Emit) -> bool:
        """Write what the model really takes into the ledger; False where there is no room for that."""
        budget_bytes = self._budget_bytes()
        with self._changed:
            self._measured_bytes[entry.card.id] = max(
                resident_bytes, self._measured_bytes.get(entry.card.id, 0)
            )
            excess_bytes = resident_bytes - entry.bytes
            leaving = self._make_room(entry.device, excess_bytes, budget_bytes) if excess_bytes > 0 else []
            if leaving is None:
                return False
            self._mark_leaving(leaving)
        self._unload(leaving, emit)
        with self._changed:
            entry.bytes = max(entry.bytes, resident_bytes)
            entry.state = _State.READY
        return True

    def _claim_idle(self, device: str) -> list[_Entry]:
        with self._changed:
            idle = [entry for entry in self._entries.values() if entry.idle and entry.device == device]
            self._mark_leaving(idle)
            return idle

    def _mark_leaving(self, entries: Sequence[_Entry]) -> None:
        for entry in entries:
            entry.state = _State.LEAVING

    def _unload(self, leaving: Sequence[_Entry], emit: Emit) -> None:
        """Outside the lock: put models out that are marked as leaving."""
        pending = list(leaving)
        try:
            while pending:
                entry = pending[0]
                with suppress(HostDied):  # then its memory came back with the host's end
                    self._backend_for(entry.card).unload(entry.card.id)
                with self._changed:
                    self._remove(pending.pop(0))
                    self._changed.notify_all()
                emit(ModelEvicted(entry.card.id))
        finally:
            with self._changed:
                for entry in pending:  # only after an error: they are still there
                    entry.state = _State.READY
                self._changed.notify_all()

    def _remove(self, entry: _Entry) -> None:
        if self._entries.get(entry.card.id) is entry:
            del self._entries[entry.card.id]

    def _forget_dead(self) -> None:
        """Strike out the models whose host has died; leases on them stay valid in form, and fail in use."""
        with self._changed:
            ready = [entry for entry in self._entries.values() if entry.state is _State.READY]
        loaded = {entry: self._backend_for(entry.card).loaded() for entry in ready}
        with self._changed:
            for entry in ready:
                if entry.state is _State.READY and entry.card.id not in loaded[entry]:
                    self._remove(entry)
                    self._changed.notify_all()


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GiB" if size_bytes >= 2**30 else f"{size_bytes / 2**20:.0f} MiB"
