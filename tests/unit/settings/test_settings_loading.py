"""Kept settings come back, and a damaged file is named in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.settings import Folders, Settings


def test_settings_come_back(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    assert Settings.load(path) == Settings()
    kept = Settings(llm="small", device="cuda:1", memory_budget_bytes=10**9, top_k=3, font_scale=1.2)
    kept.save(path)
    assert Settings.load(path) == kept


def test_keys_and_the_models_folder_come_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    kept = Settings(models_folder=str(tmp_path), notify=False, shortcuts={"find": "Ctrl+G", "quit": ""})
    kept.save(path)
    assert Settings.load(path) == kept


def test_models_live_where_the_settings_or_else_the_environment_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HGPT_MODELS", raising=False)
    folders = Folders.of_user()
    assert folders.with_models(None).models == folders.data / "models"
    assert folders.with_models(str(tmp_path)).models == tmp_path.resolve()
    monkeypatch.setenv("HGPT_MODELS", str(tmp_path / "elsewhere"))
    assert folders.with_models(str(tmp_path)).models == tmp_path / "elsewhere"


def test_whole_numbers_stand_for_fractions_and_unknown_keys_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"task_timeout_s": 60, "of_a_later_version": 1}')
    assert Settings.load(path).task_timeout_s == 60


@pytest.mark.parametrize("content", ['{"llm": ', "[]", "3", "\0\0", '"text"'])
def test_what_is_no_settings_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    with pytest.raises(InvalidInput, match="cannot be read") as raised:
        Settings.load(path)
    assert str(path) in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device", 5), ("device", "toaster"), ("device", None), ("llm", 3), ("task_timeout_s", "long"),
        ("task_timeout_s", 0), ("task_timeout_s", True), ("context_tokens", 4096.5), ("context_tokens", -1),
        ("top_k", 0), ("memory_budget_bytes", "8GB"), ("memory_budget_bytes", 0), ("network", "yes"),
        ("network", 1), ("theme", []), ("font_scale", float("nan")),
        ("models_folder", 3),
        ("notify", "yes"),
        ("shortcuts", ["Ctrl+G"]),
        ("shortcuts", {"find": 3}),
    ],
)  # fmt: skip
def test_values_that_cannot_be(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({name: value}))
    with pytest.raises(InvalidInput, match=f"`{name}` is") as raised:
        Settings.load(path)
    assert "delete the file" in raised.value.hint
