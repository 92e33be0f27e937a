"""What is installed: a record in each model's folder, written last and as a whole.

A model is installed when its record is there and every file of it has the recorded size. The record also
holds the hashes of files that the catalogue has none for, as they were when they first arrived.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hgpt_desktop.catalog.cards import CONVERT, RECORD_FILE
from hgpt_desktop.core.models import ModelCard

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file as it was when it was installed.

    Args:
        source: where it came from; `convert:<file>` for the result of a conversion.
    """

    path: str
    size_bytes: int
    sha256: str
    source: str


@dataclass(frozen=True, slots=True)
class InstallRecord:
    """What was installed, and when (ISO 8601, UTC)."""

    model_id: str
    installed_at: str
    files: tuple[RecordedFile, ...]

    def file(self, path: str) -> RecordedFile | None:
        """The entry of that path, or None."""
        return next((file for file in self.files if file.path == path), None)


def read_record(folder: Path) -> InstallRecord | None:
    """The record in a model's folder; None where there is none that can be read."""
    try:
        kept = json.loads((folder / RECORD_FILE).read_bytes())
        return InstallRecord(
            str(kept["model_id"]),
            str(kept["installed_at"]),
            tuple(
                RecordedFile(str(one["path"]), int(one["size_bytes"]), str(one["sha256"]), str(one["source"]))
                for one in kept["files"]
            ),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("the install record in %s cannot be read: %s", folder, error)
        return None


def write_record(folder: Path, record: InstallRecord) -> None:
    """Put the record into the model's folder, as a whole."""
    content = {
        "model_id": record.model_id,
        "installed_at": record.installed_at,
        "files": [
            {"path": file.path, "size_bytes": file.size_bytes, "sha256": file.sha256, "source": file.source}
            for file in record.files
        ],
    }
    write_whole(folder / RECORD_FILE, json.dumps(content, indent=1).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that it is there completely or not at all, also after a power cut."""
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def expected_paths(card: ModelCard) -> tuple[str, ...]:
    """The files that an installed model has: those of its card, and what is converted from them."""
    paths = [file.path for file in card.files]
    conversion: Mapping[str, str] | None = card.options.get(CONVERT)
    if conversion is not None:
        paths.append(conversion["to"])
    return tuple(paths)


def is_installed(card: ModelCard, folder: Path) -> bool:
    """Whether the model can be loaded from its folder, judged by its record and the sizes of its files.

    A model without files of its own comes with its packages.
    """
    if not card.files:
        return not missing_packages(card)
    record = read_record(folder)
    if record is None:
        return False
    for path in expected_paths(card):
        recorded = record.file(path)
        if recorded is None or size_on_disk(folder / path) != recorded.size_bytes:
            return False
    return True


def missing_packages(card: ModelCard) -> tuple[str, ...]:
    """Packages, by import name, that the model needs and that are not installed. Imports none of them."""
    return tuple(name for name in card.packages if find_spec(name) is None)


def size_on_disk(path: Path) -> int | None:
    """The size of a regular file in bytes, or None."""
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
