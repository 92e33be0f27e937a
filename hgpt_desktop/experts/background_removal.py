"""The main thing of a picture without its background, by matting networks as ONNX (BiRefNet, MODNet)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    model_file,
    required_path,
    stop_if,
    write_image,
)
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import running_library
from hgpt_desktop.experts.structures import FINE_MASK_SIDE_PX, Region, Regions

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Shares = np.ndarray[Any, np.dtype[np.float32]]

_LARGEST_PX = 64_000_000  # the picture is given back in its own size up to this
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's


class BackgroundRemover:
    """Options: `model` (the file's name, `model.onnx`); `mean` and `deviation` of the pixels that it was
    trained on (ImageNet's); `shorter_px` (512) and `multiple` (32), where it takes pictures of any size.
    """  # fmt: skip

    def __init__(self, card: ModelCard, session: Any, file_bytes: int) -> None:
        self.card = card
        self.session = session
        self.resident_bytes = 2 * file_bytes

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The picture with a transparent background; data: `structures.Regions`, mode `foreground`."""
        from PIL import Image

        picture = open_image(required_path(call, "image"), _LARGEST_PX)
        stop_if(should_stop)
        on_progress(0.1, "telling the main thing from its background")
        with running_library(self.card):
            opaque = self._opaque(picture.image)
        stop_if(should_stop)
        on_progress(0.8, "taking the background away")
        region = Region.of(opaque >= 0.5, picture, "foreground", None, FINE_MASK_SIDE_PX)
        data = Regions.of(picture, "foreground", [region] if region else []).to_json()
        cut_out = picture.image.copy()
        cut_out.putalpha(Image.fromarray((opaque * 255).round().astype("uint8")))
        return (write_image(call, cut_out, data),)

    def close(self) -> None:
        """Let go of the network."""
        self.session = None

    def _opaque(self, image: Image.Image) -> Shares:
        """How much of each pixel is foreground, (H, W) in 0..1, the size of the picture."""
        import numpy as np
        from PIL import Image

        put = self.session.get_inputs()[0]
        small = image.resize(self._size(put.shape, image.size), Image.Resampling.BILINEAR)
        mean, deviation = (
            np.array(self.card.options.get(name, default), dtype=np.float32)
            for name, default in (("mean", _MEAN), ("deviation", _DEVIATION))
        )
        pixels = (np.asarray(small, dtype=np.float32) / 255 - mean) / deviation  # (H, W, 3)
        batch = pixels.transpose(2, 0, 1)[None]  # (1, 3, H, W)
        if put.type == "tensor(float16)":
            batch = batch.astype(np.float16)
        made = self.session.run(None, {put.name: batch})[-1].astype(np.float32)  # the last one is the finest
        made = np.nan_to_num(made.reshape(made.shape[-2:]))
        if made.min() < 0 or made.max() > 1:  # some networks leave the last step to the caller
            made = 1 / (1 + np.exp(-made.clip(-30, 30)))
        shares = Image.fromarray(made).resize(image.size, Image.Resampling.BILINEAR)
        opaque: Shares = np.asarray(shares, dtype=np.float32).clip(0, 1)
        return opaque

    def _size(self, shape: list[Any], size: tuple[int, int]) -> tuple[int, int]:
        """Width and height that the network is given: its own, or the picture's shape at a working size."""
        if isinstance(shape[2], int) and isinstance(shape[3], int):
            return shape[3], shape[2]
        multiple = int(self.card.options.get("multiple", 32))
        factor = float(self.card.options.get("shorter_px", 512)) / min(size)
        longest = 4 * int(self.card.options.get("shorter_px", 512))  # of a panorama
        width, height = (
            max(multiple, round(min(longest, side * factor) / multiple) * multiple) for side in size
        )
        return width, height


def load(card: ModelCard, device: str) -> Expert:
    """The network in onnxruntime, on the processor.

    Raises:
        ModelDamaged: it does not take one picture.
    """
    path = model_file(card, str(card.options.get("model", "model.onnx")))
    with loading(card):
        import onnxruntime  # type: ignore[import-untyped]

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        puts = session.get_inputs()
        if len(puts) != 1 or len(puts[0].shape) != 4 or puts[0].shape[1] not in (3, "channels", None):
            raise ValueError("the network does not take one picture")
        return BackgroundRemover(card, session, path.stat().st_size)
