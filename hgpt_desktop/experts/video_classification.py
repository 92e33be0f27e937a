"""What happens in a film, by classifiers of transformers (ViViT, V-JEPA 2, VideoMAE, TimeSformer)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_text
from hgpt_desktop.experts.films import film_frames, film_seconds
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    in_words,
    load_model,
    load_processor,
    model_config,
    probabilities,
    ranked,
    running,
    to_model,
)

if TYPE_CHECKING:
    import torch
    from PIL import Image

_PART_S = 10.0  # the length that the classifiers were trained on
_MOST_PARTS = 12  # of a longer film, evenly spread
_LONGEST_PX = 640
_FRAMES = 16


class ActionNamer(TorchExpert):
    """Options: `most` (5), how many labels."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best labels for the whole film with their scores, and for each part of a longer one.

        Data: `{"seconds", "labels", "parts"}`; labels are `[{"label", "score"}]`, best first, parts
        `[{"start_s", "end_s", "label", "score"}]`.
        """
        path = required_path(call, "video")
        seconds = film_seconds(path)
        parts = _parts(seconds)
        count = self._frames()
        times = [
            start + (end - start) * (number + 0.5) / count for start, end in parts for number in range(count)
        ]
        frames = film_frames(path, times, _LONGEST_PX, should_stop)
        scores: list[torch.Tensor] = []
        listed: list[dict[str, Any]] = []
        for number, (start, end) in enumerate(parts):
            on_progress(number / len(parts), f"watching part {number + 1} of {len(parts)}")
            seen = [next(frames) for _ in range(count)]
            with running(self.card):
                scored = self._scores(seen)
            stop_if(should_stop)
            scores.append(scored)
            best = ranked(scored, self.model.config, 1)[0]
            listed.append({"start_s": round(start, 2), "end_s": round(end, 2), **best})
        whole = sum(scores[1:], scores[0]) / len(scores)
        labels = ranked(whole, self.model.config, int(self.number(call, "most", 5)))
        on_progress(1.0, "film classified")
        lines = [in_words(labels)]
        if len(parts) > 1:
            lines += [f"{one['start_s']:.0f}–{one['end_s']:.0f} s: {in_words([one])}" for one in listed]
        data = {"seconds": round(seconds, 2), "labels": labels, "parts": listed}
        return (write_text(call, "\n".join(lines), data),)

    def _frames(self) -> int:
        """How many pictures the model sees at once."""
        config = self.model.config
        return int(getattr(config, "num_frames", 0) or getattr(config, "frames_per_clip", 0) or _FRAMES)

    def _scores(self, frames: list[Image.Image]) -> torch.Tensor:
        """(labels,), on the processor."""
        import numpy as np

        clip = [np.asarray(frame) for frame in frames]
        inputs = self.processor(clip, return_tensors="pt")
        logits = self.model(**to_model(inputs, self.model)).logits[0]
        return probabilities(logits, self.model.config).cpu()


def _parts(seconds: float) -> list[tuple[float, float]]:
    """Beginning and end of each part that is watched."""
    count = max(1, min(_MOST_PARTS, round(seconds / _PART_S)))
    share = seconds / count
    watched = min(share, _PART_S)
    middles = [(number + 0.5) * share for number in range(count)]
    return [(middle - watched / 2, middle + watched / 2) for middle in middles]


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForVideoClassification` with its processor of pictures or films."""
    films = model_config(card).get("model_type") == "vjepa2"
    processor = load_processor("AutoVideoProcessor" if films else "AutoImageProcessor", card)
    return ActionNamer(card, device, load_model("AutoModelForVideoClassification", card, device), processor)
