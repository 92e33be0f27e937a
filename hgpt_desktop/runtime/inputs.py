"""From a task's arguments to what its expert is given."""

from __future__ import annotations

from collections.abc import Mapping

from hgpt_desktop.core.errors import ExecutionFailed, InvalidInput
from hgpt_desktop.core.plan import FileRef, Task, TaskRef
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.tasks import InputSpec, TaskType

Inputs = Mapping[str, tuple[Resource | str, ...]]


def resolve_inputs(
    task: Task,
    task_type: TaskType,
    outputs: Mapping[int, tuple[Resource, ...]],
    resources: Mapping[str, Resource],
) -> Inputs:
    """The task's arguments with every reference replaced by what it stands for, and options that were not
    given at their defaults.

    A reference to a task stands for all of its outputs that the argument can take.

    Args:
        outputs: what the tasks before this one made, by task id.
        resources: files of the request and of earlier turns, by name.

    Raises:
        ExecutionFailed: the task referred to made nothing of a kind that the argument takes.
        InvalidInput: the plan names an argument or a file that does not exist.
    """
    resolved: dict[str, tuple[Resource | str, ...]] = {
        spec.name: (spec.default,)
        for spec in task_type.options
        if spec.default is not None and not task.args.get(spec.name)
    }
    for name, values in task.args.items():
        spec = task_type.input(name)
        if spec is None:
            raise InvalidInput(
                f"Task {task.id} ({task.task}) takes no argument {name}.",
                f"It takes {', '.join(known.name for known in task_type.inputs)}.",
            )
        found: list[Resource | str] = []
        for value in values:
            if isinstance(value, TaskRef):
                found += _outputs_for(task, spec, value.task_id, outputs)
            elif isinstance(value, FileRef):
                if value.name not in resources:
                    raise InvalidInput(
                        f"Task {task.id} ({task.task}) needs the file {value.name}, which is not attached.",
                        "Attach the file, or change the plan.",
                    )
                found.append(resources[value.name])
            else:
                found.append(value)
        resolved[name] = tuple(found)
    return resolved


def _outputs_for(
    task: Task, spec: InputSpec, source_id: int, outputs: Mapping[int, tuple[Resource, ...]]
) -> list[Resource]:
    fitting = [output for output in outputs.get(source_id, ()) if output.kind in spec.kinds]
    if not fitting:
        wanted = " or ".join(kind.value for kind in spec.kinds)
        raise ExecutionFailed(
            f"Task {source_id} made no {wanted} that task {task.id} ({task.task}) can use as {spec.name}.",
            "Put the request in other words, so that the steps fit together.",
        )
    return fitting


def input_bytes(inputs: Inputs) -> int:
    """The size of all that a task is given; tells similar runs from others."""
    return sum(
        len(value.encode()) if isinstance(value, str) else value.size_bytes
        for values in inputs.values()
        for value in values
    )


def split_calls(task: Task, task_type: TaskType, inputs: Inputs) -> tuple[Inputs, ...]:
    """One set of inputs for each call of the expert.

    Where an argument that takes one value has several, the expert is called once for each. Arguments
    with as many values go along one by one; those with a single value are given to every call.

    Raises:
        InvalidInput: two such arguments have different numbers of values.
    """
    several = [spec.name for spec in task_type.inputs if not spec.many and len(inputs.get(spec.name, ())) > 1]
    if not several:
        return (inputs,)
    count = len(inputs[several[0]])
    for name in several[1:]:
        if len(inputs[name]) != count:
            raise InvalidInput(
                f"Task {task.id} ({task.task}) has {count} values as its {several[0]}, "
                f"but {len(inputs[name])} as its {name}.",
                f"Give one {name} for all, or one for each {several[0]}.",
            )
    return tuple(
        {name: (values[index],) if name in several else values for name, values in inputs.items()}
        for index in range(count)
    )
