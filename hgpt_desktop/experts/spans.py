"""Spans of tokens chosen by their begin and end scores, as extractive question answering needs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

Span = tuple[int, int, float]
"""Start, end (not included) and logit; what start and end count is the caller's."""


def best_spans(
    starts: torch.Tensor,
    ends: torch.Tensor,
    inside: Sequence[bool],
    places: Sequence[tuple[int, int]],
    longest: int,
    most: int = 10,
) -> list[Span]:
    """The best spans of one window, best first.

    Args:
        starts, ends: (tokens,) float32 logits.
        inside: which tokens an answer may consist of.
        places: what start and end each token stands for.
        longest: how many tokens an answer may have.
    """
    import torch

    allowed = torch.tensor(list(inside), device=starts.device)
    sums = starts[:, None] + ends[None, :]  # (tokens, tokens): from, to
    every = torch.ones_like(sums, dtype=torch.bool)
    right = every.triu() & every.tril(longest - 1) & allowed[:, None] & allowed[None, :]
    best = sums.masked_fill(~right, float("-inf")).flatten().topk(min(most, sums.numel()))
    width = sums.shape[1]
    found = []
    for logit, place in zip(best.values.tolist(), best.indices.tolist(), strict=True):
        if logit == float("-inf"):
            break
        start, end = places[place // width][0], places[place % width][1]
        if end > start:
            found.append((start, end, logit))
    return found


def distinct(spans: Sequence[Span], most: int = 3) -> list[Span]:
    """The best spans that do not overlap, best first."""
    kept: list[Span] = []
    for start, end, logit in sorted(spans, key=lambda span: -span[2]):
        if all(end <= other[0] or start >= other[1] for other in kept):
            kept.append((start, end, logit))
        if len(kept) == most:
            break
    return kept


def normalised(logits: Sequence[float]) -> list[float]:
    """Logits as scores that sum to 1."""
    import torch

    if not logits:
        return []
    scores: list[float] = torch.tensor(logits).softmax(dim=0).tolist()
    return scores
