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

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

_WORKING_PX = 4_000_000  # masks are made at this size; finer ones would say no more
_MODES = ("panoptic", "instance", "semantic")
_SEMANTIC = frozenset(
    {
        "beit", "data2vec-vision", "dpt", "mobilenet_v2", "mobilevit", "mobilevitv2", "sapiens2", "segformer",
        "tipsv2_dpt", "upernet",
    }
)  # fmt: skip


class Segmenter(TorchExpert):
    """Options: `mode` (`panoptic`, `instance`, `semantic`; by default the first that the model can),
    `threshold` (0.5, the least score of a region), `picture` (`overlay`, or `regions`: the colours alone).
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The picture with its regions coloured.

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
        described = [
            Region.of(regions == number, picture, label, score)  # None: wholly covered by others
            for number, (label, score) in enumerate(found, start=1)
        ]
        data = Regions.of(picture, mode, [one for one in described if one is not None]).to_json()
        weight = 1.0 if self.option("picture", "overlay") == "regions" else 0.55
        return (write_image(call, with_regions(picture.image, regions, weight), data),)

    def _mode(self) -> str:
        wanted = self.option("mode", None)
        for mode in (wanted,) if wanted else _MODES:
            if hasattr(self.processor, f"post_process_{mode}_segmentation") or hasattr(
                getattr(self.processor, "image_processor", None), f"post_process_{mode}_segmentation"
            ):
                return str(mode)
        raise ValueError(f"the processor of {self.card.id} makes no {wanted or 'masks'}")

    def _segmented(self, picture: Picture, mode: str) -> tuple[Numbers, list[tuple[str, float | None]]]:
        """The number of each pixel's region, (H, W), 0 for none; then label and score of regions 1, 2, …"""
        import numpy as np

        asked = {"task_inputs": [mode]} if self.model.config.model_type == "oneformer" else {}
        inputs = self.processor(images=picture.image, return_tensors="pt", **asked)
        outputs = self.model(**to_model(inputs, self.model))
        finish = getattr(self.processor, f"post_process_{mode}_segmentation")
        size = [(picture.image.height, picture.image.width)]
        if mode == "semantic":
            classes = finish(outputs, target_sizes=size)[0].cpu().numpy().astype(np.int64)
            present, numbers = np.unique(classes, return_inverse=True)
            names = [label_of(self.model.config, int(index)) for index in present]
            return numbers.reshape(classes.shape).astype(np.int64) + 1, [(name, None) for name in names]
        result = finish(outputs, target_sizes=size, threshold=float(self.option("threshold", 0.5)))[0]
        numbered = result["segmentation"]
        segments = result["segments_info"]
        drawn = np.zeros((picture.image.height, picture.image.width), dtype=np.int64)
        if numbered is not None:
            given = numbered.cpu().numpy()
            for number, segment in enumerate(segments, start=1):
                drawn[given == segment["id"]] = number
        return drawn, [
            (label_of(self.model.config, segment["label_id"]), float(segment["score"]))
            for segment in segments
        ]


def load(card: ModelCard, device: str) -> Expert:
    """A model for universal or semantic segmentation with its processor, by what its config names."""
    kind = model_config(card).get("model_type")
    classes = "AutoModelForSemanticSegmentation" if kind in _SEMANTIC else "AutoModelForUniversalSegmentation"
    processor = load_processor("AutoProcessor" if kind == "oneformer" else "AutoImageProcessor", card)
    return Segmenter(card, device, load_model(classes, card, device), processor)
