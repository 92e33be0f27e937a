"""Families that take several inputs at once: results as one by one, and one bad input fails alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_pictures
import tiny_texts
import tiny_vision
from expert_trials import call_for, card_for
from PIL import Image

from hgpt_desktop.core.errors import Cancelled, InvalidInput
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts import pretrained, registry
from hgpt_desktop.experts.base import BatchExpert, Expert
from hgpt_desktop.experts.registry import FAMILIES, load_expert

SIZES = ((64, 48), (40, 60), (64, 64))


def quiet(progress: float | None, message: str) -> None:
    return


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("batch-models")


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Three pictures of different sizes."""
    paths = []
    for number, size in enumerate(SIZES):
        paths.append(tmp_path / f"picture-{number}.png")
        Image.effect_mandelbrot(size, (-2.0 + number, -1.0, 1.0, 1.0), 40).convert("RGB").save(paths[-1])
    return paths


def classifier(models: Path) -> Expert:
    folder = tiny_vision.classifier(models / "classifier")
    return load_expert(card_for("transformers-image-classification", folder), "cpu")


def detector(models: Path) -> Expert:
    folder = tiny_vision.detector(models / "detector")
    return load_expert(card_for("transformers-object-detection", folder, threshold=0.0), "cpu")


def timm_classifier(models: Path) -> Expert:
    import timm
    from safetensors.torch import save_file

    folder = models / "timm"
    if not folder.exists():
        folder.mkdir()
        model = timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=3)
        save_file(model.state_dict(), folder / "model.safetensors")
    labels = ["one", "two", "three"]
    card = card_for(
        "timm", folder, architecture="tf_efficientnet_lite0", labels=labels, input_size=[3, 64, 64]
    )
    return load_expert(card, "cpu")


def depth(models: Path) -> Expert:
    return load_expert(card_for("transformers-depth", tiny_vision.depth(models / "depth")), "cpu")


def encoder(models: Path) -> Expert:
    return load_expert(card_for("transformers-image-embedding", tiny_pictures.clip(models / "clip")), "cpu")


@pytest.mark.parametrize(
    ("make", "task"),
    [
        (classifier, "image-classification"),
        (timm_classifier, "image-classification"),
        (detector, "object-detection"),
        (depth, "depth-estimation"),
        (depth, "normal-control"),
        (encoder, "image-feature-extraction"),
        (encoder, "image-similarity"),
        (encoder, "zero-shot-image-classification"),
    ],
)
def test_several_pictures_at_once(
    models: Path, pictures: list[Path], tmp_path: Path, make: Callable[[Path], BatchExpert], task: str
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    expert = make(models)
    besides: dict[str, dict[str, Any]] = {
        "image-similarity": {"other_image": pictures[0]},
        "zero-shot-image-classification": {"labels": "cat, dog, house"},
    }
    more = besides.get(task, {})
    calls = [
        call_for(task, tmp_path / f"out-{path.stem}", image=path, **more) for path in [*pictures, broken]
    ]
    calls = [calls[0], calls[3], calls[1], calls[2]]
    outcomes = expert.run_together(calls, quiet, lambda: False)
    assert isinstance(outcomes[1], InvalidInput)
    for call, outcome in zip(calls, outcomes, strict=True):
        if not isinstance(outcome, InvalidInput):
            assert isinstance(outcome, tuple)
            check_alike(outcome, expert.run(call, quiet, lambda: False))
    with pytest.raises(Cancelled):
        expert.run_together(calls, quiet, lambda: True)
    expert.close()


def check_alike(one: tuple[Resource, ...], other: tuple[Resource, ...]) -> None:
    """The same outputs; scores may differ in the last digit."""
    assert [output.name for output in one] == [output.name for output in other]
    assert all(output.path.is_file() for output in one)
    numbers, others = _numbers(one[0].data), _numbers(other[0].data)
    assert numbers == pytest.approx(others, abs=2e-3)
    assert numbers


def _numbers(data: Any) -> list[float]:
    """All numbers of a result, in their order; labels of like scores may change places."""
    if isinstance(data, dict):
        return [number for value in data.values() for number in _numbers(value)]
    if isinstance(data, list):
        return [number for value in data for number in _numbers(value)]
    return [data] if isinstance(data, float) else []


TEXTS = ("the cat lives in paris .", "who", "the red house is on the dog . " * 40, "she is two", " ")


def sentiment(models: Path) -> Expert:
    folder = tiny_texts.bert(models / "sentiment", "BertForSequenceClassification", "bad", "good")
    return load_expert(card_for("transformers-text-classification", folder), "cpu")


def inference(models: Path) -> Expert:
    folder = tiny_texts.bert(models / "nli", "BertForSequenceClassification", "entailment", "neutral")
    return load_expert(card_for("transformers-text-classification", folder), "cpu")


def entities(models: Path) -> Expert:
    folder = tiny_texts.bert(models / "ner", "BertForTokenClassification", "O", "B-PER", "B-LOC")
    return load_expert(card_for("transformers-token-classification", folder), "cpu")


@pytest.mark.parametrize(
    ("make", "task"),
    [
        (sentiment, "text-classification"),
        (inference, "zero-shot-classification"),
        (entities, "token-classification"),
    ],
)
def test_several_texts_at_once(
    models: Path, tmp_path: Path, make: Callable[[Path], BatchExpert], task: str
) -> None:
    """Short ones, one of many windows, and one that is empty; one with other labels."""
    expert = make(models)
    calls = []
    for number, text in enumerate(TEXTS):
        labels = {"labels": "cat, dog, house" if number else "work, private"}
        more: dict[str, Any] = labels if task == "zero-shot-classification" else {}
        calls.append(call_for(task, tmp_path / str(number), text=text, **more))
    parts: list[float] = []
    outcomes = expert.run_together(calls, lambda part, message: parts.append(part or 0.0), lambda: False)
    assert isinstance(outcomes[-1], InvalidInput)
    for call, outcome in zip(calls[:-1], outcomes, strict=False):
        assert isinstance(outcome, tuple)
        own = expert.run(call, quiet, lambda: False)
        assert (outcome[0].text or "").split("(")[0] == (own[0].text or "").split("(")[0]
        check_alike(outcome, own)
    assert parts == sorted(parts)
    assert parts[-1] == 1
    with pytest.raises(Cancelled):
        expert.run_together(calls, quiet, lambda: True)
    expert.close()


def test_windows_are_few_enough_at_once_for_a_stop_to_be_soon() -> None:
    model = SimpleNamespace(device="cpu")
    windows = [{"input_ids": [0] * length} for length in (512, 10, 512, 300, 512, 12)]
    together = list(pretrained.windows_together(windows, model))
    assert sorted(place for some in together for place in some) == list(range(6))
    for some in together:
        longest = max(len(windows[place]["input_ids"]) for place in some)
        assert len(some) == 1 or longest * len(some) <= 512
    assert together[0] == [1, 5]
    assert len(list(pretrained.windows_together(windows, SimpleNamespace(device="cuda:0")))) == 1


def test_every_family_that_says_so_takes_several() -> None:
    """The declaration in the registry and the method belong together."""
    for family in FAMILIES.values():
        path = Path(registry.__file__).with_name(f"{family.module.rpartition('.')[2]}.py")
        several = "def run_together(" in path.read_text(encoding="utf-8")
        assert several is (family.batches > 1), family.loader


@pytest.mark.parametrize(("offload", "share"), [("model", 0.6), ("sequential", 0.1)])
def test_a_model_is_spread_over_gpu_and_processor(
    models: Path, monkeypatch: pytest.MonkeyPatch, offload: str, share: float
) -> None:
    """Without a GPU: what transformers is asked for."""
    folder = tiny_vision.classifier(models / "spread")
    asked: dict[str, Any] = {}

    class Model:
        def eval(self) -> Model:
            return self

    def from_pretrained(name: str, **options: Any) -> Model:
        asked.update(options)
        return Model()

    monkeypatch.setattr(
        pretrained, "_transformers", lambda name: SimpleNamespace(from_pretrained=from_pretrained)
    )
    monkeypatch.setattr(pretrained, "weights_dtype", lambda card, device: None)
    card = card_for("transformers-image-classification", folder, offload=offload)
    pretrained.load_model("AutoModelForImageClassification", card, "cuda:1")
    weights_bytes = (folder / "model.safetensors").stat().st_size
    assert asked["device_map"] == "auto"
    assert asked["max_memory"][1] == int(share * weights_bytes)
    assert asked["max_memory"]["cpu"] > weights_bytes
