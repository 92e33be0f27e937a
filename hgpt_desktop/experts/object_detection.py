"""Objects in a picture: where they are, what they are, how sure the model is (DETR and its like)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image, write_text
from hgpt_desktop.experts.drawing import with_detections
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    running,
    to_model,
)
from hgpt_desktop.experts.structures import Detections
from hgpt_desktop.experts.tiling import Finding, found_in_parts, partly

if TYPE_CHECKING:
    from PIL import Image


class Detector(TorchExpert):
    """Options: `threshold` (0.5), the least score of an object that counts."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text that counts and lists the objects, and the picture with their boxes.

        Data of both: `structures.Detections`.
        """
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.1, "looking for objects")
        threshold = self.number(call, "threshold", 0.5)
        with running(self.card):
            found = found_in_parts(
                picture.image.size,
                lambda part: self._found(picture.image.crop(part), threshold),
                partly(on_progress, 0.1, 0.7),
                should_stop,
            )
        stop_if(should_stop)
        on_progress(0.8, "drawing the boxes")
        objects = Detections.of(picture, found)
        data = objects.to_json()
        return (
            write_text(call, objects.in_words(), data),
            write_image(call, with_detections(picture, objects), data),
        )

    def _found(self, image: Image.Image, threshold: float) -> list[Finding]:
        inputs = self.processor(images=image, return_tensors="pt")
        outputs = self.model(**to_model(inputs, self.model))
        found = self.processor.post_process_object_detection(
            outputs, threshold=threshold, target_sizes=[(image.height, image.width)]
        )[0]
        names = [label_of(self.model.config, number) for number in found["labels"].tolist()]
        return list(zip(names, found["scores"].tolist(), found["boxes"].float().tolist(), strict=True))


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForObjectDetection` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return Detector(card, device, load_model("AutoModelForObjectDetection", card, device), processor)
