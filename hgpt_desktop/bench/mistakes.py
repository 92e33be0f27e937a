"""The mistakes in plans, sorted by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hgpt_desktop.core.tasks import Vocabulary

Nodes = frozenset[str]
Links = frozenset[tuple[str, str]]


def count_mistakes(
    pairs: Iterable[tuple[tuple[Nodes, Links], tuple[Nodes, Links]]], vocabulary: Vocabulary
) -> dict[str, int]:
    """How many mistakes of each kind.

    - `near_neighbour`: a task in the place of another one that gives the same kind of thing
    - `other_task`: a task in the place of one that gives something else
    - `stopped_early`: a task is missing, `surplus_task`: there is one too many
    - `missing_edge`, `wrong_edge`: between tasks that the gold plan has too

    Args:
        pairs: of gold plan and made plan, each its task names and its links.
    """
    counts = Counter(
        dict.fromkeys(
            ("near_neighbour", "other_task", "stopped_early", "surplus_task", "missing_edge", "wrong_edge"), 0
        )
    )
    for (gold, gold_links), (made, made_links) in pairs:
        missing, surplus = sorted(gold - made), sorted(made - gold)
        for name in list(missing):
            twin = next((one for one in surplus if _alike(name, one, vocabulary)), None)
            if twin is not None:
                missing.remove(name)
                surplus.remove(twin)
                counts["near_neighbour"] += 1
        both = min(len(missing), len(surplus))
        counts["other_task"] += both
        counts["stopped_early"] += len(missing) - both
        counts["surplus_task"] += len(surplus) - both
        shared = gold & made
        counts["missing_edge"] += sum(set(link) <= shared for link in gold_links - made_links)
        counts["wrong_edge"] += sum(set(link) <= shared for link in made_links - gold_links)
    return dict(counts)


def _alike(first: str, second: str, vocabulary: Vocabulary) -> bool:
    return (
        first in vocabulary
        and second in vocabulary
        and vocabulary[first].outputs == vocabulary[second].outputs
    )
