"""The folder of a run: made with care for the disk, and a record with which the run can be repeated."""

from __future__ import annotations

import errno
import json
import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hgpt_desktop import __version__
from hgpt_desktop.core.errors import DiskFull, EnvironmentFault, InvalidInput
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.experts.registry import adapter

NEEDED_BYTES = 100 * 10**6
RECORD_NAME = "run.json"
_FULL = (errno.ENOSPC, errno.EDQUOT)


def make_run_folder(folder: Path) -> Path:
    """The folder, absolute, made where it does not exist.

    Raises:
        DiskFull: less than 100 MB are free there.
        InvalidInput: the place is a file, or nobody may write there.
    """
    folder = folder.expanduser().absolute()
    with _writing(folder):
        if folder.exists() and not folder.is_dir():
            raise InvalidInput(f"{folder} is a file, not a folder.", "Name a folder for the results.")
        folder.mkdir(parents=True, exist_ok=True)
        free_bytes = shutil.disk_usage(folder).free
    if free_bytes < NEEDED_BYTES:
        raise DiskFull(
            f"Only {free_bytes / 1e6:.0f} MB are free on the disk of {folder}.",
            "Free at least 100 MB there, and try again.",
        )
    return folder


def free_stem(folder: Path, stem: str) -> str:
    """`stem`, or `stem-2`, `stem-3` … where files in the folder begin like that already."""
    taken = [path.name for path in folder.iterdir()]
    number, candidate = 1, stem
    while any(name == candidate or name.startswith((f"{candidate}.", f"{candidate}-")) for name in taken):
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def write_record(
    folder: Path,
    run_id: str,
    request: Request,
    plan: Plan | None,
    models: Iterable[ModelCard],
    results: Iterable[TaskResult],
    answer: str,
    exit_code: int,
    seconds: float,
) -> Path:
    """Write `run.json` beside the results; returns its path. An earlier one is not overwritten.

    `hgpt run --plan run.json` runs its plan again: `tasks` is the plan in the paper's form.

    Raises:
        DiskFull, EnvironmentFault: it cannot be written.
    """
    files = {resource.name: resource for resource in request.resources}
    record = {
        "run_id": run_id,
        "request": {
            "text": request.text,
            "files": [_with_name(file) for file in request.files],
            "earlier": [_with_name(file) for file in request.earlier],
            "seed": request.seed,
            "conversation_id": request.conversation_id,
        },
        "tasks": plan.to_wire(files) if plan else [],
        "unavailable": [asdict(one) for one in plan.unavailable] if plan else [],
        "models": [_model(card) for card in models],
        "results": [_result(result) for result in results],
        "answer": answer,
        "exit_code": int(exit_code),
        "seconds": round(seconds, 3),
        "program": {"hgpt-desktop": __version__, "python": platform.python_version()},
    }
    with _writing(folder):
        path = folder / f"{free_stem(folder, 'run')}.json"
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(record, ensure_ascii=False, indent=2, default=str), encoding="utf-8")
        draft.replace(path)
    return path


def _with_name(resource: Resource) -> dict[str, Any]:
    shown = {"name": resource.name, **resource.to_json()}
    shown.pop("text", None)  # it stands in the file
    return shown


def _model(card: ModelCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": card.name,
        "loader": card.loader,
        "adapter": adapter(card.loader),
        "source": card.source,
        "licence": card.licence,
        "files": [{"path": file.path, "sha256": file.sha256} for file in card.files],
    }


def _result(result: TaskResult) -> dict[str, Any]:
    shown = result.to_json()
    shown["reason"] = result.reason
    shown["candidates"] = list(result.candidates)
    shown["log"] = [line.to_json() for line in result.log]
    for entry, output in zip(shown["outputs"], result.outputs, strict=True):
        entry["name"] = output.name
        entry["provenance"] = asdict(output.provenance) if output.provenance else None
    return shown


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the system says about a write into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(
                f"The disk is full: {path} cannot be written.",
                "Free some room and try again; what was made before is kept.",
                str(error),
            ) from error
        if isinstance(error, PermissionError | NotADirectoryError | FileExistsError):
            raise InvalidInput(
                f"The results cannot be written to {path}.",
                "Choose a folder that you may write to.",
                str(error),
            ) from error
        raise EnvironmentFault(
            f"{path} cannot be written.", "Check the disk, or choose another folder.", str(error)
        ) from error
