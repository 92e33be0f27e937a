"""Subtitles: forms that players read, short enough to be read, and in the right moment."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.experts.findings import Segment
from hgpt_desktop.experts.subtitles import as_srt, as_vtt, clock, cues, with_times


def said(start_s: float, end_s: float, text: str) -> Segment:
    return Segment(start_s, end_s, text)


TWO = [said(0.5, 2.25, " Hello there."), said(3600.0, 3661.5, "An hour later & <more>.")]


def test_srt_counts_and_marks_its_times() -> None:
    assert as_srt(TWO[:1]) == "1\n00:00:00,500 --> 00:00:02,250\nHello there.\n"
    assert "2\n01:00:00,000 --> 01:01:01,500\nAn hour later & <more>.\n" in as_srt(TWO)


def test_webvtt_has_its_header_and_no_tags() -> None:
    made = as_vtt(TWO)
    assert made.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.250\nHello there.\n")
    assert "An hour later &amp; &lt;more&gt;." in made


def test_lines_with_times_are_for_people() -> None:
    assert with_times(TWO).splitlines() == ["[0:00] Hello there.", "[1:00:00] An hour later & <more>."]
    assert [clock(at) for at in (0, 65, 3725)] == ["0:00", "1:05", "1:02:05"]


def test_a_long_sentence_is_parted_where_it_can_be() -> None:
    text = (
        "This is the first part of it, which goes on for a while; and this is another part that is long too."
    )
    made = list(cues([said(10, 20, text)]))
    assert [cue.text.replace("\n", " ") for cue in made] == [
        "This is the first part of it, which goes on for a while;",
        "and this is another part that is long too.",
    ]
    assert made[0].start_s == 10
    assert made[-1].end_s == pytest.approx(20)


segments = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0, 50), st.text(st.characters(codec="utf-8"), max_size=300)),
    max_size=6,
).map(lambda found: [said(min(a, b), max(a, b), text) for a, b, text in found])


@given(segments)
def test_subtitles_lose_no_words_and_never_go_back(found: list[Segment]) -> None:
    made = list(cues(found))
    together = "".join("".join(one.text.split()) for one in found)
    assert "".join("".join(cue.text.split()) for cue in made) == together
    assert all(len(cue.text) <= 84 for cue in made)
    assert all(cue.start_s <= cue.end_s for cue in made)
    assert all(before.end_s <= after.start_s + 1e-9 for before, after in itertools.pairwise(made))
    assert len(re.findall("-->", as_srt(found))) >= len(made)
