"""Places the nodes of an acyclic graph in layers, with as few crossing edges as can be found.

The method of Sugiyama, Tagawa and Toda (1981): layers by longest path, long edges cut into pieces, places by
least squares. Where the layers allow orders without a crossing, these are taken (`level_planarity`); else
orders are found by barycentres and swaps of neighbours. No Qt here.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hgpt_desktop.ui.level_planarity import Edge, Node, without_crossings

_SWEEPS = 8
_STARTS = 4
_MOST_EDGES = 200  # with more of them fewer starts are tried: the window must not wait for a picture
_PLACINGS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands.

    Args:
        places: by node its layer, 0 first, and its row; the rows of a layer are at least 1 apart.
        routes: by edge the places that it goes through, both ends included.
        crossings: how often two edges cross.
    """

    places: Mapping[Node, tuple[int, float]]
    routes: Mapping[Edge, tuple[tuple[int, float], ...]]
    crossings: int

    @property
    def size(self) -> tuple[int, float]:
        """How many layers, and how many rows from the first to the last."""
        if not self.places:
            return 0, 0.0
        return 1 + max(layer for layer, _ in self.places.values()), 1 + max(
            r for _, r in self.places.values()
        )


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge]) -> Layout:
    """The same graph always gets the same layout.

    Args:
        nodes: each after those that it depends on.
        edges: from what is needed to what needs it; both ends are among the nodes.
    """
    layer_of: dict[Node, int] = {}
    before: dict[Node, list[Node]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
    for node in nodes:
        layer_of[node] = 1 + max((layer_of[one] for one in before[node]), default=-1)
    _pull_sources(nodes, edges, layer_of)
    pieces: dict[Edge, list[Node]] = {}
    for edge in dict.fromkeys(edges):
        source, target = edge
        steps = [("bend", edge, layer) for layer in range(layer_of[source] + 1, layer_of[target])]
        for layer, step in enumerate(steps, start=layer_of[source] + 1):
            layer_of[step] = layer
        pieces[edge] = [source, *steps, target]
    short = [pair for path in pieces.values() for pair in pairwise(path)]
    layers: list[list[Node]] = [[] for _ in range(1 + max(layer_of.values(), default=-1))]
    for node, layer in layer_of.items():
        layers[layer].append(node)
    ordered, crossings = _ordered(layers, short)
    rows = _rows(ordered, short)
    return Layout(
        {node: (layer_of[node], rows[node]) for node in nodes},
        {edge: tuple((layer_of[one], rows[one]) for one in path) for edge, path in pieces.items()},
        crossings,
    )


def _pull_sources(nodes: Sequence[Node], edges: Sequence[Edge], layer_of: dict[Node, int]) -> None:
    """Put what nothing goes into right before its first use, so that its edges are short."""
    after: dict[Node, list[Node]] = defaultdict(list)
    targets = {target for _, target in edges}
    for source, target in edges:
        after[source].append(target)
    for node in nodes:
        if node not in targets and after[node]:
            layer_of[node] = min(layer_of[one] for one in after[node]) - 1


def _ordered(layers: list[list[Node]], edges: Sequence[Edge]) -> tuple[list[list[Node]], int]:
    down: dict[Node, list[Node]] = defaultdict(list)
    up: dict[Node, list[Node]] = defaultdict(list)
    for source, target in edges:
        down[source].append(target)
        up[target].append(source)
    chance = random.Random(1)
    if (planar := without_crossings(layers, edges)) is not None:
        return planar, _crossings(planar, up)
    best, fewest = layers, _crossings(layers, up)
    for start in range(max(1, min(_STARTS, _MOST_EDGES // max(len(edges), 1)))):
        if fewest == 0:
            break
        tried = [list(layer) for layer in layers]
        if start:
            for layer in tried:
                chance.shuffle(layer)
        for sweep in range(_SWEEPS):
            if sweep % 2 == 0:
                for index in range(1, len(tried)):
                    _by_barycentre(tried[index], tried[index - 1], up)
            else:
                for index in range(len(tried) - 2, -1, -1):
                    _by_barycentre(tried[index], tried[index + 1], down)
            _swap_neighbours(tried, up, down)
            found = _crossings(tried, up)
            if found < fewest:
                best, fewest = [list(layer) for layer in tried], found
            if fewest == 0:
                break
    return best, fewest


def _by_barycentre(layer: list[Node], fixed: list[Node], towards: Mapping[Node, list[Node]]) -> None:
    at = {node: index for index, node in enumerate(fixed)}
    own = {node: float(index) for index, node in enumerate(layer)}

    def centre(node: Node) -> float:
        near = [at[one] for one in towards.get(node, ()) if one in at]
        return sum(near) / len(near) if near else own[node]

    layer.sort(key=centre)


def _swap_neighbours(
    layers: list[list[Node]], up: Mapping[Node, list[Node]], down: Mapping[Node, list[Node]]
) -> None:
    for index, layer in enumerate(layers):
        above = {node: at for at, node in enumerate(layers[index - 1])} if index else {}
        below = {node: at for at, node in enumerate(layers[index + 1])} if index + 1 < len(layers) else {}
        better = True
        while better:
            better = False
            for at, (left, right) in enumerate(pairwise(list(layer))):
                now = _pair(left, right, up, above) + _pair(left, right, down, below)
                swapped = _pair(right, left, up, above) + _pair(right, left, down, below)
                if swapped < now:
                    layer[at], layer[at + 1] = right, left
                    better = True
                    break


def _pair(left: Node, right: Node, towards: Mapping[Node, list[Node]], places: Mapping[Node, int]) -> int:
    """How often the edges of two neighbours cross."""
    lefts = [places[one] for one in towards.get(left, ()) if one in places]
    rights = [places[one] for one in towards.get(right, ()) if one in places]
    return sum(one > other for one in lefts for other in rights)


def _crossings(layers: Sequence[Sequence[Node]], up: Mapping[Node, list[Node]]) -> int:
    total = 0
    for above, layer in pairwise(layers):
        places = {node: at for at, node in enumerate(above)}
        for index, left in enumerate(layer):
            total += sum(_pair(left, right, up, places) for right in layer[index + 1 :])
    return total


def _rows(layers: Sequence[Sequence[Node]], edges: Sequence[Edge]) -> dict[Node, float]:
    near: dict[Node, list[Node]] = defaultdict(list)
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    tallest = max((len(layer) for layer in layers), default=0)
    rows = {node: index + (tallest - len(layer)) / 2 for layer in layers for index, node in enumerate(layer)}
    for turn in range(_PLACINGS):
        for layer in layers if turn % 2 == 0 else reversed(layers):
            wanted = [
                sum(rows[one] for one in near[node]) / len(near[node]) if near[node] else rows[node]
                for node in layer
            ]
            rows.update(zip(layer, _spread(wanted), strict=True))
    least = min(rows.values(), default=0.0)
    return {node: row - least for node, row in rows.items()}


def _spread(wanted: Sequence[float]) -> list[float]:
    """The nearest places (least squares) that keep the order and a distance of at least 1."""
    pools: list[list[float]] = []  # sum and count of those that had to be put together
    for index, place in enumerate(wanted):
        pools.append([place - index, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    flat = [total / count for total, count in pools for _ in range(int(count))]
    return [place + index for index, place in enumerate(flat)]
