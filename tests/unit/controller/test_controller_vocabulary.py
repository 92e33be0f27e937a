"""The shipped vocabulary, and what a broken one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgpt_desktop.controller.demonstrations import load_demonstrations
from hgpt_desktop.controller.lines import function_name, task_type_lines
from hgpt_desktop.controller.vocabulary import load_stand_ins, load_vocabulary
from hgpt_desktop.core.errors import CatalogUnavailable
from hgpt_desktop.core.resources import Kind

PAPER = {
    "token-classification", "text-classification", "text2text-generation", "summarization", "translation",
    "question-answering", "conversational", "text-generation", "sentence-similarity",
    "tabular-classification", "object-detection", "image-classification", "image-to-image", "image-to-text",
    "image-segmentation", "depth-estimation", "text-to-image", "text-to-video", "visual-question-answering",
    "document-question-answering", "text-to-speech", "automatic-speech-recognition", "audio-to-audio",
    "audio-classification",
}  # fmt: skip
PICTURES = {
    "zero-shot-image-classification", "zero-shot-object-detection", "keypoint-detection", "mask-generation",
    "background-removal", "inpainting", "image-super-resolution", "image-to-video", "video-classification",
    "image-similarity", "image-feature-extraction",
}  # fmt: skip
CONTROL = {
    "canny-control", "hed-control", "mlsd-control", "normal-control", "openpose-control", "seg-control",
    "canny-text-to-image", "depth-text-to-image", "hed-text-to-image", "mlsd-text-to-image",
    "normal-text-to-image", "openpose-text-to-image", "seg-text-to-image",
}  # fmt: skip


def test_the_papers_24_types_are_there_among_45_and_more() -> None:
    assert len(PAPER) == 24
    assert set(load_vocabulary().names) > {*PAPER, *PICTURES}
    assert len(load_vocabulary(control=True).names) >= 45


def test_the_control_types_are_read_where_asked_for() -> None:
    assert set(load_vocabulary(control=True).names) - set(load_vocabulary().names) == CONTROL


def test_only_conversational_needs_no_tool() -> None:
    assert [one.name for one in load_vocabulary() if not one.needs_tool] == ["conversational"]


def test_the_first_input_is_required_and_every_literal_takes_text() -> None:
    for task_type in load_vocabulary(control=True):
        assert task_type.inputs[0].required, task_type.name
        for spec in task_type.inputs:
            assert not spec.literal_only or Kind.TEXT in spec.kinds, (task_type.name, spec.name)


def test_the_prompt_names_every_type_once() -> None:
    vocabulary = load_vocabulary()
    lines = task_type_lines(vocabulary).splitlines()
    assert [line.partition("(")[0] for line in lines] == [function_name(name) for name in vocabulary.names]


def test_the_shipped_demonstrations_can_be_executed() -> None:
    vocabulary = load_vocabulary()
    demonstrations = load_demonstrations(vocabulary)
    assert 4 <= len(demonstrations) <= 16
    used = {task.task for one in demonstrations for task in one.plan.tasks}
    assert "conversational" in used


def _with_option(option: str) -> str:
    return (
        "task_types: [{name: a, description: x, outputs: [text],"
        f" inputs: {{t: {{kinds: [text]}}}}, options: {{o: {option}}}}}]"
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (": [", "not YAML"),
        ("hello", "no list `task_types`"),
        ("task_types: []", "no task types"),
        ("task_types: [{description: x}]", "has no name"),
        ("task_types: [{name: a, inputs: {text: {kinds: [text]}}, outputs: [text]}]", "no description"),
        ("task_types: [{name: a, description: x, outputs: [text]}]", "has no inputs"),
        (
            "task_types: [{name: a, description: x, inputs: {text: {kinds: [smell]}}, outputs: [text]}]",
            "'smell'",
        ),
        ("task_types: [{name: a, description: x, inputs: {text: {kinds: [text]}}}]", "outputs has no kinds"),
        (
            "task_types: [{name: a, description: x, colour: red, inputs: {}, outputs: []}]",
            "unknown key colour",
        ),
        (
            "task_types: [{name: a, description: x, outputs: [text],"
            " inputs: {q: {kinds: [image], literal_only: true}}}]",
            "is a literal but does not take text",
        ),
        (
            "task_types: [&a {name: a, description: x, inputs: {t: {kinds: [text]}}, outputs: [text]}, *a]",
            "the task type a twice",
        ),
        (_with_option("{unit: px}"), "the option o has neither `number` nor `choices`"),
        (_with_option("{number: [9, 1]}"), "not a range"),
        (_with_option("{number: [1, 9], default: 10}"), "the default 10"),
        (_with_option("{number: [1, 9], said: [wide]}"), "needs its {n}"),
        (_with_option("{choices: [a, b], said: {c: [x]}}"), "the unknown choice c"),
    ],
)
def test_a_broken_vocabulary_says_where(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text(content)
    with pytest.raises(CatalogUnavailable) as caught:
        load_vocabulary(path)
    assert says in caught.value.message
    assert caught.value.hint


def test_a_missing_vocabulary_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogUnavailable, match="cannot be read"):
        load_vocabulary(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("demonstrations: [{plan: []}]", "has no request"),
        ("demonstrations: [{request: x, plan: [{dancing: {text: y}}]}]", "no task type dancing"),
        ("demonstrations: [{request: x, plan: [{summarization: {text: '#4'}}]}]", "not in the plan"),
        ("demonstrations: [{request: x, plan: nonsense}]", "not written as the others"),
        ("[]", "no list `demonstrations`"),
    ],
)
def test_a_broken_demonstration_says_where(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "demonstrations.yaml"
    path.write_text(content)
    with pytest.raises(CatalogUnavailable) as caught:
        load_demonstrations(load_vocabulary(), path)
    assert says in caught.value.message


def test_stand_ins_take_and_give_what_the_type_itself_does() -> None:
    vocabulary = load_vocabulary()
    for name, others in load_stand_ins().items():
        for other in others:
            assert set(vocabulary[name].outputs) & set(vocabulary[other].outputs), (name, other)
            assert set(vocabulary[name].inputs[0].kinds) & set(vocabulary[other].inputs[0].kinds), (
                name,
                other,
            )


def test_an_unknown_stand_in_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text(
        "task_types: [{name: a, description: x, inputs: {t: {kinds: [text]}}, outputs: [text]}]\n"
        "stand_ins: {a: [magic]}"
    )
    with pytest.raises(CatalogUnavailable, match="magic"):
        load_stand_ins(path)
