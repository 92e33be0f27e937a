"""Files and texts that nobody wishes for and everybody has: broken ones, and sound ones of a rare form."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from tiny_checkpoints import library
from tiny_sound import film

from hgpt_desktop.core.resources import Kind, Resource

SIZE = (96, 64)
PANORAMA = (30_000, 40)
_RATE_HZ = 16_000
_TURNED_LEFT = 6
_ORIENTATION = 0x0112


class Must(Enum):
    """What has to come of it."""

    WORK = "work"  # it is sound, whatever its form
    FAIL = "fail"  # there is nothing in it
    EITHER = "either"  # so little or so much that a sentence is fine too


@dataclass(frozen=True)
class Awkward:
    """One of them.

    Args:
        value: a text, or a path.
        size_px: width and height of a picture, as people see it.
    """

    name: str
    value: str | Path
    must: Must
    size_px: tuple[int, int] = SIZE

    def given(self, kind: Kind) -> Resource | str:
        """As a task is given it."""
        if isinstance(self.value, str):
            return self.value
        size_bytes = self.value.stat().st_size
        return Resource(self.value.name, kind, self.value, "application/octet-stream", size_bytes)


class AwkwardFiles:
    """All of them by kind, written into a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.by_kind: Mapping[Kind, tuple[Awkward, ...]] = {
            Kind.IMAGE: _pictures(folder),
            Kind.AUDIO: _recordings(folder),
            Kind.VIDEO: _films(folder),
            Kind.DOCUMENT: _documents(folder),
            Kind.TABLE: _tables(folder),
            Kind.TEXT: TEXTS,
        }


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _noise(count: int) -> bytes:
    return np.random.default_rng(5).integers(1, 256, count, dtype=np.uint8).tobytes()


# ---------------------------------------------------------------- pictures


def drawing(size: tuple[int, int] = SIZE) -> Image.Image:
    """Something to see at each size: a red field on white, and a word below."""
    picture = Image.new("RGB", size, "white")
    width, height = size
    pen = ImageDraw.Draw(picture)
    pen.rectangle((width // 8, height // 8, width // 2, height * 5 // 8), fill="red", outline="black")
    pen.text((width // 8, height * 3 // 4), "word", fill="black")
    return picture


def lying(upright: Image.Image, path: Path) -> Path:
    """The picture as a phone writes it: stored on its side, and a note which side is up."""
    exif = Image.Exif()
    exif[_ORIENTATION] = _TURNED_LEFT
    upright.transpose(Image.Transpose.ROTATE_90).save(path, quality=95, exif=exif)
    return path


def _encoded(image: Image.Image, form: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form)
    return stream.getvalue()


def _pictures(folder: Path) -> tuple[Awkward, ...]:
    plain = drawing()
    noisy = Image.fromarray(np.frombuffer(_noise(64 * 96 * 3), dtype=np.uint8).reshape(64, 96, 3))
    steps = [plain, plain.rotate(90), plain.rotate(180)]
    for form in ("gif", "webp"):
        steps[0].save(folder / f"moving.{form}", save_all=True, append_images=steps[1:], duration=40)
    plain.convert("CMYK").save(folder / "print.jpg")
    deep = np.asarray(plain.convert("L"), dtype=np.uint16) * 257
    Image.fromarray(deep).save(folder / "deep.png")
    few = plain.quantize(8)
    few.save(folder / "palette.png", transparency=few.getpixel((SIZE[0] - 1, SIZE[1] - 1)))
    Image.new("RGB", (1, 1), "red").save(folder / "dot.png")
    drawing(PANORAMA).save(folder / "panorama.png")
    lying(drawing((SIZE[1], SIZE[0])), folder / "lying.jpg")
    jpeg, png = _encoded(noisy, "JPEG"), _encoded(noisy, "PNG")
    return (
        Awkward("empty", _written(folder, "empty.png", b""), Must.FAIL),
        Awkward("a text", _written(folder, "text.png", b"this is no picture at all\n" * 20), Must.FAIL),
        Awkward("cut JPEG", _written(folder, "cut.jpg", jpeg[: len(jpeg) // 2]), Must.FAIL),
        Awkward("cut PNG", _written(folder, "cut.png", png[: len(png) // 2]), Must.FAIL),
        Awkward("animated GIF", folder / "moving.gif", Must.WORK),
        Awkward("animated WebP", folder / "moving.webp", Must.WORK),
        Awkward("CMYK", folder / "print.jpg", Must.WORK),
        Awkward("on its side", folder / "lying.jpg", Must.WORK, (SIZE[1], SIZE[0])),
        Awkward("16 bits", folder / "deep.png", Must.WORK),
        Awkward("palette with transparency", folder / "palette.png", Must.WORK),
        Awkward("one pixel", folder / "dot.png", Must.EITHER, (1, 1)),
        Awkward("panorama", folder / "panorama.png", Must.EITHER, PANORAMA),
    )


# ---------------------------------------------------------------- recordings and films


def _tone(seconds: float, rate_hz: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def _wav(path: Path, seconds: float, rate_hz: int = _RATE_HZ, channels: int = 1) -> Path:
    samples = np.repeat((_tone(seconds, rate_hz) * 32767).astype("<i2")[:, None], channels, axis=1)
    with wave.open(str(path), "wb") as wav:
        wav.setparams((channels, 2, rate_hz, 0, "NONE", "NONE"))
        wav.writeframes(samples.tobytes())
    return path


def _coded(path: Path, codec: str, form: str, layout: str = "mono", sample_form: str = "s16") -> Path:
    """Two seconds of a tone, written by FFmpeg."""
    av = library("av")
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=_RATE_HZ, layout=layout)
        count = stream.codec_context.channels
        floats = np.repeat(_tone(2.0, _RATE_HZ)[None], count, axis=0)
        values = floats if sample_form.startswith("flt") else (floats * 32767).astype(np.int16)
        if not form.endswith("p"):
            values = values.T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(values), format=form, layout=layout)
        frame.sample_rate = _RATE_HZ
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    return path


def _half(path: Path) -> Path:
    content = path.read_bytes()
    return _written(path.parent, f"cut-{path.name}", content[: len(content) // 2])


def _recordings(folder: Path) -> tuple[Awkward, ...]:
    flac = _coded(folder / "tone.flac", "flac", "s16")
    mp3 = _coded(folder / "tone.mp3", "libmp3lame", "fltp", sample_form="fltp")
    floats = _coded(folder / "floats.wav", "pcm_f32le", "flt", sample_form="flt")
    surround = _coded(folder / "surround.wav", "pcm_s16le", "s16", layout="5.1")
    return (
        Awkward("empty", _written(folder, "empty.wav", b""), Must.FAIL),
        Awkward("random bytes", _written(folder, "random.wav", _noise(4000)), Must.FAIL),
        Awkward("no samples", _wav(folder / "silent.wav", 0.0), Must.FAIL),
        Awkward("cut FLAC", _half(flac), Must.EITHER),
        Awkward("cut MP3", _half(mp3), Must.WORK),
        Awkward("telephone", _wav(folder / "telephone.wav", 2.0, 8000), Must.WORK),
        Awkward("5.1", surround, Must.WORK),
        Awkward("a hundredth of a second", _wav(folder / "short.wav", 0.01), Must.EITHER),
        Awkward("floats", floats, Must.WORK),
    )


def _films(folder: Path) -> tuple[Awkward, ...]:
    whole = film(folder / "whole.mp4")
    mute = film(folder / "mute.mp4", sound=False)
    return (
        Awkward("empty", _written(folder, "empty.mp4", b""), Must.FAIL),
        Awkward("random bytes", _written(folder, "random.mp4", _noise(4000)), Must.FAIL),
        Awkward("cut", _half(whole), Must.FAIL),  # what tells where things are stands at its end
        Awkward("mute", mute, Must.EITHER),
        Awkward("one picture", _single(folder / "single.mp4"), Must.EITHER),
    )


def _single(path: Path) -> Path:
    av = library("av")
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, dtype=np.uint8), format="rgb24")
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    return path


# ---------------------------------------------------------------- documents, tables, texts


def _documents(folder: Path) -> tuple[Awkward, ...]:
    scan = _encoded(drawing((400, 300)), "PDF")
    return (
        Awkward("empty", _written(folder, "empty.pdf", b""), Must.FAIL),
        Awkward("cut", _written(folder, "cut.pdf", scan[: len(scan) // 2]), Must.FAIL),
        Awkward("locked", _written(folder, "locked.pdf", _locked()), Must.FAIL),
        Awkward("only its name", _written(folder, "named.pdf", b"%PDF-1.7\n"), Must.FAIL),
    )


def _locked() -> bytes:
    """A PDF whose keys fit no password, above all not the empty one."""
    owner, user = (f"<{_noise(size)[-32:].hex()}>" for size in (40, 60))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        f"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O {owner} /U {user} >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{part}\nendobj\n".encode()
    begin = len(content)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{rows}".encode()
    ends = f"<< /Size {len(parts) + 1} /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>"
    return content + f"trailer\n{ends}\nstartxref\n{begin}\n%%EOF\n".encode()


def _tables(folder: Path) -> tuple[Awkward, ...]:
    rows = [f"{number},{number % 3},{'cät' if number % 2 else 'dog'}" for number in range(40)]
    sound = "\n".join(["size,legs,class", *rows])
    ragged = "\n".join(
        ["size,legs,class", *(row + ",more,still more" * (n % 2) for n, row in enumerate(rows)), "7"]
    )
    one = "\n".join(["class", *(row.split(",")[2] for row in rows)])

    def table(name: str, file: str, content: bytes, must: Must) -> Awkward:
        return Awkward(name, _written(folder, file, content), must)

    return (
        table("empty", "empty.csv", b"", Must.FAIL),
        table("blank lines", "blank.csv", b"\n\n  \n", Must.FAIL),
        table("header only", "header.csv", b"size,legs,class\n", Must.FAIL),
        table("one column", "column.csv", one.encode(), Must.EITHER),
        table("ragged rows", "ragged.csv", ragged.encode(), Must.WORK),
        table("cp1252", "western.csv", sound.encode("cp1252"), Must.WORK),
        table("UTF-16", "wide.csv", sound.encode("utf-16"), Must.WORK),
        table("semicolons", "semicolons.csv", sound.replace(",", ";").encode(), Must.WORK),
        table("random bytes", "random.csv", _noise(3000), Must.EITHER),
        table("random bytes as XLSX", "random.xlsx", _noise(3000), Must.EITHER),
        table("broken XLSX", "broken.xlsx", b"PK\x03\x04" + _noise(3000), Must.FAIL),
    )


_WORDS = ("the", "cat", "lives", "in", "paris", "and", "the", "dog", "is", "blue", ".")

TEXTS: tuple[Awkward, ...] = (
    Awkward("empty", "", Must.FAIL),
    Awkward("blanks", " \n\t \u3000 ", Must.FAIL),
    Awkward("10,000 words", " ".join(_WORDS[number % len(_WORDS)] for number in range(10_000)), Must.EITHER),
    Awkward("Chinese", "貓住在巴黎，狗是藍色的。你在哪裡工作？" * 5, Must.EITHER),
    Awkward("NUL", "the cat\0lives in\0paris", Must.EITHER),
    Awkward("one long word", "abcdefghij" * 2000, Must.EITHER),
)
