"""A blind server beside the program, on paper: first in, first out, and the longest unused model leaves.

The best schedule of one plan can leave behind what the next plan does not want, and then a blind server is
lucky. So a plan must leave the program no worse off than that server, whatever comes next: what it is ahead
by has to pay for loading all that the server holds and the program does not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hgpt_desktop.runtime.decisions import DeviceState, PlannedTask, Pledge
from hgpt_desktop.runtime.footprints import Footprint

ChooseVictim = Callable[[Sequence[str]], str]
"""Among models, the longest unused first, who leaves."""


@dataclass(slots=True)
class _Rivalry:
    """One device: what the server holds, the longest unused first, and by how much the program is ahead.

    `ours` is what the program held after its last decision, by its decisions.
    """

    held: list[str] = field(default_factory=list)
    lead_s: float = 0.0
    ours: frozenset[str] = frozenset()
    footprints: dict[str, Footprint] = field(default_factory=dict)
    begun: bool = False

    def seconds(self, models: Collection[str]) -> float:
        return sum(self.footprints[model].load_s for model in models)


class Rival:
    """The server on each device. Threads: any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rivalries: dict[str, _Rivalry] = {}

    def begin(
        self,
        device: str,
        tasks: Sequence[PlannedTask],
        state: DeviceState,
        footprints: Mapping[str, Footprint],
    ) -> Pledge:
        """Let the server run a plan, and say what the program has to keep to.

        What no plan had a part in happens to the server as well: the LLM was loaded to plan, a host died.
        Where the program fell behind nevertheless, that is written off.

        Args:
            footprints: of the models of the plan and of those that are there.
        """
        models = {task.id: task.model for task in tasks}
        fitting = {task.id for task in tasks if footprints[task.model].running_bytes <= state.capacity_bytes}
        order = first_in_first_out({task.id: task.deps for task in tasks}, fitting)
        order = [task_id for task_id in order if task_id in fitting]
        with self._lock:
            one = self._rivalries.setdefault(device, _Rivalry())
            one.footprints.update(footprints)
            one.held = [model for model in one.held if model in state.resident or model not in one.ours]
            one.held += sorted(state.resident - one.ours - set(one.held))
            one.ours = state.resident
            one.lead_s = max(one.lead_s, one.seconds(set(one.held) - state.resident))
            course = []
            steps = run_blind(
                one.held, [models[task_id] for task_id in order], state.capacity_bytes, one.footprints
            )
            for task_id, loaded in zip(order, steps, strict=True):
                one.lead_s += footprints[models[task_id]].load_s if loaded else 0.0
                course.append((task_id, frozenset(one.held)))
            binding, one.begun = one.begun, True
            held = {model: one.footprints[model].load_s for model in one.held}
            return Pledge(one.lead_s, held, tuple(course), binding)

    def decided(self, device: str, resident: frozenset[str], load_s: float) -> None:
        """The program decided: what it will hold then, and the seconds of loading that this takes."""
        with self._lock:
            one = self._rivalries.setdefault(device, _Rivalry())
            one.ours = resident
            one.lead_s -= load_s


def first_in_first_out(deps: Mapping[int, Collection[int]], fitting: Collection[int]) -> list[int]:
    """The tasks in the order in which they become ready.

    Args:
        deps: what each task needs, by id.
        fitting: the tasks that can run at all; what needs another one never becomes ready.
    """
    order: list[int] = []
    queued: set[int] = set()
    done: set[int] = set()
    position = 0
    while True:
        for task_id, needed in deps.items():
            if task_id not in queued and done.issuperset(needed):
                queued.add(task_id)
                order.append(task_id)
        if position == len(order):
            return order
        if order[position] in fitting:
            done.add(order[position])
        position += 1


def run_blind(
    held: list[str],
    models: Sequence[str],
    capacity_bytes: int,
    footprints: Mapping[str, Footprint],
    choose: ChooseVictim = lambda held: held[0],
) -> Iterator[bool]:
    """Whether each task had to load its model, one after another.

    Args:
        held: the models that are there, the longest unused first; kept up to date from task to task.
        models: of the tasks; each fits by itself.
        choose: who leaves, as often as one has to; the longest unused if not said otherwise.
    """

    def weights_bytes() -> int:
        return sum(footprints[model].weights_bytes for model in held)

    for model in models:
        cost = footprints[model]
        loaded = model not in held
        added_bytes = cost.peak_bytes + (cost.weights_bytes if loaded else 0)
        while weights_bytes() + added_bytes > capacity_bytes:
            held.remove(choose([other for other in held if other != model]))
        if not loaded:
            held.remove(model)
        held.append(model)
        yield loaded
