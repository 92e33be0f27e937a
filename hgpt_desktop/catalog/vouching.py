"""Whether a model's files are still those that were installed, asked before the model is loaded."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from hgpt_desktop.catalog.drafts import hash_file
from hgpt_desktop.catalog.records import RecordedFile, read_record, write_whole
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ModelDamaged
from hgpt_desktop.core.interfaces import ExpertBackend, ExpertCall, ExpertOutcome, Loaded, OnProgress
from hgpt_desktop.core.models import ModelCard

_log = logging.getLogger(__name__)

Stamp = tuple[int, int]
"""The size in bytes and the time of the last change in nanoseconds."""


class Voucher:
    """Compares the files of a model with the record of its installation, before they are loaded.

    A file is hashed once, and again whenever its size or its time of change is another one; so a file that
    was altered or written over is found, at the cost of one look at the folder. What the disk itself loses is
    for `verify` to find, which reads everything.

    Args:
        seen_path: keeps what was found right; it can be made anew at any time.

    Threads: any; one model at a time is looked at.
    """

    def __init__(self, seen_path: Path) -> None:
        self._seen_path = seen_path
        self._lock = threading.Lock()
        self._seen: dict[str, Stamp] | None = None

    def check(self, card: ModelCard, cancel: CancelToken) -> None:
        """Let a model pass whose files are those that were installed; one without a record passes too.

        Raises:
            ModelDamaged: the content of a file has changed.
            EnvironmentFault: a file cannot be read.
            Cancelled: the user stopped.
        """
        if card.folder is None or (record := read_record(card.folder)) is None:
            return
        with self._lock:
            seen = self._read()
            found = {}
            for file in record.files:
                path = card.folder / file.path
                stamp = _stamp(path)
                key = f"{path} {file.sha256}"
                if stamp is None or seen.get(key) == stamp:
                    continue  # what is missing is for the loader to say: not every file is needed
                self._compare(card, path, file, cancel)
                found[key] = stamp
            if found:
                self._keep(seen | found)

    def _compare(self, card: ModelCard, path: Path, file: RecordedFile, cancel: CancelToken) -> None:
        if hash_file(path, cancel) != file.sha256:
            raise ModelDamaged(
                f"The file {file.path} of the model {card.id} is not the one that was installed.",
                f"Fetch it again with `hgpt models repair {card.id}`.",
                f"{path}: SHA-256 is not {file.sha256}",
            )

    def _read(self) -> dict[str, Stamp]:
        if self._seen is None:
            try:
                kept = json.loads(self._seen_path.read_bytes())
                self._seen = {str(key): (int(stamp[0]), int(stamp[1])) for key, stamp in kept.items()}
            except FileNotFoundError:
                self._seen = {}
            except (OSError, ValueError, TypeError, AttributeError, IndexError) as error:
                _log.warning("the files of models are looked at anew: %s", error)
                self._seen = {}
        return self._seen

    def _keep(self, seen: dict[str, Stamp]) -> None:
        self._seen = {key: stamp for key, stamp in seen.items() if Path(key.rpartition(" ")[0]).exists()}
        try:
            self._seen_path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._seen_path, json.dumps(self._seen).encode())
        except OSError as error:  # it costs time at the next start, and nothing else
            _log.warning("%s cannot be written: %s", self._seen_path, error)


class VouchedBackend:
    """An `ExpertBackend` that loads a model only after its files were looked at.

    Args:
        backend: who loads and runs.
    """

    def __init__(self, backend: ExpertBackend, voucher: Voucher) -> None:
        self._backend = backend
        self._voucher = voucher

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """As the backend does; raises `ModelDamaged` where a file is not the one that was installed."""
        if card.id not in self._backend.loaded():
            self._voucher.check(card, cancel)
        return self._backend.load(card, device, on_progress, cancel)

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        """As the backend does."""
        return self._backend.run(card, call, on_progress, cancel)

    def unload(self, model_id: str) -> None:
        """As the backend does."""
        self._backend.unload(model_id)

    def loaded(self) -> frozenset[str]:
        """As the backend says."""
        return self._backend.loaded()

    def close(self) -> None:
        """As the backend does."""
        self._backend.close()


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
