"""What kind of sound a recording has, window by window, by audio classifiers of transformers."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_text
from hgpt_desktop.experts.findings import Heard, Label, Segment
from hgpt_desktop.experts.media import audio_blocks, audio_seconds
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    in_words,
    load_model,
    load_processor,
    probabilities,
    ranked,
    running,
    to_model,
)

_SHORTEST_S = 0.5  # shorter pieces are filled up with silence: the networks need some length


class AudioClassifier(TorchExpert):
    """Options: `window_s` (10), `most_labels` (5)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best labels over the whole recording.

        Data: `{"seconds", "labels": [{"label", "score"}], "segments"}`; a segment is
        `{"start_s", "end_s", "label", "score"}`.
        """
        path = required_path(call, "audio")
        rate = int(self.processor.sampling_rate)
        total = audio_seconds(path)
        at, summed, segments = 0.0, None, []
        for block in audio_blocks(path, rate, float(self.option("window_s", 10.0)), should_stop):
            stop_if(should_stop)
            with running(self.card):
                scores = self._scores(block, rate)
                best = Label(**ranked(scores, self.model.config, 1)[0])
            length = block.shape[0] / rate
            segments.append(Segment(at, at + length, label=best))
            summed = scores * length if summed is None else summed + scores * length
            at += length
            on_progress(min(1.0, at / total) if total else None, f"{at:.0f} seconds heard")
        assert summed is not None  # audio_blocks yields at least one
        labels = ranked(summed / at, self.model.config, int(self.option("most_labels", 5)))
        heard = Heard(at, tuple(Label(**one) for one in labels), tuple(segments))
        return (write_text(call, in_words(labels), heard.to_json()),)

    def _scores(self, block: Any, rate: int) -> Any:
        """(labels,) 0..1."""
        import numpy as np

        if block.shape[0] < rate * _SHORTEST_S:
            block = np.pad(block, (0, int(rate * _SHORTEST_S) - block.shape[0]))
        inputs = self.processor(block, sampling_rate=rate, return_tensors="pt")
        logits = self.model(**to_model(inputs, self.model)).logits[0]
        return probabilities(logits, self.model.config)


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForAudioClassification` with its feature extractor."""
    processor = load_processor("AutoFeatureExtractor", card)
    return AudioClassifier(
        card, device, load_model("AutoModelForAudioClassification", card, device), processor
    )
