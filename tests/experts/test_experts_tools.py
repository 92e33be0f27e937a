"""The exact tools, run through the registry: figures, pictures, recordings, films, tables."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from expert_trials import StopAfter, Trial, call_for, card_for, run
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tiny_checkpoints import library
from tiny_sound import film

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.exact_arithmetic import evaluate, formula_in, in_digits
from hgpt_desktop.experts.media import audio_seconds
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.experts.tools import TOOLS


def do(task: str, tmp_path: Path, name: str = "out", **inputs: Path | str) -> Trial:
    """Run a tool in a folder of its own."""
    return run(load_expert(card_for("tools", None), "cpu"), call_for(task, tmp_path / name, 7, **inputs))


def with_files(call: ExpertCall, **files: tuple[Resource, ...]) -> ExpertCall:
    """The same call with these resources."""
    return ExpertCall(call.task, {**call.inputs, **files}, call.out_dir, call.stem, call.seed)


# ---------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ("15% of 80", "12"),
        ("what is 17 times 23?", "391"),
        ("0.1 + 0.2", "0.3"),
        ("the square root of 144", "12"),
        ("2 to the power of 10", "1024"),
        ("1,000 + 2", "1002"),
        ("100 % 7", "2"),
        ("7 除以 2", "3.5"),
        ("5!", "120"),
        ("2**100", "1267650600228229401496703205376"),
        ("round(2 / 3, 2)", "0.67"),
    ],
)
def test_a_formula_is_worked_out_exactly(tmp_path: Path, asked: str, result: str) -> None:
    made = do("arithmetic", tmp_path, expression=asked)
    assert made.text.endswith(f" = {result}")
    assert made.data["value"] == pytest.approx(float(result))


@pytest.mark.parametrize(
    "asked",
    ["12 km + 3", "hello", "42", "1/0", "9**9**9", "__import__('os')", "(1).real", "1 + 'a'", "1" * 600],
)
def test_what_is_no_formula_is_said(tmp_path: Path, asked: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        do("arithmetic", tmp_path, expression=asked)
    assert caught.value.hint
    assert not list((tmp_path / "out").iterdir())


@settings(max_examples=60, deadline=None)
@given(st.integers(-9999, 9999), st.integers(1, 9999), st.sampled_from("+-*/"))
def test_two_numbers_give_what_fractions_give(one: int, other: int, sign: str) -> None:
    counted = {"+": Fraction(one) + other, "-": Fraction(one) - other, "*": Fraction(one) * other}
    assert evaluate(formula_in(f"{one} {sign} {other}")) == counted.get(sign, Fraction(one, other))
    assert float(in_digits(Fraction(one, other))) == pytest.approx(one / other)


# ---------------------------------------------------------------- pictures


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    """A picture of four colours, 80 by 40: red, green over blue, white."""
    image = Image.new("RGB", (80, 40), "white")
    for colour, place in (("red", (0, 0)), ("lime", (40, 0)), ("blue", (0, 20))):
        image.paste(colour, (*place, place[0] + 40, place[1] + 20))
    image.save(tmp_path / "quarters.png")
    return tmp_path / "quarters.png"


def opened(made: Trial, place: int = 0) -> Image.Image:
    with Image.open(made.outputs[place].path) as image:
        return image.convert("RGB")


@pytest.mark.parametrize(
    ("options", "size", "corner"),
    [
        ({"change": "resize", "width": "40"}, (40, 20), (255, 0, 0)),
        ({"change": "resize", "height": "80"}, (160, 80), (255, 0, 0)),
        ({"change": "resize", "width": "10", "height": "30"}, (10, 30), (255, 0, 0)),
        ({"change": "crop", "part": "right"}, (40, 40), (0, 255, 0)),
        ({"change": "crop", "part": "bottom left"}, (40, 20), (0, 0, 255)),
        ({"change": "crop", "part": "top"}, (80, 20), (255, 0, 0)),
        ({"change": "crop", "width": "4", "height": "4", "part": "bottom right"}, (4, 4), (255, 255, 255)),
        ({"change": "mirror"}, (80, 40), (0, 255, 0)),
        ({"change": "flip"}, (80, 40), (0, 0, 255)),
        ({"change": "rotate", "angle": "90"}, (40, 80), (0, 0, 255)),
        ({"change": "grayscale"}, (80, 40), (76, 76, 76)),
    ],
)
def test_a_picture_is_changed_exactly(
    quarters: Path,
    tmp_path: Path,
    options: dict[str, str],
    size: tuple[int, int],
    corner: tuple[int, int, int],
) -> None:
    made = do("image-transform", tmp_path, image=quarters, **options)
    image = opened(made)
    assert image.size == size == (made.data["width_px"], made.data["height_px"])
    assert image.getpixel((1, 1)) == corner


@pytest.mark.parametrize(
    "options",
    [
        {"change": "melt"},
        {"change": "resize"},
        {"change": "resize", "width": "30000"},
        {"change": "rotate", "angle": "x"},
    ],
)
def test_a_change_that_cannot_be_done_is_said(
    quarters: Path, tmp_path: Path, options: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput):
        do("image-transform", tmp_path, image=quarters, **options)


def a_box(label: str, score: float, left: int, top: int, right: int, bottom: int) -> dict[str, Any]:
    return {
        "label": label,
        "score": score,
        "box": {"left": left, "top": top, "right": right, "bottom": bottom},
    }


@pytest.fixture
def found(quarters: Path) -> Resource:
    """What a detector of twice the size found in the picture."""
    objects = [
        a_box("dog", 0.9, 0, 0, 80, 40),
        a_box("person", 0.8, 80, 0, 160, 40),
        a_box("dog", 0.4, 0, 40, 80, 80),
    ]
    data = {"width_px": 160, "height_px": 80, "objects": objects}
    return Resource("boxes.png", Kind.IMAGE, quarters, "image/png", 1, data=data)


def picked(found: Resource, quarters: Path, tmp_path: Path, **options: str) -> Trial:
    plain = call_for("object-selection", tmp_path / "out", 7, image=quarters, **options)
    return run(load_expert(card_for("tools", None), "cpu"), with_files(plain, objects=(found,)))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "2 × dog, 1 × person"),
        ({"label": "dogs"}, "2 × dog"),
        ({"label": "people"}, "1 × person"),
        ({"label": "the dogs", "least_score": "50"}, "1 × dog"),
        ({"label": "cats"}, "0 × cats"),
    ],
)
def test_objects_are_counted_by_name(
    found: Resource, quarters: Path, tmp_path: Path, options: dict[str, str], told: str
) -> None:
    made = picked(found, quarters, tmp_path, **options)
    assert made.text == told
    assert made.data["count"] == len(made.data["objects"])
    assert opened(made, 1).size == (80, 40)


def test_objects_are_cut_out_in_the_picture_s_own_pixels(
    found: Resource, quarters: Path, tmp_path: Path
) -> None:
    made = picked(found, quarters, tmp_path, label="dog", show="cut out")
    assert [opened(made, place).size for place in (1, 2)] == [(40, 20), (40, 20)]
    assert [opened(made, place).getpixel((5, 5)) for place in (1, 2)] == [(255, 0, 0), (0, 0, 255)]


def test_more_objects_than_are_cut_out_are_told(quarters: Path, tmp_path: Path) -> None:
    objects = [a_box("dog", 0.9, place, 0, place + 2, 2) for place in range(53)]
    data = {"width_px": 80, "height_px": 40, "objects": objects}
    many = Resource("boxes.png", Kind.IMAGE, quarters, "image/png", 1, data=data)
    made = picked(many, quarters, tmp_path, show="cut out")
    assert len(made.outputs) == 51
    assert made.outputs[0].note == "3 more objects were not cut out."


def test_hidden_objects_are_gone_and_the_rest_is_as_it_was(tmp_path: Path, found: Resource) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    made = picked(found, tmp_path / "noise.png", tmp_path, label="person", show="hidden")
    after = np.asarray(opened(made, 1))
    assert np.array_equal(after[20:], noise[20:])
    assert np.array_equal(after[:, :40], noise[:, :40])
    assert len(np.unique(after[:20, 40:].reshape(-1, 3), axis=0)) <= 36


def test_without_found_objects_nothing_can_be_chosen(quarters: Path, tmp_path: Path, found: Resource) -> None:
    with pytest.raises(InvalidInput, match="no found objects"):
        do("object-selection", tmp_path, image=quarters, objects=quarters)
    with pytest.raises(ExecutionFailed, match="No cat was found"):
        picked(found, quarters, tmp_path, label="cat", show="cut out")


# ---------------------------------------------------------------- recordings


def tone(path: Path, seconds: float, rate_hz: int = 8000, channels: int = 1) -> Path:
    """A recording whose loudness rises steadily, so that each sample tells its place."""
    samples = np.linspace(0, 30000, round(seconds * rate_hz)).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        wav.writeframes(np.repeat(samples, channels).tobytes())
    return path


def heard(path: Path) -> tuple[np.ndarray[Any, Any], int]:
    with wave.open(str(path)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")
        return samples.reshape(-1, wav.getnchannels()), wav.getframerate()


@pytest.mark.parametrize(("start", "end", "seconds"), [("1", "3", 2.0), ("0:03", "", 1.0), ("", "0.5", 0.5)])
def test_a_recording_is_cut_to_the_sample(tmp_path: Path, start: str, end: str, seconds: float) -> None:
    path = tone(tmp_path / "tone.wav", 4, channels=2)
    made = do("audio-cutting", tmp_path, audio=path, start=start, end=end)
    samples, rate_hz = heard(made.outputs[0].path)
    whole, _ = heard(path)
    begin = {"1": 1, "0:03": 3, "": 0}[start] * rate_hz
    assert rate_hz == 8000
    assert made.data["seconds"] == seconds
    assert np.abs(samples.astype(int) - whole[begin : begin + round(seconds * rate_hz)]).max() <= 1


def test_recordings_are_joined_in_order_at_the_first_one_s_rate(tmp_path: Path) -> None:
    paths = (tone(tmp_path / "a.wav", 1, 8000), tone(tmp_path / "b.wav", 2, 16000, channels=2))
    call = call_for("audio-cutting", tmp_path / "out", audio=paths[0])
    both = (*call.inputs["audio"], *call_for("x", tmp_path / "out", audio=paths[1]).inputs["audio"])
    made = run(load_expert(card_for("tools", None), "cpu"), with_files(call, audio=both))  # type: ignore[arg-type]
    samples, rate_hz = heard(made.outputs[0].path)
    assert (rate_hz, samples.shape[1], made.data["joined"]) == (8000, 1, 2)
    assert samples.shape[0] == pytest.approx(3 * 8000, abs=40)


@pytest.mark.parametrize(("start", "end"), [("3", "2"), ("9", ""), ("soon", "")])
def test_a_cut_outside_of_the_recording_is_said(tmp_path: Path, start: str, end: str) -> None:
    with pytest.raises(InvalidInput):
        do("audio-cutting", tmp_path, audio=tone(tmp_path / "tone.wav", 4), start=start, end=end)
    assert not list((tmp_path / "out").iterdir())


# ---------------------------------------------------------------- films


def shades(path: Path) -> list[float]:
    av = library("av")
    with av.open(str(path)) as container:
        return [float(frame.to_ndarray(format="rgb24").mean()) for frame in container.decode(video=0)]


def test_pictures_are_taken_evenly_or_at_a_moment(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4")
    several = do("video-to-image", tmp_path, "several", video=path, count="3")
    assert [output.data["seconds"] for output in several.outputs] == pytest.approx([0.33, 1.0, 1.67], abs=0.1)
    means = [np.asarray(opened(several, place)).mean() for place in range(3)]
    assert means == pytest.approx([40, 134, 214], abs=16)
    one = do("video-to-image", tmp_path, "one", video=path, at="1.9")
    assert np.asarray(opened(one)).mean() > 240
    with pytest.raises(InvalidInput, match="ends before"):
        do("video-to-image", tmp_path, "late", video=path, at="60")


def test_the_sound_of_a_film_is_taken_out(tmp_path: Path) -> None:
    made = do("video-to-audio", tmp_path, video=film(tmp_path / "film.mp4"))
    samples, rate_hz = heard(made.outputs[0].path)
    assert rate_hz == 16000
    assert samples.shape[0] / rate_hz == pytest.approx(2, abs=0.15)
    assert np.abs(samples).max() > 10_000
    with pytest.raises(InvalidInput, match="contains no sound"):
        do("video-to-audio", tmp_path, "silent", video=film(tmp_path / "silent.mp4", sound=False))


def test_a_film_is_cut_with_its_sound(tmp_path: Path) -> None:
    made = do("video-cutting", tmp_path, video=film(tmp_path / "film.mp4"), start="0.5", end="1.5")
    path = made.outputs[0].path
    kept = shades(path)
    assert (len(kept), made.data["frames"], made.data["seconds"]) == (10, 10, 1.0)
    assert kept[0] == pytest.approx(67, abs=12)
    assert kept[-1] == pytest.approx(188, abs=12)
    assert audio_seconds(path) == pytest.approx(1.0, abs=0.15)


def test_films_of_different_sizes_are_joined(tmp_path: Path) -> None:
    first = film(tmp_path / "first.mp4", 1, sound=False)
    second = film(tmp_path / "second.mp4", 2, size=(48, 96))
    call = call_for("video-cutting", tmp_path / "out", video=first)
    both = (*call.inputs["video"], *call_for("x", tmp_path / "out", video=second).inputs["video"])
    made = run(load_expert(card_for("tools", None), "cpu"), with_files(call, video=both))  # type: ignore[arg-type]
    kept = shades(made.outputs[0].path)
    assert (made.data["width_px"], made.data["height_px"], made.data["joined"]) == (64, 48, 2)
    assert len(kept) == 30
    assert kept[9] > 240
    assert kept[10] < 10


def test_bad_films_are_said(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film at all")
    (tmp_path / "empty.mp4").write_bytes(b"")
    whole = film(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 3])
    for name in ("broken.mp4", "empty.mp4", "cut.mp4"):
        for task in ("video-to-image", "video-cutting", "video-to-audio"):
            with pytest.raises(InvalidInput, match=name):
                do(task, tmp_path, video=tmp_path / name)
    with pytest.raises(InvalidInput, match="no pictures"):
        do("video-to-image", tmp_path, video=tone(tmp_path / "tone.wav", 1))


def test_cutting_a_film_can_be_stopped(tmp_path: Path) -> None:
    expert = load_expert(card_for("tools", None), "cpu")
    call = call_for("video-cutting", tmp_path / "out", video=film(tmp_path / "film.mp4"))
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, StopAfter(5))
    assert not list(call.out_dir.iterdir())


# ---------------------------------------------------------------- tables


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    path = tmp_path / "cities.csv"
    path.write_text(
        "city;country;people;area\nBerlin;Germany;3.7;891\nParis;France;2,1;105\nLyon;France;0.5;48\nHamburg;Germany;;755\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("options", "told", "rows"),
    [
        ({"calculation": "sum", "column": "area"}, "sum of area: 1799 (4 rows)", 4),
        ({"calculation": "average", "column": "people"}, "average of people: 2.1 (3 rows)", 4),
        ({"calculation": "largest", "column": "People"}, "largest of people: 3.7 (3 rows)", 4),
        (
            {"calculation": "sum", "column": "area", "where": "country = France"},
            "sum of area: 153 (2 rows)",
            2,
        ),
        ({"calculation": "count", "where": "area > 100"}, "3 rows", 3),
        ({"calculation": "count", "column": "people"}, "3 rows", 4),
    ],
)
def test_a_column_is_worked_out(
    cities: Path, tmp_path: Path, options: dict[str, str], told: str, rows: int
) -> None:
    made = do("table-calculation", tmp_path, table=cities, **options)
    assert made.text == told
    assert made.data["rows"] == rows
    assert made.outputs[1].kind is Kind.TABLE


def test_rows_are_sorted_and_selected(cities: Path, tmp_path: Path) -> None:
    made = do("table-calculation", tmp_path, "down", table=cities, calculation="sort down", column="area")
    assert [line.split("\t")[0] for line in made.text.splitlines()] == [
        "city",
        "Berlin",
        "Hamburg",
        "Paris",
        "Lyon",
    ]
    made = do(
        "table-calculation", tmp_path, "some", table=cities, calculation="select", where="country != France"
    )
    assert made.outputs[1].path.read_text(encoding="utf-8").split() == [
        "city,country,people,area", "Berlin,Germany,3.7,891", "Hamburg,Germany,,755",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        {"calculation": "sum", "column": "colour"},
        {"calculation": "sum", "column": "city"},
        {"calculation": "sum"},
        {"calculation": "select", "where": "nonsense"},
        {"calculation": "count", "where": "area > much"},
    ],
)
def test_what_a_table_does_not_tell_is_said(cities: Path, tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        do("table-calculation", tmp_path, table=cities, **options)
    assert caught.value.hint


def test_one_column_is_a_table_too_and_one_line_is_none(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("price\n2.5\n4\n", encoding="utf-8")
    assert (
        do("table-calculation", tmp_path, table=tmp_path / "one.csv", calculation="sum").data["value"] == 6.5
    )
    (tmp_path / "line.csv").write_text("a,b,c\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="no row below its names"):
        do("table-calculation", tmp_path, "line", table=tmp_path / "line.csv", calculation="count")


def test_a_table_is_read_out_row_by_row(cities: Path, tmp_path: Path) -> None:
    made = do("table-to-text", tmp_path, table=cities)
    assert made.text.splitlines()[3] == "city: Hamburg; country: Germany; area: 755"


# ---------------------------------------------------------------- all of them


def test_every_tool_that_is_offered_is_there() -> None:
    assert set(card_for("tools", None).tasks) == set(TOOLS)
    assert load_expert(card_for("tools", None), "cpu").resident_bytes == 0
