"""Plans: tasks, what they depend on, and the checks that make a plan executable.

The wire form is the paper's: `{"task", "id", "dep", "args"}`, where `<resource>-2` in an argument
stands for the output of task 2 and no dependency is `[-1]` (arXiv 2303.17580, section 3.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.tasks import InputSpec, Vocabulary

REFERENCE = re.compile(r"<\w+>-(\d+)")


@dataclass(frozen=True, slots=True)
class TaskRef:
    """Stands for what a task of the same plan makes."""

    task_id: int

    def __str__(self) -> str:
        return f"<resource>-{self.task_id}"


@dataclass(frozen=True, slots=True)
class FileRef:
    """Stands for a file of the request or of an earlier turn, by its resource name."""

    name: str

    def __str__(self) -> str:
        return self.name


Value = str | TaskRef | FileRef
"""A literal text or a reference."""


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a plan. Every argument is a tuple of values: mostly one, several for several files."""

    id: int
    task: str
    args: Mapping[str, tuple[Value, ...]]

    @property
    def dependencies(self) -> tuple[int, ...]:
        """Ids of the tasks whose output this one needs, ascending."""
        found = {
            value.task_id for values in self.args.values() for value in values if isinstance(value, TaskRef)
        }
        return tuple(sorted(found))

    def __hash__(self) -> int:
        return hash((self.id, self.task, tuple(sorted(self.args.items()))))


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Work the request asks for that cannot be done here.

    Args:
        replaced_by: the task type that does part of it instead.
        lacks: the kind of file that it needs and that is not there; None where no installed model can do it.
    """

    task: str
    replaced_by: str | None = None
    lacks: Kind | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Tasks in an order in which each comes after those it depends on."""

    tasks: tuple[Task, ...]
    unavailable: tuple[Unavailable, ...] = ()

    def task(self, task_id: int) -> Task:
        """The task with that id."""
        return next(task for task in self.tasks if task.id == task_id)

    def to_wire(self, files: Mapping[str, Resource] | None = None) -> list[dict[str, Any]]:
        """The paper's form. With `files`, a file's name becomes its path."""

        def shown(value: Value) -> str:
            if isinstance(value, FileRef) and files and value.name in files:
                return str(files[value.name].path)
            return str(value)

        return [
            {
                "task": task.task,
                "id": task.id,
                "dep": list(task.dependencies) or [-1],
                "args": {
                    name: shown(values[0]) if len(values) == 1 else [shown(value) for value in values]
                    for name, values in task.args.items()
                },
            }
            for task in self.tasks
        ]

    @staticmethod
    def from_wire(wire: object, files: Sequence[Resource] = ()) -> Plan:
        """A plan read from the paper's form; a file is named by its resource name or its path.

        Raises:
            InvalidInput: it is not a list of such tasks, or a `dep` names what no argument refers to.
                Whether the tasks fit together is for `check_plan` to say.
        """
        if isinstance(wire, dict):
            wire = wire.get("tasks")
        if not isinstance(wire, list):
            raise InvalidInput(
                "The plan is not a list of tasks.", "Write it as `hgpt plan --json` prints it."
            )
        by_key = {key: file.name for file in files for key in (file.name, str(file.path))}
        tasks = []
        for entry in wire:
            if not isinstance(entry, dict) or not isinstance(entry.get("task"), str):
                raise InvalidInput(
                    "A task of the plan has no `task`.", "Every task needs task, id, dep and args."
                )
            task_id, args = entry.get("id"), entry.get("args", {})
            if not isinstance(task_id, int) or isinstance(task_id, bool) or not isinstance(args, dict):
                raise InvalidInput(
                    f"The task {entry['task']} has no whole number as id, or no args.",
                    "Every task needs task, id, dep and args.",
                )
            task = Task(
                id=task_id,
                task=entry["task"],
                args={
                    str(name): tuple(
                        _value_from_wire(item, by_key) for item in (raw if isinstance(raw, list) else [raw])
                    )
                    for name, raw in args.items()
                },
            )
            _check_dep(task, entry.get("dep", []))
            tasks.append(task)
        return Plan(tuple(tasks))


def _check_dep(task: Task, dep: object) -> None:
    """Refuse a dependency that no argument carries: it could neither be kept nor be seen in the plan."""
    named = dep if isinstance(dep, list) else [dep]
    if any(type(one) is not int for one in named):
        raise InvalidInput(
            f"The `dep` of task {task.id} ({task.task}) is not a list of task ids.",
            "Write `[-1]` where it depends on none.",
        )
    if unused := [one for one in named if one != -1 and one not in task.dependencies]:
        raise InvalidInput(
            f"Task {task.id} ({task.task}) is said to depend on task {unused[0]}, "
            "but none of its arguments refers to it.",
            f"Write `<resource>-{unused[0]}` where its output goes, or take {unused[0]} out of `dep`.",
        )


def _value_from_wire(raw: object, by_key: Mapping[str, str]) -> Value:
    text = raw if isinstance(raw, str) else str(raw)
    if match := REFERENCE.fullmatch(text):
        return TaskRef(int(match[1]))
    if text in by_key:
        return FileRef(by_key[text])
    return text


def check_plan(plan: Plan, vocabulary: Vocabulary, files: Sequence[Resource]) -> Plan:
    """The same plan in executable order, if it can be executed.

    Raises:
        InvalidInput: an id occurs twice, a type or an argument is unknown, a reference leads nowhere,
            to itself, forward in a circle, or to a resource of a kind that the argument does not take.
    """
    by_id = {task.id: task for task in plan.tasks}
    if len(by_id) != len(plan.tasks):
        raise InvalidInput("Two tasks of the plan have the same id.", "Give every task an id of its own.")
    by_name = {file.name: file for file in files}
    for task in plan.tasks:
        if task.id < 0:
            raise InvalidInput(
                f"Task {task.id} ({task.task}) has a negative id.",
                "Count from 0: -1 stands for no dependency.",
            )
        if task.task not in vocabulary:
            raise InvalidInput(
                f"There is no task type {task.task}.", "`hgpt models list` shows the task types."
            )
        _check_arguments(task, by_id, by_name, vocabulary)
    return Plan(_in_order(by_id), plan.unavailable)


def _check_arguments(
    task: Task, by_id: Mapping[int, Task], files: Mapping[str, Resource], vocabulary: Vocabulary
) -> None:
    task_type = vocabulary[task.task]
    where = f"Task {task.id} ({task.task})"
    for wanted in task_type.inputs:
        if wanted.required and not task.args.get(wanted.name):
            raise InvalidInput(f"{where} has no {wanted.name}.", f"Add `{wanted.name}` to its args.")
    for name, values in task.args.items():
        spec = task_type.input(name)
        if spec is None:
            known = ", ".join(s.name for s in task_type.inputs)
            raise InvalidInput(f"{where} takes no argument {name}.", f"It takes {known}.")
        for value in values:
            if spec.literal_only and not isinstance(value, str):
                raise InvalidInput(
                    f"{where} needs its {name} written out, not {value}.", f"Write the {name} into the plan."
                )
            if isinstance(value, TaskRef):
                _check_reference(where, spec, value, task.id, by_id, vocabulary)
            elif isinstance(value, FileRef):
                if value.name not in files:
                    raise InvalidInput(
                        f"{where} needs the file {value.name}, which is not attached.",
                        "Attach the file, or name another one.",
                    )
                if files[value.name].kind not in spec.kinds:
                    raise InvalidInput(
                        f"{where} cannot take {value.name} ({files[value.name].kind.value}) as its {name}.",
                        f"It takes {_kinds(spec)}.",
                    )
            elif Kind.TEXT not in spec.kinds:
                raise InvalidInput(
                    f"{where} needs a file as its {name}, not a text.", f"It takes {_kinds(spec)}."
                )
            elif spec.choices and value not in spec.choices:
                raise InvalidInput(
                    f"{where} does not take {value!r} as its {name}.", f"It takes {', '.join(spec.choices)}."
                )
            elif spec.number is not None and spec.number.read(value) is None:
                raise InvalidInput(
                    f"{where} does not take {value!r} as its {name}.",
                    f"It takes a number from {spec.number}.",
                )


def _check_reference(
    where: str,
    spec: InputSpec,
    value: TaskRef,
    task_id: int,
    by_id: Mapping[int, Task],
    vocabulary: Vocabulary,
) -> None:
    source = by_id.get(value.task_id)
    if source is None or source.task not in vocabulary:
        raise InvalidInput(
            f"{where} depends on task {value.task_id}, which is not in the plan.",
            "Add that task, or remove the reference to it.",
        )
    if value.task_id == task_id:
        raise InvalidInput(f"{where} depends on itself.", "Let it refer to another task.")
    if not set(vocabulary[source.task].outputs) & set(spec.kinds):
        raise InvalidInput(
            f"{where} cannot take the output of task {source.id} ({source.task}) as its {spec.name}.",
            f"It takes {_kinds(spec)}.",
        )


def _kinds(spec: InputSpec) -> str:
    return " or ".join(kind.value for kind in spec.kinds)


def _in_order(by_id: Mapping[int, Task]) -> tuple[Task, ...]:
    """Tasks after their dependencies; among those free, the plan's own order."""
    done: set[int] = set()
    ordered: list[Task] = []
    waiting = list(by_id.values())
    while waiting:
        task = next((t for t in waiting if done.issuperset(t.dependencies)), None)
        if task is None:
            circle = ", ".join(str(t.id) for t in waiting)
            raise InvalidInput(
                f"The tasks {circle} wait for one another in a circle.", "Remove one dependency."
            )
        waiting.remove(task)
        done.add(task.id)
        ordered.append(task)
    return tuple(ordered)
