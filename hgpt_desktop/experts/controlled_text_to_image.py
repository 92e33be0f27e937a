"""Pictures drawn along a guide (edges, depth, pose, regions …) by ControlNets of diffusers."""

from __future__ import annotations

import importlib
from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    model_folder,
    noted,
    required_path,
    required_text,
    stop_if,
    write_image,
)
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, fitted, load_pipeline, watch_steps
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import folder_of, running, weights_dtype

TASKS = (
    "canny-text-to-image",
    "depth-text-to-image",
    "hed-text-to-image",
    "mlsd-text-to-image",
    "normal-text-to-image",
    "openpose-text-to-image",
    "seg-text-to-image",
)


class GuidedPainter(PipelineExpert):
    """Options:

    `base`: the id of the installed model that draws, such as a Stable Diffusion; or `base_folder`: where it
    stands in this model's own folder. `controlnet_variant`: what the ControlNet's file name carries (`fp16`).
    `longest_px` (512), `conditioning_scale` (1.0), and `diffusion.SETTINGS`.
    """

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One picture, in the guide's shape.

        Data: `{"prompt", "guide", "seed", "steps", "width_px", "height_px"}`.
        """
        prompt = required_text(call, "text")
        guide = open_image(required_path(call, "image"))
        stop_if(should_stop)
        image = fitted(guide.image, int(self.option("longest_px", 512)), 8)
        generator, seed = dice(call)
        steps = self.steps(call)
        settings = self.settings(
            call,
            width=image.width,
            height=image.height,
            controlnet_conditioning_scale=float(self.option("conditioning_scale", 1.0)),
        )
        on_progress(0.0, "reading the guide")
        with running(self.card):
            settings, note = self.with_description(prompt, settings)
            made: Any = self.pipeline(
                image=image,
                generator=generator,
                callback_on_step_end=watch_steps(on_progress, should_stop, steps),
                **settings,
            )
        drawn = made.images[0]
        data = {
            "prompt": prompt,
            "guide": call.task.removesuffix("-text-to-image"),
            "seed": seed,
            "steps": steps,
            "width_px": drawn.width,
            "height_px": drawn.height,
        }
        on_progress(1.0, "picture made")
        return noted([write_image(call, drawn, data)], note)


def load(card: ModelCard, device: str) -> Expert:
    """The ControlNet of this model's folder on top of the base model.

    Raises:
        ModelMissing: the base model is not installed.
    """
    folder = model_folder(card)
    inside = card.options.get("base_folder")
    base = folder / str(inside) if inside else folder_of(card, str(card.options["base"]))
    with loading(card):
        diffusers: Any = importlib.import_module("diffusers")
        controlnet = diffusers.ControlNetModel.from_pretrained(
            str(folder),
            local_files_only=True,
            use_safetensors=True,
            variant=card.options.get("controlnet_variant"),
            dtype=weights_dtype(card, device),
        )
    pipeline = load_pipeline("AutoPipelineForText2Image", card, device, base, controlnet=controlnet)
    return GuidedPainter(card, device, pipeline)
