"""What models find in pictures: a frozen value for each kind, and its form in a resource's `data`.

Coordinates are pixels of the user's file, upright, whatever size was worked on. `to_json` gives what the data
holds, `from_json` reads it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hgpt_desktop.experts.media import Picture

if TYPE_CHECKING:
    import numpy as np

    Bits = np.ndarray[Any, np.dtype[np.bool_]]

_EDGES = ("left", "top", "right", "bottom")
MASK_SIDE_PX = 256
"""The longer side of a mask in the data, where there are many."""
FINE_MASK_SIDE_PX = 1024
"""The longer side of a mask in the data, where it is what was asked for."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; the right and the lower edge lie just outside."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def in_file(cls, edges: Sequence[float], picture: Picture) -> Box | None:
        """From left, top, right, bottom in the working picture, cut at its edges; None if nothing is left."""
        left, top = picture.to_file(max(0.0, edges[0]), max(0.0, edges[1]))
        right, bottom = picture.to_file(
            min(picture.image.width, edges[2]), min(picture.image.height, edges[3])
        )
        return None if right <= left or bottom <= top else cls(left, top, right, bottom)

    def in_working_picture(self, picture: Picture) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in the pixels of the picture that is worked on."""
        left, top = picture.to_working(self.left, self.top)
        right, bottom = picture.to_working(self.right, self.bottom)
        return left, top, right, bottom

    def overlap(self, other: Box) -> float:
        """What both cover as part of what either covers, 0..1."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        if wide <= 0 or high <= 0:
            return 0.0
        return wide * high / (self.area + other.area - wide * high)

    @property
    def area(self) -> float:
        """In square pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    def to_json(self) -> dict[str, float]:
        return {edge: round(getattr(self, edge), 1) for edge in _EDGES}

    @classmethod
    def from_json(cls, data: Mapping[str, float]) -> Box:
        return cls(*(float(data[edge]) for edge in _EDGES))


# ---------------------------------------------------------------- objects


@dataclass(frozen=True, slots=True)
class Detection:
    """One object: `score` is how sure the model is, 0..1."""

    label: str
    score: float
    box: Box

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "score": round(self.score, 4), "box": self.box.to_json()}


@dataclass(frozen=True, slots=True)
class Detections:
    """The objects of a picture, the surest first."""

    width_px: int
    height_px: int
    objects: tuple[Detection, ...]

    @classmethod
    def of(cls, picture: Picture, found: Sequence[tuple[str, float, Sequence[float]]]) -> Detections:
        """From label, score and edges in the working picture; what lies outside is left out."""
        boxed = [(label, score, Box.in_file(edges, picture)) for label, score, edges in found]
        objects = [Detection(label, score, box) for label, score, box in boxed if box is not None]
        objects.sort(key=lambda one: -one.score)
        return cls(picture.width_px, picture.height_px, tuple(objects))

    def without_doubles(self, overlap: float) -> Detections:
        """Without what lies where a surer object of the same label lies already.

        Args:
            overlap: from where on two boxes are one object, 0..1, see `Box.overlap`.
        """
        kept: list[Detection] = []
        for one in self.objects:
            if not any(one.label == other.label and one.box.overlap(other.box) > overlap for other in kept):
                kept.append(one)
        return replace(self, objects=tuple(kept))

    def in_words(self) -> str:
        """How many of each, the most frequent first, then one line for each object."""
        if not self.objects:
            return "No objects were found."
        counts = Counter(one.label for one in self.objects)
        total = ", ".join(f"{count} × {label}" for label, count in counts.most_common())
        lines = [
            f"{one.label} ({one.score:.0%}) from ({one.box.left:.0f}, {one.box.top:.0f})"
            f" to ({one.box.right:.0f}, {one.box.bottom:.0f})"
            for one in self.objects
        ]
        return "\n".join([f"Found {len(self.objects)}: {total}.", *lines])

    def to_json(self) -> dict[str, Any]:
        return {
            "width_px": self.width_px,
            "height_px": self.height_px,
            "objects": [one.to_json() for one in self.objects],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Detections:
        objects = [
            Detection(str(one["label"]), float(one["score"]), Box.from_json(one["box"]))
            for one in data["objects"]
        ]
        return cls(int(data["width_px"]), int(data["height_px"]), tuple(objects))


# ---------------------------------------------------------------- masks


@dataclass(frozen=True, slots=True)
class Mask:
    """Which pixels of a picture belong to something.

    Args:
        width: of the picture that was scaled down to it; not the file's.
        height: likewise.
        counts: run lengths row by row, beginning with what is outside.
    """

    width: int
    height: int
    counts: tuple[int, ...]

    @classmethod
    def of(cls, bits: Bits, longest_px: int = MASK_SIDE_PX) -> Mask:
        """From (H, W) bits; every n-th row and column, so that the longer side has `longest_px` at most."""
        import numpy as np

        step = max(1, -(-max(bits.shape) // longest_px))
        small = bits[::step, ::step]
        flat = np.concatenate([[False], small.ravel(), [not small.ravel()[-1]]])
        ends = np.flatnonzero(flat[1:] != flat[:-1])
        return cls(int(small.shape[1]), int(small.shape[0]), tuple(np.diff(ends, prepend=0).tolist()))

    def bits(self) -> Bits:
        """(height, width)."""
        import numpy as np

        inside = np.arange(len(self.counts)) % 2 == 1
        return np.repeat(inside, self.counts).reshape(self.height, self.width)

    def to_json(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height, "counts": list(self.counts)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Mask:
        return cls(int(data["width"]), int(data["height"]), tuple(map(int, data["counts"])))


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture; `share` is how much of the picture it is, 0..1.

    `score` is None where the model gives none.
    """

    label: str
    score: float | None
    share: float
    box: Box
    mask: Mask

    @classmethod
    def of(
        cls, bits: Bits, picture: Picture, label: str, score: float | None, longest_px: int = MASK_SIDE_PX
    ) -> Region | None:
        """From (H, W) bits of the working picture's size; None where none is set."""
        import numpy as np

        rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
        if not rows.size:
            return None
        edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        box = Box.in_file([float(edge) for edge in edges], picture)
        if box is None:
            return None
        return cls(label, score, float(bits.mean()), box, Mask.of(bits, longest_px))

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "score": None if self.score is None else round(self.score, 4),
            "share": round(self.share, 4),
            "box": self.box.to_json(),
            "mask": self.mask.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Region:
        score = None if data["score"] is None else float(data["score"])
        return cls(
            str(data["label"]),
            score,
            float(data["share"]),
            Box.from_json(data["box"]),
            Mask.from_json(data["mask"]),
        )


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of a picture, the largest first.

    `mode` is `panoptic`, `instance` or `semantic`; `prompted` where points or boxes were given; `foreground`.
    """

    width_px: int
    height_px: int
    mode: str
    regions: tuple[Region, ...]

    @classmethod
    def of(cls, picture: Picture, mode: str, regions: Sequence[Region]) -> Regions:
        ordered = sorted(regions, key=lambda one: -one.share)
        return cls(picture.width_px, picture.height_px, mode, tuple(ordered))

    def to_json(self) -> dict[str, Any]:
        return {
            "width_px": self.width_px,
            "height_px": self.height_px,
            "mode": self.mode,
            "regions": [one.to_json() for one in self.regions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Regions:
        regions = [Region.from_json(one) for one in data["regions"]]
        return cls(int(data["width_px"]), int(data["height_px"]), str(data["mode"]), tuple(regions))


# ---------------------------------------------------------------- depth


@dataclass(frozen=True, slots=True)
class Depth:
    """How far away things are.

    `unit` is `metres`, or `relative`: then a greater number is nearer, and no distance is known.
    """

    width_px: int
    height_px: int
    unit: str
    nearest: float
    farthest: float
    median: float

    def to_json(self) -> dict[str, Any]:
        return {
            "width_px": self.width_px,
            "height_px": self.height_px,
            "unit": self.unit,
            "nearest": round(self.nearest, 4),
            "farthest": round(self.farthest, 4),
            "median": round(self.median, 4),
        }


# ---------------------------------------------------------------- poses


@dataclass(frozen=True, slots=True)
class Joint:
    """A named place of a body; `score` is how sure the model is, 0..1."""

    name: str
    x: float
    y: float
    score: float

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "x": round(self.x, 1),
            "y": round(self.y, 1),
            "score": round(self.score, 4),
        }


@dataclass(frozen=True, slots=True)
class Poses:
    """For each person the joints that were seen."""

    width_px: int
    height_px: int
    people: tuple[tuple[Joint, ...], ...]

    def in_words(self) -> str:
        """One line for each person."""
        if not self.people:
            return "Nobody was found."
        lines = [
            f"Person {number}: " + ", ".join(f"{one.name} ({one.x:.0f}, {one.y:.0f})" for one in joints)
            for number, joints in enumerate(self.people, start=1)
        ]
        return "\n".join([f"Found {len(self.people)} × person.", *lines])

    def to_json(self) -> dict[str, Any]:
        return {
            "width_px": self.width_px,
            "height_px": self.height_px,
            "people": [{"joints": [one.to_json() for one in joints]} for joints in self.people],
        }
