"""A language model that reads pictures, through its host: a real one, with a tiny random projector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tiny_projector import write_projector

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, InvalidInput, ModelDamaged
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.hosts.clients import SIGHT_MODULE, ExpertClient
from hgpt_desktop.settings import shipped

pytestmark = pytest.mark.real

SMALL = "smollm2-135m-instruct-q4"
WIDTH = 576  # of its vectors
CAT = shipped("resources") / "samples" / "cat.jpg"


@pytest.fixture(scope="module")
def card(starter_models: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    model = starter_models / SMALL / "model.gguf"
    if not model.exists():
        pytest.fail(f"Install the tests' model with `hgpt models install {SMALL}`.", pytrace=False)
    folder = tmp_path_factory.mktemp("sight") / "reader"
    folder.mkdir()
    (folder / "model.gguf").symlink_to(model)
    write_projector(folder / "projector.gguf", WIDTH)
    return ModelCard(
        "reader", "The reader", ("image-to-text",), "", "llama.cpp-vision", (), "Apache-2.0",
        options={"most_tokens": 8}, folder=folder, installed=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExpertClient]:
    client = ExpertClient(tmp_path_factory.mktemp("log") / "sight.log", threads=1, module=SIGHT_MODULE)
    yield client
    client.close()


def call_for(task: str, out_dir: Path, **inputs: Path | str) -> ExpertCall:
    out_dir.mkdir()
    given: dict[str, tuple[Resource | str, ...]] = {}
    for name, value in inputs.items():
        if isinstance(value, Path):
            given[name] = (Resource(value.name, Kind.IMAGE, value, "image/jpeg", value.stat().st_size),)
        else:
            given[name] = (value,)
    return ExpertCall(task, given, out_dir, "result", 1)


def heard(seen: list[float], part: float | None, message: str) -> None:
    assert message
    if part is not None:
        seen.append(part)


def test_a_picture_is_read_beside_a_question_and_stops_when_asked(
    card: ModelCard, client: ExpertClient, tmp_path: Path
) -> None:
    seen: list[float] = []
    loaded = client.load(card, "cpu", lambda part, message: None, CancelToken())
    assert loaded.resident_bytes > 100_000_000
    asked: dict[str, Path | str] = {"image": CAT, "question": "What is it? <|im_end|>"}
    first, again = (
        client.run(
            card, call_for("visual-question-answering", tmp_path / name, **asked), partial(heard, seen),
            CancelToken(),
        ).outputs[0]
        for name in ("a", "b")
    )  # fmt: skip
    assert first.text
    assert first.text == again.text == first.path.read_text(encoding="utf-8")
    assert first.data == {"question": asked["question"], "answers": [{"label": first.text}]}
    assert 0 < len(seen) <= 2 * 8

    told = client.run(
        card, call_for("image-to-text", tmp_path / "c", image=CAT), partial(heard, seen), CancelToken()
    ).outputs[0]
    assert told.data == {"caption": told.text}

    stop = CancelToken()
    with pytest.raises(Cancelled):
        client.run(
            card,
            call_for("image-to-text", tmp_path / "d", image=CAT),
            lambda part, message: stop.cancel(),
            stop,
        )
    assert not list((tmp_path / "d").iterdir())
    assert client.loaded() == {"reader"}  # it stopped by itself, in time

    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(InvalidInput, match=r"broken\.jpg"):
        client.run(
            card, call_for("image-to-text", tmp_path / "e", image=tmp_path / "broken.jpg"),
            lambda part, message: None, CancelToken(),
        )  # fmt: skip
    client.unload("reader")
    assert client.loaded() == set()


def test_what_is_no_projector_is_refused(card: ModelCard, client: ExpertClient, tmp_path: Path) -> None:
    assert card.folder is not None
    for name, content in (
        ("text", b"no projector"),
        ("torn", (card.folder / "projector.gguf").read_bytes()[:900]),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "model.gguf").symlink_to(card.folder / "model.gguf")
        (folder / "projector.gguf").write_bytes(content)
        with pytest.raises(ModelDamaged):
            client.load(
                replace(card, id=name, folder=folder), "cpu", lambda part, message: None, CancelToken()
            )
