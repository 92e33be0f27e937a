"""What the controller host can be asked to do, on whatever engine it is given."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from hgpt_desktop.core.errors import Cancelled, HostDied, ModelDamaged, ModelMissing
from hgpt_desktop.core.interfaces import Loaded
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.hosts.choosing import choose
from hgpt_desktop.hosts.engine import Engine, Sampling, Stopped
from hgpt_desktop.hosts.generating import GenerateOptions, generate
from hgpt_desktop.hosts.kept_context import KeptContext
from hgpt_desktop.hosts.prompt_states import PromptStates
from hgpt_desktop.hosts.protocol import ChooseText, HostMemory, LlmLoaded, LoadModel, Spoken, WriteText
from hgpt_desktop.hosts.serving import Calling, Handler


class OpenEngine(Protocol):
    """Brings a model into memory."""

    def __call__(
        self,
        path: Path,
        file_identity: str,
        device: str,
        on_progress: Callable[[float], bool],
        gpu_layers: int = -1,
    ) -> Engine:
        """The model of a GGUF file.

        Args:
            file_identity: tells this file from others.
            device: `cpu` or `cuda:N`.
            on_progress: gets 0..1 while the file is read; returning False gives up.
            gpu_layers: how many layers a GPU holds; -1: all of them.

        Raises:
            Cancelled: `on_progress` returned False.
            ModelDamaged, OutOfMemory, EnvironmentFault: it cannot be loaded.
        """


class LlmVerbs:
    """The verbs of the controller host. Threads: one at a time.

    Args:
        states: where evaluated prompt beginnings are kept.
    """

    def __init__(self, open_engine: OpenEngine, states: PromptStates) -> None:
        self._open_engine = open_engine
        self._states = states
        self._engine: Engine | None = None
        self._context: KeptContext | None = None
        self._loaded: LlmLoaded | None = None

    @property
    def handlers(self) -> dict[str, Handler]:
        """The verbs by name."""
        return {
            "load": self.load,
            "unload": self.unload,
            "count": self.count,
            "choose": self.choose,
            "generate": self.generate,
            "memory": self.memory,
        }

    def load(self, wanted: LoadModel, calling: Calling) -> LlmLoaded:
        """Load the model in place of another one."""
        if self._loaded is not None and self._loaded.loaded.model_id == wanted.card.id:
            return self._loaded
        self.unload(None, calling)
        path = model_file(wanted.card)
        started = time.monotonic()

        def on_progress(progress: float) -> bool:
            calling.progress(progress, f"Loading {wanted.card.name}")
            return not calling.should_stop()

        layers = int(wanted.card.options.get("gpu_layers", -1))
        identity = _file_identity(wanted.card, path)
        engine = self._open_engine(path, identity, wanted.device, on_progress, layers)
        if calling.should_stop():
            engine.close()
            raise Cancelled
        self._engine = engine
        self._context = KeptContext(engine, self._states)
        loaded = Loaded(wanted.card.id, wanted.device, engine.resident_bytes, time.monotonic() - started)
        self._loaded = LlmLoaded(loaded, engine.context_tokens)
        return self._loaded

    def unload(self, model_id: str | None, _: Calling) -> None:
        """Give the memory back, if it is this model's (None: whichever it is)."""
        if self._engine is None or self._loaded is None:
            return
        if model_id is None or self._loaded.loaded.model_id == model_id:
            self._engine.close()
            self._engine = self._context = self._loaded = None

    def memory(self, device: str, _: Calling) -> HostMemory:
        """What weights, context and buffers take on the device. May be asked beside another call."""
        loaded = self._loaded
        if loaded is None or loaded.loaded.device != device:
            return HostMemory(0, 0)
        return HostMemory(loaded.loaded.resident_bytes, loaded.loaded.resident_bytes)

    def count(self, text: str, _: Calling) -> int:
        """How many tokens a text has."""
        return len(self._here()[0].tokenize(text, control=False))

    def choose(self, wanted: ChooseText, calling: Calling) -> Spoken:
        """See `ChatModel.choose`."""
        engine, context = self._here()
        with _stops_are_cancels():
            choice = choose(engine, context, wanted.prompt, wanted.options, calling.should_stop)
        return Spoken(choice, context.prefix_s)

    def generate(self, wanted: WriteText, calling: Calling) -> Spoken:
        """See `ChatModel.generate`."""
        engine, context = self._here()
        options = GenerateOptions(
            Sampling(wanted.temperature, wanted.seed, wanted.grammar), wanted.max_tokens, wanted.stop
        )
        on_text = calling.text if wanted.stream else lambda _: None
        with _stops_are_cancels():
            text = generate(engine, context, wanted.prompt, options, on_text, calling.should_stop)
        return Spoken(text, context.prefix_s)

    def _here(self) -> tuple[Engine, KeptContext]:
        if self._engine is None or self._context is None:
            raise HostDied("No language model is loaded.", "Try again: it is loaded anew.")
        return self._engine, self._context


def model_file(card: ModelCard) -> Path:
    """The GGUF file to open.

    Raises:
        ModelMissing: it is not installed.
        ModelDamaged: a file is missing, has the wrong size or is something else.
    """
    hint = f"Mend it with `hgpt models repair {card.id}`."
    if card.folder is None:
        raise ModelMissing(f"The model {card.id} is not installed.", f"Run `hgpt models install {card.id}`.")
    parts = [file for file in card.files if file.path.endswith(".gguf")]
    if not parts:
        raise ModelDamaged(f"The model {card.id} has no GGUF file.", hint)
    for part in parts:
        path = card.folder / part.path
        try:
            with path.open("rb") as file:
                magic = file.read(4)
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise ModelDamaged(
                f"The file {path.name} of the model {card.id} cannot be read.", hint, str(error)
            ) from error
        if magic != b"GGUF" or (part.size_bytes is not None and size != part.size_bytes):
            raise ModelDamaged(
                f"The file {path.name} of the model {card.id} is damaged.", hint,
                f"{path}: begins with {magic!r}, {size} bytes, {part.size_bytes} expected",
            )  # fmt: skip
    return card.folder / parts[0].path


def _file_identity(card: ModelCard, path: Path) -> str:
    hashes = [file.sha256 for file in card.files if file.path.endswith(".gguf")]
    if all(hashes):
        return ",".join(str(one) for one in hashes)
    status = path.stat()
    return f"{path}:{status.st_size}:{status.st_mtime_ns}"


@contextmanager
def _stops_are_cancels() -> Iterator[None]:
    try:
        yield
    except Stopped:
        raise Cancelled from None
