"""What of a model is here and right, and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.catalog.cards import CONVERT, RECORD_FILE
from hgpt_desktop.catalog.drafts import hash_file
from hgpt_desktop.catalog.progress import Meter, OnInstallProgress
from hgpt_desktop.catalog.records import (
    InstallRecord,
    RecordedFile,
    expected_paths,
    missing_packages,
    read_record,
    size_on_disk,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.models import ModelCard, ModelFile


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file of a model that is not as it should be; for a model without files, a package."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Work:
    """What the installation of a model has to do.

    Args:
        here: files that are right already.
        missing: the others, each with the SHA-256 that it must have (None: not known).
        convert: whether the converted file has to be made.
    """

    card: ModelCard
    here: tuple[RecordedFile, ...]
    missing: tuple[tuple[ModelFile, str | None], ...]
    convert: bool


def survey(
    card: ModelCard, folder: Path, check_all: bool, on_progress: OnInstallProgress, cancel: CancelToken
) -> Work:
    """What of a model is right, and what has to come.

    A file is right when its hash is; one of the right size whose hash nobody knows is taken as it is.

    Args:
        folder: where the model stands, wholly, partly or not at all.
        check_all: whether files that the record vouches for are read again.

    Raises: `EnvironmentFault` where a file cannot be read; `Cancelled`.
    """
    record = read_record(folder)
    meter = Meter(on_progress, sum(size_on_disk(folder / path) or 0 for path in expected_paths(card)))
    here: list[RecordedFile] = []
    missing: list[tuple[ModelFile, str | None]] = []
    for file in card.files:
        size_bytes, sha256 = _expected(file, record, file.path)
        recorded = record.file(file.path) if record else None
        size_here = size_on_disk(folder / file.path)
        if size_here is None or size_bytes not in (None, size_here):
            missing.append((file, sha256))
        elif recorded and recorded.sha256 == sha256 and not check_all:
            here.append(recorded)
        else:
            meter.begin(card.id, file.path)
            found = hash_file(folder / file.path, cancel, meter.add)
            if sha256 in (None, found):
                source = recorded.source if recorded else "found in the models folder"
                here.append(RecordedFile(file.path, size_here, found, source))
            else:
                missing.append((file, sha256))
    must_convert = False
    if conversion := card.options.get(CONVERT):
        made = record.file(conversion["to"]) if record else None
        if made and _problem(folder / made.path, made.size_bytes, made.sha256, meter, cancel):
            made = None
        must_convert = made is None or conversion["from"] in [file.path for file, _ in missing]
        if made and not must_convert:
            here.append(made)
    return Work(card, tuple(here), tuple(missing), must_convert)


def find_problems(
    card: ModelCard, folder: Path, on_progress: OnInstallProgress, cancel: CancelToken
) -> list[FileProblem]:
    """Compare the size and SHA-256 of every file with the catalogue, or with the record of the installation.

    Raises: `EnvironmentFault` where a file cannot be read; `Cancelled`.
    """
    if not card.files:
        return [FileProblem(name, "this package is not installed") for name in missing_packages(card)]
    record = read_record(folder)
    meter = Meter(on_progress, sum(size_on_disk(folder / path) or 0 for path in expected_paths(card)))
    known = {file.path: file for file in card.files}
    problems = []
    for path in expected_paths(card):
        meter.begin(card.id, path)
        size_bytes, sha256 = _expected(known.get(path), record, path)
        if problem := _problem(folder / path, size_bytes, sha256, meter, cancel):
            problems.append(FileProblem(path, problem))
    if record is None and not problems:
        problems.append(FileProblem(RECORD_FILE, "the record of the installation is missing"))
    return problems


def _expected(
    file: ModelFile | None, record: InstallRecord | None, path: str
) -> tuple[int | None, str | None]:
    """The size and SHA-256 that a file must have: the catalogue's, or else those of the installation."""
    recorded = record.file(path) if record else None
    if file is not None and (file.sha256 is not None or recorded is None):
        return file.size_bytes, file.sha256
    return (recorded.size_bytes, recorded.sha256) if recorded else (None, None)


def _problem(
    path: Path, size_bytes: int | None, sha256: str | None, meter: Meter, cancel: CancelToken
) -> str:
    """What is wrong with a file; "" where nothing is."""
    here = size_on_disk(path)
    if here is None:
        return "it is missing"
    if size_bytes not in (None, here):
        return f"it has {here} bytes instead of {size_bytes}"
    if sha256 is not None and hash_file(path, cancel, meter.add) != sha256:
        return "its content has changed (SHA-256)"
    return ""
