"""What a file is by the bytes that it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind


@dataclass(frozen=True, slots=True)
class Found:
    """What a file turned out to be."""

    kind: Kind
    media_type: str


_STARTS = (
    (b"\x89PNG\r\n\x1a\n", Found(Kind.IMAGE, "image/png")),
    (b"\xff\xd8\xff", Found(Kind.IMAGE, "image/jpeg")),
    (b"GIF87a", Found(Kind.IMAGE, "image/gif")),
    (b"GIF89a", Found(Kind.IMAGE, "image/gif")),
    (b"II*\0", Found(Kind.IMAGE, "image/tiff")),
    (b"MM\0*", Found(Kind.IMAGE, "image/tiff")),
    (b"fLaC", Found(Kind.AUDIO, "audio/flac")),
    (b"ID3\2", Found(Kind.AUDIO, "audio/mpeg")),
    (b"ID3\3", Found(Kind.AUDIO, "audio/mpeg")),
    (b"ID3\4", Found(Kind.AUDIO, "audio/mpeg")),
    (b"OggS", Found(Kind.AUDIO, "audio/ogg")),
    (b"\x1aE\xdf\xa3", Found(Kind.VIDEO, "video/x-matroska")),
    (b"%PDF-", Found(Kind.DOCUMENT, "application/pdf")),
    (b"{\\rtf", Found(Kind.DOCUMENT, "application/rtf")),
)
_RIFF = {
    b"WAVE": Found(Kind.AUDIO, "audio/wav"),
    b"AVI ": Found(Kind.VIDEO, "video/x-msvideo"),
    b"WEBP": Found(Kind.IMAGE, "image/webp"),
}
_FORM = {b"AIFF": Found(Kind.AUDIO, "audio/aiff"), b"AIFC": Found(Kind.AUDIO, "audio/aiff")}
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1")
_OOXML = "application/vnd.openxmlformats-officedocument"
_ZIP_MEMBERS = (
    ("word/document.xml", Found(Kind.DOCUMENT, f"{_OOXML}.wordprocessingml.document")),
    ("ppt/presentation.xml", Found(Kind.DOCUMENT, f"{_OOXML}.presentationml.presentation")),
    ("xl/workbook.xml", Found(Kind.TABLE, f"{_OOXML}.spreadsheetml.sheet")),
)
_ZIP_TYPES = {
    "application/vnd.oasis.opendocument.text": Kind.DOCUMENT,
    "application/vnd.oasis.opendocument.presentation": Kind.DOCUMENT,
    "application/vnd.oasis.opendocument.spreadsheet": Kind.TABLE,
    "application/epub+zip": Kind.DOCUMENT,
}
_KINDS_BY_MEDIA_TYPE = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}
_SURE = 0.7  # confidence of puremagic from which it is believed


def find_signature(path: Path, head: bytes, size_bytes: int) -> Found | None:
    """What the file is, or None where it may be a text or is unknown.

    Args:
        head: how the file begins.

    Raises:
        InvalidInput: it is of a known type, but broken, or of a type that cannot be used.
        OSError: it cannot be read.
    """
    for start, found in _STARTS:
        if head.startswith(start):
            return _refined(found, head)
    if head[:4] in (b"RIFF", b"RF64") and (riff := _RIFF.get(head[8:12])):
        if riff.media_type == "audio/wav":
            _check_wave(path, head, size_bytes)
        return riff
    if head[:4] == b"FORM" and (form := _FORM.get(head[8:12])):
        return form
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(path)
    if (
        head[:2] == b"BM"
        and len(head) >= 18
        and head[6:10] == b"\0\0\0\0"
        and head[14] in (12, 40, 52, 56, 108, 124)
    ):
        return Found(Kind.IMAGE, "image/bmp")
    if _is_mpeg_frame(head):
        return Found(Kind.AUDIO, "audio/mpeg")
    # Texts have no zero bytes, and puremagic finds types in them by chance.
    return _by_puremagic(head) if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")) else None


def _refined(found: Found, head: bytes) -> Found:
    if found.media_type == "audio/ogg" and b"\x80theora" in head:
        return Found(Kind.VIDEO, "video/ogg")
    if found.media_type == "video/x-matroska" and b"webm" in head[:64]:
        return Found(Kind.VIDEO, "video/webm")
    return found


def _iso_media(head: bytes) -> Found:
    brand = head[8:12]
    if brand in _PICTURE_BRANDS:
        return Found(Kind.IMAGE, "image/avif" if brand.startswith(b"avi") else "image/heic")
    if brand in (b"M4A ", b"M4B "):
        return Found(Kind.AUDIO, "audio/mp4")
    return Found(Kind.VIDEO, "video/quicktime" if brand == b"qt  " else "video/mp4")


def _is_mpeg_frame(head: bytes) -> bool:
    """Whether an MPEG audio frame of layer III or II begins here, or an ADTS frame of AAC."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer in (1, 2) and bit_rate not in (0, 15) and sample_rate != 3


def _check_wave(path: Path, head: bytes, size_bytes: int) -> None:
    """A WAV file needs a format and sound; how long it is does not matter here."""
    position, has_format = 12, False
    while position + 8 <= len(head):
        name, length = (
            head[position : position + 4],
            int.from_bytes(head[position + 4 : position + 8], "little"),
        )
        if name == b"fmt ":
            has_format = True
        if name == b"data":
            if has_format and size_bytes > position + 8:
                return
            break
        position += 8 + length + length % 2
    else:
        if has_format and position < size_bytes:  # the sound begins after a long description
            return
    raise InvalidInput(f"{path.name} is a sound file without any sound in it.", "Record or export it again.")


def _in_zip(path: Path) -> Found:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            if "mimetype" in members and archive.getinfo("mimetype").file_size < 200:
                media_type = archive.read("mimetype").decode("ascii", "replace").strip()
                if media_type in _ZIP_TYPES:
                    return Found(_ZIP_TYPES[media_type], media_type)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InvalidInput(
            f"{path.name} is damaged or not complete.", "Get or save the file once more.", str(error)
        ) from error
    for member, found in _ZIP_MEMBERS:
        if member in members:
            return found
    raise InvalidInput(f"{path.name} is an archive.", "Unpack it and attach the files in it.")


def _by_puremagic(head: bytes) -> Found | None:
    import puremagic

    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    for match in matches:
        kind = _KINDS_BY_MEDIA_TYPE.get(match.mime_type.partition("/")[0])
        if kind is not None and match.confidence >= _SURE:
            return Found(kind, match.mime_type)
    return None
