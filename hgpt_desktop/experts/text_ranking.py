"""How well texts answer a question, by cross-encoders of transformers, which read both together."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, loading, noted, required_text, stop_if
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    running,
    to_model,
)
from hgpt_desktop.experts.ranking import texts_to_rank, write_ranking
from hgpt_desktop.experts.shortening import shortened

_BATCH = 8
_STRIDE = 64  # tokens that two windows of a long text share


class CrossEncoder(TorchExpert):
    """Reads the question beside each text; a long text counts by its best window."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The texts in order, best first; data as `write_ranking` says, scores 0..1."""
        question, texts = required_text(call, "question"), texts_to_rank(call)
        refuse_script(self.card, question, "\n".join(texts))
        size = longest_input(self.processor, self.model.config)
        asked, note = shortened(self.card, "question", question, self.processor, size // 2)
        scores = []
        with running(self.card):
            for place, text in enumerate(texts, 1):
                scores.append(self._score(asked, text, should_stop))
                on_progress(place / len(texts), f"text {place} of {len(texts)}")
        foreign = language_note(self.card, "\n".join(texts), question)
        return noted([write_ranking(call, texts, scores)], note, foreign)

    def _score(self, question: str, text: str, should_stop: ShouldStop) -> float:
        size = longest_input(self.processor, self.model.config)
        encoded = self.processor(
            question,
            text,
            truncation="only_second",
            max_length=size,
            stride=min(_STRIDE, size // 8),
            return_overflowing_tokens=True,
        )
        names = [name for name in self.processor.model_input_names if name in encoded]
        best = 0.0
        for start in range(0, len(encoded["input_ids"]), _BATCH):
            stop_if(should_stop)
            some: dict[str, Any] = {name: encoded[name][start : start + _BATCH] for name in names}
            inputs = self.processor.pad(some, return_tensors="pt")
            logits = self.model(**to_model(inputs, self.model)).logits  # (windows, 1)
            best = max(best, float(logits.float().sigmoid().max()))
        return best


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForSequenceClassification` with a single label, and its tokenizer.

    Raises:
        ModelDamaged: it has several labels, so that it is no cross-encoder.
    """
    tokenizer = load_processor("AutoTokenizer", card)
    model = load_model("AutoModelForSequenceClassification", card, device)
    with loading(card):
        if model.config.num_labels != 1:
            raise ValueError(f"it has {model.config.num_labels} labels instead of one score")
    return CrossEncoder(card, device, model, tokenizer)
