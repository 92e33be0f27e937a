"""What crosses the border between the processes, and what does not."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from hgpt_desktop.core.errors import Cancelled, HgptError, InvalidInput, OutOfMemory
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, Generation, Message, Prompt
from hgpt_desktop.core.models import ModelCard, ModelFile
from hgpt_desktop.core.resources import Kind, Provenance, Resource
from hgpt_desktop.hosts.protocol import (
    Call,
    Failure,
    LoadModel,
    Pipe,
    Result,
    RunExpert,
    WriteText,
)

CARD = ModelCard(
    id="one", name="One", tasks=("ocr",), description="", loader="x",
    files=(ModelFile("a/b.gguf", 3, None, ("hub:x",)),), licence="MIT", options={"k": [1, {"l": None}]},
    folder=Path("/models/one"),
)  # fmt: skip
PICTURE = Resource(
    "a.png", Kind.IMAGE, Path("/tmp/a.png"), "image/png", 5, data={"boxes": [[1, 2.5]]},
    provenance=Provenance(1, "ocr", "one", None),
)  # fmt: skip


class _Trap:
    """Runs something when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Both ends in one."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source, os.fdopen(writing, "wb", buffering=0) as sink:
        yield Pipe(source, sink)


@pytest.mark.parametrize(
    "value",
    [
        LoadModel(CARD, "cpu"),
        RunExpert(CARD, ExpertCall("ocr", {"image": (PICTURE, "x")}, Path("/out"), "stem", 3)),
        WriteText(Prompt((Message("user", "hi\0"),), "c", 1), None, 5, 0.0, 1, ("a",), True),
        ExpertOutcome((PICTURE,), 1.0, None),
        Generation("ü", "stop", 1, 2),
        {"a": [1, 2.0, None, True, b"x", (1,), {2}, frozenset({3})]},
    ],
)
def test_values_cross_unchanged(pipe: Pipe, value: object) -> None:
    pipe.send(Result(7, value))
    assert pipe.receive() == Result(7, value)


@pytest.mark.parametrize("value", [_Trap(), SimpleNamespace(), HgptError("x"), Pipe, print, Path])
def test_other_values_are_refused_where_they_are_sent(pipe: Pipe, value: object) -> None:
    with pytest.raises(TypeError, match="cannot be sent"):
        pipe.send(Result(7, value))


@pytest.mark.parametrize(
    "body",
    [
        pickle.dumps(Result(7, _Trap())),
        pickle.dumps(_Trap()),
        pickle.dumps("not a message"),
        b"garbage",
        b"",
        b"chgpt_desktop.settings\nos.system\n(Vtrue\ntR.",
        b"\x80\x04\x8c\x1ahgpt_desktop.core.resources\x8c\x0bKind.__new__\x93.",
    ],
)
def test_what_a_stray_host_sends_harms_nothing(body: bytes) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source, os.fdopen(writing, "wb", buffering=0) as sink:
        sink.write(struct.pack(">IQ", len(body), 7) + body)
        message = Pipe(source, sink).receive()
    assert isinstance(message, Failure)
    assert message.id == 7
    assert isinstance(message.to_exception(), HgptError)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 5, struct.pack(">IQ", 9, 7) + b"short", struct.pack(">IQ", 2**32 - 1, 7)]
)
def test_broken_stream_is_its_end(content: bytes) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source:
        with os.fdopen(writing, "wb", buffering=0) as sink:
            sink.write(content)
        assert Pipe(source, sink).receive() is None


def test_sending_after_the_end_is_an_error(pipe: Pipe) -> None:
    pipe.close()
    with pytest.raises((OSError, ValueError)):
        pipe.send(Call(1, "echo"))


def test_failures_keep_their_class() -> None:
    assert isinstance(Failure.of(1, Cancelled(), "").to_exception(), Cancelled)
    assert isinstance(Failure.of(1, MemoryError(), "").to_exception(), OutOfMemory)
    error = Failure.of(1, InvalidInput("a", "b", "c"), "").to_exception()
    assert isinstance(error, InvalidInput)
    assert error.args == ("a", "b", "c")
    assert type(Failure(1, "FromTheFuture", "a").to_exception()) is HgptError
