"""The messages between the program and its host processes, and the pipe that carries them.

A call is answered by any number of `Progress` and `TextChunk` and ended by one `Result` or `Failure`.
Messages are pickled values. What is read is restricted to plain values and to the dataclasses and enums
of the core and of this module: a host that went astray cannot make the program run anything.
"""

from __future__ import annotations

import io
import pickle
import struct
import threading
import traceback
from dataclasses import dataclass, is_dataclass
from enum import Enum
from typing import Any, BinaryIO

from hgpt_desktop.core.errors import ERRORS_BY_NAME, Cancelled, HgptError
from hgpt_desktop.core.interfaces import Choice, ExpertCall, Generation, Loaded, Prompt
from hgpt_desktop.core.models import ModelCard

_HEADER = struct.Struct(">IQ")  # payload bytes, id of the call
_MESSAGE_LIMIT_BYTES = 256 * 2**20
_CANCELLED = "Cancelled"
_PATHS = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")


ALIVE = "alive"
"""The verb that every host answers at once, with nothing, as long as its interpreter runs."""


@dataclass(frozen=True, slots=True)
class Call:
    """To the host: do `verb` with `payload`."""

    id: int
    verb: str
    payload: Any = None


@dataclass(frozen=True, slots=True)
class CancelCall:
    """To the host: stop working on the call as soon as you can."""

    id: int


@dataclass(frozen=True, slots=True)
class Progress:
    """From the host: how far a call is, 0..1, or None where the end is not known."""

    id: int
    progress: float | None
    message: str


@dataclass(frozen=True, slots=True)
class TextChunk:
    """From the host: more text of the answer."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """From the host: the call is done."""

    id: int
    value: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """From the host: the call did not succeed. `error` is the name of a class of core.errors."""

    id: int
    error: str
    message: str = ""
    hint: str = ""
    detail: str = ""

    @staticmethod
    def of(call_id: int, error: BaseException, log_hint: str) -> Failure:
        """The error as it crosses the border; one that is not ours is a bug and brings its traceback.

        Args:
            log_hint: what the user is told to do about a bug.
        """
        if isinstance(error, Cancelled):
            return Failure(call_id, _CANCELLED)
        if isinstance(error, HgptError):
            return Failure(call_id, type(error).__name__, error.message, error.hint, error.detail)
        if isinstance(error, MemoryError):
            return Failure(
                call_id, "OutOfMemory", "There is not enough memory for this.",
                "Close other programs or choose a smaller model.", _traceback_of(error),
            )  # fmt: skip
        what = f"{type(error).__name__}: {error}".strip().rstrip(".")
        return Failure(
            call_id,
            "ExecutionFailed",
            f"Something unexpected went wrong ({what}).",
            log_hint,
            _traceback_of(error),
        )

    def to_exception(self) -> HgptError | Cancelled:
        """The error to raise on this side."""
        if self.error == _CANCELLED:
            return Cancelled()
        return ERRORS_BY_NAME.get(self.error, HgptError)(self.message, self.hint, self.detail)


def _traceback_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


# ---------------------------------------------------------------- what the calls carry


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Bring a model into memory."""

    card: ModelCard
    device: str


@dataclass(frozen=True, slots=True)
class HostMemory:
    """What a host holds on a device.

    Args:
        reserved_bytes: taken from the device, by an allocator that keeps some for later.
        allocated_bytes: the part of it that models and their work take now.
    """

    reserved_bytes: int
    allocated_bytes: int


@dataclass(frozen=True, slots=True)
class LlmLoaded:
    """The LLM is in memory."""

    loaded: Loaded
    context_tokens: int


@dataclass(frozen=True, slots=True)
class ChooseText:
    """`ChatModel.choose`."""

    prompt: Prompt
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WriteText:
    """`ChatModel.generate`. `stream`: whether the text is wanted piece by piece."""

    prompt: Prompt
    grammar: str | None
    max_tokens: int
    temperature: float
    seed: int
    stop: tuple[str, ...]
    stream: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """The answer to `ChooseText` and `WriteText`.

    Args:
        value: a `Choice` or a `Generation`.
        prefix_s: see `KeptContext.prefix_s`.
    """

    value: Choice | Generation
    prefix_s: float | None


@dataclass(frozen=True, slots=True)
class RunExpert:
    """`ExpertBackend.run`."""

    card: ModelCard
    call: ExpertCall


@dataclass(frozen=True, slots=True)
class RunTogether:
    """`Batches.run_together`; answered with an `ExpertOutcome` or a `Failure` for each call."""

    card: ModelCard
    calls: tuple[ExpertCall, ...]


ToHost = Call | CancelCall
FromHost = Progress | TextChunk | Result | Failure


class Pipe:
    """One end of the connection: whole messages over a pair of unbuffered binary files.

    Threads: any thread may send; one thread receives.
    """

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading = reading
        self._writing = writing
        self._sending = threading.Lock()

    def send(self, message: ToHost | FromHost) -> None:
        """Write a message. Blocks while the other side does not read.

        Raises:
            OSError, ValueError: the other side is gone, or this one was closed.
            TypeError: the message holds something other than plain values and core dataclasses, or is huge.
        """
        body = _dump(message)
        with self._sending:
            _write_all(self._writing, _HEADER.pack(len(body), message.id) + body)

    def receive(self) -> ToHost | FromHost | None:
        """The next message; None once the other side has ended. Blocks.

        A message that cannot be read becomes a `Failure` of the call that it belongs to.
        """
        header = _read_exactly(self._reading, _HEADER.size)
        if header is None:
            return None
        size, call_id = _HEADER.unpack(header)
        if size > _MESSAGE_LIMIT_BYTES:
            return None
        body = _read_exactly(self._reading, size)
        if body is None:
            return None
        try:
            message = _Reader(io.BytesIO(body)).load()
        except (
            pickle.UnpicklingError,
            ImportError,
            AttributeError,
            TypeError,
            ValueError,
            EOFError,
        ) as error:
            return Failure(call_id, "HgptError", "A host process sent something unreadable.", "", str(error))
        if not isinstance(message, ToHost | FromHost):
            return Failure(call_id, "HgptError", "A host process sent something unreadable.")
        return message

    def close(self) -> None:
        """End the sending side: the other side sees the end. A message on its way is finished first."""
        with self._sending:
            self._writing.close()


class _Reader(pickle.Unpickler):
    """Knows plain values, paths, and the dataclasses and enums of the core."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "pathlib" and name in _PATHS:
            return super().find_class(module, name)
        if module == __name__ or module.startswith("hgpt_desktop.core."):
            found = super().find_class(module, name) if "." not in name else None
            if (
                isinstance(found, type)
                and found.__module__ == module
                and (is_dataclass(found) or issubclass(found, Enum))
            ):
                return found
        if (module, name) in {("builtins", "frozenset"), ("builtins", "set")}:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not a value that crosses the border")


def _dump(message: ToHost | FromHost) -> bytes:
    try:
        body = pickle.dumps(message, protocol=5)
        _Reader(
            io.BytesIO(body)
        ).load()  # what the other side would refuse must fail here, where its cause is
    except (pickle.PicklingError, pickle.UnpicklingError, TypeError, AttributeError) as error:
        raise TypeError(f"The message cannot be sent: {error}") from error
    if len(body) > _MESSAGE_LIMIT_BYTES:
        raise TypeError(f"The message cannot be sent: it has {len(body):,} bytes; large data goes by file.")
    return body


def _write_all(stream: BinaryIO, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[stream.write(view) :]


def _read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    """That many bytes; None where the stream ends before."""
    parts = bytearray()
    while len(parts) < size:
        try:
            part = stream.read(min(size - len(parts), 2**20))
        except (OSError, ValueError):  # a closed file raises ValueError
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
