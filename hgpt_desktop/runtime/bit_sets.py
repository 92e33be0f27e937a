"""Sets of models as bit masks, and which of them to give up for so many bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

_MOST_WEIGHED = 8  # among how many residents every minimal set to evict is looked at


@lru_cache(maxsize=4096)
def bits(mask: int) -> tuple[int, ...]:
    """The indices of the bits that are set, ascending."""
    found = []
    while mask:
        bit = mask & -mask
        mask ^= bit
        found.append(bit.bit_length() - 1)
    return tuple(found)


def minimal_sets(
    candidates: Sequence[int], excess: int, weights: Sequence[int], cost: Sequence[float]
) -> list[int]:
    """Masks of those sets of candidates that weigh enough and of which none can be left out.

    Among many candidates only the cheaper ones by weight are looked at, as long as they suffice.
    """
    if excess <= 0:
        return [0]
    ordered = sorted(candidates, key=lambda one: cost[one] / max(1, weights[one]))
    count, total = 0, 0
    for count, one in enumerate(ordered, start=1):
        total += weights[one]
        if count >= _MOST_WEIGHED and total >= excess:
            break
    ordered = sorted(ordered[:count], key=lambda one: -weights[one])
    found: list[int] = []
    if total < excess:
        return found
    tail = [0] * (len(ordered) + 1)
    for index in range(len(ordered) - 1, -1, -1):
        tail[index] = tail[index + 1] + weights[ordered[index]]

    def choose(index: int, chosen: int, weight: int, lightest: int) -> None:
        if weight >= excess:
            if weight - lightest < excess:
                found.append(chosen)
            return
        if weight + tail[index] < excess:
            return
        one = ordered[index]
        choose(index + 1, chosen | 1 << one, weight + weights[one], weights[one])
        choose(index + 1, chosen, weight, lightest)

    choose(0, 0, 0, 0)
    return found
