"""Automatic speech recognition with Whisper models in CTranslate2 form, through faster-whisper.

Source: faster-whisper 1.2; the models are those of Systran/faster-whisper-*.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import (
    Expert,
    ShouldStop,
    loading,
    model_file,
    model_folder,
    required_path,
    stop_if,
    write_text,
)
from hgpt_desktop.experts.findings import Segment
from hgpt_desktop.experts.media import audio_blocks, audio_seconds
from hgpt_desktop.experts.options import choice
from hgpt_desktop.experts.subtitles import as_srt, as_vtt, with_times

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

_RATE_HZ = 16_000
# A long recording is heard in pieces of about this length. Memory grows with it, and so does the time before
# the first words of a piece, in which nothing can be told and nothing stopped.
_BLOCK_S = 120.0
_SEARCH_S = 30.0  # at the end of a piece, where the quietest moment is looked for
_QUIET_S = 0.4
_PARAGRAPH_S = 2.0  # a pause of this length begins a paragraph
_FILES = ("config.json", "model.bin", "tokenizer.json")


def load(card: ModelCard, device: str) -> Expert:
    """The transcriber: 8-bit integers on the processor, 16-bit floats on a GPU.

    Options of the card: `compute_type` (CTranslate2's name) and `language` (a code such as `en`), where
    they are not to be found by themselves.
    """
    for name in _FILES:  # the library would look for a missing one on the Hub
        model_file(card, name)
    with loading(card):
        return _Transcriber(card, device)


class _Transcriber:
    def __init__(self, card: ModelCard, device: str) -> None:
        from faster_whisper import WhisperModel  # type: ignore[import-untyped]

        kind, _, index = device.partition(":")
        compute_type = str(card.options.get("compute_type", "float16" if kind == "cuda" else "int8"))
        self._language = str(card.options["language"]) if "language" in card.options else None
        self._model = WhisperModel(
            str(model_folder(card)),
            device=kind,
            device_index=int(index or 0),
            compute_type=compute_type,
            cpu_threads=min(8, os.cpu_count() or 2),
            local_files_only=True,
        )
        on_disk = model_file(card, "model.bin").stat().st_size  # 16-bit floats
        self.resident_bytes = on_disk * (6 if "int8" in compute_type else 10) // 10

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        path = required_path(call, "audio")
        total_s = audio_seconds(path)
        segments: list[Segment] = []
        start_s = 0.0
        for block in _cut_in_silence(audio_blocks(path, _RATE_HZ, _BLOCK_S, should_stop)):
            length_s = block.shape[0] / _RATE_HZ
            for segment in self._segments(block, start_s, should_stop):
                segments.append(segment)
                done = segment.end_s / total_s if total_s else None
                on_progress(min(done, 1.0) if done is not None else None, segment.text.strip())
            start_s += length_s
        if not segments:
            raise ExecutionFailed(
                f"No speech was heard in {path.name}.",
                "Is there somebody speaking, loud enough and not drowned by music? Listen to it once.",
            )
        shown = choice(call, "format", tuple(_FORMATS), "text")
        as_shown, extension, media_type = _FORMATS[shown]
        data = [segment.to_json() for segment in segments]
        text = as_shown(segments)
        return (write_text(call, text, data, extension=extension, media_type=media_type),)

    def close(self) -> None:
        self._model.model.unload_model()
        del self._model

    def _segments(self, samples: Samples, start_s: float, should_stop: ShouldStop) -> Iterator[Segment]:
        """What is said in one piece; `start_s` is where it stands in the recording."""
        found, info = self._model.transcribe(
            samples,
            language=self._language,
            vad_filter=True,  # the detector's model comes with the library; without it silence becomes words
            condition_on_previous_text=False,  # a slip must not repeat itself to the end
        )
        for segment in found:
            stop_if(should_stop)
            if segment.text.strip():
                yield Segment(start_s + segment.start, start_s + segment.end, segment.text, info.language)


def _cut_in_silence(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """The same recording, but cut where it is quietest near each end, and not within a word."""
    import numpy as np

    held: Samples | None = None
    for block in blocks:
        if held is not None:
            at = _quietest(held)
            yield held[:at]
            block = np.concatenate([held[at:], block])
        held = block
    if held is not None:
        yield held


def _quietest(samples: Samples) -> int:
    """The middle of the quietest moment of the last seconds, as a sample's index."""
    import numpy as np

    window = int(_QUIET_S * _RATE_HZ)
    start = max(0, samples.shape[0] - int(_SEARCH_S * _RATE_HZ))
    count = (samples.shape[0] - start) // window
    if count == 0:
        return int(samples.shape[0])
    energy = (
        np.square(samples[start : start + count * window]).reshape(count, window).mean(axis=1)
    )  # (count,)
    return int(start + int(energy.argmin()) * window + window // 2)


def _as_text(segments: Sequence[Segment]) -> str:
    """The segments in a row (they bring their own spaces), a paragraph after each long pause."""
    text = segments[0].text
    for before, after in pairwise(segments):
        pause = after.start_s - before.end_s >= _PARAGRAPH_S
        text = f"{text.rstrip()}\n\n{after.text.lstrip()}" if pause else text + after.text
    return text.strip()


_FORMATS: Mapping[str, tuple[Callable[[Sequence[Segment]], str], str, str]] = {
    "text": (_as_text, "txt", "text/plain"),
    "timestamps": (with_times, "txt", "text/plain"),
    "srt": (as_srt, "srt", "application/x-subrip"),
    "vtt": (as_vtt, "vtt", "text/vtt"),
}
"""How a transcript is written down, the ending of its file's name, and its type."""
