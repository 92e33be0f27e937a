"""Errors that speak to a person: what happened, what to do, and the technical part.

`Cancelled` is not an error: it is how work that the user stopped unwinds, and it is never shown.
Anything that is neither an `HgptError` nor `Cancelled` is a bug.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line ends with."""

    DONE = 0
    TASK_FAILED = 1
    BAD_INPUT = 2
    ENVIRONMENT = 3
    CANCELLED = 130


class HgptError(Exception):
    """One sentence for the user, a hint that says what to do, and the technical detail."""

    exit_code = ExitCode.TASK_FAILED

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message, hint, detail)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidInput(HgptError):
    """The user can mend it: a wrong file, an empty request, an unknown id."""

    exit_code = ExitCode.BAD_INPUT


class EnvironmentFault(HgptError):
    """The machine, not the request, stands in the way."""

    exit_code = ExitCode.ENVIRONMENT


class OutOfMemory(EnvironmentFault):
    """A model does not fit into what is free."""


class ModelMissing(EnvironmentFault):
    """No installed model can do this task."""


class ModelDamaged(EnvironmentFault):
    """A model's file is not the one the catalogue describes."""


class DiskFull(EnvironmentFault):
    """There is not enough room on the disk."""


class CatalogUnavailable(EnvironmentFault):
    """models.yaml or its index cannot be read."""


class DatabaseTooNew(EnvironmentFault):
    """A newer version of the program wrote this database."""


class DownloadFailed(EnvironmentFault):
    """A file could not be fetched; what has arrived is kept."""


class HostDied(EnvironmentFault):
    """A host process ended while it was needed; it is started anew at the next use."""


class HostStalled(EnvironmentFault):
    """A task ran past its time limit and its host was ended."""


class StageError(HgptError):
    """One of the four stages could not do its work."""


class PlanningFailed(StageError):
    """No plan could be made of the request."""


class SelectionFailed(StageError):
    """No model could be chosen for a task."""


class ExecutionFailed(StageError):
    """A task's expert could not produce its output."""


class ResponseFailed(StageError):
    """The answer could not be written."""


class Cancelled(Exception):
    """The user stopped the work."""


ERRORS_BY_NAME: dict[str, type[HgptError]] = {
    cls.__name__: cls
    for cls in (
        HgptError, InvalidInput, EnvironmentFault, OutOfMemory, ModelMissing, ModelDamaged, DiskFull,
        CatalogUnavailable, DatabaseTooNew, DownloadFailed, HostDied, HostStalled, StageError,
        PlanningFailed, SelectionFailed, ExecutionFailed, ResponseFailed,
    )
}  # fmt: skip
"""So that an error can cross a process boundary by name."""
