"""Gold plans as examples: which words of a request ask for which of its tasks.

That is not written down in a plan. The best assignment that keeps the order is taken, by what example phrases
say of the words; parts that are left over ask for nothing, and teach that.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hgpt_desktop.bench.taskbench import Record, in_order
from hgpt_desktop.controller.demands import Pieces, split_parts
from hgpt_desktop.controller.evidence import NOTHING, Example, TaskEvidence
from hgpt_desktop.controller.outlining import EVIDENCE_WEIGHT
from hgpt_desktop.core.tasks import Vocabulary

_WORTH = 0.15  # so much evidence is worth putting a task to parts
_UNASKED = 1.0  # what it costs to put one where no word of action begins
_UNNAMED = 1.0  # to leave a task without parts
_UNUSED = 1.0  # to leave a word of action without a task
_MOST_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class AlignedPlan:
    """What a gold plan teaches.

    Args:
        examples: words with the type that they ask for, or nothing.
        chained: how many tasks take the result of the task before them, and `others` something earlier.
        repeats: whether a type stands in the plan twice.
    """

    examples: tuple[Example, ...]
    chained: int
    others: int
    repeats: bool


def aligned(record: Record, vocabulary: Vocabulary, evidence: TaskEvidence) -> AlignedPlan:
    """The record's tasks put to parts of its request, in order."""
    names = [name for name in record.nodes if name in vocabulary]
    order = in_order(names, [link for link in record.links if set(link) <= set(names)])
    repeats = len(set(names)) < len(names)
    if not order:
        return AlignedPlan((), 0, 0, repeats)
    pieces = split_parts(record.request)
    placed = _best_places(pieces, order, evidence)
    used = {part for first, after, _ in placed for part in range(first, after)}
    examples = [(pieces.words(first, after), name) for first, after, name in placed]
    examples += [(part.words, NOTHING) for place, part in enumerate(pieces.parts) if place not in used]
    chained = sum(link in record.links for link in itertools.pairwise(order))
    return AlignedPlan(tuple(examples), chained, len(record.links) - chained, repeats)


_Placed = tuple[int, int, str]


def _best_places(pieces: Pieces, order: Sequence[str], evidence: TaskEvidence) -> tuple[_Placed, ...]:
    """For each task that the request names its first part, the part after its last one, and its name."""
    count = len(pieces.parts)
    best: dict[tuple[int, int], tuple[float, tuple[_Placed, ...]]] = {(0, 0): (0.0, ())}

    def keep(part: int, task: int, score: float, placed: tuple[_Placed, ...]) -> None:
        if (part, task) not in best or best[part, task][0] < score:
            best[part, task] = (score, placed)

    for part, task in itertools.product(range(count + 1), range(len(order) + 1)):
        if (part, task) not in best:
            continue
        score, placed = best[part, task]
        if task < len(order):
            keep(part, task + 1, score - _UNNAMED, placed)
        if part == count:
            continue
        keep(part + 1, task, score - (_UNUSED if pieces.parts[part].asks else 0.0), placed)
        if task == len(order):
            continue
        for after in range(part + 1, min(count, part + _MOST_TOGETHER) + 1):
            found = evidence.scores(pieces.words(part, after))[order[task]]
            gain = EVIDENCE_WEIGHT * (found - _WORTH)
            if not any(one.asks for one in pieces.parts[part:after]):
                gain -= _UNASKED
            keep(after, task + 1, score + gain, (*placed, (part, after, order[task])))
    return best[count, len(order)][1]
