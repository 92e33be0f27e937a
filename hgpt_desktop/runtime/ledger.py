"""The book of bytes: what models and running tasks take on each device. Pure: no threads, no clock."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class LineState(Enum):
    """Where a model stands."""

    CLAIMED = "claimed"  # admitted, but those that make room for it are still leaving: it takes nothing yet
    LOADING = "loading"
    READY = "ready"
    LEAVING = "leaving"  # it takes its bytes until it has left


@dataclass(slots=True, eq=False)
class Line:
    """A model in the book.

    Args:
        weights_bytes: taken as long as it is there.
        peak_bytes: taken on top of that as long as somebody holds it.
        promised_bytes: the capacity of the device when it was admitted.
        used: number of the last use; higher is later.
    """

    model_id: str
    device: str
    weights_bytes: int
    peak_bytes: int
    state: LineState
    promised_bytes: int = 0
    leases: int = 0
    used: int = 0

    @property
    def idle(self) -> bool:
        """Whether it may leave."""
        return self.state is LineState.READY and self.leases == 0

    @property
    def reserved_bytes(self) -> int:
        """What its tasks may take on top of its weights, now."""
        return self.peak_bytes if self.leases else 0

    @property
    def taken_bytes(self) -> int:
        """What it takes now."""
        return 0 if self.state is LineState.CLAIMED else self.weights_bytes + self.reserved_bytes


class LedgerError(Exception):
    """A bug of the caller: it asked for what the book forbids."""


class Ledger:
    """Keeps resident and reserved bytes within each device's capacity, and leased models where they are.

    What is entered has to fit both now and once all that is under way has come and gone. Threads: for one, or
    under the caller's lock.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._uses = itertools.count(1)

    # ------------------------------------------------------------ reading

    def line(self, model_id: str) -> Line | None:
        """The model's line, if it has one."""
        return self._lines.get(model_id)

    def lines(self, device: str | None = None) -> tuple[Line, ...]:
        """All lines, or those of a device."""
        return tuple(line for line in self._lines.values() if device is None or line.device == device)

    def taken_bytes(self, device: str) -> int:
        """What models and running tasks take now."""
        return sum(line.taken_bytes for line in self.lines(device))

    def reserved_bytes(self, device: str) -> int:
        """The part of it that is for running tasks."""
        return sum(line.reserved_bytes for line in self.lines(device) if line.state is not LineState.CLAIMED)

    def coming_bytes(self, device: str) -> int:
        """What will be taken once those that leave have left and those that were admitted are there."""
        return sum(
            line.weights_bytes + line.reserved_bytes
            for line in self.lines(device)
            if line.state is not LineState.LEAVING
        )

    # ------------------------------------------------------------ coming

    def claim(
        self,
        model_id: str,
        device: str,
        weights_bytes: int,
        peak_bytes: int,
        capacity_bytes: int,
        leaving: Sequence[Line] = (),
    ) -> Line:
        """Admit a model together with a first lease; those that make room for it begin to leave.

        Raises:
            LedgerError: it is here already, one of the others may not leave, or it does not fit even then.
        """
        if model_id in self._lines:
            raise LedgerError(f"{model_id} has a line already")
        freed_bytes = sum(line.weights_bytes for line in leaving if line.device == device)
        if self.coming_bytes(device) - freed_bytes + weights_bytes + peak_bytes > capacity_bytes:
            raise LedgerError(f"{model_id} does not fit on {device}")
        self.leave(leaving)
        line = Line(model_id, device, weights_bytes, peak_bytes, LineState.CLAIMED, capacity_bytes)
        self._lines[model_id] = line
        self._count(line)
        return line

    def begin_loading(self, line: Line) -> None:
        """Those that made room have left: now it takes its bytes.

        Raises:
            LedgerError: it is not claimed, or there is less room than was promised.
        """
        if line.state is not LineState.CLAIMED:
            raise LedgerError(f"{line.model_id} is {line.state.value}, not claimed")
        if self.taken_bytes(line.device) + line.weights_bytes + line.peak_bytes > line.promised_bytes:
            raise LedgerError(f"{line.model_id} is loaded before there is room")
        line.state = LineState.LOADING

    def correct(self, line: Line, weights_bytes: int, capacity_bytes: int) -> None:
        """Enter what a model really takes.

        Raises:
            LedgerError: there is no room for more.
        """
        added_bytes = weights_bytes - line.weights_bytes
        if added_bytes > 0 and self.taken_bytes(line.device) + added_bytes > capacity_bytes:
            raise LedgerError(f"{line.model_id} grows beyond what {line.device} has")
        line.weights_bytes = weights_bytes

    def ready(self, line: Line) -> None:
        """It is there."""
        line.state = LineState.READY

    # ------------------------------------------------------------ holding

    def can_hold(self, line: Line, peak_bytes: int, capacity_bytes: int) -> bool:
        """Whether a task of a model that is there fits beside all others, now and after what is under way."""
        added_bytes = max(0, peak_bytes - line.reserved_bytes)
        fullest = max(self.taken_bytes(line.device), self.coming_bytes(line.device))
        return added_bytes == 0 or fullest + added_bytes <= capacity_bytes

    def hold(self, line: Line, peak_bytes: int, capacity_bytes: int) -> None:
        """Lease a model that is there.

        Raises:
            LedgerError: it is not there, or its task does not fit.
        """
        if line.state is not LineState.READY:
            raise LedgerError(f"{line.model_id} is {line.state.value}, not ready")
        if not self.can_hold(line, peak_bytes, capacity_bytes):
            raise LedgerError(f"there is no room to run {line.model_id}")
        line.peak_bytes = max(peak_bytes, line.reserved_bytes)
        self._count(line)

    def release(self, line: Line) -> None:
        """Give a lease back.

        Raises:
            LedgerError: there is none.
        """
        if line.leases == 0:
            raise LedgerError(f"{line.model_id} is not leased")
        line.leases -= 1
        line.used = next(self._uses)

    def _count(self, line: Line) -> None:
        line.leases += 1
        line.used = next(self._uses)

    # ------------------------------------------------------------ leaving

    def leave(self, lines: Sequence[Line]) -> None:
        """Mark idle models as leaving; all of them or none.

        Raises:
            LedgerError: one of them is leased, or not there.
        """
        for line in lines:
            if not line.idle:
                raise LedgerError(
                    f"{line.model_id} is {line.state.value} with {line.leases} leases and stays"
                )
        for line in lines:
            line.state = LineState.LEAVING

    def stay(self, line: Line) -> None:
        """It could not leave after all."""
        line.state = LineState.READY

    def strike(self, line: Line) -> None:
        """It is gone, or its host is; nothing happens where it was struck before."""
        if self._lines.get(line.model_id) is line:
            del self._lines[line.model_id]
