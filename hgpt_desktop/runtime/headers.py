"""Bytes of weights, read from the headers of model files, without loading anything."""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MOST_HEADER_BYTES = 100 * 2**20
_SAFETENSORS_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1}
_FLOATS = frozenset(_SAFETENSORS_BYTES)
_ONNX_BITS = {
    1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128,
    16: 16, 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4,
}  # fmt: skip
"""Bits of an element by `TensorProto.DataType`. Source: onnx.proto3."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a file.

    Args:
        bytes: as they stand in the file.
        floats: how many of them are floating-point numbers, by their size in bytes; they can be loaded in
            another precision.
    """

    bytes: int
    floats: Mapping[int, int]

    def loaded_bytes(self, float_bytes: int | None) -> int:
        """What they take with floating-point numbers of that size; None: as in the file."""
        if float_bytes is None:
            return self.bytes
        in_file = sum(size * count for size, count in self.floats.items())
        return self.bytes - in_file + float_bytes * sum(self.floats.values())


def safetensors_weights(path: Path) -> Weights:
    """The weights of a safetensors file.

    Raises:
        ValueError: it is none, or is cut short.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", _exactly(file, 8))
        if length > _MOST_HEADER_BYTES:
            raise ValueError(f"a header of {length} bytes cannot be right")
        header = json.loads(_exactly(file, length))
    total, floats = 0, Counter[int]()
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        begin, end = tensor["data_offsets"]
        total += end - begin
        if tensor["dtype"] in _FLOATS:
            floats[_SAFETENSORS_BYTES[tensor["dtype"]]] += math.prod(tensor["shape"])
    if path.stat().st_size < 8 + length + total:
        raise ValueError("it ends too early")
    return Weights(total, floats)


def onnx_weights(path: Path) -> Weights:
    """The weights of an ONNX file: the initializers of its graph, also those kept in a file beside it.

    Raises:
        ValueError: it is none, or is cut short.
        OSError: it cannot be read.
    """
    total, floats = 0, Counter[int]()
    found = False
    with path.open("rb") as file:
        for number, begin, end in _fields(file, 0, path.stat().st_size):
            if number != 7:  # ModelProto.graph
                continue
            for inner, first, last in _fields(file, begin, end):
                found = True
                if inner == 5:  # GraphProto.initializer
                    count, kind = _tensor(file, first, last)
                    bits = _ONNX_BITS.get(kind, 8)
                    total += count * bits // 8
                    if kind in (1, 10, 11, 16):
                        floats[bits // 8] += count
    if not found:
        raise ValueError("it has no graph")
    return Weights(total, floats)


def _tensor(file: BinaryIO, begin: int, end: int) -> tuple[int, int]:
    """Number of elements and data type of a TensorProto."""
    count, kind = 1, 0
    for number, first, last in _fields(file, begin, end):
        if number == 1:  # dims: one number, or several packed
            file.seek(first)
            while file.tell() < last:
                count *= _varint(file)
        elif number == 2:  # data_type
            file.seek(first)
            kind = _varint(file)
    return count, kind


def _fields(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, first byte and end of each field of a protobuf message; contents are passed over."""
    position = begin
    while position < end:
        file.seek(position)
        key = _varint(file)
        number, wire_type = key >> 3, key & 7
        first = file.tell()
        if wire_type == 0:
            _varint(file)
            last = file.tell()
        elif wire_type == 1:
            last = first + 8
        elif wire_type == 5:
            last = first + 4
        elif wire_type == 2:
            length = _varint(file)
            first = file.tell()
            last = first + length
        else:
            raise ValueError(f"a field of type {wire_type} is not known")
        if last > end or number == 0:
            raise ValueError("it ends too early")
        yield number, first, last
        position = last


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = _exactly(file, 1)[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise ValueError("a number without an end")


def _exactly(file: BinaryIO, count: int) -> bytes:
    content = file.read(count)
    if len(content) < count:
        raise ValueError("it ends too early")
    return content


def key_value_bytes(header: Mapping[str, object], context_tokens: int, element_bytes: int = 2) -> int:
    """What the key/value cache of a GGUF model takes, by its metadata; 0 where that does not tell.

    Args:
        header: the metadata, as `{arch}.block_count` and the like.
        context_tokens: the wanted context; a model's own limit is kept.
    """
    arch = header.get("general.architecture")

    def number(name: str) -> int | None:
        value = header.get(f"{arch}.{name}")
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    layers, width, heads = (
        number("block_count"),
        number("embedding_length"),
        number("attention.head_count"),
    )
    if not layers or not width or not heads:
        return 0
    shared = number("attention.head_count_kv") or heads
    key, value = (number(f"attention.{one}_length") or width // heads for one in ("key", "value"))
    tokens = min(context_tokens, number("context_length") or context_tokens)
    return layers * tokens * shared * (key + value) * element_bytes
