"""Objects in a picture: where they are, what they are, how sure the model is (DETR and its like)."""

from __future__ import annotations

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


class Detector(TorchExpert):
    """Options: `threshold` (0.5), the least score of an object that counts."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text that counts and lists the objects, and the picture with their boxes.

        Data of both: `structures.Detections`.
        """
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.1, "looking for objects")
        with running(self.card):
            inputs = self.processor(images=picture.image, return_tensors="pt")
            outputs = self.model(**to_model(inputs, self.model))
            found = self.processor.post_process_object_detection(
                outputs,
                threshold=self.number(call, "threshold", 0.5),
                target_sizes=[(picture.image.height, picture.image.width)],
            )[0]
        stop_if(should_stop)
        on_progress(0.8, "drawing the boxes")
        names = [label_of(self.model.config, number) for number in found["labels"].tolist()]
        objects = Detections.of(
            picture, list(zip(names, found["scores"].tolist(), found["boxes"].float().tolist(), strict=True))
        )
        data = objects.to_json()
        return (
            write_text(call, objects.in_words(), data),
            write_image(call, with_detections(picture, objects), data),
        )


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForObjectDetection` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return Detector(card, device, load_model("AutoModelForObjectDetection", card, device), processor)
