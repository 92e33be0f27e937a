"""Large pictures in parts: tiles side by side, and what is found in them put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hgpt_desktop.core.interfaces import OnProgress
from hgpt_desktop.experts.base import ShouldStop, stop_if

Span = tuple[int, int, int, int]
"""Where a tile begins and ends, and where of that the part begins and ends which is kept."""
Edges = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Finding = tuple[str, float, Sequence[float]]
"""Label, score and edges."""

_LONG = 2.0  # pictures with sides further apart than this are looked at in parts too
_TILE = 1.5  # the length of such a part, as a multiple of the shorter side
_MOST_PARTS = 12  # of a picture, about: each takes a model as long as a whole picture
_MARGIN = 0.15  # how far parts overlap to each side, as a part of their length
_SAME = 0.5  # boxes of one label that overlap more than this are one thing
_PART_OF = 0.6  # a box at the edge of a part, of which so much lies in another one, is a piece of that


def spans(length: int, tile: int, margin: int) -> Iterator[Span]:
    """Tiles along a side: what is kept of each follows on the one before, without a gap."""
    if length <= tile:
        yield 0, length, 0, length
        return
    step = max(1, tile - 2 * margin)
    for kept_from in range(0, length, step):
        kept_to = min(length, kept_from + step)
        yield max(0, kept_from - margin), min(length, kept_to + margin), kept_from, kept_to


def partly(on_progress: OnProgress, done: float, share: float) -> OnProgress:
    """For a part of the work: what part lies behind, and what part it is, 0..1."""

    def report(part: float | None, message: str) -> None:
        on_progress(None if part is None else done + share * part, message)

    return report


def parts_to_look_at(width: int, height: int) -> list[Edges]:
    """The whole picture, and, where it is a panorama, parts of it along its longer side."""
    whole = (0, 0, width, height)
    shorter, longer = sorted((width, height))
    if longer <= _LONG * shorter:
        return [whole]
    tile = max(1, round(_TILE * shorter), round(longer / (_MOST_PARTS * (1 - 2 * _MARGIN))))
    along = [(begin, end) for begin, end, _, _ in spans(longer, tile, round(_MARGIN * tile))]
    if width > height:
        return [whole, *((begin, 0, end, height) for begin, end in along)]
    return [whole, *((0, begin, width, end) for begin, end in along)]


def found_in_parts(
    size: tuple[int, int],
    look: Callable[[Edges], list[Finding]],
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> list[Finding]:
    """What is found in a picture, in its pixels, the surest first; in a panorama part by part.

    Args:
        size: width and height.
        look: gives what is found in a part, in that part's own pixels.

    Raises:
        Cancelled: `should_stop` said so.
    """
    parts = parts_to_look_at(*size)
    found: list[tuple[bool, Finding]] = []
    for number, part in enumerate(parts):
        stop_if(should_stop)
        if len(parts) > 1:
            on_progress(number / len(parts), f"part {number + 1} of {len(parts)}")
        for label, score, edges in look(part):
            moved = [edge + part[place % 2] for place, edge in enumerate(edges)]
            found.append((_is_cut(moved, part, size), (label, score, moved)))
    if len(parts) == 1:
        return [finding for _, finding in found]
    # What is whole comes before what is cut, so that pieces find what they are pieces of.
    found.sort(key=lambda one: (one[0], -one[1][1]))
    kept: list[Finding] = []
    for cut, finding in found:
        if not any(other[0] == finding[0] and _is_same(finding[2], other[2], cut) for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda one: -one[1])


def _is_cut(edges: Sequence[float], part: Edges, size: tuple[int, int]) -> bool:
    """Whether a box touches an edge of its part that is none of the picture."""
    near = 0.01 * max(part[2] - part[0], part[3] - part[1])
    ends = (0, 0, *size)
    return any(part[place] != ends[place] and abs(edges[place] - part[place]) <= near for place in range(4))


def _is_same(one: Sequence[float], other: Sequence[float], cut: bool) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return False
    both, own, others = wide * high, _area(one), _area(other)
    return both > _SAME * (own + others - both) or (cut and both > _PART_OF * own)


def _area(edges: Sequence[float]) -> float:
    return (edges[2] - edges[0]) * (edges[3] - edges[1])
