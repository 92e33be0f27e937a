"""Guide pictures that need no model: edges (Canny) and straight lines (LSD), by OpenCV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import running_library

if TYPE_CHECKING:
    import numpy as np

    Grey = np.ndarray[Any, np.dtype[np.uint8]]

_SHORTEST_LINE = 0.04  # of the picture's longer side; shorter lines are noise


class Outliner:
    """Options: `low` (100) and `high` (200), Canny's thresholds, 0..255."""

    resident_bytes = 0

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """White lines on black, the size of the picture.

        Data: `{"width_px", "height_px", "share"}` (of white pixels, 0..1); for `mlsd-control` also `"lines"`:
        a list of `[x1, y1, x2, y2]` in pixels of the file, the longest first.
        """
        from PIL import Image

        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        on_progress(0.2, "looking for lines")
        data: dict[str, Any] = {"width_px": picture.width_px, "height_px": picture.height_px}
        with running_library(self.card):
            if call.task == "mlsd-control":
                drawn, data["lines"] = _straight_lines(picture)
            else:
                low, high = (
                    float(self.card.options.get(name, value)) for name, value in (("low", 100), ("high", 200))
                )
                drawn = _edges(picture, low, high)
        stop_if(should_stop)
        data["share"] = round(float((drawn > 0).mean()), 4)
        on_progress(1.0, "lines drawn")
        return (write_image(call, Image.fromarray(drawn).convert("RGB"), data),)

    def close(self) -> None:
        """Nothing is held."""


def _grey(picture: Picture) -> Grey:
    import numpy as np

    return np.asarray(picture.image.convert("L"), dtype=np.uint8)  # (H, W)


def _edges(picture: Picture, low: float, high: float) -> Grey:
    import cv2
    import numpy as np

    return np.asarray(cv2.Canny(_grey(picture), low, high), dtype=np.uint8)


def _straight_lines(picture: Picture) -> tuple[Grey, list[list[float]]]:
    import cv2
    import numpy as np

    found: Any = cv2.createLineSegmentDetector().detect(_grey(picture))[0]
    lines = np.zeros((0, 4)) if found is None else found.reshape(-1, 4)  # x1, y1, x2, y2
    lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    kept = lengths >= _SHORTEST_LINE * max(picture.image.size)
    lines = lines[kept][np.argsort(-lengths[kept])]
    drawn = np.zeros((picture.image.height, picture.image.width), dtype=np.uint8)
    thickness = max(1, round(max(picture.image.size) / 512))
    for x1, y1, x2, y2 in lines.round().astype(int).tolist():
        cv2.line(drawn, (x1, y1), (x2, y2), (255,), thickness)
    ends = [(*picture.to_file(x1, y1), *picture.to_file(x2, y2)) for x1, y1, x2, y2 in lines.tolist()]
    return drawn, [[round(value, 1) for value in line] for line in ends]


def load(card: ModelCard, device: str) -> Expert:
    """There is nothing to load; it runs on the processor."""
    return Outliner(card)
