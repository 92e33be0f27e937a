"""What tasks made before, by the content of all that went in, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop import __version__
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Task
from hgpt_desktop.core.resources import Kind, Provenance, Resource
from hgpt_desktop.experts.registry import adapter
from hgpt_desktop.runtime.inputs import Inputs

log = logging.getLogger(__name__)

DEFAULT_LIMIT_BYTES = 2 * 10**9
_MANIFEST = "manifest.json"
_RANDOM_LOADERS = ("diffusers-", "piper", "table-learning")
_RANDOM_TASKS = frozenset({"conversational", "text-generation", "text-to-audio"})
"""Work whose results differ from run to run, unless a seed is given."""


@dataclass(frozen=True, slots=True)
class _FileState:
    """Tells whether a file has changed since its content was read."""

    size_bytes: int
    time_ns: int


class ResultCache:
    """Outputs of tasks in a folder, a folder each, under the hash of what they were made from.

    The cache is a convenience: a fault of the disk is logged, and the task runs.

    Args:
        folder: made when something is kept.
        limit_bytes: beyond that the longest unused results go.

    Threads: any. Several processes may use one folder.
    """

    def __init__(self, folder: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._hashes: dict[Path, tuple[_FileState, str]] = {}

    def key(self, task: Task, inputs: Inputs, card: ModelCard, seed: int | None) -> str | None:
        """The hash of everything that the outputs depend on; None where they cannot be known beforehand.

        These are the task type, the arguments in canonical form with the content of their files, the loader
        with the versions of its adapter and of the program, the model's files and options, and the seed.
        """
        if seed is None and (card.loader.startswith(_RANDOM_LOADERS) or task.task in _RANDOM_TASKS):
            return None
        try:
            parts = {
                "task": task.task,
                "inputs": {name: [self._content(one) for one in values] for name, values in inputs.items()},
                "adapter": [adapter(card.loader), __version__],
                "model": [card.id, _canonical(card.options), *(self._model_file(card))],
                "seed": seed,
            }
        except OSError as error:
            log.warning("What task %d works on cannot be read: %s", task.id, error)
            return None
        return hashlib.sha256(_canonical(parts).encode()).hexdigest()

    def find(self, key: str, out_dir: Path, stem: str) -> tuple[Resource, ...] | None:
        """Copies of the outputs kept under that key, named as if the task had run; None: there are none."""
        kept = self._folder / key
        try:
            manifest = json.loads((kept / _MANIFEST).read_text(encoding="utf-8"))
            outputs = []
            for entry in manifest["outputs"]:
                path = out_dir / f"{stem}{entry['suffix']}"
                shutil.copyfile(kept / entry["file"], path)
                outputs.append(_resource(entry, path))
            os.utime(kept / _MANIFEST)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("The kept result %s cannot be used: %s", key, error)
            return None
        return tuple(outputs)

    def keep(self, key: str, stem: str, outputs: Sequence[Resource], provenance: Provenance) -> None:
        """Keep copies of a task's outputs, unless there are some already."""
        if (self._folder / key / _MANIFEST).exists():
            return
        draft = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix="draft-", dir=self._folder))
            entries = []
            for number, output in enumerate(outputs):
                name = f"{number}{output.path.suffix}"
                shutil.copyfile(output.path, draft / name)
                entries.append(_entry(output, name, stem))
            manifest = {
                "outputs": entries,
                "made_by": {"task": provenance.task, "model": provenance.model_id, "seed": provenance.seed},
            }
            (draft / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
            draft.rename(self._folder / key)
            self._forget_old()
        except (OSError, TypeError, ValueError) as error:
            log.warning("A result of task type %s could not be kept: %s", provenance.task, error)
            if draft is not None:
                shutil.rmtree(draft, ignore_errors=True)

    # ------------------------------------------------------------ hashes

    def _content(self, value: Resource | str) -> str:
        return f"text:{value}" if isinstance(value, str) else f"{value.kind.value}:{self._hash(value.path)}"

    def _model_file(self, card: ModelCard) -> list[str]:
        found = []
        for file in card.files:
            content = file.sha256
            if content is None and card.folder is not None:
                content = self._hash(card.folder / file.path)
            found.append(f"{file.path}:{content}")
        return found

    def _hash(self, path: Path) -> str:
        status = path.stat()
        state = _FileState(status.st_size, status.st_mtime_ns)
        with self._lock:
            known = self._hashes.get(path)
        if known is not None and known[0] == state:
            return known[1]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with self._lock:
            self._hashes[path] = (state, digest)
        return digest

    # ------------------------------------------------------------ the folder

    def _forget_old(self) -> None:
        """Delete the longest unused results beyond the limit."""
        with self._lock:
            kept = []
            for manifest in self._folder.glob(f"*/{_MANIFEST}"):
                size_bytes = sum(path.stat().st_size for path in manifest.parent.iterdir())
                kept.append((manifest.stat().st_mtime_ns, size_bytes, manifest.parent))
            total_bytes = sum(size_bytes for _, size_bytes, _ in kept)
            for _, size_bytes, folder in sorted(kept):
                if total_bytes <= self._limit_bytes:
                    break
                shutil.rmtree(folder, ignore_errors=True)
                total_bytes -= size_bytes


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _entry(output: Resource, name: str, stem: str) -> Mapping[str, Any]:
    suffix = output.path.name.removeprefix(stem)
    return {
        "file": name,
        "suffix": suffix if suffix != output.path.name else f"-{output.path.name}",
        "kind": output.kind.value,
        "media_type": output.media_type,
        "text": output.text,
        "data": output.data,
        "note": output.note,
    }


def _resource(entry: Mapping[str, Any], path: Path) -> Resource:
    return Resource(
        path.name,
        Kind(entry["kind"]),
        path,
        entry["media_type"],
        path.stat().st_size,
        entry["text"],
        entry["data"],
        note=entry.get("note", ""),
    )
