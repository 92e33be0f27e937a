"""A model is loaded only while its files are those that were installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from catalog_files import sha256

from hgpt_desktop.catalog import vouching
from hgpt_desktop.catalog.drafts import hash_file
from hgpt_desktop.catalog.records import InstallRecord, RecordedFile, write_record
from hgpt_desktop.catalog.vouching import VouchedBackend, Voucher
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, ModelDamaged
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, Loaded, OnProgress
from hgpt_desktop.core.models import ModelCard

WEIGHTS = b"weights" * 100


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    folder = tmp_path / "models" / "toy"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(WEIGHTS)
    recorded = RecordedFile("model.bin", len(WEIGHTS), sha256(WEIGHTS), "file:/x")
    write_record(folder, InstallRecord("toy", "2026-01-01", (recorded,)))
    return ModelCard("toy", "Toy", (), "", "toy", (), "MIT", folder=folder)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read through."""
    seen: list[Path] = []

    def noted(path: Path, cancel: CancelToken) -> str:
        seen.append(path)
        return hash_file(path, cancel)

    monkeypatch.setattr(vouching, "hash_file", noted)
    return seen


def flip_a_byte(card: ModelCard) -> None:
    assert card.folder is not None
    path = card.folder / "model.bin"
    before = path.stat()
    path.write_bytes(b"W" + WEIGHTS[1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def test_one_look_is_enough_until_the_file_changes(
    card: ModelCard, tmp_path: Path, hashed: list[Path]
) -> None:
    seen = tmp_path / "cache" / "checked.json"
    Voucher(seen).check(card, CancelToken())
    Voucher(seen).check(card, CancelToken())
    assert len(hashed) == 1
    flip_a_byte(card)
    for _ in range(2):
        with pytest.raises(ModelDamaged, match=r"model\.bin of the model toy") as raised:
            Voucher(seen).check(card, CancelToken())
        assert "hgpt models repair toy" in raised.value.hint
    assert len(hashed) == 3


def test_a_repaired_file_is_good_again(card: ModelCard, tmp_path: Path) -> None:
    voucher = Voucher(tmp_path / "checked.json")
    voucher.check(card, CancelToken())
    flip_a_byte(card)
    with pytest.raises(ModelDamaged):
        voucher.check(card, CancelToken())
    assert card.folder is not None
    (card.folder / "model.bin").write_bytes(WEIGHTS)
    voucher.check(card, CancelToken())


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 3}', b"\0", b'{"a": [1]}'])
def test_a_damaged_memory_costs_a_look(
    card: ModelCard, tmp_path: Path, hashed: list[Path], content: bytes
) -> None:
    seen = tmp_path / "checked.json"
    seen.write_bytes(content)
    Voucher(seen).check(card, CancelToken())
    assert len(hashed) == 1


def test_a_memory_that_cannot_be_kept_is_no_fault(card: ModelCard, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    Voucher(tmp_path / "file" / "checked.json").check(card, CancelToken())


def test_models_without_a_record_pass(tmp_path: Path, hashed: list[Path]) -> None:
    voucher = Voucher(tmp_path / "checked.json")
    voucher.check(ModelCard("toy", "Toy", (), "", "toy", (), "MIT"), CancelToken())
    voucher.check(ModelCard("toy", "Toy", (), "", "toy", (), "MIT", folder=tmp_path), CancelToken())
    assert hashed == []


def test_a_stop(card: ModelCard, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Voucher(tmp_path / "checked.json").check(card, cancel)


class _Backend:
    """Notes what it loads."""

    def __init__(self) -> None:
        self.in_memory: set[str] = set()
        self.closed = False

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        self.in_memory.add(card.id)
        return Loaded(card.id, device, 1, 0.0)

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        return ExpertOutcome((), 1.0)

    def unload(self, model_id: str) -> None:
        self.in_memory.discard(model_id)

    def loaded(self) -> frozenset[str]:
        return frozenset(self.in_memory)

    def close(self) -> None:
        self.closed = True


def test_a_changed_model_is_not_loaded_but_one_in_memory_stays_usable(
    card: ModelCard, tmp_path: Path
) -> None:
    inner = _Backend()
    backend = VouchedBackend(inner, Voucher(tmp_path / "checked.json"))
    load = (card, "cpu", lambda _done, _message: None, CancelToken())
    assert backend.load(*load).model_id == "toy"
    flip_a_byte(card)
    assert backend.load(*load).model_id == "toy"
    call = ExpertCall("say", {}, tmp_path, "1")
    assert backend.run(card, call, load[2], load[3]).run_s == 1.0
    backend.unload("toy")
    with pytest.raises(ModelDamaged):
        backend.load(*load)
    assert backend.loaded() == frozenset()
    backend.close()
    assert inner.closed
