"""The compact form in which the LLM sees and writes plans: one line for each task, written like code,
below the demand that it meets.

    # What does the sign say
    r1 = optical_character_recognition(image=image1)
    # in German
    r2 = translation(text=r1, language="German")
    end

A value is an earlier task's result, a file's short name, a list of these, or a text in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hgpt_desktop.core.plan import FileRef, Task, TaskRef, Value
from hgpt_desktop.core.tasks import TaskType, Vocabulary

END = "end"
CLOSE = ")\n"  # with the line break: models have one token for both


def function_name(task: str) -> str:
    """A task type's name as a word of code: `text_to_speech`."""
    return re.sub(r"\W+", "_", task).strip("_").lower()


def opening(number: int, task: str) -> str:
    """How a task's line begins."""
    return f"r{number} = {function_name(task)}("


def demand_line(text: str) -> str:
    """A demand of the request as a line before the tasks that meet it; it never begins a task."""
    return f"# {' '.join(text.split())}\n"


def argument(name: str, *, first: bool) -> str:
    """What stands before an argument's value."""
    return f"{'' if first else ', '}{name}="


def quote(text: str) -> str:
    """A text between double quotes, on one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def unquote(body: str) -> str:
    """The text again, from what stands between the quotes; what follows the closing one is left out."""
    plain, escaped = [], False
    for character in body:
        if character == '"' and not escaped:
            break
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
            shown.append(f"r{value.task_id}")
        elif isinstance(value, FileRef):
            shown.append(aliases[value.name])
        else:
            shown.append(quote(value))
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def task_line(task: Task, task_type: TaskType, aliases: Mapping[str, str]) -> str:
    """A task's line, without a line break."""
    given = [spec for spec in task_type.inputs if task.args.get(spec.name)]
    return (
        opening(task.id, task.task)
        + "".join(
            argument(spec.name, first=place == 0) + value_text(task.args[spec.name], aliases)
            for place, spec in enumerate(given)
        )
        + CLOSE.rstrip()
    )


def plan_lines(
    tasks: Sequence[Task],
    vocabulary: Vocabulary,
    aliases: Mapping[str, str],
    demands: Sequence[str],
    answers: Sequence[int],
) -> str:
    """A whole plan with its end: each demand, then the tasks that meet it.

    Args:
        answers: for each task the place, from 0, of its demand; never falling.
    """
    text = ""
    for place, demand in enumerate(demands):
        text += demand_line(demand)
        text += "".join(
            task_line(task, vocabulary[task.task], aliases) + "\n"
            for task, answered in zip(tasks, answers, strict=True)
            if answered == place
        )
    return text + END


def task_type_lines(vocabulary: Vocabulary) -> str:
    """The vocabulary as the prompt shows it.

    Optional inputs are left to the demonstrations: a small LLM fills whatever it sees in a signature.
    """
    return "\n".join(
        f"{function_name(one.name)}"
        f"({', '.join(spec.name for spec in one.inputs if spec.required)})"
        f" -> {'+'.join(kind.value for kind in one.outputs) or 'result'}: {one.description}"
        for one in vocabulary
    )
