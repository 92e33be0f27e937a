"""Names of people, places and other things in a text, with their offsets, by models of transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    alone,
    noted,
    required_text,
    stop_if,
    together,
    write_text,
)
from hgpt_desktop.experts.findings import Passage
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    Window,
    filled_up,
    label_of,
    load_model,
    load_processor,
    longest_input,
    running,
    windows_together,
)

_STRIDE = 64  # tokens that two windows share
_IN_WORDS = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other", "GPE": "place"}
_NONE = "O"

Token = tuple[int, int, str, float]
"""Start and end in the text, label as the model has it, score."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A text in windows, and for each window where its tokens stand in the text."""

    text: str
    windows: list[Window]
    places: list[list[tuple[int, int]]]


class EntityFinder(TorchExpert):
    """Options: `labels` (the model's label to the word that people read)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One line for each entity, in the text's order.

        Data: `{"entities": [{"text", "label", "score", "start", "end"}]}`; start and end count characters
        (code points) from the text's beginning, the end not included.
        """
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several texts at once."""
        names = _IN_WORDS | dict(self.option("labels", {}))

        def prepare(call: ExpertCall) -> _Read:
            stop_if(should_stop)
            text = required_text(call, "text")
            refuse_script(self.card, text)
            return self._read(text)

        def work(read: list[_Read]) -> list[list[Token]]:
            with running(self.card):
                return self._tokens(read, on_progress, should_stop)

        def finish(call: ExpertCall, read: _Read, tokens: list[Token]) -> tuple[Resource, ...]:
            stop_if(should_stop)
            entities = [
                Passage(read.text[start:end], start, end, score, names.get(label, label.lower()))
                for start, end, label, score in _joined(read.text, tokens)
            ]
            lines = [f"{entity.text}: {entity.label}" for entity in entities]
            data = {"entities": [entity.to_json() for entity in entities]}
            made = write_text(call, "\n".join(lines) or "No names were found.", data)
            return noted([made], language_note(self.card, read.text))

        return together(calls, prepare, work, finish)

    def _read(self, text: str) -> _Read:
        """The text in windows that overlap."""
        size = longest_input(self.processor, self.model.config)
        encoded = self.processor(
            text,
            truncation=True,
            max_length=size,
            stride=min(_STRIDE, size // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        return _Read(text, [{"input_ids": ids} for ids in encoded["input_ids"]], encoded["offset_mapping"])

    def _tokens(
        self, read: list[_Read], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[list[Token]]:
        """For each text its tokens with their labels; of tokens in two windows each decides on one half."""
        windows = [window for one in read for window in one.windows]
        places_in_text = [places for one in read for places in one.places]
        found: dict[int, list[Token]] = {}
        for some in windows_together(windows, self.model):
            stop_if(should_stop)
            inputs = filled_up(self.processor, [windows[number] for number in some], self.model)
            scores = self.model(**inputs).logits.float().softmax(dim=-1)  # (windows, n, labels)
            for number, row in zip(some, scores, strict=True):
                best = row.max(dim=-1)  # of the tokens and what fills up the window behind them
                found[number] = [
                    (start, end, label_of(self.model.config, int(index)), float(score))
                    for (start, end), score, index in zip(
                        places_in_text[number], best.values, best.indices, strict=False
                    )
                    if end > start
                ]
            on_progress(len(found) / len(windows), "reading the text")
        in_order = iter([found[number] for number in range(len(windows))])
        return [reduce(_merged, [next(in_order) for _ in one.windows], []) for one in read]


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
