"""What `make` calls: makes the environment, fetches the starter models, then runs, tests, checks or measures.

    python3 packaging/bootstrap.py install|run|test|check|bench|translate|lock|clean|packages

Needs nothing but Python. Every command can be repeated and interrupted at any time.
"""

from __future__ import annotations

import os
import shutil
import sys

NEEDED = (3, 11)

if sys.version_info < NEEDED:  # before any import that an older Python would stumble over
    for minor in (13, 12, 11):
        newer = shutil.which("python3.%d" % minor)  # noqa: UP031
        if newer:
            os.execv(newer, [newer] + sys.argv)  # noqa: RUF005
    sys.exit(
        "HGPT Desktop needs Python 3.11 or newer; this is %d.%d.\n"  # noqa: UP031
        "On Debian 12 or Ubuntu 24.04 and later: sudo apt install python3 python3-venv" % sys.version_info[:2]
    )

import signal
import subprocess
from collections.abc import Callable
from typing import NoReturn

import environment
import machine
from machine import ROOT, Problem

SAMPLE_REQUEST = "Read the text in this picture, summarise it and say it aloud"
SAMPLE_FILE = "resources/samples/notice.png"
_CHECKED_APART = ("tests/experts", "tests/gui")  # each has a conftest, and mypy takes one module of a name
_CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")


def _tool(name: str) -> str:
    return str(environment.BIN / name)


def _call(*command: str) -> int:
    """Run a command of the environment in the project's folder; its exit code."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _fetch_models(*sets: str) -> int:
    return _call(_tool("hgpt"), "models", "install", *sets)


def _replace_by(*command: str) -> NoReturn:
    """Become the command, so that signals and the exit code are its own."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], command)


def install() -> int:
    """Make the environment."""
    environment.ensure()
    print("Ready: `make run` opens the window, .venv/bin/hgpt is the command line.")
    return 0


def run() -> int:
    """Open the window; without a display, run the sample request here."""
    environment.ensure()
    shows_window = machine.has_display()
    if shows_window:
        machine.require_libraries(*machine.library_groups())
        if silent := machine.missing_libraries("sound"):
            print(f"The window will play no sound. {machine.apt(sorted(set(silent.values())))}")
    if code := _fetch_models("starter"):
        return code
    if shows_window:
        _replace_by(_tool("hgpt-desktop"))
    print("There is no display here, so no window: running the sample request in the terminal instead.")
    print(f'$ hgpt run "{SAMPLE_REQUEST}" --file {SAMPLE_FILE}')
    _replace_by(_tool("hgpt"), "run", SAMPLE_REQUEST, "--file", SAMPLE_FILE)


def test() -> int:
    """Run every test, those on the starter models too; what follows `test` goes to pytest."""
    environment.ensure()
    machine.require_libraries("window", "sound")
    if code := _fetch_models("starter", "test"):
        return code
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _replace_by(_tool("python"), "-m", "pytest", *sys.argv[2:])


def check() -> int:
    """Format, lint, types, import contracts and the fast tests; all of them run, whatever the first says."""
    environment.ensure()
    machine.require_libraries("window", "sound")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    fast_tests = [
        "tests/unit",
        *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("tests/test_*.py"))),
    ]
    steps = {
        "format": (_tool("ruff"), "format", "--check", "."),
        "lint": (_tool("ruff"), "check", "."),
        "types": (_tool("mypy"),),
        **{
            f"types of {folder}": (_tool("mypy"), *sorted(str(path.relative_to(ROOT)) for path in files))
            for folder in _CHECKED_APART
            if (files := list(ROOT.glob(f"{folder}/*.py")))
        },
        "import contracts": (_tool("lint-imports"),),
        "fast tests": (_tool("python"), "-m", "pytest", "-q", *fast_tests),
    }
    failed = []
    for name, command in steps.items():
        print(f"== {name}", flush=True)
        if _call(*command):
            failed.append(name)
    print(f"Not well: {', '.join(failed)}." if failed else "All is well.")
    return 1 if failed else 0


def bench() -> int:
    """Measure the cold start and the sample request; one JSON document each."""
    environment.ensure()
    if code := _fetch_models("starter"):
        return code
    return max(_call(_tool("hgpt"), "bench", what, "--json") for what in ("startup", "pipeline"))


def translate() -> int:
    """Bring the translation files up to what the program says, and name what has no translation yet."""
    environment.ensure()
    return _call(_tool("python"), "packaging/translate.py")


def lock() -> int:
    """Write the lock anew from the environment."""
    environment.ensure()
    environment.write_lock()
    return 0


def clean() -> int:
    """Remove the environment and everything that tools made; installed models and conversations stay."""
    for name in (".venv", "build", "dist", *_CACHES):
        path = ROOT / name
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
    for path in list(ROOT.rglob("__pycache__")):
        shutil.rmtree(path, ignore_errors=True)
    print("Removed the environment and the caches. Models and conversations stay in your user folders.")
    return 0


def packages() -> int:
    """Print the Debian packages that are missing here, in one line; nothing where all is there."""
    missing = machine.missing_packages()
    if missing:
        print(" ".join(missing))
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    function.__name__: function
    for function in (install, run, test, check, bench, translate, lock, clean, packages)
}


def main() -> int:
    """The exit code of the command named on the command line."""
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "install")
    if command is None:
        print(f"Use one of: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    if os.name != "posix":
        print(
            "This script is for Linux and macOS. Elsewhere: python -m venv .venv, then "
            "pip install -e .[starter] -c packaging/constraints.txt in it.",
            file=sys.stderr,
        )
        return 3
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite end is an interruption too
    try:
        return command()
    except Problem as problem:
        sys.stdout.flush()
        print(f"\n{problem.message}\n{problem.hint}".rstrip(), file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
