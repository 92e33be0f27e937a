"""Music and sounds from a description, by MusicGen models of transformers."""

from __future__ import annotations

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, noted, required_text, write_audio
from hgpt_desktop.experts.languages import language_note, refuse_script
from hgpt_desktop.experts.pretrained import (
    TorchExpert,
    load_model,
    load_processor,
    running,
    seeded,
    to_model,
    watch_tokens,
)
from hgpt_desktop.experts.shortening import shortened

_SECONDS = 10.0
_MOST_S = 30.0
_MOST_TOKENS = 256  # of a description; what follows is not read, as memory grows with its square


class Composer(TorchExpert):
    """Options: `seconds` (10, where nothing is said), `most_seconds` (30, what the model was trained on)."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A WAV file. Data: `{"prompt", "seconds", "rate_hz", "seed"}`.

        Raises:
            ExecutionFailed: more seconds are wanted than the model can make.
        """
        prompt = required_text(call, "text")
        refuse_script(self.card, prompt)
        wanted_s = call.number("seconds") or float(self.option("seconds", _SECONDS))
        most_s = float(self.option("most_seconds", _MOST_S))
        if wanted_s > most_s:
            raise ExecutionFailed(
                f"{self.card.name} makes at most {most_s:g} seconds.",
                "Ask for less, or choose another model.",
            )
        codec = self.model.config.audio_encoder
        rate = int(codec.sampling_rate)
        tokens = max(1, round(wanted_s * codec.frame_rate))
        on_progress(0.0, "reading the description")
        with running(self.card), seeded(call):
            room = _MOST_TOKENS - int(self.processor.tokenizer.num_special_tokens_to_add())
            kept, note = shortened(self.card, "description", prompt, self.processor.tokenizer, room)
            read = self.processor(text=[kept], padding=True, return_tensors="pt")
            inputs = to_model(read, self.model)
            inputs.pop("token_type_ids", None)
            made = self.model.generate(
                **inputs,
                do_sample=True,
                max_new_tokens=tokens + self.model.config.decoder.num_codebooks - 1,
                stopping_criteria=watch_tokens(on_progress, should_stop, tokens, "composing"),
            )
            samples = made[0].float().cpu().numpy().T  # (n, channels)
        seconds = round(samples.shape[0] / rate, 2)
        data = {"prompt": prompt, "seconds": seconds, "rate_hz": rate, "seed": call.seed}
        foreign = language_note(self.card, prompt)
        return noted([write_audio(call, samples[:, :2], rate, data)], note, foreign)


def load(card: ModelCard, device: str) -> Expert:
    """MusicGen with its text encoder and audio codec."""
    return Composer(
        card,
        device,
        load_model("MusicgenForConditionalGeneration", card, device),
        load_processor("AutoProcessor", card),
    )
