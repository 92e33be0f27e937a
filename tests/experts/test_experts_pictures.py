"""Named things, masks, backgrounds, likeness, enlarging and films, on tiny checkpoints of real classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_pictures
from expert_trials import StopAfter, Trial, attached, call_for, card_for, run, trial
from PIL import Image, ImageDraw
from tiny_checkpoints import library

from hgpt_desktop.core.errors import Cancelled, InvalidInput, ModelDamaged
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.experts.structures import Box, Detection, Detections, Regions

WIDTH, HEIGHT = 120, 90


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny checkpoints of this file stand."""
    library("requests")  # binds a socket when it is imported, to see whether there is IPv6
    return tmp_path_factory.mktemp("picture-models")


@pytest.fixture
def made_once(models: Path) -> Callable[[str], Path]:
    """A tiny checkpoint by the name of its maker."""

    def make(name: str) -> Path:
        folder = models / name
        if not folder.is_dir():
            folder.mkdir()
            getattr(tiny_pictures, name)(folder)
        return folder

    return make


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A white thing on black, 120 by 90."""
    drawn = Image.new("RGB", (WIDTH, HEIGHT), "black")
    ImageDraw.Draw(drawn).rectangle((30, 20, 89, 69), fill="white")
    drawn.save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def shown(made: Trial, place: int = -1) -> np.ndarray[Any, Any]:
    with Image.open(made.outputs[place].path) as image:
        return np.asarray(image)


# ---------------------------------------------------------------- named things


@pytest.mark.parametrize("name", ["grounding_dino", "owlv2"])
def test_named_things_have_boxes_and_the_names_that_were_asked_for(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path, name: str
) -> None:
    options = {"threshold": 0.0}
    made = trial(
        "transformers-zero-shot-detection", made_once(name), "zero-shot-object-detection", tmp_path, options,
        image=picture, labels="red house, a cat or dog",
    )  # fmt: skip
    text, drawn = made.outputs
    assert (text.kind, drawn.kind) == (Kind.TEXT, Kind.IMAGE)
    found = Detections.from_json(made.data)
    assert found.objects
    assert {one.label for one in found.objects} <= {"red house", "a cat", "dog"}
    for one in found.objects:
        assert 0 <= one.box.left < one.box.right <= WIDTH
        assert 0 <= one.box.top < one.box.bottom <= HEIGHT
    assert shown(made).shape == (HEIGHT, WIDTH, 3)
    assert np.any(shown(made) != np.asarray(Image.open(picture)))


def test_a_panorama_is_looked_at_in_parts(made_once: Callable[[str], Path], tmp_path: Path) -> None:
    Image.new("RGB", (300, 40), "teal").save(tmp_path / "panorama.png")
    made = trial(
        "transformers-zero-shot-detection", made_once("owlv2"), "zero-shot-object-detection", tmp_path,
        {"threshold": 0.0}, image=tmp_path / "panorama.png", labels="cat",
    )  # fmt: skip
    found = Detections.from_json(made.data)
    assert len(made.progress) > 7
    assert any(one.box.left > 200 for one in found.objects)
    assert all(0 <= one.box.left < one.box.right <= 300 for one in found.objects)
    expert = load_expert(card_for("transformers-zero-shot-detection", made_once("owlv2")), "cpu")
    call = call_for(
        "zero-shot-object-detection", tmp_path / "stop", image=tmp_path / "panorama.png", labels="cat"
    )
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, StopAfter(4))
    assert not list(call.out_dir.iterdir())


def test_a_name_is_found_again_in_the_words_of_the_model() -> None:
    from hgpt_desktop.experts.zero_shot_object_detection import name_meant

    names = ["red mug", "blue mug", "dog"]
    assert name_meant("red mug", names) == "red mug"
    assert name_meant("blue", names) == "blue mug"
    assert name_meant("Dog", names) == "dog"
    assert name_meant("", names) is None
    assert name_meant("cat", names) is None


def test_one_thing_found_twice_counts_once() -> None:
    box, near, far = Box(0, 0, 100, 100), Box(2, 2, 100, 100), Box(200, 0, 300, 100)
    objects = tuple(
        Detection(label, score, place)
        for label, score, place in (
            ("mug", 0.9, box),
            ("mug", 0.8, near),
            ("cup", 0.7, near),
            ("mug", 0.6, far),
        )
    )
    kept = Detections(300, 100, objects).without_doubles(0.6)
    assert [(one.label, one.score) for one in kept.objects] == [("mug", 0.9), ("cup", 0.7), ("mug", 0.6)]
    assert box.overlap(far) == 0
    assert box.overlap(box) == 1


def test_names_must_be_given(made_once: Callable[[str], Path], picture: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-zero-shot-detection", made_once("owlv2")), "cpu")
    for labels in (" ", " , "):
        with pytest.raises(InvalidInput, match="labels"):
            run(expert, call_for("zero-shot-object-detection", tmp_path / "o", image=picture, labels=labels))


# ---------------------------------------------------------------- words and likeness


@pytest.mark.parametrize("name", ["clip", "siglip"])
def test_a_label_is_chosen_among_those_given(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path, name: str
) -> None:
    made = trial(
        "transformers-image-embedding", made_once(name), "zero-shot-image-classification", tmp_path,
        image=picture, labels="cat、dog；red house",
    )  # fmt: skip
    assert {one["label"] for one in made.data} == {"cat", "dog", "red house"}
    scores = [one["score"] for one in made.data]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=0.001)
    assert made.text.startswith(f"{made.data[0]['label']} (")
    expert = load_expert(card_for("transformers-image-embedding", made_once(name)), "cpu")
    with pytest.raises(InvalidInput, match="only one label"):
        run(
            expert,
            call_for("zero-shot-image-classification", tmp_path / "one", image=picture, labels="cat"),
        )


@pytest.mark.parametrize("name", ["clip", "siglip", "dinov2"])
def test_pictures_are_compared_and_turned_into_numbers(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path, name: str
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (50, 70, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    expert = load_expert(card_for("transformers-image-embedding", made_once(name)), "cpu")
    same = run(expert, call_for("image-similarity", tmp_path / "a", image=picture, other_image=picture))
    other = run(
        expert,
        call_for("image-similarity", tmp_path / "b", image=picture, other_image=tmp_path / "noise.png"),
    )
    assert same.data == {"score": 1.0}
    assert same.text == "1.00"
    assert -1 <= other.data["score"] < 1
    made = run(expert, call_for("image-feature-extraction", tmp_path / "c", image=picture))
    assert made.outputs[0].kind is Kind.TABLE
    assert made.data["dimensions"] == 16
    vectors = library("json").loads(made.outputs[0].path.read_text())["vectors"]
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-4)
    assert made.data["first_numbers"] == vectors[0][:8]


# ---------------------------------------------------------------- masks


@pytest.mark.parametrize("name", ["sam", "sam2"])
@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        ({}, 1),
        ({"points": "60, 45; not 5, 5"}, 1),
        ({"points": "[[50%, 50%], [60, 40]]"}, 1),
        ({"boxes": "30,20,90,70; 0,0,20,20"}, 2),
        ({"points": "60, 45", "boxes": "90, 70, 30, 20"}, 1),
    ],
)
def test_what_is_marked_becomes_a_mask(
    made_once: Callable[[str], Path],
    picture: Path,
    tmp_path: Path,
    name: str,
    inputs: dict[str, str],
    count: int,
) -> None:
    expert = load_expert(card_for("transformers-mask-generation", made_once(name)), "cpu")
    made = run(expert, call_for("mask-generation", tmp_path / "out", 7, image=picture, **inputs))
    regions = Regions.from_json(made.data)
    assert regions.mode == "prompted"
    assert 1 <= len(regions.regions) <= count
    for region in regions.regions:
        bits = region.mask.bits()
        assert bits.shape == (HEIGHT, WIDTH)
        assert bits.mean() == pytest.approx(region.share, abs=0.001)
        assert region.score is not None
        assert 0 <= region.score <= 1
        rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
        edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        assert edges == tuple(region.box.to_json().values())
    assert shown(made).shape == (HEIGHT, WIDTH, 3)


def test_masks_are_made_of_what_a_detection_found(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path
) -> None:
    found = Detections(WIDTH, HEIGHT, (Detection("cat", 0.9, Box(30, 20, 90, 70)),))
    expert = load_expert(card_for("transformers-mask-generation", made_once("sam2")), "cpu")
    call = call_for("mask-generation", tmp_path / "out", image=picture, boxes="x")
    told = replace(attached(picture), kind=Kind.TEXT, text="Found 1: 1 × cat.", data=found.to_json())
    made = run(expert, replace(call, inputs={**call.inputs, "boxes": (told,)}))
    assert [one["label"] for one in made.data["regions"]] == ["cat"]


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"points": "the dog"}, "'the dog' is no point"),
        ({"points": "10"}, "is no point"),
        ({"boxes": "10, 20, 30"}, "is no box"),
        ({"points": "500, 10"}, "lies outside the picture, which is 120 × 90"),
        ({"points": "-5, 10"}, "lies outside"),
        ({"points": "5, 5", "boxes": "0,0,9,9; 1,1,8,8"}, "Points can be given with one box"),
    ],
)
def test_marks_that_cannot_be_used_are_refused_in_a_sentence(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path, inputs: dict[str, str], says: str
) -> None:
    expert = load_expert(card_for("transformers-mask-generation", made_once("sam2")), "cpu")
    with pytest.raises(InvalidInput) as refused:
        run(expert, call_for("mask-generation", tmp_path / "out", 7, image=picture, **inputs))
    assert says in refused.value.message
    assert refused.value.hint


# ---------------------------------------------------------------- backgrounds


@pytest.mark.parametrize(("side", "logits"), [(None, False), (64, True)])
def test_a_background_becomes_transparent(
    models: Path, picture: Path, tmp_path: Path, side: int | None, logits: bool
) -> None:
    folder = tiny_pictures.matting(models / f"matting-{side}", side=side, logits=logits)
    made = trial("onnx-background-removal", folder, "background-removal", tmp_path, image=picture)
    pixels = shown(made)
    assert pixels.shape == (HEIGHT, WIDTH, 4)
    assert pixels[45, 60, 3] > 250  # the white thing
    assert pixels[5, 5, 3] < 5  # its ground
    region = Regions.from_json(made.data).regions[0]
    assert (region.label, made.data["mode"]) == ("foreground", "foreground")
    assert region.share == pytest.approx(60 * 50 / (WIDTH * HEIGHT), abs=0.05)
    assert region.box.left == pytest.approx(30, abs=3)
    assert region.box.bottom == pytest.approx(70, abs=3)


def test_another_network_is_no_matting_network(models: Path) -> None:
    (models / "odd").mkdir()
    (models / "odd" / "model.onnx").write_bytes(b"not ONNX")
    with pytest.raises(ModelDamaged):
        load_expert(card_for("onnx-background-removal", models / "odd"), "cpu")


# ---------------------------------------------------------------- odd and broken pictures

FAMILIES_OF_PICTURES: tuple[tuple[str, str, str, dict[str, str], dict[str, Any]], ...] = (
    ("transformers-zero-shot-detection", "owlv2", "zero-shot-object-detection", {"labels": "cat"},
     {"threshold": 0.0}),
    ("transformers-mask-generation", "sam2", "mask-generation", {"points": "20, 60"}, {}),
    ("transformers-image-embedding", "clip", "zero-shot-image-classification", {"labels": "cat, dog"}, {}),
    ("transformers-super-resolution", "swin2sr", "image-super-resolution", {}, {}),
    ("onnx-background-removal", "matting", "background-removal", {}, {}),
)  # fmt: skip


@pytest.mark.parametrize(("loader", "name", "task", "inputs", "options"), FAMILIES_OF_PICTURES)
def test_a_lying_photo_for_print_is_seen_upright_and_a_torn_one_refused(
    models: Path,
    tmp_path: Path,
    loader: str,
    name: str,
    task: str,
    inputs: dict[str, str],
    options: dict[str, Any],
) -> None:
    folder = models / name
    if not (folder / "model.onnx").exists() and not list(folder.glob("*.safetensors")):
        getattr(tiny_pictures, name)(folder)
    lying = Image.new("CMYK", (90, 48), (0, 0, 0, 255))
    ImageDraw.Draw(lying).rectangle((0, 0, 44, 47), fill=(0, 0, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    lying.save(tmp_path / "lying.jpg", exif=exif)
    made = trial(loader, folder, task, tmp_path, options, image=tmp_path / "lying.jpg", **inputs)
    if isinstance(made.data, dict):
        scale = made.data.get("scale", 1)
        assert (made.data["width_px"], made.data["height_px"]) == (48 * scale, 90 * scale)
        assert shown(made).shape[:2] == (90 * scale, 48 * scale)
    if task == "background-removal":  # the bright half lies above
        box = Regions.from_json(made.data).regions[0].box
        assert (box.left, box.top, box.right) == (0, 0, 48)
        assert box.bottom == pytest.approx(45, abs=4)

    whole = (tmp_path / "lying.jpg").read_bytes()
    expert = load_expert(card_for(loader, folder, **options), "cpu")
    for title, content in (("torn", whole[:300]), ("empty", b""), ("odd", b"GIF89a is no picture")):
        path = tmp_path / f"{title}.jpg"
        path.write_bytes(content)
        call = call_for(task, tmp_path / title, 7, image=path, **inputs)
        with pytest.raises(InvalidInput, match=title) as refused:
            run(expert, call)
        assert refused.value.hint
        assert not list(call.out_dir.iterdir())
    expert.close()


# ---------------------------------------------------------------- enlarging


def test_a_picture_is_enlarged_tile_by_tile_without_a_seam(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path
) -> None:
    Image.open(picture).resize((40, 30)).save(tmp_path / "small.png")
    folder, small = made_once("swin2sr"), tmp_path / "small.png"
    tiled = trial(
        "transformers-super-resolution", folder, "image-super-resolution", tmp_path,
        {"tile_px": 24, "margin_px": 8}, image=small,
    )  # fmt: skip
    whole = trial(
        "transformers-super-resolution", folder, "image-super-resolution", tmp_path / "b",
        {"tile_px": 1000}, image=small,
    )  # fmt: skip
    assert tiled.data == {"width_px": 80, "height_px": 60, "scale": 2}
    assert shown(tiled).shape == (60, 80, 3)
    assert len(tiled.progress) == 5 * 4 + 1
    difference = np.abs(shown(tiled).astype(int) - shown(whole).astype(int))
    assert difference.mean() < 1


@pytest.mark.parametrize(("scale", "rounds"), [("2", 1), ("3", 2), ("4", 2)])
def test_a_picture_is_enlarged_as_often_as_was_asked(
    made_once: Callable[[str], Path], tmp_path: Path, scale: str, rounds: int
) -> None:
    Image.new("RGB", (12, 10), "green").save(tmp_path / "small.png")
    made = trial(
        "transformers-super-resolution", made_once("swin2sr"), "image-super-resolution", tmp_path,
        image=tmp_path / "small.png", scale=scale,
    )  # fmt: skip
    times = int(scale)
    assert made.data == {"width_px": 12 * times, "height_px": 10 * times, "scale": times}
    assert len(made.progress) == rounds + 1


def test_tiles_cover_a_side_once() -> None:
    from hgpt_desktop.experts.tiling import spans

    for length in (1, 31, 32, 33, 64, 100):
        covered = [place for span in spans(length, 64, 16) for place in range(span[2], span[3])]
        assert covered == list(range(length))
        assert all(
            0 <= begin <= kept < kept_to <= end <= length
            for begin, end, kept, kept_to in spans(length, 64, 16)
        )


def test_enlarging_stops_between_two_tiles(
    made_once: Callable[[str], Path], picture: Path, tmp_path: Path
) -> None:
    expert = load_expert(card_for("transformers-super-resolution", made_once("swin2sr"), tile_px=64), "cpu")
    call = call_for("image-super-resolution", tmp_path / "out", image=picture)
    stop = StopAfter(3)
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, stop)
    assert stop.asked == 4
    assert not list(call.out_dir.iterdir())


def test_a_picture_that_is_large_already_is_refused(made_once: Callable[[str], Path], tmp_path: Path) -> None:
    Image.new("1", (9000, 6000)).save(tmp_path / "large.png")
    expert = load_expert(card_for("transformers-super-resolution", made_once("swin2sr")), "cpu")
    with pytest.raises(InvalidInput, match="is large already"):
        run(expert, call_for("image-super-resolution", tmp_path / "out", image=tmp_path / "large.png"))


# ---------------------------------------------------------------- films


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three seconds of red, green and blue, 15 pictures a second."""
    from hgpt_desktop.experts.films import write_film

    frames = [Image.new("RGB", (64, 48), shade) for shade in ("red", "lime", "blue") for _ in range(15)]
    return write_film(call_for("text-to-video", tmp_path / "film"), frames, 15, {}, lambda: False).path


@pytest.mark.parametrize("name", ["vivit", "vjepa2"])
def test_a_film_is_classified(
    made_once: Callable[[str], Path], film: Path, tmp_path: Path, name: str
) -> None:
    made = trial(
        "transformers-video-classification", made_once(name), "video-classification", tmp_path, video=film
    )
    assert {one["label"] for one in made.data["labels"]} == set(tiny_pictures.ACTIONS)
    assert sum(one["score"] for one in made.data["labels"]) == pytest.approx(1, abs=0.001)
    assert made.data["seconds"] == pytest.approx(3, abs=0.1)
    assert [(part["start_s"], part["end_s"]) for part in made.data["parts"]] == [(0, made.data["seconds"])]
    assert made.text.startswith(made.data["labels"][0]["label"])
    best = trial(
        "transformers-video-classification", made_once(name), "video-classification", tmp_path / "b",
        video=film, most="1",
    )  # fmt: skip
    assert best.data["labels"] == made.data["labels"][:1]


def test_a_long_film_is_watched_in_parts() -> None:
    from hgpt_desktop.experts.video_classification import _parts

    assert _parts(3.0) == [(0.0, 3.0)]
    assert _parts(40.0) == [(0.0, 10.0), (10.0, 20.0), (20.0, 30.0), (30.0, 40.0)]
    hour = _parts(3600.0)
    assert len(hour) == 12
    assert hour[0] == (145.0, 155.0)
    assert all(end - start == 10 for start, end in hour)


def test_pictures_of_a_film_are_those_seen_at_their_times(film: Path) -> None:
    from hgpt_desktop.experts.films import film_frames, film_seconds

    assert film_seconds(film) == pytest.approx(3, abs=0.1)
    frames = list(film_frames(film, [0.1, 0.5, 1.5, 1.6, 2.9, 9.0], 32, lambda: False))
    assert [int(np.asarray(frame).mean(axis=(0, 1)).argmax()) for frame in frames] == [0, 0, 1, 1, 2, 2]
    assert all(frame.size == (32, 24) for frame in frames)
    with pytest.raises(Cancelled):
        list(film_frames(film, [2.9], 32, StopAfter(3)))


def test_a_film_that_begins_late_is_seen_from_its_beginning(film: Path, tmp_path: Path) -> None:
    from hgpt_desktop.experts.films import film_frames

    av = library("av")
    late = tmp_path / "late.ts"
    with av.open(str(film)) as given, av.open(str(late), "w", format="mpegts") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is None:
                continue
            later = round(1000 / packet.time_base)
            packet.pts, packet.dts, packet.stream = packet.pts + later, packet.dts + later, stream
            made.mux(packet)
    frames = list(film_frames(late, [0.1, 1.5, 2.9], 32, lambda: False))
    assert [int(np.asarray(frame).mean(axis=(0, 1)).argmax()) for frame in frames] == [0, 1, 2]


def test_what_is_no_film_is_refused(made_once: Callable[[str], Path], film: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-video-classification", made_once("vivit")), "cpu")
    (tmp_path / "text.mp4").write_text("no film")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "torn.mp4").write_bytes(film.read_bytes()[-300:])
    for name in ("text.mp4", "empty.mp4", "torn.mp4", "missing.mp4"):
        call = call_for("video-classification", tmp_path / "out", video=film)
        given = replace(attached(film), path=tmp_path / name, name=name)
        with pytest.raises(InvalidInput, match=name):
            run(expert, replace(call, inputs={"video": (given,)}))
