"""Pictures changed exactly, and objects picked out of what a detector found. No model, only Pillow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import ShouldStop, noted, required_path, stop_if, write_image, write_text
from hgpt_desktop.experts.drawing import with_boxes
from hgpt_desktop.experts.masking import refuse_other_shape
from hgpt_desktop.experts.media import LARGEST_PICTURE_PX, open_image
from hgpt_desktop.experts.options import choice, number
from hgpt_desktop.experts.structures import Box

if TYPE_CHECKING:
    from PIL import Image

CHANGES = ("resize", "crop", "rotate", "mirror", "flip", "grayscale")
PARTS = ("left", "right", "top", "bottom", "middle", "top left", "top right", "bottom left", "bottom right")
SHOWN = ("boxes", "cut out", "hidden")
_LONGEST_SIDE_PX = 20_000

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom in the pixels of the picture that is worked on."""

_MOST_CUT_OUT = 50


# ---------------------------------------------------------------- the whole picture


def change_picture(
    call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop
) -> tuple[Resource, ...]:
    """The picture resized, cropped, turned or without colour. Data: `{"change", "width_px", "height_px"}`.

    `width` and `height` are in pixels; where one is not given it follows from the picture's form. A crop is a
    `part` (the left half, the middle …), or its middle of `width` by `height`. `angle` turns clockwise.

    Raises:
        InvalidInput: the file is no picture, or the change is not said completely.
    """
    change = choice(call, "change", CHANGES)
    image = open_image(required_path(call, "image"), LARGEST_PICTURE_PX).image
    stop_if(should_stop)
    on_progress(0.5, f"{change} of {image.width} × {image.height} pixels")
    made = _changed(call, image, change)
    stop_if(should_stop)
    data = {"change": change, "width_px": made.width, "height_px": made.height}
    return (write_image(call, made, data),)


def _changed(call: ExpertCall, image: Image.Image, change: str) -> Image.Image:
    from PIL import Image, ImageOps

    match change:
        case "mirror":
            return ImageOps.mirror(image)
        case "flip":
            return ImageOps.flip(image)
        case "grayscale":
            return ImageOps.grayscale(image).convert("RGB")
        case "rotate":
            angle = number(call, "angle", -360, 360, 90)
            return image.rotate(-angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
        case "crop":
            return image.crop(_crop(call, image))
    return image.resize(_new_size(call, image), Image.Resampling.LANCZOS)


def _new_size(call: ExpertCall, image: Image.Image) -> tuple[int, int]:
    width = number(call, "width", 1, _LONGEST_SIDE_PX, 0)
    height = number(call, "height", 1, _LONGEST_SIDE_PX, 0)
    if not width and not height:
        raise InvalidInput("The new size of the picture is not said.", "Say its width or height in pixels.")
    width = width or height * image.width / image.height
    height = height or width * image.height / image.width
    size = max(1, round(width)), max(1, round(height))
    if max(size) > _LONGEST_SIDE_PX or size[0] * size[1] > LARGEST_PICTURE_PX:
        raise InvalidInput(f"{size[0]} × {size[1]} pixels are too many.", "Say a smaller width or height.")
    return size


def _crop(call: ExpertCall, image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom, within the picture."""
    width = round(number(call, "width", 1, _LONGEST_SIDE_PX, 0))
    height = round(number(call, "height", 1, _LONGEST_SIDE_PX, 0))
    part = choice(call, "part", PARTS, "middle")
    words = part.split()
    halves_across = part == "middle" or "left" in words or "right" in words
    halves_down = part == "middle" or "top" in words or "bottom" in words
    wide = min(
        image.width, width or (max(1, image.width // 2) if halves_across and not height else image.width)
    )
    high = min(
        image.height, height or (max(1, image.height // 2) if halves_down and not width else image.height)
    )
    left = 0 if "left" in words else image.width - wide if "right" in words else (image.width - wide) // 2
    top = 0 if "top" in words else image.height - high if "bottom" in words else (image.height - high) // 2
    return left, top, left + wide, top + high


# ---------------------------------------------------------------- objects that were found


@dataclass(frozen=True, slots=True)
class _Found:
    """An object or region of an earlier result."""

    label: str
    score: float | None
    box: Box

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "score": self.score, "box": self.box.to_json()}


def pick_objects(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """How many there are of a kind, with the picture that shows them: boxes, cut out each, or hidden.

    Data: `{"width_px", "height_px", "count", "objects": [{"label", "score", "box"}]}`, as detection has it.

    Raises:
        InvalidInput: the objects do not come from a task that finds some.
        ExecutionFailed: nothing of that name is among them, so that there is nothing to cut out.
    """
    show = choice(call, "show", SHOWN, "boxes")
    least = number(call, "least_score", 0, 100, 0)
    least = least / 100 if least > 1 else least
    path, found, width_px, height_px = _found(call)
    wanted = call.text("label").strip()
    kept = [
        one for one in found if _is_meant(one.label, wanted) and (one.score is None or one.score >= least)
    ]
    picture = open_image(path)
    refuse_other_shape({"width_px": width_px, "height_px": height_px}, picture)
    if not kept and show == "cut out":
        seen = ", ".join(sorted({one.label for one in found})) or "nothing"
        raise ExecutionFailed(
            f"No {wanted or 'object'} was found, so nothing can be cut out.", f"Found were: {seen}."
        )
    stop_if(should_stop)
    on_progress(0.5, f"{len(kept)} of {len(found)} objects")
    data = {
        "width_px": width_px,
        "height_px": height_px,
        "count": len(kept),
        "objects": [one.to_json() for one in kept],
    }
    across, down = picture.image.width / width_px, picture.image.height / height_px
    boxes = [
        (one.box.left * across, one.box.top * down, one.box.right * across, one.box.bottom * down)
        for one in kept
    ]
    told = write_text(call, _told(kept, wanted), data)
    if show == "cut out":
        cuts = []
        for place, (one, box) in enumerate(zip(kept[:_MOST_CUT_OUT], boxes, strict=False), 1):
            stop_if(should_stop)
            cut = picture.image.crop(_whole_pixels(box, picture.image))
            cuts.append(write_image(call, cut, one.to_json(), part=str(place)))
        return noted((told, *cuts), _uncut_note(len(kept) - len(cuts)))
    if show == "hidden":
        return (told, write_image(call, _hidden(picture.image, boxes), data))
    numbers = {label: place for place, label in enumerate(sorted({one.label for one in kept}))}
    labelled = [(box, one.label, numbers[one.label]) for one, box in zip(kept, boxes, strict=True)]
    return (told, write_image(call, with_boxes(picture.image, labelled), data))


def _uncut_note(count: int) -> str:
    """What is said of objects that were too many; nothing where all were cut out."""
    return f"{count} more objects were not cut out." if count else ""


def _found(call: ExpertCall) -> tuple[Path, list[_Found], int, int]:
    """The picture itself, and what an earlier task found in it: objects or regions, on a size in pixels."""
    given = [value for name in ("objects", "image") for value in call.inputs.get(name, ())]
    files = [value for value in given if isinstance(value, Resource)]
    marked = next((file for file in files if _objects_of(file) is not None), None)
    plain = next((file for file in reversed(files) if file is not marked), None)
    if marked is None or plain is None:
        raise InvalidInput(
            "There are no found objects to choose from.",
            "Let a task that finds objects in the picture go before, and give the picture itself too.",
        )
    found = [
        _Found(str(one["label"]), one.get("score"), Box.from_json(one["box"]))
        for one in _objects_of(marked) or []
    ]
    return plain.path, found, int(marked.data["width_px"]), int(marked.data["height_px"])


def _objects_of(file: Resource) -> list[dict[str, Any]] | None:
    data = file.data
    if not isinstance(data, Mapping) or "width_px" not in data:
        return None
    listed = data.get("objects", data.get("regions"))
    return listed if isinstance(listed, list) else None


def _is_meant(label: str, wanted: str) -> bool:
    """Whether a label is what a word means: `dogs` is `dog`, `person` is `a person`; nothing means all."""
    if not wanted:
        return True
    return bool(_stems(label) & _stems(wanted))


_PLURALS = {
    "people": "person", "persons": "person", "men": "man", "women": "woman", "children": "child",
    "mice": "mouse", "geese": "goose", "knives": "knife", "sheep": "sheep", "buses": "bus",
}  # fmt: skip
_FILLING = frozenset({"a", "an", "the", "all", "and", "or", "of", "only", "any"})


def _stems(words: str) -> set[str]:
    plain = {word for word in words.casefold().replace(",", " ").split() if word not in _FILLING}
    singles = {
        _PLURALS.get(word) or (word[:-1] if word.endswith("s") and len(word) > 3 else word) for word in plain
    }
    return singles | {_PLURALS.get(word, word) for word in plain}


def _told(kept: list[_Found], wanted: str) -> str:
    if not kept:
        return f"0 × {wanted or 'object'}"
    return ", ".join(
        f"{count} × {label}" for label, count in Counter(one.label for one in kept).most_common()
    )


def _whole_pixels(box: Edges, image: Image.Image) -> tuple[int, int, int, int]:
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    return (
        left,
        top,
        max(left + 1, min(image.width, round(box[2]))),
        max(top + 1, min(image.height, round(box[3]))),
    )


def _hidden(image: Image.Image, boxes: list[Edges]) -> Image.Image:
    """The objects as a few large squares of colour, which nothing brings back."""
    from PIL import Image

    made = image.copy()
    for box in boxes:
        edges = _whole_pixels(box, image)
        cut = made.crop(edges)
        coarse = cut.resize((min(6, cut.width), min(6, cut.height)), Image.Resampling.BOX)
        made.paste(coarse.resize(cut.size, Image.Resampling.NEAREST), edges[:2])
    return made
