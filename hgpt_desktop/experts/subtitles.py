"""What was said with its times, as people and players read it: SRT, WebVTT, lines with a clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hgpt_desktop.experts.findings import Segment

_MOST_CHARACTERS = 84  # of a subtitle: two lines of 42
_LINE = 42
_LEAST_S = 0.4


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: seconds, and its text in at most two lines."""

    start_s: float
    end_s: float
    text: str


def clock(at_s: float) -> str:
    """A moment for people: `1:05`, `1:02:05`."""
    whole = int(at_s)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def with_times(segments: Iterable[Segment]) -> str:
    """A line for each segment: `[1:05] What was said.`"""
    return "\n".join(f"[{clock(one.start_s)}] {one.text.strip()}" for one in segments)


def as_srt(segments: Iterable[Segment]) -> str:
    """Subtitles in SubRip form."""
    blocks = [
        f"{number}\n{_moment(cue.start_s, ',')} --> {_moment(cue.end_s, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues(segments), 1)
    ]
    return "\n".join(blocks)


def as_vtt(segments: Iterable[Segment]) -> str:
    """Subtitles in WebVTT form."""
    blocks = [
        f"{_moment(cue.start_s, '.')} --> {_moment(cue.end_s, '.')}\n{_escaped(cue.text)}\n"
        for cue in cues(segments)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def cues(segments: Iterable[Segment]) -> Iterator[Cue]:
    """Subtitles short enough to be read; the times of a part follow from its share of the characters.

    They never overlap and never go back.
    """
    last_s = 0.0
    for segment in segments:
        parts = _parts(" ".join(segment.text.split()))
        start_s = max(last_s, segment.start_s)
        length_s = max(segment.end_s - start_s, _LEAST_S * len(parts))
        total = sum(map(len, parts)) or 1
        for part in parts:
            end_s = start_s + length_s * len(part) / total
            yield Cue(start_s, end_s, _two_lines(part))
            start_s = last_s = end_s


def _parts(text: str) -> list[str]:
    """Cut at the end of a sentence or a clause where there is one, else at a blank."""
    parts = []
    while len(text) > _MOST_CHARACTERS:
        head = text[: _MOST_CHARACTERS + 1]
        ends = [match.end() for match in re.finditer(r"[.!?,;:…。！？，、；]+\s*", head)]
        at = next((end for end in reversed(ends) if end >= _LINE // 2), 0) or head.rfind(" ")
        at = at if at > 0 else _MOST_CHARACTERS
        parts.append(text[:at].strip())
        text = text[at:].strip()
    return [*parts, text] if text else parts


def _two_lines(text: str) -> str:
    if len(text) <= _LINE:
        return text
    blanks = [match.start() for match in re.finditer(" ", text)]
    if not blanks:
        return text
    middle = min(blanks, key=lambda place: abs(place - len(text) // 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def _moment(at_s: float, point: str) -> str:
    thousandths = round(at_s * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, thousandths = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
