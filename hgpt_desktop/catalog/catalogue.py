"""The catalogue: every model that the program knows of, and which of them can be used here."""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hgpt_desktop.catalog.cards import CARD_FILE, read_card, read_catalogue
from hgpt_desktop.catalog.index import SCHEMA_VERSION, CardIndex
from hgpt_desktop.catalog.records import is_installed
from hgpt_desktop.core.errors import CatalogUnavailable, InvalidInput
from hgpt_desktop.core.models import ModelCard

_Found = TypeVar("_Found")

_log = logging.getLogger(__name__)


class CatalogueIndex:
    """models.yaml and the user's own models, indexed in SQLite. Implements `core.interfaces.Catalogue`.

    Whether a model is installed is judged by what is on disk at the moment of asking.

    Args:
        models_yaml: the shipped catalogue.
        db_path: the index; it is made anew whenever it is missing, damaged or out of date.
        models_folder: installed models, a folder each; those with a card.yaml that models.yaml does not know
            are the user's own.
        can_load: whether the libraries for a model are there.
        capacity_bytes: what models may take together in memory.
        needed_bytes: what a model takes while it runs.
        own_yaml: a catalogue of the user's own, in the form of models.yaml; it need not be there.
        has_gpu: whether models run on a GPU here; else what is meant for one is suggested last.

    Raises:
        CatalogUnavailable: models.yaml cannot be read, or the index cannot be written.
        DatabaseTooNew: a newer version of the program made the index.

    Threads: any thread may call.
    """

    def __init__(
        self,
        models_yaml: Path,
        db_path: Path,
        models_folder: Path,
        can_load: Callable[[ModelCard], bool],
        capacity_bytes: Callable[[], int],
        needed_bytes: Callable[[ModelCard], int] = lambda card: card.memory_bytes,
        own_yaml: Path | None = None,
        has_gpu: bool = True,
    ) -> None:
        self._models_yaml = models_yaml
        self._own_yaml = own_yaml
        self._models_folder = models_folder
        self._index = CardIndex(db_path)
        self._can_load = can_load
        self._capacity_bytes = capacity_bytes
        self._needed_bytes = needed_bytes
        self._has_gpu = has_gpu
        self._refreshing = threading.Lock()
        self.refresh()

    def refresh(self, *, anew: bool = False) -> None:
        """Read the YAML files again if one of them has changed. Raises as the constructor does.

        Args:
            anew: make the index in any case.
        """
        with self._refreshing:  # a model may be removed while another one has just arrived
            self._refresh(anew)

    def _refresh(self, anew: bool) -> None:
        try:
            shipped = self._models_yaml.read_bytes()
        except OSError as error:
            raise CatalogUnavailable(
                f"The catalogue {self._models_yaml} cannot be read.",
                "Put back the file that came with the program.",
                str(error),
            ) from error
        own = self._own_cards()
        listed = self._listed()
        digest = hashlib.sha256(f"{SCHEMA_VERSION}\n".encode())
        for name, content in (("", shipped), ("own", listed), *own.items()):
            digest.update(f"{name}\n{len(content)}\n".encode() + content)
        fingerprint = digest.hexdigest()
        if not anew and self._index.fingerprint() == fingerprint:
            return
        cards = {card.id: card for card in read_catalogue(shipped, self._models_yaml.name)}
        for card in self._listed_cards(listed):
            if card.id in cards:
                _log.warning("left out of your own catalogue: %s is in the shipped one", card.id)
            else:
                cards[card.id] = card
        for name, content in own.items():
            if name in cards:
                continue  # the catalogue's word counts, also for a model that it installed
            try:
                card = read_card(content, f"{name}/{CARD_FILE}")
            except CatalogUnavailable as error:
                _log.warning("left out of the catalogue: %s", error.message)
                continue
            if card.id == name:
                cards[name] = card
            else:
                _log.warning("left out of the catalogue: %s/%s is the card of %s", name, CARD_FILE, card.id)
        self._index.build(tuple(cards.values()), fingerprint)

    def cards(self) -> tuple[ModelCard, ...]:
        """Every model, in the catalogue's order, the user's own last."""
        return self._here(self._read(self._index.all))

    def card(self, model_id: str) -> ModelCard:
        """The model of that id. Raises `InvalidInput` where there is none."""
        found = self._read(lambda: self._index.one(model_id))
        if found is None:
            raise InvalidInput(
                f"The catalogue has no model {model_id}.",
                "`hgpt models list` and `hgpt models search` show what it has.",
            )
        return self._here([found])[0]

    def for_task(self, task: str) -> tuple[ModelCard, ...]:
        """The models for a task type, installed or not, best first."""
        return self._here(sorted(self._read(lambda: self._index.for_task(task)), key=_rank))

    def in_set(self, name: str) -> tuple[ModelCard, ...]:
        """The models of a set (`starter`); none where there is no such set."""
        return self._here(self._read(lambda: self._index.in_set(name)))

    def search(self, text: str) -> tuple[ModelCard, ...]:
        """The models whose id, name, tasks, description, licence or languages have the words, best first."""
        return self._here(self._read(lambda: self._index.search(text)))

    def candidates(self, task: str) -> tuple[ModelCard, ...]:
        """Installed models for a task type that can be loaded here and fit, best first."""
        capacity_bytes = self._capacity_bytes()
        return tuple(
            card
            for card in self.for_task(task)
            if card.installed and self._needed_bytes(card) <= capacity_bytes and self._can_load(card)
        )

    def suggestion(self, task: str) -> ModelCard | None:
        """The model to install for a task type: one that fits and can be loaded, if there is one; or None.

        The starter pack comes first, then what is quick enough on this machine, then the best.
        """
        capacity_bytes = self._capacity_bytes()
        missing = [
            card
            for card in self.for_task(task)
            if not card.installed and self._needed_bytes(card) <= capacity_bytes
        ]

        def reasons_against(card: ModelCard) -> tuple[bool, bool, bool]:
            slow = not self._has_gpu and card.tier != "cpu"
            return (not self._can_load(card), "starter" not in card.sets, slow)

        return min(missing, key=reasons_against, default=None)

    def fits(self, card: ModelCard) -> bool:
        """Whether the machine has the memory for the model."""
        return self._needed_bytes(card) <= self._capacity_bytes()

    def to_json(self, card: ModelCard) -> dict[str, Any]:
        """An entry of `hgpt models list --json`."""
        return {
            "id": card.id,
            "tasks": list(card.tasks),
            "licence": card.licence,
            "size_bytes": max(card.size_bytes, int(card.options.get("download_bytes", 0))),
            "languages": list(card.languages),
            "tier": card.tier,
            "installed": card.installed,
            "fits": self.fits(card),
            "verified": card.verified,
            "source": card.source,
        }

    def own_fault(self) -> CatalogUnavailable | None:
        """Why the user's own catalogue, or a part of it, is left out; None where all of it counts."""
        content = self._listed()
        if not content.strip():
            return None
        try:
            listed = read_catalogue(content, str(self._own_yaml))
            shipped = {card.id for card in read_catalogue(self._models_yaml.read_bytes(), "")}
        except CatalogUnavailable as error:
            return error
        taken = [card.id for card in listed if card.id in shipped]
        if not taken:
            return None
        return CatalogUnavailable(
            f"Of your catalogue {self._own_yaml} this is left out: {', '.join(taken)}.",
            "Give it another id: the catalogue that came with the program has it already.",
        )

    def _listed(self) -> bytes:
        """The user's own catalogue as it is on the disk."""
        return self._own_yaml.read_bytes() if self._own_yaml and self._own_yaml.is_file() else b""

    def _listed_cards(self, content: bytes) -> tuple[ModelCard, ...]:
        """The cards of the user's own catalogue; nothing where it cannot be read: the others still count."""
        if not content.strip():
            return ()
        try:
            return read_catalogue(content, str(self._own_yaml))
        except CatalogUnavailable as error:
            _log.warning("your own catalogue is left out: %s", error.message)
            return ()

    def _own_cards(self) -> dict[str, bytes]:
        """The card.yaml of each folder below the models folder, by the folder's name."""
        found = {}
        try:
            for path in sorted(self._models_folder.glob(f"*/{CARD_FILE}")):
                found[path.parent.name] = path.read_bytes()
        except OSError as error:
            raise CatalogUnavailable(
                f"The models folder {self._models_folder} cannot be read.",
                "Check the rights to it.",
                str(error),
            ) from error
        return found

    def _read(self, query: Callable[[], _Found]) -> _Found:
        """What the index says; one that turns out to be damaged is made anew."""
        try:
            return query()
        except CatalogUnavailable as error:
            _log.warning("the catalogue's index is made anew: %s", error.detail or error.message)
            self.refresh(anew=True)
            return query()

    def _here(self, cards: Iterable[ModelCard]) -> tuple[ModelCard, ...]:
        """The cards with what depends on this machine filled in."""
        return tuple(
            replace(
                card,
                folder=(folder := self._models_folder / card.id),
                installed=is_installed(card, folder),
            )
            for card in cards
        )


def _rank(card: ModelCard) -> tuple[float, float, str]:
    return (-card.quality, -math.log10(card.downloads + 1), card.id)
