"""Arithmetic on plans: what one would cost, and the part of one that is run again. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hgpt_desktop.bridge.views import CandidateView, PlanKit
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Value
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.core.tasks import Vocabulary

COSTLY_S = 60.0
COSTLY_SHARE = 0.8  # of the memory that models may take


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan would take.

    Args:
        seconds: the sum over its tasks; None where one of them never ran here.
        memory_bytes: the largest of its models.
        leaving: names of models that would be put out of memory.
        costly: whether it is long or nearly fills the memory.
    """

    seconds: float | None
    memory_bytes: int
    leaving: tuple[str, ...]
    costly: bool


def chosen(task: Task, kit: PlanKit, models: Mapping[int, str]) -> CandidateView | None:
    """The model that would do the task: the user's, else the best ranked one; None where there is none."""
    candidates = kit.candidates.get(task.task, ())
    wanted = models.get(task.id)
    return next((one for one in candidates if one.id == wanted), candidates[0] if candidates else None)


def estimate(plan: Plan, kit: PlanKit, models: Mapping[int, str]) -> Estimate:
    """What the plan would take with these models."""
    used = [one for task in plan.tasks if (one := chosen(task, kit, models)) is not None]
    times = [one.seconds for one in used]
    seconds = sum(time for time in times if time is not None) if None not in times else None
    largest = max((one.memory_bytes for one in used), default=0)
    wanted = {one.id: one for one in used}
    resident = {one.model_id for one in kit.resident}
    # Weights stay, and one model at a time is at work.
    needed = sum(one.memory_bytes - one.peak_bytes for one in wanted.values() if one.id not in resident)
    needed += max((one.peak_bytes for one in used), default=0)
    free = kit.capacity_bytes - sum(one.bytes for one in kit.resident)
    leaving: list[str] = []
    # The last used stands first: those at the end leave first.
    for tenant in reversed(kit.resident):
        if needed <= free:
            break
        if tenant.model_id not in wanted and not tenant.leased:
            leaving.append(tenant.name)
            free += tenant.bytes
    costly = (
        (seconds is not None and seconds > COSTLY_S)
        or any(task.task.endswith("-to-video") or task.task.endswith("to-image") for task in plan.tasks)
        or largest > COSTLY_SHARE * kit.capacity_bytes
    )
    return Estimate(seconds, largest, tuple(leaving), costly)


def descendants(plan: Plan, task_id: int) -> frozenset[int]:
    """The task and all that depend on it."""
    found = {task_id}
    for task in plan.tasks:  # each comes after those it depends on
        if found.intersection(task.dependencies):
            found.add(task.id)
    return frozenset(found)


def without(plan: Plan, task_id: int, files: Sequence[Resource], vocabulary: Vocabulary) -> Plan:
    """The plan without a task. What took its result takes what the task itself took, where that is of a kind
    that fits: without the summary the whole text is said aloud. What is left without something to work on
    goes too.
    """
    gone = plan.task(task_id)
    taken = _worked_on(gone, vocabulary)
    left: list[Task] = []
    idle: list[int] = []
    for task in plan.tasks:
        if task.id == task_id:
            continue
        args: dict[str, tuple[Value, ...]] = {}
        for name, values in task.args.items():
            spec = vocabulary[task.task].input(name)
            fitting = [
                one for one in taken if spec and _kinds(one, plan, files, vocabulary) & set(spec.kinds)
            ]
            if spec is not None and not spec.many:
                fitting = fitting[:1]
            instead = (new for one in values for new in (fitting if one == TaskRef(task_id) else [one]))
            args[name] = tuple(dict.fromkeys(instead))
            if values and not args[name]:
                del args[name]
                if spec is None or spec.required:
                    idle.append(task.id)
        left.append(replace(task, args=args))
    after = set().union(*(descendants(plan, one) for one in idle))
    return replace(plan, tasks=tuple(task for task in left if task.id not in after))


def _worked_on(task: Task, vocabulary: Vocabulary) -> tuple[Value, ...]:
    """What the task takes that is not said of how it is done."""
    specs = {spec.name: spec for spec in vocabulary[task.task].inputs if not spec.literal_only}
    return tuple(value for name, values in task.args.items() if name in specs for value in values)


def _kinds(value: Value, plan: Plan, files: Sequence[Resource], vocabulary: Vocabulary) -> set[Kind]:
    match value:
        case TaskRef(task_id=task_id):
            return set(vocabulary[plan.task(task_id).task].outputs)
        case FileRef(name=name):
            return {file.kind for file in files if file.name == name}
        case _:
            return {Kind.TEXT}


def with_task(plan: Plan, changed: Task) -> Plan:
    """The plan with this task in the place of the one of the same id, or at the end."""
    if any(task.id == changed.id for task in plan.tasks):
        tasks = tuple(changed if task.id == changed.id else task for task in plan.tasks)
    else:
        tasks = (*plan.tasks, changed)
    return replace(plan, tasks=tasks)


def sources_for(
    plan: Plan, task_id: int, kinds: Iterable[Kind], files: Sequence[Resource], vocabulary: Vocabulary
) -> tuple[Value, ...]:
    """What an argument of that task could be connected to: files and outputs of these kinds, no circles."""
    wanted = set(kinds)
    after = descendants(plan, task_id)
    found: list[Value] = [FileRef(file.name) for file in files if file.kind in wanted]
    found += [
        TaskRef(task.id)
        for task in plan.tasks
        if task.id not in after and task.task in vocabulary and wanted & set(vocabulary[task.task].outputs)
    ]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Again:
    """The part of a plan that is run again. Files stand in the plan by path, all of them are in `files`."""

    plan: Plan
    files: tuple[Path, ...]


def run_again(plan: Plan, results: Sequence[TaskResult], from_id: int, vocabulary: Vocabulary) -> Again:
    """The task and all after it, on what was made before it."""
    again = descendants(plan, from_id)
    by_id = {result.task.id: result for result in results}
    files: dict[Path, None] = {}
    tasks = []
    for task in plan.tasks:
        if task.id not in again:
            continue
        args: dict[str, tuple[Value, ...]] = {}
        for name, values in task.args.items():
            kept: list[Value] = []
            for value in values:
                if isinstance(value, str) or (isinstance(value, TaskRef) and value.task_id in again):
                    kept.append(value)
                    continue
                for resource in _behind(value, task, name, by_id, vocabulary):
                    files.setdefault(resource.path)
                    kept.append(FileRef(str(resource.path)))
            args[name] = tuple(dict.fromkeys(kept))
        tasks.append(replace(task, args=args))
    return Again(replace(plan, tasks=tuple(tasks), unavailable=()), tuple(files))


def _behind(
    value: Value, task: Task, name: str, results: Mapping[int, TaskResult], vocabulary: Vocabulary
) -> list[Resource]:
    """The files that a reference stood for."""
    if isinstance(value, TaskRef):
        source = results.get(value.task_id)
        spec = vocabulary[task.task].input(name) if task.task in vocabulary else None
        made = source.outputs if source else ()
        return [one for one in made if spec is None or one.kind in spec.kinds]
    own = results.get(task.id)
    given = own.inputs.get(name, ()) if own else ()
    return [one for one in given if isinstance(one, Resource) and one.name == str(value)] or [
        one for one in given if isinstance(one, Resource)
    ]
