"""Footprints from headers and measurements: weights exactly, peaks learned, priors where nothing is known."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Loaded
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.footprints import Footprint, load_s_prior
from hgpt_desktop.runtime.headers import Weights, key_value_bytes, onnx_weights, safetensors_weights
from hgpt_desktop.runtime.ladder import PEAK_SHARE, WEIGHTS_SHARE, rung_of
from hgpt_desktop.runtime.measurements import Measurements, bucket_of

log = logging.getLogger(__name__)

ReadGguf = Callable[[Path], tuple[Mapping[str, object], int]]
"""Gives the metadata of a GGUF file and the bytes of its weights; raises `InvalidInput`."""

_UNKNOWN_PEAK_SHARE = 0.3  # of the weights, for a card that states no memory
_LEAST_PEAK_BYTES = 64 * 2**20
_FLOAT_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}


class LearnedFootprints:
    """A `FootprintSource` that reads headers and learns from every load and run.

    Args:
        measurements: where what was seen is kept.
        read_gguf: reads the header of a GGUF file.
        context_tokens: the context that an LLM is loaded with.

    Threads: any.
    """

    def __init__(self, measurements: Measurements, read_gguf: ReadGguf, context_tokens: int) -> None:
        self._measurements = measurements
        self._read_gguf = read_gguf
        self._context_tokens = context_tokens
        self._lock = threading.Lock()
        self._headers: dict[tuple[str, int, int], int] = {}  # weights by file, its time and wanted precision
        self._known: dict[tuple[str, str, str], dict[int | None, Footprint]] = {}  # by size of the input

    def footprint(self, card: ModelCard, device: str, input_bytes: int | None = None) -> Footprint:
        """See `FootprintSource.footprint`."""
        key = (card.id, device, precision_of(card, device))
        bucket = None if input_bytes is None else bucket_of(input_bytes)
        with self._lock:
            known = self._known.setdefault(key, {}).get(bucket)
        if known is None or not card.installed:
            known = self._estimate(card, device, input_bytes)
            if card.installed:
                with self._lock:
                    self._known.setdefault(key, {})[bucket] = known
        return known

    def learn_load(self, card: ModelCard, loaded: Loaded) -> None:
        """See `FootprintSource.learn_load`."""
        precision = precision_of(card, loaded.device)
        self._measurements.add_load(card.id, loaded.device, precision, loaded.resident_bytes, loaded.load_s)
        self._forget(card, loaded.device)

    def learn_run(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        """See `FootprintSource.learn_run`."""
        precision = precision_of(card, device)
        self._measurements.add_run(card.id, device, precision, input_bytes, peak_bytes)
        self._forget(card, device)

    def learn_prefix(self, model_id: str, device: str, prefix_s: float) -> None:
        """An LLM that comes back needs so long for the beginning of its prompt, too."""
        self._measurements.keep_prefix(model_id, device, prefix_s)
        with self._lock:
            for key in [key for key in self._known if key[:2] == (model_id, device)]:
                del self._known[key]

    def _forget(self, card: ModelCard, device: str) -> None:
        with self._lock:
            self._known.pop((card.id, device, precision_of(card, device)), None)

    # ------------------------------------------------------------ estimates

    def _estimate(self, card: ModelCard, device: str, input_bytes: int | None) -> Footprint:
        precision, rung = precision_of(card, device), rung_of(card)
        whole_bytes = self.weights_bytes(card, device)
        seen = self._measurements.loads(card.id, device, precision)
        if seen is None:
            weights_bytes = int(whole_bytes * WEIGHTS_SHARE.get(rung, 1.0))
            load_s = load_s_prior(whole_bytes)
        else:
            weights_bytes, load_s = seen.resident_bytes, seen.load_s
            if not WEIGHTS_SHARE.get(rung):  # what a library says about itself leaves out its buffers
                weights_bytes = max(weights_bytes, whole_bytes)
        peak_bytes = self._measurements.peak_bytes(card.id, device, precision, input_bytes)
        if peak_bytes is None:
            prior_bytes = max(_LEAST_PEAK_BYTES, int(whole_bytes * _UNKNOWN_PEAK_SHARE))
            if card.memory_bytes:
                prior_bytes = max(0, card.memory_bytes - whole_bytes)
            peak_bytes = int(prior_bytes * PEAK_SHARE.get(rung, 1.0))
        load_s += self._measurements.prefix_s(card.id, device)
        return Footprint(weights_bytes, peak_bytes, load_s)

    def weights_bytes(self, card: ModelCard, device: str) -> int:
        """The weights of an installed model by its headers, the key/value cache of an LLM included.

        A model that is not there, or of another format, is judged by the sizes of its files, and by what its
        card states where these are not known.
        """
        total = 0
        for file in card.files:
            path = None if card.folder is None else card.folder / file.path
            if path is not None and path.is_file():
                total += self._file_bytes(path, card, device)
            else:
                total += file.size_bytes or 0
        return total or card.memory_bytes or card.size_bytes

    def _file_bytes(self, path: Path, card: ModelCard, device: str) -> int:
        if path.suffix not in _READERS and path.suffix != ".gguf":
            return path.stat().st_size if path.suffix in _OTHER_WEIGHTS else 0
        wanted = _float_bytes(card, device)
        key = (str(path), path.stat().st_mtime_ns, wanted or 0)
        with self._lock:
            kept = self._headers.get(key)
        if kept is None:
            kept = self._read(path, wanted)
            with self._lock:
                self._headers[key] = kept
        return kept

    def _read(self, path: Path, float_bytes: int | None) -> int:
        try:
            if path.suffix == ".gguf":
                return self._read_gguf_once(path)
            return _READERS[path.suffix](path).loaded_bytes(float_bytes)
        except (InvalidInput, ValueError, KeyError, TypeError, OSError) as error:
            log.warning("The header of %s cannot be read: %s", path, error)
            return path.stat().st_size

    def _read_gguf_once(self, path: Path) -> int:
        """Weights and key/value cache; the vocabulary in the header takes a second to pass over."""
        kept = self._measurements.header(path, self._context_tokens)
        if kept is None:
            header, weights_bytes = self._read_gguf(path)
            kept = weights_bytes + key_value_bytes(header, self._context_tokens)
            self._measurements.keep_header(path, self._context_tokens, kept)
        return kept


_READERS: Mapping[str, Callable[[Path], Weights]] = {
    ".safetensors": safetensors_weights,
    ".onnx": onnx_weights,
}
_OTHER_WEIGHTS = frozenset({".bin", ".pt", ".pth", ".ckpt", ".h5", ".npz"})


def precision_of(card: ModelCard, device: str) -> str:
    """Tells apart the ways in which a model can be loaded on a device, for measurements."""
    return f"{card.options.get('dtype', 'default')} {rung_of(card).name}"


def _float_bytes(card: ModelCard, device: str) -> int | None:
    """How large a floating-point number of the loaded model is; None: as in the file."""
    if name := card.options.get("dtype"):
        return _FLOAT_BYTES.get(str(name))
    if card.loader.startswith(("transformers-", "diffusers-")):
        return 2 if device.startswith("cuda") else 4
    return None
