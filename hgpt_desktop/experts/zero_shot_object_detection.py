"""Things found by their names, whatever these are: Grounding DINO and OWLv2 by transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    required_names,
    required_path,
    stop_if,
    write_image,
    write_text,
)
from hgpt_desktop.experts.drawing import with_detections
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, to_model
from hgpt_desktop.experts.structures import Detections
from hgpt_desktop.experts.tiling import Finding, found_in_parts, partly

if TYPE_CHECKING:
    from PIL import Image

_LONGEST_PX = 1600  # the models look at 960 to 1333 pixels
_SAME_PLACE = 0.6  # boxes that overlap more than this are one thing


class NamedThingFinder(TorchExpert):
    """Options: `threshold` (by default 0.3, OWLv2 0.15), the least score of a thing that counts."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A text that counts and lists the things, and the picture with their boxes.

        Data of both: `structures.Detections`, the labels as they were asked for.
        """
        names = required_names(call, "labels")
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.1, "looking for " + ", ".join(names))
        with running(self.card):
            found = found_in_parts(
                picture.image.size,
                lambda part: self._found(call, picture.image.crop(part), names),
                partly(on_progress, 0.1, 0.7),
                should_stop,
            )
        stop_if(should_stop)
        on_progress(0.8, "drawing the boxes")
        objects = Detections.of(picture, found).without_doubles(_SAME_PLACE)
        data = objects.to_json()
        return (
            write_text(call, objects.in_words(), data),
            write_image(call, with_detections(picture, objects), data),
        )

    def _found(self, call: ExpertCall, image: Image.Image, names: list[str]) -> list[Finding]:
        grounded = "dino" in self.model.config.model_type  # it is asked all names in one sentence
        asked: Any = [names] if grounded else [[f"a photo of {name}" for name in names]]
        seen = image.copy()
        seen.thumbnail((_LONGEST_PX, _LONGEST_PX))  # OWLv2 smooths before it scales, slowly if by much
        inputs = self.processor(images=seen, text=asked, truncation=True, return_tensors="pt")
        outputs = self.model(**to_model(inputs, self.model))
        more = {"input_ids": inputs["input_ids"]} if grounded else {"text_labels": [names]}
        result = self.processor.post_process_grounded_object_detection(
            outputs,
            threshold=self.number(call, "threshold", 0.3 if grounded else 0.15),
            target_sizes=[(image.height, image.width)],
            **more,
        )[0]
        labels = [name_meant(words, names) for words in result["text_labels"]]
        scores, boxes = result["scores"].tolist(), result["boxes"].float().tolist()
        return [
            (label, score, edges)
            for label, score, edges in zip(labels, scores, boxes, strict=True)
            if label is not None
        ]


def name_meant(words: str, names: Sequence[str]) -> str | None:
    """The name that some words of it stand for: Grounding DINO gives back the words that it saw.

    None where there are no words, or they belong to none of the names.
    """
    if words in names:
        return words
    seen = set(words.lower().split())
    shared = [len(seen.intersection(name.lower().split())) / len(name.split()) for name in names]
    best = max(range(len(names)), key=shared.__getitem__)
    return names[best] if shared[best] else None


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForZeroShotObjectDetection` with its processor."""
    processor = load_processor("AutoProcessor", card)
    model = load_model("AutoModelForZeroShotObjectDetection", card, device)
    return NamedThingFinder(card, device, model, processor)
