"""Objects in a picture: where they are, what they are, how sure the model is (DETR and its like)."""

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
    write_image,
    write_text,
)
from hgpt_desktop.experts.drawing import with_detections
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    running,
    to_model,
)
from hgpt_desktop.experts.structures import Detections
from hgpt_desktop.experts.tiling import Finding, found_in_parts, partly, parts_to_look_at

if TYPE_CHECKING:
    from PIL import Image

Asked = tuple[Picture, float]
"""A picture, and the least score of an object that counts."""


class Detector(TorchExpert):
    """Options: `threshold` (0.5), the least score of an object that counts."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text that counts and lists the objects, and the picture with their boxes.

        Data of both: `structures.Detections`.
        """
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several pictures at once; panoramas are looked at one by one, in parts."""

        def prepare(call: ExpertCall) -> Asked:
            stop_if(should_stop)
            return open_image(required_path(call, "image")), self.number(call, "threshold", 0.5)

        def work(asked: list[Asked]) -> list[list[Finding]]:
            stop_if(should_stop)
            on_progress(0.1, "looking for objects")
            report = partly(on_progress, 0.1, 0.7)
            with running(self.card):
                if all(len(parts_to_look_at(*picture.image.size)) == 1 for picture, _ in asked):
                    return self._found([picture.image for picture, _ in asked], [least for _, least in asked])
                share = 1 / len(asked)
                return [
                    self._found_in_parts(one, partly(report, number * share, share), should_stop)
                    for number, one in enumerate(asked)
                ]

        def finish(call: ExpertCall, asked: Asked, found: list[Finding]) -> tuple[Resource, ...]:
            stop_if(should_stop)
            on_progress(0.8, "drawing the boxes")
            objects = Detections.of(asked[0], found)
            data = objects.to_json()
            return (
                write_text(call, objects.in_words(), data),
                write_image(call, with_detections(asked[0], objects), data),
            )

        return together(calls, prepare, work, finish)

    def _found_in_parts(
        self, asked: Asked, on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[Finding]:
        image, least = asked[0].image, asked[1]
        return found_in_parts(
            image.size, lambda part: self._found([image.crop(part)], [least])[0], on_progress, should_stop
        )

    def _found(self, images: list[Image.Image], least: list[float]) -> list[list[Finding]]:
        """For each picture what is found in it, in its pixels."""
        inputs = self.processor(images=images, return_tensors="pt")
        found = self.processor.post_process_object_detection(
            self.model(**to_model(inputs, self.model)),
            threshold=min(least),
            target_sizes=[(image.height, image.width) for image in images],
        )
        return [
            [
                (label_of(self.model.config, number), score, edges)
                for number, score, edges in zip(
                    one["labels"].tolist(), one["scores"].tolist(), one["boxes"].float().tolist(), strict=True
                )
                if score >= enough
            ]
            for one, enough in zip(found, least, strict=True)
        ]


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForObjectDetection` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return Detector(card, device, load_model("AutoModelForObjectDetection", card, device), processor)
