"""What a picture shows, by an image classifier of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    alone,
    required_path,
    stop_if,
    together,
    write_text,
)
from hgpt_desktop.experts.media import open_image
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

if TYPE_CHECKING:
    import torch
    from PIL import Image


class ImageClassifier(TorchExpert):
    """Options: `most` (5), how many labels."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best labels with their scores; data: `[{"label", "score"}]`, best first."""
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several pictures at once."""
        pictures = "picture" if len(calls) == 1 else "pictures"

        def prepare(call: ExpertCall) -> Image.Image:
            stop_if(should_stop)
            return open_image(required_path(call, "image")).image

        def work(images: list[Image.Image]) -> list[torch.Tensor]:
            stop_if(should_stop)
            on_progress(0.1, f"looking at the {pictures}")
            with running(self.card):
                inputs = self.processor(images=images, return_tensors="pt")
                logits = self.model(**to_model(inputs, self.model)).logits  # (pictures, labels)
                return list(probabilities(logits, self.model.config))

        def finish(call: ExpertCall, _: Image.Image, scores: torch.Tensor) -> tuple[Resource, ...]:
            stop_if(should_stop)
            labels = ranked(scores, self.model.config, int(self.number(call, "most", 5)))
            return (write_text(call, in_words(labels), labels),)

        outcomes = together(calls, prepare, work, finish)
        on_progress(1.0, f"{pictures} classified")
        return outcomes


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForImageClassification` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return ImageClassifier(
        card, device, load_model("AutoModelForImageClassification", card, device), processor
    )
