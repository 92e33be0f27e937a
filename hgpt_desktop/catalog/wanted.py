"""The set of models that the user began to fetch, noted in the models folder until it is complete.

Who wants none of them is noted too, so that nothing is offered again.
"""

from __future__ import annotations

from pathlib import Path

from hgpt_desktop.catalog.drafts import disk_faults
from hgpt_desktop.catalog.records import write_whole

NONE = "-"
"""No set has this name: what is missing shall not be offered."""

_NOTE = ".wanted_set"


def note_wanted_set(models_folder: Path, name: str) -> None:
    """Remember that this set is being fetched. Raises: `DiskFull`, `EnvironmentFault`."""
    with disk_faults(models_folder / _NOTE):
        models_folder.mkdir(parents=True, exist_ok=True)
        write_whole(models_folder / _NOTE, name.encode())


def wanted_set(models_folder: Path) -> str | None:
    """The set that was begun, or None. Raises: `EnvironmentFault`."""
    with disk_faults(models_folder / _NOTE):
        note = models_folder / _NOTE
        return note.read_bytes().decode("utf-8", "replace").strip() or None if note.is_file() else None


def forget_wanted_set(models_folder: Path) -> None:
    """It is complete. Raises: `EnvironmentFault`."""
    with disk_faults(models_folder / _NOTE):
        (models_folder / _NOTE).unlink(missing_ok=True)
