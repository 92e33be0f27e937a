"""Which task's text is the answer, word for word: who asks for a translation wants to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hgpt_desktop.controller.text_tasks import TEXT_TASKS
from hgpt_desktop.core.plan import Task

READ_OFF = frozenset({"automatic-speech-recognition", "optical-character-recognition"})
"""Their texts stood in a recording or in a picture, and can be as long as these."""

_READS_AS_ANSWER = (TEXT_TASKS | READ_OFF) - {"text-classification", "token-classification"}
_MADE_OF_A_TEXT = frozenset({"text-to-speech", "text-to-audio", "text-to-image", "text-to-video"})


def answering_task(tasks: Sequence[Task]) -> Task | None:
    """The task that wrote what all the others lead to; None where results have to be put together.

    A text that is said aloud or painted afterwards remains the answer.

    Args:
        tasks: of a plan, or those of it that delivered.
    """
    by_id = {task.id: task for task in tasks}
    worked_on = {source for task in tasks for source in task.dependencies}
    authors = {_author(task, by_id) for task in tasks if task.id not in worked_on}
    (author,) = authors if len(authors) == 1 else (None,)
    return author if author is not None and author.task in _READS_AS_ANSWER else None


def _author(task: Task, by_id: Mapping[int, Task]) -> Task | None:
    while task.task in _MADE_OF_A_TEXT:
        sources = [by_id[source] for source in task.dependencies if source in by_id]
        if len(sources) != 1:
            return None
        task = sources[0]
    return task
