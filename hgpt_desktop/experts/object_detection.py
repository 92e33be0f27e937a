"""Objects in a picture: where they are, what they are, how sure the model is (DETR and its like)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

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
from hgpt_desktop.experts.drawing import with_boxes
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    running,
    to_model,
)


class Detector(TorchExpert):
    """Options: `threshold` (0.5), the least score of an object that counts."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text that counts and lists the objects, and the picture with their boxes.

        Data of both: `{"width_px", "height_px", "objects": [{"label", "score", "box"}]}`, best first; a box
        is `{"left", "top", "right", "bottom"}` in pixels of the file, upright.
        """
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several pictures at once."""

        def prepare(call: ExpertCall) -> Picture:
            stop_if(should_stop)
            return open_image(required_path(call, "image"))

        def work(pictures: list[Picture]) -> list[dict[str, Any]]:
            stop_if(should_stop)
            on_progress(0.1, "looking for objects")
            with running(self.card):
                images = [picture.image for picture in pictures]
                inputs = self.processor(images=images, return_tensors="pt")
                found: list[dict[str, Any]] = self.processor.post_process_object_detection(
                    self.model(**to_model(inputs, self.model)),
                    threshold=float(self.option("threshold", 0.5)),
                    target_sizes=[(image.height, image.width) for image in images],
                )
            on_progress(0.8, "drawing the boxes")
            return found

        def finish(call: ExpertCall, picture: Picture, found: dict[str, Any]) -> tuple[Resource, ...]:
            stop_if(should_stop)
            return self._drawn(call, picture, found)

        return together(calls, prepare, work, finish)

    def _drawn(self, call: ExpertCall, picture: Picture, found: dict[str, Any]) -> tuple[Resource, ...]:
        objects = _objects(found, picture, self.model.config)
        data = {"width_px": picture.width_px, "height_px": picture.height_px, "objects": objects}
        numbers = {label: number for number, label in enumerate(sorted({item["label"] for item in objects}))}
        boxes = [
            (_scaled(item["box"], picture), f"{item['label']} {item['score']:.2f}", numbers[item["label"]])
            for item in reversed(objects)  # the surest on top
        ]
        return (
            write_text(call, told(objects), data),
            write_image(call, with_boxes(picture.image, boxes), data),
        )


def _objects(found: dict[str, Any], picture: Picture, config: Any) -> list[dict[str, Any]]:
    objects = []
    for score, label, box in zip(
        found["scores"].tolist(), found["labels"].tolist(), found["boxes"].float().tolist(), strict=True
    ):
        left, top = picture.to_file(max(0.0, box[0]), max(0.0, box[1]))
        right, bottom = picture.to_file(min(picture.image.width, box[2]), min(picture.image.height, box[3]))
        if right <= left or bottom <= top:
            continue  # outside the picture, or nothing
        edges = {"left": left, "top": top, "right": right, "bottom": bottom}
        objects.append(
            {
                "label": label_of(config, label),
                "score": round(score, 4),
                "box": {edge: round(value, 1) for edge, value in edges.items()},
            }
        )
    return sorted(objects, key=lambda item: -item["score"])


def _scaled(box: dict[str, float], picture: Picture) -> tuple[float, float, float, float]:
    across = picture.image.width / picture.width_px
    down = picture.image.height / picture.height_px
    return box["left"] * across, box["top"] * down, box["right"] * across, box["bottom"] * down


def told(objects: list[dict[str, Any]]) -> str:
    """How many of each, the most frequent first, then one line for each object."""
    if not objects:
        return "No objects were found."
    counts = Counter(item["label"] for item in objects)
    total = ", ".join(f"{count} × {label}" for label, count in counts.most_common())
    lines = [
        "{label} ({score:.0%}) from ({left:.0f}, {top:.0f}) to ({right:.0f}, {bottom:.0f})".format(
            label=item["label"], score=item["score"], **item["box"]
        )
        for item in objects
    ]
    return "\n".join([f"Found {len(objects)}: {total}.", *lines])


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForObjectDetection` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return Detector(card, device, load_model("AutoModelForObjectDetection", card, device), processor)
