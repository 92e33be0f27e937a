"""Opening the user's pictures and recordings: any format, upright, and never a traceback for a bad file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.experts.base import ShouldStop, stop_if

if TYPE_CHECKING:
    import av
    import numpy as np
    from av.container import InputContainer
    from PIL import Image

    Samples = np.ndarray[Any, np.dtype[np.float32]]

LARGEST_PICTURE_PX = 400_000_000
"""Pictures with more pixels than this are refused: decoding one takes more than a gigabyte."""

WORKING_PICTURE_PX = 16_000_000
"""Pictures with more pixels than this are scaled down to it, unless the caller says otherwise."""

NARROWEST = 16
"""How many times as long as broad a picture may be for a model that looks at all of it at once."""

_ONE_SHAPE = 0.02  # how far two shapes may differ and be the same, as part of their ratio
_ORIENTATION = 0x0112  # the EXIF tag
_LYING = (5, 6, 7, 8)  # orientations in which width and height change places


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture in memory, RGB and upright.

    Args:
        image: as it is worked on, possibly smaller than the file's.
        width_px: the file's own width, upright.
        height_px: the file's own height, upright.
    """

    image: Image.Image
    width_px: int
    height_px: int

    def to_file(self, x: float, y: float) -> tuple[float, float]:
        """A point of `image` in the pixels of the file, upright."""
        return x * self.width_px / self.image.width, y * self.height_px / self.image.height

    def to_working(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file, upright, in the pixels of `image`."""
        return x * self.image.width / self.width_px, y * self.image.height / self.height_px

    def is_shaped(self, width_px: int, height_px: int) -> bool:
        """Whether the sides have this ratio, so that it may be the same picture in another size."""
        return abs(width_px * self.height_px / (height_px * self.width_px) - 1) <= _ONE_SHAPE


def open_image(path: Path, max_pixels: int = WORKING_PICTURE_PX) -> Picture:
    """A picture of any format that Pillow reads; of several frames the first.

    The EXIF orientation is applied, transparency is laid on white, more than 8 bits per channel
    are brought to 8, and a picture with more than `max_pixels` is scaled down.

    Raises:
        InvalidInput: the file is missing, empty, truncated, too large or not a picture.
    """
    from PIL import Image, ImageOps

    check_there(path, "picture")
    # Pillow's own limit warns below ours; what it would refuse is refused here with a hint.
    Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE_PX
    try:
        with Image.open(path) as opened:
            width, height = opened.size
            if width * height > LARGEST_PICTURE_PX:
                raise _too_large(path)
            if width * height > max_pixels:
                opened.draft(
                    None, _fitted(width, height, max_pixels)
                )  # JPEG decodes straight to a smaller size
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            turned = opened.getexif().get(_ORIENTATION, 1) in _LYING
            image = _in_rgb(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error) as error:
        raise InvalidInput(
            f"{path.name} cannot be read as a picture.",
            "The file may be damaged or of another type; open it in a picture viewer and save it as PNG.",
            f"{type(error).__name__}: {error}",
        ) from error
    if turned:
        width, height = height, width
    if image.width * image.height > max_pixels:
        image = image.resize(_fitted(width, height, max_pixels), Image.Resampling.LANCZOS)
    return Picture(image, width, height)


def refuse_narrow(width_px: int, height_px: int) -> None:
    """Raise InvalidInput if a picture is such a strip that nothing would be left of its shorter side."""
    if max(width_px, height_px) > NARROWEST * min(width_px, height_px):
        raise InvalidInput(
            f"A picture of {width_px} × {height_px} pixels is too narrow a strip for this model.",
            "Cut out the part that matters, and give that.",
        )


def _too_large(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path.name} has more than {LARGEST_PICTURE_PX // 10**6} million pixels.",
        "Scale it down or cut out the part that matters.",
    )


def _fitted(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    factor = min(1.0, (max_pixels / (width * height)) ** 0.5)
    return max(1, int(width * factor)), max(1, int(height * factor))


def _in_rgb(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _in_8_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_8_bits(image: Image.Image) -> Image.Image:
    """16 bits by division; others as they are within 0..255, else stretched from least to greatest."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(image, dtype=np.float32))  # (H, W)
    low, high = float(values.min()), float(values.max())
    if image.mode.startswith("I;16"):
        values = values / 257.0
    elif low < 0 or high > 255:
        values = (values - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(values.astype(np.uint8))


# ---------------------------------------------------------------- recordings


def decode_audio(
    path: Path, rate_hz: int, should_stop: ShouldStop = lambda: False, max_s: float = 3600.0
) -> Samples:
    """A whole recording, or the sound of a video: mono float32 in [-1, 1], shape (n,), at `rate_hz`.

    Raises:
        InvalidInput: the file is missing, empty, undecodable, without sound, or longer than `max_s`.
        Cancelled: `should_stop` said so.
    """
    import numpy as np

    blocks: list[Samples] = []
    seconds = 0.0
    for block in audio_blocks(path, rate_hz, 30.0, should_stop):
        blocks.append(block)
        seconds += block.shape[0] / rate_hz
        if seconds > max_s:
            raise InvalidInput(
                f"{path.name} is longer than {max_s / 60:.0f} minutes.", "Cut out the part that matters."
            )
    return np.concatenate(blocks)


def audio_blocks(
    path: Path, rate_hz: int, block_s: float, should_stop: ShouldStop = lambda: False
) -> Iterator[Samples]:
    """A recording piece by piece, each of `block_s` seconds, the last one shorter; at least one piece.

    Broken stretches are left out. For the rest as `decode_audio`, but of any length.
    """
    import numpy as np

    size = max(1, int(block_s * rate_hz))
    waiting: list[Samples] = []
    count, any_yielded = 0, False
    for piece in sound_pieces(path, rate_hz, 1, should_stop):
        waiting.append(piece[:, 0])
        count += piece.shape[0]
        while count >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            any_yielded = True
            waiting = [joined[size:]]
            count -= size
    if count:
        yield np.concatenate(waiting)
    elif not any_yielded:
        raise no_sound(path)


def sound_pieces(
    path: Path, rate_hz: int, channels: int, should_stop: ShouldStop = lambda: False
) -> Iterator[Samples]:
    """A recording as it is decoded, (n, channels) float32, channels 1 or 2; none where it is empty.

    Raises: as `audio_blocks`.
    """
    check_there(path, "recording")
    with reading_media(path, "recording"):
        for piece in _decoded(path, rate_hz, channels):
            stop_if(should_stop)
            yield piece


@contextmanager
def reading_media(path: Path, what: str) -> Iterator[None]:
    """Turn what FFmpeg says of a damaged file into `InvalidInput`."""
    import av

    try:
        yield
    except (av.FFmpegError, ValueError) as error:  # ValueError: the format changes on the way
        raise InvalidInput(
            f"{path.name} cannot be read as a {what}.",
            "The file may be damaged or of another type; see whether a media player plays it.",
            str(error),
        ) from error


def no_sound(path: Path) -> InvalidInput:
    """What is said of a recording without a single sample."""
    return InvalidInput(f"{path.name} contains no sound.", "Attach a recording that plays in a media player.")


def _decoded(path: Path, rate_hz: int, channels: int) -> Iterator[Samples]:
    import av

    with open_media(path) as container:
        if not container.streams.audio:
            raise InvalidInput(
                f"{path.name} contains no sound.", "Attach a recording, or a video with sound."
            )
        stream = container.streams.audio[0]
        # One channel becomes two by repeating it: FFmpeg would make each of them fainter.
        mixed = 1 if channels == 1 or stream.codec_context.channels == 1 else 2
        layout = "mono" if mixed == 1 else "stereo"
        # Whole numbers: FFmpeg mixes channels into floats without keeping the sum within [-1, 1].
        resampler = av.AudioResampler(format="s32", layout=layout, rate=rate_hz)
        for packet in container.demux(stream):  # ends with an empty one that flushes
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                continue  # a broken packet; what follows may be fine
            for frame in frames:
                assert isinstance(frame, av.AudioFrame)
                frame.pts = None  # gaps in the time stamps are no reason to fail
                for piece in resampler.resample(frame):
                    yield _as_samples(piece, mixed, channels)
        for piece in resampler.resample(None):
            yield _as_samples(piece, mixed, channels)


def open_media(path: Path) -> InputContainer:
    """A recording or film, opened so that nothing but this file is read: a playlist could name others."""
    import av

    return av.open(str(path), metadata_errors="ignore", options={"protocol_whitelist": "file"})


def _as_samples(frame: av.AudioFrame, mixed: int, channels: int) -> Samples:
    import numpy as np

    samples = np.asarray(frame.to_ndarray(), dtype=np.float32).reshape(-1, mixed) / np.float32(2**31)
    return samples.repeat(channels // mixed, axis=1)  # (n, channels)


def audio_seconds(path: Path) -> float | None:
    """How long a recording says it is, in seconds; None where it does not say or cannot be read."""
    import av

    try:
        with open_media(path) as container:
            if container.duration is None or container.duration <= 0:
                return None
            return float(container.duration) / 1_000_000
    except av.FFmpegError:
        return None


def check_there(path: Path, what: str) -> None:
    """Raise InvalidInput if a file is missing or empty; `what` is what it should be."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInput(
            f"The {what} {path.name} cannot be opened.", "Check that the file is still there.", str(error)
        ) from error
    if size == 0:
        raise InvalidInput(f"The {what} {path.name} is empty.", "Attach the file again.")
