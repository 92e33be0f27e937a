"""Image classification with models of timm, from safetensors.

Source: timm 1.0; EfficientNet-Lite (Apache-2.0); ImageNet's classes with WordNet's words, as timm ships them.
"""

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
    loading,
    model_file,
    module_bytes,
    required_path,
    stop_if,
    together,
    write_text,
)
from hgpt_desktop.experts.media import open_image

if TYPE_CHECKING:
    import torch

_TOP = 5
_WORKING_PX = 1_000_000  # the networks see a few hundred pixels a side
_PREPROCESSING = ("input_size", "interpolation", "mean", "std", "crop_pct", "crop_mode")


def load(card: ModelCard, device: str) -> Expert:
    """A classifier.

    Options of the card: `architecture` (timm's name of the network); `labels`, a list of words in the
    order of the classes, where they are not ImageNet's; and timm's words for the preprocessing
    (`input_size`, `interpolation`, `mean`, `std`, `crop_pct`, `crop_mode`) where the network's own are wrong.
    """
    weights = model_file(card, str(card.options.get("model", "model.safetensors")))
    with loading(card):
        import timm
        from safetensors.torch import load_file
        from timm.data.config import resolve_data_config
        from timm.data.transforms_factory import create_transform

        tensors = load_file(weights)
        labels = card.options.get("labels")
        names = [[str(label)] for label in labels] if labels else None
        model = timm.create_model(
            str(card.options["architecture"]),
            pretrained=False,
            num_classes=len(names) if names else None,
        )
        model.load_state_dict(tensors, strict=True)
        model.eval().to(device)
        asked = {name: card.options[name] for name in _PREPROCESSING if name in card.options}
        config: dict[str, Any] = resolve_data_config(asked, model=model)  # type: ignore[no-untyped-call]
        transform = create_transform(**config, is_training=False)
        return _Classifier(model, transform, names or _imagenet(_classes(model)), device)


class _Classifier:
    def __init__(self, model: Any, transform: Any, names: list[list[str]], device: str) -> None:
        self._model, self._transform, self._names, self._device = model, transform, names, device
        self.resident_bytes = module_bytes(model)

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        return alone(self.run_together([call], on_progress, should_stop))

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        import torch

        def prepare(call: ExpertCall) -> torch.Tensor:  # (3, H, W) float32
            stop_if(should_stop)
            picture = open_image(required_path(call, "image"), _WORKING_PX)
            tensor: torch.Tensor = self._transform(picture.image)
            return tensor

        def work(pictures: list[torch.Tensor]) -> list[torch.Tensor]:
            stop_if(should_stop)
            on_progress(None, "Looking at the picture" if len(calls) == 1 else "Looking at the pictures")
            with torch.inference_mode():
                logits = self._model(torch.stack(pictures).to(self._device))  # (pictures, classes)
                return list(logits.float().softmax(dim=-1).cpu())

        return together(calls, prepare, work, lambda call, _, scores: self._told(call, scores))

    def _told(self, call: ExpertCall, scores: torch.Tensor) -> tuple[Resource, ...]:
        best = scores.topk(min(int(call.number("most") or _TOP), len(self._names)))
        data = [
            {"label": self._names[index][0], "score": round(score, 4), "also": self._names[index][1:]}
            for score, index in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]
        text = ", ".join(f"{one['label']} ({one['score']:.2f})" for one in data)
        return (write_text(call, text, data),)

    def close(self) -> None:
        del self._model


def _classes(model: Any) -> int:
    return int(model.num_classes)


def _imagenet(classes: int) -> list[list[str]]:
    """The words for each class, the most usual one first.

    Raises:
        ValueError: no set of ImageNet has so many classes.
    """
    from timm.data.imagenet_info import ImageNetInfo, infer_imagenet_subset

    subset = infer_imagenet_subset({"num_classes": classes})
    if subset is None:
        raise ValueError(f"a model of {classes} classes needs `labels` among its options")
    return [description.split(", ") for description in ImageNetInfo(subset).label_descriptions()]
