"""A picture that begins to move, by video pipelines of diffusers (Wan, LTX)."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, model_folder, required_path, stop_if
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, fitted, load_pipeline, watch_steps
from hgpt_desktop.experts.films import write_film
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import model_config, running

_MOVERS = {"WanPipeline": "WanImageToVideoPipeline", "LTXPipeline": "LTXImageToVideoPipeline"}
"""Pipelines for descriptions, with those that begin with a picture and are made of the same parts."""


class PictureMover(PipelineExpert):
    """Options: `longest_px` (832), the longer side of the film; `multiple` (16), what its sides must be
    divisible by; `num_frames` (the pipeline's own by default), `frames_per_s` (16), `prompt` (what happens
    where nothing was said), and `diffusion.SETTINGS`.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One film that begins with the picture, MP4 without sound.

        Data: `{"prompt", "seed", "steps"}` and what `write_film` adds.
        """
        picture = open_image(required_path(call, "image"))
        prompt = call.text("text").strip() or str(self.option("prompt", "gentle natural movement"))
        stop_if(should_stop)
        image = fitted(picture.image, int(self.option("longest_px", 832)), int(self.option("multiple", 16)))
        generator, seed = dice(call)
        steps, rate = self.steps(), int(self.option("frames_per_s", 16))
        settings = self.settings(
            prompt=prompt,
            width=image.width,
            height=image.height,
            num_frames=self.option("num_frames", None),
            frame_rate=rate,
        )
        on_progress(0.0, "reading the picture")
        with running(self.card):
            made: Any = self.pipeline(
                image=image,
                generator=generator,
                output_type="pil",
                callback_on_step_end=watch_steps(on_progress, should_stop, steps),
                **settings,
            )
        frames = made.frames[0]
        stop_if(should_stop)
        about = {"prompt": prompt, "seed": seed, "steps": steps}
        film = write_film(call, frames, rate, about, should_stop)
        on_progress(1.0, "film made")
        return (film,)


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder, as one that begins with a picture."""
    name = str(model_config(card, "model_index.json").get("_class_name", ""))
    classes = _MOVERS.get(name, "DiffusionPipeline")
    return PictureMover(card, device, load_pipeline(classes, card, device, model_folder(card)))
