"""Options of a request in typed arguments: which number belongs to which option."""

from __future__ import annotations

import pytest

from hgpt_desktop.controller.options import option_said
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.lengths import Length
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, NumberRange

VOCABULARY = load_vocabulary()
FORMAT = InputSpec(
    "format", (Kind.TEXT,), required=False, literal_only=True, choices=("plain", "srt", "vtt"),
    said=(("srt", ("srt", "subtitles", "字幕")),),
)  # fmt: skip
SPEED = InputSpec(
    "speed", (Kind.TEXT,), required=False, literal_only=True, number=NumberRange(0.5, 2, "", whole=False),
    said=(("", ("{n} times as fast", "speed {n}")),),
)  # fmt: skip


def options_said(task: str, demand: str) -> dict[str, str]:
    read = {spec.name: option_said(spec, demand) for spec in VOCABULARY[task].options}
    return {name: value for name, value in read.items() if value is not None}


@pytest.mark.parametrize(
    ("task", "demand", "expected"),
    [
        ("summarization", "Summarise it in 20 words", {"words": "20"}),
        ("summarization", "a twenty-word summary", {"words": "20"}),
        ("summarization", "Shorten it to five words", {"words": "5"}),
        ("summarization", "in two sentences, please", {"sentences": "2"}),
        ("summarization", "the gist in three bullet points", {"points": "3"}),
        ("summarization", "用五十字摘要", {"words": "50"}),
        ("summarization", "Summarise the 20 pages", {}),
        ("summarization", "Shorten 'I have 20 words'", {}),
        ("summarization", "Summarise report-20 words.txt", {}),
        ("text-to-image", "Draw a cat at 512 by 768", {"width": "512", "height": "768"}),
        ("text-to-image", "a 1024x1024 picture of a cat", {"width": "1024", "height": "1024"}),
        ("text-to-image", "a cat, 640 × 480", {"width": "640", "height": "480"}),
        ("text-to-image", "a poster, width of 800", {"width": "800"}),
        ("text-to-image", "Draw 3 cats", {}),
        ("text-to-image", "as large as 90000 by 10 pixels", {"width": "4096", "height": "64"}),
    ],
)
def test_numbers_land_in_their_options(task: str, demand: str, expected: dict[str, str]) -> None:
    assert options_said(task, demand) == expected


def test_choices_and_fractions() -> None:
    assert option_said(FORMAT, "Transcribe it as subtitles") == "srt"
    assert option_said(FORMAT, "把這段錄音做成字幕") == "srt"
    assert option_said(FORMAT, "as VTT, then as SRT") == "vtt"
    assert option_said(FORMAT, "in plain words") == "plain"
    assert option_said(FORMAT, "Explain it") is None
    assert option_said(SPEED, "read it 1.5 times as fast") == "1.5"
    assert option_said(SPEED, "at speed 9") == "2"


@pytest.mark.parametrize(
    ("length", "text", "cut"),
    [
        (Length(sentences=1), "One. Two? Three!", "One."),
        (Length(sentences=2), "一句。兩句。三句。", "一句。兩句。"),
        (Length(points=2), "- one\n- two\n- three", "- one\n- two"),
        (Length(words=4), "One two three four. Five six. Seven eight nine.", "One two three four."),
        (Length(words=2), "One two three four five six.", "One two three four five six."),
        (Length(), "One. Two.", "One. Two."),
    ],
)  # fmt: skip
def test_what_is_too_long_is_cut_at_a_sentence(length: Length, text: str, cut: str) -> None:
    assert length.cut(text) == cut


def test_a_length_in_words() -> None:
    assert str(Length()) == "one or two short sentences"
    assert str(Length(words=20)) == "exactly 20 words"
    assert str(Length(sentences=1)) == "exactly 1 short sentence"
    assert str(Length(words=30, points=3)) == "3 bullet points of 30 words"
    assert Length(words=10).exceeded_by("word " * 14)
    assert not Length(words=10).exceeded_by("word " * 12)
