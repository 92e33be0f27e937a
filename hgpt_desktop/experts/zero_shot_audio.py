"""Which of some named sounds a recording holds, by models that know sound and text (CLAP of transformers)."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    noted,
    required_path,
    required_text,
    stop_if,
    write_text,
)
from hgpt_desktop.experts.findings import Heard, Label, Segment, best_first
from hgpt_desktop.experts.languages import refuse_script
from hgpt_desktop.experts.media import audio_blocks, audio_seconds
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    in_words,
    load_model,
    load_processor,
    longest_input,
    running,
    to_model,
)
from hgpt_desktop.experts.shortening import shortened, tokens_in
from hgpt_desktop.experts.wording import labels_in

_HYPOTHESIS = "This is a sound of {label}."
_SHORTEST_S = 0.5
_MOST_LABELS = 64  # at once


class SoundMatcher(TorchExpert):
    """Options: `hypothesis` (holds `{label}`)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The labels with their scores over the whole recording, best first; they sum to 1.

        Data: `{"seconds", "labels": [{"label", "score"}], "segments"}`; a segment is
        `{"start_s", "end_s", "label", "score"}`.

        Raises:
            InvalidInput: fewer than two labels are named.
        """
        path = required_path(call, "audio")
        labels = labels_in(required_text(call, "labels"))
        refuse_script(self.card, ", ".join(labels))
        if len(labels) < 2:
            raise InvalidInput(
                "Only one sound is named, so there is nothing to choose from.",
                "Name at least two, such as: rain, applause.",
            )
        extractor = self.processor.feature_extractor
        rate = int(extractor.sampling_rate)
        window_s = float(extractor.nb_max_samples) / rate
        total = audio_seconds(path)
        at, summed, segments = 0.0, None, []
        with running(self.card):
            texts, notes = self._texts(labels)
            for block in audio_blocks(path, rate, window_s, should_stop):
                stop_if(should_stop)
                scores = self._scores(block, rate, texts)
                length = block.shape[0] / rate
                best = int(scores.argmax())
                found = Label(labels[best], float(scores[best]))
                segments.append(Segment(at, at + length, label=found))
                summed = scores * length if summed is None else summed + scores * length
                at += length
                on_progress(min(1.0, at / total) if total else None, f"{at:.0f} seconds heard")
        assert summed is not None  # audio_blocks yields at least one
        shares = (summed / at).tolist()
        named = best_first(Label(label, share) for label, share in zip(labels, shares, strict=True))
        heard = Heard(at, named, tuple(segments)).to_json()
        return noted([write_text(call, in_words(heard["labels"]), heard)], *notes)

    def _texts(self, labels: list[str]) -> tuple[Any, list[str]]:
        """(labels, size), of length 1; and what was left out of labels that are too long."""
        import torch

        hypothesis, tokenizer = str(self.option("hypothesis", _HYPOTHESIS)), self.processor.tokenizer
        room = longest_input(tokenizer, self.model.config.text_config)
        room -= tokens_in(tokenizer, hypothesis) + int(tokenizer.num_special_tokens_to_add())
        read = [shortened(self.card, "label", label, tokenizer, room) for label in labels]
        claims = [hypothesis.replace("{label}", kept) for kept, _ in read]
        features = []
        for start in range(0, len(claims), _MOST_LABELS):
            inputs = tokenizer(claims[start : start + _MOST_LABELS], padding=True, return_tensors="pt")
            inputs.pop("token_type_ids", None)
            features.append(self.model.get_text_features(**to_model(inputs, self.model)).pooler_output)
        return torch.cat(features), [note for _, note in read]

    def _scores(self, block: Any, rate: int, texts: Any) -> Any:
        """(labels,) 0..1."""
        import numpy as np

        if block.shape[0] < rate * _SHORTEST_S:
            block = np.pad(block, (0, int(rate * _SHORTEST_S) - block.shape[0]))
        inputs = self.processor.feature_extractor(block, sampling_rate=rate, return_tensors="pt")
        heard = self.model.get_audio_features(**to_model(inputs, self.model)).pooler_output  # (1, size)
        logits = self.model.logit_scale_a.exp() * heard @ texts.T
        return logits[0].float().softmax(dim=-1).cpu()


def load(card: ModelCard, device: str) -> Expert:
    """CLAP with its feature extractor and tokenizer."""
    return SoundMatcher(
        card, device, load_model("ClapModel", card, device), load_processor("ClapProcessor", card)
    )
