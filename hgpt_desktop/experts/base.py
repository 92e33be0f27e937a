"""What every expert family shares: the protocol, what they write, and how they stop and fail.

Files are opened with `hgpt_desktop.experts.media`.
"""

from __future__ import annotations

import errno
import json
import os
import re
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    EnvironmentFault,
    HgptError,
    InvalidInput,
    ModelDamaged,
    ModelMissing,
    OutOfMemory,
)
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

ShouldStop = Callable[[], bool]
"""Whether the work should end. Cheap; to be asked at least a few times a second."""


_MOST_NOTES = 3  # beside one result
_BETWEEN_NAMES = re.compile(r"[,;|\n、，；]|\s+(?:or|and)\s+")


class Expert(Protocol):
    """A loaded model.

    Threads: one call at a time, in the thread that loaded it or another one.
    """

    @property
    def resident_bytes(self) -> int:
        """What the model takes between two runs, about."""

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """Do one task and write its outputs into `call.out_dir`.

        Raises:
            InvalidInput: the user's file or text cannot be used.
            ExecutionFailed: the model found nothing to give back, or a library failed.
            OutOfMemory, DiskFull: the machine stands in the way.
            Cancelled: `should_stop` said so; what was half written is gone.
        """

    def close(self) -> None:
        """Let go of the model; its memory is free afterwards."""


class BatchExpert(Expert, Protocol):
    """A loaded model that takes several inputs at once: its family says how many in the registry."""

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: ShouldStop
    ) -> list[tuple[Resource, ...] | HgptError]:
        """Do several tasks of one type; the outputs of each, or why there are none. See `run`.

        Raises:
            OutOfMemory, Cancelled: for all of them.
        """


Prepared = TypeVar("Prepared")
Found = TypeVar("Found")


def together(
    calls: Sequence[ExpertCall],
    prepare: Callable[[ExpertCall], Prepared],
    work: Callable[[list[Prepared]], Sequence[Found]],
    finish: Callable[[ExpertCall, Prepared, Found], tuple[Resource, ...]],
) -> list[tuple[Resource, ...] | HgptError]:
    """`BatchExpert.run_together` in three steps; a call that one of the outer steps refuses stops no other.

    Args:
        prepare: opens the input of a call.
        work: what the model finds in all inputs at once, in their order.
        finish: writes the outputs of a call.
    """
    outcomes: dict[int, tuple[Resource, ...] | HgptError] = {}
    prepared: dict[int, Prepared] = {}
    for number, call in enumerate(calls):
        try:
            prepared[number] = prepare(call)
        except HgptError as error:
            outcomes[number] = error
    found = work(list(prepared.values())) if prepared else []
    for (number, one), result in zip(prepared.items(), found, strict=True):
        try:
            outcomes[number] = finish(calls[number], one, result)
        except HgptError as error:
            outcomes[number] = error
    return [outcomes[number] for number in range(len(calls))]


def alone(outcomes: Sequence[tuple[Resource, ...] | HgptError]) -> tuple[Resource, ...]:
    """The outputs of the only call of `run_together`; raises what it met."""
    (outcome,) = outcomes
    if isinstance(outcome, HgptError):
        raise outcome
    return outcome


# ---------------------------------------------------------------- stopping and failing


def stop_if(should_stop: ShouldStop) -> None:
    """Raise `Cancelled` if the work should end."""
    if should_stop():
        raise Cancelled


@contextmanager
def loading(card: ModelCard) -> Iterator[None]:
    """Turn whatever a library raises while it loads a model into our errors.

    Raises:
        EnvironmentFault: a library is missing or does not fit the others.
        OutOfMemory: the model does not fit into the device's memory.
        ModelDamaged: anything else; the libraries' own words are in `detail`.
    """
    try:
        yield
    except (HgptError, Cancelled):
        raise
    except ImportError as error:
        raise EnvironmentFault(
            f"{card.name} needs a library that cannot be imported.",
            "`hgpt doctor` says what to mend.",
            str(error),
        ) from error
    except Exception as error:  # the border to libraries that raise anything on a bad file
        if is_out_of_memory(error):
            raise OutOfMemory(
                f"There is not enough memory to load {card.name}.",
                "Close other programs, or choose a smaller model.",
                str(error),
            ) from error
        raise ModelDamaged(
            f"{card.name} cannot be loaded.",
            f"`hgpt models repair {card.id}` checks its files and fetches the bad ones again.",
            f"{type(error).__name__}: {error}",
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a library says that memory is exhausted, each in its own way."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        sign in text for sign in ("out of memory", "failed to allocate memory", "can't allocate memory")
    )


# ---------------------------------------------------------------- what an expert is given


def model_folder(card: ModelCard) -> Path:
    """The folder of an installed model.

    Raises:
        ModelMissing: it is not installed.
    """
    if card.folder is None or not card.folder.is_dir():
        raise ModelMissing(f"{card.name} is not installed.", f"`hgpt models install {card.id}` installs it.")
    return card.folder


def model_file(card: ModelCard, name: str) -> Path:
    """A file of an installed model.

    Raises:
        ModelMissing: the model is not installed.
        ModelDamaged: the file is not there.
    """
    path = model_folder(card) / name
    if not path.is_file():
        raise ModelDamaged(
            f"The file {name} of {card.name} is missing.", f"`hgpt models repair {card.id}` fetches it again."
        )
    return path


def required_path(call: ExpertCall, name: str) -> Path:
    """The file of an argument; the first one where there are several.

    Raises:
        InvalidInput: there is none.
    """
    paths = call.paths(name)
    if not paths:
        raise InvalidInput(f"The task {call.task} was given no {name}.", f"Attach a file as its {name}.")
    return paths[0]


def required_text(call: ExpertCall, name: str) -> str:
    """The text of an argument, stripped.

    Raises:
        InvalidInput: it is empty.
    """
    text = call.text(name).strip()
    if not text:
        raise InvalidInput(
            f"The {name} for {call.task} is empty.", "Write it out, or attach a file that has words."
        )
    return text


def required_names(call: ExpertCall, name: str) -> list[str]:
    """The names that an argument lists (`a cat, a dog or a bird`), each once.

    Raises:
        InvalidInput: there is none.
    """
    text = required_text(call, name)
    parts = (part.strip(" \t\r\u3000.\"'") for part in _BETWEEN_NAMES.split(text))
    names = list(dict.fromkeys(part for part in parts if part))
    if not names:
        raise InvalidInput(
            f"The {name} for {call.task} name nothing.", "List them with commas: `cat, dog, bird`."
        )
    return names


def module_bytes(module: Any) -> int:
    """What the weights of a `torch.nn.Module` take, in bytes."""
    tensors = (*module.parameters(), *module.buffers())
    return sum(int(tensor.numel()) * int(tensor.element_size()) for tensor in tensors)


# ---------------------------------------------------------------- what an expert makes


@contextmanager
def output_file(call: ExpertCall, extension: str, part: str = "") -> Iterator[tuple[Path, Path]]:
    """A draft to write to and the place where it will stand, once the block ends well.

    Args:
        extension: without the dot.
        part: tells apart several outputs of one kind: `<stem>-<part>.<extension>`.

    Raises:
        DiskFull: there is no room left.
        EnvironmentFault: the folder cannot be written to.
    """
    final = call.out_dir / f"{call.stem}{f'-{part}' if part else ''}.{extension}"
    draft = final.with_name(f".{final.name}.part")
    try:
        yield draft, final
        os.replace(draft, final)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                "There is no room left on the disk for the result.",
                "Delete something and run it again.",
                str(error),
            ) from error
        raise EnvironmentFault(
            f"The result {final.name} cannot be written.", f"Check the folder {call.out_dir}.", str(error)
        ) from error
    finally:
        if draft.exists():
            draft.unlink()


def described(
    path: Path, kind: Kind, media_type: str, *, text: str | None = None, data: Any = None
) -> Resource:
    """A resource for an output file. `data` must be ready for JSON: no NumPy numbers."""
    return Resource(path.name, kind, path, media_type, path.stat().st_size, text=text, data=data)


def noted(outputs: Sequence[Resource], *notes: str) -> tuple[Resource, ...]:
    """The outputs, the first of them with what people must read beside it; notes may be empty."""
    said = [note for note in notes if note]
    if len(said) > _MOST_NOTES:
        said[_MOST_NOTES - 1 :] = [f"The same is true of {len(said) - _MOST_NOTES + 1} others."]
    note = " ".join(said)
    first, *others = outputs
    return (replace(first, note=note) if note else first, *others)


def write_text(
    call: ExpertCall,
    text: str,
    data: Any = None,
    *,
    part: str = "",
    extension: str = "txt",
    media_type: str = "text/plain",
) -> Resource:
    """A text result: a UTF-8 file that holds exactly `text`."""
    with output_file(call, extension, part) as (draft, final):
        draft.write_text(text, encoding="utf-8", newline="")
    return described(final, Kind.TEXT, media_type, text=text, data=data)


def write_json(
    call: ExpertCall,
    value: Any,
    *,
    kind: Kind = Kind.TABLE,
    text: str | None = None,
    data: Any = None,
    part: str = "",
) -> Resource:
    """A structured result as a JSON file; numbers that JSON does not know are refused with ValueError."""
    with output_file(call, "json", part) as (draft, final):
        draft.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return described(final, kind, "application/json", text=text, data=data)


def write_image(call: ExpertCall, image: Image.Image, data: Any = None, *, part: str = "") -> Resource:
    """A picture as a PNG file."""
    with output_file(call, "png", part) as (draft, final):
        image.save(draft, format="PNG")
    return described(final, Kind.IMAGE, "image/png", data=data)


class WavWriter:
    """A 16-bit PCM WAV file that grows piece by piece, so that long audio is never held whole."""

    def __init__(self, path: Path, wav: wave.Wave_write) -> None:
        self._path, self._wav = path, wav
        self.frames = 0

    @property
    def seconds(self) -> float:
        """The length of what was written so far."""
        return self.frames / self._wav.getframerate()

    def write(self, samples: np.ndarray[Any, Any]) -> None:
        """Append samples, (n,) or (n, channels): floats in [-1, 1] (clipped, NaN is silence) or int16."""
        import numpy as np

        if samples.dtype != np.int16:
            finite = np.nan_to_num(samples.astype(np.float32), posinf=1.0, neginf=-1.0)
            samples = (np.clip(finite, -1.0, 1.0) * 32767.0).round().astype(np.int16)
        self._wav.writeframes(samples.astype("<i2").tobytes())
        self.frames += samples.shape[0]

    def resource(self, data: Any = None) -> Resource:
        """The finished file; to be called after the block of `wav_writer`."""
        return described(self._path, Kind.AUDIO, "audio/wav", data=data)


@contextmanager
def wav_writer(call: ExpertCall, rate_hz: int, channels: int = 1, *, part: str = "") -> Iterator[WavWriter]:
    """A WAV file to write to; a block that is left by an exception leaves no file behind."""
    with output_file(call, "wav", part) as (draft, final), wave.open(str(draft), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        yield WavWriter(final, wav)


def write_audio(
    call: ExpertCall, samples: np.ndarray[Any, Any], rate_hz: int, data: Any = None, *, part: str = ""
) -> Resource:
    """Audio as a 16-bit PCM WAV file; samples as `WavWriter.write` takes them."""
    with wav_writer(call, rate_hz, 1 if samples.ndim == 1 else samples.shape[1], part=part) as writer:
        writer.write(samples)
    return writer.resource(data)
