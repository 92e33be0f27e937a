"""What bad input gets from each family: a right result, or a sentence that says what is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from awkward_files import SIZE, Awkward, AwkwardFiles, Must, lying
from contract import CASES, Case, Samples, case_of, made
from PIL import Image, ImageDraw, ImageFont
from tiny_checkpoints import library

from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.errors import Cancelled, HgptError
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.tasks import InputSpec
from hgpt_desktop.experts.base import Expert
from hgpt_desktop.experts.native import asking_at_every_layer
from hgpt_desktop.experts.registry import load_expert

VOCABULARY = load_vocabulary(control=True)
TINY = [case for case in CASES if not case.starter]
MOST_S = 20.0
"""How long a run on a tiny model may take on a busy machine: a user would wait far longer on a real one."""
_FOUND = ("objects", "regions", "people")
_TIED = ("objects", "mask")  # inputs that belong to the picture of another one
_SAYS_NOTHING = "failed on this input"


@pytest.fixture(scope="module", autouse=True)
def _imported_ahead() -> None:
    """What diffusers imports binds a socket when it is imported, to see whether there is IPv6."""
    library("requests")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("awkward-models")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return Samples(tmp_path_factory.mktemp("good-samples"))


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> AwkwardFiles:
    return AwkwardFiles(tmp_path_factory.mktemp("awkward-samples"))


@pytest.mark.parametrize("case", TINY, ids=lambda case: case.name)
def test_whatever_is_given_gets_a_result_or_a_sentence(
    case: Case, models: Path, samples: Samples, awkward: AwkwardFiles, tmp_path: Path
) -> None:
    expert = load_expert(made(case, models), "cpu")
    wrong = [
        f"{task}, {name} = {one.name}: {complaint}"
        for task in case.all_tasks
        for number, (name, one, call) in enumerate(_calls(task, samples, awkward, tmp_path / task))
        if (complaint := _complaint(expert, replace(call, stem=f"{number}"), one))
    ]
    expert.close()
    assert not wrong, "\n".join(["", *wrong])


def _calls(
    task: str, samples: Samples, awkward: AwkwardFiles, out_dir: Path
) -> Iterator[tuple[str, Awkward, ExpertCall]]:
    """The task with good inputs but one; that one in every awkward form. First comes the input's name."""
    good = samples.call(task, out_dir, **({"seconds": "1"} if task == "text-to-audio" else {}))
    for spec in VOCABULARY[task].inputs:
        if spec.is_option or spec.choices:
            continue
        tied = next((name for name in _TIED if name in good.inputs), None)
        for kind in spec.kinds:
            if kind is Kind.TABLE and Kind.TEXT in spec.kinds:
                continue  # handed over as a text
            for one in awkward.by_kind[kind]:
                given = _in_place_of(good.inputs.get(spec.name, ()), one.given(kind), spec)
                must, size_px = one.must, one.size_px
                if not spec.required or spec.name == "objects" or (spec.many and kind is Kind.TEXT):
                    must = Must.EITHER
                if tied and one.size_px != SIZE:  # not the picture to which the other one belongs
                    must = Must.EITHER
                if spec.name in _TIED:
                    size_px = SIZE
                inputs = {**good.inputs, spec.name: given}
                yield spec.name, replace(one, must=must, size_px=size_px), replace(good, inputs=inputs)


def _in_place_of(
    good: tuple[Resource | str, ...], one: Resource | str, spec: InputSpec
) -> tuple[Resource | str, ...]:
    """The awkward one, before good ones where several are taken together; objects found before stay."""
    if spec.name == "objects" and isinstance(one, Resource) and isinstance(good[0], Resource):
        one = replace(one, data=good[0].data)
    return (one, *good[1:]) if spec.many else (one,)


def _complaint(expert: Expert, call: ExpertCall, one: Awkward) -> str:
    """What is not as it has to be; "" where nothing is."""
    begun = time.monotonic()

    def too_long() -> bool:
        return time.monotonic() - begun > MOST_S

    try:
        with asking_at_every_layer(too_long):
            outputs = expert.run(call, lambda part, message: None, too_long)
    except HgptError as error:
        if not (error.message and error.hint) or _SAYS_NOTHING in error.message:
            return f"says only {error!r}"
        return f"refused: {error!r}" if one.must is Must.WORK else ""
    except Cancelled:
        return f"more than {MOST_S:.0f} s"
    except Exception as error:  # noqa: BLE001 - this is what must not come
        return f"raised {type(error).__name__}: {error}"
    if one.must is Must.FAIL:
        return f"gave {[output.text or output.data or output.name for output in outputs]}"
    return "; ".join(filter(None, (_fault(output, one.size_px) for output in outputs))) or _lack(outputs)


def _lack(outputs: tuple[Resource, ...]) -> str:
    return "" if outputs else "gave nothing"


def _fault(output: Resource, size_px: tuple[int, int]) -> str:
    if not output.path.is_file() or not output.path.stat().st_size:
        return f"{output.name} is not there or empty"
    try:
        json.dumps(output.data, allow_nan=False)
    except (TypeError, ValueError) as error:
        return f"{output.name} has data that JSON cannot hold: {error}"
    if isinstance(output.data, dict) and any(name in output.data for name in _FOUND):
        told = (output.data["width_px"], output.data["height_px"])
        if told != size_px:
            return f"the picture is {size_px}, and the data say {told}"
    outside = [place for place in _places(output.data) if not _is_inside(place, size_px)]
    return f"{outside[:3]} lie outside of {size_px}" if outside else ""


def _places(data: Any) -> Iterator[tuple[float, ...]]:
    """All points and boxes in the data."""
    match data:
        case {"left": left, "top": top, "right": right, "bottom": bottom}:
            yield left, top, right, bottom
        case {"x": x, "y": y}:
            yield x, y
        case {"box": [left, top, right, bottom]}:
            yield left, top, right, bottom
        case dict():
            for value in data.values():
                yield from _places(value)
        case list():
            for value in data:
                yield from _places(value)


def _is_inside(place: tuple[float, ...], size_px: tuple[int, int]) -> bool:
    if len(place) == 4 and not (place[0] <= place[2] and place[1] <= place[3]):
        return False
    return all(0 <= at <= size_px[number % 2] for number, at in enumerate(place))


# ---------------------------------------------------------------- pictures that lie on their side

_BRIGHT = (50, 80, 350, 200)


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """400 x 600 pixels as people see it, black with a bright rectangle; stored as 600 x 400."""
    upright = Image.new("RGB", (400, 600), "black")
    pen = ImageDraw.Draw(upright)
    pen.rectangle((*_BRIGHT[:2], _BRIGHT[2] - 1, _BRIGHT[3] - 1), fill="white")
    pen.text((70, 105), "BRIGHT", font=ImageFont.load_default(size=64), fill="black")
    path = lying(upright, tmp_path / "lying.jpg")
    with Image.open(path) as stored:
        assert stored.size == (600, 400)
    return path


def _run(loader: str, call: ExpertCall, models: Path) -> tuple[Resource, ...]:
    call.out_dir.mkdir()
    expert = load_expert(made(case_of(loader), models), "cpu")
    outputs = expert.run(call, lambda part, message: None, lambda: False)
    expert.close()
    return outputs


def test_what_is_read_in_a_picture_on_its_side_has_its_place_upright(
    photograph: Path, models: Path, tmp_path: Path
) -> None:
    page = Resource(photograph.name, Kind.IMAGE, photograph, "image/jpeg", photograph.stat().st_size)
    call = ExpertCall("optical-character-recognition", {"image": (page,)}, tmp_path / "out", "read")
    (read,) = _run("rapidocr", call, models)
    assert read.text == "BRIGHT"
    left, top, right, bottom = read.data[0]["box"]
    assert _BRIGHT[0] < left < 90
    assert _BRIGHT[1] < top < 130
    assert 250 < right < _BRIGHT[2]
    assert 150 < bottom < _BRIGHT[3]


def test_boxes_of_a_picture_on_its_side_are_drawn_and_cut_upright(
    photograph: Path, models: Path, tmp_path: Path
) -> None:
    box = dict(zip(("left", "top", "right", "bottom"), map(float, _BRIGHT), strict=True))
    data = {"width_px": 400, "height_px": 600, "objects": [{"label": "lamp", "score": 0.9, "box": box}]}
    picture = Resource(photograph.name, Kind.IMAGE, photograph, "image/jpeg", photograph.stat().st_size)
    inputs: dict[str, tuple[Resource | str, ...]] = {
        "objects": (replace(picture, name="found.jpg", data=data),), "image": (picture,),
    }  # fmt: skip
    call = ExpertCall("object-selection", inputs, tmp_path / "boxes", "drawn")
    _, boxes = _run("tools", call, models)
    with Image.open(boxes.path) as drawn:
        assert drawn.size == (400, 600)
        edge, within, outside = (drawn.getpixel((x, 190)) for x in (50, 58, 40))
    assert isinstance(edge, tuple)
    assert max(edge) - min(edge) > 100  # a colour
    assert isinstance(within, tuple)
    assert min(within) > 200
    assert isinstance(outside, tuple)
    assert max(outside) < 50
    cutting = replace(call, inputs={**inputs, "show": ("cut out",)}, out_dir=tmp_path / "cuts")
    _, cut = _run("tools", cutting, models)
    with Image.open(cut.path) as shown:
        assert shown.size == (300, 120)
        corners = [shown.convert("L").getpixel(place) for place in ((4, 4), (295, 4), (4, 115), (295, 115))]
    assert min(float(str(corner)) for corner in corners) > 200
