"""Families of several libraries in one expert host: load, run, progress, cancel, unload."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_diffusion
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
