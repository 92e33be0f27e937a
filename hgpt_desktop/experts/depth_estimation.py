"""How far away things in a picture are, and which way their surfaces face, by models of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
)
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, to_model
from hgpt_desktop.experts.structures import Depth

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Values = np.ndarray[Any, np.dtype[np.float32]]

_WORKING_PX = 4_000_000
_METRES = frozenset({"zoedepth", "depth_pro", "glpn"})
_BACKGROUND = 0.4  # below this nearness, 0..1, a surface faces the viewer in the guide picture


class DepthEstimator(TorchExpert):
    """Options: `unit` (`metres` or `relative`), where the model's config does not tell."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A grey picture, near is bright; for `normal-control` a picture of the surfaces' directions.

        Data: `structures.Depth`.
        """
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """As `run`, for several pictures at once."""

        def prepare(call: ExpertCall) -> Picture:
            stop_if(should_stop)
            return open_image(required_path(call, "image"), _WORKING_PX)

        def work(pictures: list[Picture]) -> list[Values]:
            on_progress(0.1, "measuring the depth")
            with running(self.card):
                return self._depths(pictures, should_stop)

        def finish(call: ExpertCall, picture: Picture, depth: Values) -> tuple[Resource, ...]:
            stop_if(should_stop)
            on_progress(0.8, "drawing the depth")
            metres = self._in_metres()
            nearness = _stretched(-depth if metres else depth)
            drawn = _directions(nearness) if call.task == "normal-control" else _grey(nearness)
            return (write_image(call, drawn, _told(depth, picture, metres).to_json()),)

        return together(calls, prepare, work, finish)

    def _depths(self, pictures: list[Picture], should_stop: ShouldStop) -> list[Values]:
        """For each picture (H, W) float32, the size of the working picture.

        Pictures that the model sees in the same size are looked at together.
        """
        import numpy as np
        import torch

        seen = [
            to_model(self.processor(images=one.image, return_tensors="pt"), self.model) for one in pictures
        ]
        shapes = [tuple(inputs["pixel_values"].shape) for inputs in seen]
        depths: dict[int, Values] = {}
        for shape in dict.fromkeys(shapes):
            stop_if(should_stop)
            places = [place for place, own in enumerate(shapes) if own == shape]
            inputs = {name: torch.cat([seen[place][name] for place in places]) for name in seen[places[0]]}
            sizes = [(pictures[place].image.height, pictures[place].image.width) for place in places]
            asked: dict[str, Any] = {"target_sizes": sizes}
            if self.model.config.model_type == "zoedepth":
                asked["source_sizes"] = sizes
            outputs = self.model(**inputs)
            results = self.processor.post_process_depth_estimation(outputs, **asked)
            for place, size, result in zip(places, sizes, results, strict=True):
                values = result["predicted_depth"].float().cpu().numpy().reshape(size)
                depths[place] = np.nan_to_num(values)
        return [depths[place] for place in range(len(pictures))]

    def _in_metres(self) -> bool:
        config = self.model.config
        told = "metres" if config.model_type in _METRES else "relative"
        if getattr(config, "depth_estimation_type", "relative") == "metric":
            told = "metres"
        return bool(self.option("unit", told) == "metres")


def _told(depth: Values, picture: Picture, metres: bool) -> Depth:
    import numpy as np

    low, middle, high = (float(value) for value in np.percentile(depth, (0, 50, 100)))
    nearest, farthest = (low, high) if metres else (high, low)
    unit = "metres" if metres else "relative"
    return Depth(picture.width_px, picture.height_px, unit, nearest, farthest, middle)


def _stretched(values: Values) -> Values:
    """From least to greatest as 0..1; a flat picture is 0 everywhere."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / max(high - low, 1e-6)


def _grey(nearness: Values) -> Image.Image:
    import numpy as np
    from PIL import Image

    return Image.fromarray((nearness * 255).round().astype(np.uint8))


def _directions(nearness: Values) -> Image.Image:
    """Red: to the right, green: down, blue: towards the viewer, as ControlNet's guides have them."""
    import cv2
    import numpy as np
    from PIL import Image

    across = cv2.Sobel(nearness, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(nearness, cv2.CV_32F, 0, 1, ksize=3)
    steep = 20.0  # nearness runs over 0..1; the guide was made of depths some twenty times as large
    far = nearness < _BACKGROUND
    normal = np.stack(
        [np.where(far, 0, across * steep), np.where(far, 0, down * steep), np.full_like(nearness, 2 * np.pi)],
        axis=-1,
    )  # (H, W, 3)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return Image.fromarray((normal * 127.5 + 127.5).clip(0, 255).astype(np.uint8))


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForDepthEstimation` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return DepthEstimator(card, device, load_model("AutoModelForDepthEstimation", card, device), processor)
