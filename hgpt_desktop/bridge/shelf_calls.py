"""The real engine's models."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.bridge.seam import OnInstall
from hgpt_desktop.bridge.views import Fit, InstallView, ModelView, ResidentView, StarterView, StatusView
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hgpt_desktop.catalog.progress import InstallProgress
    from hgpt_desktop.wiring import Application


class ShelfCalls:
    """`seam.Shelf` on the catalogue, the models folder and the memory manager."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def starter(self) -> StarterView | None:
        """What is missing of the starter pack, or None where all of it is installed."""
        missing = self._application.starter_missing()
        if not missing:
            return None
        return StarterView(
            models=tuple(card.name for card in missing),
            total_bytes=sum(card.size_bytes for card in missing),
            free_bytes=self._free_bytes(),
            folder=str(self._application.folders.models),
            device=self._application.device,
            memory_bytes=self._application.capacity_bytes(),
            largest_bytes=max(self._application.needed_bytes(card) for card in missing),
        )

    def install_starter(self, on_progress: OnInstall, cancel: CancelToken) -> None:
        """Fetch what is missing; what has arrived stays when it is cancelled."""
        application = self._application
        application.store.install_all(application.starter_missing(), self._shown(on_progress), cancel)

    def models(self) -> tuple[ModelView, ...]:
        """The whole catalogue."""
        from hgpt_desktop.wiring import STARTER_SET, can_load

        application = self._application
        capacity = application.capacity_bytes()
        used = sum(one.bytes for one in application.memory.resident())
        found = []
        for card in application.catalogue.cards():
            full, frugal = application.fit(card).needed_bytes, application.needed_bytes(card)
            fit = Fit.FITS
            if frugal > capacity:
                fit = Fit.TOO_LARGE
            elif full > capacity:
                fit = Fit.OFFLOAD
            elif full > capacity - used and not self._resident(card.id):
                fit = Fit.TIGHT
            found.append(
                ModelView(
                    id=card.id,
                    name=card.name,
                    tasks=card.tasks,
                    description=card.description,
                    licence=card.licence,
                    languages=card.languages,
                    tier=card.tier,
                    size_bytes=max(card.size_bytes, int(card.options.get("download_bytes", 0))),
                    memory_bytes=full,
                    source=card.source,
                    fit=fit,
                    capacity_bytes=capacity,
                    installed=card.installed,
                    verified=card.verified,
                    loadable=can_load(card),
                    removable=bool(card.files),
                    controller=bool(card.options.get("controller")),
                    starter=STARTER_SET in card.sets,
                    frugal_bytes=frugal,
                )
            )
        return tuple(found)

    def _resident(self, model_id: str) -> bool:
        return any(one.model_id == model_id for one in self._application.memory.resident())

    def find_models(self, text: str) -> tuple[str, ...]:
        """Ids of the models that have these words, the best match first."""
        return tuple(card.id for card in self._application.catalogue.search(text))

    def install_model(self, model_id: str, on_progress: OnInstall, cancel: CancelToken) -> None:
        """Fetch one model; what has arrived stays when it is cancelled."""
        application = self._application
        application.store.install(application.catalogue.card(model_id), self._shown(on_progress), cancel)

    def verify_model(self, model_id: str, on_progress: OnInstall, cancel: CancelToken) -> tuple[str, ...]:
        """What is wrong with its files, in sentences; nothing where they are well."""
        application = self._application
        card = application.catalogue.card(model_id)
        problems = application.store.verify(card, self._shown(on_progress), cancel)
        return tuple(f"{problem.path}: {problem.reason}" for problem in problems)

    def remove_model(self, model_id: str) -> None:
        """Delete its files."""
        application = self._application
        application.store.remove(application.catalogue.card(model_id))

    def import_models(self, path: Path, on_progress: OnInstall, cancel: CancelToken) -> tuple[str, ...]:
        """Take models from this machine's disk; their ids."""
        cards = self._application.store.import_all(path, self._shown(on_progress), cancel)
        return tuple(card.id for card in cards)

    def free_memory(self, model_id: str | None = None) -> None:
        """Put a model, or every one, out of memory where it is not at work."""
        self._application.memory.release(model_id)

    def status(self) -> StatusView:
        """The LLM, the device and what is in memory now."""
        application = self._application
        try:
            llm = application.llm_card().name
        except HgptError:  # the first request says what to install
            llm = None
        resident = application.memory.resident()
        return StatusView(
            llm=llm,
            device=application.device,
            capacity_bytes=application.capacity_bytes(),
            resident=tuple(
                ResidentView(one.name, one.bytes, one.model_id, one.leased, one.device) for one in resident
            ),
            capacities={
                device: application.budget_bytes(device)
                for device in {one.device for one in resident} - {application.device}
            },
        )

    def _free_bytes(self) -> int:
        """Of the disk on which models live."""
        folder = self._application.folders.models
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        return shutil.disk_usage(existing).free

    def _shown(self, on_progress: OnInstall) -> Callable[[InstallProgress], None]:
        def progressed(progress: InstallProgress) -> None:
            on_progress(
                InstallView(
                    progress.model_id,
                    progress.file,
                    progress.done_bytes,
                    progress.total_bytes,
                    progress.bytes_per_s,
                    progress.remaining_s,
                    self._free_bytes(),
                )
            )

        return progressed
