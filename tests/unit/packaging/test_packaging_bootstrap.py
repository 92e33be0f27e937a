"""What `make run` and `make test` do once the environment is there."""

from __future__ import annotations

from collections.abc import Callable

import bootstrap
import environment
import machine
import pytest

ROOMS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


class Became(Exception):
    """The process became this command."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was called, with an environment that is ready and starter models that are there."""
    made: list[str] = []

    def become(*command: str) -> None:
        made.append(" ".join(command))
        raise Became(*command)

    def call(*command: str) -> int:
        made.append(" ".join(command))
        return 0

    for name in ROOMS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(environment, "ensure", lambda: made.append("ensure"))
    monkeypatch.setattr(bootstrap, "_replace_by", become)
    monkeypatch.setattr(bootstrap, "_call", call)
    monkeypatch.setattr(machine, "missing_libraries", lambda *groups: {})
    return made


def _ended(command: Callable[[], int]) -> str:
    with pytest.raises(Became) as became:
        command()
    return " ".join(became.value.args)


def test_run_opens_the_window_after_fetching_the_models(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert _ended(bootstrap.run).endswith("/hgpt-desktop")
    assert [call.rpartition("/")[2] for call in calls] == [
        "ensure",
        "hgpt models install starter",
        "hgpt-desktop",
    ]


def test_run_without_a_display_runs_the_sample_request(
    calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"hgpt run {bootstrap.SAMPLE_REQUEST} --file {bootstrap.SAMPLE_FILE}" in _ended(bootstrap.run)
    assert "There is no display here" in capsys.readouterr().out
    assert (machine.ROOT / bootstrap.SAMPLE_FILE).exists()


def test_run_names_missing_libraries_before_anything_is_fetched(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(machine, "missing_libraries", lambda *groups: {"libEGL.so.1": "libegl1"})
    with pytest.raises(machine.Problem, match="libEGL") as problem:
        bootstrap.run()
    assert "libegl1" in problem.value.hint
    assert calls == ["ensure"]


def test_run_ends_with_the_code_of_a_failed_download(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_call", lambda *command: 3)
    assert bootstrap.run() == 3


def test_test_hands_its_arguments_to_pytest(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bootstrap.py", "test", "-k", "planning"])
    assert _ended(bootstrap.test).endswith("/python -m pytest -k planning")


def test_check_runs_every_step_and_fails_if_one_does(
    calls: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*command: str) -> int:
        calls.append(" ".join(command))
        return 1 if command[0].endswith("lint-imports") else 0

    monkeypatch.setattr(bootstrap, "_call", call)
    assert bootstrap.check() == 1
    assert "Not well: import contracts." in capsys.readouterr().out
    assert calls[-1].endswith("test_docs.py")


@pytest.mark.parametrize(
    ("environment", "groups"),
    [
        ({}, ("window", "xcb")),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ("window", "wayland")),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, ("window",)),
    ],
)
def test_libraries_follow_the_display(
    calls: list[str], monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], groups: tuple[str, ...]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert machine.library_groups() == groups
