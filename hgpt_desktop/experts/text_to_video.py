"""Short films from descriptions, by video pipelines of diffusers (Wan, LTX)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    described,
    model_folder,
    output_file,
    required_text,
    stop_if,
)
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, load_pipeline, watch_steps
from hgpt_desktop.experts.pretrained import running

if TYPE_CHECKING:
    from PIL import Image

_CODECS = ("libx264", "libopenh264", "mpeg4")  # the first one that this build of FFmpeg has


class FilmMaker(PipelineExpert):
    """Options: `width`, `height`, `num_frames` (the pipeline's own by default), `frames_per_s` (16), and
    `diffusion.SETTINGS`.
    """  # fmt: skip

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """One film, MP4 without sound.

        Data: `{"prompt", "seed", "steps", "width_px", "height_px", "frames", "frames_per_s", "seconds"}`.
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
        data = {
            "prompt": prompt,
            "seed": seed,
            "steps": steps,
            "width_px": frames[0].width,
            "height_px": frames[0].height,
            "frames": len(frames),
            "frames_per_s": rate,
            "seconds": round(len(frames) / rate, 3),
        }
        film = write_film(call, frames, rate, data, should_stop)
        on_progress(1.0, "film made")
        return (film,)


def write_film(
    call: ExpertCall, frames: Sequence[Image.Image], frames_per_s: int, data: Any, should_stop: ShouldStop
) -> Resource:
    """Frames of one size as an MP4 file; an odd side loses its last line, which the codecs ask for.

    Raises:
        Cancelled: `should_stop` said so; no file is left.
    """
    import av
    import numpy as np

    codec = next(name for name in _CODECS if name in av.codecs_available)
    with (
        output_file(call, "mp4") as (draft, final),
        av.open(str(draft), "w", format="mp4", options={"movflags": "faststart"}) as container,
    ):
        stream: Any = container.add_stream(codec, rate=frames_per_s)
        stream.width, stream.height = (side - side % 2 for side in frames[0].size)
        stream.pix_fmt = "yuv420p"
        for image in frames:
            stop_if(should_stop)
            cut = np.asarray(image.convert("RGB").crop((0, 0, stream.width, stream.height)))
            frame = av.VideoFrame.from_ndarray(cut, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return described(final, Kind.VIDEO, "video/mp4", data=data)


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder."""
    return FilmMaker(card, device, load_pipeline("DiffusionPipeline", card, device, model_folder(card)))
