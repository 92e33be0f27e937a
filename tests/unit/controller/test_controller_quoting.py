"""Passages of a request, and how it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.lines import quote, unquote
from hgpt_desktop.controller.long_texts import pieces
from hgpt_desktop.controller.quoting import (
    elided,
    head,
    passage_meant,
    passages,
    restored,
    with_its_script,
    without,
)
from hgpt_desktop.core.lengths import words_in

LONG = " ".join(f"word{i}" for i in range(500)) + "."


@pytest.mark.parametrize(
    ("request_text", "quoted"),
    [
        ("Say 'hello world' aloud", ["hello world"]),
        ("Is 'it's fine' the user's own phrase?", ["it's fine"]),
        ('Compare "one cat" and "two dogs"', ["one cat", "two dogs"]),
        ("Translate “guten Tag” please", ["guten Tag"]),
        ("翻譯「今天天氣很好」成英文", ["今天天氣很好"]),
        ("Don't tell the dogs' owners", []),
    ],
)
def test_quotations_are_found(request_text: str, quoted: list[str]) -> None:
    assert [one.text for one in passages(request_text) if one.quoted] == quoted


def test_a_long_text_after_a_colon_is_taken_whole() -> None:
    request_text = f"Summarise: {LONG}"
    assert passage_meant("word0 word1 word2", passages(request_text)) == LONG


def test_a_pasted_paragraph_is_taken_whole() -> None:
    assert passage_meant("word0 word1 word2", passages(f"What is this about?\n\n{LONG}")) == LONG


def test_a_short_passage_without_marks_is_left_to_the_llm() -> None:
    assert passage_meant("a cat on the", passages("Draw this: a cat on the roof, then say it")) is None


def test_words_of_its_own_are_no_passage() -> None:
    assert passage_meant("something else entirely", passages(f"Summarise: {LONG}")) is None


def test_long_passages_are_shown_by_their_ends() -> None:
    shown = elided(f"Please summarise: {LONG}")
    assert shown.startswith("Please summarise: word0 word1")
    assert shown.endswith("word499.")
    assert len(words_in(shown)) < 60


def test_a_text_copied_across_a_cut_is_the_whole_passage() -> None:
    request_text = f"Please summarise: {LONG}"
    assert restored("word0 word1 word2 … word499.", request_text) == LONG
    assert restored("nothing … of it", request_text) == request_text
    assert restored("wait … what", "Say: wait … what") == "wait … what"


def test_short_requests_are_shown_as_they_are() -> None:
    assert elided(" Read it to me, please. ") == "Read it to me, please."


@given(st.text(min_size=1, max_size=400))
def test_whatever_was_typed_its_passages_are_parts_of_it(text: str) -> None:
    for passage in passages(text):
        assert passage.text in text or "\n" in text
    assert len(words_in(elided(text * 20))) <= 4 * 40 + 10


@given(st.text(max_size=200))
def test_quoting_loses_nothing(text: str) -> None:
    quoted = quote(text)
    assert "\n" not in quoted
    assert unquote(quoted[1:-1]) == text


@given(st.text(alphabet="ab .\n,", max_size=400), st.integers(5, 50))
def test_pieces_hold_every_word_in_order(text: str, size: int) -> None:
    def count(part: str) -> int:
        return len(part)

    made = pieces(text, size, count)
    assert "".join("".join(made).split()) == "".join(text.split())
    assert all(0 < count(piece) <= size for piece in made)


def test_pieces_are_cut_between_paragraphs_where_they_fit() -> None:
    assert pieces("one one\n\ntwo two\n\nthree", 18, len) == ["one one\n\ntwo two", "three"]


def test_head_keeps_short_texts() -> None:
    assert head("a b c") == "a b c"
    assert head(LONG, 3, 0) == "word0 word1 word2 …"


@pytest.mark.parametrize(
    ("option", "request_text", "meant"),
    [
        ("中文", "讀出這張圖的文字並翻成中文", "繁體中文"),
        ("Chinese", "請把它翻譯成 Chinese", "繁體中文"),
        ("中文", "把这张图翻译成中文", "简体中文"),
        ("Chinese", "Translate it to Chinese", "Chinese"),
        ("中文", "中文", "中文"),
        ("英文", "把這份通知翻成英文", "英文"),
    ],
)
def test_chinese_is_that_of_the_request(option: str, request_text: str, meant: str) -> None:
    assert with_its_script(option, request_text) == meant


@pytest.mark.parametrize(
    ("asked", "texts", "left"),
    [
        ("list the action items", [], "list the action items"),
        ("Correct the spelling: 'Ths is a tset'", ["Ths is a tset"], "Correct the spelling"),
        ("Make “give me that” polite", ["give me that"], "Make “ ” polite"),
        ("Fix this", ["Fix this"], "Fix this"),
    ],
)
def test_an_instruction_is_what_is_asked_without_the_text(asked: str, texts: list[str], left: str) -> None:
    assert without(asked, texts) == left
