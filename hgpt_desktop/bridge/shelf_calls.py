"""The real engine's models."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.bridge.seam import OnInstall
from hgpt_desktop.bridge.sentences import said
from hgpt_desktop.bridge.views import (
    Fit,
    InstallView,
    ModelView,
    ProblemView,
    ResidentView,
    StarterView,
    StatusView,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hgpt_desktop.catalog.progress import InstallProgress
    from hgpt_desktop.core.models import ModelCard
    from hgpt_desktop.wiring import Application


_TEST_SET = "test"


class ShelfCalls:
    """`seam.Shelf` on the catalogue, the models folder and the memory manager."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def starter(self) -> StarterView | None:
        """What is missing of the starter pack, or None where all of it is installed."""
        from hgpt_desktop.wiring import STARTER_SET

        missing = self._application.starter_missing()
        if not missing:
            return None
        view = self._set_view(STARTER_SET, missing)
        others = {name for card in self._application.catalogue.cards() for name in card.sets}
        larger = [
            self._set_view(name, self._missing_of(name))
            for name in sorted(others - {STARTER_SET, _TEST_SET})
            if all(map(self._suits, self._missing_of(name)))
        ]
        fitting = [one for one in larger if one.fits and one.total_bytes > view.total_bytes]
        return replace(view, larger=max(fitting, key=lambda one: one.total_bytes, default=None))

    def _missing_of(self, name: str) -> tuple[ModelCard, ...]:
        """Of the starter pack and then of a set: what is not installed and could be used here."""
        from hgpt_desktop.wiring import can_load

        application = self._application
        wanted = (
            card
            for card in application.catalogue.in_set(name)
            if card.files and not card.installed and can_load(card)
        )
        by_id = {card.id: card for card in (*application.starter_missing(), *wanted)}
        return tuple(by_id.values())

    def _suits(self, card: ModelCard) -> bool:
        """Whether it is made for a machine like this, and its memory has room for it."""
        application = self._application
        device = application.device_for(card)
        made_for = card.tier == "cpu" or device != "cpu"
        return made_for and application.needed_bytes(card) <= application.budget_bytes(device)

    def _set_view(self, name: str, cards: Sequence[ModelCard]) -> StarterView:
        application = self._application
        return StarterView(
            models=tuple(card.name for card in cards),
            total_bytes=sum(map(_download_bytes, cards)),
            free_bytes=self._free_bytes(),
            folder=str(application.folders.models),
            device=application.device,
            memory_bytes=application.capacity_bytes(),
            largest_bytes=max(map(application.needed_bytes, cards)),
            set_name=name,
            can_plan=any(
                card.installed and card.options.get("controller") for card in application.catalogue.cards()
            ),
            arrived_bytes=sum(map(application.store.arrived_bytes, cards)),
        )

    def install_set(self, name: str, on_progress: OnInstall, cancel: CancelToken) -> None:
        """Fetch what is missing of the starter pack, then of this set; what has arrived stays."""
        from hgpt_desktop.catalog.wanted import forget_wanted_set, note_wanted_set

        folder = self._application.folders.models
        note_wanted_set(folder, name)
        self._application.store.install_all(self._missing_of(name), self._shown(on_progress), cancel)
        forget_wanted_set(folder)

    def rest(self) -> StarterView | None:
        """What is missing of the set that `install_set` began, or else of the starter pack."""
        from hgpt_desktop.catalog.wanted import NONE, wanted_set

        name = wanted_set(self._application.folders.models)
        if name == NONE:
            return None
        missing = self._missing_of(name) if name is not None else ()
        return self._set_view(name, missing) if name is not None and missing else self.starter()

    def drop_rest(self) -> None:
        """No set is wanted any more, until `install_set` begins another one; what has arrived stays."""
        from hgpt_desktop.catalog.wanted import NONE, note_wanted_set

        note_wanted_set(self._application.folders.models, NONE)

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
                    description=said(card.description),
                    licence=said(card.licence),
                    languages=card.languages,
                    tier=card.tier,
                    size_bytes=_download_bytes(card),
                    memory_bytes=full,
                    source=said(card.source),
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

    def catalogue_fault(self) -> ProblemView | None:
        """Why the user's own catalogue, or a part of it, is left out."""
        fault = self._application.catalogue.own_fault()
        return ProblemView.of(fault) if fault is not None else None

    def install_model(self, model_id: str, on_progress: OnInstall, cancel: CancelToken) -> None:
        """Fetch one model, or what is damaged of an installed one; what has arrived stays."""
        store, card = self._application.store, self._application.catalogue.card(model_id)
        fetch = store.repair if card.installed else store.install
        fetch(card, self._shown(on_progress), cancel)

    def verify_model(self, model_id: str, on_progress: OnInstall, cancel: CancelToken) -> tuple[str, ...]:
        """What is wrong with its files, in sentences; nothing where they are well."""
        application = self._application
        card = application.catalogue.card(model_id)
        problems = application.store.verify(card, self._shown(on_progress), cancel)
        return tuple(f"{problem.path}: {problem.reason}" for problem in problems)

    def remove_model(self, model_id: str) -> int:
        """Put its files aside; bytes of the disk that `forget_model` will free."""
        application = self._application
        application.memory.release(model_id)
        return application.store.put_aside(application.catalogue.card(model_id))

    def bring_model_back(self, model_id: str) -> None:
        """Take `remove_model` back."""
        self._application.store.bring_back(model_id)

    def forget_model(self, model_id: str) -> None:
        """Delete the files that `remove_model` put aside."""
        self._application.store.forget(model_id)

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
        names = {card.id: card.name for card in self._application.catalogue.cards()}

        def progressed(progress: InstallProgress) -> None:
            on_progress(
                InstallView(
                    names.get(progress.model_id, progress.model_id),
                    progress.file,
                    progress.done_bytes,
                    progress.total_bytes,
                    progress.bytes_per_s,
                    progress.remaining_s,
                    self._free_bytes(),
                )
            )

        return progressed


def _download_bytes(card: ModelCard) -> int:
    return max(card.size_bytes, int(card.options.get("download_bytes", 0)))
