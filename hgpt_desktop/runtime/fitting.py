"""Whether models fit a device, why not, and what would make them fit: for one model and for a whole plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.footprints import FootprintSource
from hgpt_desktop.runtime.ladder import Rung, on_rung, rungs_for

_SETTING = "`memory_budget_bytes` in the settings or `--memory-budget`"


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether something fits.

    Args:
        needed_bytes: at the moment at which most is needed.
        available_bytes: what models may take.
        reason: one sentence with the numbers.
        mend: what would make it fit; empty where it does.
        model: the name of the model that does not fit; empty where all do.
        together_bytes: what all models of a plan would take if they stayed in memory together.
    """

    fits: bool
    needed_bytes: int
    available_bytes: int
    reason: str
    mend: str = ""
    model: str = ""
    together_bytes: int = 0


def fit_model(card: ModelCard, device: str, source: FootprintSource, available_bytes: int) -> Fit:
    """Whether a model can be loaded and run on a device that holds nothing else of ours."""
    cost = source.footprint(card, device)
    needed_bytes = cost.running_bytes
    parts = f"{_gib(cost.weights_bytes)} for its weights and {_gib(cost.peak_bytes)} while it runs"
    reason = f"{card.name} takes {parts}; models may take {_gib(available_bytes)} on {device}."
    if needed_bytes <= available_bytes:
        return Fit(True, needed_bytes, available_bytes, reason)
    for rung in rungs_for(card, device):
        if rung in (Rung.AS_IT_IS, Rung.IDLE_FREED, Rung.ONE_BY_ONE, Rung.ON_CPU):
            continue
        if source.footprint(on_rung(card, rung), device).running_bytes <= available_bytes:
            return Fit(True, needed_bytes, available_bytes, f"{reason} It runs {rung.value}.")
    if Rung.ON_CPU in rungs_for(card, device):
        mend = f"Choose the device `cpu`, a smaller model, or allow {_gib(needed_bytes)} ({_SETTING})."
    else:
        mend = f"Choose a smaller model, close other programs, or allow {_gib(needed_bytes)} ({_SETTING})."
    return Fit(False, needed_bytes, available_bytes, reason, mend, card.name)


def least_running_bytes(card: ModelCard, device: str, source: FootprintSource) -> int:
    """What a model takes on a device at the least, loaded in the most frugal way that its family offers."""
    rungs = [rung for rung in rungs_for(card, device) if rung is not Rung.ON_CPU]
    return min(source.footprint(on_rung(card, rung), device).running_bytes for rung in rungs)


def fit_plan(cards: Iterable[ModelCard], device: str, source: FootprintSource, available_bytes: int) -> Fit:
    """Whether a plan of tasks with these models can be run, one model at a time if need be.

    The reason says whether all of them stay in memory together, or are loaded in turn.
    """
    models = list({card.id: card for card in cards}.values())
    fits = [fit_model(card, device, source, available_bytes) for card in models]
    refused = next((fit for fit in fits if not fit.fits), None)
    if refused is not None:
        return refused
    costs = [source.footprint(card, device) for card in models]
    together_bytes = sum(cost.weights_bytes for cost in costs) + max((c.peak_bytes for c in costs), default=0)
    largest_bytes = max((cost.running_bytes for cost in costs), default=0)
    allowed = f"models may take {_gib(available_bytes)} on {device}"
    if together_bytes <= available_bytes:
        reason = f"All models of the plan together take {_gib(together_bytes)}; {allowed}."
        return Fit(True, together_bytes, available_bytes, reason, together_bytes=together_bytes)
    reason = (
        f"All models of the plan together would take {_gib(together_bytes)}; {allowed}. "
        f"They are loaded in turn; the largest takes {_gib(largest_bytes)}."
    )
    return Fit(True, largest_bytes, available_bytes, reason, together_bytes=together_bytes)


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GiB" if size_bytes >= 2**30 else f"{size_bytes / 2**20:.0f} MiB"
