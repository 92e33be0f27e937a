"""A conversation with all its branches, files and run records as one zip, and back."""

from __future__ import annotations

import errno
import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from zlib import error as ZlibError  # noqa: N812 - an exception, named like one

from hgpt_desktop.core.errors import DiskFull, InvalidInput
from hgpt_desktop.core.resources import Resource, unique_name
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history import branches, tables
from hgpt_desktop.history.codec import (
    dumps,
    plan_from_json,
    plan_to_json,
    resource_from_row,
    resource_to_row,
    result_from_json,
    result_to_json,
)
from hgpt_desktop.history.database import HistoryDatabase
from hgpt_desktop.history.export import written_whole
from hgpt_desktop.history.values import Conversation, StoredRun

if TYPE_CHECKING:
    from sqlite_utils import Database

FORMAT = 1
_NO_WORD = re.compile(r"[^\w-]")
_NUMBER = re.compile(r"^\d+-")
_MANIFEST = "conversation.json"
_MOST_MANIFEST_BYTES = 512 << 20
_STORED = {".png", ".jpg", ".jpeg", ".webp", ".mp3", ".ogg", ".flac", ".mp4", ".webm", ".zip", ".gz"}


def write_archive(conversation: Conversation, path: Path, runs_folder: Path) -> None:
    """Write the archive; the file is replaced as a whole.

    Raises:
        DiskFull, InvalidInput: it cannot be written there.
    """
    with written_whole(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        members: dict[Path, str] = {}
        runs = [_run_to_json(run, archive, members) for run in conversation.runs]
        for run in conversation.runs:
            for record in sorted((runs_folder / run.id).glob("run*.json")):
                archive.write(record, f"records/{run.id}/{record.name}")
        manifest = {
            "format": FORMAT,
            "title": conversation.title,
            "created_at": conversation.created_at.isoformat(),
            "runs": runs,
        }
        archive.writestr(_MANIFEST, dumps(manifest))


def _run_to_json(run: StoredRun, archive: zipfile.ZipFile, members: dict[Path, str]) -> dict[str, Any]:
    def kept(resource: Resource) -> dict[str, Any]:
        if resource.path not in members:
            members[resource.path] = f"files/{len(members) + 1}-{resource.path.name}"
            packed = resource.path.suffix.lower() in _STORED
            archive.write(
                resource.path,
                members[resource.path],
                zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED,
            )
        return {**resource_to_row(resource), "path": members[resource.path]}

    def told(result: TaskResult) -> dict[str, Any]:
        """The result; what it was given stands by its place in the archive, or by its name alone."""
        made = result_to_json(result)
        for value in (value for values in made["inputs"].values() for value in values):
            if (given := value.get("resource")) is not None:
                place = Path(given["path"])
                given["path"] = members.get(place, place.name)
        return made

    return {
        "id": run.id,
        "parent_id": run.parent_id,
        "request": run.request,
        "seed": run.seed,
        "plan": plan_to_json(run.plan) if run.plan else None,
        "files": [kept(file) for file in run.files],
        "results": [
            {"outputs": [kept(one) for one in result.outputs], "result": told(result)}
            for result in run.results
        ],
        "answer": run.answer,
        "exit_code": run.exit_code,
        "seconds": run.seconds,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "rating": run.rating,
        "note": run.note,
    }


def read_archive(path: Path, database: HistoryDatabase, runs_folder: Path) -> str:
    """Take the conversation in under new ids; its files go into the folders of its runs.

    Raises:
        InvalidInput: it is not what `write_archive` wrote, cannot be read, or its files are larger than the
            disk's room.
        DiskFull: the disk fills up meanwhile.
    """
    made: list[Path] = []
    try:
        with _plain_words(path), zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            _check_room(archive, path, runs_folder)
            with database.writing() as db, _plain_words(path):
                return _insert(db, manifest, archive, runs_folder, made)
    except BaseException:
        for folder in made:  # half a conversation is none
            shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RuntimeError,  # a member that is locked by a password
        EOFError,
        ZlibError,
    ) as error:
        raise InvalidInput(
            f"{path.name} is not a conversation that this program exported.",
            "Choose a .zip that “Export” wrote.",
            f"{type(error).__name__}: {error}",
        ) from error
    except FileNotFoundError as error:
        raise InvalidInput(f"{path} is not there.", "Choose an existing file.", str(error)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk is full: the files in {path.name} find no room.",
                "Free some room and import it again.",
                str(error),
            ) from error
        raise InvalidInput(
            f"{path.name} cannot be taken in.", "Check that you may read it, and its disk.", str(error)
        ) from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> Mapping[str, Any]:
    if archive.getinfo(_MANIFEST).file_size > _MOST_MANIFEST_BYTES:
        raise ValueError("the manifest is too large")
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest["format"] > FORMAT:
        raise InvalidInput(
            f"{path.name} was exported by a newer version of this program.", "Update the program."
        )
    return dict(manifest)


def _check_room(archive: zipfile.ZipFile, path: Path, runs_folder: Path) -> None:
    needed_bytes = sum(member.file_size for member in archive.infolist())
    existing = next(place for place in (runs_folder, *runs_folder.parents) if place.exists())
    if needed_bytes > shutil.disk_usage(existing).free:
        raise InvalidInput(
            f"The files in {path.name} need {needed_bytes / 1e9:.1f} GB, more than the disk has room for.",
            "Free some room and import it again.",
        )


def _insert(
    db: Database,
    manifest: Mapping[str, Any],
    archive: zipfile.ZipFile,
    runs_folder: Path,
    made: list[Path],
) -> str:
    conversation_id = tables.insert_conversation(db, str(manifest["title"]))
    new_ids: dict[str, str] = {}
    places: dict[str, Path] = {}
    for run in manifest["runs"]:
        # The time at the front keeps the folders in order.
        run_id = new_ids[run["id"]] = f"{_NO_WORD.sub('_', str(run['id'])[:15])}-{secrets.token_hex(4)}"
        folder = runs_folder / run_id
        folder.mkdir(parents=True)
        made.append(folder)
        db.table("runs").insert(
            {
                "id": run_id,
                "conversation_id": conversation_id,
                "parent_id": new_ids.get(run["parent_id"]),
                "plan": dumps(plan_to_json(plan_from_json(run["plan"]))) if run["plan"] else None,
                **{
                    name: run[name]
                    for name in (
                        "request", "seed", "answer", "exit_code", "seconds", "started_at", "ended_at",
                        "rating", "note",
                    )
                },
            }
        )  # fmt: skip
        tables.index(db, conversation_id, "request", run["request"])
        tables.index(db, conversation_id, "answer", run["answer"])
        _unpack_records(str(run["id"]), archive, folder)  # first, so that no file has its name
        for file in run["files"]:
            tables.insert_artefact(
                db, conversation_id, run_id, None, _unpacked(file, archive, folder, places)
            )
        for entry in run["results"]:
            outputs = tuple(_unpacked(one, archive, folder, places) for one in entry["outputs"])
            result = _with_new_places(result_from_json(entry["result"], outputs), folder, places)
            db.execute(
                "INSERT INTO results (run_id, task_id, result) VALUES (?, ?, ?)",
                (run_id, result.task.id, dumps(result_to_json(result))),
            )
            if result.model_id:
                tables.index(db, conversation_id, "model", result.model_id)
            for output in outputs:
                tables.insert_artefact(db, conversation_id, run_id, result.task.id, output)
        branches.set_head(db, conversation_id, run_id)
        tables.touch(db, conversation_id, run["ended_at"] or run["started_at"])
    return conversation_id


def _with_new_places(result: TaskResult, folder: Path, places: Mapping[str, Path]) -> TaskResult:
    """The result with what it was given where that lies now; what was not in the archive is not there."""

    def moved(value: str | Resource) -> str | Resource:
        if isinstance(value, str):
            return value
        member = value.path.as_posix()
        return replace(value, path=places.get(member, folder / _file_name(member)))

    inputs = {name: tuple(moved(value) for value in values) for name, values in result.inputs.items()}
    return replace(result, inputs=inputs)


def _unpacked(
    row: Mapping[str, Any], archive: zipfile.ZipFile, folder: Path, places: dict[str, Path]
) -> Resource:
    """The resource with its file in the folder; names are taken from the archive, places are not.

    Args:
        places: where each file of the archive lies now; this one is added.
    """
    member = str(row["path"])
    place = places.get(member)
    if place is None or place.parent != folder:
        name = _file_name(member)
        own = _NUMBER.sub("", name) or name  # the number only keeps the archive's names apart
        place = places[member] = folder / unique_name(own, {one.name for one in folder.iterdir()})
        with archive.open(member) as source, place.open("wb") as target:
            shutil.copyfileobj(source, target)
    return resource_from_row({**row, "path": str(place)})


def _unpack_records(run_id: str, archive: zipfile.ZipFile, folder: Path) -> None:
    for member in archive.namelist():
        record = PurePosixPath(member)
        if record.parts[:2] == ("records", run_id) and len(record.parts) == 3:
            (folder / _file_name(member)).write_bytes(archive.read(member))


def _file_name(member: str) -> str:
    """The last part of a member's name, which names a file below whatever folder it is put in.

    Raises:
        ValueError: it names none, as no archive of ours does.
    """
    name = PurePosixPath(member.replace("\\", "/")).name
    if name in ("", ".", "..") or "\0" in name:
        raise ValueError(f"no name of a file: {member!r}")
    return name
