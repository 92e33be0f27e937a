"""Image classification with models of timm, from safetensors.

Source: timm 1.0; EfficientNet-Lite (Apache-2.0); ImageNet's classes with WordNet's words, as timm ships them.
"""

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
    module_bytes,
    required_path,
    stop_if,
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
        import torch

        picture = open_image(required_path(call, "image"), _WORKING_PX)
        stop_if(should_stop)
        on_progress(None, "Looking at the picture")
        batch = self._transform(picture.image).unsqueeze(0).to(self._device)  # (1, 3, H, W) float32
        with torch.inference_mode():
            scores: torch.Tensor = self._model(batch).float().softmax(dim=-1)[0].cpu()  # (classes,)
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
