"""A plan of ten tasks over a picture, a recording and texts, from the import of its models to the answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tiny_vision
from PIL import Image
from tiny_sound import halving_network, hubert, musicgen, recording
from tiny_texts import bart, bert

from hgpt_desktop.catalog.cards import CARD_FILE, write_card
from hgpt_desktop.core.models import ModelCard, ModelFile

MODELS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "tiny-detector": ("transformers-object-detection", ("object-detection",), {"threshold": 0.0}),
    "tiny-blip": ("transformers-image-to-text", ("image-to-text",), {"max_new_tokens": 8}),
    "tiny-hubert": ("transformers-audio-classification", ("audio-classification",), {}),
    "tiny-denoiser": ("onnx-speech-enhancement", ("audio-to-audio",), {}),
    "tiny-bart": ("transformers-seq2seq", ("summarization",), {"most_tokens": 16}),
    "tiny-mood": ("transformers-text-classification", ("text-classification",), {}),
    "tiny-composer": ("transformers-text-to-audio", ("text-to-audio",), {}),
}

PLAN = [
    {"task": "image-transform", "id": 1, "args": {"image": "picture.png", "change": "resize", "width": "64"}},
    {"task": "object-detection", "id": 2, "dep": [1], "args": {"image": "<resource>-1"}},
    {
        "task": "object-selection", "id": 3, "dep": [1, 2],
        "args": {"objects": "<resource>-2", "image": "<resource>-1", "show": "hidden"},
    },
    {"task": "image-to-text", "id": 4, "dep": [1], "args": {"image": "<resource>-1"}},
    {"task": "audio-cutting", "id": 5, "args": {"audio": "tone.wav", "start": "0.5", "end": "1.5"}},
    {"task": "audio-classification", "id": 6, "dep": [5], "args": {"audio": "<resource>-5"}},
    {"task": "audio-to-audio", "id": 7, "dep": [5], "args": {"audio": "<resource>-5"}},
    {"task": "summarization", "id": 8, "args": {"text": "the cat is red . the dog lives in paris ."}},
    {"task": "text-classification", "id": 9, "dep": [8], "args": {"text": "<resource>-8"}},
    {"task": "text-to-audio", "id": 10, "args": {"text": "the red cat", "seconds": "1"}},
]  # fmt: skip


def hgpt(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "hgpt_desktop.cli", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def models_with_cards(shelf: Path) -> None:
    """The tiny models as a folder each, with the card that says what they are."""
    tiny_vision.detector(shelf / "tiny-detector")
    tiny_vision.blip(shelf / "tiny-blip", "BlipForConditionalGeneration")
    hubert(shelf / "tiny-hubert")
    halving_network(shelf / "tiny-denoiser" / "model.onnx")
    bart(shelf / "tiny-bart")
    bert(shelf / "tiny-mood", "BertForSequenceClassification", "negative", "positive")
    musicgen(shelf / "tiny-composer")
    write_cards(shelf, MODELS)


def write_cards(shelf: Path, models: Mapping[str, tuple[str, tuple[str, ...], dict[str, Any]]]) -> None:
    """The card of each model whose folder is on the shelf."""
    for model_id, (loader, tasks, options) in models.items():
        folder = shelf / model_id
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        files = tuple(
            ModelFile(path.relative_to(folder).as_posix(), None, None, (f"file:{path}",)) for path in paths
        )
        card = ModelCard(
            model_id, model_id, tasks, f"A tiny model for {tasks[0]}.", loader, files, "MIT",
            memory_bytes=50_000_000, options=options, source="made by a test",
        )  # fmt: skip
        (folder / CARD_FILE).write_bytes(write_card(card))


def test_ten_tasks_over_picture_sound_and_text_run_to_the_end(tmp_path: Path) -> None:
    models_with_cards(tmp_path / "shelf")
    imported = hgpt("models", "import", str(tmp_path / "shelf"))
    assert imported.returncode == 0, imported.stderr
    assert all(model_id in imported.stderr for model_id in MODELS)

    Image.new("RGB", (200, 120), "teal").save(tmp_path / "picture.png")
    recording(tmp_path / "tone.wav", 2)
    (tmp_path / "plan.json").write_text(json.dumps({"tasks": PLAN}), encoding="utf-8")
    ended = hgpt(
        "run", "Look, listen and write", "--file", str(tmp_path / "picture.png"), "--file",
        str(tmp_path / "tone.wav"), "--plan", str(tmp_path / "plan.json"), "--seed", "5", "--json",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    finished = [json.loads(line) for line in ended.stdout.splitlines()][-1]
    tasks = finished["tasks"]
    assert [task["task"] for task in tasks] == [task["task"] for task in PLAN]
    assert [task["status"] for task in tasks] == ["done"] * 10
    kinds = [sorted({output["kind"] for output in task["outputs"]}) for task in tasks]
    assert kinds == [
        ["image"], ["image", "text"], ["image", "text"], ["text"], ["audio"], ["text"], ["audio"], ["text"],
        ["text"], ["audio"],
    ]  # fmt: skip
    for task in tasks:
        for output in task["outputs"]:
            assert Path(output["path"]).stat().st_size > 0
    with Image.open(tasks[0]["outputs"][0]["path"]) as resized:
        assert resized.size == (64, 38)
    found = tasks[1]["outputs"][0]["data"]
    chosen = tasks[2]["outputs"][0]["data"]
    assert (found["width_px"], found["height_px"]) == (64, 38)
    assert chosen["count"] == len(found["objects"])
    assert tasks[4]["outputs"][0]["data"]["seconds"] == 1.0
    assert tasks[5]["outputs"][0]["data"]["seconds"] == 1.0
    assert finished["answer"]


FINDERS = {
    "tiny-detector": MODELS["tiny-detector"],
    "tiny-segformer": ("transformers-image-segmentation", ("image-segmentation",), {}),
}
FOUND_AND_CHOSEN = [
    {"task": finder, "id": first, "args": {"image": "picture.png"}}
    if show is None
    else {
        "task": "object-selection", "id": first + place, "dep": [first],
        "args": {"objects": f"<resource>-{first}", "image": "picture.png", "show": show},
    }
    for first, finder in ((1, "object-detection"), (5, "image-segmentation"))
    for place, show in enumerate((None, "boxes", "cut out", "hidden"))
]  # fmt: skip


def test_what_models_find_is_counted_cut_out_and_hidden(tmp_path: Path) -> None:
    """The tools take the models' own results as the executor hands them on: boxes, and regions too."""
    tiny_vision.detector(tmp_path / "shelf" / "tiny-detector")
    tiny_vision.segformer(tmp_path / "shelf" / "tiny-segformer")
    write_cards(tmp_path / "shelf", FINDERS)
    assert hgpt("models", "import", str(tmp_path / "shelf")).returncode == 0
    pixels = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    (tmp_path / "plan.json").write_text(json.dumps({"tasks": FOUND_AND_CHOSEN}), encoding="utf-8")
    ended = hgpt(
        "run", "Find all things", "--file", str(tmp_path / "picture.png"),
        "--plan", str(tmp_path / "plan.json"), "--json",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    tasks = json.loads(ended.stdout.splitlines()[-1])["tasks"]
    for found, counted, cut, hidden in (tasks[:4], tasks[4:]):
        data = next(output["data"] for output in found["outputs"] if output.get("data"))
        boxes = [one["box"] for one in data.get("objects") or data["regions"]]
        assert boxes
        for task in (counted, cut, hidden):
            assert task["outputs"][0]["data"]["count"] == len(boxes)
            assert [one["box"] for one in task["outputs"][0]["data"]["objects"]] == boxes
        shown = np.asarray(opened(counted["outputs"][1]["path"]))
        assert shown.shape == pixels.shape
        assert not np.array_equal(shown, pixels)  # the boxes are drawn
        assert len(cut["outputs"]) == 1 + len(boxes)
        coarse = np.asarray(opened(hidden["outputs"][1]["path"]))
        outside = np.ones(pixels.shape[:2], dtype=bool)
        for box, output in zip(boxes, cut["outputs"][1:], strict=True):
            left, top = int(box["left"]), int(box["top"])
            piece = np.asarray(opened(output["path"]))
            place = np.s_[top : top + piece.shape[0], left : left + piece.shape[1]]
            assert piece.shape[1] == max(1, round(box["right"]) - left)
            assert np.array_equal(piece, pixels[place])
            outside[place] = False
        assert np.array_equal(coarse[outside], pixels[outside])
        assert (coarse[~outside] != pixels[~outside]).any(axis=1).mean() > 0.9


def opened(path: str) -> Image.Image:
    """A made picture."""
    with Image.open(path) as image:
        return image.convert("RGB")
