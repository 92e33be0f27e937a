"""What a task may be told besides its files: numbers, points in time, words out of a list."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hgpt_desktop.core.errors import ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_UNITS_S = (("ms", 0.001), ("h", 3600.0), ("m", 60.0), ("小時", 3600.0), ("分", 60.0))


def number(call: ExpertCall, name: str, low: float, high: float, default: float | None = None) -> float:
    """A number of the call: `3`, `2.5`, `2,5`, also with a unit behind it that goes without saying (`40 %`).

    Raises:
        InvalidInput: it is none, lies outside of `low` to `high`, or is missing and has no default.
    """
    given = call.text(name).strip()
    if not given:
        return _needed(call, name, default)
    found = _NUMBER.search(given)
    value = float(found[0].replace(",", ".")) if found else math.nan
    return _within(call, name, given, value, low, high)


def seconds(call: ExpertCall, name: str, high: float, default: float | None = None) -> float:
    """A point in time or a length in seconds: `90`, `1:30`, `0:01:30`, `2 min`.

    Raises: as `number`.
    """
    given = call.text(name).strip()
    if not given:
        return _needed(call, name, default)
    if clock := _CLOCK.search(given):
        hours, minutes, rest = (float((part or "0").replace(",", ".")) for part in clock.groups())
        return _within(call, name, given, hours * 3600 + minutes * 60 + rest, 0.0, high)
    found = _NUMBER.search(given)
    value = math.nan
    if found:
        unit = given[found.end() :].strip().lower()
        value = float(found[0].replace(",", ".")) * next(
            (factor for sign, factor in _UNITS_S if unit.startswith(sign)), 1.0
        )
    return _within(call, name, given, value, 0.0, high)


def choice(call: ExpertCall, name: str, choices: Sequence[str], default: str = "") -> str:
    """One of the words that the option may have; capitals do not count.

    Raises:
        InvalidInput: it is another word, or is missing and has no default.
    """
    given = call.text(name).strip().casefold()
    if not given and default:
        return default
    for word in choices:
        if word.casefold() == given:
            return word
    raise InvalidInput(
        f"{call.task} does not take {call.text(name).strip() or 'nothing'!r} as its {name}.",
        f"It takes {', '.join(choices)}.",
    )


def refuse_part(card: ModelCard, call: ExpertCall) -> None:
    """What a model of sound says that cannot part voice and music, where that is wanted.

    Raises:
        ExecutionFailed: so that another model is tried.
    """
    if wanted := call.text("keep").strip():
        raise ExecutionFailed(
            f"{card.name} cannot keep only the {wanted}.",
            "`hgpt models install spleeter-2stems` gets one that parts voice and music.",
        )


def _needed(call: ExpertCall, name: str, default: float | None) -> float:
    if default is None:
        raise InvalidInput(f"The task {call.task} was given no {name}.", f"Say the {name} as a number.")
    return default


def _within(call: ExpertCall, name: str, given: str, value: float, low: float, high: float) -> float:
    if math.isfinite(value) and low <= value <= high:
        return value
    raise InvalidInput(
        f"{call.task} cannot take {given[:40]!r} as its {name}.", f"Say a number from {low:g} to {high:g}."
    )
