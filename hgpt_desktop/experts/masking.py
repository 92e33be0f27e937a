"""The mask that an argument means: drawn black and white, or out of the data of an earlier result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import required_path
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.structures import Detections, Regions

if TYPE_CHECKING:
    from PIL import Image


def asked_mask(call: ExpertCall, picture: Picture, name: str = "mask") -> Image.Image:
    """A mask of the working picture's size, mode L, white where it is meant.

    Raises:
        InvalidInput: it is the picture itself, of another shape, or cannot be read.
    """
    path = required_path(call, name)
    given = next(value for value in call.inputs[name] if isinstance(value, Resource))
    if isinstance(given.data, Mapping) and ("regions" in given.data or "objects" in given.data):
        refuse_other_shape(given.data, picture)
        return _from_data(given.data, picture)
    if path in call.paths("image"):
        raise InvalidInput(
            "The picture itself was given as its mask.",
            "Give a second picture, white where something is to change, or have a mask made first.",
        )
    drawn = open_image(path)
    if not picture.is_shaped(drawn.width_px, drawn.height_px):
        raise InvalidInput(
            f"The mask {path.name} has {drawn.width_px} × {drawn.height_px} pixels, another shape than the"
            f" picture with {picture.width_px} × {picture.height_px}.",
            "Give a mask of the picture's own shape.",
        )
    grey = drawn.image.convert("L").resize(picture.image.size)
    return grey.point([0] * 128 + [255] * 128)


def refuse_other_shape(found: Mapping[str, Any], picture: Picture) -> None:
    """Raise InvalidInput if what was found cannot have been found in this picture: its places would be wrong.

    Args:
        found: the data of a result, with the sides of the picture that it comes from.
    """
    width_px, height_px = int(found["width_px"]), int(found["height_px"])
    if not picture.is_shaped(width_px, height_px):
        raise InvalidInput(
            f"The objects were found in a picture of {width_px} × {height_px} pixels, and the one given has"
            f" {picture.width_px} × {picture.height_px}.",
            "Give the picture in which they were found, or let them be found in this one.",
        )


def _from_data(data: Mapping[str, Any], picture: Picture) -> Image.Image:
    """All regions together; or all boxes, where there are no regions."""
    from PIL import Image, ImageChops, ImageDraw

    mask = Image.new("L", picture.image.size)
    if "regions" in data:
        for region in Regions.from_json(data).regions:
            part = Image.fromarray(region.mask.bits().astype("uint8") * 255).resize(mask.size)
            mask = ImageChops.lighter(mask, part.point([0] * 128 + [255] * 128))
        return mask
    pen = ImageDraw.Draw(mask)
    for one in Detections.from_json(data).objects:
        pen.rectangle(one.box.in_working_picture(picture), fill=255)
    return mask
