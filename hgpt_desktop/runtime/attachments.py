"""Reads what the user attaches: what each file is, by its content, and whether it can be used."""

from __future__ import annotations

import mimetypes
import stat
from collections.abc import Sequence
from pathlib import Path

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind, Resource, unique_name
from hgpt_desktop.runtime.signatures import Found, find_signature

MAX_MEDIA_BYTES = 2 * 10**9
MAX_TEXT_BYTES = 20 * 10**6
_HEAD_BYTES = 8192
_TABLE_SUFFIXES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".tab": "text/tab-separated-values",
}
_TEXT_TYPES = {".md": "text/markdown", ".json": "application/json", ".yaml": "text/yaml", ".yml": "text/yaml"}
_KNOWN = (
    "Attach a picture (PNG, JPEG, WebP), a sound (WAV, MP3, FLAC), a video (MP4), a text, a table, "
    "a PDF or a DOCX."
)


def read_attachments(paths: Sequence[Path]) -> tuple[Resource, ...]:
    """A resource for each file, in order, under names that differ.

    The content decides on the kind, whatever the name says. Texts and tables of text carry their whole text.
    A document with text in it is a text to the plan; scanned pages stay a document, for experts that see.

    Raises:
        InvalidInput: a file is missing, a folder, empty, unreadable, broken, locked, of an unknown type or
            too large (2 GB, texts 20 MB, pictures 200 megapixels); the message names it.
    """
    names: set[str] = set()
    resources = []
    for path in paths:
        resource = _read(path.expanduser().absolute(), names)
        names.add(resource.name)
        resources.append(resource)
    return tuple(resources)


def look_at(path: Path) -> Found:
    """What a file is, by how it begins; whether all of it can be used is found out by `read_attachments`.

    Raises:
        InvalidInput: the file is missing, a folder, empty, unreadable, or of an unknown type.
    """
    size_bytes = _usable_size(path)
    try:
        head = _head_of(path)
        found = find_signature(path, head, size_bytes)
    except OSError as error:
        raise _unreadable(path, error) from error
    if found is None and _decoded(head, whole=size_bytes <= len(head)) is None:
        raise _unknown(path)
    return found or _text_type(path)


def _head_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    if isinstance(error, PermissionError):
        return InvalidInput(
            f"You may not read {path.name}.", "Change its permissions, or attach a copy.", str(error)
        )
    return InvalidInput(
        f"{path.name} cannot be read.", "Check the disk or network folder that it is on.", str(error)
    )


def _read(path: Path, taken: set[str]) -> Resource:
    size_bytes = _usable_size(path)
    try:
        head = _head_of(path)
        found = find_signature(path, head, size_bytes)
        text = None
        if found is None:
            found, text = _read_text(path, head, size_bytes)
    except OSError as error:
        raise _unreadable(path, error) from error
    if text is None and size_bytes > MAX_MEDIA_BYTES:
        raise InvalidInput(
            f"{path.name} has {size_bytes / 1e9:.1f} GB; files may have up to 2 GB.", "Attach a part of it."
        )
    if found.kind is Kind.IMAGE:
        from hgpt_desktop.runtime.pictures import check_picture

        check_picture(path)
    kind = found.kind
    if kind is Kind.DOCUMENT:
        from hgpt_desktop.runtime.documents import document_text

        text = document_text(path, found.media_type, MAX_TEXT_BYTES)
        kind = Kind.DOCUMENT if text is None else Kind.TEXT
    return Resource(unique_name(path.name, taken), kind, path, found.media_type, size_bytes, text)


def _usable_size(path: Path) -> int:
    """The size in bytes of a regular file that is not empty."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"The name of {str(path).encode(errors='replace').decode()} is not a text.",
            "Give the file another name.",
        ) from None
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}.", "Check the path and the spelling.") from None
    except PermissionError as error:
        raise InvalidInput(
            f"You may not look into the folder of {path}.", "Attach a copy from another place.", str(error)
        ) from error
    except OSError as error:  # a name too long, a circle of links, a lost network folder
        raise InvalidInput(f"{path} cannot be read.", "Check the path.", str(error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise InvalidInput(f"{path} is a folder.", "Attach the files in it one by one.")
    if not stat.S_ISREG(status.st_mode):
        raise InvalidInput(f"{path} is a device, not a file.", "Attach a file.")
    if status.st_size == 0:
        raise InvalidInput(f"{path.name} is empty.", "Attach a file with content.")
    return status.st_size


# ---------------------------------------------------------------- texts


def _read_text(path: Path, head: bytes, size_bytes: int) -> tuple[Found, str]:
    if _decoded(head, whole=size_bytes <= len(head)) is None:
        raise _unknown(path)
    if size_bytes > MAX_TEXT_BYTES:
        raise InvalidInput(
            f"{path.name} is a text of {size_bytes / 1e6:.0f} MB; texts may have up to 20 MB.",
            "Attach a part of it.",
        )
    text = _decoded(path.read_bytes(), whole=True)
    if text is None:
        raise InvalidInput(f"{path.name} begins as a text, but is none.", _KNOWN)
    if not text.strip():
        raise InvalidInput(f"{path.name} has only blanks in it.", "Attach a file with content.")
    return _text_type(path), text


def _unknown(path: Path) -> InvalidInput:
    return InvalidInput(f"{path.name} is of a type that is not known here.", _KNOWN)


def _decoded(content: bytes, *, whole: bool) -> str | None:
    """The text, or None where it is none. With `whole` false the last character may be cut off."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        even = content if whole else content[: len(content) // 2 * 2]
        try:
            text = even.decode("utf-16")
        except UnicodeDecodeError:
            # The cut may have parted a surrogate pair.
            return None if whole or len(even) < 4 else _decoded(even[:-2], whole=True)
        return None if "\0" in text else text
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not whole and error.start >= len(content) - 3 and error.reason == "unexpected end of data":
            return content[: error.start].decode("utf-8-sig")
    for encoding in ("cp1252", "latin-1"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Every byte is a letter in Latin-1, so that only a text without control characters is believed.
        return None if any(sign < " " and sign not in "\t\n\r\f\x1a\x1b" for sign in text) else text
    return None


def _text_type(path: Path) -> Found:
    suffix = path.suffix.lower()
    if suffix in _TABLE_SUFFIXES:
        return Found(Kind.TABLE, _TABLE_SUFFIXES[suffix])
    by_name = _TEXT_TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or ""
    is_text = by_name.startswith("text/") or by_name == "application/json"
    return Found(Kind.TEXT, by_name if is_text else "text/plain")
