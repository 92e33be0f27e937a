"""What an expert is given: references replaced, options at their defaults."""

from __future__ import annotations

from pathlib import Path

from hgpt_desktop.core.plan import FileRef, Task, Value
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.tasks import InputSpec, NumberRange, TaskType
from hgpt_desktop.runtime.inputs import resolve_inputs

TEXT = (Kind.TEXT,)
DRAW = TaskType(
    "draw",
    "",
    (
        InputSpec("image", (Kind.IMAGE,)),
        InputSpec("steps", TEXT, False, literal_only=True, number=NumberRange(1, 100), default="20"),
        InputSpec("width", TEXT, False, literal_only=True, number=NumberRange(64, 512)),
    ),
    (Kind.IMAGE,),
)


def inputs(files: dict[str, Resource], **args: Value) -> dict[str, tuple[Resource | str, ...]]:
    task = Task(1, "draw", {name: (value,) for name, value in args.items()})
    return dict(resolve_inputs(task, DRAW, {}, files))


def test_options_that_are_not_given_have_their_defaults_or_stay_open() -> None:
    picture = Resource("a.png", Kind.IMAGE, Path("/files/a.png"), "image/png", 1)
    files = {"a.png": picture}
    assert inputs(files, image=FileRef("a.png")) == {"image": (picture,), "steps": ("20",)}
    given = inputs(files, image=FileRef("a.png"), steps="4", width="128")
    assert given == {"image": (picture,), "steps": ("4",), "width": ("128",)}
