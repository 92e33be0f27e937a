"""Music and sounds from a description, by audio pipelines of diffusers (ACE-Step, Stable Audio)."""

from __future__ import annotations

import inspect
from typing import Any

from hgpt_desktop.core.errors import ExecutionFailed
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
    write_audio,
)
from hgpt_desktop.experts.diffusion import PipelineExpert, dice, load_pipeline, watch_steps
from hgpt_desktop.experts.pretrained import running

_SECONDS = 30.0
_LENGTHS = ("audio_duration", "audio_length_in_s", "audio_end_in_s")
"""What pipelines call the length of what they make."""


class SoundPainter(PipelineExpert):
    """Options: `seconds` (30, where nothing is said), `most_seconds` (600), and `diffusion.SETTINGS`."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A WAV file. Data: `{"prompt", "seconds", "rate_hz", "seed", "steps"}`.

        Raises:
            ExecutionFailed: more seconds are wanted than the model can make.
        """
        prompt = required_text(call, "text")
        wanted_s = call.number("seconds") or float(self.option("seconds", _SECONDS))
        most_s = float(self.option("most_seconds", 600.0))
        if wanted_s > most_s:
            raise ExecutionFailed(
                f"{self.card.name} makes at most {most_s:g} seconds.",
                "Ask for less, or choose another model.",
            )
        stop_if(should_stop)
        generator, seed = dice(call)
        steps = self.steps(call)
        on_progress(0.0, "reading the description")
        settings = self.settings(call, **dict.fromkeys(_LENGTHS, wanted_s))
        with running(self.card):
            settings, note = self.with_description(prompt, settings)
            made: Any = self.pipeline(
                generator=generator, **self._watched(on_progress, should_stop, steps), **settings
            )
        stop_if(should_stop)
        samples = _as_samples(made.audios[0])
        rate = self._rate_hz()
        seconds = round(samples.shape[0] / rate, 2)
        data = {"prompt": prompt, "seconds": seconds, "rate_hz": rate, "seed": seed, "steps": steps}
        return noted([write_audio(call, samples[:, :2], rate, data)], note)

    def _watched(self, on_progress: OnProgress, should_stop: ShouldStop, steps: int) -> dict[str, Any]:
        """How the pipeline reports its steps: newer ones and older ones differ."""
        watch = watch_steps(on_progress, should_stop, steps)
        if "callback_on_step_end" in inspect.signature(self.pipeline.__call__).parameters:
            return {"callback_on_step_end": watch}
        return {
            "callback": lambda step, time, values: watch(self.pipeline, step, time, {}),
            "callback_steps": 1,
        }

    def _rate_hz(self) -> int:
        for owner, name in ((self.pipeline, "sample_rate"), (self.pipeline.vae, "sampling_rate")):
            if rate := getattr(owner, name, None):
                return int(rate)
        vocoder = getattr(self.pipeline, "vocoder", None)
        return int(getattr(getattr(vocoder, "config", None), "sampling_rate", 16000))


def _as_samples(made: Any) -> Any:
    """(n, channels) float32 from (channels, n) or (n,), of torch or NumPy."""
    import numpy as np

    samples = np.asarray(made.float().cpu() if hasattr(made, "cpu") else made, dtype=np.float32)
    return samples[:, None] if samples.ndim == 1 else samples.T


def load(card: ModelCard, device: str) -> Expert:
    """The pipeline in the model's folder."""
    return SoundPainter(card, device, load_pipeline("DiffusionPipeline", card, device, model_folder(card)))
