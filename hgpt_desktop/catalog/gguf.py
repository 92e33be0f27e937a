"""The header of a GGUF file: what kind of model it holds. Reads no weights and trusts no length."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from hgpt_desktop.core.errors import InvalidInput

Value = int | float | bool | str | list[str]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""How many numbers stand together in a tensor of each kind, and in how many bytes (ggml.h, `ggml_type`)."""
_STRING, _ARRAY = 8, 9
_MOST_ENTRIES = 65_536
_LONGEST_KEY = 65_535
_LONGEST_STRING = 1 << 24
_MOST_ELEMENTS = 1 << 24
_MOST_DIMENSIONS = 4
_ALIGNMENT = 32  # of the tensors, where the file does not say
_KEPT_ELEMENTS = 256  # lists of languages are kept, lists of tokens are not


def read_header(path: Path) -> Mapping[str, Value]:
    """The metadata of a GGUF file: numbers, texts and short lists of texts; long lists are passed over.

    Raises:
        InvalidInput: it is not a GGUF file of a known version, or it is cut short.
    """
    try:
        with path.open("rb") as file:
            return _Reader(file, path.stat().st_size).header()
    except (ValueError, struct.error, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path.name} is not a complete GGUF file.",
            "Fetch it again; it may have been cut short.",
            str(error),
        ) from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read.", "Check its name and its rights.", str(error)) from error


def read_weights(path: Path) -> tuple[Mapping[str, Value], int]:
    """The metadata of a GGUF file, and the bytes of its tensors.

    Raises: as `read_header` does; `InvalidInput` also where the file ends before its last tensor.
    """
    try:
        with path.open("rb") as file:
            reader = _Reader(file, path.stat().st_size)
            header = reader.header()
            return header, reader.tensor_bytes(header)
    except (ValueError, struct.error, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path.name} is not a complete GGUF file.",
            "Fetch it again; it may have been cut short.",
            str(error),
        ) from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read.", "Check its name and its rights.", str(error)) from error


class _Reader:
    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._size = self._left = size_bytes
        self._tensors = 0

    def header(self) -> dict[str, Value]:
        if self._take(4) != _MAGIC:
            raise ValueError("it does not begin with GGUF")
        version = int(self._number("<I"))
        if version not in _VERSIONS:
            raise ValueError(f"version {version} is not known")
        self._tensors = int(self._number("<Q"))
        entries = int(self._number("<Q"))
        if entries > _MOST_ENTRIES:
            raise ValueError(f"{entries} entries cannot be right")
        found: dict[str, Value] = {}
        for _ in range(entries):
            key = self._text(_LONGEST_KEY)
            value = self._value(int(self._number("<I")))
            if value is not None:
                found[key] = value
        return found

    def tensor_bytes(self, header: Mapping[str, Value]) -> int:
        """After the header: what stands behind the descriptions of the tensors, up to the end of the file."""
        if self._tensors > _MOST_ENTRIES:
            raise ValueError(f"{self._tensors} tensors cannot be right")
        needed = max((self._tensor_end() for _ in range(self._tensors)), default=0)
        alignment = header.get("general.alignment", _ALIGNMENT)
        if not isinstance(alignment, int) or alignment < 1:
            raise ValueError(f"an alignment of {alignment} cannot be right")
        begin = -(-(self._size - self._left) // alignment) * alignment
        there = max(0, self._size - begin)
        if needed > there:
            raise ValueError(f"its tensors take {needed} bytes, and {there} are there")
        return there

    def _tensor_end(self) -> int:
        """Where the next tensor ends, counted from where the first one begins."""
        self._text(_LONGEST_KEY)
        dimensions = int(self._number("<I"))
        if dimensions > _MOST_DIMENSIONS:
            raise ValueError(f"a tensor of {dimensions} dimensions cannot be right")
        numbers = math.prod(int(self._number("<Q")) for _ in range(dimensions))
        together, bytes_together = _BLOCKS.get(int(self._number("<I")), (1, 0))
        return int(self._number("<Q")) + numbers // together * bytes_together

    def _value(self, kind: int) -> Value | None:
        if kind in _SCALARS:
            return self._number(_SCALARS[kind])
        if kind == _STRING:
            return self._text(_LONGEST_STRING)
        if kind != _ARRAY:
            raise ValueError(f"a value of kind {kind} is not known")
        element, count = int(self._number("<I")), int(self._number("<Q"))
        if count > _MOST_ELEMENTS:
            raise ValueError(f"a list of {count} cannot be right")
        if element in _SCALARS:
            self._pass(struct.calcsize(_SCALARS[element]) * count)
            return None
        if element != _STRING:
            raise ValueError(f"a list of kind {element} is not known")
        if count <= _KEPT_ELEMENTS:
            return [self._text(_LONGEST_STRING) for _ in range(count)]
        for _ in range(count):
            self._pass(int(self._number("<Q")))
        return None

    def _text(self, longest: int) -> str:
        length = int(self._number("<Q"))
        if length > longest:
            raise ValueError(f"a text of {length} bytes cannot be right")
        return self._take(length).decode()

    def _number(self, form: str) -> int | float | bool:
        value: int | float | bool = struct.unpack(form, self._take(struct.calcsize(form)))[0]
        return value

    def _take(self, count: int) -> bytes:
        self._left -= count
        content = self._file.read(count) if self._left >= 0 else b""
        if len(content) < count:
            raise ValueError("it ends too early")
        return content

    def _pass(self, count: int) -> None:
        self._left -= count
        if count < 0 or self._left < 0:
            raise ValueError("it ends too early")
        self._file.seek(count, 1)
