"""Pictures made larger and sharper, tile by tile, by Swin2SR of transformers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image
from hgpt_desktop.experts.media import LARGEST_PICTURE_PX, Picture, open_image
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, to_model
from hgpt_desktop.experts.tiling import partly, spans

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_LARGEST_RESULT_PX = 144_000_000
_SHORTEST_PX = 16  # of a tile
_LONGEST_TILES = 4  # how many times as long as its side a tile of a strip may be


class Enlarger(TorchExpert):
    """Options: `tile_px` (192), the side of what the network sees at once; `margin_px` (16), how far tiles
    overlap, so that no seams are seen.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The larger picture, as the network or the call's `scale` says.

        Data: `{"width_px", "height_px", "scale"}`, the sides of the result.
        """
        scale = int(call.number("scale") or self.model.config.upscale)
        path = required_path(call, "image")
        picture = open_image(path, LARGEST_PICTURE_PX)
        if picture.width_px * picture.height_px * scale * scale > _LARGEST_RESULT_PX:
            raise InvalidInput(
                f"{path.name} is large already: {scale} times its sides would be more than"
                f" {_LARGEST_RESULT_PX // 10**6} million pixels.",
                "Cut out the part that matters, or take it as it is.",
            )
        stop_if(should_stop)
        with running(self.card):
            made = self._scaled(picture, scale, on_progress, should_stop)
        data = {"width_px": made.width, "height_px": made.height, "scale": scale}
        on_progress(1.0, "picture enlarged")
        return (write_image(call, made, data),)

    def _scaled(
        self, picture: Picture, scale: int, on_progress: OnProgress, should_stop: ShouldStop
    ) -> Image.Image:
        """Through the network as often as it takes; what is more than was asked for is scaled down."""
        from PIL import Image

        own = int(self.model.config.upscale)
        rounds = max(1, math.ceil(math.log(scale) / math.log(own) - 1e-9))
        image = picture.image
        # Every round is own² times as much work as the one before.
        work = [float(own ** (2 * number)) for number in range(rounds)]
        for number in range(rounds):
            done, share = sum(work[:number]) / sum(work), work[number] / sum(work)
            image = self._enlarged(image, own, partly(on_progress, done, share), should_stop)
        size = (picture.image.width * scale, picture.image.height * scale)
        return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)

    def _enlarged(
        self, image: Image.Image, scale: int, on_progress: OnProgress, should_stop: ShouldStop
    ) -> Image.Image:
        import numpy as np
        from PIL import Image

        width, height = image.size
        tile, margin = int(self.option("tile_px", 192)), int(self.option("margin_px", 16))
        if min(width, height) < tile:  # tiles of a strip are longer, so that they are fewer of the same area
            tile = max(tile, tile * tile // min(width, height))
            tile = min(tile, _LONGEST_TILES * int(self.option("tile_px", 192)))
        places = [
            (row, column) for row in spans(height, tile, margin) for column in spans(width, tile, margin)
        ]
        made = np.zeros((height * scale, width * scale, 3), dtype=np.uint8)
        for number, (row, column) in enumerate(places):
            stop_if(should_stop)
            on_progress(number / len(places), f"part {number + 1} of {len(places)}")
            part = self._part(image.crop((column[0], row[0], column[1], row[1])))
            kept = part[
                (row[2] - row[0]) * scale : (row[3] - row[0]) * scale,
                (column[2] - column[0]) * scale : (column[3] - column[0]) * scale,
            ]
            made[row[2] * scale : row[3] * scale, column[2] * scale : column[3] * scale] = kept
        return Image.fromarray(made)

    def _part(self, image: Image.Image) -> Pixels:
        """(H * scale, W * scale, 3), perhaps with some more at the right and below: the network's padding."""
        import numpy as np

        inputs = self.processor(images=_large_enough(image), return_tensors="pt")
        made = self.model(**to_model(inputs, self.model)).reconstruction[0]  # (3, H, W), about 0..1
        pixels = made.float().clamp(0, 1).permute(1, 2, 0).cpu().numpy()
        part: Pixels = (np.nan_to_num(pixels) * 255).round().astype(np.uint8)
        return part


def _large_enough(image: Image.Image) -> Image.Image:
    """The picture, its last row and column repeated where the network's padding would find too few."""
    import numpy as np
    from PIL import Image

    across, down = (max(0, _SHORTEST_PX - side) for side in image.size)
    if not across and not down:
        return image
    return Image.fromarray(np.pad(np.asarray(image), ((0, down), (0, across), (0, 0)), mode="edge"))


def load(card: ModelCard, device: str) -> Expert:
    """A model of `AutoModelForImageToImage` with its image processor."""
    processor = load_processor("AutoImageProcessor", card)
    return Enlarger(card, device, load_model("AutoModelForImageToImage", card, device), processor)
