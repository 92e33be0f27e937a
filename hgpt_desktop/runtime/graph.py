"""The graph of a plan's tasks: which may start, and which never will. Pure: no threads, clock or files."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import Task


class TaskState(Enum):
    """Where a task of the graph stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class TaskGraph:
    """Hands out every task once, after all that it depends on is done.

    Threads: for one thread.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        """Take the tasks of a plan, in any order; the sequence may change afterwards.

        Raises:
            InvalidInput: an id occurs twice, a dependency is not in the plan, or tasks wait in a circle.
        """
        self._tasks = {task.id: task for task in tasks}
        if len(self._tasks) != len(tasks):
            raise InvalidInput("Two tasks of the plan have the same id.", "Give every task an id of its own.")
        for task in self._tasks.values():
            for needed in task.dependencies:
                if needed not in self._tasks:
                    raise InvalidInput(
                        f"Task {task.id} ({task.task}) depends on task {needed}, which is not in the plan.",
                        "Add that task, or remove the reference to it.",
                    )
        self._states = dict.fromkeys(self._tasks, TaskState.WAITING)
        self._refuse_circles()

    def _refuse_circles(self) -> None:
        reached: set[int] = set()
        while free := [
            t.id for t in self._tasks.values() if t.id not in reached and reached.issuperset(t.dependencies)
        ]:
            reached.update(free)
        if circle := [str(task_id) for task_id in self._tasks if task_id not in reached]:
            raise InvalidInput(
                f"The tasks {', '.join(circle)} wait for one another in a circle.", "Remove one dependency."
            )

    def state(self, task_id: int) -> TaskState:
        """Where the task stands."""
        return self._states[task_id]

    def ready(self) -> tuple[Task, ...]:
        """Tasks that may start now and have not been started, in the plan's order."""
        return tuple(
            task
            for task in self._tasks.values()
            if self._states[task.id] is TaskState.WAITING
            and all(self._states[needed] is TaskState.DONE for needed in task.dependencies)
        )

    def start(self, task_id: int) -> None:
        """Note that a ready task runs.

        Raises:
            ValueError: it is not ready (a bug of the caller).
        """
        if all(task.id != task_id for task in self.ready()):
            raise ValueError(f"task {task_id} is not ready: {self._states[task_id].value}")
        self._states[task_id] = TaskState.RUNNING

    def complete(self, task_id: int, ok: bool) -> tuple[Task, ...]:
        """Note how a running task ended; returns the tasks that can never start because of it.

        Raises:
            ValueError: it is not running (a bug of the caller).
        """
        if self._states[task_id] is not TaskState.RUNNING:
            raise ValueError(f"task {task_id} does not run: {self._states[task_id].value}")
        self._states[task_id] = TaskState.DONE if ok else TaskState.FAILED
        return () if ok else self._skip_descendants(task_id)

    def _skip_descendants(self, failed_id: int) -> tuple[Task, ...]:
        lost = {failed_id}
        skipped: list[Task] = []
        while found := [
            task
            for task in self._tasks.values()
            if self._states[task.id] is TaskState.WAITING and lost.intersection(task.dependencies)
        ]:
            for task in found:
                self._states[task.id] = TaskState.SKIPPED
                lost.add(task.id)
            skipped += found
        order = list(self._tasks)
        return tuple(sorted(skipped, key=lambda task: order.index(task.id)))

    @property
    def finished(self) -> bool:
        """Whether nothing runs and nothing can start any more."""
        return not any(state in (TaskState.WAITING, TaskState.RUNNING) for state in self._states.values())
