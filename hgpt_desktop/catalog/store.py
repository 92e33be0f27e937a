"""Installs, checks, mends, removes, imports and exports models."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hgpt_desktop.catalog.cards import CARD_FILE, CONVERT, RECORD_FILE, write_card
from hgpt_desktop.catalog.catalogue import CatalogueIndex
from hgpt_desktop.catalog.checking import FileProblem, Work, find_problems, survey
from hgpt_desktop.catalog.conversion import convert
from hgpt_desktop.catalog.downloading import Downloader
from hgpt_desktop.catalog.drafts import disk_faults
from hgpt_desktop.catalog.exporting import Exported, copy_models, files_to_copy
from hgpt_desktop.catalog.fetching import QUARANTINE, Fetcher
from hgpt_desktop.catalog.importing import models_at
from hgpt_desktop.catalog.locking import folder_lock
from hgpt_desktop.catalog.progress import InstallProgress, Meter, OnInstallProgress
from hgpt_desktop.catalog.putting_aside import PutAside
from hgpt_desktop.catalog.records import (
    InstallRecord,
    is_installed,
    missing_packages,
    read_record,
    size_on_disk,
    write_record,
    write_whole,
)
from hgpt_desktop.catalog.sources import Wheel, WheelMembers, parse_source
from hgpt_desktop.catalog.wheels import WheelCache
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, EnvironmentFault, InvalidInput, ModelMissing
from hgpt_desktop.core.models import ModelCard

__all__ = ["FileProblem", "InstallProgress", "ModelStore", "OnInstallProgress"]

MARGIN_BYTES = 256 << 20
"""What stays free on the disk."""


def _ignore(progress: InstallProgress) -> None:
    """For callers who do not watch."""


class ModelStore:
    """The models folder.

    Args:
        models_folder: installed models, a folder each.
        cache_folder: downloads that are not yet models; may be deleted at any time.
        network: whether anything may be fetched from beyond this machine.
        downloader: for addresses and waiting times other than the usual ones.
        disk_free: free bytes at a path.

    Threads: any; one change at a time, over all processes. A second one raises `EnvironmentFault` at once.
    """

    def __init__(
        self,
        index: CatalogueIndex,
        models_folder: Path,
        cache_folder: Path,
        network: bool = True,
        *,
        downloader: Downloader | None = None,
        disk_free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        self._index = index
        self._folder = models_folder
        self._cache_folder = cache_folder
        downloader = downloader or Downloader()
        self._wheels = WheelCache(cache_folder / "wheels", downloader)
        self._fetcher = Fetcher(models_folder, self._wheels, downloader, network)
        self._disk_free = disk_free
        self._removed = PutAside(models_folder)

    # ------------------------------------------------------------ installing

    def install(self, card: ModelCard, on_progress: OnInstallProgress, cancel: CancelToken) -> None:
        """Install one model. See `install_all`."""
        self.install_all((card,), on_progress, cancel)

    def install_all(
        self, cards: Sequence[ModelCard], on_progress: OnInstallProgress, cancel: CancelToken
    ) -> None:
        """Install models one after another; those that are installed cost nothing.

        The progress is over all of them together. Whatever ends the call early (cancel, a fault, kill -9),
        what has arrived is used the next time, and the models that were complete are installed.

        Raises:
            DiskFull: there is not room for all of them; nothing was begun.
            DownloadFailed, ModelDamaged, EnvironmentFault, Cancelled.
        """
        wanted = [card for card in cards if not is_installed(card, self._folder / card.id)]
        for card in wanted:
            if not card.files:
                raise _comes_with_packages(card)
        self._bring(wanted, on_progress, cancel, check_all=False)

    def repair(self, card: ModelCard, on_progress: OnInstallProgress, cancel: CancelToken) -> None:
        """Fetch again what is missing or damaged of a model, and nothing else.

        Raises: as `install_all` does; `ModelMissing` where nothing of it is here.
        """
        if not card.files and missing_packages(card):
            raise _comes_with_packages(card)
        if card.files:
            self._must_be_here(card)
            self._bring([card], on_progress, cancel, check_all=True)

    def verify(
        self, card: ModelCard, on_progress: OnInstallProgress = _ignore, cancel: CancelToken | None = None
    ) -> list[FileProblem]:
        """What is wrong with a model's files, by the catalogue or by the record of the installation.

        Raises: `ModelMissing` where nothing of the model is here; `EnvironmentFault`; `Cancelled`.
        """
        folder = self._must_be_here(card) if card.files else self._folder
        return find_problems(card, folder, on_progress, cancel or CancelToken())

    def remove(self, card: ModelCard) -> None:
        """Delete a model's files, also those of an installation that was not finished.

        Raises:
            ModelMissing: nothing of it is here.
            InvalidInput: it comes with a package.
            EnvironmentFault: the files are in use, or may not be deleted.
        """
        if not card.files:
            raise _no_files(card)
        folder = self._must_be_here(card)
        with folder_lock(self._folder), disk_faults(folder):
            if folder.is_symlink():
                folder.unlink()
            else:
                # Without its record it is not installed any more, whatever happens to the rest.
                (folder / RECORD_FILE).unlink(missing_ok=True)
                shutil.rmtree(folder)
            shutil.rmtree(self._folder / QUARANTINE / card.id, ignore_errors=True)
            self._wheels.forget(_wheels(card))
        self._index.refresh()

    def put_aside(self, card: ModelCard) -> int:
        """Remove a model so that `bring_back` can undo it, until `forget`, or until its room is needed.

        Returns:
            Bytes of the disk that become free when it is forgotten.

        Raises: as `remove` does.
        """
        if not card.files:
            raise _no_files(card)
        self._must_be_here(card)
        freed_bytes = self._removed.put(card.id)
        shutil.rmtree(self._folder / QUARANTINE / card.id, ignore_errors=True)
        self._index.refresh()
        return freed_bytes

    def bring_back(self, model_id: str) -> None:
        """Undo `put_aside`. Raises: `ModelMissing` where its files are deleted by now; `EnvironmentFault`."""
        self._removed.bring_back(model_id)
        self._index.refresh()

    def forget(self, model_id: str | None = None) -> None:
        """Delete the files of a model that was put aside, or of all. Raises: `EnvironmentFault`."""
        self._removed.delete(model_id)

    # ------------------------------------------------------------ to and from other places

    def import_path(self, path: Path, on_progress: OnInstallProgress, cancel: CancelToken) -> ModelCard:
        """Take one model from this machine's disk. See `import_all`.

        Raises: `InvalidInput` also where the folder holds several models.
        """
        found = models_at(path)
        if len(found) > 1:
            raise InvalidInput(
                f"{path} holds {len(found)} models.",
                f"Import them one by one, for example `hgpt models import {found[0].folder}`.",
            )
        return self.import_all(path, on_progress, cancel)[0]

    def import_all(
        self, path: Path, on_progress: OnInstallProgress, cancel: CancelToken
    ) -> tuple[ModelCard, ...]:
        """Take models from this machine's disk: copied, checked and indexed.

        Args:
            path: a folder with card.yaml and files; what `export` wrote; a folder in the layout of the model
                hub (config.json and safetensors); a single .gguf or .safetensors file.

        Raises:
            InvalidInput: it is none of these, or it would replace another model.
            ModelDamaged: a file is not what its card says.
            DiskFull, EnvironmentFault, Cancelled.
        """
        cards = [self._adopted(card) for card in models_at(path)]
        wanted = [card for card in cards if not is_installed(card, self._folder / card.id)]
        self._bring(wanted, on_progress, cancel, check_all=False)
        return tuple(self._index.card(card.id) for card in cards)

    def export(
        self, cards: Sequence[ModelCard], folder: Path, on_progress: OnInstallProgress, cancel: CancelToken
    ) -> None:
        """Copy installed models, a folder each, to where `import_all` can take them on another machine.

        Raises:
            ModelMissing: one is not installed.
            InvalidInput: one comes with a package.
            ModelDamaged: a file is not what it was when it was installed.
            DiskFull, EnvironmentFault, Cancelled.
        """
        models: list[Exported] = []
        for card in cards:
            if not card.files:
                raise _no_files(card)
            record = read_record(self._folder / card.id)
            if record is None or not is_installed(card, self._folder / card.id):
                raise _not_here(card)
            models.append((card, self._folder / card.id, record))
        total_bytes = sum(file.size_bytes for _, _, file in files_to_copy(models, folder))
        self._need(folder, total_bytes)
        copy_models(models, folder, Meter(on_progress, total_bytes), cancel)

    # ------------------------------------------------------------ inside

    def arrived_bytes(self, card: ModelCard) -> int:
        """What is on the disk of a model that is not wholly here: files, beginnings of files, and wheels."""
        arrived = 0
        for file in card.files:
            target = self._folder / card.id / file.path
            here = size_on_disk(target) or size_on_disk(target.with_name(f"{target.name}.part")) or 0
            if file.sources and isinstance(source := parse_source(file.sources[0]), WheelMembers):
                here = max(here, self._wheels.waiting_bytes(source.wheels))
            arrived += min(here, file.size_bytes or here)
        return arrived

    def _bring(
        self,
        cards: Sequence[ModelCard],
        on_progress: OnInstallProgress,
        cancel: CancelToken,
        *,
        check_all: bool,
    ) -> None:
        """Fetch and convert what is missing of these models, and record them."""
        if not cards:
            return
        with folder_lock(self._folder):
            self._wheels.clean()
            works = [survey(card, self._folder / card.id, check_all, on_progress, cancel) for card in cards]
            self._check_room(works, cancel)
            total_bytes = sum(file.size_bytes or 0 for work in works for file, _ in work.missing)
            meter = Meter(on_progress, total_bytes)
            try:
                for work in works:
                    self._do(work, meter, cancel)
            finally:
                self._index.refresh()

    def _do(self, work: Work, meter: Meter, cancel: CancelToken) -> None:
        card, folder = work.card, self._folder / work.card.id
        recorded = list(work.here)
        for file, sha256 in work.missing:
            recorded.append(self._fetcher.fetch(card, file, sha256, meter, cancel))
        if work.convert:
            meter.begin(card.id, card.options[CONVERT]["to"])
            recorded.append(convert(card, folder, cancel))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with disk_faults(folder):
            write_whole(folder / CARD_FILE, write_card(card))
            # Last of all: from here on the model is installed.
            write_record(folder, InstallRecord(card.id, now, tuple(recorded)))
        self._wheels.forget(_wheels(card))

    def _check_room(self, works: Sequence[Work], cancel: CancelToken) -> None:
        """Refuse what will not fit before anything is fetched: files, conversions, and wheels meanwhile."""
        for_models = for_wheels = 0
        for work in works:
            in_wheels = 0
            for file, _ in work.missing:
                size_bytes = file.size_bytes
                if size_bytes is None:
                    size_bytes = self._fetcher.size_bytes(file, cancel) or 0
                target = self._folder / work.card.id / file.path
                for_models += max(
                    0, size_bytes - (size_on_disk(target.with_name(f"{target.name}.part")) or 0)
                )
                if file.sources and isinstance(source := parse_source(file.sources[0]), WheelMembers):
                    in_wheels += max(0, size_bytes - self._wheels.waiting_bytes(source.wheels))
                if work.convert and file.path == work.card.options[CONVERT]["from"]:
                    for_models += size_bytes
            # A model's wheels are deleted before the next model's are fetched.
            for_wheels = max(for_wheels, in_wheels)
        if _device(self._folder) == _device(self._cache_folder):
            self._need(self._folder, for_models + for_wheels)
        else:
            self._need(self._folder, for_models)
            self._need(self._cache_folder, for_wheels)

    def _need(self, folder: Path, size_bytes: int) -> None:
        free_bytes = self._free_bytes(folder)
        if size_bytes and free_bytes < size_bytes + MARGIN_BYTES and self._removed.delete():
            free_bytes = self._free_bytes(folder)
        if size_bytes and free_bytes < size_bytes + MARGIN_BYTES:
            raise DiskFull(
                f"This needs {size_bytes / 1e9:.2f} GB on the disk of {folder}, "
                f"but only {max(0, free_bytes - MARGIN_BYTES) / 1e9:.2f} GB of it can be used.",
                "Free some space, or choose a folder on a larger disk with the setting `models_folder`.",
                f"{free_bytes} bytes are free, {MARGIN_BYTES} of them are to stay free",
            )

    def _free_bytes(self, folder: Path) -> int:
        with disk_faults(folder):
            return self._disk_free(_existing(folder))

    def _adopted(self, found: ModelCard) -> ModelCard:
        """The card under which a found model is installed; the found files are its only sources."""
        assert found.folder is not None
        if found.folder.resolve().is_relative_to(self._folder.resolve()):
            raise InvalidInput(
                f"{found.folder} is in the models folder already.", "Nothing has to be imported."
            )
        known = next((card for card in self._index.cards() if card.id == found.id), None)
        if known is None:
            return found
        files = {file.path: file for file in found.files}
        same = files.keys() == {file.path for file in known.files} and not any(
            (file.sha256 and files[file.path].sha256 not in (None, file.sha256))
            or (known.installed and file.size_bytes not in (None, files[file.path].size_bytes))
            for file in known.files
        )
        if not same:
            raise InvalidInput(
                f"There is another model called {found.id} in the catalogue.",
                "Give this one another id in its card.yaml.",
            )
        return replace(
            known, files=tuple(replace(file, sources=files[file.path].sources) for file in known.files)
        )

    def _must_be_here(self, card: ModelCard) -> Path:
        folder = self._folder / card.id
        if not folder.is_dir():
            raise _not_here(card)
        return folder


def _wheels(card: ModelCard) -> list[Wheel]:
    """The wheels that a card's files may come from."""
    sources = (parse_source(source) for file in card.files for source in file.sources)
    return [wheel for source in sources if isinstance(source, WheelMembers) for wheel in source.wheels]


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return folder if folder.exists() else _existing(folder.parent)


def _device(folder: Path) -> int:
    return _existing(folder).stat().st_dev


def _not_here(card: ModelCard) -> ModelMissing:
    return ModelMissing(
        f"The model {card.id} is not installed.", f"Install it with `hgpt models install {card.id}`."
    )


def _no_files(card: ModelCard) -> InvalidInput:
    return InvalidInput(
        f"{card.id} has no files of its own; it comes with {', '.join(card.packages)}.", "Leave it out."
    )


def _comes_with_packages(card: ModelCard) -> EnvironmentFault:
    missing = " ".join(missing_packages(card))
    return EnvironmentFault(
        f"{card.id} comes with the package {missing}, which is not installed.",
        f"Install it with `pip install {missing}` in the environment of this program.",
    )
