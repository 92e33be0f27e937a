"""Soft edges of a picture as a guide: the HED network that ControlNet's guides were made with.

Source: ControlNet 1.1, annotator/hed (Apache-2.0), weights `ControlNetHED.pth`, converted to safetensors.
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
    required_path,
    stop_if,
    write_image,
)
from hgpt_desktop.experts.media import Picture, open_image
from hgpt_desktop.experts.pretrained import TorchExpert, running, weights_dtype

if TYPE_CHECKING:
    import torch

_LONGEST_PX = 1024  # the network was trained on smaller pictures; larger ones give no better edges
_SHORTEST_PX = 16  # smaller sides are stretched: the network halves them four times
_WIDTHS = (64, 128, 256, 512, 512)  # channels of its five stages
_DEPTHS = (2, 2, 3, 3, 3)  # convolutions of its five stages


def network(widths: tuple[int, ...] = _WIDTHS) -> torch.nn.Module:
    """The network without weights.

    Input (1, 3, H, W), RGB 0..255; output five edge maps (1, 1, H / 2**n, W / 2**n), n = 0..4, as logits.
    """
    import torch
    from torch import nn

    class Stage(nn.Module):
        def __init__(self, before: int, after: int, depth: int) -> None:
            super().__init__()
            self.convs = nn.Sequential(
                *(nn.Conv2d(before if first else after, after, 3, padding=1) for first in _firsts(depth))
            )
            self.projection = nn.Conv2d(after, 1, 1)

        def forward(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            for conv in self.convs:
                values = torch.relu(conv(values))
            return values, self.projection(values)

    class Hed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.Parameter(torch.zeros(1, 3, 1, 1))
            channels = (3, *widths)
            for number, depth in enumerate(_DEPTHS, start=1):
                setattr(self, f"block{number}", Stage(channels[number - 1], channels[number], depth))

        def forward(self, picture: torch.Tensor) -> list[torch.Tensor]:
            values, maps = picture - self.norm, []
            for number in range(1, 6):
                if number > 1:
                    values = torch.max_pool2d(values, 2)
                values, edges = getattr(self, f"block{number}")(values)
                maps.append(edges)
            return maps

    return Hed()


def _firsts(depth: int) -> list[bool]:
    return [number == 0 for number in range(depth)]


class SoftEdges(TorchExpert):
    """Options: `widths` (the channels of the five stages)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """Bright edges on black, 1024 pixels at most on the longer side."""
        picture = open_image(required_path(call, "image"), _LONGEST_PX * _LONGEST_PX)
        stop_if(should_stop)
        on_progress(0.1, "looking for edges")
        with running(self.card):
            edges = self._edges(picture)
        stop_if(should_stop)
        on_progress(1.0, "edges drawn")
        data = {"width_px": picture.width_px, "height_px": picture.height_px}
        return (write_image(call, edges.convert("RGB"), data),)

    def _edges(self, picture: Picture) -> Any:
        import numpy as np
        import torch
        from PIL import Image

        image = picture.image
        image.thumbnail((_LONGEST_PX, _LONGEST_PX))
        if min(image.size) < _SHORTEST_PX:
            image = image.resize((max(_SHORTEST_PX, image.width), max(_SHORTEST_PX, image.height)))
        pixels = torch.from_numpy(np.array(image, dtype=np.float32))  # (H, W, 3), 0..255
        batch = pixels.permute(2, 0, 1)[None].to(self.device, next(self.model.parameters()).dtype)
        size = (image.height, image.width)
        maps = [
            torch.nn.functional.interpolate(edges.float(), size=size, mode="bilinear", align_corners=False)
            for edges in self.model(batch)
        ]
        strength = torch.cat(maps, dim=1).mean(dim=1)[0].sigmoid()  # (H, W), 0..1
        return Image.fromarray((strength * 255).round().to(torch.uint8).cpu().numpy())


def load(card: ModelCard, device: str) -> Expert:
    """The network with the weights of `model.safetensors`."""
    weights = model_file(card, "model.safetensors")
    with loading(card):
        from safetensors.torch import load_file

        model = network(tuple(card.options.get("widths", _WIDTHS)))
        model.load_state_dict(load_file(weights), strict=True)
        return SoftEdges(card, device, model.to(device, weights_dtype(card, device)).eval(), None)
