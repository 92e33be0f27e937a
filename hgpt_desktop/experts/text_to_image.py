"""Pictures from descriptions, by any text-to-image pipeline of diffusers."""

from __future__ import annotations

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    model_folder,
    noted,
    required_text,
    stop_if,
    write_image,
)
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, load_pipeline, watch_steps
from hgpt_desktop.experts.pretrained import running

_MULTIPLE = 16  # sides that are no multiple of this are refused by some pipelines


class Painter(PipelineExpert):
    """Options: `width`, `height` (pixels; the pipeline's own by default), and `diffusion.SETTINGS`."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One picture. Data: `{"prompt", "seed", "steps", "width_px", "height_px"}`."""
        prompt = required_text(call, "text")
        stop_if(should_stop)
        generator, seed = dice(call)
        width, height = (_side(self.number(call, name)) for name in ("width", "height"))
        settings = self.settings(call, width=width, height=height)
        steps = self.steps(call)
        on_progress(0.0, "reading the description")
        with running(self.card):
            settings, note = self.with_description(prompt, settings)
            made = self.pipeline(
                generator=generator,
                callback_on_step_end=watch_steps(on_progress, should_stop, steps),
                **settings,
            )
        image = made.images[0]
        data = {
            "prompt": prompt,
            "seed": seed,
            "steps": steps,
            "width_px": image.width,
            "height_px": image.height,
        }
        on_progress(1.0, "picture made")
        return noted([write_image(call, image, data)], note)


def _side(pixels: float | None) -> int | None:
    """A side that every pipeline can draw."""
    return None if pixels is None else max(_MULTIPLE, round(pixels / _MULTIPLE) * _MULTIPLE)


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder."""
    return Painter(card, device, load_pipeline("AutoPipelineForText2Image", card, device, model_folder(card)))
