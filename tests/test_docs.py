"""What the documents say is true: commands, links, versions, rooms."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hgpt_desktop import __version__
from hgpt_desktop.cli import build_parser
from hgpt_desktop.settings import Folders

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hgpt_desktop"
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packaging/*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _commands(
    parser: argparse.ArgumentParser, before: str = "hgpt"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that can be called, `hgpt models list` for one, with its parser."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        yield before, parser
    for action in nested:
        for name, child in action.choices.items():
            yield from _commands(child, f"{before} {name}")


COMMANDS = dict(_commands(build_parser()))
SHOWN = sorted(set(re.findall(r"`(hgpt [a-z][^`]*)`", README)))


def _command_of(line: str) -> str:
    """The longest known command that a line begins with, or the line itself."""
    known = [name for name in COMMANDS if line == name or line.startswith(f"{name} ")]
    return max(known, key=len, default=line)


def test_readme_shows_every_command() -> None:
    assert {_command_of(line) for line in SHOWN} >= set(COMMANDS)


@pytest.mark.parametrize("line", SHOWN)
def test_commands_of_the_readme_exist_with_their_options(line: str) -> None:
    parser = COMMANDS.get(_command_of(line))
    assert parser is not None, f"there is no command {line}"
    options = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"--[a-z-]+", line)) <= options


def test_options_named_beside_a_command_exist() -> None:
    rows = re.findall(r"^\| `(hgpt [^`]+)` \|(.*)\|$", README, re.MULTILINE)
    assert rows
    for line, text in rows:
        options = {
            option for action in COMMANDS[_command_of(line)]._actions for option in action.option_strings
        }
        assert set(re.findall(r"`(--[a-z-]+)`", text)) <= options


@pytest.mark.parametrize("name", sorted({name.split()[1] for name in COMMANDS}))
def test_commands_answer_help(name: str) -> None:
    hgpt = Path(sys.executable).with_name("hgpt")
    run = subprocess.run([hgpt, name, "--help"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f"usage: hgpt {name}")


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test", "check", "bench", "install", "clean", "help"} <= targets
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        named = re.findall(r"`[^`\n]*\bmake ([a-z]+)", text) + re.findall(
            r"^make ([a-z]+)", text, re.MULTILINE
        )
        assert set(named) <= targets, document


def test_targets_of_the_makefile_are_commands_of_the_bootstrap() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = set(re.findall(r"\$\(BOOTSTRAP\) ([a-z]+)", makefile))
    answer = subprocess.run(
        [sys.executable, "packaging/bootstrap.py", "no-such-command"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert answer.returncode == 2
    assert called <= set(re.findall(r"[a-z]+", answer.stderr))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_files_resolve(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (document.parent / target.partition("#")[0]).exists(), f"{document.name} links to {target}"


def test_files_named_by_the_documents_exist() -> None:
    pattern = r"`((?:packaging|docs|tests|resources|prompts|core|runtime|hosts|experts|bridge|ui)/[\w./-]+)`"
    named = {
        name for document in DOCUMENTS for name in re.findall(pattern, document.read_text(encoding="utf-8"))
    }
    assert named
    assert not [name for name in named if not ((ROOT / name).exists() or (PACKAGE / name).exists())]


def test_version_is_the_same_everywhere() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert PROJECT["version"] == __version__
    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)


def test_architecture_names_every_room_and_only_rooms_that_exist() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([\w/.]+)` \| ", text, re.MULTILINE))
    rooms = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    rooms |= {path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    assert rooms - {"_data/"} == {name for name in named if name.endswith(("/", ".py"))}


def test_folders_of_the_readme_are_those_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HGPT_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    folders = Folders.of_user()
    for folder in (
        folders.models, folders.runs, folders.history_db, folders.logs, folders.config, folders.cache,
    ):  # fmt: skip
        assert f"`~/{folder.relative_to(tmp_path).as_posix()}`" in README


def test_readme_names_the_system_packages_of_the_list() -> None:
    shown = set(re.search(r"sudo apt install make (.+?)```", README, re.DOTALL)[1].replace("\\", " ").split())  # type: ignore[index]
    listed = (ROOT / "resources" / "system_libraries.json").read_text(encoding="utf-8")
    assert not {name for name in shown - {"build-essential", "python3-venv"} if f'"{name}"' not in listed}
