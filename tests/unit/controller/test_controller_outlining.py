"""The outline of a request: its parts, the tasks they ask for, and what is put between that kinds fit."""

from __future__ import annotations

from functools import cache

import pytest

from hgpt_desktop.controller.demands import split_parts
from hgpt_desktop.controller.evidence import NOTHING, TaskEvidence
from hgpt_desktop.controller.outlining import Outliner, Step
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

TEXT, IMAGE, AUDIO = (Kind.TEXT,), (Kind.IMAGE,), (Kind.AUDIO,)
VOCABULARY = Vocabulary(
    (
        TaskType("read", "read the words in a picture", (InputSpec("image", IMAGE),), TEXT),
        TaskType("describe", "describe what a picture shows", (InputSpec("image", IMAGE),), TEXT),
        TaskType("sharpen", "make a picture sharper", (InputSpec("image", IMAGE),), IMAGE),
        TaskType("draw", "draw a picture", (InputSpec("text", TEXT),), IMAGE),
        TaskType("shorten", "summarise a text", (InputSpec("text", TEXT),), TEXT),
        TaskType("speak", "say a text aloud", (InputSpec("text", TEXT),), AUDIO),
        TaskType("talk", "small talk", (InputSpec("text", TEXT),), TEXT, needs_tool=False),
    )
)
PHRASES = (
    ("read the text in this picture", "read"),
    ("what is written here", "read"),
    ("describe the photo", "describe"),
    ("what does the picture show", "describe"),
    ("sharpen the image", "sharpen"),
    ("make the photo clearer", "sharpen"),
    ("draw a cat and a dog", "draw"),
    ("paint a castle", "draw"),
    ("summarise it", "shorten"),
    ("make the text shorter", "shorten"),
    ("say it aloud", "speak"),
    ("read it to me", "speak"),
    ("hello how are you", "talk"),
    ("thank you", "talk"),
    ("here is my holiday album", NOTHING),
)


@cache
def evidence() -> TaskEvidence:
    return TaskEvidence(VOCABULARY, PHRASES)


def outline(
    request: str,
    *files: Kind,
    earlier: tuple[Kind, ...] = (),
    has_text: bool = False,
    repeat_penalty: float = 0.0,
    runnable: tuple[str, ...] = VOCABULARY.names,
) -> tuple[Step, ...]:
    made = Outliner(
        VOCABULARY, evidence(), 2.5, repeat_penalty, runnable, files, earlier, has_text or Kind.TEXT in files
    )
    return made.outline(request)


def types(steps: tuple[Step, ...]) -> list[str]:
    return [next(iter(step.weights)) for step in steps]


def test_each_part_that_asks_has_its_task() -> None:
    steps = outline("Read the text in this picture, summarise it and say it aloud", Kind.IMAGE)
    assert types(steps) == ["read", "shorten", "speak"]
    assert [step.demand.asked for step in steps] == [
        "Read the text in this picture", "summarise it", "say it aloud",
    ]  # fmt: skip
    assert not any(step.added or step.doubtful for step in steps)


def test_a_connecting_word_does_not_have_to_cut() -> None:
    [step] = outline("Draw a cat and a dog")
    assert types((step,)) == ["draw"]
    assert step.demand.asked == "Draw a cat and a dog"


def test_what_asks_for_nothing_is_shown_with_the_next_demand() -> None:
    steps = outline("Here is my holiday album. Describe the photo, then sharpen the image", Kind.IMAGE)
    assert types(steps) == ["describe", "sharpen"]
    assert steps[0].demand.shown.startswith("Here is my holiday album")
    assert steps[0].demand.asked == "Describe the photo"


def test_what_has_to_be_read_first_is_put_before() -> None:
    steps = outline("Summarise it", Kind.IMAGE)
    assert [step.added for step in steps] == [True, False]
    assert types(steps)[1] == "shorten"
    assert set(steps[0].weights) <= {"read", "describe", "sharpen"}


@pytest.mark.parametrize(
    ("files", "earlier", "has_text"),
    [((Kind.TEXT,), (), True), ((), (Kind.TEXT,), False), ((), (), True)],
)
def test_nothing_is_put_before_where_there_is_a_text(
    files: tuple[Kind, ...], earlier: tuple[Kind, ...], has_text: bool
) -> None:
    steps = outline("Summarise it", *files, earlier=earlier, has_text=has_text)
    assert types(steps) == ["shorten"]


def test_only_what_can_run_is_put_before() -> None:
    steps = outline("Summarise it", Kind.IMAGE, runnable=("describe", "shorten"))
    assert types(steps) == ["describe", "shorten"]
    assert list(steps[0].weights) == ["describe"]


def test_what_is_said_twice_is_one_task_where_plans_hold_each_type_once() -> None:
    request = "Sharpen the image. Make the photo clearer, then describe the photo"
    assert types(outline(request, Kind.IMAGE)) == ["sharpen", "sharpen", "describe"]
    assert types(outline(request, Kind.IMAGE, repeat_penalty=1.5)) == ["sharpen", "describe"]


def test_words_of_action_without_evidence_are_left_to_the_llm() -> None:
    steps = outline("Describe the photo, then convert the frobnicator", Kind.IMAGE)
    assert [step.doubtful for step in steps] == [False, True]
    assert steps[1].demand.asked == "convert the frobnicator"


def test_the_likeliest_type_comes_first_and_neighbours_have_their_weights() -> None:
    [step] = outline("What does the picture show", Kind.IMAGE)
    weights = list(step.weights.values())
    assert weights == sorted(weights, reverse=True)
    assert next(iter(step.weights)) == "describe"
    assert step.weights["read"] > step.weights["draw"]
    assert 0.25 < step.evidence <= 1.5


def test_work_on_what_is_not_there_keeps_its_place() -> None:
    assert types(outline("Sharpen the image")) == ["sharpen"]


def test_talk_and_silence() -> None:
    [step] = outline("Hello, how are you?")
    assert next(iter(step.weights)) == "talk"
    assert outline("xyzzy plugh") == ()


def test_a_question_about_the_world_is_no_task_on_a_text() -> None:
    silent = outline("Can you make the text shorter?")
    assert "shorten" not in types(silent)
    assert types(outline("Can you make the text shorter?", Kind.TEXT)) == ["shorten"]


def test_the_language_that_something_is_translated_to_is_no_part_of_its_own() -> None:
    pieces = split_parts("Write a poem about rain, translate it to German and say it aloud")
    assert [part.words for part in pieces.parts] == [
        "Write a poem about rain",
        "translate it to German",
        "say it aloud",
    ]
    assert len(split_parts("Turn the letter to the left").parts) == 2


def test_parts_of_a_request() -> None:
    pieces = split_parts("I have a photo 'a.jpg' and I want to sharpen it. 翻譯成英文，然後唸出來")
    assert [part.words for part in pieces.parts] == [
        "I have a photo", "I want", "sharpen it", "翻譯成英文", "然後唸出來",
    ]  # fmt: skip
    assert [part.asks for part in pieces.parts] == [False, False, True, True, True]
    assert pieces.demand(2, 3, 0, 3).shown == "I have a photo 'a.jpg' and I want to sharpen it"
    assert pieces.demand(2, 3, 0, 3).asked == "sharpen it"


def test_a_request_of_many_words_has_few_parts() -> None:
    request = "Sharpen it, and " + "then describe it, " * 7000
    assert len(split_parts(request).parts) <= 48
    assert types(outline(request, Kind.IMAGE))[:2] == ["sharpen", "describe"]


def test_what_speaks_of_no_file_is_no_work_on_one() -> None:
    [step] = outline("what does Paris show")
    assert "describe" not in step.weights, "there is no picture, and none is spoken of"
    assert types(outline("what does the picture show")) == ["describe"], (
        "a picture that is missing is asked for"
    )
    assert types(outline("what does Paris show", Kind.IMAGE)) == ["describe"]
