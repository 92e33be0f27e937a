"""When somebody speaks, by Silero's small network as ONNX, window by window.

Both published forms are read: the one with the state `h` and `c` that comes with faster-whisper, and the one
with `state` and `sr` of the project itself. Source: snakers4/silero-vad (MIT): 512 new samples and 64 of
those before them at 16 kHz, one probability for each window.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
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
    write_text,
)
from hgpt_desktop.experts.findings import Segment
from hgpt_desktop.experts.media import audio_blocks, audio_seconds
from hgpt_desktop.experts.pretrained import running_library
from hgpt_desktop.experts.subtitles import clock

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

_RATE_HZ = 16_000
_WINDOW = 512  # samples; one probability for each
_BEFORE = 64  # samples of the window before, which the network sees too
_BLOCK_S = 30.0
_LEAST_SPEECH_S = 0.25
_LEAST_PAUSE_S = 0.5
_MARGIN_S = 0.1
_HYSTERESIS = 0.15  # speech goes on until the probability falls so far below the threshold


class SpeechFinder:
    """Options: `model` (the file), `package` (the package that brings it), `threshold` (0.5)."""

    def __init__(self, card: ModelCard, session: Any, file_bytes: int) -> None:
        self.card = card
        self.session = session
        self.resident_bytes = 2 * file_bytes
        self.threshold = float(card.options.get("threshold", 0.5))
        self._names = [put.name for put in session.get_inputs()]

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """A line for each stretch of speech.

        Data: `{"seconds", "speech_s", "segments": [{"start_s", "end_s"}]}`.
        """
        path = required_path(call, "audio")
        total = audio_seconds(path)
        chances: list[float] = []
        heard = 0
        with running_library(self.card):
            for window_chances, samples in self._heard(audio_blocks(path, _RATE_HZ, _BLOCK_S, should_stop)):
                stop_if(should_stop)
                chances += window_chances
                heard += samples
                seconds = heard / _RATE_HZ
                on_progress(min(1.0, seconds / total) if total else None, f"{seconds:.0f} seconds heard")
        length_s = heard / _RATE_HZ
        segments = speech_in(chances, self.threshold, length_s)
        speech_s = round(sum(one.length_s for one in segments), 2)
        listed = [one.to_json() for one in segments]
        data = {"seconds": round(length_s, 2), "speech_s": speech_s, "segments": listed}
        lines = [f"{clock(one.start_s)} – {clock(one.end_s)}" for one in segments]
        told = f"Somebody speaks for {speech_s:.1f} of {length_s:.1f} seconds." if lines else "Nobody speaks."
        return (write_text(call, "\n".join([told, *lines]), data),)

    def close(self) -> None:
        """Let go of the network."""
        self.session = None

    def _heard(self, blocks: Iterator[Samples]) -> Iterator[tuple[list[float], int]]:
        """The probabilities of each block's windows, and how many samples of the recording they cover."""
        import numpy as np

        state = self._silence()
        before = np.zeros(_BEFORE, dtype=np.float32)
        waiting = np.zeros(0, dtype=np.float32)
        for block in blocks:
            waiting = np.concatenate([waiting, block])
            count = waiting.shape[0] // _WINDOW
            part, waiting = waiting[: count * _WINDOW], waiting[count * _WINDOW :]
            chances, state, before = self._chances(part, before, state)
            yield chances, part.shape[0]
        if waiting.shape[0]:
            padded = np.pad(waiting, (0, _WINDOW - waiting.shape[0]))
            yield self._chances(padded, before, state)[0], waiting.shape[0]

    def _silence(self) -> dict[str, Any]:
        """The network's state before the first window."""
        import numpy as np

        if "state" in self._names:
            return {"state": np.zeros((2, 1, 128), dtype=np.float32)}
        return {name: np.zeros((1, 1, 128), dtype=np.float32) for name in ("h", "c")}

    def _chances(
        self, samples: Samples, before: Samples, state: dict[str, Any]
    ) -> tuple[list[float], dict[str, Any], Samples]:
        import numpy as np

        if not samples.shape[0]:
            return [], state, before
        windows = samples.reshape(-1, _WINDOW)  # (n, 512)
        earlier = np.concatenate([before[None], windows[:-1, -_BEFORE:]])  # (n, 64)
        seen = np.concatenate([earlier, windows], axis=1)  # (n, 576)
        if "state" not in self._names:
            made, h, c = self.session.run(None, {"input": seen, **state})
            return np.asarray(made).reshape(-1).tolist(), {"h": h, "c": c}, samples[-_BEFORE:]
        chances: list[float] = []
        for window in seen:  # this form takes one after another
            given = {"input": window[None], "sr": np.array(_RATE_HZ, dtype=np.int64), **state}
            made, after = self.session.run(None, given)
            state = {"state": after}
            chances.append(float(np.asarray(made).reshape(-1)[0]))
        return chances, state, samples[-_BEFORE:]


def speech_in(chances: list[float], threshold: float, length_s: float) -> list[Segment]:
    """Stretches of speech in seconds: short pauses are part of them, short sounds are none."""
    step_s = _WINDOW / _RATE_HZ
    found: list[list[float]] = []
    speaking = False
    for place, chance in enumerate(chances):
        speaking = chance >= threshold or (speaking and chance >= threshold - _HYSTERESIS)
        if not speaking:
            continue
        at = place * step_s
        if found and at - found[-1][1] < _LEAST_PAUSE_S:
            found[-1][1] = at + step_s
        else:
            found.append([at, at + step_s])
    return [
        Segment(max(0.0, start - _MARGIN_S), min(length_s, end + _MARGIN_S))
        for start, end in found
        if end - start >= _LEAST_SPEECH_S
    ]


def load(card: ModelCard, device: str) -> Expert:
    """The network in onnxruntime, on the processor: it is far faster than real time there.

    Raises:
        ModelDamaged: it is no network of this kind.
    """
    path = _file(card)
    with loading(card):
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the steps are too small to be shared
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        names = {put.name for put in session.get_inputs()}
        if "input" not in names or not ({"h", "c"} <= names or {"state", "sr"} <= names):
            raise ValueError(f"the network takes {sorted(names)}")
        return SpeechFinder(card, session, path.stat().st_size)


def _file(card: ModelCard) -> Path:
    """The network's file: in the model's folder, or in the package that brings it."""
    name, package = str(card.options.get("model", "model.onnx")), card.options.get("package")
    if package is None:
        return model_file(card, name)
    with loading(card):
        spec = importlib.util.find_spec(str(package))
        if spec is None or spec.origin is None:
            raise ImportError(f"{package} is not installed")
        path = Path(spec.origin).parent / name
        if not path.is_file():
            raise FileNotFoundError(f"{package} brings no {name}")
        return path
