"""Texts in the order of how well they fit a question: what is ranked, and how the order is written down."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import write_text

MOST_TEXTS = 500
_SHOWN = 120  # characters of a text in the list


def texts_to_rank(call: ExpertCall) -> list[str]:
    """The texts of the call; a single one by its paragraphs, or else by its lines.

    Raises:
        InvalidInput: there are fewer than two, or too many.
    """
    texts = [text.strip() for text in call.texts("text") if text.strip()]
    for cut in (r"\n\s*\n", r"\n"):
        if len(texts) == 1:
            texts = [part.strip() for part in re.split(cut, texts[0]) if part.strip()]
    if len(texts) < 2:
        raise InvalidInput(
            "There is only one text, so there is nothing to put in order.",
            "Give several texts, or one with several paragraphs.",
        )
    if len(texts) > MOST_TEXTS:
        raise InvalidInput(f"{len(texts)} texts are too many to rank.", f"Give at most {MOST_TEXTS}.")
    return texts


def write_ranking(call: ExpertCall, texts: Sequence[str], scores: Sequence[float]) -> Resource:
    """The texts, best first. Data: `[{"place", "text", "score"}]`; `place` is the text's own, from 1."""
    order = sorted(range(len(texts)), key=lambda place: -scores[place])
    ranked = [{"place": place + 1, "text": texts[place], "score": round(scores[place], 4)} for place in order]
    lines = [
        f"{number}. {_short(texts[place])} ({scores[place]:.2f})" for number, place in enumerate(order, 1)
    ]
    return write_text(call, "\n".join(lines), ranked)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
