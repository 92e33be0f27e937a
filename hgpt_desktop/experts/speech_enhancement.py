"""Speech without its noise, by small streaming networks as ONNX (GTCRN).

The network sees one spectrum after another and hands its state on, so a recording of any length is cleaned
piece by piece. Source: GTCRN (MIT), as sherpa-onnx publishes it (`gtcrn_simple.onnx`, 16 kHz).
"""

from __future__ import annotations

from collections.abc import Iterator
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
from hgpt_desktop.experts.pretrained import running_library

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

_BLOCK_S = 5.0
_FRAMES_AT_ONCE = 64  # about a second; between two questions whether to stop


class Denoiser:
    """Options: `model` (the file's name, `model.onnx`)."""

    def __init__(self, card: ModelCard, session: Any, file_bytes: int) -> None:
        self.card = card
        self.session = session
        self.resident_bytes = 2 * file_bytes
        told = session.get_modelmeta().custom_metadata_map
        self.rate_hz = int(told.get("sample_rate", 16000))
        self.window = int(told.get("n_fft", 512))
        self.hop = int(told.get("hop_length", self.window // 2))

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The recording cleaned: mono, at the network's rate. Data: `{"seconds", "rate_hz"}`."""
        refuse_part(self.card, call)
        path = required_path(call, "audio")
        total = audio_seconds(path)
        blocks = audio_blocks(path, self.rate_hz, _BLOCK_S, should_stop)
        with wav_writer(call, self.rate_hz) as writer, running_library(self.card):
            for piece in self._cleaned(blocks, should_stop):
                writer.write(piece)
                on_progress(
                    min(1.0, writer.seconds / total) if total else None,
                    f"{writer.seconds:.0f} seconds cleaned",
                )
        return (writer.resource({"seconds": round(writer.seconds, 2), "rate_hz": self.rate_hz}),)

    def close(self) -> None:
        """Let go of the network."""
        self.session = None

    def _cleaned(self, blocks: Iterator[Samples], should_stop: ShouldStop) -> Iterator[Samples]:
        """Short-time spectra through the network and back, overlapped and added: each sample in its place."""
        import numpy as np

        shape = np.sqrt(np.hanning(self.window + 1)[:-1]).astype(
            np.float32
        )  # squares sum to 1 at half overlap
        state = self._silence()
        waiting = np.zeros(self.window // 2, dtype=np.float32)  # so that the first sample lies in the middle
        tail = np.zeros(self.window, dtype=np.float32)
        skip, given, received = self.window // 2, 0, 0
        for block, last in _with_last(blocks):
            received += block.shape[0]
            waiting = np.concatenate([waiting, block])
            if last:
                waiting = np.concatenate([waiting, np.zeros(2 * self.window, dtype=np.float32)])
            made: list[Samples] = []
            while waiting.shape[0] >= self.window:
                if len(made) % _FRAMES_AT_ONCE == 0:
                    stop_if(should_stop)
                spectrum = np.fft.rfft(waiting[: self.window] * shape)
                cleaned, state = self._step(spectrum, state)
                tail += np.fft.irfft(cleaned, n=self.window).astype(np.float32) * shape
                made.append(tail[: self.hop].copy())
                tail = np.concatenate([tail[self.hop :], np.zeros(self.hop, dtype=np.float32)])
                waiting = waiting[self.hop :]
            joined = np.concatenate([*made, np.zeros(0, dtype=np.float32)])[skip:]
            skip = max(0, skip - sum(piece.shape[0] for piece in made))
            joined = joined[: received - given]
            given += joined.shape[0]
            yield joined

    def _silence(self) -> list[Any]:
        """The network's state before the first spectrum."""
        import numpy as np

        return [np.zeros(put.shape, dtype=np.float32) for put in self.session.get_inputs()[1:]]

    def _step(self, spectrum: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        import numpy as np

        mix = np.stack([spectrum.real, spectrum.imag], axis=-1).astype(np.float32)[
            None, :, None, :
        ]  # (1, F, 1, 2)
        names = [put.name for put in self.session.get_inputs()]
        cleaned, *after = self.session.run(None, dict(zip(names, [mix, *state], strict=True)))
        return cleaned[0, :, 0, 0] + 1j * cleaned[0, :, 0, 1], after


def _with_last(blocks: Iterator[Samples]) -> Iterator[tuple[Samples, bool]]:
    """Each block, and whether it is the last one."""
    before = next(blocks)
    for block in blocks:
        yield before, False
        before = block
    yield before, True


def load(card: ModelCard, device: str) -> Expert:
    """The network in onnxruntime, on the processor: it is far faster than real time there.

    Raises:
        ModelDamaged: it is no streaming network of this kind.
    """
    path = model_file(card, str(card.options.get("model", "model.onnx")))
    with loading(card):
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the steps are too small to be shared
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        puts, gets = session.get_inputs(), session.get_outputs()
        if len(puts) < 2 or len(puts) != len(gets) or any(not isinstance(n, int) for n in puts[0].shape):
            raise ValueError("the network does not take one spectrum and a state")
        return Denoiser(card, session, path.stat().st_size)
