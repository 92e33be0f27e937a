"""What a picture shows, by an image classifier of transformers."""

from __future__ import annotations

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_text
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


class ImageClassifier(TorchExpert):
    """Options: `most` (5), how many labels."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The best labels with their scores; data: `[{"label", "score"}]`, best first."""
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.1, "looking at the picture")
        with running(self.card):
            inputs = self.processor(images=picture.image, return_tensors="pt")
            logits = self.model(**to_model(inputs, self.model)).logits[0]  # (labels,)
            scores = probabilities(logits, self.model.config)
            labels = ranked(scores, self.model.config, int(self.number(call, "most", 5)))
        stop_if(should_stop)
        on_progress(1.0, "picture classified")
        return (write_text(call, in_words(labels), labels),)


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForImageClassification` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return ImageClassifier(
        card, device, load_model("AutoModelForImageClassification", card, device), processor
    )
