"""Text to speech with Piper voices (VITS as ONNX, phonemes by espeak-ng).

Source: piper-tts 1.8, the voices of rhasspy/piper-voices.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    model_file,
    required_text,
    stop_if,
    wav_writer,
)
from hgpt_desktop.experts.languages import refuse_language

if TYPE_CHECKING:
    from piper import PiperVoice, SynthesisConfig

_LONGEST_PIECE = 400  # characters; the memory of a run grows with the length of a piece
_SENTENCE_PAUSE_S = 0.2
_PARAGRAPH_PAUSE_S = 0.3  # both are added to the voice's own
_MARKUP = re.compile(r"[#>|]+|\[\[|\]\]|^\s*[-*•]\s+", re.MULTILINE)  # double brackets mean phonemes to Piper
_EMPHASIS = re.compile(r"[*_`~]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_SENTENCE_END = re.compile(
    r"(?<=\w\w\w\.)\s+|(?<=[!?…;:])\s+|(?<=[.!?…][\"'”’)\]])\s+|(?<=[。！？])"  # "Dr." and "e.g." end nothing
)


def load(card: ModelCard, device: str) -> Expert:
    """A voice.

    Options of the card: `model` (file name, `voice.onnx`), `speaker` (its number), `speed` (1 is normal),
    `voice` (`female` or `male`, as far as that is known).
    """
    name = str(card.options.get("model", "voice.onnx"))
    path, config = model_file(card, name), model_file(card, f"{name}.json")
    with loading(card):
        import onnxruntime  # type: ignore[import-untyped]
        from piper import PiperVoice

        on_gpu = (
            device.startswith("cuda") and "CUDAExecutionProvider" in onnxruntime.get_available_providers()
        )
        voice = PiperVoice.load(path, config, use_cuda=on_gpu, download_dir=path.parent)
    return _Voice(card, voice, path.stat().st_size)


class _Voice:
    def __init__(self, card: ModelCard, voice: PiperVoice, file_bytes: int) -> None:
        self._card, self._voice = card, voice
        self.resident_bytes = file_bytes * 2  # the weights, and the graph that onnxruntime makes of them

    def _style(self, call: ExpertCall) -> SynthesisConfig:
        """How it is said: by which speaker, how fast.

        Raises:
            ExecutionFailed: another voice is wanted; another model may have it.
        """
        from piper import SynthesisConfig

        wanted, own = call.text("voice").strip(), str(self._card.options.get("voice", ""))
        if wanted and wanted != own:
            raise ExecutionFailed(
                f"{self._card.name} is not known as a {wanted} voice.",
                "`hgpt models search voice` shows others; install one and ask again.",
            )
        speaker = self._card.options.get("speaker")
        speed = float(self._card.options.get("speed", 1.0)) * (call.number("speed") or 1.0)
        return SynthesisConfig(
            speaker_id=None if speaker is None else int(speaker),
            length_scale=self._voice.config.length_scale / speed,
        )

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        import numpy as np

        style = self._style(call)
        text = required_text(call, "text")
        refuse_language(self._card, text)
        pieces = pieces_to_speak(text)
        if not pieces:
            raise InvalidInput("The text has no words that can be spoken.", "Write it out in words.")
        total = sum(len(piece) for piece, _ in pieces)
        rate_hz = self._voice.config.sample_rate
        done, spoken = 0, False
        with wav_writer(call, rate_hz) as wav:
            for piece, ends_paragraph in pieces:
                stop_if(should_stop)
                on_progress(done / total, f"Saying: {piece[:60]}")
                for chunk in self._voice.synthesize(piece, style):
                    stop_if(should_stop)
                    wav.write(chunk.audio_float_array)  # (n,) float32
                    wav.write(np.zeros(int(_SENTENCE_PAUSE_S * rate_hz), dtype=np.int16))
                    spoken = spoken or chunk.audio_float_array.size > 0
                if ends_paragraph:
                    wav.write(np.zeros(int(_PARAGRAPH_PAUSE_S * rate_hz), dtype=np.int16))
                done += len(piece)
            if not spoken:
                raise ExecutionFailed(
                    "The voice could not say anything of this text.", "Choose a voice for its language."
                )
        return (wav.resource({"seconds": round(wav.seconds, 2), "rate_hz": rate_hz}),)

    def close(self) -> None:
        del self._voice


def pieces_to_speak(text: str) -> list[tuple[str, bool]]:
    """Some sentences each, short enough for one run, and whether a paragraph ends there.

    Where a sentence ends within a piece is for the voice to say: it knows abbreviations. Marks of Markdown
    are left out: nobody wants to hear them. A line break within a paragraph is a space.
    """
    plain = _LINK.sub(r"\1", text.replace("\r\n", "\n"))
    pieces: list[tuple[str, bool]] = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)", plain):
        words = " ".join(_EMPHASIS.sub("", _MARKUP.sub(" ", paragraph)).split())
        packed: list[str] = []
        for part in (part for sentence in _SENTENCE_END.split(words) for part in _parts(sentence)):
            if packed and len(packed[-1]) + len(part) < _LONGEST_PIECE:
                packed[-1] += f" {part}"
            else:
                packed.append(part)
        packed = [piece for piece in packed if _has_words(piece)]
        pieces += [(piece, number == len(packed)) for number, piece in enumerate(packed, 1)]
    return pieces


def _parts(sentence: str) -> list[str]:
    """A sentence in parts that are short enough, cut at a comma if there is one, else at a space."""
    parts, sentence = [], sentence.strip()
    while len(sentence) > _LONGEST_PIECE:
        head = sentence[:_LONGEST_PIECE]
        at = max(head.rfind(", "), head.rfind("，"), head.rfind("、"))
        at = at if at > _LONGEST_PIECE // 3 else head.rfind(" ")
        at = at if at > 0 else _LONGEST_PIECE - 1
        parts.append(sentence[: at + 1].strip())
        sentence = sentence[at + 1 :].strip()
    return [*parts, sentence] if sentence else parts


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)
