"""Recordings and films cut and joined, and pictures and sound taken out of films. No model, only FFmpeg."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import (
    ShouldStop,
    described,
    output_file,
    required_path,
    stop_if,
    wav_writer,
    write_image,
)
from hgpt_desktop.experts.films import film_codec, film_frames, film_seconds, upright
from hgpt_desktop.experts.media import check_there, no_sound, open_media, reading_media, sound_pieces
from hgpt_desktop.experts.options import number, seconds

if TYPE_CHECKING:
    import av
    import numpy as np
    from av.container import InputContainer

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]
    Samples = np.ndarray[Any, np.dtype[np.float32]]

_LONGEST_S = 1_000_000.0
_SOUND_HZ = 48_000  # of films that are made
_MOST_PICTURES = 100
_LONGEST_SIDE_PX = 10_000  # of a picture out of a film


# ---------------------------------------------------------------- sound


def cut_sound(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """The recordings one after another, of that what lies between `start` and `end`: a WAV file.

    Rate and channels (one or two) are the first recording's. Data: `{"seconds", "rate_hz", "joined"}`.

    Raises:
        InvalidInput: a file is no recording, or nothing lies in between.
    """
    paths = [required_path(call, "audio"), *call.paths("audio")[1:]]
    start_s, end_s = _bounds(call)
    rate_hz, channels = _form(paths[0])
    first, last = round(start_s * rate_hz), round(end_s * rate_hz)
    at = 0
    with wav_writer(call, rate_hz, channels) as wav:
        for place, path in enumerate(paths):
            before = at
            for piece in sound_pieces(path, rate_hz, channels, should_stop):
                wav.write(piece[max(0, first - at) : max(0, last - at)])
                at += piece.shape[0]
                on_progress(None, f"{at / rate_hz:.0f} seconds read")
                if at >= last:
                    break
            if at == before:
                raise no_sound(path)
            on_progress((place + 1) / len(paths), f"{path.name} has been read")
        if not wav.frames:
            raise _nothing_there(paths, start_s, at / rate_hz)
    return (wav.resource({"seconds": round(wav.seconds, 3), "rate_hz": rate_hz, "joined": len(paths)}),)


def sound_of_film(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """The sound of a film as a WAV file. Data: `{"seconds", "rate_hz"}`.

    Raises:
        InvalidInput: the file is no film, or a silent one.
    """
    path = required_path(call, "video")
    rate_hz, channels = _form(path)
    with wav_writer(call, rate_hz, channels) as wav:
        for piece in sound_pieces(path, rate_hz, channels, should_stop):
            wav.write(piece)
            on_progress(None, f"{wav.seconds:.0f} seconds read")
        if not wav.frames:
            raise no_sound(path)
    return (wav.resource({"seconds": round(wav.seconds, 3), "rate_hz": rate_hz}),)


def _form(path: Path) -> tuple[int, int]:
    """The rate in Hz and the channels (1 or 2) in which a recording is worked on."""
    check_there(path, "recording")
    with reading_media(path, "recording"), open_media(path) as container:
        if not container.streams.audio:
            raise InvalidInput(f"{path.name} contains no sound.", "Attach a recording, or a film with sound.")
        codec = container.streams.audio[0].codec_context
        return max(8000, min(192_000, codec.sample_rate or _SOUND_HZ)), 1 if codec.channels == 1 else 2


def _bounds(call: ExpertCall) -> tuple[float, float]:
    start_s = seconds(call, "start", _LONGEST_S, 0.0)
    end_s = seconds(call, "end", _LONGEST_S, _LONGEST_S)
    if end_s <= start_s:
        raise InvalidInput(
            f"The end ({end_s:g} s) does not lie behind the start ({start_s:g} s).", "Say both in seconds."
        )
    return start_s, end_s


def _nothing_there(paths: Sequence[Path], start_s: float, length_s: float) -> InvalidInput:
    if length_s <= 0:
        return no_sound(paths[0])
    return InvalidInput(
        f"Nothing is left: {paths[0].name} ends before {start_s:g} seconds.",
        f"It is {length_s:.1f} seconds long.",
    )


# ---------------------------------------------------------------- pictures of films


def pictures_of_film(
    call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop
) -> tuple[Resource, ...]:
    """Pictures out of a film: the one `at` a moment, or `count` of them evenly spread. Data: `{"seconds"}`.

    Raises:
        InvalidInput: the file is no film, or the moment lies behind its end.
    """
    path = required_path(call, "video")
    at_s = seconds(call, "at", _LONGEST_S, -1.0)
    count = round(number(call, "count", 1, _MOST_PICTURES, 1 if at_s >= 0 else 4))
    length_s = film_seconds(path)
    if at_s > length_s:
        raise InvalidInput(
            f"{path.name} ends before {at_s:g} seconds.", f"It is {length_s:.1f} seconds long."
        )
    moments = [at_s] if at_s >= 0 else [(place + 0.5) * length_s / count for place in range(count)]
    made = []
    for place, image in enumerate(film_frames(path, moments, _LONGEST_SIDE_PX, should_stop), 1):
        moment = moments[place - 1]
        part = str(place) if len(moments) > 1 else ""
        made.append(write_image(call, image, {"seconds": round(moment, 3)}, part=part))
        on_progress(place / len(moments), f"picture at {moment:.1f} seconds")
    return tuple(made)


def _film(path: Path) -> InputContainer:
    check_there(path, "film")
    container = open_media(path)
    if not container.streams.video:
        container.close()
        raise InvalidInput(f"{path.name} has no pictures in it.", "Attach a film.")
    return container


def _frames(container: InputContainer, should_stop: ShouldStop) -> Iterator[tuple[av.VideoFrame, float]]:
    """The pictures from here on, with their time from the film's beginning in seconds."""
    import av

    stream = container.streams.video[0]
    begin_s = float((stream.start_time or 0) * stream.time_base) if stream.time_base else 0.0
    rate = float(stream.average_rate or 25)
    next_s = 0.0
    for packet in container.demux(stream):
        stop_if(should_stop)
        try:
            decoded = packet.decode()
        except av.InvalidDataError:
            continue  # a broken packet; what follows may be fine
        for frame in decoded:
            assert isinstance(frame, av.VideoFrame)
            time_s = next_s if frame.time is None else frame.time - begin_s
            next_s = time_s + 1 / rate
            yield frame, max(0.0, time_s)


# ---------------------------------------------------------------- films


def cut_film(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """The films one after another, of that what lies between `start` and `end`: an MP4 file with sound.

    Size and pictures per second are the first film's; others are fitted in, with black beside them.
    Data: `{"seconds", "width_px", "height_px", "frames", "frames_per_s", "joined"}`.

    Raises:
        InvalidInput: a file is no film, or nothing lies in between.
    """
    paths = [required_path(call, "video"), *call.paths("video")[1:]]
    start_s, end_s = _bounds(call)
    with output_file(call, "mp4") as (draft, final):
        film = _FilmBeingMade(draft, paths, start_s, end_s)
        with film:
            for place, path in enumerate(paths):
                film.add(path, place, on_progress, should_stop)
        if not film.frames:
            raise _nothing_there(paths, start_s, film.read_s)
    data = {
        "seconds": round(film.frames / float(film.rate), 3),
        "width_px": film.width,
        "height_px": film.height,
        "frames": film.frames,
        "frames_per_s": round(float(film.rate), 3),
        "joined": len(paths),
    }
    return (described(final, Kind.VIDEO, "video/mp4", data=data),)


@dataclass(slots=True)
class _FilmBeingMade:
    """An MP4 file that grows film by film, at a steady number of pictures per second.

    Args:
        start_s, end_s: what is kept of all films one after another.
    """

    draft: Path
    paths: Sequence[Path]
    start_s: float
    end_s: float
    rate: Fraction = field(init=False)
    width: int = field(init=False)
    height: int = field(init=False)
    frames: int = 0
    read_s: float = 0.0  # of the films so far
    _samples: int = 0
    _out: Any = field(init=False)
    _pictures: Any = field(init=False)
    _sound: Any = field(init=False, default=None)

    def __enter__(self) -> None:
        import av

        with reading_media(self.paths[0], "film"), _film(self.paths[0]) as first:
            stream = first.streams.video[0]
            self.rate = Fraction(stream.average_rate or 25).limit_denominator(1001)
            frame = next((frame for frame, _ in _frames(first, lambda: False)), None)
        if frame is None:
            raise InvalidInput(
                f"{self.paths[0].name} shows nothing that can be decoded.", "Attach another film."
            )
        high, wide = upright(frame).shape[:2]
        self.width, self.height = max(2, wide - wide % 2), max(2, high - high % 2)
        self._out = av.open(str(self.draft), "w", format="mp4", options={"movflags": "faststart"})
        self._pictures = self._out.add_stream(film_codec(), rate=self.rate)
        self._pictures.width, self._pictures.height = self.width, self.height
        self._pictures.pix_fmt = "yuv420p"
        if any(_has_sound(path) for path in self.paths):
            self._sound = self._out.add_stream("aac", rate=_SOUND_HZ, layout="stereo")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and self.frames:
                for stream in (self._pictures, *([self._sound] if self._sound else [])):
                    self._out.mux(stream.encode(None))
        finally:
            self._out.close()

    def add(self, path: Path, place: int, on_progress: OnProgress, should_stop: ShouldStop) -> None:
        """Append what is wanted of one film: its pictures, then its sound to the same length."""
        begins_s, length_s = self.read_s, film_seconds(path)
        before = self.frames
        with reading_media(path, "film"), _film(path) as container:
            shown: Pixels | None = None
            last_s = 0.0
            for frame, time_s in _frames(container, should_stop):
                at_s = begins_s + time_s
                last_s = max(last_s, time_s)
                if at_s >= self.end_s:
                    break
                if shown is not None:
                    self._show(shown, before, begins_s, at_s)
                shown = self._fitted(upright(frame)) if at_s + 1 >= self.start_s else None
                part = min(1.0, time_s / length_s) if length_s else 1.0
                on_progress((place + part) / len(self.paths), f"{at_s:.0f} seconds read")
            ends_s = min(begins_s + last_s + 1 / float(self.rate), self.end_s)
            if shown is not None:
                self._show(shown, before, begins_s, ends_s)
        self.read_s = ends_s
        if self._sound is not None:
            self._add_sound(path, begins_s, should_stop)

    def _show(self, pixels: Pixels, before: int, begins_s: float, until_s: float) -> None:
        """Repeat a picture until a moment of all films; one that comes too soon after another is left out."""
        import av

        kept_s = until_s - max(begins_s, self.start_s)
        while self.frames - before < round(kept_s * float(self.rate)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            self._out.mux(self._pictures.encode(frame))
            self.frames += 1

    def _fitted(self, pixels: Pixels) -> Pixels:
        """(height, width, 3): scaled into the first film's size."""
        import numpy as np
        from PIL import Image, ImageOps

        if pixels.shape[:2] == (self.height, self.width):
            return pixels
        if pixels.shape[0] - self.height in (0, 1) and pixels.shape[1] - self.width in (0, 1):
            return np.ascontiguousarray(pixels[: self.height, : self.width])
        fitted = ImageOps.pad(Image.fromarray(pixels), (self.width, self.height), color="black")
        return np.asarray(fitted)

    def _add_sound(self, path: Path, begins_s: float, should_stop: ShouldStop) -> None:
        """The film's sound up to the last picture that is there; silence where it has none."""
        import numpy as np

        wanted = round(self.frames / float(self.rate) * _SOUND_HZ)
        skip = round(max(0.0, self.start_s - begins_s) * _SOUND_HZ)
        if _has_sound(path):
            for piece in sound_pieces(path, _SOUND_HZ, 2, should_stop):
                kept = piece[skip : skip + wanted - self._samples]
                skip = max(0, skip - piece.shape[0])
                self._hear(kept)
                if self._samples >= wanted:
                    break
        while self._samples < wanted:
            stop_if(should_stop)
            self._hear(np.zeros((min(_SOUND_HZ, wanted - self._samples), 2), dtype=np.float32))

    def _hear(self, samples: Samples) -> None:
        import av
        import numpy as np

        if not samples.shape[0]:
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base = _SOUND_HZ, Fraction(1, _SOUND_HZ)
        frame.pts = self._samples
        self._out.mux(self._sound.encode(frame))
        self._samples += samples.shape[0]


def _has_sound(path: Path) -> bool:
    with reading_media(path, "film"), open_media(path) as container:
        return bool(container.streams.audio)
