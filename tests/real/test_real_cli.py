"""Whole requests on the command line, as a user runs them, with the starter models."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hgpt_desktop.settings import shipped

pytestmark = pytest.mark.real

SAMPLES = shipped("resources") / "samples"
Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def hgpt_run(starter_models: Path) -> Run:
    """Runs `hgpt run … --json` in a process of its own; the exit code and the events."""

    def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
        command = [sys.executable, "-m", "hgpt_desktop.cli", "run", *arguments, "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        assert "Traceback" not in ended.stderr
        return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()]

    return run


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def test_the_sample_request_makes_a_summary_and_says_it(hgpt_run: Run) -> None:
    request = "Read the text in this picture, summarise it and say it aloud"
    code, events = hgpt_run(request, "--file", str(SAMPLES / "notice.png"))
    assert code == 0
    names = [event["event"] for event in events]
    assert names[0] == "request_started"
    assert names[-1] == "request_finished"
    assert names.index("plan_ready") < names.index("task_selected") < names.index("task_started")
    assert names.count("task_finished") == 3

    finished = events[-1]
    tasks = finished["tasks"]
    assert [task["task"] for task in tasks] == [
        "optical-character-recognition",
        "summarization",
        "text-to-speech",
    ]
    assert [task["status"] for task in tasks] == ["done"] * 3
    assert len({task["model_id"] for task in tasks}) == 3
    for task in tasks:
        for output in task["outputs"]:
            assert Path(output["path"]).stat().st_size > 0
    assert finished["answer"]

    summary = tasks[1]["outputs"][0]["text"]
    spoken = tasks[2]["outputs"][0]["path"]
    plan = {
        "tasks": [{"task": "automatic-speech-recognition", "id": 1, "dep": [-1], "args": {"audio": spoken}}]
    }
    plan_file = Path(spoken).with_name("plan.json")
    plan_file.write_text(json.dumps(plan), encoding="utf-8")
    code, events = hgpt_run("Write this down", "--file", spoken, "--plan", str(plan_file))
    assert code == 0
    heard = set(_words(events[-1]["tasks"][0]["outputs"][0]["text"]))
    expected = [word for word in _words(summary) if len(word) > 3]
    assert sum(word in heard for word in expected) >= 0.8 * len(expected)


def test_a_recording_is_transcribed_and_told_in_a_sentence(hgpt_run: Run) -> None:
    request = "Transcribe this and tell me in one sentence what it is about"
    code, events = hgpt_run(request, "--file", str(SAMPLES / "meeting.wav"))
    assert code == 0
    tasks = events[-1]["tasks"]
    assert tasks[0]["task"] == "automatic-speech-recognition"
    assert len(tasks) >= 2
    heard = set(_words(tasks[0]["outputs"][0]["text"]))
    said = _words((SAMPLES / "meeting.txt").read_text(encoding="utf-8"))
    assert sum(word in heard for word in said) >= 0.9 * len(said)
    assert events[-1]["answer"]


def test_a_follow_up_works_on_what_the_turn_before_had(hgpt_run: Run) -> None:
    code, events = hgpt_run("Transcribe this recording", "--file", str(SAMPLES / "meeting.wav"))
    assert code == 0
    conversation = events[0]["conversation_id"]
    transcript = events[-1]["tasks"][0]["outputs"][0]["path"]
    code, events = hgpt_run("Now translate it into German", "--conversation", conversation)
    assert code == 0
    tasks = events[-1]["tasks"]
    assert [task["task"] for task in tasks] == ["translation"]
    assert tasks[0]["inputs"]["text"] == [transcript]


def test_work_without_a_model_is_named_with_the_command_that_installs_one(hgpt_run: Run) -> None:
    code, events = hgpt_run("Paint a picture of a castle by the sea")
    assert code == 3
    assert events[-1]["tasks"] == []
    assert "hgpt models install" in events[-1]["answer"] + events[-1].get("hint", "")


def test_a_translation_there_and_back_keeps_what_was_said(hgpt_run: Run, tmp_path: Path) -> None:
    text = "The train to the harbour leaves at noon. Please bring warm clothes and some bread."
    plan = [
        {"task": "translation", "id": 1, "dep": [-1], "args": {"text": text, "language": "French"}},
        {"task": "translation", "id": 2, "dep": [1], "args": {"text": "<resource>-1", "language": "English"}},
    ]
    (tmp_path / "plan.json").write_text(json.dumps({"tasks": plan}), encoding="utf-8")
    code, events = hgpt_run("There and back", "--plan", str(tmp_path / "plan.json"))
    assert code == 0
    there, back = (task["outputs"][0]["text"] for task in events[-1]["tasks"])
    meant, kept = (set(_words(one)) for one in (text, back))
    content = {word for word in meant if len(word) > 3}
    assert {"train", "midi"} & set(_words(there)) or "port" in _words(there)
    assert len(content & set(_words(there))) <= 2  # it was put into another language
    assert len(content & kept) >= 0.6 * len(content), back
