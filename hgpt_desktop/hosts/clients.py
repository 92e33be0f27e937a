"""The program's side of the two hosts."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError, HostDied
from hgpt_desktop.core.interfaces import (
    Choice,
    ExpertCall,
    ExpertOutcome,
    Generation,
    Loaded,
    OnProgress,
    OnText,
    Prompt,
)
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.registry import family_of
from hgpt_desktop.hosts.process import HostProcess, OnReply
from hgpt_desktop.hosts.protocol import (
    ChooseText,
    Failure,
    HostMemory,
    LlmLoaded,
    LoadModel,
    Progress,
    RunExpert,
    RunTogether,
    Spoken,
    TextChunk,
    WriteText,
)
from hgpt_desktop.hosts.surroundings import usable_cores

OnPrefix = Callable[[str, str, float], object]
LLAMA_MODULE = "hgpt_desktop.hosts.llama_host"
SIGHT_MODULE = "hgpt_desktop.hosts.sight_host"
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
            LLAMA_MODULE, "The language model's process", log_path, grace_s,
            (str(context_tokens), str(threads), str(state_dir)), threads,
        )  # fmt: skip
        self._turn = _Turn()
        self._here: tuple[int, LlmLoaded] | None = None  # in which incarnation of the process
        self.on_prefix: OnPrefix = lambda model_id, device, prefix_s: None
        """Told how long it takes to bring the prompt's stable beginning back once the model was put out."""
        self._told_prefix_s: float | None = None

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """See `ChatHost.load`."""
        with self._turn.taken(cancel):
            here = self._current()
            if here is not None and here.loaded.model_id == card.id:
                return here.loaded
            self._here = None
            wanted = LoadModel(card, device)
            undo = ("unload", card.id)
            answer = self._process.call("load", wanted, cancel, _progress_to(on_progress), undo=undo)
            if cancel.cancelled:  # the two crossed on the way
                _unload(self._process, card.id)
                cancel.raise_if_cancelled()
            self._here = (answer.incarnation, answer.value)
            loaded: LlmLoaded = answer.value
            return loaded.loaded

    def unload(self, model_id: str) -> None:
        """See `ChatHost.unload`."""
        with self._turn.taken(CancelToken()):
            if model_id in self.loaded():
                self._here = None
                _unload(self._process, model_id)

    def loaded(self) -> frozenset[str]:
        """See `ChatHost.loaded`."""
        here = self._current()
        return frozenset() if here is None else frozenset({here.loaded.model_id})

    def memory(self, device: str) -> HostMemory:
        """What the host holds on the device now; nothing where it does not run."""
        return _memory_of(self._process, device)

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
        return int(self._process.call("count", text, CancelToken(), start=False).value)

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        """See `ChatModel.choose`. Raises ValueError where the options are not what it asks for."""
        _check_options(options)
        self._require()
        wanted = ChooseText(prompt, tuple(options))
        answer = self._process.call("choose", wanted, cancel, start=False)
        choice: Choice = self._spoken(answer.value)
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

        answer = self._process.call("generate", wanted, cancel, on_reply, start=False)
        generation: Generation = self._spoken(answer.value)
        cancel.raise_if_cancelled()
        return generation

    def _spoken(self, spoken: Spoken) -> Any:
        here = self._current()
        if spoken.prefix_s is not None and spoken.prefix_s != self._told_prefix_s and here is not None:
            self._told_prefix_s = spoken.prefix_s
            self.on_prefix(here.loaded.model_id, here.loaded.device, spoken.prefix_s)
        return spoken.value

    def _current(self) -> LlmLoaded | None:
        here = self._here
        return here[1] if here is not None and here[0] == self._process.incarnation else None

    def _require(self) -> LlmLoaded:
        here = self._current()
        if here is None:
            raise HostDied("No language model is loaded.", "Try again: it is loaded anew.")
        return here


class ExpertClient:
    """A host of experts: implements `ExpertBackend`. The process starts at the first load.

    Args:
        log_path: gets what the process prints.
        module: which host it is: the experts', or that of language models that read pictures.
        grace_s: how long a cancelled call may take before the process is ended, with all its models.
        threads: for the libraries; None takes the usable cores.

    Threads: any.
    """

    def __init__(
        self,
        log_path: Path,
        grace_s: float = 5.0,
        threads: int | None = None,
        module: str | None = None,
    ) -> None:
        self._process = HostProcess(
            module or EXPERT_MODULE, "The experts' process", log_path, grace_s, threads=threads
        )
        self._turn = _Turn()
        self._held: dict[str, tuple[int, Loaded]] = {}  # with the incarnation of the process

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """See `ExpertBackend.load`."""
        with self._turn.taken(cancel):
            if card.id in self.loaded():
                return self._held[card.id][1]
            wanted = LoadModel(card, device)
            undo = ("unload", card.id)
            answer = self._process.call("load", wanted, cancel, _progress_to(on_progress), undo=undo)
            if cancel.cancelled:  # the two crossed on the way
                _unload(self._process, card.id)
                cancel.raise_if_cancelled()
            self._held[card.id] = (answer.incarnation, answer.value)
            loaded: Loaded = answer.value
            return loaded

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        """See `ExpertBackend.run`."""
        wanted = RunExpert(card, call)
        outcome: ExpertOutcome = self._process.call(
            "run", wanted, cancel, _progress_to(on_progress), start=False
        ).value
        cancel.raise_if_cancelled()
        return outcome

    def most_together(self, card: ModelCard) -> int:
        """See `Batches.most_together`."""
        family = family_of(card.loader)
        return 1 if family is None else family.batches

    def run_together(
        self, card: ModelCard, calls: Sequence[ExpertCall], on_progress: OnProgress, cancel: CancelToken
    ) -> tuple[ExpertOutcome | HgptError, ...]:
        """See `Batches.run_together`."""
        wanted = RunTogether(card, tuple(calls))
        answers: tuple[ExpertOutcome | Failure, ...] = self._process.call(
            "run_together", wanted, cancel, _progress_to(on_progress), start=False
        ).value
        cancel.raise_if_cancelled()
        return tuple(_or_error(answer) for answer in answers)

    def unload(self, model_id: str) -> None:
        """See `ExpertBackend.unload`. Waits for the end of a run of that model."""
        with self._turn.taken(CancelToken()):
            if model_id in self.loaded():
                _unload(self._process, model_id)
            self._held.pop(model_id, None)

    def loaded(self) -> frozenset[str]:
        """See `ExpertBackend.loaded`."""
        incarnation = self._process.incarnation
        held = list(self._held.items())
        return frozenset(model_id for model_id, (number, _) in held if number == incarnation)

    def memory(self, device: str) -> HostMemory:
        """What the host holds on the device now; nothing where it does not run."""
        return _memory_of(self._process, device)

    def close(self) -> None:
        """See `ExpertBackend.close`."""
        self._process.close()


def _or_error(answer: ExpertOutcome | Failure) -> ExpertOutcome | HgptError:
    if isinstance(answer, ExpertOutcome):
        return answer
    error = answer.to_exception()
    return error if isinstance(error, HgptError) else HgptError("This part was stopped.", "Try again.")


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


def _memory_of(process: HostProcess, device: str) -> HostMemory:
    try:
        held: HostMemory = process.call("memory", device, CancelToken(), start=False).value
    except HostDied:
        return HostMemory(0, 0)
    return held


def _unload(process: HostProcess, model_id: str) -> None:
    try:
        process.call("unload", model_id, CancelToken(), start=False)
    except HostDied:
        return  # then its memory is free as well


class _Turn:
    """Lets one thread in after another; who waits can be cancelled."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False

    @contextmanager
    def taken(self, cancel: CancelToken) -> Iterator[None]:
        """Have the turn for the length of the block. Raises `Cancelled` instead of waiting on."""
        with cancel.on_cancel(self._wake), self._changed:
            while self._taken:
                cancel.raise_if_cancelled()
                self._changed.wait()
            cancel.raise_if_cancelled()
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
