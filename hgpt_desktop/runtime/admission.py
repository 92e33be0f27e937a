"""Who may come into memory now, and who leaves for it. Decides by the ledger; loads and waits for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import OutOfMemory
from hgpt_desktop.core.interfaces import Emit, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.footprints import Footprint, FootprintSource
from hgpt_desktop.runtime.foresight import Foresight
from hgpt_desktop.runtime.ledger import Ledger, Line, LineState

SINGLE_SEAT_LOADERS = frozenset({"llama.cpp"})
"""Loaders whose host holds one model at a time: loading another one puts the first out."""


class NeverFits(OutOfMemory):
    """The model is larger than what models may take, whoever else leaves."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A model's new line, and who leaves before it is loaded."""

    line: Line
    leaving: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Clearing:
    """Lines that leave before the request is looked at again."""

    leaving: Sequence[Line]


@dataclass(slots=True, eq=False)
class Wish:
    """A lease that somebody asks for, see `Memory.lease`. `ticket` is drawn once it has to wait."""

    card: ModelCard
    emit: Emit
    on_progress: OnProgress
    cancel: CancelToken
    input_bytes: int | None = None
    ticket: int | None = field(default=None)


class Admission:
    """The ledger with its rules of entry.

    Args:
        foresight: what the runs expect; it says who leaves first.
        footprints: what models cost.

    Attributes:
        ledger: the book.
        cards: how the models of its lines were loaded.
        loading: whether a model is on its way in.
        waiting: the tickets of those who wait, and the device they wait for.

    Threads: under the caller's lock.
    """

    def __init__(self, foresight: Foresight, footprints: FootprintSource) -> None:
        self._foresight = foresight
        self._footprints = footprints
        self.ledger = Ledger()
        self.cards: dict[str, ModelCard] = {}
        self.loading = False
        self.waiting: dict[int, str] = {}

    def admit(
        self, wish: Wish, device: str, cost: Footprint, capacity_bytes: int
    ) -> Line | Admitted | Clearing | None:
        """Under the lock; None means wait.

        Raises:
            NeverFits: it can never fit.
        """
        card, line = wish.card, self.ledger.line(wish.card.id)
        if line is not None and line.state is LineState.READY and self._same(card, device, line):
            if self.ledger.can_hold(line, cost.peak_bytes, capacity_bytes):
                self.ledger.hold(line, cost.peak_bytes, capacity_bytes)
                return line
            self._refuse_impossible(card, device, line.weights_bytes + cost.peak_bytes, capacity_bytes)
            leaving = self.make_room(device, cost.peak_bytes, capacity_bytes, (line,))
            if not leaving:
                return None
            self.ledger.leave(leaving)
            return Clearing(leaving)
        self._refuse_impossible(card, device, cost.running_bytes, capacity_bytes)
        if line is not None:
            if not line.idle:
                return None
            self.ledger.leave([line])  # the model is there, but loaded in another way
            return Clearing([line])
        if self.loading or self._others_were_first(wish, device):
            return None
        seated: list[Line] = []
        if card.loader in SINGLE_SEAT_LOADERS:
            seated = [one for one in self.ledger.lines() if self.cards[one.model_id].loader == card.loader]
            if not all(one.idle for one in seated):
                return None
        more = self.make_room(device, cost.running_bytes, capacity_bytes, (), seated)
        if more is None:
            return None
        leaving = [*seated, *more]
        line = self.ledger.claim(
            card.id, device, cost.weights_bytes, cost.peak_bytes, capacity_bytes, leaving
        )
        self.cards[card.id] = card
        self.loading = True
        return Admitted(line, leaving)

    def _same(self, card: ModelCard, device: str, line: Line) -> bool:
        """Whether the model stands in memory as it is wanted: there, and loaded with the same options."""
        return line.device == device and self.cards[line.model_id].options == card.options

    def _refuse_impossible(
        self, card: ModelCard, device: str, needed_bytes: int, capacity_bytes: int
    ) -> None:
        if needed_bytes > capacity_bytes:
            raise NeverFits(
                f"{card.name} needs {_size(needed_bytes)} of memory, but models may take "
                f"{_size(capacity_bytes)} on {device}.",
                "Choose a smaller model, close other programs, or raise the memory budget "
                "(`memory_budget_bytes` in the settings, `--memory-budget` on the command line).",
            )

    def _others_were_first(self, wish: Wish, device: str) -> bool:
        """Whether somebody has waited for longer: a stream of small models must starve no large one."""
        return any(
            theirs == device and (wish.ticket is None or ticket < wish.ticket)
            for ticket, theirs in self.waiting.items()
        )

    def make_room(
        self,
        device: str,
        needed_bytes: int,
        capacity_bytes: int,
        staying: Sequence[Line] = (),
        leaving: Sequence[Line] = (),
    ) -> list[Line] | None:
        """Under the lock: idle models to put out besides those leaving; None where they do not suffice."""
        freed_bytes = sum(line.weights_bytes for line in leaving if line.device == device)
        lacking_bytes = self.ledger.coming_bytes(device) - freed_bytes + needed_bytes - capacity_bytes
        idle = [
            line
            for line in self.ledger.lines(device)
            if line.idle and line not in leaving and line not in staying
        ]
        chosen: list[Line] = []
        for line in self._leaving_order(idle, device):
            if lacking_bytes <= 0:
                break
            if line.weights_bytes:
                chosen.append(line)
                lacking_bytes -= line.weights_bytes
        if lacking_bytes > 0:
            return None
        for line in reversed(chosen[:-1]):  # a large one that came later may make an earlier one superfluous
            if line.weights_bytes <= -lacking_bytes and not self._foresight.is_to_leave(line.model_id):
                chosen.remove(line)
                lacking_bytes += line.weights_bytes
        return chosen

    def _leaving_order(self, idle: Sequence[Line], device: str) -> list[Line]:
        reload_s = {
            line.model_id: self._footprints.footprint(self.cards[line.model_id], device).load_s
            for line in idle
        }
        now = max((line.used for line in self.ledger.lines()), default=0) + 1
        return self._foresight.leaving_order(idle, reload_s, now)

    def reason(self, line: Line) -> str:
        """Why a model leaves, for people."""
        reload_s = self._footprints.footprint(self.cards[line.model_id], line.device).load_s
        next_use = self._foresight.next_use(line.model_id)
        when = "not needed by any plan" if next_use is None else f"next use in {next_use} tasks"
        return f"{when}, reload {reload_s:.1f} s"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GiB" if size_bytes >= 2**30 else f"{size_bytes / 2**20:.0f} MiB"
