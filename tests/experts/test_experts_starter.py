"""The starter families on tiny models, and on the reading models that come with their library."""

from __future__ import annotations

import ast
import importlib.util
import json
import math
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    ExecutionFailed,
    HgptError,
    InvalidInput,
    ModelDamaged,
)
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.base import Expert
from hgpt_desktop.experts.converting import convert, main
from hgpt_desktop.experts.registry import FAMILIES, load_expert
from hgpt_desktop.experts.tools import TOOLS
from hgpt_desktop.settings import shipped

SAMPLES = shipped("resources") / "samples"
MakeCall = Callable[..., ExpertCall]
MakeCard = Callable[..., ModelCard]


def quiet(progress: float | None, message: str) -> None:
    assert progress is None or 0 <= progress <= 1
    assert message


def never() -> bool:
    return False


class StopAfter:
    """Says stop from the n-th question on."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


# ---------------------------------------------------------------- the registry and transformers


def test_no_family_relies_on_pipelines_that_transformers_removes() -> None:
    from transformers.pipelines import REMOVED_TASKS

    assert REMOVED_TASKS.keys() & {task for family in FAMILIES.values() for task in family.tasks}
    for family in FAMILIES.values():
        spec = importlib.util.find_spec(family.module)
        assert spec is not None
        assert spec.origin is not None
        for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transformers"):
                assert "pipeline" not in {name.name for name in node.names}, family.module


def test_our_task_types_are_tags_of_the_hub() -> None:
    from transformers.pipelines import REMOVED_TASKS, SUPPORTED_TASKS

    not_of_transformers = {
        "optical-character-recognition",
        "text-to-speech",  # an alias of text-to-audio
        "image-to-text",  # now image-text-to-text
        "text-to-image",
        "text-to-video",
        "audio-to-audio",
        "sentence-similarity",
        "tabular-classification",
        "conversational",
        # Pictures: tags of the Hub, or plain words where it has none.
        "keypoint-detection",
        "background-removal",
        "inpainting",
        "image-super-resolution",
        "image-to-video",
        "image-similarity",
        "text-ranking",
        "voice-activity-detection",
        *TOOLS,  # what the hub has no word for
    }
    known = SUPPORTED_TASKS.keys() | REMOVED_TASKS.keys()
    assert {name for name in load_vocabulary().names if name not in known} == not_of_transformers


# ---------------------------------------------------------------- sentence-embedding


@pytest.fixture
def encoder(tiny_encoder: Path, make_card: MakeCard) -> Iterator[Expert]:
    expert = load_expert(make_card("sentence-embedding", tiny_encoder), "cpu")
    yield expert
    expert.close()


def test_a_pair_is_one_number(encoder: Expert, make_call: MakeCall) -> None:
    (made,) = encoder.run(
        make_call("sentence-similarity", text="cat house", other_text="cat house"), quiet, never
    )
    assert made.text == "1.00"
    assert made.data == [{"text": "cat house", "other_text": "cat house", "score": 1.0}]


def test_several_lines_are_compared_with_one_another(encoder: Expert, make_call: MakeCall) -> None:
    (made,) = encoder.run(make_call("sentence-similarity", text="cat\n\ndog\nhouse garden\n"), quiet, never)
    scores = [pair["score"] for pair in made.data]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert made.text is not None
    assert made.text.count("\n") == 2


@pytest.mark.parametrize("texts", [["alone"], [" "], ["a\n"]])
def test_one_text_has_nothing_to_be_compared_with(
    encoder: Expert, make_call: MakeCall, texts: list[str]
) -> None:
    with pytest.raises(InvalidInput, match="only one text"):
        encoder.run(make_call("sentence-similarity", text=texts), quiet, never)
    with pytest.raises(InvalidInput, match="too many"):
        encoder.run(make_call("sentence-similarity", text=["cat"] * 201), quiet, never)


def test_features_have_length_one_whatever_stands_beside_them(encoder: Expert, make_call: MakeCall) -> None:
    long = "cat garden dog " * 60  # far more than the 32 positions of the model
    texts = ["cat", long, *["dog house"] * 20]
    (together,) = encoder.run(make_call("feature-extraction", text=texts), quiet, never)
    kept = json.loads(together.path.read_text())
    assert (kept["dimensions"], kept["texts"][0], len(kept["vectors"])) == (16, "cat", len(texts))
    for vector in kept["vectors"]:
        assert math.sqrt(sum(number * number for number in vector)) == pytest.approx(1.0, abs=1e-4)
    for number in (0, 1):
        (alone,) = encoder.run(make_call("feature-extraction", text=texts[number]), quiet, never)
        (vector,) = json.loads(alone.path.read_text())["vectors"]
        assert vector == pytest.approx(kept["vectors"][number], abs=1e-4)
    assert together.data == {"vectors": 22, "dimensions": 16, "first_numbers": kept["vectors"][0][:8]}


def test_the_end_of_a_long_text_counts(encoder: Expert, make_call: MakeCall) -> None:
    start = "cat " * 60
    (made,) = encoder.run(
        make_call("sentence-similarity", text=start + "garden " * 60, other_text=start + "dog " * 60),
        quiet,
        never,
    )
    assert made.data[0]["score"] < 0.9999


def test_encoding_stops(encoder: Expert, make_call: MakeCall) -> None:
    call = make_call("feature-extraction", text=["cat"] * 100)
    with pytest.raises(Cancelled):
        encoder.run(call, quiet, StopAfter(2))
    assert list(call.out_dir.iterdir()) == []


def test_damaged_encoders(tiny_encoder: Path, tmp_path: Path, make_card: MakeCard) -> None:
    for number, (name, content) in enumerate(
        [
            ("model.safetensors", b"\0" * 100),
            ("config.json", b"{"),
            ("config.json", None),
            ("tokenizer.json", b"{"),
        ]
    ):
        folder = tmp_path / str(number)
        shutil.copytree(tiny_encoder, folder)
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)
        with pytest.raises(ModelDamaged) as caught:
            load_expert(make_card("sentence-embedding", folder), "cpu")
        assert "hgpt models repair tiny" in caught.value.hint


# ---------------------------------------------------------------- timm and the conversion


@pytest.fixture(scope="session")
def converted(random_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The random checkpoint after its conversion."""
    folder = tmp_path_factory.mktemp("converted")
    assert convert(random_checkpoint, folder / "model.safetensors", "timm:efficientnet_lite0") == 296
    return folder


def test_conversion_keeps_every_number(random_checkpoint: Path, converted: Path) -> None:
    import torch
    from safetensors.torch import load_file

    before = list(torch.load(random_checkpoint, weights_only=True).values())
    after = load_file(converted / "model.safetensors")
    assert "blocks.0.0.conv_dw.weight" in after
    assert sum(int(tensor.numel()) for tensor in before) == sum(
        int(tensor.numel()) for tensor in after.values()
    )
    assert torch.equal(after["classifier.bias"], before[-1])
    assert [path.name for path in converted.iterdir()] == ["model.safetensors"]
    assert (converted / "model.safetensors").stat().st_mode & 0o777 == 0o644


def test_what_the_conversion_refuses(random_checkpoint: Path, tmp_path: Path) -> None:
    import torch

    good = torch.load(random_checkpoint, weights_only=True)
    other_shape = {**good, "other.0": torch.zeros(32, 3, 5, 5)}
    too_few = dict(list(good.items())[:-1])
    target = tmp_path / "model.safetensors"
    for kept in (other_shape, too_few, {"weights": good}, [1, 2]):
        source = tmp_path / "source.pth"
        torch.save(kept, source)
        with pytest.raises(InvalidInput) as caught:
            convert(source, target, "timm:efficientnet_lite0")
        assert caught.value.hint
    for form in ("timm:", "timm:no_such_network", "onnx:efficientnet_lite0", "efficientnet_lite0"):
        with pytest.raises(InvalidInput):
            convert(random_checkpoint, target, form)
    assert not target.exists()


class _Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.write_text, (self.mark, "executed")


def test_a_checkpoint_with_code_is_not_executed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], random_checkpoint: Path
) -> None:
    mark, source = tmp_path / "mark", tmp_path / "source.pth"
    source.write_bytes(pickle.dumps(_Evil(mark), protocol=2))
    assert main([str(source), str(tmp_path / "x.safetensors"), "--as", "timm:efficientnet_lite0"]) == 2
    assert not mark.exists()
    shown = capsys.readouterr().err
    assert "cannot be read safely" in shown or "can be read safely" in shown
    assert "Traceback" not in shown
    assert main([str(tmp_path / "gone.pth"), str(mark), "--as", "timm:efficientnet_lite0"]) == 2
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(DiskFull):
        convert(random_checkpoint, blocked / "model.safetensors", "timm:efficientnet_lite0")


def test_five_labels_of_imagenet(converted: Path, make_card: MakeCard, make_call: MakeCall) -> None:
    expert = load_expert(make_card("timm", converted, architecture="tf_efficientnet_lite0"), "cpu")
    (made,) = expert.run(make_call("image-classification", image=SAMPLES / "cat.jpg"), quiet, never)
    assert [set(one) for one in made.data] == [{"label", "score", "also"}] * 5
    assert [one["score"] for one in made.data] == sorted((one["score"] for one in made.data), reverse=True)
    assert made.text is not None
    assert made.text.startswith(f"{made.data[0]['label']} ({made.data[0]['score']:.2f}), ")
    assert expert.resident_bytes > 18_000_000
    with pytest.raises(InvalidInput):
        expert.run(make_call("image-classification"), quiet, never)
    with pytest.raises(Cancelled):
        expert.run(make_call("image-classification", image=SAMPLES / "cat.jpg"), quiet, lambda: True)
    expert.close()


def test_a_classifier_with_labels_of_its_own(
    tmp_path: Path, make_card: MakeCard, make_call: MakeCall
) -> None:
    import timm
    from safetensors.torch import save_file

    model = timm.create_model("test_efficientnet", pretrained=False, num_classes=3)
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    card = make_card("timm", tmp_path, architecture="test_efficientnet", labels=["one", "two", "three"])
    (made,) = load_expert(card, "cpu").run(
        make_call("image-classification", image=SAMPLES / "cat.jpg"), quiet, never
    )
    assert {one["label"] for one in made.data} == {"one", "two", "three"}
    assert sum(one["score"] for one in made.data) == pytest.approx(1.0, abs=0.001)
    with pytest.raises(ModelDamaged):  # three classes are not ImageNet's
        load_expert(make_card("timm", tmp_path, architecture="test_efficientnet"), "cpu")


# ---------------------------------------------------------------- reading


@pytest.fixture(scope="session")
def reader() -> Iterator[Expert]:
    expert = load_expert(ModelCard("ocr", "Reader", (), "", "rapidocr", (), "Apache-2.0"), "cpu")
    yield expert
    expert.close()


def a_page(lines: list[tuple[int, int, str]], size: tuple[int, int] = (640, 240)) -> Image.Image:
    page = Image.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(32)
    for x, y, text in lines:
        draw.text((x, y), text, fill="black", font=font)
    return page


def test_lines_with_their_boxes(
    reader: Expert, tmp_path: Path, make_call: MakeCall, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page.png"
    a_page([(30, 30, "The first line"), (30, 80, "The second line"), (30, 180, "A new start")]).save(path)
    (made,) = reader.run(make_call("optical-character-recognition", image=path), quiet, never)
    assert made.text == "The first line\nThe second line\n\nA new start"
    for one, top in zip(made.data, (30, 80, 180), strict=True):
        left, upper, right, lower = one["box"]
        assert 15 <= left <= 35
        assert 150 <= right <= 330
        assert top - 10 <= upper < lower <= top + 50
        assert 0.8 < one["score"] <= 1
    assert capfd.readouterr() == ("", "")


def test_all_pages_of_a_scanned_pdf(reader: Expert, tmp_path: Path, make_call: MakeCall) -> None:
    first, second = a_page([(30, 30, "The first page")]), a_page([(30, 80, "The last page")])
    path = tmp_path / "scan.pdf"
    first.save(path, save_all=True, append_images=[a_page([]), second], resolution=72)
    told: list[tuple[float | None, str]] = []
    call = make_call("optical-character-recognition", image=path)
    (made,) = reader.run(call, lambda done, message: told.append((done, message)), never)
    assert made.text == "The first page\n\nThe last page"
    assert [one["page"] for one in made.data] == [1, 3]
    left, upper, right, lower = made.data[1]["box"]  # the page is drawn at 200 dots per inch
    assert 50 <= left < right <= 900
    assert 200 <= upper < lower <= 400
    parts = [done for done, _ in told if done is not None]
    assert parts == sorted(parts)
    assert told[0] == (0.0, "Page 1 of 3: Looking for text")


def test_a_broken_pdf_is_the_users_to_mend(reader: Expert, tmp_path: Path, make_call: MakeCall) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7 and nothing more")
    with pytest.raises(InvalidInput, match=r"scan\.pdf cannot be read as a PDF"):
        reader.run(make_call("optical-character-recognition", image=path), quiet, never)


def test_boxes_of_a_scaled_and_turned_picture_are_those_of_the_file(
    reader: Expert, tmp_path: Path, make_call: MakeCall
) -> None:
    upright = a_page([(30, 30, "The first line")], (640, 240)).resize((7680, 2880))
    exif = Image.Exif()
    exif[0x0112] = 8  # to be turned by 90 degrees anticlockwise
    path = tmp_path / "page.jpg"
    upright.rotate(-90, expand=True).save(path, exif=exif)
    (made,) = reader.run(make_call("optical-character-recognition", image=path), quiet, never)
    assert made.text == "The first line"
    left, upper, right, lower = made.data[0]["box"]
    assert 180 <= left <= 420
    assert 2400 <= right <= 3600
    assert 240 <= upper < lower <= 960


def test_a_picture_without_text(reader: Expert, tmp_path: Path, make_call: MakeCall) -> None:
    path = tmp_path / "blank.png"
    Image.new("RGB", (300, 200), "white").save(path)
    for picture in (path, SAMPLES / "cat.jpg"):
        with pytest.raises(ExecutionFailed, match=f"No text was found in {picture.name}") as caught:
            reader.run(make_call("optical-character-recognition", image=picture), quiet, never)
        assert caught.value.hint


def test_reading_stops(reader: Expert, tmp_path: Path, make_call: MakeCall) -> None:
    path = tmp_path / "page.png"
    a_page([(20, 20 + 40 * n, f"Line number {n}") for n in range(20)], (400, 860)).save(path)
    call = make_call("optical-character-recognition", image=path)
    with pytest.raises(Cancelled):
        reader.run(call, quiet, StopAfter(2))
    assert list(call.out_dir.iterdir()) == []


def test_a_long_screenshot_is_read_to_its_end(reader: Expert, tmp_path: Path, make_call: MakeCall) -> None:
    path = tmp_path / "long.png"
    wanted = [f"Message number {n} of the talk" for n in range(0, 32, 4)]
    a_page([(20, 20 + 400 * n, text) for n, text in enumerate(wanted)], (600, 400 * len(wanted))).save(path)
    (made,) = reader.run(make_call("optical-character-recognition", image=path), quiet, never)
    assert made.text is not None
    assert made.text.split("\n\n") == wanted
    for number, one in enumerate(made.data):
        assert one["box"][1] == pytest.approx(25 + 400 * number, abs=20)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
def test_pictures_of_odd_sizes(
    reader: Expert, tmp_path: Path, make_call: MakeCall, size: tuple[int, int]
) -> None:
    path = tmp_path / "odd.png"
    Image.new("RGB", size, "white").save(path)
    with pytest.raises(ExecutionFailed):
        reader.run(make_call("optical-character-recognition", image=path), quiet, never)


# ---------------------------------------------------------------- voices and transcribers that are damaged


@pytest.mark.parametrize(
    ("loader", "files"),
    [
        ("piper", {"voice.onnx": "not onnx", "voice.onnx.json": "{}"}),
        ("piper", {"voice.onnx": "not onnx"}),
        ("faster-whisper", {"config.json": "{}", "model.bin": "x", "tokenizer.json": "{}"}),
        ("faster-whisper", {"config.json": "{}", "model.bin": "x"}),
        ("timm", {"model.safetensors": "x"}),
        ("timm", {}),
    ],
)
def test_damaged_models(tmp_path: Path, make_card: MakeCard, loader: str, files: dict[str, str]) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelDamaged) as caught:
        load_expert(make_card(loader, tmp_path, architecture="efficientnet_lite0"), "cpu")
    assert "hgpt models repair tiny" in caught.value.hint


def test_a_model_without_folder_is_not_installed(make_card: MakeCard) -> None:
    for loader in ("piper", "faster-whisper", "timm", "sentence-embedding"):
        with pytest.raises(HgptError, match="is not installed"):
            load_expert(make_card(loader, None), "cpu")
