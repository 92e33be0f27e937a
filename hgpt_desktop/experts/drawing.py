"""Pictures for people: boxes with labels, coloured regions, bones."""

from __future__ import annotations

import colorsys
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image, ImageFont

    from hgpt_desktop.experts.media import Picture
    from hgpt_desktop.experts.structures import Detections

_LONGEST_LABEL = 80  # characters; more would cover the picture

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels of the picture that is drawn on."""


_FONTS_OF_MANY_SCRIPTS = (
    "NotoSansCJK-Regular.ttc", "NotoSansTC-Regular.otf", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf",
    "msjh.ttc", "PingFang.ttc", "ArialUnicode.ttf", "DejaVuSans.ttf",
)  # fmt: skip


def colour(index: int) -> Colour:
    """A strong colour for a number; neighbours differ."""
    red, green, blue = colorsys.hsv_to_rgb((index * 0.618034) % 1.0, 0.75, 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)


def with_boxes(image: Image.Image, boxes: Sequence[tuple[Box, str, int]]) -> Image.Image:
    """A copy with boxes drawn, each with its label and the number of its colour."""
    from PIL import ImageDraw

    drawn = image.convert("RGB")
    pen = ImageDraw.Draw(drawn)
    side = max(drawn.size)
    width = max(2, side // 400)
    size = max(10, side // 60)
    for box, named, number in boxes:
        label = named if len(named) <= _LONGEST_LABEL else named[: _LONGEST_LABEL - 1] + "…"
        font = _font(label, size)
        shade = colour(number)
        pen.rectangle(box, outline=shade, width=width)
        left, top, right, bottom = pen.textbbox((box[0], box[1]), label, font=font)
        height, length = bottom - top + 4, right - left + 6
        y = max(0.0, box[1] - height)
        x = max(0.0, min(box[0], drawn.width - length))
        pen.rectangle((x, y, x + length, y + height), fill=shade)
        pen.text((x + 3, y + 2 - (top - box[1])), label, font=font, fill=_readable_on(shade))
    return drawn


def _font(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font that has the letters of a text, if this machine has one."""
    from PIL import ImageFont

    if not text.isascii():
        for name in _FONTS_OF_MANY_SCRIPTS:
            with contextlib.suppress(OSError):  # not installed here
                return ImageFont.truetype(name, size)
    return ImageFont.load_default(size=size)


def with_detections(picture: Picture, found: Detections) -> Image.Image:
    """The working picture with the objects' boxes, a colour for each label, the surest on top."""
    numbers = {label: number for number, label in enumerate(sorted({one.label for one in found.objects}))}
    boxes = [
        (one.box.in_working_picture(picture), f"{one.label} {one.score:.2f}", numbers[one.label])
        for one in reversed(found.objects)
    ]
    return with_boxes(picture.image, boxes)


def with_regions(image: Image.Image, regions: np.ndarray[Any, Any], weight: float = 0.55) -> Image.Image:
    """A copy with each region in a colour of its own.

    Args:
        regions: (H, W) integers, the size of the picture; 0 is left as it is.
        weight: how much of the colour is laid on, 0..1; 1 hides the picture.
    """
    import numpy as np
    from PIL import Image

    pixels = np.asarray(image.convert("RGB"), dtype=np.float32)  # (H, W, 3)
    count = int(regions.max(initial=0)) + 1
    palette = np.array([colour(number) for number in range(count)], dtype=np.float32)  # (regions, 3)
    strength = np.where(regions > 0, weight, 0.0)[..., None]
    mixed = pixels * (1 - strength) + palette[regions] * strength
    return Image.fromarray(mixed.round().astype(np.uint8))


def _readable_on(shade: Colour) -> Colour:
    light = shade[0] * 0.299 + shade[1] * 0.587 + shade[2] * 0.114
    return (0, 0, 0) if light > 140 else (255, 255, 255)
