"""What the status line says about an event."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from hgpt_desktop.core.errors import ExitCode
from hgpt_desktop.core.events import (
    Event,
    ModelEvicted,
    ModelLoading,
    PlanReady,
    RequestFinished,
    Stage,
    StageStarted,
    TaskProgressed,
    TaskStarted,
)
from hgpt_desktop.ui.formats import duration_text, size_text
from hgpt_desktop.ui.task_names import plain_name


class Activity:
    """Puts events into words; it remembers the plan, so that tasks have names."""

    def __init__(self) -> None:
        self._tasks: dict[int, str] = {}
        self._loading = False

    def sentence(self, event: Event) -> str | None:
        """The sentence for this event, or None where it changes nothing."""
        match event:
            case StageStarted(stage=stage):
                return {
                    Stage.PLANNING: QCoreApplication.translate("activity", "Working out a plan"),
                    Stage.SELECTION: QCoreApplication.translate("activity", "Choosing models"),
                    Stage.EXECUTION: QCoreApplication.translate("activity", "Plan at work"),
                    Stage.RESPONSE: QCoreApplication.translate("activity", "Writing the answer"),
                }[stage]
            case PlanReady(plan=plan):
                self._tasks = {task.id: task.task for task in plan.tasks}
                return None
            case ModelLoading(model_id=model_id, bytes=size):
                self._loading = True
                return QCoreApplication.translate("activity", "Loading {model}, {size}").format(
                    model=model_id, size=size_text(size)
                )
            case ModelEvicted(model_id=model_id):
                return QCoreApplication.translate("activity", "{model} was put out of memory").format(
                    model=model_id
                )
            case TaskStarted(task_id=task_id) if task_id in self._tasks:
                self._loading = False
                return plain_name(self._tasks[task_id])
            case TaskProgressed(task_id=task_id, message="") if self._loading and task_id in self._tasks:
                self._loading = False  # it was loaded once more, for a task that had begun
                return plain_name(self._tasks[task_id])
            case RequestFinished(exit_code=exit_code, seconds=seconds):
                return self._ending(exit_code, seconds)
            case _:
                return None

    @staticmethod
    def _ending(exit_code: int, seconds: float) -> str:
        if exit_code == ExitCode.DONE:
            return QCoreApplication.translate("activity", "Done in {time}").format(
                time=duration_text(seconds)
            )
        if exit_code == ExitCode.CANCELLED:
            return QCoreApplication.translate("activity", "Stopped")
        if exit_code == ExitCode.TASK_FAILED:
            return QCoreApplication.translate("activity", "Done in part, in {time}").format(
                time=duration_text(seconds)
            )
        return QCoreApplication.translate("activity", "Not done")
