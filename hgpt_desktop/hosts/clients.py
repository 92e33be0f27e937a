"""The program's side of the two hosts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HostDied
from hgpt_desktop.core.interfaces import (
    Choice,
    Generation,
    Loaded,
    OnProgress,
    OnText,
    Prompt,
)
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.hosts.process import HostProcess, OnReply, usable_cores
from hgpt_desktop.hosts.protocol import (
    ChooseText,
    LlmLoaded,
    LoadModel,
    Progress,
    TextChunk,
    WriteText,
)

LLAMA_MODULE = "hgpt_desktop.hosts.llama_host"
EXPERT_MODULE = "hgpt_desktop.hosts.expert_host"


class LlamaClient:
    """The controller host: implements `ChatHost`. The process starts at the first load.

    Args:
        state_dir: where evaluated prompt beginnings are kept between starts.
        log_path: gets what the process prints.
        context_tokens: the size of the context; a model's own limit is kept.
        threads: for evaluation; None takes the usable cores.
        grace_s: how long a cancelled call may take before the process is ended.

    Threads: any.
    """

    def __init__(
        self,
        state_dir: Path,
        log_path: Path,
        context_tokens: int,
        threads: int | None = None,
        grace_s: float = 5.0,
    ) -> None:
        threads = threads or usable_cores()
        self._wanted_context_tokens = context_tokens
        self._process = HostProcess(
            LLAMA_MODULE, "the language model's process", log_path, grace_s,
            (str(context_tokens), str(threads), str(state_dir)), threads,
        )  # fmt: skip
        self._here: tuple[int, LlmLoaded] | None = None  # in which incarnation of the process

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """See `ChatHost.load`."""
        here = self._current()
        if here is not None and here.loaded.model_id == card.id:
            cancel.raise_if_cancelled()
            return here.loaded
        self._here = None
        loaded: LlmLoaded = self._process.call(
            "load", LoadModel(card, device), cancel, _progress_to(on_progress)
        )
        self._here = (self._process.incarnation, loaded)
        cancel.raise_if_cancelled()
        return loaded.loaded

    def unload(self, model_id: str) -> None:
        """See `ChatHost.unload`."""
        if model_id not in self.loaded():
            return
        self._here = None
        _quietly_unload(self._process, model_id)

    def loaded(self) -> frozenset[str]:
        """See `ChatHost.loaded`."""
        here = self._current()
        return frozenset() if here is None else frozenset({here.loaded.model_id})

    def close(self) -> None:
        """See `ChatHost.close`."""
        self._here = None
        self._process.close()

    @property
    def model_id(self) -> str:
        """See `ChatModel.model_id`."""
        return self._require().loaded.model_id

    @property
    def context_tokens(self) -> int:
        """See `ChatModel.context_tokens`; before a model is loaded, what is wanted."""
        here = self._current()
        return self._wanted_context_tokens if here is None else here.context_tokens

    def count_tokens(self, text: str) -> int:
        """See `ChatModel.count_tokens`."""
        self._require()
        return int(self._process.call("count", text, CancelToken(), start=False))

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        """See `ChatModel.choose`. Raises ValueError where the options are not what it asks for."""
        _check_options(options)
        self._require()
        choice: Choice = self._process.call("choose", ChooseText(prompt, tuple(options)), cancel, start=False)
        cancel.raise_if_cancelled()
        return choice

    def generate(
        self,
        prompt: Prompt,
        cancel: CancelToken,
        *,
        grammar: str | None = None,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        on_text: OnText | None = None,
    ) -> Generation:
        """See `ChatModel.generate`."""
        self._require()
        wanted = WriteText(prompt, grammar, max_tokens, temperature, seed, tuple(stop), on_text is not None)

        def on_reply(reply: Progress | TextChunk) -> None:
            if on_text is not None and isinstance(reply, TextChunk):
                on_text(reply.text)

        generation: Generation = self._process.call("generate", wanted, cancel, on_reply, start=False)
        cancel.raise_if_cancelled()
        return generation

    def _current(self) -> LlmLoaded | None:
        here = self._here
        return here[1] if here is not None and here[0] == self._process.incarnation else None

    def _require(self) -> LlmLoaded:
        here = self._current()
        if here is None:
            raise HostDied("No language model is loaded.", "Try again: it is loaded anew.")
        return here


def _check_options(options: Sequence[str]) -> None:
    if not options or not all(options):
        raise ValueError("there must be options, and none may be empty")
    ordered = sorted(options)
    for one, following in itertools.pairwise(ordered):
        if following.startswith(one):
            raise ValueError(f"the option {one!r} begins the option {following!r}")


def _progress_to(on_progress: OnProgress) -> OnReply:
    def on_reply(reply: Progress | TextChunk) -> None:
        if isinstance(reply, Progress):
            on_progress(reply.progress, reply.message)

    return on_reply


def _quietly_unload(process: HostProcess, model_id: str) -> None:
    try:
        process.call("unload", model_id, CancelToken(), start=False)
    except HostDied:
        return  # then its memory is free as well
