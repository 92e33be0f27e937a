"""Requests split into their demands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.demands import load_request_words, split_demands
from hgpt_desktop.core.errors import CatalogUnavailable


def shown(request: str) -> list[str]:
    return [demand.shown for demand in split_demands(request)]


@pytest.mark.parametrize(
    ("request_text", "demands"),
    [
        ("What is in this picture?", ["What is in this picture?"]),
        ("hello, how are you?", ["hello, how are you?"]),
        (
            "Read the text in this picture, summarise it and say it aloud",
            ["Read the text in this picture", "summarise it", "say it aloud"],
        ),
        (
            "I have an image cat.jpg. I want to find the animals in it. Then describe it.",
            ["I have an image cat.jpg; I want to find the animals in it", "Then describe it"],
        ),
        ("Translate it into German and into French", ["Translate it into German", "into French"]),
        ("Summarise it in 20 words, in German", ["Summarise it in 20 words", "in German"]),
        ("Show the sights in Paris and in Rome", ["Show the sights in Paris and in Rome"]),
        ("Draw a cat and a dog", ["Draw a cat and a dog"]),
        ("Draw a cat and tell me a joke about cats", ["Draw a cat", "tell me a joke about cats"]),
        (
            "What did she say about the price? Also give me the gist.",
            ["What did she say about the price", "Also give me the gist"],
        ),
        ("讀出這張圖的文字，翻譯成英文，然後唸出來", ["讀出這張圖的文字", "翻譯成英文", "然後唸出來"]),
    ],
)
def test_a_demand_for_each_thing_that_is_asked(request_text: str, demands: list[str]) -> None:
    assert shown(request_text) == demands


def test_a_quotation_is_not_cut_and_a_long_one_is_shown_by_its_beginning() -> None:
    text = "Stop. Translate nothing, and describe the road that leads to the sea."
    [first, second] = split_demands(f"Translate '{text}' into French and say it aloud")
    assert first.asked == f"Translate '{text}' into French"
    assert first.shown == "Translate 'Stop. Translate nothing, and describe the … into French"
    assert second.shown == "say it aloud"


def test_a_sentence_that_ends_inside_a_quotation_ends() -> None:
    assert shown("Answer 'Who is he?' Then draw the man.") == ["Answer 'Who is he?'", "Then draw the man"]


TALE = "The girl draws a map. She shows it to her brother, and writes down what he says about the old road."


@pytest.mark.parametrize("between", [": ", ":\n", "\n\n"])
def test_a_long_text_to_work_on_is_not_cut(between: str) -> None:
    [demand] = split_demands(f"Summarise this story{between}{TALE}")
    assert demand.shown.endswith("She …")


def test_what_follows_a_colon_may_be_demands() -> None:
    request = "Do this: describe the photo of the house in the wood, translate the description into French, "
    assert len(shown(request + "then say the translation aloud")) == 3


def test_politeness_is_no_demand() -> None:
    assert shown("Describe the photo. Could you please help me?") == [
        "Describe the photo; Could you please help me?"
    ]


def test_there_are_at_most_twelve() -> None:
    demands = split_demands(". ".join(f"Draw picture number {n}" for n in range(40)))
    assert len(demands) == 12
    assert demands[-1].asked.endswith("Draw picture number 39")


@given(st.text(min_size=1, max_size=300).filter(lambda text: bool(text.strip())))
def test_any_request_has_demands_of_one_line(text: str) -> None:
    demands = split_demands(text)
    assert 1 <= len(demands) <= 12
    assert all(len(demand.shown.splitlines()) <= 1 for demand in demands)


def test_a_damaged_list_of_words_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("actions: [", encoding="utf-8")
    with pytest.raises(CatalogUnavailable, match=r"words\.yaml"):
        load_request_words(path)
