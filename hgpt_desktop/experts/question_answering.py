"""Answers found word for word in a text, by extractive models of transformers."""

from __future__ import annotations

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, noted, required_text, stop_if, write_text
from hgpt_desktop.experts.findings import Passage
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    longest_input,
    running,
    to_model,
)
from hgpt_desktop.experts.shortening import shortened
from hgpt_desktop.experts.spans import Span, best_spans, distinct, normalised

_STRIDE = 128  # tokens that two windows share, so that no answer falls between them
_LONGEST_ANSWER = 40  # tokens


class SpanFinder(TorchExpert):
    """Options: `may_be_silent` (whether the model was trained to say that there is no answer; true)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best answer, or a sentence saying that the text does not tell.

        Data: `{"question", "answered", "answers": [{"text", "score", "start", "end"}]}`, best first; start
        and end count characters of the given text. The scores and that of silence sum to 1.
        """
        question, text = required_text(call, "question"), call.text("text")
        required_text(call, "text")
        refuse_script(self.card, text, question)
        size = longest_input(self.processor, self.model.config)
        asked, note = shortened(self.card, "question", question, self.processor, size // 2)
        with running(self.card):
            spans, silence = self._spans(asked, text, on_progress, should_stop)
        best = distinct(spans)
        scores = normalised([score for _, _, score in best] + [silence])
        answers = [
            Passage(text[start:end], start, end, score)
            for (start, end, _), score in zip(best, scores, strict=False)
        ]
        told = bool(best) and not (self.option("may_be_silent", True) and silence > best[0][2])
        shown = answers[0].text if told else "The text does not answer this question."
        listed = [answer.to_json() for answer in answers]
        data = {"question": question, "answered": told, "answers": listed}
        return noted([write_text(call, shown, data)], note, language_note(self.card, text, question))

    def _spans(
        self, question: str, text: str, on_progress: OnProgress, should_stop: ShouldStop
    ) -> tuple[list[Span], float]:
        """The best spans of each window as (start, end, logit), and the logit of "no answer"."""
        size = longest_input(self.processor, self.model.config)
        encoded = self.processor(
            question,
            text,
            truncation="only_second",
            max_length=size,
            stride=min(_STRIDE, size // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        windows = len(encoded["input_ids"])
        spans: list[Span] = []
        silence = float("inf")
        for window in range(windows):
            stop_if(should_stop)
            one = {
                name: [encoded[name][window]] for name in self.processor.model_input_names if name in encoded
            }
            outputs = self.model(**to_model(self.processor.pad(one, return_tensors="pt"), self.model))
            starts, ends = outputs.start_logits[0].float(), outputs.end_logits[0].float()
            silence = min(silence, float(starts[0] + ends[0]))
            inside = [sequence == 1 for sequence in encoded.sequence_ids(window)]
            spans += best_spans(starts, ends, inside, encoded["offset_mapping"][window], _LONGEST_ANSWER)
            on_progress((window + 1) / windows, "reading the text")
        return spans, silence


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForQuestionAnswering` with its tokenizer."""
    tokenizer = load_processor("AutoTokenizer", card)
    return SpanFinder(card, device, load_model("AutoModelForQuestionAnswering", card, device), tokenizer)
