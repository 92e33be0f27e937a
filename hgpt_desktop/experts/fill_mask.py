"""The missing word of a sentence, by masked language models of transformers."""

from __future__ import annotations

import re
from typing import Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, noted, required_text, stop_if, write_text
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    running,
    to_model,
)

_GAP = re.compile(r"\[mask\]|<mask>|\[blank\]|\[gap\]|_{2,}|\.{4,}|…{2,}|＿{2,}", re.IGNORECASE)
_MOST_GAPS = 20


class GapFiller(TorchExpert):
    """Options: `most_words` (5), how many words are proposed for each gap."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The text with the likeliest word in each gap; a gap is `___` or `[MASK]`.

        Data: `{"labels": [{"label", "score"}], "gaps": [[{"label", "score"}]]}`, best first; `labels` are the
        first gap's.

        Raises:
            InvalidInput: the text has no gap, or more than twenty.
        """
        text = required_text(call, "text")
        pieces = _GAP.split(text)
        if not 2 <= len(pieces) <= _MOST_GAPS + 1:
            raise InvalidInput(
                "The text has no gap to fill."
                if len(pieces) < 2
                else f"The text has {len(pieces) - 1} gaps.",
                f"Write ___ where a word is missing, at most {_MOST_GAPS} times.",
            )
        refuse_script(self.card, "".join(pieces))
        gaps: list[list[dict[str, Any]]] = []
        cut = False
        filled = pieces[0]
        with running(self.card):
            for number in range(1, len(pieces)):
                stop_if(should_stop)
                words, far = self._words(pieces, number)
                gaps.append(words)
                cut = cut or far
                on_progress(number / (len(pieces) - 1), f"gap {number} of {len(pieces) - 1}")
        for best, piece in zip(gaps, pieces[1:], strict=True):
            filled += f"{best[0]['label']}{piece}"
        note = self._gap_note() if cut else ""
        made = write_text(call, filled, {"labels": gaps[0], "gaps": gaps})
        return noted([made], note, language_note(self.card, "".join(pieces)))

    def _gap_note(self) -> str:
        return f"{self.card.name} reads only what stands near a gap of so long a text."

    def _words(self, pieces: list[str], number: int) -> tuple[list[dict[str, Any]], bool]:
        """The best words for one gap; the other gaps stay open. And whether text far from it was left out."""
        import torch

        mask = self.processor.mask_token
        before = self._ids(f" {mask} ".join(piece.strip() for piece in pieces[:number]))
        after = self._ids(f" {mask} ".join(piece.strip() for piece in pieces[number:]))
        room = longest_input(self.processor, self.model.config) - 3
        left = before[-max(room // 2, room - len(after)) :]
        begin = [] if self.processor.cls_token_id is None else [self.processor.cls_token_id]
        end = [] if self.processor.sep_token_id is None else [self.processor.sep_token_id]
        ids = [*begin, *left, self.processor.mask_token_id, *after[: room - len(left)], *end]
        place = len(begin) + len(left)
        inputs = {
            "input_ids": torch.tensor([ids]),
            "attention_mask": torch.ones(1, len(ids), dtype=torch.long),
        }
        logits = self.model(**to_model(inputs, self.model)).logits[0, place].float()
        logits[self.processor.all_special_ids] = float("-inf")
        best = logits.softmax(dim=-1).topk(int(self.option("most_words", 5)))
        proposed = [
            {"label": self.processor.decode([int(index)]).strip(), "score": round(float(score), 4)}
            for score, index in zip(best.values, best.indices, strict=True)
        ]
        return proposed, len(before) + len(after) > room

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.processor.encode(text, add_special_tokens=False, verbose=False)
        return ids


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForMaskedLM` with its tokenizer."""
    tokenizer = load_processor("AutoTokenizer", card)
    return GapFiller(card, device, load_model("AutoModelForMaskedLM", card, device), tokenizer)
