"""Grammars: a part of the request, word for word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.grammar import part_of
from hgpt_desktop.controller.lines import unquote

RULE = re.compile(r'u\d+ ::= "((?:[^"\\]|\\.)*)" (?:close|\( close \| (" " )?u(\d+) \))')


def reads(grammar: str) -> list[str]:
    """All texts that the grammar allows, closing quote left out (for short requests)."""
    root, *rules, _close = grammar.splitlines()
    parsed = [match for rule in rules if (match := RULE.fullmatch(rule))]
    assert len(parsed) == len(rules)
    allowed = []
    for start in map(int, re.findall(r"u(\d+)", root)):
        text = ""
        for match in parsed[start:]:
            unit = re.sub(r"\\(.)", r"\1", match[1])
            text += unit
            allowed.append(text)
            text += " " if match[2] else ""
    return allowed


def test_every_run_of_words_is_allowed_and_nothing_else() -> None:
    grammar = part_of("Say hi, Ann!")
    assert grammar is not None
    assert set(reads(grammar)) == {
        "Say", "Say hi", "Say hi,", "Say hi, Ann", "Say hi, Ann!",
        "hi", "hi,", "hi, Ann", "hi, Ann!", "Ann", "Ann!",
    }  # fmt: skip


def test_quotation_marks_around_words_can_be_left_out() -> None:
    grammar = part_of("Say 'it's late' now")
    assert grammar is not None
    assert "it's late" in reads(grammar)


def test_chinese_runs_begin_at_any_character() -> None:
    grammar = part_of("翻譯：天氣好")
    assert grammar is not None
    assert "天氣好" in reads(grammar)


@pytest.mark.parametrize("text", ["", " \n", "!!! ...", "word " * 700])
def test_without_words_or_with_too_many_there_is_no_grammar(text: str) -> None:
    assert part_of(text) is None


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_what_is_allowed_stands_in_the_text(text: str) -> None:
    grammar = part_of(text)
    if grammar is None:
        return
    plain = "".join(text.split())
    for allowed in reads(grammar):
        assert "".join(unquote(allowed).split()) in plain
