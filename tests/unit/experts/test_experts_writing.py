"""How texts are cut for speaking, recordings for hearing, and transcripts into paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.experts.findings import Segment
from hgpt_desktop.experts.speech_recognition import _as_text, _cut_in_silence
from hgpt_desktop.experts.text_to_speech import pieces_to_speak

Samples = np.ndarray[Any, np.dtype[np.float32]]


def spoken(text: str) -> list[str]:
    return [piece for piece, _ in pieces_to_speak(text)]


def test_paragraphs_are_pieces() -> None:
    assert pieces_to_speak("One is here. Two is\nthere!\n\nThree comes later.") == [
        ("One is here. Two is there!", True),
        ("Three comes later.", True),
    ]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    pieces = pieces_to_speak("Dr. Smith said so, e.g. today. " * 30)
    assert [ends for _, ends in pieces] == [False] * (len(pieces) - 1) + [True]
    assert all(piece.startswith("Dr. Smith") for piece, _ in pieces)


def test_marks_of_markdown_are_not_spoken() -> None:
    text = (
        "# Title\n\nSome **bold** and `code`, see [the page](https://example.org/a_b)."
        "\n- one\n* two\n1. three"
    )
    assert spoken(text) == ["Title", "Some bold and code, see the page.", "one", "two", "1. three"]


def test_phoneme_brackets_of_the_library_are_not_understood_by_it() -> None:
    assert spoken("say [[hɛloʊ]] now") == ["say hɛloʊ now"]


def test_nothing_to_say() -> None:
    assert pieces_to_speak(" … \n\n --- \n 🙂") == []


def test_ten_thousand_words_without_a_full_stop_are_short_pieces_and_whole() -> None:
    words = [f"word{number}" for number in range(10_000)]
    pieces = spoken(" ".join(words))
    assert " ".join(pieces).split() == words
    assert max(map(len, pieces)) <= 400


def test_other_scripts() -> None:
    assert spoken("你好。" * 200) == [" ".join(["你好。"] * 100)] * 2


@given(st.text("ab ,.\n", max_size=1500))
def test_pieces_are_short_and_hold_all_letters(text: str) -> None:
    pieces = spoken(text)
    assert all(0 < len(piece) <= 400 for piece in pieces)
    assert [c for c in "".join(pieces) if c in "ab"] == [c for c in text if c in "ab"]


def test_a_long_recording_is_cut_where_it_is_quiet() -> None:
    second = 16_000
    loud = np.ones(40 * second, dtype=np.float32)
    loud[30 * second : 31 * second] = 0.0

    def blocks() -> Iterator[Samples]:
        yield loud
        yield np.ones(5 * second, dtype=np.float32)

    pieces = list(_cut_in_silence(blocks()))
    assert len(pieces) == 2
    assert 30 * second < pieces[0].shape[0] < 31 * second
    assert np.array_equal(np.concatenate(pieces), np.concatenate(list(blocks())))


def test_pieces_shorter_than_the_quiet_are_kept_whole() -> None:
    pieces = list(_cut_in_silence(iter([np.ones(10, dtype=np.float32), np.ones(5, dtype=np.float32)])))
    assert np.concatenate(pieces).shape == (15,)


def test_a_long_pause_begins_a_paragraph() -> None:
    segments = [Segment(0.0, 1.0, " One."), Segment(1.2, 2.0, " Two."), Segment(6.0, 7.0, " Three.")]
    assert _as_text(segments) == "One. Two.\n\nThree."
