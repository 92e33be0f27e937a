"""ONNX files written by hand, as protocol buffers: the libraries here read them, and none writes them."""

from __future__ import annotations

import struct
from pathlib import Path


def field(number: int, value: bytes | str | int) -> bytes:
    """One field of a protocol buffer."""

    def varint(count: int) -> bytes:
        out = b""
        while count > 127:
            out, count = out + bytes([count & 127 | 128]), count >> 7
        return out + bytes([count])

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def value(name: str, shape: tuple[int | str, ...]) -> bytes:
    """An input or output; a word stands for a size that may differ."""
    dimensions = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dimensions)))


def node(kind: str, puts: tuple[str, ...], get: str, **whole: int | list[int]) -> bytes:
    """An operation with whole numbers as its attributes."""
    attributes = b""
    for name, given in whole.items():
        numbers = field(3, given) if isinstance(given, int) else b"".join(field(8, one) for one in given)
        attributes += field(5, field(1, name) + numbers + field(20, 2 if isinstance(given, int) else 7))
    return b"".join(field(1, put) for put in puts) + field(2, get) + field(4, kind) + attributes


def constant(name: str, number: float) -> bytes:
    """A number that is part of the model."""
    return field(2, 1) + field(8, name) + field(9, struct.pack("<f", number))


def write_model(path: Path, graph: bytes, told: dict[str, str] | None = None) -> Path:
    """The file; gives the folder that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    model = field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))
    model += b"".join(field(14, field(1, key) + field(2, said)) for key, said in (told or {}).items())
    path.write_bytes(model)
    return path.parent
