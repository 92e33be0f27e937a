"""Short films from descriptions, or from a picture that begins to move, by video pipelines of diffusers."""

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
from hgpt_desktop.experts.films import write_film
from hgpt_desktop.experts.media import open_image
from hgpt_desktop.experts.pretrained import model_config, running

_MOVERS = {"WanPipeline": "WanImageToVideoPipeline", "LTXPipeline": "LTXImageToVideoPipeline"}
"""Pipelines for descriptions, and those that begin with a picture and are made of the same parts."""


class FilmMaker(PipelineExpert):
    """Options: `width`, `height`, `num_frames` (the pipeline's own by default), `frames_per_s` (16), and
    `diffusion.SETTINGS`. Where a picture is given: `longest_px` (832), the longer side of the film;
    `multiple` (32), what its sides must be divisible by; `prompt`, what happens where nothing was said.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One film, MP4 without sound, that begins with the picture if there is one.

        Data: `{"prompt", "seed", "steps"}` and what `write_film` adds.
        """
        prompt, given = self._given(call)
        stop_if(should_stop)
        generator, seed = dice(call)
        steps, rate = self.steps(call), int(self.option("frames_per_s", 16))
        settings = self.settings(call, num_frames=self._frames(call, rate), frame_rate=rate, **given)
        on_progress(0.0, "reading what is to be seen")
        with running(self.card):
            settings, note = self.with_description(prompt, settings)
            made: Any = self.pipeline(
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
        return noted([film], note)

    def _frames(self, call: ExpertCall, rate: int) -> int | None:
        """How many pictures; one more than a multiple of 8, which all pipelines take."""
        if (seconds := call.number("seconds")) is None:
            return self.option("num_frames", None)  # type: ignore[no-any-return]
        return max(1, round(seconds * rate / 8)) * 8 + 1

    def _given(self, call: ExpertCall) -> tuple[str, dict[str, Any]]:
        """What is to happen, and the size, with the picture where there is one."""
        if call.task != "image-to-video":
            size = {"width": self.option("width", None), "height": self.option("height", None)}
            return required_text(call, "text"), size
        picture = open_image(required_path(call, "image"))
        prompt = call.text("text").strip() or str(self.option("prompt", "gentle natural movement"))
        longest, multiple = int(self.option("longest_px", 832)), int(self.option("multiple", 32))
        image = fitted(picture.image, longest, multiple)
        return prompt, {"image": image, "width": image.width, "height": image.height}


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder, for what the card says that it can do."""
    name = str(model_config(card, "model_index.json").get("_class_name", ""))
    pipeline = load_pipeline("DiffusionPipeline", card, device, model_folder(card))
    experts: dict[str, Expert] = {}
    if "text-to-video" in card.tasks:
        experts["text-to-video"] = FilmMaker(card, device, pipeline)
    if "image-to-video" in card.tasks:
        with loading(card):
            _clean_prompts_alike()
            mover = with_parts_of(pipeline, _MOVERS[name]) if name in _MOVERS else pipeline
        experts["image-to-video"] = FilmMaker(card, device, mover)
    return ByTask(experts)


def _clean_prompts_alike() -> None:
    """Let Wan's pipeline for pictures clean a prompt as the one for descriptions does."""
    # WORKAROUND: it calls ftfy, which is optional, without asking whether that is there
    # (https://github.com/huggingface/diffusers/blob/main/src/diffusers/pipelines/wan/pipeline_wan_i2v.py).
    for_pictures: Any = importlib.import_module("diffusers.pipelines.wan.pipeline_wan_i2v")
    for_descriptions: Any = importlib.import_module("diffusers.pipelines.wan.pipeline_wan")
    for_pictures.prompt_clean = for_descriptions.prompt_clean
