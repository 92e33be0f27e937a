"""Tiny networks as ONNX, written as the protocol buffers that they are; the library `onnx` is not needed."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Shape = Sequence[int | str]
"""Sizes; a word stands for one that is not fixed."""

_FLOAT, _INT64 = 1, 7  # TensorProto.DataType
_INTS = 7  # AttributeProto.AttributeType


@dataclass(frozen=True)
class Node:
    """One operation: its kind, what it takes, what it gives, and lists of whole numbers by name."""

    kind: str
    takes: Sequence[str]
    gives: str
    lists: Mapping[str, Sequence[int]] = field(default_factory=dict)


def write_network(
    path: Path,
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    nodes: Sequence[Node],
    constants: Mapping[str, float],
    told: Mapping[str, str] | None = None,
) -> None:
    """Write a network of float32 tensors; an input called `sr` is an int64 number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    graph = b"".join(_field(1, _node(node)) for node in nodes) + _field(2, "tiny")
    graph += b"".join(_field(5, _constant(name, number)) for name, number in constants.items())
    graph += b"".join(_field(11, _value(name, shape)) for name, shape in inputs.items())
    graph += b"".join(_field(12, _value(name, shape)) for name, shape in outputs.items())
    model = _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13))
    model += b"".join(_field(14, _field(1, key) + _field(2, value)) for key, value in (told or {}).items())
    path.write_bytes(model)


def _node(node: Node) -> bytes:
    made = b"".join(_field(1, name) for name in node.takes) + _field(2, node.gives) + _field(4, node.kind)
    for name, numbers in node.lists.items():
        entry = _field(1, name) + b"".join(_field(8, number) for number in numbers) + _field(20, _INTS)
        made += _field(5, entry)
    return made


def _constant(name: str, number: float) -> bytes:
    return _field(2, _FLOAT) + _field(8, name) + _field(9, struct.pack("<f", number))


def _value(name: str, shape: Shape) -> bytes:
    sizes = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in shape)
    kind = _INT64 if name == "sr" else _FLOAT
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, sizes)))


def _field(number: int, value: bytes | str | int) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(raw)) + raw


def _varint(count: int) -> bytes:
    out = b""
    while count > 127:
        out, count = out + bytes([count & 127 | 128]), count >> 7
    return out + bytes([count])
