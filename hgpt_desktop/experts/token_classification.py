"""Names of people, places and other things in a text, with their offsets, by models of transformers."""

from __future__ import annotations

from collections.abc import Iterator

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, noted, required_text, stop_if, write_text
from hgpt_desktop.experts.findings import Passage
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    longest_input,
    running,
    to_model,
)

_STRIDE = 64  # tokens that two windows share
_IN_WORDS = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other", "GPE": "place"}
_NONE = "O"

Token = tuple[int, int, str, float]
"""Start and end in the text, label as the model has it, score."""


class EntityFinder(TorchExpert):
    """Options: `labels` (the model's label to the word that people read)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One line for each entity, in the text's order.

        Data: `{"entities": [{"text", "label", "score", "start", "end"}]}`; start and end count characters
        (code points) from the text's beginning, the end not included.
        """
        text = required_text(call, "text")
        refuse_script(self.card, text)
        with running(self.card):
            tokens = self._tokens(text, on_progress, should_stop)
        names = _IN_WORDS | dict(self.option("labels", {}))
        entities = [
            Passage(text[start:end], start, end, score, names.get(label, label.lower()))
            for start, end, label, score in _joined(text, tokens)
        ]
        lines = [f"{entity.text}: {entity.label}" for entity in entities]
        data = {"entities": [entity.to_json() for entity in entities]}
        made = write_text(call, "\n".join(lines) or "No names were found.", data)
        return noted([made], language_note(self.card, text))

    def _tokens(self, text: str, on_progress: OnProgress, should_stop: ShouldStop) -> list[Token]:
        """All tokens of the text with their labels; of tokens in two windows each decides on one half."""
        size = longest_input(self.processor, self.model.config)
        encoded = self.processor(
            text,
            truncation=True,
            max_length=size,
            stride=min(_STRIDE, size // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        windows = len(encoded["input_ids"])
        tokens: list[Token] = []
        for window in range(windows):
            stop_if(should_stop)
            inputs = self.processor.pad({"input_ids": [encoded["input_ids"][window]]}, return_tensors="pt")
            scores = (
                self.model(**to_model(inputs, self.model)).logits[0].float().softmax(dim=-1)
            )  # (n, labels)
            best = scores.max(dim=-1)
            here = [
                (start, end, label_of(self.model.config, int(index)), float(score))
                for (start, end), score, index in zip(
                    encoded["offset_mapping"][window], best.values, best.indices, strict=True
                )
                if end > start
            ]
            tokens = _merged(tokens, here)
            on_progress((window + 1) / windows, "reading the text")
        return tokens


def _merged(before: list[Token], after: list[Token]) -> list[Token]:
    """Two overlapping runs of tokens as one, changing over in the middle of what they share."""
    if not before or not after or after[0][0] > before[-1][0]:
        return before + after
    middle = (after[0][0] + before[-1][0]) // 2
    return [token for token in before if token[0] < middle] + [token for token in after if token[0] >= middle]


def _joined(text: str, tokens: list[Token]) -> Iterator[Token]:
    """Neighbouring tokens of one entity as one, its score their mean.

    A word that the tokenizer cut in pieces stays whole: its first piece decides.
    """
    open_: tuple[int, int, str] | None = None
    scores: list[float] = []
    for start, end, tag, score in tokens:
        position, _, label = tag.partition("-") if tag[1:2] == "-" else ("", "", tag)
        if open_ and open_[1] == start and text[start - 1].isalnum() and text[start].isalnum():
            open_ = (open_[0], end, open_[2])  # goes on in the middle of a word
            continue
        goes_on = (
            open_ and open_[2] == label and position not in ("B", "S") and not text[open_[1] : start].strip()
        )
        if open_ and goes_on:
            open_ = (open_[0], end, label)
            scores.append(score)
            continue
        if open_ and open_[2] != _NONE:
            yield (*open_, sum(scores) / len(scores))
        open_, scores = (start, end, label), [score]
    if open_ and open_[2] != _NONE:
        yield (*open_, sum(scores) / len(scores))


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForTokenClassification` with its tokenizer."""
    tokenizer = load_processor("AutoTokenizer", card)
    return EntityFinder(card, device, load_model("AutoModelForTokenClassification", card, device), tokenizer)
