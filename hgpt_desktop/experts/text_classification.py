"""The label of a text, by a classifier of transformers; any labels by one that was trained on inference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed, HgptError
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
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    Window,
    filled_up,
    in_words,
    load_model,
    load_processor,
    longest_input,
    probabilities,
    ranked,
    running,
    windows_together,
)
from hgpt_desktop.experts.shortening import shortened, tokens_in
from hgpt_desktop.experts.wording import labels_in

if TYPE_CHECKING:
    import torch

_HYPOTHESIS = "This text is about {label}."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text as the model reads it.

    Args:
        wanted: the labels that the call names.
        windows: for each thing that is asked of the text (one label, or all of the model's own) its windows.
        notes: what people must read beside the result.
    """

    wanted: list[str]
    windows: list[list[Window]]
    notes: list[str]


class TextClassifier(TorchExpert):
    """Options: `most_labels` (5), `hypothesis` (holds `{label}`; for models of inference)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best labels with their scores; data: `[{"label", "score"}]`, best first.

        A long text is read in windows; the scores are means over them.

        Raises:
            ExecutionFailed: labels are asked for that this model cannot tell apart.
        """
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several texts at once."""
        entailment = _entailment(self.model.config)

        def work(asked: list[_Asked]) -> list[list[torch.Tensor]]:
            with running(self.card):
                return self._means([one.windows for one in asked], entailment, on_progress, should_stop)

        def finish(call: ExpertCall, asked: _Asked, means: list[torch.Tensor]) -> tuple[Resource, ...]:
            stop_if(should_stop)
            if entailment is None:
                labels = ranked(means[0], self.model.config, means[0].shape[-1])
                labels = self._among(labels, asked.wanted) if asked.wanted else labels
            else:
                labels = _weighed(asked.wanted, means)
            labels = labels[: int(self.option("most_labels", 5))]
            return noted([write_text(call, in_words(labels), labels)], *asked.notes)

        return together(calls, lambda call: self._asked(call, entailment, should_stop), work, finish)

    def _asked(self, call: ExpertCall, entailment: int | None, should_stop: ShouldStop) -> _Asked:
        stop_if(should_stop)
        text = required_text(call, "text")
        wanted = labels_in(call.text("labels"))
        refuse_script(self.card, text, ", ".join(wanted))
        foreign = language_note(self.card, text)
        if entailment is None:
            return _Asked(wanted, [self._windows(text, None)], [foreign])
        if not wanted:
            raise ExecutionFailed(
                f"{self.card.name} needs to be told the labels.", "Name the labels, such as: work, private."
            )
        hypothesis = str(self.option("hypothesis", _HYPOTHESIS))
        room = longest_input(self.processor, self.model.config) // 2 - tokens_in(self.processor, hypothesis)
        read = [shortened(self.card, "label", label, self.processor, room) for label in wanted]
        windows = [self._windows(text, hypothesis.replace("{label}", kept)) for kept, _ in read]
        return _Asked(wanted, windows, [foreign, *(note for _, note in read)])

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

    def _windows(self, text: str, claim: str | None) -> list[Window]:
        """The windows of a text, each with the claim behind it where there is one."""
        encoded = self.processor(
            text,
            claim,
            truncation="only_first",
            max_length=longest_input(self.processor, self.model.config),
            return_overflowing_tokens=True,
        )
        names = [name for name in self.processor.model_input_names if name in encoded]
        return [
            {name: encoded[name][window] for name in names} for window in range(len(encoded["input_ids"]))
        ]

    def _means(
        self,
        asked: list[list[list[Window]]],
        entailment: int | None,
        on_progress: OnProgress,
        should_stop: ShouldStop,
    ) -> list[list[torch.Tensor]]:
        """For each text and what is asked of it, the mean over its windows.

        That is (labels,) 0..1 for the model's own labels, and the logit of entailment for a claim.
        """
        import torch

        windows = [window for one in asked for some in one for window in some]
        scores: dict[int, torch.Tensor] = {}
        for places in windows_together(windows, self.model):
            stop_if(should_stop)
            inputs = filled_up(self.processor, [windows[place] for place in places], self.model)
            logits = self.model(**inputs).logits.float()  # (windows, labels)
            rows = probabilities(logits, self.model.config) if entailment is None else logits[:, entailment]
            scores.update(zip(places, rows, strict=True))
            on_progress(len(scores) / len(windows), "reading the text")
        in_order = iter([scores[place] for place in range(len(windows))])
        return [[torch.stack([next(in_order) for _ in some]).mean(dim=0) for some in one] for one in asked]


def _weighed(labels: list[str], means: list[torch.Tensor]) -> list[dict[str, Any]]:
    """The labels with their scores, which sum to 1, best first."""
    import torch

    scores = torch.stack(means).softmax(dim=0).tolist()
    told = [{"label": label, "score": round(score, 4)} for label, score in zip(labels, scores, strict=True)]
    return sorted(told, key=lambda entry: float(entry["score"]), reverse=True)


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
