"""Orders for the nodes of each layer with which no edge crosses another, where there are such orders.

For two nodes of a layer it is open which of them stands first. Where both have an edge to the next layer, the
edges do not cross if their ends stand in the same order: so pairs are tied to pairs, and pairs that are tied
share one decision. A pair that is tied to its own reverse cannot be drawn without a crossing. What is left is
to decide so that each layer is in one order (a before b and b before c, so a before c). The idea is that of
Randerath and others, "A satisfiability formulation of problems on level graphs" (2001). No Qt here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cmp_to_key
from itertools import combinations

Node = Hashable
Edge = tuple[Node, Node]
Before = Callable[[Node, Node], bool | None]
_MOST_PAIRS = 40_000  # beyond that it would take longer than a reader wants to wait
_MOST_TURNS = 2_000


class _Ties:
    """Pairs that share one decision, some of them the other way round."""

    def __init__(self) -> None:
        self._above: dict[Edge, tuple[Edge, bool]] = {}

    def root(self, pair: Edge) -> tuple[Edge, bool]:
        """The pair that stands for it, and whether it is decided the other way round."""
        turned, way = False, []
        while pair in self._above:
            way.append((pair, turned))
            pair, flip = self._above[pair]
            turned ^= flip
        for one, before in way:  # so that the next look is short
            self._above[one] = pair, turned ^ before
        return pair, turned

    def tie(self, one: Edge, other: Edge, turned: bool) -> bool:
        """Decide both alike, or one the other way round; False where earlier ties say otherwise."""
        root, first = self.root(one)
        with_root, second = self.root(other)
        if root == with_root:
            return first ^ second == turned
        self._above[root] = with_root, first ^ second ^ turned
        return True


def without_crossings(layers: Sequence[Sequence[Node]], edges: Sequence[Edge]) -> list[list[Node]] | None:
    """The layers in orders without a crossing; None where there are none, or none was found in time.

    Args:
        edges: each from a node to one of the next layer.
    """
    at = {node: (layer, place) for layer, nodes in enumerate(layers) for place, node in enumerate(nodes)}
    if sum(len(nodes) ** 2 for nodes in layers) > _MOST_PAIRS:
        return None

    def pair(one: Node, other: Node) -> tuple[Edge, bool]:
        """The pair as it is kept, and whether that is the other way round."""
        return ((one, other), False) if at[one] < at[other] else ((other, one), True)

    ties = _Ties()
    by_layer: dict[int, list[Edge]] = defaultdict(list)
    for edge in dict.fromkeys(edges):
        by_layer[at[edge[0]][0]].append(edge)
    for together in by_layer.values():
        for (source, target), (source_2, target_2) in combinations(together, 2):
            if source == source_2 or target == target_2:
                continue
            above, turned = pair(source, source_2)
            below, turned_2 = pair(target, target_2)
            if not ties.tie(above, below, turned ^ turned_2):
                return None
    return _decided(layers, ties)


def _decided(layers: Sequence[Sequence[Node]], ties: _Ties) -> list[list[Node]] | None:
    """Decide pair after pair; each decision brings others with it, because a layer has one order."""
    triples: dict[Edge, list[tuple[int, Node, Node, Node]]] = defaultdict(list)
    roots: dict[Edge, None] = {}
    for layer, nodes in enumerate(layers):
        for one, other in combinations(nodes, 2):
            roots[ties.root((one, other))[0]] = None
        for one, other, third in combinations(nodes, 3):
            for two in ((one, other), (other, third), (one, third)):
                triples[ties.root(two)[0]].append((layer, one, other, third))
    decided: dict[Edge, bool] = {}
    turns = 0

    def before(one: Node, other: Node) -> bool | None:
        """Whether the first stands before the other, for a pair as it is kept; None: it is open."""
        root, turned = ties.root((one, other))
        return decided[root] ^ turned if root in decided else None

    def follow(root: Edge, value: bool) -> list[Edge] | None:
        """Decide, and all that comes with it; None where that leads to a contradiction."""
        trail: list[Edge] = []
        waiting = [(root, value)]
        while waiting:
            root, value = waiting.pop()
            if root in decided:
                if decided[root] != value:
                    undo(trail)
                    return None
                continue
            decided[root] = value
            trail.append(root)
            for _, one, other, third in triples[root]:
                for ends, wanted in _implied(before, one, other, third):
                    tied, turned = ties.root(ends)
                    waiting.append((tied, wanted ^ turned))
        return trail

    def undo(trail: Sequence[Edge]) -> None:
        for one in trail:
            del decided[one]

    open_roots = list(roots)
    stack: list[tuple[int, bool, list[Edge]]] = []
    at, first = 0, True
    while at < len(open_roots):
        turns += 1
        if turns > _MOST_TURNS:
            return None
        root = open_roots[at]
        if root in decided and first:
            at += 1
            continue
        # As it stands is tried first: the order of the plan is kept where nothing speaks against it.
        trail = follow(root, True) if first else None
        value = True
        if trail is None:
            trail, value = follow(root, False), False
        if trail is not None:
            stack.append((at, value, trail))
            at, first = at + 1, True
            continue
        while stack and not stack[-1][1]:
            undo(stack.pop()[2])
        if not stack:
            return None
        at, _, trail = stack.pop()
        undo(trail)
        first = False
    return [_sorted(nodes, before) for nodes in layers]


def _implied(before: Before, one: Node, other: Node, third: Node) -> Iterator[tuple[Edge, bool]]:
    """What the order of three nodes says about a pair that is still open, or that contradicts it."""
    first, second, whole = before(one, other), before(other, third), before(one, third)
    if first is not None and first == second and whole != first:
        yield (one, third), first
    if whole is not None and first is not None and whole != first and second != whole:
        yield (other, third), whole
    if whole is not None and second is not None and whole != second and first != whole:
        yield (one, other), whole


def _sorted(nodes: Sequence[Node], before: Before) -> list[Node]:
    places = {node: place for place, node in enumerate(nodes)}

    def compare(one: Node, other: Node) -> int:
        if places[one] < places[other]:
            return -1 if before(one, other) else 1
        return 1 if before(other, one) else -1

    return sorted(nodes, key=cmp_to_key(compare))
