"""The families that look at pictures, on tiny checkpoints of the real architectures."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_vision
from expert_trials import StopAfter, call_for, card_for, run, trial
from PIL import Image, ImageDraw

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, InvalidInput, ModelDamaged
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.experts.registry import load_expert

WIDTH, HEIGHT = 120, 90


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny checkpoints of this file stand."""
    # What rapidocr imports later binds a socket when it is imported, to see whether there is IPv6.
    importlib.import_module("requests")
    return tmp_path_factory.mktemp("vision-models")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture with edges, 120 by 90."""
    drawn = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((20, 20, 90, 70), fill="navy")
    pen.line((0, 0, 119, 89), fill="red", width=3)
    drawn.save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def test_a_caption_comes_token_by_token(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.blip(models / "blip", "BlipForConditionalGeneration")
    made = trial(
        "transformers-image-to-text", folder, "image-to-text", tmp_path, {"most_tokens": 6}, image=picture
    )
    assert made.data["caption"] == made.text
    assert 1 <= len(made.progress) <= 6
    assert made.progress[0] == pytest.approx(1 / 6)


def test_a_caption_stops_within_a_token(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.blip(models / "blip-stop", "BlipForConditionalGeneration")
    expert = load_expert(card_for("transformers-image-to-text", folder, most_tokens=40), "cpu")
    stop = StopAfter(3)
    call = call_for("image-to-text", tmp_path / "out", image=picture)
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, stop)
    assert stop.asked == 4
    assert not list(call.out_dir.iterdir())


def test_a_chat_model_answers_without_repeating_the_question(
    models: Path, picture: Path, tmp_path: Path
) -> None:
    folder = tiny_vision.chat_model(models / "chat")
    caption = trial(
        "transformers-image-to-text", folder, "image-to-text", tmp_path, {"most_tokens": 5}, image=picture
    )
    assert "describe" not in caption.text.lower()
    answer = trial(
        "transformers-vqa", folder, "visual-question-answering", tmp_path / "b", {"most_tokens": 5},
        image=picture, question="where is the cat",
    )  # fmt: skip
    assert "where is the cat" not in answer.text
    assert answer.data["question"] == "where is the cat"


@pytest.mark.parametrize(
    ("task", "given"), [("visual-question-answering", "image"), ("document-question-answering", "document")]
)
def test_a_model_that_chats_answers_questions_too(
    models: Path, picture: Path, tmp_path: Path, task: str, given: str
) -> None:
    folder = models / "chat-answers"
    if not folder.is_dir():
        tiny_vision.chat_model(folder)
    card = card_for("transformers-image-to-text", folder, most_tokens=5)
    inputs: dict[str, Path | str] = {"question": "what is red", given: picture}
    call = call_for(task, tmp_path / "out", 7, **inputs)
    made = run(load_expert(card, "cpu"), call)
    assert made.data == {"question": "what is red", "answers": [{"label": made.text}]}


def test_blip_writes_an_answer(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.blip(models / "blip-vqa", "BlipForQuestionAnswering")
    made = trial(
        "transformers-vqa", folder, "visual-question-answering", tmp_path, {"most_tokens": 5},
        image=picture, question="how many dogs",
    )  # fmt: skip
    assert made.data["answers"] == [{"label": made.text}]


def test_vilt_chooses_an_answer_with_scores(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.vilt(models / "vilt")
    made = trial(
        "transformers-vqa",
        folder,
        "visual-question-answering",
        tmp_path,
        image=picture,
        question="what is it",
    )
    scores = [answer["score"] for answer in made.data["answers"]]
    assert made.text in tiny_vision.LABELS
    assert scores == sorted(scores, reverse=True)
    assert {answer["label"] for answer in made.data["answers"]} == set(tiny_vision.LABELS)


def test_a_question_must_be_asked(models: Path, picture: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-vqa", tiny_vision.vilt(models / "vilt-2")), "cpu")
    with pytest.raises(InvalidInput, match="question"):
        run(expert, call_for("visual-question-answering", tmp_path / "out", image=picture, question=" "))


def test_layoutlm_answers_with_words_of_the_page(models: Path, tmp_path: Path) -> None:
    from PIL import ImageFont

    page = Image.new("RGB", (440, 400), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=40)
    pen.text((20, 20), "Marie lives in Paris", font=font, fill="black")
    pen.text((20, 210), "Total 42 euro", font=font, fill="black")
    page.save(tmp_path / "page.png")
    folder = tiny_vision.layoutlm(models / "layoutlm")
    made = trial(
        "transformers-document-qa", folder, "document-question-answering", tmp_path,
        document=tmp_path / "page.png", question="who lives in paris",
    )  # fmt: skip
    assert set(made.text.split()) <= {"Marie", "lives", "in", "Paris", "Total", "42", "euro"}
    answers = made.data["answers"]
    assert sum(answer["score"] for answer in answers) == pytest.approx(1, abs=0.01)
    for answer in answers:
        box = answer["box"]
        assert 0 <= box["left"] < box["right"] <= 440
        assert 0 <= box["top"] < box["bottom"] <= 400


def test_a_page_without_words_is_said_to_have_none(models: Path, tmp_path: Path) -> None:
    Image.new("RGB", (200, 200), "white").save(tmp_path / "blank.png")
    expert = load_expert(
        card_for("transformers-document-qa", tiny_vision.layoutlm(models / "layoutlm-2")), "cpu"
    )
    call = call_for(
        "document-question-answering", tmp_path / "out", document=tmp_path / "blank.png", question="who"
    )
    with pytest.raises(ExecutionFailed, match="No words"):
        run(expert, call)


def test_donut_writes_an_answer(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.donut(models / "donut")
    made = trial(
        "transformers-document-qa", folder, "document-question-answering", tmp_path, {"most_tokens": 6},
        document=picture, question="what is it",
    )  # fmt: skip
    assert "<s_" not in made.text
    assert "what is it" not in made.text


def test_objects_have_boxes_in_the_pixels_of_the_file(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.detector(models / "detector")
    made = trial(
        "transformers-object-detection",
        folder,
        "object-detection",
        tmp_path,
        {"threshold": 0.0},
        image=picture,
    )
    text, drawn = made.outputs
    assert (text.kind, drawn.kind) == (Kind.TEXT, Kind.IMAGE)
    assert text.data == drawn.data
    objects = made.data["objects"]
    assert objects
    assert made.text.startswith(f"Found {len(objects)}: ")
    scores = [item["score"] for item in objects]
    assert scores == sorted(scores, reverse=True)
    for item in objects:
        assert item["label"] in tiny_vision.LABELS
        assert 0 <= item["box"]["left"] < item["box"]["right"] <= WIDTH
        assert 0 <= item["box"]["top"] < item["box"]["bottom"] <= HEIGHT
    with Image.open(drawn.path) as shown, Image.open(picture) as given:
        assert shown.size == given.size
        assert np.any(np.asarray(shown) != np.asarray(given.convert("RGB")))


def test_boxes_of_a_large_picture_are_mapped_back() -> None:
    from hgpt_desktop.experts.media import Picture
    from hgpt_desktop.experts.structures import Detections

    picture = Picture(Image.new("RGB", (100, 80)), 1000, 800)
    found = Detections.of(
        picture, [("dog", 0.5, (-5.0, 10.0, 50.0, 400.0)), ("cat", 0.9, (200.0, 0.0, 300.0, 5.0))]
    )
    [item] = found.to_json()["objects"]  # the cat lies outside
    assert item["box"] == {"left": 0.0, "top": 100.0, "right": 500.0, "bottom": 800.0}
    assert found.objects[0].box.in_working_picture(picture) == (0.0, 10.0, 50.0, 80.0)
    assert Detections.from_json(found.to_json()) == found


def test_nothing_found_is_an_answer_too(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.detector(models / "detector-2")
    made = trial(
        "transformers-object-detection",
        folder,
        "object-detection",
        tmp_path,
        {"threshold": 0.999},
        image=picture,
    )
    assert made.text == "No objects were found."
    sure = trial(
        "transformers-object-detection", folder, "object-detection", tmp_path / "b", {"threshold": 0.0},
        image=picture, threshold="0.99",
    )  # fmt: skip
    assert sure.data["objects"] == []
    assert made.data["objects"] == []


@pytest.mark.parametrize(
    ("problem", "total"), [("single_label_classification", 1.0), ("multi_label_classification", None)]
)
def test_a_picture_is_classified(
    models: Path, picture: Path, tmp_path: Path, problem: str, total: float | None
) -> None:
    folder = tiny_vision.classifier(models / problem, problem_type=problem)
    made = trial("transformers-image-classification", folder, "image-classification", tmp_path, image=picture)
    assert [entry["label"] in tiny_vision.LABELS for entry in made.data] == [True] * 3
    summed = sum(entry["score"] for entry in made.data)
    if total is None:
        assert abs(summed - 1) > 0.05  # each by itself
    else:
        assert summed == pytest.approx(total, abs=0.001)
    assert made.text.startswith(f"{made.data[0]['label']} (")
    two = trial(
        "transformers-image-classification", folder, "image-classification", tmp_path / "b",
        image=picture, most="2",
    )  # fmt: skip
    assert two.data == made.data[:2]


def _mask(region: dict[str, Any]) -> np.ndarray[Any, Any]:
    """The mask of a region, (H, W) bool, from its run lengths."""
    runs = [np.full(length, number % 2 == 1) for number, length in enumerate(region["mask"]["counts"])]
    return np.concatenate(runs).reshape(region["mask"]["height"], region["mask"]["width"])


def test_semantic_regions_cover_the_picture_once(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.segformer(models / "segformer")
    made = trial("transformers-image-segmentation", folder, "image-segmentation", tmp_path, image=picture)
    regions = made.data["regions"]
    assert made.data["mode"] == "semantic"
    assert sum(region["share"] for region in regions) == pytest.approx(1, abs=0.01)
    assert np.all(sum(_mask(region).astype(int) for region in regions) == 1)
    assert all(region["score"] is None and region["label"] in tiny_vision.LABELS for region in regions)
    with Image.open(made.outputs[0].path) as shown:
        assert shown.size == (WIDTH, HEIGHT)


def test_panoptic_regions_have_masks_within_their_boxes(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.panoptic(models / "panoptic")
    made = trial(
        "transformers-image-segmentation",
        folder,
        "image-segmentation",
        tmp_path,
        {"threshold": 0.0},
        image=picture,
    )
    assert made.data["mode"] == "panoptic"
    assert made.data["regions"]
    for region in made.data["regions"]:
        mask, box = _mask(region), region["box"]
        assert mask.shape == (HEIGHT, WIDTH)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) == tuple(box.values())
        assert mask.mean() == pytest.approx(region["share"], abs=0.001)
        assert 0 < region["score"] <= 1


def test_the_guide_of_regions_shows_colours_alone(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.segformer(models / "segformer-guide")
    made = trial(
        "transformers-image-segmentation",
        folder,
        "image-segmentation",
        tmp_path,
        {"picture": "regions"},
        image=picture,
    )
    with Image.open(made.outputs[0].path) as shown:
        colours = {tuple(colour) for colour in np.asarray(shown).reshape(-1, 3).tolist()}
    assert len(colours) == len(made.data["regions"])


def test_the_guide_of_150_classes_has_their_own_colours(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.segformer(models / "segformer-ade", *(f"class {number}" for number in range(150)))
    made = trial("transformers-image-segmentation", folder, "seg-control", tmp_path, image=picture)
    known = {2: (6, 230, 230), 0: (120, 120, 120), 149: (92, 0, 255)}  # sky, wall, flag
    from hgpt_desktop.experts.image_segmentation import _ADE20K

    palette = np.frombuffer(_ADE20K, dtype=np.uint8).reshape(150, 3)
    assert {number: tuple(palette[number].tolist()) for number in known} == known
    classes = [int(region["label"].removeprefix("class ")) for region in made.data["regions"]]
    with Image.open(made.outputs[0].path) as shown:
        colours = {tuple(colour) for colour in np.asarray(shown).reshape(-1, 3).tolist()}
    assert colours == {tuple(palette[number].tolist()) for number in classes}


def test_depth_is_bright_where_it_is_near(models: Path, picture: Path, tmp_path: Path) -> None:
    relative = tiny_vision.depth(models / "depth")
    made = trial("transformers-depth", relative, "depth-estimation", tmp_path, image=picture)
    metric = tiny_vision.depth(models / "depth-metric", depth_estimation_type="metric", max_depth=10)
    measured = trial("transformers-depth", metric, "depth-estimation", tmp_path / "b", image=picture)
    assert made.data["unit"] == "relative"
    assert made.data["nearest"] > made.data["farthest"]
    assert measured.data["unit"] == "metres"
    assert measured.data["nearest"] < measured.data["farthest"] <= 10
    for one in (made, measured):
        with Image.open(one.outputs[0].path) as shown:
            assert (shown.mode, shown.size) == ("L", (WIDTH, HEIGHT))
            assert np.ptp(np.asarray(shown)) == 255


def test_surfaces_of_a_slope_face_to_the_side() -> None:
    from hgpt_desktop.experts.depth_estimation import _directions

    slope = np.tile(np.linspace(0.5, 1, 64, dtype=np.float32), (48, 1))
    normals = np.asarray(_directions(slope))
    assert normals.shape == (48, 64, 3)
    inner = normals[5:-5, 5:-5].reshape(-1, 3).astype(int)
    assert np.all(inner[:, 0] > 130)  # it rises to the right
    assert np.all(abs(inner[:, 1] - 127) <= 1)
    flat = np.asarray(_directions(np.full((8, 8), 0.7, dtype=np.float32)))
    assert np.all(flat == (127, 127, 255))


def test_a_normal_guide_comes_from_depth(models: Path, picture: Path, tmp_path: Path) -> None:
    made = trial(
        "transformers-depth", tiny_vision.depth(models / "normal"), "normal-control", tmp_path, image=picture
    )
    with Image.open(made.outputs[0].path) as shown:
        assert (shown.mode, shown.size) == ("RGB", (WIDTH, HEIGHT))


def test_poses_are_drawn_for_each_person(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.pose(models / "pose")
    options = {"detector": "detector", "threshold": -10.0, "person_threshold": 0.0}
    made = trial("transformers-pose", folder, "openpose-control", tmp_path, options, image=picture)
    people = made.data["people"]
    assert people
    assert all(len(person["joints"]) == 18 for person in people)
    with Image.open(made.outputs[0].path) as shown:
        assert shown.size == (WIDTH, HEIGHT)
        assert np.asarray(shown).any()
    alone = load_expert(card_for("transformers-pose", folder, threshold=2.0), "cpu")
    with pytest.raises(ExecutionFailed, match="Nobody"):
        run(alone, call_for("openpose-control", tmp_path / "none", image=picture))
    nobody = run(alone, call_for("keypoint-detection", tmp_path / "nobody", image=picture))
    assert (nobody.text, nobody.data["people"]) == ("Nobody was found.", [])


def test_joints_are_told_and_drawn_into_the_picture(models: Path, picture: Path, tmp_path: Path) -> None:
    folder = tiny_vision.pose(models / "joints")
    made = trial(
        "transformers-pose", folder, "keypoint-detection", tmp_path, {"threshold": -10.0}, image=picture
    )
    text, drawn = made.outputs
    [person] = made.data["people"]
    assert made.text.startswith("Found 1 × person.\nPerson 1: nose (")
    assert text.data == drawn.data
    for joint in person["joints"]:
        assert -WIDTH / 4 <= joint["x"] <= WIDTH * 1.25
        assert -HEIGHT <= joint["y"] <= HEIGHT * 2
    with Image.open(drawn.path) as shown, Image.open(picture) as given:
        assert shown.size == given.size
        changed = np.any(np.asarray(shown) != np.asarray(given.convert("RGB")), axis=-1)
    assert 0 < changed.mean() < 0.9  # drawn into the picture, not instead of it


def test_a_joint_is_found_again_where_it_was_cut_out() -> None:
    from hgpt_desktop.experts.pose import _framed, _joint

    torch = pytest.importorskip("torch")
    frame = _framed((20.0, 10.0, 30.0, 80.0), 0.75)
    assert frame[2] / frame[3] == pytest.approx(0.75)
    assert (frame[0] + frame[2] / 2, frame[1] + frame[3] / 2) == (35.0, 50.0)
    heatmap = torch.zeros(64, 48)
    heatmap[32, 24], heatmap[32, 25], heatmap[33, 24] = 0.9, 0.5, 0.4
    joint = _joint(heatmap, frame, 0.3)
    assert joint is not None
    assert joint[:2] == pytest.approx((frame[0] + 24.25 / 47 * frame[2], frame[1] + 32.25 / 63 * frame[3]))
    assert _joint(heatmap, frame, 0.95) is None


def test_the_neck_lies_between_the_shoulders() -> None:
    from hgpt_desktop.experts.pose import _as_openpose

    coco: list[Any] = [None] * 17
    coco[5], coco[6], coco[10] = (40.0, 20.0, 0.9), (20.0, 22.0, 0.5), (5.0, 60.0, 0.8)
    pose = _as_openpose(coco)
    assert pose[1] == (30.0, 21.0, 0.5)
    assert pose[4] == (5.0, 60.0, 0.8)  # the right wrist
    assert [number for number, joint in enumerate(pose) if joint] == [1, 2, 4, 5]


def test_a_file_that_is_no_picture_is_refused(models: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    expert = load_expert(
        card_for("transformers-image-classification", tiny_vision.classifier(models / "classifier")), "cpu"
    )
    with pytest.raises(InvalidInput, match=r"broken\.png"):
        run(expert, call_for("image-classification", tmp_path / "out", image=tmp_path / "broken.png"))


def test_pickled_and_torn_weights_are_refused(models: Path, tmp_path: Path) -> None:
    folder = tiny_vision.classifier(models / "torn")
    weights = folder / "model.safetensors"
    card = card_for("transformers-image-classification", folder)
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelDamaged) as torn:
        load_expert(card, "cpu")
    assert "hgpt models repair" in torn.value.hint
    weights.unlink()
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(ModelDamaged, match="safetensors"):
        load_expert(card, "cpu")
