"""Films: pictures taken out of one, and one made of pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import ShouldStop, described, output_file, stop_if
from hgpt_desktop.experts.media import check_there, open_media, reading_media

if TYPE_CHECKING:
    import av
    import numpy as np
    from PIL import Image

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_CODECS = ("libx264", "libopenh264", "mpeg4")
_WORTH_A_JUMP_S = 5.0  # what lies closer ahead is decoded rather than skipped


def write_film(
    call: ExpertCall,
    frames: Sequence[Image.Image],
    frames_per_s: int,
    about: Mapping[str, Any],
    should_stop: ShouldStop,
) -> Resource:
    """Frames of one size as an MP4 file without sound; an odd side loses its last line, as the codecs ask.

    Data: what `about` says, and `{"width_px", "height_px", "frames", "frames_per_s", "seconds"}`.

    Raises:
        Cancelled: `should_stop` said so; no file is left.
    """
    import av
    import numpy as np

    with (
        output_file(call, "mp4") as (draft, final),
        av.open(str(draft), "w", format="mp4", options={"movflags": "faststart"}) as container,
    ):
        stream: Any = container.add_stream(film_codec(), rate=frames_per_s)
        stream.width, stream.height = (side - side % 2 for side in frames[0].size)
        stream.pix_fmt = "yuv420p"
        for image in frames:
            stop_if(should_stop)
            cut = np.asarray(image.convert("RGB").crop((0, 0, stream.width, stream.height)))
            frame = av.VideoFrame.from_ndarray(cut, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        data = {
            **about,
            "width_px": stream.width,
            "height_px": stream.height,
            "frames": len(frames),
            "frames_per_s": frames_per_s,
            "seconds": round(len(frames) / frames_per_s, 3),
        }
    return described(final, Kind.VIDEO, "video/mp4", data=data)


def film_codec() -> str:
    """The encoder for films: the first of those that this build of FFmpeg has."""
    import av

    return next(name for name in _CODECS if name in av.codecs_available)


def upright(frame: av.VideoFrame) -> Pixels:
    """(H, W, 3) RGB, turned as the film says: phones write it lying down."""
    import numpy as np

    pixels: Pixels = np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
    turns = round(getattr(frame, "rotation", 0) / 90) % 4  # counted against the clock
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def film_seconds(path: Path) -> float:
    """How long a film is; where the file does not say, it is decoded to see.

    Raises:
        InvalidInput: the file is missing, empty, undecodable or without pictures.
    """
    check_there(path, "film")
    with reading_media(path, "film"), open_media(path) as container:
        stream: Any = _pictures(container, path)
        for length, unit in ((stream.duration, stream.time_base), (container.duration, 1e-6)):
            if length and length > 0:
                return float(length * unit)
        begin = float((stream.start_time or 0) * stream.time_base)
        return max((float(frame.time or begin) - begin for frame in container.decode(stream)), default=0.0)


def film_frames(
    path: Path, times: Sequence[float], longest_px: int, should_stop: ShouldStop
) -> Iterator[Image.Image]:
    """For each time, in seconds and never falling, the picture that is seen then, RGB.

    A film that ends early or has a broken stretch repeats the last picture that there was.

    Args:
        longest_px: larger pictures are scaled down to this on their longer side.

    Raises:
        InvalidInput: as `film_seconds`.
        Cancelled: `should_stop` said so.
    """
    from PIL import Image

    check_there(path, "film")
    with reading_media(path, "film"), open_media(path) as container:
        stream: Any = _pictures(container, path)
        frames = container.decode(stream)
        begin = float((stream.start_time or 0) * stream.time_base)  # some recordings do not begin at 0
        frame: Any = None
        at = 0.0
        for time in times:
            if time - at > _WORTH_A_JUMP_S:
                container.seek(int((begin + time) / stream.time_base), stream=stream)
                frames = container.decode(stream)
            while frame is None or at < time:
                stop_if(should_stop)
                following = next(frames, None)
                if following is None:
                    break
                frame, at = following, at if following.time is None else float(following.time) - begin
            if frame is None:
                raise _without_pictures(path)
            image = Image.fromarray(upright(frame))
            image.thumbnail((longest_px, longest_px))
            yield image


def _pictures(container: Any, path: Path) -> Any:
    if not container.streams.video:
        raise _without_pictures(path)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return stream


def _without_pictures(path: Path) -> InvalidInput:
    return InvalidInput(f"{path.name} contains no pictures.", "Attach a film that plays in a media player.")
