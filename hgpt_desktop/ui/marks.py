"""What the structured result of a task says is in a picture: boxes, masks, lines of text."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage

from hgpt_desktop.ui.formats import percent_text

_MOST_MASK_PIXELS = 4_000_000
_MASK_ALPHA = 120


@dataclass(frozen=True, slots=True)
class Mask:
    """Which pixels belong to a thing: run lengths row by row, beginning with what is outside."""

    width: int
    height: int
    counts: tuple[int, ...]

    def contains(self, x: float, y: float) -> bool:
        """Whether the place, in shares of the picture, belongs to it."""
        column, row = int(x * self.width), int(y * self.height)
        if not (0 <= column < self.width and 0 <= row < self.height):
            return False
        place = row * self.width + column
        at = 0
        for number, count in enumerate(self.counts):
            at += count
            if place < at:
                return number % 2 == 1
        return False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was found in a picture; the box is in shares of its width and height, 0 to 1."""

    label: str
    score: float | None
    box: QRectF
    mask: Mask | None = None

    @property
    def told(self) -> str:
        """Label and score, for people."""
        return self.label if self.score is None else f"{self.label} · {percent_text(self.score)}"

    def contains(self, place: QPointF) -> bool:
        """Whether the place, in shares of the picture, belongs to it."""
        if self.mask is not None:
            return self.mask.contains(place.x(), place.y())
        return self.box.contains(place)


@dataclass(frozen=True, slots=True)
class Depth:
    """What the greys of a depth picture stand for: white is nearest, black farthest, evenly in between."""

    nearest_m: float
    farthest_m: float

    def metres(self, grey: int) -> float:
        """The distance of a grey of 0 to 255."""
        return self.farthest_m - grey / 255 * (self.farthest_m - self.nearest_m)


def depth_in(data: Any) -> Depth | None:
    """What the structured result says of distances in metres; None for another one."""
    if not isinstance(data, dict) or data.get("unit") != "metres":
        return None
    nearest, farthest = _number(data.get("nearest")), _number(data.get("farthest"))
    return Depth(nearest, farthest) if nearest is not None and farthest is not None else None


def marks_in(data: Any) -> tuple[Mark, ...]:
    """What the structured result says is in its picture; else nothing. What is malformed is left out."""
    if not isinstance(data, dict):
        return ()
    width, height = _number(data.get("width_px")), _number(data.get("height_px"))
    things = data.get("objects") or data.get("regions") or ()
    if not width or not height or not isinstance(things, list):
        return ()
    found = []
    for thing in things:
        if not isinstance(thing, dict) or (box := _box(thing.get("box"), width, height)) is None:
            continue
        name = thing.get("label", "")
        found.append(Mark(str(name), _number(thing.get("score")), box, _mask(thing.get("mask"))))
    return tuple(found)


def mark_at(marks: Sequence[Mark], place: QPointF) -> Mark | None:
    """The smallest thing that was found at the place, in shares of the picture."""
    here = [mark for mark in marks if mark.contains(place)]
    return min(here, key=lambda mark: mark.box.width() * mark.box.height(), default=None)


def colours_of(marks: Sequence[Mark]) -> tuple[QColor, ...]:
    """A strong colour for each mark, the same for the same label; neighbours differ."""
    labels = sorted({mark.label for mark in marks})
    return tuple(_colour(labels.index(mark.label)) for mark in marks)


def _colour(index: int) -> QColor:
    red, green, blue = colorsys.hsv_to_rgb((index * 0.618034) % 1.0, 0.75, 0.95)
    return QColor.fromRgbF(red, green, blue)


def mask_picture(marks: Sequence[Mark]) -> QImage:
    """All masks in one picture, each in its mark's colour, half transparent; null where there are none.

    Threads: any.
    """
    masked = [(mark, colour) for mark, colour in zip(marks, colours_of(marks), strict=True) if mark.mask]
    masked = masked[:255]
    if not masked or masked[0][0].mask is None:
        return QImage()
    width, height = masked[0][0].mask.width, masked[0][0].mask.height
    pixels = bytearray(width * height)
    for number, (mark, _) in enumerate(masked, start=1):
        if mark.mask is None or (mark.mask.width, mark.mask.height) != (width, height):
            continue
        at = 0
        for run, count in enumerate(mark.mask.counts):
            if run % 2:
                pixels[at : at + count] = bytes([number]) * count
            at += count
    made = QImage(bytes(pixels), width, height, width, QImage.Format.Format_Indexed8)
    shades = [QColor(0, 0, 0, 0).rgba()]
    for _, colour in masked:
        laid = QColor(colour)
        laid.setAlpha(_MASK_ALPHA)
        shades.append(laid.rgba())
    made.setColorTable(shades)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # small, and a copy of its own


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _box(box: Any, width: float, height: float) -> QRectF | None:
    if not isinstance(box, dict):
        return None
    edges = [_number(box.get(edge)) for edge in ("left", "top", "right", "bottom")]
    left, top, right, bottom = edges
    if left is None or top is None or right is None or bottom is None:
        return None
    return QRectF(QPointF(left / width, top / height), QPointF(right / width, bottom / height))


def _mask(mask: Any) -> Mask | None:
    if not isinstance(mask, dict):
        return None
    width, height, counts = mask.get("width"), mask.get("height"), mask.get("counts")
    if not isinstance(width, int) or not isinstance(height, int) or not isinstance(counts, list):
        return None
    if not 0 < width * height <= _MOST_MASK_PIXELS or width < 1:
        return None
    if not all(isinstance(count, int) and count >= 0 for count in counts) or sum(counts) != width * height:
        return None
    return Mask(width, height, tuple(counts))
