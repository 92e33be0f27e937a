"""A masked part of a picture painted anew, by inpainting pipelines of diffusers; the rest stays as it was."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.errors import InvalidInput
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
from hgpt_desktop.experts.masking import asked_mask
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import model_config, running

_PAINTERS = {"Flux2KleinPipeline": "Flux2KleinInpaintPipeline"}
"""Pipelines that diffusers does not find by itself, with those that can repaint."""


class PartPainter(PipelineExpert):
    """Options: `longest_px` (768), the longer side that is worked on; `strength` (0.99), how much of what was
    there is painted over, 0..1; `multiple` (8), what sides must be divisible by; and `diffusion.SETTINGS`.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The picture in its own size, changed within the mask only.

        The mask is a picture, white where it is to be painted, or a result that has masks or boxes in its
        data. Data: `{"prompt", "seed", "steps", "width_px", "height_px", "share"}`: how much was painted.
        """
        from PIL import Image, ImageFilter

        prompt = required_text(call, "text")
        picture = open_image(required_path(call, "image"))
        mask = asked_mask(call, picture)  # L, the size of the working picture
        stop_if(should_stop)
        share = sum(mask.histogram()[128:]) / (mask.width * mask.height)
        if not share:
            raise InvalidInput(
                "The mask is empty: nothing is to be painted.", "Give a mask with white where to paint."
            )
        image = fitted(picture.image, int(self.option("longest_px", 768)), int(self.option("multiple", 8)))
        generator, seed = dice(call)
        settings = self.settings(
            strength=float(self.option("strength", 0.99)), width=image.width, height=image.height
        )
        steps = self.steps()
        if "strength" in settings:  # it begins in the middle
            steps = max(1, int(steps * settings["strength"]))
        on_progress(0.0, "reading the picture")
        with running(self.card):
            made: Any = self.pipeline(
                prompt=prompt,
                image=image,
                mask_image=mask.resize(image.size, Image.Resampling.NEAREST),
                generator=generator,
                callback_on_step_end=watch_steps(on_progress, should_stop, steps),
                **settings,
            )
        painted = made.images[0].convert("RGB").resize(picture.image.size, Image.Resampling.LANCZOS)
        soft = mask.filter(ImageFilter.GaussianBlur(max(1, max(mask.size) // 400)))
        result = Image.composite(painted, picture.image, soft)
        data = {
            "prompt": prompt,
            "seed": seed,
            "steps": steps,
            "width_px": result.width,
            "height_px": result.height,
            "share": round(share, 4),
        }
        on_progress(1.0, "picture painted")
        return (write_image(call, result, data),)


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder, as one that repaints."""
    name = str(model_config(card, "model_index.json").get("_class_name", ""))
    classes = _PAINTERS.get(name, "AutoPipelineForInpainting")
    return PartPainter(card, device, load_pipeline(classes, card, device, model_folder(card)))
