"""Voice and music of a song apart, by Spleeter's two networks as ONNX.

Each network guesses one part's loudness from the whole one's, 512 spectra at a time; the parts share the
recording in the proportion of their squares. Source: deezer/spleeter (MIT), as k2-fsa/sherpa-onnx publishes
it: stereo at 44.1 kHz, spectra of 4,096 samples every 1,024, of which the networks see the lower half.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
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
from hgpt_desktop.experts.media import audio_seconds, no_sound, sound_pieces
from hgpt_desktop.experts.options import choice
from hgpt_desktop.experts.pretrained import running_library

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

PARTS = ("voice", "music")
_RATE_HZ = 44_100
_WINDOW, _HOP = 4096, 1024
_LOW = 1024  # frequencies that the networks see
_FRAMES = 512  # spectra that they see at once
_OVERLAP = _WINDOW - _HOP
_WEIGHT = 1.5  # squared Hann windows at a quarter's step add up to this
_TINY = 1e-10


class Separator:
    """Options: `voice`, `music` (the networks' files, `voice.onnx` and `music.onnx`)."""

    def __init__(self, card: ModelCard, sessions: Mapping[str, Any], file_bytes: int) -> None:
        self.card = card
        self.sessions = dict(sessions)
        self.resident_bytes = 2 * file_bytes

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The wanted part as stereo at 44.1 kHz, or both. Data: `{"part", "seconds", "rate_hz"}`.

        Raises:
            InvalidInput: the file is no recording.
        """
        path = required_path(call, "audio")
        wanted = (choice(call, "keep", PARTS),) if call.text("keep").strip() else PARTS
        total = audio_seconds(path)
        with ExitStack() as files, running_library(self.card):
            writers = {
                part: files.enter_context(wav_writer(call, _RATE_HZ, 2, part=part if len(wanted) > 1 else ""))
                for part in wanted
            }
            for parts in self._parted(sound_pieces(path, _RATE_HZ, 2, should_stop), should_stop):
                for part, writer in writers.items():
                    writer.write(parts[part])
                done_s = next(iter(writers.values())).seconds
                on_progress(min(1.0, done_s / total) if total else None, f"{done_s:.0f} seconds separated")
            if not next(iter(writers.values())).frames:
                raise no_sound(path)
        return tuple(
            writer.resource({"part": part, "seconds": round(writer.seconds, 2), "rate_hz": _RATE_HZ})
            for part, writer in writers.items()
        )

    def close(self) -> None:
        """Let go of the networks."""
        self.sessions = {}

    def _parted(self, pieces: Iterator[Samples], should_stop: ShouldStop) -> Iterator[dict[str, Samples]]:
        """Both parts, piece by piece, (n, 2); every sample comes out in its place."""
        import numpy as np

        need = (_FRAMES - 1) * _HOP + _WINDOW
        waiting = np.zeros((_OVERLAP, 2), dtype=np.float32)  # so that the first samples are in four spectra
        tails = {part: np.zeros((_OVERLAP, 2), dtype=np.float32) for part in PARTS}
        skip, received, given = _OVERLAP, 0, 0

        def step(samples: Samples) -> dict[str, Samples]:
            nonlocal skip, given
            stop_if(should_stop)
            made = self._step(samples)
            ready = {}
            for part in PARTS:
                summed = made[part]
                summed[:_OVERLAP] += tails[part]
                ready[part] = summed[: _FRAMES * _HOP][skip:]
                tails[part] = summed[_FRAMES * _HOP :]
            skip = max(0, skip - _FRAMES * _HOP)
            left = received - given
            given += min(left, ready["voice"].shape[0])
            return {part: samples[:left] for part, samples in ready.items()}

        for piece in pieces:
            received += piece.shape[0]
            waiting = np.concatenate([waiting, piece])
            while waiting.shape[0] >= need:
                yield step(waiting[:need])
                waiting = waiting[_FRAMES * _HOP :]
        while given < received:
            short = need - waiting.shape[0]
            yield step(np.pad(waiting[:need], ((0, max(0, short)), (0, 0))))
            waiting = waiting[_FRAMES * _HOP :]

    def _step(self, samples: Samples) -> dict[str, Samples]:
        """Both parts of 512 overlapping windows, added up: (n, 2), not yet whole at both ends."""
        import numpy as np

        shape = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        starts = np.arange(_FRAMES) * _HOP
        places = starts[:, None] + np.arange(_WINDOW)[None]  # (512, 4096)
        spectra = np.fft.rfft(samples.T[:, places] * shape, axis=-1)  # (2, 512, 2049)
        loudness = np.abs(spectra[..., :_LOW]).astype(np.float32)[:, None]  # (2, 1, 512, 1024)
        squares = {}
        for part, session in self.sessions.items():
            guessed = session.run(None, {session.get_inputs()[0].name: loudness})[0]
            squares[part] = np.square(np.asarray(guessed, dtype=np.float32)[:, 0])  # (2, 512, 1024)
        together = sum(squares.values()) + _TINY
        made = {}
        for part in PARTS:
            share = np.zeros(spectra.shape, dtype=np.float32)
            share[..., :_LOW] = (squares[part] + _TINY / 2) / together
            if part == "music":
                share[..., _LOW:] = 1.0  # above 11 kHz nothing is known of the voice
            pieces = np.fft.irfft(spectra * share, n=_WINDOW, axis=-1).astype(np.float32) * shape / _WEIGHT
            summed = np.zeros((samples.shape[0], 2), dtype=np.float32)
            for frame, start in enumerate(starts):
                summed[start : start + _WINDOW] += pieces[:, frame].T
            made[part] = summed
        return made


def load(card: ModelCard, device: str) -> Expert:
    """Both networks in onnxruntime, on the processor.

    Raises:
        ModelDamaged: one of them is of another kind.
    """
    paths = {part: model_file(card, str(card.options.get(part, f"{part}.onnx"))) for part in PARTS}
    with loading(card):
        import onnxruntime  # type: ignore[import-untyped]

        sessions = {}
        for part, path in paths.items():
            session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
            puts = session.get_inputs()
            if len(puts) != 1 or list(puts[0].shape[2:]) != [_FRAMES, _LOW]:
                raise ValueError(f"{path.name} does not take spectra of this form")
            sessions[part] = session
        return Separator(card, sessions, sum(path.stat().st_size for path in paths.values()))
