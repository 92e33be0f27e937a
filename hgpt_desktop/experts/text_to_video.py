"""Short films from descriptions, by video pipelines of diffusers (Wan, LTX)."""

from __future__ import annotations

from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    model_folder,
    required_text,
    stop_if,
)
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, load_pipeline, watch_steps
from hgpt_desktop.experts.films import write_film
from hgpt_desktop.experts.pretrained import running


class FilmMaker(PipelineExpert):
    """Options: `width`, `height`, `num_frames` (the pipeline's own by default), `frames_per_s` (16), and
    `diffusion.SETTINGS`.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One film, MP4 without sound.

        Data: `{"prompt", "seed", "steps"}` and what `write_film` adds.
        """
        prompt = required_text(call, "text")
        stop_if(should_stop)
        generator, seed = dice(call)
        steps, rate = self.steps(), int(self.option("frames_per_s", 16))
        settings = self.settings(
            width=self.option("width", None),
            height=self.option("height", None),
            num_frames=self.option("num_frames", None),
            frame_rate=rate,
        )
        on_progress(0.0, "reading the description")
        with running(self.card):
            made: Any = self.pipeline(
                prompt=prompt,
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
    """The pipeline in the model's folder."""
    return FilmMaker(card, device, load_pipeline("DiffusionPipeline", card, device, model_folder(card)))
