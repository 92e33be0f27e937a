"""The environment is made once, completed where it was interrupted, and left alone when it is ready."""

from __future__ import annotations

from pathlib import Path

import environment
import machine
import pytest

PROJECT = """
[project]
name = "x"
dependencies = ["a"]
[tool.ruff]
line-length = 100
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with an environment that looks ready."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "constraints.txt").write_text("torch==2.14.1\ntorchvision==0.29.1\n")
    for name, path in {
        "ROOT": tmp_path,
        "VENV": venv,
        "BIN": venv / "bin",
        "PYTHON": venv / "bin" / "python",
        "BUILD": tmp_path / "build",
        "LOG": tmp_path / "build" / "bootstrap.log",
        "CONSTRAINTS": tmp_path / "constraints.txt",
        "_STAMP": venv / "hgpt-environment.json",
    }.items():
        monkeypatch.setattr(environment, name, path)
    monkeypatch.delenv("HGPT_TORCH", raising=False)
    environment._write_stamp("")
    return tmp_path


def _package(checkout: Path, name: str, version: str, record: str) -> Path:
    site = checkout / ".venv" / "lib" / "python3.11" / "site-packages"
    folder = site / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "RECORD").write_text(record)
    return folder


def test_ready_environment_costs_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(environment, "_make", lambda wish, lock: made.append(wish))
    environment.ensure()
    assert not made
    assert not (checkout / "build").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "made"),
    [
        ("pyproject.toml", '["a"]', '["a", "b"]', True),
        ("constraints.txt", "2.14.1", "2.14.2", True),
        ("pyproject.toml", "line-length = 100", "line-length = 110", False),
    ],
)
def test_what_decides_the_packages_decides_whether_it_is_ready(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, made: bool
) -> None:
    path = checkout / file
    path.write_text(path.read_text().replace(old, new))
    calls: list[str] = []
    monkeypatch.setattr(environment, "_make", lambda wish, lock: calls.append(wish))
    environment.ensure()
    assert bool(calls) is made


def test_moved_environment_is_not_ready(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment._is_ready("")
    monkeypatch.setattr(environment, "VENV", checkout / "elsewhere")
    assert not environment._is_ready("")


def test_another_wish_for_torch_is_not_ready(checkout: Path) -> None:
    environment._write_stamp("cpu")
    assert environment._is_ready("")
    assert environment._is_ready("cpu")
    assert not environment._is_ready("cuda")


def test_unknown_wish_for_torch_is_refused(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HGPT_TORCH", "gpu")
    with pytest.raises(machine.Problem, match="HGPT_TORCH=gpu"):
        environment.ensure()


def test_half_installed_packages_are_forgotten(checkout: Path) -> None:
    whole = _package(checkout, "whole", "1.0", "whole/__init__.py,sha256=x,2\nwhole/__pycache__/a.pyc,,\n")
    site = whole.parent
    (site / "whole").mkdir()
    (site / "whole" / "__init__.py").write_text("ab")
    cut = _package(checkout, "cut", "1.0", "cut.py,sha256=x,100\n")
    (site / "cut.py").write_text("short")
    gone = _package(checkout, "gone", "1.0", "gone.py,sha256=x,3\n")
    without_record = _package(checkout, "norecord", "1.0", "")
    (without_record / "RECORD").unlink()
    (site / "~umpy").mkdir()
    environment._forget_half_installed()
    assert whole.exists()
    assert not [path for path in (cut, gone, without_record, site / "~umpy") if path.exists()]


@pytest.mark.parametrize(
    ("torch", "vision", "wish", "wanted"),
    [
        ("2.14.1", "0.29.1", "", True),
        ("2.14.1+cpu", "0.29.1+cpu", "", True),
        ("2.14.1+cpu", "0.29.1+cpu", "cpu", True),
        ("2.14.1", "0.29.1", "cpu", False),
        ("2.14.1+cpu", "0.29.1+cpu", "cuda", False),
        ("2.13.0", "0.29.1", "", False),
        ("2.14.1", None, "", False),
    ],
)
def test_torch_is_wanted_as_the_locked_pair_in_the_build_asked_for(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, torch: str, vision: str | None, wish: str, wanted: bool
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert environment._is_wanted({"torch": torch, "torchvision": vision}, wish) is wanted


def test_installed_versions_are_read_from_disk(checkout: Path) -> None:
    _package(checkout, "torch", "2.14.1+cpu", "")
    _package(checkout, "Llama.Cpp-Python", "0.3.36", "")
    assert environment._installed("torch") == "2.14.1+cpu"
    assert environment._installed("llama_cpp_python") == "0.3.36"
    assert environment._installed("torchvision") is None


def test_missing_compiler_names_the_package(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "has_compiler", lambda: False)
    with pytest.raises(machine.Problem) as problem:
        environment._require_tools()
    assert "sudo apt install build-essential" in problem.value.hint
    _package(checkout, "llama_cpp_python", "0.3.36", "")
    environment._require_tools()


def test_missing_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(library: str) -> None:
        if library == "libxcb-cursor.so.0":
            raise OSError(library)

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("ctypes.CDLL", absent)
    machine.require_libraries("window")
    with pytest.raises(machine.Problem, match=r"libxcb-cursor\.so\.0") as problem:
        machine.require_libraries("window", "xcb")
    assert problem.value.hint.endswith("sudo apt install libxcb-cursor0")


def test_full_disk_is_said_before_anything_is_fetched() -> None:
    with pytest.raises(machine.Problem, match="1e\\+09 GB"):
        machine.require_disk(1e9, "PyTorch")
