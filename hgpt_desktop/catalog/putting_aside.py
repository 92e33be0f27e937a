"""Models that were removed and can still be brought back: folders moved out of the way on the same disk."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from hgpt_desktop.catalog.cards import RECORD_FILE
from hgpt_desktop.catalog.drafts import disk_faults
from hgpt_desktop.core.errors import ModelMissing

REMOVED = ".removed"


class PutAside:
    """What lies in the hidden folder of the models folder, by model id.

    Putting aside and bringing back is one renaming each, so that neither waits for a download that
    holds the models folder.

    Raises (every method): `EnvironmentFault` where the disk refuses.

    Threads: any.
    """

    def __init__(self, models_folder: Path) -> None:
        self._models = models_folder
        self._folder = models_folder / REMOVED
        self._lock = threading.Lock()

    def put(self, model_id: str) -> int:
        """Move a model's folder here, in place of an earlier one; bytes that deleting it frees."""
        place = self._folder / model_id
        with self._lock, disk_faults(place):
            self._delete(place)
            self._folder.mkdir(exist_ok=True)
            (self._models / model_id).rename(place)
            return _own_bytes(place)

    def bring_back(self, model_id: str) -> None:
        """Move it back to where it was.

        Raises:
            ModelMissing: it is deleted by now, or has been installed anew meanwhile.
        """
        place, target = self._folder / model_id, self._models / model_id
        with self._lock, disk_faults(place):
            if target.exists() or not (place / RECORD_FILE).exists():
                raise ModelMissing(
                    f"The files of {model_id} cannot be brought back.",
                    "Fetch the model again, if it is not installed.",
                    f"{target} exists" if target.exists() else f"{place} is not whole",
                )
            place.rename(target)

    def delete(self, model_id: str | None = None) -> bool:
        """Delete one of them, or all, for good; whether there was anything."""
        with self._lock, disk_faults(self._folder):
            if model_id is not None:
                return self._delete(self._folder / model_id)
            found = list(self._folder.iterdir()) if self._folder.is_dir() else []
            for place in found:
                self._delete(place)
            return bool(found)

    @staticmethod
    def _delete(place: Path) -> bool:
        if place.is_symlink():
            place.unlink()
        elif place.is_dir():
            # Without its record it is not taken for a model any more, whatever happens to the rest.
            (place / RECORD_FILE).unlink(missing_ok=True)
            shutil.rmtree(place)
        else:
            return False
        return True


def _own_bytes(folder: Path) -> int:
    """What only this folder holds on the disk: not what is linked from or to another place."""
    if folder.is_symlink():
        return 0
    files = [path.lstat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(file.st_size for file in files if file.st_nlink == 1)
