"""What is known of the future, for all runs together: which models are needed next, and who leaves first."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hgpt_desktop.runtime.ledger import Line


@dataclass(frozen=True, slots=True)
class _Outlook:
    """One run's future: the models of its next tasks in order, and who is to leave for the first of them."""

    models: tuple[str, ...]
    leaving: frozenset[str]


class Foresight:
    """The runs' plans as far as they concern memory.

    Who leaves: first those that a scheduler chose, then those that no plan needs, the longest unused first,
    weighted by the seconds that it takes to bring them back; then those that are needed last.

    Threads: any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outlooks: dict[object, _Outlook] = {}

    def expect(self, run: object, models: Sequence[str], leaving: Iterable[str] = ()) -> None:
        """Note which models a run needs from now on, in the order of its tasks."""
        with self._lock:
            self._outlooks[run] = _Outlook(tuple(models), frozenset(leaving))

    def forget(self, run: object) -> None:
        """The run is over, or no longer knows."""
        with self._lock:
            self._outlooks.pop(run, None)

    def next_use(self, model_id: str) -> int | None:
        """How many tasks run before the model is needed, in the plan that needs it soonest; None: in none."""
        with self._lock:
            outlooks = list(self._outlooks.values())
        uses = [outlook.models.index(model_id) for outlook in outlooks if model_id in outlook.models]
        return min(uses, default=None)

    def is_to_leave(self, model_id: str) -> bool:
        """Whether a scheduler has chosen it to make room."""
        with self._lock:
            return any(model_id in outlook.leaving for outlook in self._outlooks.values())

    def leaving_order(self, idle: Sequence[Line], reload_s: Mapping[str, float], now: int) -> list[Line]:
        """The idle models, those first that may best leave.

        Args:
            reload_s: seconds to bring each of them back.
            now: the number of the present use.
        """

        def rank(line: Line) -> tuple[bool, bool, float]:
            seconds = max(reload_s[line.model_id], 1e-3)
            next_use = self.next_use(line.model_id)
            soon = -(now - line.used) / seconds if next_use is None else -next_use / seconds
            return (not self.is_to_leave(line.model_id), next_use is not None, soon)

        return sorted(idle, key=rank)
