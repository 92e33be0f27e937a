"""What words say about task types."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.evidence import NOTHING, PHRASES_FILE, TaskEvidence, load_phrases
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.errors import CatalogUnavailable

VOCABULARY = load_vocabulary()
SHIPPED = TaskEvidence(VOCABULARY, load_phrases())


def best(demand: str) -> str:
    scores = SHIPPED.scores(demand)
    return max(scores, key=scores.__getitem__)


@pytest.mark.parametrize(
    ("demand", "task"),
    [
        ("read the words on this poster", "optical-character-recognition"),
        ("describe what this photo shows", "image-to-text"),
        ("draw a horse under a tree", "text-to-image"),
        ("write down everything the speaker says in the recording", "automatic-speech-recognition"),
        ("say the summary aloud", "text-to-speech"),
        ("put the letter into Polish", "translation"),
        ("把這段話翻譯成法文", "translation"),
        ("唸出來", "text-to-speech"),
        ("tell me about the sea in five sentences", "conversational"),
        ("tell me about the life of Beethoven", "conversational"),
        ("tell me about this photograph", "image-to-text"),
        ("describe the city of Oslo in three sentences", "conversational"),
        ("give me a recipe for pancakes", "conversational"),
    ],
)
def test_other_words_of_the_same_kind_are_recognised(demand: str, task: str) -> None:
    assert best(demand) == task


def test_a_phrase_of_the_file_is_clear() -> None:
    for phrase, task in load_phrases():
        scores = SHIPPED.scores(phrase)
        if task == NOTHING:
            assert max(scores.values()) < 0.25, phrase
        else:
            assert scores[task] > 0.1, phrase


def test_every_task_type_has_phrases_and_no_others_do() -> None:
    assert {task for _, task in load_phrases()} == {*VOCABULARY.names, NOTHING}


def test_what_is_quoted_says_nothing() -> None:
    assert SHIPPED.scores("say 'translate the picture' aloud") == SHIPPED.scores("say 'good morning' aloud")


@given(st.text(max_size=80))
def test_the_words_of_no_example_say_next_to_nothing(text: str) -> None:
    scores = SHIPPED.scores(text)
    assert set(scores) == set(VOCABULARY.names)
    assert all(-1 < score < 1.5 for score in scores.values())


def test_more_examples_teach_more() -> None:
    taught = TaskEvidence(VOCABULARY, [*load_phrases(), ("frobnicate the tune", "audio-to-audio")])
    assert (
        taught.scores("frobnicate it")["audio-to-audio"] > SHIPPED.scores("frobnicate it")["audio-to-audio"]
    )


def test_damaged_phrases_are_named(tmp_path: Path) -> None:
    path = tmp_path / "phrases.yaml"
    path.write_text("- a list", encoding="utf-8")
    with pytest.raises(CatalogUnavailable, match=r"phrases\.yaml"):
        load_phrases(path)
    assert PHRASES_FILE.is_file()
