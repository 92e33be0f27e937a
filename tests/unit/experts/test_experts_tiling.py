"""Panoramas looked at in parts, and what is found in them put together."""

from __future__ import annotations

import itertools

import pytest

from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.experts.tiling import Edges, Finding, found_in_parts, partly, parts_to_look_at

THINGS: tuple[Finding, ...] = (
    ("tree", 0.9, (100.0, 20.0, 160.0, 90.0)),
    ("tree", 0.8, (1000.0, 10.0, 1070.0, 95.0)),
    ("car", 0.7, (1010.0, 50.0, 1060.0, 80.0)),
    ("train", 0.6, (300.0, 30.0, 700.0, 70.0)),
)
SIZE = (1500, 100)


def look(part: Edges) -> list[Finding]:
    """A detector that finds what it sees of the things, in the pixels of the part."""
    seen: list[Finding] = []
    for label, score, (left, top, right, bottom) in THINGS:
        inside = (max(left, part[0]), max(top, part[1]), min(right, part[2]), min(bottom, part[3]))
        if inside[2] - inside[0] > 5 and inside[3] - inside[1] > 5:
            shown = (inside[0] - part[0], inside[1] - part[1], inside[2] - part[0], inside[3] - part[1])
            seen.append((label, score * (inside[2] - inside[0]) / (right - left), shown))
    return seen


@pytest.mark.parametrize("size", [(1500, 100), (100, 1500), (640, 480), (30_000, 1500), (1, 1), (5, 1)])
def test_parts_cover_the_picture(size: tuple[int, int]) -> None:
    parts = parts_to_look_at(*size)
    assert parts[0] == (0, 0, *size)
    for left, top, right, bottom in parts:
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
    if max(size) > 2 * min(size):
        along = sorted((part[0] + part[1], part[2] if size[0] > size[1] else part[3]) for part in parts[1:])
        assert along[0][0] == 0
        assert along[-1][1] == max(size)
        assert all(before[1] >= after[0] for before, after in itertools.pairwise(along))
    else:
        assert len(parts) == 1


def test_what_lies_across_parts_is_found_once_and_whole() -> None:
    seen: list[float] = []
    found = found_in_parts(SIZE, look, lambda part, message: seen.append(part or 0.0), lambda: False)
    assert [(label, score, tuple(edges)) for label, score, edges in found] == list(THINGS)
    assert seen == sorted(seen)
    assert len(seen) == len(parts_to_look_at(*SIZE))


def test_a_piece_at_an_edge_belongs_to_the_whole() -> None:
    pieces = iter(
        [[("train", 0.5, (300.0, 30.0, 700.0, 70.0))], *([[("train", 0.9, (0.0, 30.0, 150.0, 70.0))]] * 20)]
    )

    def look_at(part: Edges) -> list[Finding]:
        return list(next(pieces)) if part[0] == 0 or 300 < part[0] < 550 else []

    found = found_in_parts(SIZE, look_at, lambda part, message: None, lambda: False)
    assert [one for one in found if one[2][0] >= 300] == [("train", 0.5, [300.0, 30.0, 700.0, 70.0])]


def test_looking_stops_between_two_parts() -> None:
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        found_in_parts(SIZE, look, lambda part, message: None, lambda: next(asked))


def test_progress_of_a_part_lies_within_the_whole() -> None:
    seen: list[float | None] = []
    report = partly(lambda part, message: seen.append(part), 0.5, 0.25)
    report(0.0, "begins")
    report(1.0, "ends")
    report(None, "goes on")
    assert seen == [0.5, 0.75, None]
