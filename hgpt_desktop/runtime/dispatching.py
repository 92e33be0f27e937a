"""Which ready tasks of a run start now: a scheduler for each device, and the free places of the lanes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Task
from hgpt_desktop.runtime.decisions import Decision, PlannedTask
from hgpt_desktop.runtime.memory import DeviceMemory, MemoryView
from hgpt_desktop.runtime.scheduling import Scheduler

log = logging.getLogger(__name__)

LLM_LOADER = "llama.cpp"
OnDecision = Callable[[Decision | None, float], None]
_RESPONSE = -1
"""Stands for the work of the LLM after the last task. Ids of tasks are not negative."""


def lane_of(card: ModelCard, device: str) -> str:
    """The lane in which a model's tasks run: `controller`, `accelerator` or `cpu`."""
    if card.loader == LLM_LOADER:
        return "controller"
    return "cpu" if device == "cpu" else "accelerator"


@dataclass(frozen=True, slots=True)
class Position:
    """How far a run is.

    Args:
        cards: the model of each task that may still run.
        done: tasks that have ended, or never will run.
        running: tasks under way.
        ready: tasks whose turn it is.
    """

    cards: Mapping[int, ModelCard]
    done: Collection[int]
    running: Collection[int]
    ready: Collection[int]


class Dispatcher:
    """Decides for one run. Threads: for one.

    Args:
        tasks: of the plan.
        places: how many tasks each lane runs at the same time.
        then: the model that is needed once all tasks have ended: the LLM that writes the answer.
        on_decision: told of each decision, or None for a wait, and the processor's seconds that it took.
        read_ahead: told of the model that will be loaded next.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        memory: DeviceMemory,
        places: Mapping[str, int],
        then: ModelCard | None = None,
        on_decision: OnDecision = lambda decision, seconds: None,
        read_ahead: Callable[[ModelCard], object] = lambda card: None,
    ) -> None:
        self._tasks = tuple(tasks)
        self._deps = {task.id: task.dependencies for task in tasks}
        self._memory = memory
        self._places = places
        self._then = then
        self._on_decision = on_decision
        self._read_ahead = read_ahead
        self._coming: ModelCard | None = None
        self._schedulers: dict[str, tuple[tuple[PlannedTask, ...], Scheduler]] = {}
        self._decided: Scheduler | None = None

    def next_task(self, position: Position) -> Decision | None:
        """The task to start, or None where it is better to wait for one that runs."""
        devices = {task_id: self._memory.device_for(card) for task_id, card in position.cards.items()}
        free = dict(self._places)
        for task_id in position.running:
            free[self._lane(position, devices, task_id)] -= 1
        for device in dict.fromkeys(devices[task_id] for task_id in sorted(position.ready)):
            ready = [
                task_id
                for task_id in position.ready
                if devices[task_id] == device and free[self._lane(position, devices, task_id)] > 0
            ]
            if ready:
                decision = self._decide(device, devices, position, ready)
                if decision is not None:
                    return decision
        return None

    def think(self) -> None:
        """Use the time in which the lanes are busy to look further ahead, and to read files ahead."""
        if self._coming is not None:
            self._read_ahead(self._coming)
            self._coming = None
        if self._decided is not None:
            self._decided.think()
            self._decided = None

    def close(self) -> None:
        """The run needs nothing any more."""
        for device in self._schedulers:
            self._memory.foresight.forget((self, device))

    # ------------------------------------------------------------ one device

    def _decide(
        self, device: str, devices: Mapping[int, str], position: Position, ready: Collection[int]
    ) -> Decision | None:
        planned = self._planned(device, devices, position)
        here = {task.id for task in planned}
        cards = {card.id: card for task_id, card in position.cards.items() if task_id in here}
        if _RESPONSE in here and self._then is not None:
            cards[self._then.id] = self._then
        view = self._memory.view(device, cards.values())
        scheduler = self._scheduler(device, planned, view)
        began = time.thread_time()
        decision = scheduler.decide(
            here.intersection(position.done),
            here.intersection(position.running),
            ready,
            view.state,
            view.footprints,
            view.worth_s,
        )
        self._on_decision(decision, time.thread_time() - began)
        if decision is not None:
            models = {task.id: task.model for task in planned}
            self._memory.foresight.expect(
                (self, device),
                [models[task_id] for task_id in decision.order],
                [eviction.model for eviction in decision.evictions],
            )
            model = models[decision.task]
            there = view.state.resident - {eviction.model for eviction in decision.evictions} | {model}
            load_s = 0.0 if model in view.state.resident else view.footprints[model].load_s
            self._memory.rival.decided(device, there, load_s)
            following = (models[task_id] for task_id in decision.order[1:])
            coming = next((model for model in following if model not in there), None)
            self._coming = cards.get(coming) if coming is not None else None
            for eviction in decision.evictions:
                log.debug("Task %d puts out %s: %s", decision.task, eviction.model, eviction.reason)
            self._decided = scheduler
        return decision

    def _scheduler(self, device: str, planned: tuple[PlannedTask, ...], view: MemoryView) -> Scheduler:
        kept = self._schedulers.get(device)
        if kept is None:
            pledge = self._memory.rival.begin(device, planned, view.state, view.footprints)
            kept = self._schedulers[device] = (planned, Scheduler(planned, pledge))
        elif kept[0] != planned:  # another candidate took a task over
            kept = self._schedulers[device] = (planned, Scheduler(planned))
        return kept[1]

    def _planned(
        self, device: str, devices: Mapping[int, str], position: Position
    ) -> tuple[PlannedTask, ...]:
        """The tasks of a device; what they need of others is looked through to what those need."""
        here = [task.id for task in self._tasks if devices.get(task.id) == device]
        planned = [
            PlannedTask(task_id, position.cards[task_id].id, self._needed(task_id, set(here)))
            for task_id in here
        ]
        if self._then is not None and self._memory.device_for(self._then) == device:
            planned.append(PlannedTask(_RESPONSE, self._then.id, tuple(here)))
        return tuple(planned)

    def _needed(self, task_id: int, here: Collection[int]) -> tuple[int, ...]:
        found: set[int] = set()
        seen: set[int] = set()
        pending = list(self._deps[task_id])
        while pending:
            one = pending.pop()
            if one in here:
                found.add(one)
            elif one not in seen:
                seen.add(one)
                pending += self._deps[one]
        return tuple(sorted(found))

    def _lane(self, position: Position, devices: Mapping[int, str], task_id: int) -> str:
        return lane_of(position.cards[task_id], devices[task_id])
