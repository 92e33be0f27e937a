"""The compact form in which the LLM sees and writes plans: one line for each task.

    #1 optical-character-recognition image=image1
    #2 translation text=#1 language="German"
    end

A value is a task's number, a file's short name (several joined by commas), or a text in double quotes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hgpt_desktop.core.plan import FileRef, Task, TaskRef, Value
from hgpt_desktop.core.tasks import TaskType, Vocabulary

END = "end"


def quote(text: str) -> str:
    """A text between double quotes, on one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def unquote(body: str) -> str:
    """The text again, from what stands between the quotes."""
    plain, escaped = [], False
    for character in body:
        if escaped:
            plain.append("\n" if character == "n" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            plain.append(character)
    return "".join(plain)


def value_text(values: Sequence[Value], aliases: Mapping[str, str]) -> str:
    """One argument's values. `aliases` gives a file's short name by its resource name."""
    shown = []
    for value in values:
        if isinstance(value, TaskRef):
            shown.append(f"#{value.task_id}")
        elif isinstance(value, FileRef):
            shown.append(aliases[value.name])
        else:
            shown.append(quote(value))
    return ",".join(shown)


def task_line(task: Task, task_type: TaskType, aliases: Mapping[str, str]) -> str:
    """A task's line, without a line break."""
    arguments = [
        f"{spec.name}={value_text(task.args[spec.name], aliases)}"
        for spec in task_type.inputs
        if task.args.get(spec.name)
    ]
    return " ".join([f"#{task.id}", task.task, *arguments])


def plan_lines(tasks: Sequence[Task], vocabulary: Vocabulary, aliases: Mapping[str, str]) -> str:
    """A whole plan with its end."""
    return "\n".join([*(task_line(task, vocabulary[task.task], aliases) for task in tasks), END])


def task_type_lines(vocabulary: Vocabulary) -> str:
    """The vocabulary as the prompt shows it."""
    return "\n".join(
        f"{one.name}({', '.join(spec.name + ('' if spec.required else '?') for spec in one.inputs)})"
        f" -> {'+'.join(kind.value for kind in one.outputs) or 'result'}: {one.description}"
        for one in vocabulary
    )
