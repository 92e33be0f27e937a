"""What is tried when memory runs out, one rung after another; which rung helped is remembered."""

from __future__ import annotations

import threading
from dataclasses import replace
from enum import Enum
from typing import Protocol

from hgpt_desktop.core.models import ModelCard


class Rung(Enum):
    """A way to run a model in less memory; the value is what people are told."""

    AS_IT_IS = "as it is"
    IDLE_FREED = "with all idle models put out"
    ONE_BY_ONE = "one input at a time"
    TILED = "in tiles"
    SLICED = "in tiles, with attention in slices"
    HALVED = "in half precision"
    EIGHT_BIT = "in eight bits"
    OFFLOADED = "with parts of it on the processor"
    LAYERED = "layer by layer"
    FEW_LAYERS = "with only some of its layers on the graphics card"
    ON_CPU = "on the processor"


_DIFFUSION = (Rung.TILED, Rung.SLICED)
_IN_PARTS = (Rung.OFFLOADED, Rung.LAYERED)
_OPTIONS: dict[Rung, dict[str, object]] = {
    Rung.AS_IT_IS: {},
    Rung.IDLE_FREED: {},
    Rung.ONE_BY_ONE: {},
    Rung.TILED: {"tiling": True},
    Rung.SLICED: {"tiling": True, "slicing": True},
    Rung.HALVED: {"dtype": "bfloat16"},
    Rung.EIGHT_BIT: {"compute_type": "int8_float16"},
    Rung.OFFLOADED: {"tiling": True, "offload": "model"},
    Rung.LAYERED: {"tiling": True, "offload": "sequential"},
    Rung.FEW_LAYERS: {"gpu_layers": 12},
    Rung.ON_CPU: {"device": "cpu"},
}
_NOT_ON_CPU = frozenset({Rung.EIGHT_BIT, Rung.OFFLOADED, Rung.LAYERED, Rung.FEW_LAYERS, Rung.ON_CPU})
PEAK_SHARE = {
    Rung.TILED: 0.5,
    Rung.SLICED: 0.4,
    Rung.HALVED: 0.5,
    Rung.EIGHT_BIT: 0.7,
    Rung.OFFLOADED: 0.5,
    Rung.LAYERED: 0.5,
    Rung.FEW_LAYERS: 0.5,
}
"""Of the peak that a rung needs, about. Sources: documentation of diffusers, "Reduce memory usage"."""
WEIGHTS_SHARE = {
    Rung.HALVED: 0.5,
    Rung.EIGHT_BIT: 0.5,
    Rung.OFFLOADED: 0.6,
    Rung.LAYERED: 0.1,
    Rung.FEW_LAYERS: 0.5,
}
"""Of the weights that a rung keeps on the device, about."""


def rungs_for(card: ModelCard, device: str) -> tuple[Rung, ...]:
    """The ways in which a model can be run on a device, the best first.

    What the catalogue sets for a model itself is kept, so that a rung that would change it is left out.
    """
    rungs = [Rung.AS_IT_IS, Rung.IDLE_FREED, Rung.ONE_BY_ONE]
    if card.loader.startswith(("diffusers-", "simulated")):
        rungs += _DIFFUSION
    if card.loader.startswith(("transformers-", "diffusers-")) and device == "cpu":
        rungs.append(Rung.HALVED)  # on a GPU it is what they begin with
    if card.loader == "faster-whisper":
        rungs.append(Rung.EIGHT_BIT)  # on the processor it is what it begins with
    if card.loader.startswith(("transformers-", "diffusers-", "simulated")):
        rungs += _IN_PARTS
    if card.loader.startswith("llama.cpp"):
        rungs.append(Rung.FEW_LAYERS)
    rungs.append(Rung.ON_CPU)
    return tuple(
        rung
        for rung in rungs
        if not (device == "cpu" and rung in _NOT_ON_CPU)
        and not any(card.options.get(name) not in (None, value) for name, value in _OPTIONS[rung].items())
    )


def on_rung(card: ModelCard, rung: Rung) -> ModelCard:
    """The model as it is to be loaded on that rung."""
    options = _OPTIONS[rung]
    return replace(card, options={**card.options, **options}) if options else card


def rung_of(card: ModelCard) -> Rung:
    """The rung on which a model was put by `on_rung`, as far as its options show it."""
    shown = [
        rung for rung, options in _OPTIONS.items() if options and options.items() <= card.options.items()
    ]
    return shown[-1] if shown else Rung.AS_IT_IS


class RungStore(Protocol):
    """Remembers which rung worked for a model on a device. Threads: any."""

    def rung(self, model_id: str, device: str) -> Rung:
        """The rung to begin with."""

    def keep_rung(self, model_id: str, device: str, rung: Rung) -> None:
        """Remember the rung that worked."""


class RungsOfRun(RungStore):
    """A store that forgets with the program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rungs: dict[tuple[str, str], Rung] = {}

    def rung(self, model_id: str, device: str) -> Rung:
        """See `RungStore.rung`."""
        with self._lock:
            return self._rungs.get((model_id, device), Rung.AS_IT_IS)

    def keep_rung(self, model_id: str, device: str, rung: Rung) -> None:
        """See `RungStore.keep_rung`."""
        with self._lock:
            self._rungs[model_id, device] = rung


class Ladder:
    """One candidate's way down the rungs, for one task. Threads: for one.

    Args:
        device: where the model would run by itself.
    """

    def __init__(self, card: ModelCard, device: str, store: RungStore) -> None:
        self._card = card
        self._device = device
        self._store = store
        self._rungs = rungs_for(card, device)
        begin = store.rung(card.id, device)
        self._place = self._rungs.index(begin) if begin in self._rungs else 0
        self._first = self._place
        self.tried: list[Rung] = []

    @property
    def rung(self) -> Rung:
        """Where it stands."""
        return self._rungs[self._place]

    @property
    def card(self) -> ModelCard:
        """The model as it is to be loaded now."""
        return on_rung(self._card, self.rung)

    def step_down(self, *, never_fits: bool, together: bool = False) -> bool:
        """Go to the next rung after memory ran out; False where there is none.

        Args:
            never_fits: it was not even admitted, so that putting others out is of no use.
            together: it worked on several inputs at once.
        """
        self.tried.append(self.rung)
        useless = {Rung.IDLE_FREED} if never_fits else set()
        if not together:
            useless.add(Rung.ONE_BY_ONE)
        for following in range(self._place + 1, len(self._rungs)):
            if self._rungs[following] not in useless:
                self._place = following
                return True
        return False

    @property
    def batches(self) -> bool:
        """Whether several inputs may be worked on at once where it stands."""
        return self.rung in (Rung.AS_IT_IS, Rung.IDLE_FREED)

    def worked(self) -> None:
        """Remember the present rung for the next time, unless it says nothing about the model."""
        if self._place != self._first and self.rung is not Rung.IDLE_FREED:
            self._store.keep_rung(self._card.id, self._device, self.rung)
