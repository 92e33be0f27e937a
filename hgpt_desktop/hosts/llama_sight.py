"""Pictures in the context of a language model, by the projector of llama.cpp's mtmd.

It is given the library's functions by `llama_host`, which alone names the library.
"""

from __future__ import annotations

import ctypes
from contextlib import AbstractContextManager
from typing import Any, Protocol

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.hosts.engine import ShouldStop, Stopped

_BATCH_TOKENS = 512
_NODES_BETWEEN_QUESTIONS = 64
"""Operations of a projector between two questions whether to stop."""


class SeeingEngine(Protocol):
    """What is needed of an engine."""

    length: int
    on_gpu: bool

    @property
    def context_tokens(self) -> int:
        """How many tokens the context holds."""

    @property
    def handles(self) -> tuple[Any, Any]:
        """The library's model and context."""

    def truncate(self, length: int) -> bool:
        """Keep the first tokens only."""

    def stopping(self, should_stop: ShouldStop) -> AbstractContextManager[None]:
        """Let whatever is evaluated in the block stop when asked."""


class LlamaSight:
    """A projector beside an engine's model: it puts a picture into the engine's context.

    Args:
        mtmd: the library's functions for pictures.
        most_tokens: how much of the context a picture may take; larger ones are seen smaller.
    """

    def __init__(self, mtmd: Any, engine: SeeingEngine, threads: int, most_tokens: int) -> None:
        self._mtmd = mtmd
        self._engine = engine
        self._context: Any = None
        self._should_stop: ShouldStop = lambda: False
        self._params = params = mtmd.mtmd_context_params_default()
        params.use_gpu = engine.on_gpu
        params.print_timings = params.warmup = False
        params.n_threads = threads
        params.image_max_tokens = most_tokens
        self._nodes = 0
        self._goes_on = type(params.cb_eval)(self._may_go_on)  # the library only points to it
        params.cb_eval = self._goes_on

    def open(self, path: bytes) -> bool:
        """Read the projector's GGUF file (`mmproj`); False where it is none of pictures for this model."""
        self._context = self._mtmd.mtmd_init_from_file(path, self._engine.handles[0], self._params)
        return bool(self._context) and bool(self._mtmd.mtmd_support_vision(self._context))

    def _may_go_on(self, _tensor: Any, asks: bool, _: Any) -> bool:
        """Whether this is a place to be asked again (`asks`), or whether the work goes on."""
        if not asks:
            return not self._should_stop()
        self._nodes += 1
        return self._nodes % _NODES_BETWEEN_QUESTIONS == 0

    def see(
        self,
        before: str,
        pixels: bytes,
        width: int,
        height: int,
        said: str,
        after: str,
        should_stop: ShouldStop,
    ) -> None:
        """Evaluate a chat with a picture from the beginning of the context.

        Args:
            before, after: what stands round the user's message; control tokens are read in it.
            pixels: RGB, row by row.
            said: the user's words, in which nothing is read as a control token.

        Raises:
            Stopped; ExecutionFailed: the library failed, or the picture and the words do not fit.
        """
        mtmd, engine = self._mtmd, self._engine
        engine.truncate(0)
        bitmap = mtmd.mtmd_bitmap_init(width, height, (ctypes.c_uint8 * len(pixels)).from_buffer_copy(pixels))
        chunks = mtmd.mtmd_input_chunks_init()
        self._should_stop = should_stop
        try:
            texts = [
                mtmd.mtmd_input_text(content, len(content), False, control)
                for content, control in (
                    (before.encode(), True),
                    (said.encode(), False),
                    (after.encode(), True),
                )
            ]  # the library only points to them
            first, second, last = (mtmd.mtmd_input_part(text=ctypes.pointer(text)) for text in texts)
            parts = [first, mtmd.mtmd_input_part(bitmap=bitmap), second, last]
            array = (ctypes.POINTER(mtmd.mtmd_input_part) * len(parts))(*map(ctypes.pointer, parts))
            code = mtmd.mtmd_tokenize_from_parts(self._context, chunks, array, len(parts), True)
            if code or mtmd.mtmd_helper_get_n_tokens(chunks) >= engine.context_tokens:
                raise ExecutionFailed(
                    "The picture and the question are too long for this model.",
                    "Ask a shorter question, or set a larger context.", f"mtmd_tokenize gave {code}",
                )  # fmt: skip
            self._evaluate(chunks, should_stop)
        finally:
            self._should_stop = lambda: False
            mtmd.mtmd_input_chunks_free(chunks)
            mtmd.mtmd_bitmap_free(bitmap)

    def _evaluate(self, chunks: Any, should_stop: ShouldStop) -> None:
        mtmd, engine = self._mtmd, self._engine
        past = ctypes.c_int32(0)
        count = int(mtmd.mtmd_input_chunks_size(chunks))
        with engine.stopping(should_stop):
            for place in range(count):
                if should_stop():
                    raise Stopped
                chunk = mtmd.mtmd_input_chunks_get(chunks, place)
                code = mtmd.mtmd_helper_eval_chunk_single(
                    self._context,
                    engine.handles[1],
                    chunk,
                    past.value,
                    0,
                    _BATCH_TOKENS,
                    place == count - 1,
                    ctypes.byref(past),
                )
                if should_stop():
                    raise Stopped
                if code:
                    raise ExecutionFailed(
                        "The model could not look at the picture.", "Try another picture or another model.",
                        f"mtmd gave {code}",
                    )  # fmt: skip
        engine.length = past.value

    def close(self) -> None:
        """Give its memory back; before the engine's."""
        if self._context:
            self._mtmd.mtmd_free(self._context)
            self._context = None
