"""Whether a picture can be opened. The only file of this room that knows Pillow; imported when needed."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from hgpt_desktop.core.errors import InvalidInput

MAX_PIXELS = 200_000_000
DECODED_PIXELS = 16_000_000
"""Up to this size a picture is decoded to see whether it is complete; JPEG always, eight times smaller."""

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
_pillow = threading.Lock()


def check_picture(path: Path) -> None:
    """Let a sound picture pass.

    Raises:
        InvalidInput: it has more than 200 megapixels, is truncated, or is none that can be opened.
    """
    try:
        with _own_limit(), Image.open(path) as picture:
            _refuse_huge(path, picture.width, picture.height)
            is_jpeg = picture.format == "JPEG"
            if is_jpeg:
                picture.draft("L", (max(1, picture.width // 8), max(1, picture.height // 8)))
            if is_jpeg or picture.width * picture.height <= DECODED_PIXELS:
                picture.load()
            else:
                picture.verify()
    except UnidentifiedImageError as error:
        raise InvalidInput(
            f"{path.name} is a picture in a form that cannot be opened, or it is damaged.",
            "Save it as PNG or JPEG and attach that.",
            str(error),
        ) from error
    except PermissionError:
        raise
    except _BROKEN as error:
        raise _damaged(path, error) from error


@dataclass(frozen=True, slots=True)
class PicturePixels:
    """A picture as it is seen.

    Args:
        pixels: rows of red, green, blue and opacity, `4 * width_px` bytes each.
    """

    width_px: int
    height_px: int
    pixels: bytes


def picture_pixels(path: Path, width_px: int, height_px: int) -> PicturePixels:
    """The picture upright, scaled down where it is larger than the given size.

    Raises:
        InvalidInput: it has more than 200 megapixels, is damaged, or is none that can be opened.
        PermissionError: it may not be read.

    Threads: any; Pillow is let in once at a time.
    """
    try:
        with _own_limit(), Image.open(path) as picture:
            _refuse_huge(path, picture.width, picture.height)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except PermissionError:
        raise
    except _BROKEN as error:
        raise _damaged(path, error) from error
    upright.thumbnail((width_px, height_px))
    return PicturePixels(upright.width, upright.height, upright.tobytes())


def _damaged(path: Path, error: Exception) -> InvalidInput:
    return InvalidInput(
        f"The picture {path.name} is damaged or not complete.",
        "Get or save the file once more.",
        str(error),
    )


def _refuse_huge(path: Path, width_px: int, height_px: int) -> None:
    if width_px * height_px > MAX_PIXELS:
        raise InvalidInput(
            f"The picture {path.name} has {width_px * height_px / 1e6:.0f} megapixels; "
            f"pictures may have up to {MAX_PIXELS // 10**6} megapixels.",
            "Make it smaller and attach that.",
        )


@contextmanager
def _own_limit() -> Iterator[None]:
    """Pillow warns of pictures that we accept; our own limit stands in the place of its."""
    with _pillow:
        kept, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = kept
