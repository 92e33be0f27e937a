"""The label of a text, by a classifier of transformers; any labels by one that was trained on inference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, noted, required_text, stop_if, write_text
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    in_words,
    load_model,
    load_processor,
    longest_input,
    probabilities,
    ranked,
    running,
    to_model,
)
from hgpt_desktop.experts.shortening import shortened, tokens_in
from hgpt_desktop.experts.wording import labels_in

_HYPOTHESIS = "This text is about {label}."


class TextClassifier(TorchExpert):
    """Options: `most_labels` (5), `hypothesis` (holds `{label}`; for models of inference)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best labels with their scores; data: `[{"label", "score"}]`, best first.

        A long text is read in windows; the scores are means over them.

        Raises:
            ExecutionFailed: labels are asked for that this model cannot tell apart.
        """
        text = required_text(call, "text")
        wanted = labels_in(call.text("labels"))
        entailment = _entailment(self.model.config)
        refuse_script(self.card, text, ", ".join(wanted))
        notes = [language_note(self.card, text)]
        with running(self.card):
            if entailment is None:
                labels = self._own_labels(text, on_progress, should_stop)
            elif wanted:
                labels, cut = self._any_labels(text, wanted, entailment, on_progress, should_stop)
                notes += cut
            else:
                raise ExecutionFailed(
                    f"{self.card.name} needs to be told the labels.",
                    "Name the labels, such as: work, private.",
                )
        if wanted and entailment is None:
            labels = self._among(labels, wanted)
        labels = labels[: int(self.option("most_labels", 5))]
        return noted([write_text(call, in_words(labels), labels)], *notes)

    def _among(self, labels: list[dict[str, Any]], wanted: list[str]) -> list[dict[str, Any]]:
        """The wanted ones of the model's own labels."""
        asked = {label.lower() for label in wanted}
        known = [entry for entry in labels if entry["label"].lower() in asked]
        if len(known) < len(asked):
            own = ", ".join(sorted(entry["label"] for entry in labels)[:10])
            raise ExecutionFailed(
                f"{self.card.name} knows other labels than the ones asked for.",
                f"It tells apart: {own}. Choose a model that takes any labels.",
            )
        return known

    def _own_labels(
        self, text: str, on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[dict[str, Any]]:
        import torch

        scores = [
            probabilities(logits, self.model.config)
            for logits in self._logits(text, None, on_progress, should_stop, "reading the text", 0.0, 1.0)
        ]
        mean = torch.stack(scores).mean(dim=0)
        return ranked(mean, self.model.config, mean.shape[-1])

    def _any_labels(
        self, text: str, wanted: list[str], entailment: int, on_progress: OnProgress, should_stop: ShouldStop
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """The labels, best first; and what was left out of those that are too long."""
        import torch

        hypothesis = str(self.option("hypothesis", _HYPOTHESIS))
        room = longest_input(self.processor, self.model.config) // 2 - tokens_in(self.processor, hypothesis)
        share, means, notes = 1 / len(wanted), [], []
        for number, label in enumerate(wanted):
            kept, note = shortened(self.card, "label", label, self.processor, room)
            notes.append(note)
            claim = hypothesis.replace("{label}", kept)
            logits = self._logits(
                text, claim, on_progress, should_stop, f"weighing {label}", number * share, share
            )
            means.append(torch.stack([row[entailment].float() for row in logits]).mean())
        scores = torch.stack(means).softmax(dim=0).tolist()
        labels = [
            {"label": label, "score": round(score, 4)} for label, score in zip(wanted, scores, strict=True)
        ]
        return sorted(labels, key=lambda entry: float(entry["score"]), reverse=True), notes

    def _logits(
        self,
        text: str,
        claim: str | None,
        on_progress: OnProgress,
        should_stop: ShouldStop,
        message: str,
        done: float,
        share: float,
    ) -> Iterator[Any]:
        """(labels,) for each window of the text, with the claim behind it where there is one."""
        encoded = self.processor(
            text,
            claim,
            truncation="only_first",
            max_length=longest_input(self.processor, self.model.config),
            return_overflowing_tokens=True,
        )
        windows = len(encoded["input_ids"])
        for window in range(windows):
            stop_if(should_stop)
            one = {
                name: [encoded[name][window]] for name in self.processor.model_input_names if name in encoded
            }
            inputs = self.processor.pad(one, return_tensors="pt")
            yield self.model(**to_model(inputs, self.model)).logits[0]
            on_progress(done + share * (window + 1) / windows, message)


def _entailment(config: Any) -> int | None:
    """The number of the class "follows from the text", for a model of inference."""
    for index, label in getattr(config, "id2label", {}).items():
        if str(label).lower().startswith("entail"):
            return int(index)
    return None


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForSequenceClassification` with its tokenizer."""
    tokenizer = load_processor("AutoTokenizer", card)
    return TextClassifier(
        card, device, load_model("AutoModelForSequenceClassification", card, device), tokenizer
    )
