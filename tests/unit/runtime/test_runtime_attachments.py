"""What the user attaches: the kind by content, and a plain word for every bad file."""

from __future__ import annotations

import io
import os
import random
import stat
import subprocess
import sys
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from document_files import OOXML, WORDS, odt, pdf, scanned_pdf, written_docx
from PIL import Image

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.runtime import attachments, pictures
from hgpt_desktop.runtime.attachments import read_attachments


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    noise = random.Random(7).randbytes(3 * size[0] * size[1])
    Image.frombytes("RGB", size, noise).save(out, form)
    return out.getvalue()


def sound(seconds: float = 0.01) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\2" * int(8000 * seconds))
    return out.getvalue()


def archive(*members: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for member in members:
            file.writestr(member, "<xml/>")
    return out.getvalue()


KNOWN: list[tuple[str, Callable[[], bytes], Kind, str]] = [
    ("a.png", lambda: picture("PNG"), Kind.IMAGE, "image/png"),
    ("a.jpg", lambda: picture("JPEG"), Kind.IMAGE, "image/jpeg"),
    ("a.webp", lambda: picture("WEBP"), Kind.IMAGE, "image/webp"),
    ("a.gif", lambda: picture("GIF"), Kind.IMAGE, "image/gif"),
    ("a.bmp", lambda: picture("BMP"), Kind.IMAGE, "image/bmp"),
    ("a.tif", lambda: picture("TIFF"), Kind.IMAGE, "image/tiff"),
    ("a.wav", sound, Kind.AUDIO, "audio/wav"),
    ("a.mp3", lambda: b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" * 9, Kind.AUDIO, "audio/mpeg"),
    ("b.mp3", lambda: b"\xff\xfb\x90\x64" + b"\0" * 400, Kind.AUDIO, "audio/mpeg"),
    ("a.flac", lambda: b"fLaC\0\0\0\x22" + b"\0" * 40, Kind.AUDIO, "audio/flac"),
    ("a.ogg", lambda: b"OggS\0\2" + b"\0" * 40 + b"\x01vorbis", Kind.AUDIO, "audio/ogg"),
    ("a.ogv", lambda: b"OggS\0\2" + b"\0" * 22 + b"\x80theora", Kind.VIDEO, "video/ogg"),
    ("a.m4a", lambda: b"\0\0\0\x20ftypM4A \0\0\0\0", Kind.AUDIO, "audio/mp4"),
    ("a.mp4", lambda: b"\0\0\0\x20ftypisom\0\0\0\0", Kind.VIDEO, "video/mp4"),
    ("a.webm", lambda: b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm", Kind.VIDEO, "video/webm"),
    ("a.avi", lambda: b"RIFF\0\0\0\0AVI LIST", Kind.VIDEO, "video/x-msvideo"),
    ("a.pdf", scanned_pdf, Kind.DOCUMENT, "application/pdf"),
    ("b.pdf", lambda: pdf(WORDS), Kind.TEXT, "application/pdf"),
    ("a.docx", lambda: written_docx(WORDS), Kind.TEXT, f"{OOXML}.wordprocessingml.document"),
    ("a.xlsx", lambda: archive("xl/workbook.xml"), Kind.TABLE, f"{OOXML}.spreadsheetml.sheet"),
    ("a.odt", lambda: odt("<t:p>hello</t:p>"), Kind.TEXT,
     "application/vnd.oasis.opendocument.text"),
    ("a.txt", lambda: b"hello", Kind.TEXT, "text/plain"),
    ("a.md", lambda: b"# hello", Kind.TEXT, "text/markdown"),
    ("a.py", lambda: b"print('x')", Kind.TEXT, "text/x-python"),
    ("a.json", lambda: b"{}", Kind.TEXT, "application/json"),
    ("no suffix", lambda: b"hello", Kind.TEXT, "text/plain"),
    ("a.csv", lambda: b"a,b\n1,2\n", Kind.TABLE, "text/csv"),
    ("a.tsv", lambda: b"a\tb\n1\t2\n", Kind.TABLE, "text/tab-separated-values"),
    ("ID3 tags are odd.txt", lambda: b"ID3 tags are odd", Kind.TEXT, "text/plain"),
    ("BMW.txt", lambda: b"BMW builds cars, and has done so for long.", Kind.TEXT, "text/plain"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "kind", "media_type"), KNOWN, ids=[one[0] for one in KNOWN])
def test_kinds(tmp_path: Path, name: str, make: Callable[[], bytes], kind: Kind, media_type: str) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    (found,) = read_attachments([path])
    assert (found.name, found.kind, found.media_type, found.path) == (name, kind, media_type, path)
    assert found.size_bytes == path.stat().st_size


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grüße, it's “fine”".encode(), "Grüße, it's “fine”"),
        ("﻿with a mark".encode(), "with a mark"),
        ("Grüße 😀".encode("utf-16"), "Grüße 😀"),
        ("Grüße".encode("utf-16-be").join([b"\xfe\xff", b""]), "Grüße"),
        ("Grüße – “alt”".encode("cp1252"), "Grüße – “alt”"),
        (b"byte \x81 of no code page", "byte \x81 of no code page"),
        (b"dos text\r\n\x1a", "dos text\r\n\x1a"),
        (("ß" * 9000).encode(), "ß" * 9000),
        (("x" + "ß" * 9000).encode(), "x" + "ß" * 9000),
        (("x" + "😀" * 9000).encode("utf-16"), "x" + "😀" * 9000),
    ],
)
def test_texts_of_all_encodings(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    (found,) = read_attachments([path])
    assert (found.kind, found.text) == (Kind.TEXT, text)


def test_tables_of_text_carry_their_text_and_others_do_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    (tmp_path / "a.wav").write_bytes(sound())
    table, audio = read_attachments([tmp_path / "a.csv", tmp_path / "a.wav"])
    assert (table.text, audio.text) == ("a,b\n", None)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("photo.txt", picture("PNG"), Kind.IMAGE),
        ("photo.png", b"just words", Kind.TEXT),
        ("song.jpg", sound(), Kind.AUDIO),
        ("letter.mp3", pdf(WORDS), Kind.TEXT),
    ],
)
def test_the_content_counts_and_not_the_name(tmp_path: Path, name: str, content: bytes, kind: Kind) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_attachments([path])[0].kind is kind


def test_the_same_name_twice(tmp_path: Path) -> None:
    paths = []
    for folder in ("one", "two", "three"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "a.txt")
        paths[-1].write_text(folder)
    found = read_attachments(paths)
    assert [(one.name, one.text) for one in found] == [
        ("a.txt", "one"),
        ("a-2.txt", "two"),
        ("a-3.txt", "three"),
    ]


def test_relative_paths_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    assert read_attachments([Path("a.txt")])[0].path == tmp_path / "a.txt"


def refused(path: Path, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as raised:
        read_attachments([path])
    assert path.name in raised.value.message or str(path.parent) in raised.value.message
    assert raised.value.hint
    assert raised.value.message.endswith(".")


def test_missing(tmp_path: Path) -> None:
    refused(tmp_path / "a.png", "There is no file")
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file" / "a.png", "cannot be read")
    refused(tmp_path / ("x" * 300), "cannot be read")


def test_not_a_file(tmp_path: Path) -> None:
    refused(tmp_path, "is a folder")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "is a device")


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (b" \n\t\n", "only blanks")])
def test_empty(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    refused(path, message)


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")

    def deny(self: Path, *args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    refused(path, "You may not read")


@pytest.mark.parametrize(
    "content",
    [
        b"\x7fELF\2\1\1\0" + bytes(range(256)) * 4,
        bytes(range(256)) * 40,
        b"\xff\xfeA",  # half a character of UTF-16
        b"\x01\x02\x03\x04 control characters \xff",
        b"SQLite format 3\0" + b"\0" * 100,
    ],
)
def test_unknown_types(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    refused(path, "not known here")


def test_a_text_that_turns_binary_later(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"words " * 5000 + b"\0\1\2")
    refused(path, "begins as a text")


def test_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive("photo.png"))
    refused(path, "is an archive")
    path = tmp_path / "a.docx"
    path.write_bytes(archive("word/document.xml")[:60])
    refused(path, "damaged or not complete")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_truncated_pictures(tmp_path: Path, form: str, share: float) -> None:
    content = picture(form, (200, 150))
    path = tmp_path / f"a.{form.lower()}"
    path.write_bytes(content[: int(len(content) * share)])
    refused(path, "damaged")


def test_a_picture_in_name_and_first_bytes_only(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20)
    refused(path, "damaged")


def test_a_sound_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(sound(0))
    refused(path, "without any sound")
    path.write_bytes(sound()[:20])
    refused(path, "without any sound")


def huge(path: Path, size_bytes: int, head: bytes) -> Path:
    """A sparse file: it takes no room."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size_bytes)
    return path


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(huge(tmp_path / "a.mp4", 2 * 10**9 + 1, b"\0\0\0\x20ftypisom\0\0\0\0"), "2.0 GB")
    monkeypatch.setattr(attachments, "MAX_TEXT_BYTES", 100)
    path = tmp_path / "a.txt"
    path.write_text("x" * 101)
    refused(path, "is a text of")
    path.write_text("x" * 100)
    assert read_attachments([path])[0].size_bytes == 100


def hollow_png(path: Path, width_px: int, height_px: int) -> Path:
    """A sound file of a picture that says it is large, without the pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + check

    size = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big")
    header = chunk(b"IHDR", size + b"\1\0\0\0\0")
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )
    return path


def test_forty_megapixels_are_welcome(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (8000, 5000)).save(path)
    assert read_attachments([path])[0].kind is Kind.IMAGE


def test_two_hundred_megapixels_are_the_end(tmp_path: Path) -> None:
    """Warnings are errors here, so that Pillow's own limits (89 and 179 megapixels) must not be heard of."""
    limit = Image.MAX_IMAGE_PIXELS
    assert read_attachments([hollow_png(tmp_path / "a.png", 20_000, 10_000)])[0].kind is Kind.IMAGE
    refused(hollow_png(tmp_path / "b.png", 20_001, 10_000), "200 megapixels")
    assert limit == Image.MAX_IMAGE_PIXELS


def test_a_large_truncated_picture_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "DECODED_PIXELS", 100)
    for form in ("PNG", "JPEG"):
        content = picture(form, (400, 300))
        path = tmp_path / f"a.{form.lower()}"
        path.write_bytes(content[: len(content) // 2])
        refused(path, "damaged")


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.txt"))
    path.write_text("x")
    with pytest.raises(InvalidInput, match="is not a text"):
        read_attachments([path])


def test_the_module_imports_neither_pillow_nor_puremagic() -> None:
    code = (
        "import sys, hgpt_desktop.runtime.session, hgpt_desktop.runtime.attachments;"
        "heavy = ('PIL', 'puremagic', 'pypdfium2', 'defusedxml', 'psutil', 'pynvml', 'numpy');"
        "print([name for name in heavy if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(stat.S_IRUSR)
    assert read_attachments([path])[0].text == "x"


def test_the_pixels_of_a_picture_are_upright_and_no_larger_than_wanted(tmp_path: Path) -> None:
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right
    Image.new("RGB", (400, 200), (255, 0, 0)).save(turned, exif=exif)
    found = pictures.picture_pixels(turned, 100, 100)
    assert (found.width_px, found.height_px) == (50, 100)
    assert len(found.pixels) == 4 * 50 * 100
    assert found.pixels[0] > 240
    assert found.pixels[3] == 255
    turned.write_bytes(turned.read_bytes()[:600])
    with pytest.raises(InvalidInput):
        pictures.picture_pixels(turned, 100, 100)
