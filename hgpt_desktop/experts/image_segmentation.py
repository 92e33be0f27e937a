"""The regions of a picture: panoptic, instance or semantic, by models of transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, required_path, stop_if, write_image
from hgpt_desktop.experts.drawing import with_regions
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    label_of,
    load_model,
    load_processor,
    model_config,
    running,
    to_model,
)
from hgpt_desktop.experts.structures import Region, Regions

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

_WORKING_PX = 4_000_000  # masks are made at this size; finer ones would say no more
_MODES = ("panoptic", "instance", "semantic")
_SEMANTIC = frozenset(
    {
        "beit", "data2vec-vision", "dpt", "mobilenet_v2", "mobilevit", "mobilevitv2", "sapiens2", "segformer",
        "tipsv2_dpt", "upernet",
    }
)  # fmt: skip

_ADE20K = bytes.fromhex(
    "787878 b47878 06e6e6 503232 04c803 787850 8c8c8c cc05ff e6e6e6 04fa07 e005ff ebff07 96053d 787846 08ff33"
    "ff0652 8fff8c ccff04 ff3307 cc4603 0066c8 3de6fa ff0633 0b66ff ff0747 ff09e0 0907e6 dcdcdc ff095c 7009ff"
    "08ffd6 07ffe0 ffb806 0aff47 ff290a 07ffff e0ff08 6608ff ff3d06 ffc207 ff7a08 00ff14 ff0829 ff0599 0633ff"
    "eb0cff a09614 00a3ff 8c8c8c fa0a0f 14ff00 1fff00 ff1f00 ffe000 99ff00 0000ff ff4700 00ebff 00adff 1f00ff"
    "0bc8c8 ff5200 00fff5 003dff 00ff70 00ff85 ff0000 ffa300 ff6600 c2ff00 008fff 33ff00 0052ff 00ff29 00ffad"
    "0a00ff adff00 00ff99 ff5c00 ff00ff ff00f5 ff0066 ffad00 ff0014 ffb8b8 001fff 00ff3d 0047ff ff00cc 00ffc2"
    "00ff52 000aff 0070ff 3300ff 00c2ff 007aff 00ffa3 ff9900 00ff0a ff7000 8fff00 5200ff a3ff00 ffeb00 08b8aa"
    "8500ff 00ff5c b800ff ff001f 00b8ff 00d6ff ff0070 5cff00 00e0ff 70e0ff 46b8a0 a300ff 9900ff 47ff00 ff00a3"
    "ffcc00 ff008f 00ffeb 85ff00 ff00eb f500ff ff007a fff500 0abed4 d6ff00 00ccff 1400ff ffff00 0099ff 0029ff"
    "00ffcc 2900ff 29ff00 ad00ff 00f5ff 4700ff 7a00ff 00ffb8 005cff b8ff00 0085ff ffd600 19c2c2 66ff00 5c00ff"
)
"""Red, green and blue of the 150 classes of ADE20K, as the ControlNets for regions learned them."""


class Segmenter(TorchExpert):
    """Options: `mode` (`panoptic`, `instance`, `semantic`; by default the first that the model can),
    `threshold` (0.5, the least score of a region), `picture` (`overlay`, or `regions`: the colours alone).
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The picture with its regions coloured; for `seg-control` the colours of their classes alone.

        Data: `structures.Regions`.
        """
        picture = open_image(required_path(call, "image"), _WORKING_PX)
        stop_if(should_stop)
        on_progress(0.1, "looking for regions")
        with running(self.card):
            mode = self._mode()
            regions, found = self._segmented(picture, mode)
        stop_if(should_stop)
        on_progress(0.8, "colouring the regions")
        labels = [(label_of(self.model.config, index), score) for index, score in found]
        described = [
            Region.of(regions == number, picture, label, score)  # None: wholly covered by others
            for number, (label, score) in enumerate(labels, start=1)
        ]
        data = Regions.of(picture, mode, [one for one in described if one is not None]).to_json()
        return (write_image(call, self._drawn(call, picture, regions, [index for index, _ in found]), data),)

    def _drawn(self, call: ExpertCall, picture: Picture, regions: Numbers, classes: list[int]) -> Image.Image:
        import numpy as np
        from PIL import Image

        palette = np.frombuffer(_ADE20K, dtype=np.uint8).reshape(-1, 3)  # (classes, 3)
        if call.task == "seg-control" and self.model.config.num_labels == len(palette):
            colours = np.concatenate([[[0, 0, 0]], palette[classes].reshape(-1, 3)])  # 0 is no region
            return Image.fromarray(colours.astype(np.uint8)[regions])
        alone = call.task == "seg-control" or self.option("picture", "overlay") == "regions"
        return with_regions(picture.image, regions, 1.0 if alone else 0.55)

    def _mode(self) -> str:
        wanted = self.option("mode", None)
        for mode in (wanted,) if wanted else _MODES:
            if hasattr(self.processor, f"post_process_{mode}_segmentation") or hasattr(
                getattr(self.processor, "image_processor", None), f"post_process_{mode}_segmentation"
            ):
                return str(mode)
        raise ValueError(f"the processor of {self.card.id} makes no {wanted or 'masks'}")

    def _segmented(self, picture: Picture, mode: str) -> tuple[Numbers, list[tuple[int, float | None]]]:
        """The number of each pixel's region, (H, W), 0 for none; then class and score of regions 1, 2, …"""
        import numpy as np

        asked = {"task_inputs": [mode]} if self.model.config.model_type == "oneformer" else {}
        inputs = self.processor(images=picture.image, return_tensors="pt", **asked)
        outputs = self.model(**to_model(inputs, self.model))
        finish = getattr(self.processor, f"post_process_{mode}_segmentation")
        size = [(picture.image.height, picture.image.width)]
        if mode == "semantic":
            classes = finish(outputs, target_sizes=size)[0].cpu().numpy().astype(np.int64)
            present, numbers = np.unique(classes, return_inverse=True)
            return numbers.reshape(classes.shape).astype(np.int64) + 1, [(int(one), None) for one in present]
        result = finish(outputs, target_sizes=size, threshold=float(self.option("threshold", 0.5)))[0]
        numbered = result["segmentation"]
        segments = result["segments_info"]
        drawn = np.zeros((picture.image.height, picture.image.width), dtype=np.int64)
        if numbered is not None:
            given = numbered.cpu().numpy()
            for number, segment in enumerate(segments, start=1):
                drawn[given == segment["id"]] = number
        return drawn, [(int(segment["label_id"]), float(segment["score"])) for segment in segments]


def load(card: ModelCard, device: str) -> Expert:
    """A model for universal or semantic segmentation with its processor, by what its config names."""
    kind = model_config(card).get("model_type")
    classes = "AutoModelForSemanticSegmentation" if kind in _SEMANTIC else "AutoModelForUniversalSegmentation"
    processor = load_processor("AutoProcessor" if kind == "oneformer" else "AutoImageProcessor", card)
    return Segmenter(card, device, load_model(classes, card, device), processor)
