"""The thing at a point or in a box, cut out exactly: Segment Anything (SAM, SAM 2) by transformers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image
from hgpt_desktop.experts.drawing import with_regions
from hgpt_desktop.experts.masking import refuse_other_shape
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, to_model
from hgpt_desktop.experts.structures import FINE_MASK_SIDE_PX, Box, Detections, Region, Regions

if TYPE_CHECKING:
    import numpy as np

    Bits = np.ndarray[Any, np.dtype[np.bool_]]

_WORKING_PX = 4_000_000
_MOST_BOXES = 64
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*(%?)")
_NOT = re.compile(r"^\s*(?:not|不|非)\s*", re.IGNORECASE)

Point = tuple[float, float, bool]
"""x and y in pixels of the file, and whether it lies on the thing."""


class MaskMaker(TorchExpert):
    """Options: none."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The picture with what was meant coloured; data: `structures.Regions`, with fine masks.

        `points` are written `x, y; x, y` in pixels of the file or in per cent (`50%, 50%`), a place that is
        not meant as `not x, y`; all of them show one thing. `boxes` are written `left, top, right, bottom; …`
        or are the result of a detection: one thing in each. Without either it is the thing in the middle.
        """
        picture = open_image(required_path(call, "image"), _WORKING_PX)
        points = read_points(call.text("points"), picture)
        boxes = _boxes(call, picture)
        if points and len(boxes) > 1:
            raise InvalidInput(
                f"Points can be given with one box, not with {len(boxes)}.", "Leave the points or boxes out."
            )
        if not points and not boxes:
            points = [(picture.width_px / 2, picture.height_px / 2, True)]
        stop_if(should_stop)
        on_progress(0.1, "looking at the marked places")
        with running(self.card):
            made = self._masks(picture, points, [box for box, _ in boxes])
        stop_if(should_stop)
        on_progress(0.8, "colouring what was found")
        labels = [label for _, label in boxes] or [""]
        return (self._written(call, picture, made, labels),)

    def _masks(self, picture: Picture, points: list[Point], boxes: list[Box]) -> list[tuple[Bits, float]]:
        """For each box, or for all points, (H, W) bits of the working picture's size, and a score."""
        asked: dict[str, Any] = {}
        if points:
            asked["input_points"] = [[[list(picture.to_working(x, y)) for x, y, _ in points]]]
            asked["input_labels"] = [[[int(meant) for _, _, meant in points]]]
        if boxes:
            asked["input_boxes"] = [[list(box.in_working_picture(picture)) for box in boxes]]
        inputs = self.processor(images=picture.image, return_tensors="pt", **asked)
        given = {
            name: value for name, value in to_model(inputs, self.model).items() if name.startswith("input_")
        }
        pixels = inputs["pixel_values"].to(self.model.device, self.model.dtype)
        # A point may mean a part or the whole: several masks are made, and the surest one is taken.
        outputs = self.model(pixel_values=pixels, multimask_output=not boxes, **given)
        sizes = {name: inputs[name] for name in ("original_sizes", "reshaped_input_sizes") if name in inputs}
        masks = self.processor.post_process_masks(outputs.pred_masks.float().cpu(), **sizes)[
            0
        ]  # (n, k, H, W)
        scores = outputs.iou_scores[0].float().cpu()  # (n, k)
        best = scores.argmax(dim=-1).tolist()
        return [
            (masks[number, place].numpy().astype(bool), min(1.0, max(0.0, float(scores[number, place]))))
            for number, place in enumerate(best)
        ]

    def _written(
        self, call: ExpertCall, picture: Picture, made: list[tuple[Bits, float]], labels: list[str]
    ) -> Resource:
        import numpy as np

        drawn = np.zeros((picture.image.height, picture.image.width), dtype=np.int64)
        regions = []
        for number, ((bits, score), label) in enumerate(zip(made, labels, strict=True), start=1):
            if region := Region.of(bits, picture, label, score, FINE_MASK_SIDE_PX):
                drawn[bits] = number
                regions.append(region)
        if not regions:
            raise ExecutionFailed(
                "Nothing was found at the marked place.",
                "Mark a point on the thing itself, or a box round it.",
            )
        data = Regions.of(picture, "prompted", regions).to_json()
        return write_image(call, with_regions(picture.image, drawn), data)


def read_points(text: str, picture: Picture) -> list[Point]:
    """Points in the pixels of the file, see `MaskMaker.run`.

    Raises:
        InvalidInput: a point has not two numbers, or lies outside the picture.
    """
    found: list[Point] = []
    for part in _parts(text):
        numbers = _numbers(part, (picture.width_px, picture.height_px), "point", "x, y")
        found.append((numbers[0], numbers[1], _NOT.match(part) is None))
    return found


def _boxes(call: ExpertCall, picture: Picture) -> list[tuple[Box, str]]:
    """Boxes with their labels: as written, or out of the results of a detection."""
    found: list[tuple[Box, str]] = []
    for value in call.inputs.get("boxes", ()):
        if isinstance(value, Resource) and isinstance(value.data, dict) and "objects" in value.data:
            refuse_other_shape(value.data, picture)
            found += [(one.box, one.label) for one in Detections.from_json(value.data).objects]
        else:
            text = value if isinstance(value, str) else value.text or ""
            size = (picture.width_px, picture.height_px)
            found += [
                (_ordered(_numbers(part, (*size, *size), "box", "left, top, right, bottom")), "")
                for part in _parts(text)
            ]
    return found[:_MOST_BOXES]


def _parts(text: str) -> list[str]:
    """What stands between semicolons, line ends or the brackets of a list of lists."""
    return [part for part in re.split(r"[;\n；]|\]\s*,\s*\[|\)\s*,\s*\(", text) if part.strip(" []()")]


def _numbers(part: str, sides: tuple[int, ...], what: str, form: str) -> list[float]:
    found = [
        float(number) * (side / 100 if per_cent else 1)
        for (number, per_cent), side in zip(_NUMBER.findall(part), sides, strict=False)
    ]
    if len(_NUMBER.findall(part)) != len(sides):
        raise InvalidInput(
            f"{part.strip()!r} is no {what}.",
            f"Write it as `{form}` in pixels of the picture or in per cent.",
        )
    if any(not 0 <= number <= side for number, side in zip(found, sides, strict=True)):
        raise InvalidInput(
            f"The {what} {part.strip()} lies outside the picture, which is {sides[0]} × {sides[1]} pixels.",
            "Give a place inside.",
        )
    return found


def _ordered(edges: list[float]) -> Box:
    left, top, right, bottom = edges
    return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForMaskGeneration` with its processor."""
    processor = load_processor("AutoProcessor", card)
    return MaskMaker(card, device, load_model("AutoModelForMaskGeneration", card, device), processor)
