"""Commands that only read: the shapes of their JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hgpt_desktop.cli import main


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture(autouse=True)
def _no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HGPT_MODELS", str(tmp_path / "models"))


def test_models_list_has_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--json"]) == 0
    rows = _json(capsys)
    assert len(rows) > 20
    for row in rows:
        assert (
            " ".join(sorted(row))
            == "fits id installed languages licence size_bytes source tasks tier verified"
        )
        assert row["tasks"]
        assert row["licence"]


def test_models_list_narrows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--task", "automatic-speech-recognition", "--json"]) == 0
    rows = _json(capsys)
    assert rows
    assert all("automatic-speech-recognition" in row["tasks"] for row in rows)
    assert main(["models", "list", "--fits", "--json"]) == 0
    assert all(row["fits"] for row in _json(capsys))


def test_models_search_finds_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "search", "whisper", "--json"]) == 0
    assert "whisper-base" in {row["id"] for row in _json(capsys)}


def test_models_show_tells_files_with_hashes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "whisper-base", "--json"]) == 0
    files = {file["path"]: file for file in _json(capsys)["files"]}
    assert files["model.bin"]["size_bytes"] == 145_217_532
    assert len(files["model.bin"]["sha256"]) == 64


def test_doctor_names_the_command_that_mends(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 3
    report = _json(capsys)
    assert report["ok"] is False
    whisper = next(check for check in report["checks"] if check["name"] == "model whisper-base")
    assert whisper["ok"] is False
    assert whisper["mend"] == "hgpt models install whisper-base"


def test_no_conversations_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conversations", "list", "--json"]) == 0
    assert _json(capsys) == []
