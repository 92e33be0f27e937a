"""Opening pictures and recordings: good ones, odd ones, bad ones."""

from __future__ import annotations

import contextlib
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hgpt_desktop.core.errors import Cancelled, InvalidInput
from hgpt_desktop.experts.media import (
    Picture,
    audio_blocks,
    audio_seconds,
    decode_audio,
    open_image,
    sound_pieces,
)
from hgpt_desktop.settings import shipped

SAMPLES = shipped("resources") / "samples"


def saved(image: Image.Image, path: Path, exif: Image.Exif | None = None) -> Path:
    image.save(path, exif=exif or Image.Exif())
    return path


def a_wav(path: Path, samples: np.ndarray[tuple[int], np.dtype[np.float64]], rate_hz: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        wav.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def a_tone(seconds: float, rate_hz: int = 16_000) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    tone: np.ndarray[tuple[int], np.dtype[np.float64]] = 0.5 * np.sin(
        np.arange(int(seconds * rate_hz)) * 2 * np.pi * 440 / rate_hz
    )
    return tone


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff", "gif"])
def test_many_formats(tmp_path: Path, suffix: str) -> None:
    picture = open_image(saved(Image.new("RGB", (30, 20), (200, 30, 30)), tmp_path / f"a.{suffix}"))
    assert (picture.image.mode, picture.image.size) == ("RGB", (30, 20))
    red, green, _ = picture.image.getpixel((5, 5))  # type: ignore[misc]
    assert red > 150 > green


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I", "F", "I;16"])
def test_many_modes(tmp_path: Path, mode: str) -> None:
    image = Image.new("L", (4, 4), 255).convert(mode) if mode != "I;16" else Image.new("I;16", (4, 4), 65535)
    picture = open_image(saved(image, tmp_path / "a.tiff"))
    assert picture.image.mode == "RGB"
    assert picture.image.getpixel((1, 1)) == (255, 255, 255)


def test_sixteen_bits_keep_their_middle(tmp_path: Path) -> None:
    picture = open_image(saved(Image.new("I;16", (4, 4), 32896), tmp_path / "a.png"))
    assert picture.image.getpixel((0, 0)) == (128, 128, 128)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    image.putpixel((1, 1), (0, 0, 0, 255))
    seen = open_image(saved(image, tmp_path / "a.png")).image
    assert (seen.getpixel((0, 0)), seen.getpixel((1, 1))) == ((255, 255, 255), (0, 0, 0))


def test_a_lying_photo_is_turned(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 10, 20))  # what the camera calls the left edge
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    picture = open_image(saved(image, tmp_path / "a.png", exif=exif))
    assert picture.image.size == (picture.width_px, picture.height_px) == (20, 40)
    assert picture.image.getpixel((10, 2)) == (255, 0, 0)
    assert picture.image.getpixel((10, 38)) == (255, 255, 255)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_large_picture_is_scaled_down(tmp_path: Path, suffix: str) -> None:
    path = saved(Image.new("L", (2400, 1500), 90), tmp_path / f"a.{suffix}")
    picture = open_image(path, max_pixels=100_000)
    assert 95_000 < picture.image.width * picture.image.height <= 100_000
    assert (picture.width_px, picture.height_px) == (2400, 1500)
    x, y = picture.to_file(picture.image.width, picture.image.height / 2)
    assert (x, y) == pytest.approx((2400, 750))


def test_a_panorama_keeps_its_shape_and_its_places(tmp_path: Path) -> None:
    panorama = Image.new("1", (30_000, 2000))
    panorama.paste(1, (29_000, 0, 30_000, 2000))
    picture = open_image(saved(panorama, tmp_path / "a.png"))
    assert picture.image.width * picture.image.height <= 16_000_000
    assert picture.image.width / picture.image.height == pytest.approx(15, rel=0.01)
    bright = np.flatnonzero(np.asarray(picture.image.convert("L"))[100] > 127)
    left, _ = picture.to_file(float(bright[0]), 100)
    assert left == pytest.approx(29_000, abs=4)
    assert picture.to_working(*picture.to_file(5, 6)) == pytest.approx((5, 6))


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "tiff"])
def test_of_an_animation_the_first_picture_is_seen(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (20, 10), shade) for shade in ("red", "lime", "blue")]
    path = tmp_path / f"a.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    picture = open_image(path)
    assert picture.image.size == (20, 10)
    red, green, blue = picture.image.getpixel((5, 5))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 50


def test_a_point_of_an_unscaled_picture() -> None:
    assert Picture(Image.new("RGB", (10, 10)), 10, 10).to_file(3, 4) == (3, 4)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    import struct
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    for side in (21_000, 30_000):  # more than we take; more than twice as much, where Pillow itself refuses
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        path = tmp_path / f"bomb-{side}.png"
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
        )
        with pytest.raises(InvalidInput, match="more than 400 million pixels") as caught:
            open_image(path)
        assert caught.value.hint


@pytest.mark.parametrize("name", ["notice.png", "cat.jpg"])
@pytest.mark.parametrize("kept", [0.001, 0.1, 0.6, 0.99])
def test_a_truncated_picture(tmp_path: Path, name: str, kept: float) -> None:
    whole = (SAMPLES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(InvalidInput, match="cannot be read as a picture") as caught:
        open_image(path)
    assert caught.value.hint


def test_a_picture_with_scrambled_bytes_never_raises_anything_else(tmp_path: Path) -> None:
    whole = bytearray((SAMPLES / "cat.jpg").read_bytes())
    random = np.random.default_rng(4)
    path = tmp_path / "a.jpg"
    for _ in range(40):
        scrambled = bytearray(whole)
        for at in random.integers(0, 2000, 12):
            scrambled[at] = int(random.integers(0, 256))
        path.write_bytes(scrambled)
        with contextlib.suppress(InvalidInput):
            assert open_image(path).image.mode == "RGB"


def test_what_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with pytest.raises(InvalidInput, match="cannot be opened"):
        open_image(path)
    path.write_bytes(b"")
    with pytest.raises(InvalidInput, match="is empty"):
        open_image(path)
    path.write_text("these are words and not a picture")
    with pytest.raises(InvalidInput, match="cannot be read as a picture"):
        open_image(path)


# ---------------------------------------------------------------- recordings


def test_audio_comes_at_the_asked_rate(tmp_path: Path) -> None:
    samples = decode_audio(a_wav(tmp_path / "a.wav", a_tone(2.0, 44_100), 44_100), 16_000)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert abs(samples.shape[0] - 32_000) < 100
    assert 0.45 < float(np.abs(samples).max()) < 0.55


def test_audio_in_blocks_is_the_whole_in_pieces(tmp_path: Path) -> None:
    path = a_wav(tmp_path / "a.wav", a_tone(2.5))
    blocks = list(audio_blocks(path, 16_000, 1.0))
    assert [block.shape[0] for block in blocks] == [16_000, 16_000, 8_000]
    assert np.array_equal(np.concatenate(blocks), decode_audio(path, 16_000))
    assert audio_seconds(path) == pytest.approx(2.5)


def test_compressed_sound_with_two_channels(tmp_path: Path) -> None:
    import av

    path = tmp_path / "a.flac"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=44_100, layout="stereo")
        both = np.stack([a_tone(1.0, 44_100)] * 2).astype(np.float32)  # (2, n)
        frame = av.AudioFrame.from_ndarray(
            (both.T.reshape(1, -1) * 32767).astype(np.int16), format="s16", layout="stereo"
        )
        frame.sample_rate = 44_100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    assert decode_audio(path, 16_000).shape[0] == pytest.approx(16_000, abs=50)


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
@pytest.mark.parametrize("rate_hz", [8_000, 48_000])
def test_any_channels_and_rates_are_heard_equally_loud(tmp_path: Path, layout: str, rate_hz: int) -> None:
    import av

    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate_hz, layout=layout)
        tone = (a_tone(1.0, rate_hz) * 32767).astype(np.int16)
        channels = np.stack([tone] * stream.layout.nb_channels)  # (channels, n)
        frame = av.AudioFrame.from_ndarray(channels.T.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate_hz
        container.mux([*stream.encode(frame), *stream.encode(None)])
    mono = decode_audio(path, 16_000)
    both = np.concatenate(list(sound_pieces(path, 16_000, 2)))
    assert mono.shape[0] == both.shape[0] == pytest.approx(16_000, abs=60)
    assert both.shape[1] == 2
    assert float(np.abs(mono[1000:-1000]).max()) == pytest.approx(0.5, abs=0.15)
    assert float(np.abs(both[1000:-1000]).max()) == pytest.approx(0.5, abs=0.15)


def test_what_is_no_recording(tmp_path: Path) -> None:
    missing = tmp_path / "missing.wav"
    with pytest.raises(InvalidInput, match="cannot be opened"):
        decode_audio(missing, 16_000)
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    with pytest.raises(InvalidInput, match="is empty"):
        decode_audio(empty, 16_000)
    with pytest.raises(InvalidInput, match="contains no sound"):
        decode_audio(a_wav(tmp_path / "frames.wav", np.zeros(0)), 16_000)
    words = tmp_path / "words.wav"
    words.write_text("these are words and not a recording")
    with pytest.raises(InvalidInput, match="cannot be read as a recording"):
        decode_audio(words, 16_000)
    assert audio_seconds(words) is None
    with pytest.raises(InvalidInput, match="contains no sound"):
        decode_audio(SAMPLES / "notice.png", 16_000)


def test_a_truncated_recording_gives_what_is_left(tmp_path: Path) -> None:
    whole = (SAMPLES / "meeting.wav").read_bytes()
    half = tmp_path / "half.wav"
    half.write_bytes(whole[: len(whole) // 2])
    assert decode_audio(half, 16_000).shape[0] == pytest.approx(len(whole) // 4, abs=50)
    header = tmp_path / "header.wav"
    header.write_bytes(whole[:20])
    with pytest.raises(InvalidInput):
        decode_audio(header, 16_000)


def test_a_recording_can_be_too_long_and_be_stopped(tmp_path: Path) -> None:
    path = a_wav(tmp_path / "a.wav", a_tone(70.0, 8000), 8000)
    with pytest.raises(InvalidInput, match="longer than 1 minutes"):
        decode_audio(path, 8000, max_s=60.0)
    with pytest.raises(Cancelled):
        decode_audio(path, 8000, should_stop=lambda: True)


def test_a_playlist_does_not_open_the_network(tmp_path: Path) -> None:
    path = tmp_path / "a.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(InvalidInput):
        decode_audio(path, 16_000)
