"""Plans: what cannot run is refused in plain words, what can is put in order, and the wire form keeps it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import REFERENCE, FileRef, Plan, Task, TaskRef, Unavailable, Value, check_plan
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.tasks import InputSpec, NumberRange, TaskType, Vocabulary

TEXT, IMAGE = (Kind.TEXT,), (Kind.IMAGE,)
VOCABULARY = Vocabulary(
    (
        TaskType("read", "", (InputSpec("image", IMAGE),), TEXT),
        TaskType("say", "", (InputSpec("text", TEXT),), (Kind.AUDIO,)),
        TaskType("join", "", (InputSpec("texts", TEXT, many=True), InputSpec("title", TEXT, False)), TEXT),
        TaskType(
            "ask", "", (InputSpec("image", IMAGE), InputSpec("question", TEXT, literal_only=True)), TEXT
        ),
        TaskType(
            "turn", "", (InputSpec("text", TEXT), InputSpec("way", TEXT, choices=("left", "right"))), TEXT
        ),
        TaskType(
            "draw",
            "",
            (InputSpec("text", TEXT), InputSpec("width", TEXT, False, number=NumberRange(64, 512, "px"))),
            IMAGE,
        ),
    )
)
PICTURE = Resource("a.png", Kind.IMAGE, Path("/files/a.png"), "image/png", 1)
SOUND = Resource("a.wav", Kind.AUDIO, Path("/files/a.wav"), "audio/wav", 1)
FILES = (PICTURE, SOUND)


def task(task_id: int, name: str, **args: Value | tuple[Value, ...]) -> Task:
    return Task(task_id, name, {key: one if isinstance(one, tuple) else (one,) for key, one in args.items()})


READ = task(0, "read", image=FileRef("a.png"))


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ((READ, task(0, "say", text="x")), "same id"),
        ((task(0, "draw", text="x", width="wide"),), "does not take 'wide' as its width"),
        ((task(0, "draw", text="x", width="513"),), "does not take '513' as its width"),
        ((task(0, "draw", text="x", width="100.5"),), "does not take '100.5' as its width"),
        ((task(-1, "say", text="x"),), "negative id"),
        ((task(0, "fly", text="x"),), "There is no task type fly."),
        ((task(0, "say"),), "Task 0 (say) has no text."),
        ((task(0, "say", text=()),), "Task 0 (say) has no text."),
        ((task(0, "say", text="x", speed="2"),), "takes no argument speed"),
        ((task(0, "say", text=TaskRef(7)),), "depends on task 7, which is not in the plan"),
        ((task(0, "join", texts=TaskRef(0)),), "depends on itself"),
        ((READ, task(1, "say", text=TaskRef(0)), task(2, "say", text=TaskRef(1))), "cannot take the output"),
        ((task(0, "read", image=FileRef("b.png")),), "needs the file b.png, which is not attached"),
        ((task(0, "read", image=FileRef("a.wav")),), "cannot take a.wav (audio) as its image"),
        ((task(0, "read", image="a picture"),), "needs a file as its image, not a text"),
        ((READ, task(1, "ask", image=FileRef("a.png"), question=TaskRef(0))), "question written out"),
        ((task(0, "turn", text="x", way="up"),), "does not take 'up' as its way"),
        ((task(0, "join", texts=TaskRef(1)), task(1, "join", texts=TaskRef(0))), "tasks 0, 1 wait"),
    ],
)  # fmt: skip
def test_plans_that_cannot_run(tasks: tuple[Task, ...], message: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_plan(Plan(tasks), VOCABULARY, FILES)
    assert message in raised.value.message
    assert raised.value.hint, "every refusal says what to do"


def test_a_forward_reference_is_put_in_order_and_the_rest_stays() -> None:
    plan = Plan(
        (
            task(5, "say", text=TaskRef(2)),
            task(3, "say", text="x"),
            task(2, "join", texts=(TaskRef(9), "y")),
            task(9, "read", image=FileRef("a.png")),
        ),
        (Unavailable("film"),),
    )
    checked = check_plan(plan, VOCABULARY, FILES)
    assert [one.id for one in checked.tasks] == [3, 9, 2, 5]
    assert checked.unavailable == (Unavailable("film"),)
    assert set(checked.tasks) == set(plan.tasks)


def test_plans_that_can_run() -> None:
    for tasks in (
        (),
        (task(0, "turn", text="x", way="left"),),
        (READ, task(1, "ask", image=FileRef("a.png"), question="why?")),
        (READ, task(1, "say", text=TaskRef(0)), task(2, "say", text=TaskRef(0))),
    ):
        assert check_plan(Plan(tasks), VOCABULARY, FILES).tasks == tasks


# ---------------------------------------------------------------- the wire form

literals = st.text(min_size=1).filter(
    lambda text: (
        not REFERENCE.fullmatch(text) and text not in {"a.png", "a.wav", "/files/a.png", "/files/a.wav"}
    )
)
values = st.one_of(
    literals,
    st.builds(TaskRef, st.integers(0, 9)),
    st.builds(FileRef, st.sampled_from(["a.png", "a.wav"])),
)
tasks = st.builds(
    Task,
    st.integers(0, 99),
    st.sampled_from(VOCABULARY.names),
    st.dictionaries(st.text(min_size=1, max_size=5), st.lists(values, max_size=3).map(tuple), max_size=3),
)


@given(st.lists(tasks, max_size=4).map(tuple), st.booleans())
def test_the_wire_form_loses_nothing(made: tuple[Task, ...], with_paths: bool) -> None:
    """Also over JSON, whatever quotes, apostrophes and line breaks the texts have."""
    files = {one.name: one for one in FILES} if with_paths else None
    wire = json.loads(json.dumps(Plan(made).to_wire(files)))
    assert Plan.from_wire(wire, FILES) == Plan(made)
    assert Plan.from_wire({"tasks": wire, "seconds": 1.0}, FILES) == Plan(made)


def test_the_wire_form_is_the_papers() -> None:
    plan = Plan((READ, task(1, "join", texts=(TaskRef(0), 'it\'s "so"'), title="t")))
    assert plan.to_wire({"a.png": PICTURE}) == [
        {"task": "read", "id": 0, "dep": [-1], "args": {"image": "/files/a.png"}},
        {
            "task": "join",
            "id": 1,
            "dep": [0],
            "args": {"texts": ["<resource>-0", 'it\'s "so"'], "title": "t"},
        },
    ]


@pytest.mark.parametrize("name", ["resource", "GENERATED", "image_1"])
def test_references_of_any_name_are_read(name: str) -> None:
    (read,) = Plan.from_wire([{"task": "say", "id": 1, "args": {"text": f"<{name}>-12"}}]).tasks
    assert read.args == {"text": (TaskRef(12),)}
    assert read.dependencies == (12,)


def test_a_reference_inside_a_sentence_is_a_text() -> None:
    (read,) = Plan.from_wire([{"task": "say", "id": 1, "args": {"text": "say <resource>-0 twice"}}]).tasks
    assert read.dependencies == ()


@pytest.mark.parametrize(
    "wire",
    [
        None, 3, "text", {}, {"tasks": None}, ["x"], [{}], [{"task": 3, "id": 1}], [{"task": "say"}],
        [{"task": "say", "id": "1"}], [{"task": "say", "id": True}], [{"task": "say", "id": 1, "args": []}],
    ],
)  # fmt: skip
def test_what_is_no_plan(wire: object) -> None:
    with pytest.raises(InvalidInput) as raised:
        Plan.from_wire(wire)
    assert raised.value.hint


@pytest.mark.parametrize("dep", [[7], [0, 7], 7, ["0"], "none", [True], [None], None])
def test_a_dependency_that_no_argument_carries(dep: object) -> None:
    with pytest.raises(InvalidInput) as raised:
        Plan.from_wire([{"task": "say", "id": 1, "dep": dep, "args": {"text": "<resource>-0"}}])
    assert "task 1 (say)" in raised.value.message.lower()
    assert raised.value.hint


@pytest.mark.parametrize("entry", [{}, {"dep": [-1]}, {"dep": -1}, {"dep": [0]}, {"dep": []}])
def test_dependencies_follow_from_the_arguments(entry: dict[str, object]) -> None:
    wire = {"task": "say", "id": 1, "args": {"text": "<resource>-0"}, **entry}
    assert Plan.from_wire([wire]).tasks[0].dependencies == (0,)


def test_values_are_equal_by_content() -> None:
    one, other = task(1, "say", text=(TaskRef(0), "x")), task(1, "say", text=(TaskRef(0), "x"))
    assert one == other
    assert hash(one) == hash(other)
    assert Plan((one,)) == Plan((other,))
    assert Plan((READ, one)).task(1) is one
