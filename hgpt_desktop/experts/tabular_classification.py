"""The class of the rows of a table, learnt from the rows whose class is known.

No model comes from outside: five small networks are trained on the table itself, each without a fifth of the
known rows, on which it is then tested. So the accuracy is told honestly, and the rows without a class get the
mean of all five.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_text
from hgpt_desktop.experts.pretrained import running, seeded
from hgpt_desktop.experts.tables import Table, read_table

if TYPE_CHECKING:
    import torch

_FOLDS = 5
_ROUNDS = 200
_LAYERS = (64, 64)
_MANY_ROWS = 5_000
_LEAST_ROWS = 10
_MOST_ROWS = 50_000
_MOST_CLASSES = 50
_MOST_WORDS = 40  # distinct values of a column of words; with more it is taken as names, which say nothing
_NAMES = ("class", "target", "label", "category", "type", "species", "outcome", "diagnosis", "y")


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What the networks made of the table.

    Args:
        scores: (rows, classes) float32, each row sums to 1; a known row's by the network that never saw it.
        accuracy: the part of the known rows that was named rightly so.
    """

    scores: torch.Tensor
    accuracy: float


class RowClassifier:
    """Options: `target`, the name of the column to be told, where the table does not show it."""

    resident_bytes = 0

    def __init__(self, card: ModelCard, device: str) -> None:
        self.card = card
        self.device = device

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text with the accuracy and the classes of the rows that had none (of all, where each had one).

        Data: `{"target", "classes", "known_rows", "accuracy", "baseline", "rows": [{"row", "label", "score",
        "given"}]}`; rows count from 1, below the names; `baseline` is what always naming the commonest class
        would reach; `given` is None for a row that had no class.

        Raises:
            InvalidInput: no column holds classes, or too few rows have one.
        """
        table = read_table(required_path(call, "table"), 2)
        target = _target(table, self.card.options.get("target"))
        given = [row[target] for row in table.rows]
        classes = sorted({label for label in given if label})
        known = [number for number, label in enumerate(given) if label]
        if len(known) < _LEAST_ROWS:
            raise InvalidInput(
                f"Only {len(known)} rows have a value in the column {table.columns[target]}.",
                f"At least {_LEAST_ROWS} rows with a known class are needed to learn from.",
            )
        stop_if(should_stop)
        with running(self.card), seeded(call):
            learnt = self._learnt(table, target, classes, known, on_progress, should_stop)
        counts = Counter(given[number] for number in known)
        data = {
            "target": table.columns[target],
            "classes": classes,
            "known_rows": len(known),
            "accuracy": round(learnt.accuracy, 4),
            "baseline": round(counts.most_common(1)[0][1] / len(known), 4),
            "rows": _named(learnt, classes, given),
        }
        return (write_text(call, _told(data), data),)

    def close(self) -> None:
        """Nothing is held."""

    def _learnt(
        self,
        table: Table,
        target: int,
        classes: list[str],
        known: list[int],
        on_progress: OnProgress,
        should_stop: ShouldStop,
    ) -> Learnt:
        import torch

        values = features(table, target).to(self.device)  # (rows, features)
        truth = torch.tensor(
            [classes.index(table.rows[number][target]) for number in known], device=self.device
        )
        rows = torch.tensor(known, device=self.device)
        fold_of = torch.randperm(len(known), device=self.device) % _FOLDS  # which network never sees the row

        def watch(part: float) -> None:
            stop_if(should_stop)
            on_progress(part, "learning from the known rows")

        seen = fold_of != torch.arange(_FOLDS, device=self.device)[:, None]  # (networks, known rows)
        with _few_threads(len(known)):
            told = _learn(values, rows, truth, seen, len(classes), watch)  # (networks, rows, classes)
        scores = told.mean(dim=0)
        scores[rows] = told[fold_of, rows]
        accuracy = (scores[rows].argmax(dim=-1) == truth).float().mean()
        return Learnt(scores.cpu(), float(accuracy))


def _target(table: Table, wanted: object) -> int:
    """The column to be told: the wanted one, one with gaps, one with a telling name, or the last.

    Raises:
        InvalidInput: there is none that holds classes.
    """
    if wanted is not None:
        if wanted in table.columns:
            return table.columns.index(str(wanted))
        raise InvalidInput(f"The table has no column {wanted}.", f"It has: {', '.join(table.columns)}.")
    usable = [number for number in range(len(table.columns)) if _holds_classes(table, number)]
    if not usable:
        raise InvalidInput(
            "No column of the table holds classes.",
            "One column must name the class of each row, each class several times.",
        )
    gaps = [number for number in usable if any(not row[number] for row in table.rows)]
    named = [number for number in usable if table.columns[number].lower() in _NAMES]
    for choice in (set(gaps) & set(named), set(named), set(gaps) & {usable[-1]}):
        if choice:
            return max(choice)
    return gaps[0] if len(gaps) == 1 else usable[-1]


def _holds_classes(table: Table, column: int) -> bool:
    counts = Counter(row[column] for row in table.rows if row[column])
    if not 2 <= len(counts) <= _MOST_CLASSES or sum(counts.values()) < 2 * len(counts):
        return False
    return len(counts) <= 10 or not all(_is_number(value) for value in counts)


def _is_number(text: str) -> bool:
    return math.isfinite(_number(text))


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return math.nan


def features(table: Table, target: int) -> torch.Tensor:
    """(rows, features) float32: numbers at mean 0 and deviation 1, words as one column each, gaps marked.

    Raises:
        InvalidInput: no column says anything, or there are too many rows.
    """
    import torch

    if len(table.rows) > _MOST_ROWS:
        raise InvalidInput(f"The table has more than {_MOST_ROWS} rows.", "Attach a part of it.")
    columns: list[torch.Tensor] = []
    for column in range(len(table.columns)):
        cells = [row[column] for row in table.rows]
        present = {cell for cell in cells if cell}
        if column == target or len(present) < 2:
            continue
        if all(_is_number(cell) for cell in present):
            numbers = torch.tensor([_number(cell) if cell else math.nan for cell in cells])
            missing = numbers.isnan()
            numbers = numbers.nan_to_num(float(numbers[~missing].median()))
            columns.append((numbers - numbers.mean()) / numbers.std().clamp_min(1e-6))
            if missing.any():
                columns.append(missing.float())
        elif len(present) <= _MOST_WORDS:
            columns += [torch.tensor([float(cell == word) for cell in cells]) for word in sorted(present)]
    if not columns:
        raise InvalidInput(
            "No other column of the table says anything about the class.",
            "The table needs columns of numbers, or of words that come again.",
        )
    return torch.stack(columns, dim=1)


@contextmanager
def _few_threads(known_rows: int) -> Iterator[None]:
    """One thread for a small table: several would wait for one another longer than they work."""
    import torch

    threads = torch.get_num_threads()
    if known_rows < _MANY_ROWS:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _learn(
    values: torch.Tensor,
    rows: torch.Tensor,
    truth: torch.Tensor,
    seen: torch.Tensor,
    classes: int,
    watch: Callable[[float], None],
) -> torch.Tensor:
    """What each of several small networks, trained side by side, says of all rows.

    Args:
        values: (rows, features) float32.
        rows: (known rows,) their numbers.
        truth: (known rows,) their classes.
        seen: (networks, known rows) bool, which rows each network learns from.
        watch: called with 0..1 as they learn.

    Returns:
        (networks, rows, classes) float32, scores that sum to 1.
    """
    import torch
    from torch.nn import functional

    with torch.inference_mode(False), torch.enable_grad():
        known, truth, seen = values.clone()[rows], truth.clone(), seen.float()
        weights = [
            torch.empty(seen.shape[0], before, after, device=values.device)
            .uniform_(-(before**-0.5), before**-0.5)
            .requires_grad_()
            for before, after in pairwise((values.shape[1] + 1, *_LAYERS, classes))
        ]  # the first has a column more, for the constant

        def says(given: torch.Tensor, dropout: float) -> torch.Tensor:
            constant = torch.ones(given.shape[0], 1, device=given.device)
            flow = torch.cat([given, constant], dim=1).expand(seen.shape[0], -1, -1)
            for number, layer in enumerate(weights):
                flow = flow @ layer
                if number < len(weights) - 1:
                    flow = functional.dropout(flow.relu(), dropout)
            return flow  # (networks, rows, classes)

        optimizer = torch.optim.AdamW(weights, lr=0.01, weight_decay=0.01)
        wanted = truth.expand(seen.shape[0], -1)
        for number in range(_ROUNDS):
            optimizer.zero_grad()
            losses = functional.cross_entropy(says(known, 0.1).transpose(1, 2), wanted, reduction="none")
            loss: Any = ((losses * seen).sum(dim=1) / seen.sum(dim=1)).sum()  # of each network by itself
            loss.backward()
            optimizer.step()
            if number % 5 == 4:
                watch((number + 1) / _ROUNDS)
        return says(values.clone(), 0.0).detach().softmax(dim=-1)


def _named(learnt: Learnt, classes: list[str], given: list[str]) -> list[dict[str, Any]]:
    best = learnt.scores.max(dim=-1)
    return [
        {"row": number, "label": classes[index], "score": round(score, 4), "given": label or None}
        for number, (score, index, label) in enumerate(
            zip(best.values.tolist(), best.indices.tolist(), given, strict=True), start=1
        )
    ]


def _told(data: dict[str, Any]) -> str:
    wanted = [row for row in data["rows"] if row["given"] is None] or data["rows"]
    lines = [
        f"The column {data['target']} has {len(data['classes'])} classes. "
        f"Learnt from {data['known_rows']} rows; of those kept apart {data['accuracy']:.0%} were "
        f"named rightly (always naming the commonest class: {data['baseline']:.0%})."
    ]
    lines += [f"Row {row['row']}: {row['label']} ({row['score']:.2f})" for row in wanted[:200]]
    if len(wanted) > 200:
        lines.append(f"… and {len(wanted) - 200} more rows.")
    return "\n".join(lines)


def load(card: ModelCard, device: str) -> Expert:
    """There is nothing to load; the networks are small and run on the processor."""
    return RowClassifier(card, "cpu")
