"""The controller host: holds one LLM with llama.cpp. The only file that names llama_cpp.

Runs as a process of its own (`main`); calls are served one after another.
"""

from __future__ import annotations

import collections
import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hgpt_desktop.core.errors import (
    Cancelled,
    EnvironmentFault,
    ExecutionFailed,
    HgptError,
    ModelDamaged,
    OutOfMemory,
)
from hgpt_desktop.hosts.engine import Sampling, ShouldStop, Stopped
from hgpt_desktop.hosts.llama_sight import LlamaSight
from hgpt_desktop.hosts.llm_verbs import LlmVerbs
from hgpt_desktop.hosts.prompt_states import PromptStates
from hgpt_desktop.hosts.protocol import Call
from hgpt_desktop.hosts.serving import Serving, begin

_BATCH_TOKENS = 512
_WORKING_BYTES = 128 * 2**20
"""What an evaluation takes besides weights and context, roughly."""
_VOCAB_TYPE_SPM = 1
_ABORTED = 2
_LOG_DEBUG, _LOG_COMPLAINTS, _LOG_GOES_ON = 1, {3, 4}, 5  # as ggml.h numbers them


class LlamaEngine:
    """A model in memory with one context of one sequence; implements `engine.Engine`.

    Args:
        path: the GGUF file.
        file_identity: tells this file from others, for the states kept on disk.
        device: `cpu` or `cuda:N`; the latter counts where the library was built for it.
        context_tokens: the size wanted; the model's own limit is kept.
        on_progress: gets 0..1 while the file is read; returning False gives up.
        gpu_layers: how many layers a GPU holds; -1: all of them.

    Raises:
        Cancelled: `on_progress` returned False.
        ModelDamaged, OutOfMemory, EnvironmentFault: it cannot be loaded.
    """

    def __init__(
        self,
        path: Path,
        file_identity: str,
        device: str,
        context_tokens: int,
        threads: int,
        on_progress: Callable[[float], bool],
        gpu_layers: int = -1,
    ) -> None:
        self._native = _native()
        self._should_stop: ShouldStop = lambda: False
        self._length = 0
        self._model: Any = None
        self._context: Any = None
        self.on_gpu = on_gpu = device.startswith("cuda") and self._native.llama_supports_gpu_offload()
        _last_complaints.clear()
        self._gpu_layers = gpu_layers if on_gpu else 0
        self._model = self._load_model(path, device if on_gpu else "cpu", on_progress)
        try:
            self._vocab = self._native.llama_model_get_vocab(self._model)
            self._vocab_tokens = int(self._native.llama_vocab_n_tokens(self._vocab))
            wanted = min(context_tokens, self._native.llama_model_n_ctx_train(self._model) or context_tokens)
            self._context = self._make_context(wanted, threads, on_gpu)
        except BaseException:
            self.close()
            raise
        self._memory = self._native.llama_get_memory(self._context)
        self.context_tokens = int(self._native.llama_n_ctx(self._context))
        self.identity = "|".join(
            [
                _version(),
                file_identity,
                str(self.context_tokens),
                str(_BATCH_TOKENS),
                device if on_gpu else "cpu",
            ]
        )

    def _load_model(self, path: Path, device: str, on_progress: Callable[[float], bool]) -> Any:
        native = self._native
        params = native.llama_model_default_params()
        given_up = False

        def report(progress: float, _: object) -> bool:
            nonlocal given_up
            given_up = given_up or not on_progress(progress)
            return not given_up

        callback = native.llama_progress_callback(report)
        params.progress_callback = callback
        params.load_mode = native.LLAMA_LOAD_MODE_MMAP
        params.n_gpu_layers = self._gpu_layers
        params.use_extra_bufts = not _has_amx(native)
        if device != "cpu":
            params.split_mode = native.LLAMA_SPLIT_MODE_NONE
            params.main_gpu = int(device.partition(":")[2] or 0)
        model = native.llama_model_load_from_file(_encoded(path), params)
        if given_up:
            if model:
                native.llama_model_free(model)
            raise Cancelled
        if not model:
            raise _loading_error(path)
        return model

    def _make_context(self, context_tokens: int, threads: int, on_gpu: bool) -> Any:
        native = self._native
        params = native.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = _BATCH_TOKENS
        params.n_outputs_max = 1  # the logits of one token are ever asked for; 512 rows take 300 MB
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = native.LLAMA_FLASH_ATTN_TYPE_AUTO
        params.offload_kqv = params.op_offload = on_gpu
        self._abort = native.ggml_abort_callback(lambda _: self._should_stop())
        params.abort_callback = self._abort
        context = native.llama_init_from_model(self._model, params)
        if not context:
            raise OutOfMemory(
                f"There is not enough memory for a context of {context_tokens:,} tokens.",
                "Close other programs, or set a smaller context.", "\n".join(_last_complaints),
            )  # fmt: skip
        return context

    def open_sight(self, path: Path, threads: int, most_tokens: int) -> LlamaSight:
        """A projector beside the model; see `LlamaSight`."""
        _last_complaints.clear()
        sight = LlamaSight(_mtmd(), self, threads, most_tokens)
        if not sight.open(_encoded(path)):
            sight.close()
            raise _loading_error(path)
        return sight

    @property
    def handles(self) -> tuple[Any, Any]:
        """The library's model and context."""
        return self._model, self._context

    def close(self) -> None:
        """Give all memory back; nothing else may be called afterwards."""
        if self._context:
            self._native.llama_free(self._context)
            self._context = None
        if self._model:
            self._native.llama_model_free(self._model)
            self._model = None

    @property
    def resident_bytes(self) -> int:
        """What weights, context and an evaluation take, an estimate."""
        native, model = self._native, self._model
        per_token = 4 * native.llama_model_n_layer(model) * native.llama_model_n_head_kv(model)
        head = native.llama_model_n_embd(model) // max(1, native.llama_model_n_head(model))
        return int(native.llama_model_size(model) + per_token * head * self.context_tokens + _WORKING_BYTES)

    # ------------------------------------------------------------ text and tokens

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        if not text:
            return []
        if not control and self._native.llama_vocab_type(self._vocab) == _VOCAB_TYPE_SPM:
            # this kind puts a space before every text; after a line break it does not
            anchor = self._tokenize("\n", control=False)
            tokens = self._tokenize("\n" + text, control=False)
            if tokens[: len(anchor)] == anchor:
                return tokens[len(anchor) :]
        return self._tokenize(text, control)

    def _tokenize(self, text: str, control: bool) -> list[int]:
        content = text.encode("utf-8", "replace")
        room = len(content) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self._native.llama_tokenize(self._vocab, content, len(content), tokens, room, False, control)
        if count < 0:
            tokens = (ctypes.c_int32 * -count)()
            count = self._native.llama_tokenize(
                self._vocab, content, len(content), tokens, -count, False, control
            )
        return list(tokens[:count])

    def first_token(self) -> int | None:
        if not self._native.llama_vocab_get_add_bos(self._vocab):
            return None
        token = int(self._native.llama_vocab_bos(self._vocab))
        return token if token >= 0 else None

    def piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        size = self._native.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = self._native.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[:size]

    def render(self, roles: Sequence[str], contents: Sequence[str]) -> str | None:
        native = self._native
        template = native.llama_model_chat_template(self._model, None)
        if not template:
            return None
        chat = (native.llama_chat_message * len(roles))()
        for at, (role, content) in enumerate(zip(roles, contents, strict=True)):
            chat[at] = native.llama_chat_message(role.encode(), content.encode())
        room = 256 + 4 * sum(map(len, contents))
        while True:
            buffer = ctypes.create_string_buffer(room)
            size = native.llama_chat_apply_template(template, chat, len(chat), True, buffer, room)
            if size < 0:
                return None
            if size <= room:
                return buffer.raw[:size].decode("utf-8", "replace")
            room = size

    # ------------------------------------------------------------ the context

    @property
    def length(self) -> int:
        return self._length

    @length.setter
    def length(self, length: int) -> None:
        self._length = length

    def append(self, tokens: Sequence[int], should_stop: ShouldStop) -> None:
        with self.stopping(should_stop):
            for at in range(0, len(tokens), _BATCH_TOKENS):
                if should_stop():
                    raise Stopped
                part = tokens[at : at + _BATCH_TOKENS]
                array = (ctypes.c_int32 * len(part))(*part)  # the batch only points to it
                batch = self._native.llama_batch_get_one(array, len(part))
                code = self._native.llama_decode(self._context, batch)
                if code == 0:
                    self._length += len(part)
                    continue
                self.truncate(self._length)
                if code == _ABORTED:
                    raise Stopped
                raise ExecutionFailed(
                    "The language model could not evaluate the text.", "Try again.",
                    f"llama_decode gave {code}\n" + "\n".join(_last_complaints),
                )  # fmt: skip

    @contextmanager
    def stopping(self, should_stop: ShouldStop) -> Iterator[None]:
        """Let whatever is evaluated in the block stop when asked."""
        self._should_stop = should_stop
        try:
            yield
        finally:
            self._should_stop = lambda: False

    def truncate(self, length: int) -> bool:
        if length and self._native.llama_memory_seq_rm(self._memory, 0, length, -1):
            self._length = length
            return True
        self._native.llama_memory_clear(self._memory, True)
        self._length = 0
        return length == 0

    def logits_of(self, tokens: Sequence[int]) -> list[float]:
        logits = self._native.llama_get_logits_ith(self._context, -1)
        return [float(logits[token]) for token in tokens]

    def save(self, path: Path, tokens: Sequence[int]) -> bool:
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        written = self._native.llama_state_seq_save_file(self._context, _encoded(path), 0, array, len(tokens))
        return bool(written)

    def restore(self, path: Path, tokens: Sequence[int]) -> bool:
        self.truncate(0)
        array = (ctypes.c_int32 * len(tokens))()
        count = ctypes.c_size_t()
        read = self._native.llama_state_seq_load_file(
            self._context, _encoded(path), 0, array, len(tokens), ctypes.byref(count)
        )
        if not read or list(array[: count.value]) != list(tokens):
            self.truncate(0)
            return False
        self._length = len(tokens)
        return True

    def sampler(self, sampling: Sampling) -> LlamaSampler:
        return LlamaSampler(
            self._native, self._vocab, self._vocab_tokens, self._context, self._ascii, sampling
        )

    @functools.cached_property
    def _ascii(self) -> tuple[int, ...]:
        """Tokens of single ASCII characters."""
        singles = (self._tokenize(chr(code), control=False) for code in range(1, 128))
        return tuple(tokens[-1] for tokens in singles if len(tokens) == 1)


class LlamaSampler:
    """Draws tokens from the context's last logits; implements `engine.Sampler`.

    The grammar is asked about the token drawn without it; only if it refuses is it applied to the whole
    vocabulary, which takes long.

    Raises:
        HgptError: the grammar is invalid.
    """

    def __init__(
        self,
        native: Any,
        vocab: Any,
        vocab_tokens: int,
        context: Any,
        ascii_tokens: tuple[int, ...],
        sampling: Sampling,
    ) -> None:
        import numpy as np

        self._np = np
        self._native = native
        self._vocab = vocab
        self._vocab_tokens = vocab_tokens
        self._context = context
        self._ascii = ascii_tokens
        self._greedy = sampling.temperature <= 0
        self._entry = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        self._grammar: Any = None
        self._chain: Any = None
        self.finished = False
        if sampling.grammar is not None:
            _last_complaints.clear()
            self._grammar = native.llama_sampler_init_grammar(vocab, sampling.grammar.encode(), b"root")
            if not self._grammar or not sampling.grammar.strip():
                raise HgptError(
                    "The grammar for the language model's answer is invalid.",
                    "This is a mistake in the program; please report it.",
                    "\n".join([*_last_complaints, sampling.grammar]),
                )
        if not self._greedy:
            self._chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
            for member in (
                native.llama_sampler_init_top_k(40),
                native.llama_sampler_init_top_p(0.95, 1),
                native.llama_sampler_init_min_p(0.05, 1),
                native.llama_sampler_init_temp(sampling.temperature),
                native.llama_sampler_init_dist(sampling.seed % 0xFFFFFFFF),
            ):
                native.llama_sampler_chain_add(self._chain, member)

    def sample(self) -> int | None:
        logits = self._np.ctypeslib.as_array(
            self._native.llama_get_logits_ith(self._context, -1), shape=(self._vocab_tokens,)
        )
        token = self._draw(logits)
        if self._grammar is not None and not self._allowed([token]).all():
            within = self._np.where(self._allowed(self._np.arange(self._vocab_tokens)), logits, -self._np.inf)
            if not self._np.isfinite(within).any():
                return None  # nothing can follow
            token = self._draw(within)
        if self._native.llama_vocab_is_eog(self._vocab, token):
            return None
        if self._grammar is not None:
            self._native.llama_sampler_accept(self._grammar, token)
            self.finished = self._nothing_may_follow()
        return token

    def _draw(self, logits: Any) -> int:
        if self._greedy:
            return int(logits.argmax())
        candidates = self._candidates(self._np.arange(self._vocab_tokens), logits)
        array = self._apply(self._chain, candidates)
        return int(array.data[array.selected].id)

    def _nothing_may_follow(self) -> bool:
        end = self._native.llama_vocab_eos(self._vocab)
        if end < 0 or not self._allowed([end]).all() or self._allowed(self._ascii).any():
            return False
        rest = self._np.flatnonzero(self._allowed(self._np.arange(self._vocab_tokens)))
        return all(self._native.llama_vocab_is_eog(self._vocab, int(token)) for token in rest)

    def _allowed(self, tokens: Any) -> Any:
        """Which of the tokens the grammar takes next: an array of bool."""
        candidates = self._candidates(tokens, 1.0)
        self._apply(self._grammar, candidates)
        return self._np.isfinite(candidates["logit"])

    def _candidates(self, tokens: Any, logits: Any) -> Any:
        candidates = self._np.zeros(len(tokens), self._entry)
        candidates["id"] = tokens
        candidates["logit"] = logits
        return candidates

    def _apply(self, sampler: Any, candidates: Any) -> Any:
        data = candidates.ctypes.data_as(self._native.llama_token_data_p)
        array = self._native.llama_token_data_array(data, len(candidates), -1, False)
        self._native.llama_sampler_apply(sampler, ctypes.byref(array))
        return array

    def close(self) -> None:
        for sampler in (self._grammar, self._chain):
            if sampler:
                self._native.llama_sampler_free(sampler)
        self._grammar = self._chain = None


def _loading_error(path: Path) -> EnvironmentFault:
    said = "\n".join(_last_complaints)
    lower = said.lower()
    if "out of memory" in lower or "failed to allocate" in lower or "unable to allocate" in lower:
        return OutOfMemory(
            "There is not enough memory for the language model.",
            "Close other programs or choose a smaller one.",
            said,
        )
    if "unknown model architecture" in lower:
        return EnvironmentFault(
            f"The installed llama-cpp-python does not know the kind of model in {path.name}.",
            "Update llama-cpp-python, or choose another model.", said,
        )  # fmt: skip
    return ModelDamaged(
        f"The model file {path.name} cannot be loaded.",
        f"Mend it with `hgpt models repair {path.parent.name}`.",
        said,
    )


def _encoded(path: Path) -> bytes:
    return str(path).encode("utf-8") if sys.platform == "win32" else os.fsencode(path)


_last_complaints: collections.deque[str] = collections.deque(maxlen=20)
"""What the library last warned of or failed at."""


@functools.cache
def _native() -> Any:
    """The library's low-level functions, its log turned to ours.

    Raises:
        EnvironmentFault: it is missing or does not fit this machine.
    """
    try:
        from llama_cpp import llama_cpp as native
    except (ImportError, OSError, RuntimeError) as error:
        raise EnvironmentFault(
            "The library llama-cpp-python cannot be loaded.",
            "Install it anew: `pip install --force-reinstall llama-cpp-python`.", str(error),
        ) from error  # fmt: skip
    level = 0

    def log(given: int, text: bytes, _: object) -> None:
        nonlocal level
        level = given if given != _LOG_GOES_ON else level
        if level == _LOG_DEBUG:
            return
        line = text.decode("utf-8", "replace")
        sys.stderr.write(line)
        if level in _LOG_COMPLAINTS and line.strip():
            _last_complaints.append(line.strip())

    global _log_callback
    _log_callback = native.llama_log_callback(log)
    native.llama_log_set(_log_callback, ctypes.c_void_p(0))
    native.llama_backend_init()
    return native


_log_callback: Any = None  # the library keeps only a pointer to it


@functools.cache
def _mtmd() -> Any:
    """The functions for pictures, their log turned to ours."""
    _native()
    from llama_cpp import mtmd_cpp

    mtmd_cpp.mtmd_log_set(_log_callback, ctypes.c_void_p(0))
    mtmd_cpp.mtmd_helper_log_set(_log_callback, ctypes.c_void_p(0))
    return mtmd_cpp


def _has_amx(native: Any) -> bool:
    """Whether the library was built to multiply with the tiles of newer Xeons."""
    # WORKAROUND: it crashes at the first evaluation once weights are laid out for them
    # (https://github.com/ggml-org/llama.cpp/issues/20824). Then weights keep their usual layout.
    return b"AMX_INT8 = 1" in native.llama_print_system_info()


def _version() -> str:
    import llama_cpp

    return str(llama_cpp.__version__)


def _lane_of(call: Call) -> str:
    return "figures" if call.verb == "memory" else "llm"


def main(arguments: Sequence[str]) -> None:
    """Run as a host process.

    Args:
        arguments: parent's process id, log path, context tokens, threads, folder of prompt states.
    """
    parent, log_path, context_tokens, threads, state_dir = arguments
    pipe = begin(int(parent))

    def open_engine(
        path: Path,
        file_identity: str,
        device: str,
        on_progress: Callable[[float], bool],
        gpu_layers: int = -1,
    ) -> LlamaEngine:
        return LlamaEngine(
            path, file_identity, device, int(context_tokens), int(threads), on_progress, gpu_layers
        )

    verbs = LlmVerbs(open_engine, PromptStates(Path(state_dir)))
    hint = f"Please report it with the file {log_path}."
    Serving(pipe, verbs.handlers, lane_of=_lane_of, log_hint=hint).run_for_ever()
