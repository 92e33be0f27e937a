"""Who may be in memory: leases, admission and eviction, by the ledger and by what is known of the future."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, HostDied, HostStalled, OutOfMemory
from hgpt_desktop.core.events import ModelEvicted, ModelLoading
from hgpt_desktop.core.interfaces import Emit, ExpertBackend, Lease, Loaded, Memory, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.admission import Admission, Admitted, Clearing, NeverFits, Wish
from hgpt_desktop.runtime.budget import detect_budget_bytes
from hgpt_desktop.runtime.decisions import DeviceState
from hgpt_desktop.runtime.footprints import Footprint, FootprintSource, StatedFootprints
from hgpt_desktop.runtime.foresight import Foresight
from hgpt_desktop.runtime.ledger import Line, LineState
from hgpt_desktop.runtime.rival import Rival
from hgpt_desktop.runtime.watching import watched

__all__ = ["DeviceMemory", "MemoryManager", "MemoryView", "NeverFits", "Resident", "detect_budget_bytes"]


@dataclass(frozen=True, slots=True)
class Resident:
    """A model that takes memory now. `leased` models are in use and stay."""

    model_id: str
    name: str
    device: str
    bytes: int
    leased: bool


@dataclass(frozen=True, slots=True)
class MemoryView:
    """A device as a scheduler needs to see it. `footprints` also tells of resident models of others."""

    state: DeviceState
    footprints: Mapping[str, Footprint]
    worth_s: Mapping[str, float]


class DeviceMemory(Memory, Protocol):
    """A memory that also says where models run, and what it looks like there."""

    @property
    def foresight(self) -> Foresight:
        """What the runs expect."""

    @property
    def rival(self) -> Rival:
        """The blind server that the runs must not fall behind."""

    def device_for(self, card: ModelCard) -> str:
        """`cpu` or `cuda:N`."""

    def view(self, device: str, cards: Collection[ModelCard]) -> MemoryView:
        """The device now, with what these models of a plan cost there."""

    def free_idle(self, device: str, emit: Emit) -> bool:
        """Put every idle model out of the device's memory; whether there was one."""

    def ran(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        """Learn what a model and its run took at the most."""


class MemoryManager:
    """Leases models: what is leased stays, what is idle leaves when room is needed, as the foresight says.

    Models are loaded one at a time: libraries patch process-wide state while they build a model. A lease
    waits where others hold the room, in the order of asking, and is refused where the model can never fit.

    Args:
        backend_for: who loads and unloads a model.
        budget_bytes: what the models of a device may take together, asked at each admission.
        device_for: where a model runs, `cpu` or `cuda:N`.
        footprints: what models cost.
        memory_back: called with a device and a number of bytes after models have left: waits, within bounds,
            until the device has that much to give.
        load_limit_s: how long a load may say nothing.
        keep_alive_s: after how long an idle model leaves by itself; None: when its room is needed.

    Threads: every method may be called from any thread. Nobody may hold a lease while waiting for
    another model's lease, or both may wait for ever.
    """

    def __init__(
        self,
        backend_for: Callable[[ModelCard], ExpertBackend],
        budget_bytes: Callable[[str], int],
        device_for: Callable[[ModelCard], str],
        footprints: FootprintSource | None = None,
        memory_back: Callable[[str, int], None] = lambda device, needed_bytes: None,
        load_limit_s: float = 600.0,
        keep_alive_s: float | None = None,
    ) -> None:
        self.foresight = Foresight()
        self.rival = Rival()
        self._backend_for = backend_for
        self._budget_bytes = budget_bytes
        self._device_for = device_for
        self._footprints = footprints or StatedFootprints()
        self._memory_back = memory_back
        self._load_limit_s = load_limit_s
        self._keep_alive_s = keep_alive_s
        self._expiries: dict[str, threading.Timer] = {}
        self._changed = threading.Condition()
        self._admission = Admission(self.foresight, self._footprints)
        self._ledger, self._cards = self._admission.ledger, self._admission.cards
        self._tickets = itertools.count(1)

    # ------------------------------------------------------------ what others ask

    def device_for(self, card: ModelCard) -> str:
        """Where the model runs, `cpu` or `cuda:N`."""
        return self._device_for(card)

    def resident(self) -> tuple[Resident, ...]:
        """The models that take memory now, the last used first."""
        self._forget_dead()
        with self._changed:
            lines = sorted(self._ledger.lines(), key=lambda line: -line.used)
            return tuple(
                Resident(
                    line.model_id,
                    self._cards[line.model_id].name,
                    line.device,
                    line.taken_bytes,
                    not line.idle,
                )
                for line in lines
            )

    def taken_bytes(self, device: str) -> int:
        """What models and running tasks take on a device, by the ledger."""
        with self._changed:
            return self._ledger.taken_bytes(device)

    def view(self, device: str, cards: Collection[ModelCard]) -> MemoryView:
        """See `DeviceMemory.view`."""
        self._forget_dead()
        capacity_bytes = self._budget_bytes(device)
        footprints = {card.id: self._footprints.footprint(card, device) for card in cards}
        with self._changed:
            lines = [line for line in self._ledger.lines(device) if line.state is not LineState.LEAVING]
            tenants = {line.model_id: self._cards[line.model_id] for line in lines}
        for model_id, card in tenants.items():
            footprints.setdefault(model_id, self._footprints.footprint(card, device))
        for line in lines:  # what it really takes
            known = footprints[line.model_id]
            footprints[line.model_id] = Footprint(line.weights_bytes, known.peak_bytes, known.load_s)
        state = DeviceState(
            capacity_bytes,
            frozenset(tenants),
            frozenset(line.model_id for line in lines if not line.idle),
            sum(line.reserved_bytes for line in lines),
        )
        return MemoryView(state, footprints, {one: cost.load_s for one, cost in footprints.items()})

    def lease(
        self,
        card: ModelCard,
        emit: Emit,
        on_progress: OnProgress,
        cancel: CancelToken,
        input_bytes: int | None = None,
    ) -> AbstractContextManager[Lease]:
        """Hold the model in memory for the length of the block; it is loaded first where necessary.

        Emits `ModelEvicted` and `ModelLoading`, and says on `on_progress` when it has to wait.

        Raises (on entering):
            NeverFits: it is larger than the budget.
            OutOfMemory: the device is full all the same.
            Cancelled: also while it waits.
            ModelDamaged, HostDied, EnvironmentFault: from loading it.
        """
        return self._lease(Wish(card, emit, on_progress, cancel, input_bytes))

    @contextmanager
    def _lease(self, wish: Wish) -> Iterator[Lease]:
        line, load_s = self._acquire(wish)
        try:
            yield Lease(wish.card, line.device, load_s)
        finally:
            with self._changed:
                self._ledger.release(line)
                self._expire_later(line)
                self._changed.notify_all()

    def _expire_later(self, line: Line) -> None:
        """Under the lock: let the model leave once nobody has used it for the set time."""
        if self._keep_alive_s is None or not line.idle:
            return
        if before := self._expiries.pop(line.model_id, None):
            before.cancel()
        timer = threading.Timer(self._keep_alive_s, self._expire, (line, line.used))
        timer.daemon = True
        self._expiries[line.model_id] = timer
        timer.start()

    def _expire(self, line: Line, used: int) -> None:
        with self._changed:
            if not line.idle or line.used != used or self._ledger.line(line.model_id) is not line:
                return
            self._ledger.leave([line])
        self._unload([line], lambda event: None, lambda line: "")

    def close(self) -> None:
        """Let no model expire any more; the hosts are ended by whoever made them."""
        with self._changed:
            timers = list(self._expiries.values())
            self._expiries.clear()
        for timer in timers:
            timer.cancel()

    def free_idle(self, device: str, emit: Emit) -> bool:
        """See `DeviceMemory.free_idle`."""
        idle = self._claim_idle(device)
        self._unload(idle, emit, lambda line: "memory ran out")
        return bool(idle)

    def release_all(self) -> None:
        """Put every idle model out of memory; leased ones stay."""
        self.release(None)

    def release(self, model_id: str | None) -> None:
        """Put a model, or every one, out of memory where it is idle; leased ones stay."""
        self._unload(self._claim_idle(None, model_id), lambda event: None, lambda line: "")

    def ran(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        """See `DeviceMemory.ran`."""
        with self._changed:
            line = self._ledger.line(card.id)
        if line is not None and line.device == device:
            added_bytes = max(0, peak_bytes - line.weights_bytes)
            self._footprints.learn_run(card, device, added_bytes, input_bytes)

    # ------------------------------------------------------------ admission

    def _acquire(self, wish: Wish) -> tuple[Line, float]:
        try:
            with wish.cancel.on_cancel(self._wake):
                while True:
                    outcome = self._look(wish)
                    if isinstance(outcome, Line):
                        return outcome, 0.0
                    if isinstance(outcome, Clearing):
                        self._unload(outcome.leaving, wish.emit, self._admission.reason)
                    elif outcome is not None:
                        load_s = self._load(outcome, wish)
                        if load_s is not None:
                            return outcome.line, load_s
        finally:
            with self._changed:
                if wish.ticket is not None:
                    self._admission.waiting.pop(wish.ticket, None)
                    self._changed.notify_all()

    def _look(self, wish: Wish) -> Line | Admitted | Clearing | None:
        """A held line, what to do for it, or None after a wait."""
        self._forget_dead()
        device = self._device_for(wish.card)
        capacity_bytes = self._budget_bytes(device)
        cost = self._footprints.footprint(wish.card, device, wish.input_bytes)
        told = wish.ticket is not None
        with self._changed:
            wish.cancel.raise_if_cancelled()
            outcome = self._admission.admit(wish, device, cost, capacity_bytes)
            if outcome is not None:
                return outcome
            if told:
                self._changed.wait()
                return None
            wish.ticket = next(self._tickets)
            self._admission.waiting[wish.ticket] = device
        wish.on_progress(None, f"{wish.card.name} waits for memory")
        return None

    # ------------------------------------------------------------ loading and leaving

    def _load(self, admitted: Admitted, wish: Wish) -> float | None:
        """Bring an admitted model in; seconds, or None where it turned out too large and was given back."""
        line, card, settled = admitted.line, wish.card, False
        try:
            self._unload(admitted.leaving, wish.emit, self._admission.reason)
            if admitted.leaving:
                self._memory_back(line.device, line.weights_bytes)
            with self._changed:
                self._ledger.begin_loading(line)
            wish.emit(ModelLoading(card.id, line.weights_bytes))
            backend = self._backend_for(card)
            try:
                loaded = self._load_watched(backend, line.device, wish)
            except OutOfMemory:
                idle = self._claim_idle(line.device)
                if not idle:
                    raise
            else:
                idle = []
            if idle:  # after the except block: a traceback may hold on to memory
                self._unload(idle, wish.emit, lambda line: "memory ran out")
                self._memory_back(line.device, line.weights_bytes)
                loaded = self._load_watched(backend, line.device, wish)
            self._footprints.learn_load(card, loaded)
            settled = self._settle(line, loaded.resident_bytes, wish.emit)
            if not settled:
                backend.unload(card.id)
            return loaded.load_s if settled else None
        finally:
            with self._changed:
                if not settled:
                    self._ledger.release(line)
                    self._ledger.strike(line)
                self._admission.loading = False
                self._changed.notify_all()

    def _load_watched(self, backend: ExpertBackend, device: str, wish: Wish) -> Loaded:
        """Load, but not for ever: a load that says nothing for too long is ended together with its host."""
        with watched(self._load_limit_s, wish.cancel) as watch:

            def on_progress(progress: float | None, message: str) -> None:
                watch.alive()
                wish.on_progress(progress, message)

            try:
                return backend.load(wish.card, device, on_progress, watch.token)
            except (Cancelled, HostDied) as error:
                if not watch.stalled or wish.cancel.cancelled:
                    raise
                raise HostStalled(
                    f"Loading {wish.card.name} was stopped, because nothing was heard of it for "
                    f"{self._load_limit_s:g} seconds.",
                    "Try again; if the disk is slow, raise the limit (`load_timeout_s` in the settings).",
                ) from error

    def _settle(self, line: Line, resident_bytes: int, emit: Emit) -> bool:
        """Write what the model really takes into the ledger; False where there is no room for that."""
        capacity_bytes = self._budget_bytes(line.device)
        with self._changed:
            excess_bytes = resident_bytes - line.weights_bytes
            leaving = (
                self._admission.make_room(line.device, excess_bytes, capacity_bytes)
                if excess_bytes > 0
                else []
            )
            if leaving is None:
                return False
            self._ledger.leave(leaving)
        self._unload(leaving, emit, self._admission.reason)
        with self._changed:
            self._ledger.correct(line, max(line.weights_bytes, resident_bytes), capacity_bytes)
            self._ledger.ready(line)
        return True

    def _claim_idle(self, device: str | None, model_id: str | None = None) -> list[Line]:
        with self._changed:
            idle = [
                line for line in self._ledger.lines(device) if line.idle and model_id in (None, line.model_id)
            ]
            self._ledger.leave(idle)
            return idle

    def _unload(self, leaving: Sequence[Line], emit: Emit, reason: Callable[[Line], str]) -> None:
        """Outside the lock: put models out that are marked as leaving."""
        pending = list(leaving)
        try:
            while pending:
                line, why = pending[0], reason(pending[0])
                with suppress(HostDied):  # then its memory came back with the host's end
                    self._backend_for(self._cards[line.model_id]).unload(line.model_id)
                with self._changed:
                    self._ledger.strike(pending.pop(0))
                    self._changed.notify_all()
                emit(ModelEvicted(line.model_id, why))
        finally:
            with self._changed:
                for line in pending:  # only after an error: they are still there
                    self._ledger.stay(line)
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _forget_dead(self) -> None:
        """Strike out the models whose host has died; leases on them stay valid in form, and fail in use."""
        with self._changed:
            ready = [line for line in self._ledger.lines() if line.state is LineState.READY]
            cards = {line: self._cards[line.model_id] for line in ready}
        loaded = {line: self._backend_for(card).loaded() for line, card in cards.items()}
        with self._changed:
            for line in ready:
                if line.state is LineState.READY and line.model_id not in loaded[line]:
                    self._ledger.strike(line)
                    self._changed.notify_all()
