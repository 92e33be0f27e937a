"""A recording said by another voice: SpeechT5 speech to speech of transformers, with its HiFi-GAN vocoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    model_file,
    required_path,
    stop_if,
    wav_writer,
)
from hgpt_desktop.experts.media import audio_blocks, audio_seconds
from hgpt_desktop.experts.options import refuse_part
from hgpt_desktop.experts.pretrained import TorchExpert, load_model, load_processor, running, seeded

if TYPE_CHECKING:
    import torch

_BLOCK_S = 15.0  # the model was trained on sentences
_SHORTEST_S = 0.3


class VoiceChanger(TorchExpert):
    """Options: `vocoder` (its subfolder, `vocoder`), `voice` (the file of the voice, `voice.safetensors`: one
    tensor of 512 numbers, an x-vector), `block_s` (15).
    """  # fmt: skip

    def __init__(
        self, card: ModelCard, device: str, model: Any, processor: Any, vocoder: Any, voice: torch.Tensor
    ) -> None:
        super().__init__(card, device, model, processor, vocoder)
        self.vocoder = vocoder
        self.voice = voice

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The same words, mono at 16 kHz. Data: `{"seconds", "rate_hz"}`."""
        refuse_part(self.card, call)
        path = required_path(call, "audio")
        rate = int(self.processor.sampling_rate)
        total = audio_seconds(path)
        heard = 0.0
        with wav_writer(call, rate) as writer, running(self.card), seeded(call):
            for block in audio_blocks(path, rate, float(self.option("block_s", _BLOCK_S)), should_stop):
                stop_if(should_stop)
                if block.shape[0] >= rate * _SHORTEST_S:
                    writer.write(self._converted(block, rate, should_stop))
                else:
                    writer.write(block)  # too short to hold a word
                heard += block.shape[0] / rate
                on_progress(min(1.0, heard / total) if total else None, f"{heard:.0f} seconds converted")
        return (writer.resource({"seconds": round(writer.seconds, 2), "rate_hz": rate}),)

    def _converted(self, block: Any, rate: int, should_stop: ShouldStop) -> Any:
        """(n,) float32. The model writes frame after frame; it can be stopped between two."""
        inputs = self.processor(audio=block, sampling_rate=rate, return_tensors="pt")
        watch = self.model.speecht5.decoder.wrapped_decoder.register_forward_pre_hook(
            lambda *_: stop_if(should_stop)
        )
        try:
            made = self.model.generate_speech(
                inputs["input_values"].to(self.model.device, self.model.dtype),
                self.voice,
                maxlenratio=float(self.option("most_length", 2.0)),
                vocoder=self.vocoder,
            )
        finally:
            watch.remove()
        return made.float().cpu().numpy()

    def close(self) -> None:
        """Let go of the vocoder too."""
        self.vocoder = None
        super().close()


def load(card: ModelCard, device: str) -> Expert:
    """SpeechT5, its vocoder and one voice."""
    voice_file = model_file(card, str(card.options.get("voice", "voice.safetensors")))
    processor = load_processor("SpeechT5FeatureExtractor", card)
    model = load_model("SpeechT5ForSpeechToSpeech", card, device)
    vocoder = load_model("SpeechT5HifiGan", card, device, str(card.options.get("vocoder", "vocoder")))
    with loading(card):
        from safetensors.torch import load_file

        voice = next(iter(load_file(voice_file).values())).reshape(1, -1).to(device, model.dtype)
        if voice.shape[1] != model.config.speaker_embedding_dim:
            raise ValueError(f"the voice has {voice.shape[1]} numbers")
        return VoiceChanger(card, device, model, processor, vocoder, voice)
