"""What the command line says and returns when something is wrong before any model is needed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from hgpt_desktop.cli import main
from hgpt_desktop.cli.requests import _plan_lines
from hgpt_desktop.settings import Folders


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "required"),
        (["fly"], "invalid choice"),
        (["run"], "REQUEST"),
        (["run", "hello", "--device", "toaster"], "no device toaster"),
        (["run", "hello", "--memory-budget", "plenty"], "not a size"),
        (["models", "list", "--task", "telepathy"], "no task type telepathy"),
        (["models", "show", "no-such-model"], "no-such-model"),
        (["models", "install", "no-such-model"], "no-such-model"),
        (["models", "import", "/nowhere/at/all"], "/nowhere/at/all"),
        (["conversations", "show", "no-such-conversation"], "no-such-conversation"),
        (["run", "hello", "--conversation", "no-such-conversation"], "no-such-conversation"),
        (["run", "hello", "--plan", "/nowhere/plan.json"], "cannot be read"),
        (["run", "hello", "--file", "/nowhere/picture.png"], "picture.png"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("hgpt: ")
    assert says in captured.err
    assert "Traceback" not in captured.err


def test_a_plan_that_is_not_json_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text("tasks: none", encoding="utf-8")
    assert main(["run", "hello", "--plan", str(plan)]) == 2
    assert "is not JSON" in capsys.readouterr().err


def test_a_dependency_on_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('[{"task": "summarization", "id": 0, "dep": [7], "args": {"text": "hello"}}]')
    assert main(["run", "hello", "--plan", str(plan)]) == 2
    assert "is said to depend on task 7" in capsys.readouterr().err


def test_settings_of_the_wrong_kind_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    path = Folders.of_user().config / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"device": 5}')
    assert main(["models", "list"]) == 2
    assert "`device` is 5, which is not a text" in capsys.readouterr().err


@pytest.mark.parametrize("history", ["", "no database"])
def test_doctor_looks_at_the_history_and_the_disk(
    history: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = Folders.of_user()
    folders.data.mkdir(parents=True)
    if history:
        folders.history_db.write_text(history * 100)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert main(["doctor", "--json"]) == 3
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["history"]["ok"] is not bool(history)
    assert bool(checks["history"]["mend"]) is bool(history)
    assert not checks["disk"]["ok"]
    assert "Read-only" in checks["disk"]["detail"]
    assert "HGPT_HOME" in checks["disk"]["mend"]


def test_several_files_of_a_task_are_shown_by_name() -> None:
    task = {"id": 0, "task": "read", "args": {"image": ["/a/one.png", "/b/two.png"], "text": "a/b or c"}}
    assert _plan_lines([task]) == ["  0  read(image=one.png, two.png, text=a/b or c)"]


def test_a_run_that_cannot_begin_ends_with_request_finished(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "look", "--file", "/nowhere/picture.png", "--json"]) == 2
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["request_finished"]
    assert lines[0]["exit_code"] == 2
    assert lines[0]["message"]
    assert lines[0]["hint"]


def test_without_a_language_model_the_request_names_the_command_that_installs_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HGPT_MODELS", str(tmp_path / "empty"))
    assert main(["run", "hello", "--json"]) == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["event"] == "request_finished"
    assert "hgpt models install starter" in lines[-1]["hint"]


def test_json_errors_of_other_commands_are_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "no-such-model", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "InvalidInput"


def test_a_bug_leaves_a_report_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(arguments: object) -> int:
        raise RuntimeError("the cat sat on the keyboard")

    monkeypatch.setattr("hgpt_desktop.cli.conversations.list_conversations", broken)
    assert main(["conversations", "list"]) == 3
    err = capsys.readouterr().err
    assert "Traceback" not in err
    report = Path(err.rsplit(" in ", 1)[1].strip().rstrip("."))
    assert "the cat sat on the keyboard" in report.read_text(encoding="utf-8")
