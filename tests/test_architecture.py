"""The picture of docs/ARCHITECTURE.md, held by tests: who may know whom, and what a start may import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import grimp
import pytest

from hgpt_desktop.experts.registry import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hgpt_desktop"
HEAVY = frozenset(
    {
        "accelerate", "ctranslate2", "cv2", "diffusers", "faster_whisper", "llama_cpp", "onnxruntime",
        "piper", "rapidocr", "sympy", "tensorflow", "timm", "torch", "torchvision", "transformers",
    }
)  # fmt: skip
MAX_LINES = 800
OURS = ("*.py", "*.md", "*.toml", "*.yaml", "*.yml", "*.json", "*.txt", "*.desktop", "*.xml")
NOT_OURS = frozenset({".venv", ".git", "build", "dist"})


def _files(*patterns: str) -> list[Path]:
    """The project's own files of these names, hidden folders and what tools make left out."""
    return sorted(
        path
        for pattern in patterns
        for path in ROOT.rglob(pattern)
        if not any(part in NOT_OURS or part.endswith("_cache") for part in path.relative_to(ROOT).parts)
    )


def _python_files() -> list[Path]:
    return _files("*.py")


def _loaded_by(statement: str) -> frozenset[str]:
    """The top-level modules that a fresh interpreter has after the statement."""
    probe = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return frozenset(run.stdout.split())


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", run.stdout), run.stdout


def test_expert_families_do_not_know_one_another() -> None:
    graph = grimp.build_graph("hgpt_desktop", cache_dir=None)
    families = {family.module for family in FAMILIES.values()}
    assert families <= graph.modules
    known = {
        (a, b) for a in families for b in graph.find_modules_directly_imported_by(a) & families if a != b
    }
    assert not known


@pytest.mark.parametrize("module", ["cli", "app", "wiring"])
def test_start_imports_no_model_library(module: str) -> None:
    assert not _loaded_by(f"import hgpt_desktop.{module}") & HEAVY


def test_command_line_imports_no_qt() -> None:
    assert "PySide6" not in _loaded_by("import hgpt_desktop.cli")


def test_probe_of_imports_sees_what_is_imported() -> None:
    assert {"sqlite3", "hgpt_desktop"} <= _loaded_by("import sqlite3, hgpt_desktop")


def test_llama_cpp_is_named_in_one_file() -> None:
    naming = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"^\s*(?:import|from) llama_cpp\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert naming == {"hosts/llama_host.py"}


def test_every_imported_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["starter"]]
    declared = {_normal(re.split(r"[<>=!~;\[ ]", line, maxsplit=1)[0]) for line in lines}
    declared.add("shiboken6")  # the other half of PySide6, which requires it in its own version
    providers = metadata.packages_distributions()
    undeclared = {
        module: sorted(providers.get(module, ()))
        for module in _imported_libraries()
        if not declared & {_normal(name) for name in providers.get(module, ())}
    }
    assert not undeclared


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported_libraries() -> set[str]:
    """Top-level modules that the package imports anywhere, neither its own nor the standard library's."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return found - {"hgpt_desktop"} - set(sys.stdlib_module_names)


def test_every_module_of_the_package_says_what_it_is() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_no_file_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in _python_files()
    }
    assert lengths, "no files were found"
    assert not {path: lines for path, lines in lengths.items() if lines > MAX_LINES}


def test_nothing_is_left_to_do_later() -> None:
    mark = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _python_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    assert not left


def test_every_workaround_carries_a_link() -> None:
    mark = "WORK" + "AROUND:"
    without = []
    for path in _python_files():
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if mark in line and "https://" not in "".join(lines[number : number + 4]):
                without.append(f"{path.relative_to(ROOT)}:{number + 1}")
    assert not without


def test_no_path_of_somebodys_machine() -> None:
    personal = re.compile(r"(?<![\w.$~/-])/(?:work|home/\w+|Users/\w+|root|opt/\w+)/[\w.]")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in [*_files(*OURS), ROOT / "Makefile", ROOT / ".ci" / "run"]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if personal.search(line)
    ]
    assert not found
