"""Pictures changed by words: restyled from their own outlines, or edited by instruction (diffusers)."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    model_folder,
    required_path,
    required_text,
    stop_if,
    write_image,
)
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, fitted, load_pipeline, watch_steps
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import model_config, running

_EDITING = ("InstructPix2Pix",)
"""Pipelines that diffusers finds by their own class only."""


class Repainter(PipelineExpert):
    """Options: `longest_px` (768), the longer side that is worked on; `strength` (0.6), how much a restyling
    changes, 0..1 (an editing pipeline has none); `multiple` (8), what sides must be divisible by; and
    `diffusion.SETTINGS`.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The changed picture. Data: `{"prompt", "seed", "steps", "width_px", "height_px"}`."""
        instruction = required_text(call, "text")
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        image = fitted(picture.image, int(self.option("longest_px", 768)), int(self.option("multiple", 8)))
        generator, seed = dice(call)
        settings = self.settings(
            strength=float(self.option("strength", 0.6)),
            width=image.width,
            height=image.height,
        )
        steps = self.steps()
        if "strength" in settings:  # a restyling begins in the middle
            steps = max(1, int(steps * settings["strength"]))
        on_progress(0.0, "reading the picture")
        with running(self.card):
            made: Any = self.pipeline(
                prompt=instruction,
                image=image,
                generator=generator,
                callback_on_step_end=watch_steps(on_progress, should_stop, steps),
                **settings,
            )
        changed = made.images[0]
        data = {
            "prompt": instruction,
            "seed": seed,
            "steps": steps,
            "width_px": changed.width,
            "height_px": changed.height,
        }
        on_progress(1.0, "picture changed")
        return (write_image(call, changed, data),)


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder, for editing where it can edit."""
    name = str(model_config(card, "model_index.json").get("_class_name", ""))
    by_itself = any(word in name for word in _EDITING)
    classes = "DiffusionPipeline" if by_itself else "AutoPipelineForImage2Image"
    return Repainter(card, device, load_pipeline(classes, card, device, model_folder(card)))
