"""Families of several libraries in one expert host: load, run, progress, cancel, unload."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tiny_diffusion
import tiny_pictures
import tiny_vision
from expert_trials import call_for, card_for
from PIL import Image
from tiny_checkpoints import library

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, InvalidInput
from hgpt_desktop.hosts.clients import ExpertClient


@pytest.fixture(scope="module", autouse=True)
def _imported_ahead() -> None:
    """What diffusers imports binds a socket when it is imported, to see whether there is IPv6."""
    library("requests")


def test_models_of_several_libraries_share_a_host(tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "picture.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    painter = card_for(
        "diffusers-text-to-image",
        tiny_diffusion.stable_diffusion(tmp_path / "sd"),
        name="painter",
        num_inference_steps=200,
        width=16,
        height=16,
    )
    finder = card_for(
        "transformers-object-detection",
        tiny_vision.detector(tmp_path / "detector"),
        name="finder",
        threshold=0.0,
    )
    outliner = card_for("opencv", None, name="outliner")
    client, never = ExpertClient(tmp_path / "host.log"), CancelToken()
    try:
        for card in (painter, finder, outliner):
            loaded = client.load(card, "cpu", lambda part, message: None, never)
            assert (loaded.model_id, loaded.device) == (card.id, "cpu")
        assert client.loaded() == {"painter", "finder", "outliner"}

        found = client.run(
            finder,
            call_for("object-detection", tmp_path / "found", image=tmp_path / "picture.png"),
            lambda part, message: None,
            never,
        )
        assert [output.path.suffix for output in found.outputs] == [".txt", ".png"]
        assert all(output.path.is_file() for output in found.outputs)

        stop = CancelToken()
        steps: list[float | None] = []

        def on_progress(part: float | None, message: str) -> None:
            steps.append(part)
            if len(steps) == 5:
                stop.cancel()

        drawing = call_for("text-to-image", tmp_path / "drawn", text="the cat")
        with pytest.raises(Cancelled):
            client.run(painter, drawing, on_progress, stop)
        assert len(steps) < 190
        assert not list(drawing.out_dir.iterdir())

        broken = call_for("canny-control", tmp_path / "edges", image=tmp_path / "broken.png")
        with pytest.raises(InvalidInput, match=r"broken\.png"):
            client.run(outliner, broken, lambda part, message: None, never)

        client.unload("painter")
        assert client.loaded() == {"finder", "outliner"}  # the host has outlived the cancel and the error
    finally:
        client.close()


PICTURE_WORK: tuple[tuple[str, str, str, dict[str, str], dict[str, Any]], ...] = (
    ("transformers-zero-shot-detection", "grounding_dino", "zero-shot-object-detection",
     {"labels": "a cat, a dog"}, {"threshold": 0.0}),
    ("transformers-image-embedding", "clip", "zero-shot-image-classification", {"labels": "cat, dog"}, {}),
    ("transformers-mask-generation", "sam2", "mask-generation", {"points": "30, 20"}, {}),
    ("onnx-background-removal", "matting", "background-removal", {}, {}),
    ("transformers-super-resolution", "swin2sr", "image-super-resolution", {}, {"tile_px": 48}),
)  # fmt: skip


def _heard(seen: list[float | None], part: float | None, _message: str) -> None:
    seen.append(part)


def _stopped(stop: CancelToken, _part: float | None, _message: str) -> None:
    stop.cancel()


def test_families_of_pictures_run_and_stop_in_a_host(tmp_path: Path) -> None:
    """Each is loaded, runs with progress, stops when asked without ending the host, and is put out."""
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "picture.png")
    client, never = ExpertClient(tmp_path / "host.log"), CancelToken()
    try:
        for loader, maker, task, inputs, options in PICTURE_WORK:
            folder = tmp_path / maker
            getattr(tiny_pictures, maker)(folder)
            card = card_for(loader, folder, name=maker, **options)
            assert client.load(card, "cpu", lambda part, message: None, never).resident_bytes > 100
            seen: list[float | None] = []
            call = call_for(task, tmp_path / "out" / maker, 7, image=tmp_path / "picture.png", **inputs)
            made = client.run(card, call, partial(_heard, seen), never)
            assert seen
            assert all(output.path.is_file() and output.data for output in made.outputs)

            stop = CancelToken()
            stopped = call_for(
                task, tmp_path / "stopped" / maker, 7, image=tmp_path / "picture.png", **inputs
            )
            with pytest.raises(Cancelled):
                client.run(card, stopped, partial(_stopped, stop), stop)
            assert client.loaded() == {maker}  # it stopped by itself, in time
            client.unload(maker)
            assert client.loaded() == set()
    finally:
        client.close()
