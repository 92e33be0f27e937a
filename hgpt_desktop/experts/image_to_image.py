"""Pictures changed by words: restyled, edited by instruction, or a masked part painted anew (diffusers)."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.errors import InvalidInput
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
from hgpt_desktop.experts.diffusion import (
    ByTask,
    PipelineExpert,
    dice,
    fitted,
    load_pipeline,
    watch_steps,
    with_parts_of,
)
from hgpt_desktop.experts.masking import asked_mask
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.options import choice
from hgpt_desktop.experts.pretrained import model_config, running

_EDITING = ("InstructPix2Pix",)
"""Pipelines that diffusers finds by their own class only."""
_PAINTERS = {"Flux2KleinPipeline": "Flux2KleinInpaintPipeline"}
"""Those for which it does not find by itself which pipeline paints parts with the same weights."""

_KINDS = ("style", "variation")
_VARIATION_STRENGTH = 0.4  # what is seen and where stays, how it looks in detail does not


class Repainter(PipelineExpert):
    """Options: `longest_px` (768), the longer side that is worked on; `strength` (0.6), how much a restyling
    changes, 0..1 (an editing pipeline has none, and goes by the words alone); `multiple` (8), what sides must
    be divisible by; and `diffusion.SETTINGS`.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The changed picture. Data: `{"prompt", "seed", "steps", "width_px", "height_px"}`."""
        instruction = required_text(call, "text")
        picture = open_image(required_path(call, "image"))
        stop_if(should_stop)
        image = fitted(picture.image, int(self.option("longest_px", 768)), int(self.option("multiple", 8)))
        generator, seed = dice(call)
        strength = self.number(call, "strength", 0.6)
        if choice(call, "kind", _KINDS, "style") == "variation" and call.number("strength") is None:
            strength = _VARIATION_STRENGTH
        settings = self.settings(
            call,
            strength=strength,
            width=image.width,
            height=image.height,
        )
        steps = self.steps(call, settings.get("strength", 1.0))
        if "strength" in settings and not self.few_steps:  # a restyling begins in the middle
            steps = max(1, int(steps * settings["strength"]))
        on_progress(0.0, "reading the picture")
        with running(self.card):
            settings, note = self.with_description(instruction, settings)
            made: Any = self.pipeline(
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
        return noted([write_image(call, changed, data)], note)


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
            call, strength=float(self.option("strength", 0.99)), width=image.width, height=image.height
        )
        steps = self.steps(call)
        if "strength" in settings:  # it begins in the middle
            steps = max(1, int(steps * settings["strength"]))
        on_progress(0.0, "reading the picture")
        with running(self.card):
            settings, note = self.with_description(prompt, settings)
            made: Any = self.pipeline(
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
        return noted([write_image(call, result, data)], note)


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder, for what the card says and the pipeline can do."""
    name = str(model_config(card, "model_index.json").get("_class_name", ""))
    if any(word in name for word in _EDITING):
        pipeline = load_pipeline("DiffusionPipeline", card, device, model_folder(card))
        return Repainter(card, device, pipeline)
    if "Inpaint" in name:
        pipeline = load_pipeline("AutoPipelineForInpainting", card, device, model_folder(card))
        return PartPainter(card, device, pipeline)
    pipeline = load_pipeline("AutoPipelineForImage2Image", card, device, model_folder(card))
    experts: dict[str, Expert] = {"image-to-image": Repainter(card, device, pipeline)}
    if "inpainting" in card.tasks:
        with loading(card):
            painter = with_parts_of(pipeline, _PAINTERS.get(name, "AutoPipelineForInpainting"))
        experts["inpainting"] = PartPainter(card, device, painter)
    return ByTask(experts)
