"""Makes the project's environment in .venv: all of it, once, and completed where it was interrupted.

Standard library only. A stamp in .venv says from what it was made; while that holds, nothing is done.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pip_step
from machine import ROOT, Problem, apt, has_compiler, has_nvidia_gpu, has_venv, require_disk

VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
BUILD = ROOT / "build"
LOG = BUILD / "bootstrap.log"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"

_STAMP = VENV / "hgpt-environment.json"
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # the PyTorch project's own builds without CUDA
_CPU_INDEX_TIMEOUT_S = 4
_PAIR = ("torch", "torchvision")
_DISK_GB = {"cpu": 4.0, "cuda": 10.0, "rest": 2.0}


def ensure() -> None:
    """Bring .venv to what pyproject.toml and the lock say; nothing is done where it is there already.

    Raises:
        Problem: something is missing that only the user can provide, or pip failed.
    """
    wish = os.environ.get("HGPT_TORCH", "")
    if wish not in ("", "cpu", "cuda", "skip"):
        raise Problem(f"HGPT_TORCH={wish} is not known.", "Use cpu, cuda or skip, or leave it out.")
    if _is_ready(wish):
        return
    BUILD.mkdir(exist_ok=True)
    with _one_at_a_time() as lock:
        if not _is_ready(wish):
            _make(wish, lock)


def _make(wish: str, lock: int) -> None:
    print("Making the environment in .venv. If it is interrupted, the next call goes on from there.")
    print(f"The log is {LOG}.", flush=True)
    LOG.unlink(missing_ok=True)
    _require_tools()
    _STAMP.unlink(missing_ok=True)
    _make_venv()
    _forget_half_installed()
    for stale in BUILD.glob("pip-*"):  # of calls that were killed; the lock says that none is at work
        shutil.rmtree(stale, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix="pip-", dir=BUILD))
    try:
        _install_torch(wish, scratch, lock)
        _say(3, "Installing the other packages; some minutes.")
        if not _installed("llama_cpp_python"):
            print(
                "    llama.cpp is compiled for this machine the first time: about five minutes on two cores."
            )
        require_disk(_DISK_GB["rest"], "The environment")
        constraints = _constraints(wish, scratch)
        editable = ["--editable", f"{ROOT}[starter,dev]", "--constraint", str(constraints)]
        pip_step.install(PYTHON, editable, LOG, scratch, lock)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _write_stamp(wish)


def _say(step: int, text: str) -> None:
    print(f"[{step}/3] {text}", flush=True)


# ---------------------------------------------------------------- the stamp


def _digest() -> str:
    """A hash of all that decides what is installed; the settings of tools in pyproject.toml do not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    deciding = {name: project.get(name) for name in ("build-system", "project")}
    deciding["hatch"] = project.get("tool", {}).get("hatch")
    content = json.dumps(deciding, sort_keys=True).encode() + CONSTRAINTS.read_bytes()
    return hashlib.sha256(content).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        kept = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _is_ready(wish: str) -> bool:
    stamp = _stamp()
    return (
        stamp.get("digest") == _digest()
        and stamp.get("place") == str(VENV)
        and wish in ("", stamp.get("torch"))
        and PYTHON.exists()
    )


def _write_stamp(wish: str) -> None:
    draft = _STAMP.with_suffix(".new")
    draft.write_text(json.dumps({"digest": _digest(), "place": str(VENV), "torch": wish}), encoding="utf-8")
    draft.replace(_STAMP)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[int]:
    """Hold the lock; the system frees it however this process ends, once its pip has ended too."""
    import fcntl

    with (BUILD / "bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another installation into .venv is under way; waiting for its end.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


# ---------------------------------------------------------------- the steps


def _require_tools() -> None:
    needed = []
    if not has_venv():
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        needed.append(f"python{version}-venv")
    if not has_compiler() and not _installed("llama_cpp_python"):
        needed.append("build-essential")
    if needed:
        raise Problem("Python's venv module or a C++ compiler is missing.", apt(needed))


def _make_venv() -> None:
    if _venv_works():
        _say(1, "The virtual environment is there; completing it.")
        return
    _say(1, "Making a virtual environment; some seconds.")
    outcome = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    LOG.write_text(outcome.stdout + outcome.stderr, encoding="utf-8")
    if outcome.returncode != 0 or not _venv_works():
        last = (outcome.stderr or outcome.stdout).strip().splitlines()[-1:]
        raise Problem(f"The virtual environment could not be made: {' '.join(last)}", f"The log is {LOG}.")


def _venv_works() -> bool:
    """Whether .venv stands where it was made, with a Python that is new enough and a whole pip."""
    probe = "import sys, pip._internal.cli.main; assert sys.version_info >= (3, 11); print(sys.prefix)"
    try:
        answer = subprocess.run(
            [PYTHON, "-c", probe], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    if answer.returncode != 0 or Path(answer.stdout.strip()) != VENV:
        return False
    return str(VENV) in (BIN / "activate").read_text(encoding="utf-8", errors="replace")


def _site_packages() -> Path | None:
    return next(VENV.glob("lib/python3.*/site-packages"), None)


def _installed(name: str) -> str | None:
    """The version of an installed package by its record on disk, or None."""
    site = _site_packages()
    if site is None:
        return None
    for folder in site.glob("*.dist-info"):
        match = re.fullmatch(r"(.+)-([^-]+)\.dist-info", folder.name)
        if match and re.sub(r"[-_.]+", "_", match[1]).lower() == name:
            return match[2]
    return None


def _forget_half_installed() -> None:
    """Drop the records of packages that an interruption left incomplete, so that pip installs them again."""
    site = _site_packages()
    if site is None:
        return
    for leftover in site.glob("~*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for folder in site.glob("*.dist-info"):
        if not _is_complete(folder):
            print(f"    {folder.name.removesuffix('.dist-info')} is incomplete; it is installed again.")
            shutil.rmtree(folder)


def _is_complete(folder: Path) -> bool:
    """Whether every file of a package's record is there with its size. pip writes the record last.

    Compiled modules do not count: Python writes them anew.
    """
    try:
        with (folder / "RECORD").open(encoding="utf-8", newline="") as record:
            for path, _, size in csv.reader(record):
                if size and not path.endswith(".pyc") and (folder.parent / path).stat().st_size != int(size):
                    return False
    except (OSError, ValueError):
        return False
    return True


def _locked(name: str) -> str:
    match = re.search(
        rf"^{name}==(\S+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE
    )
    if match is None:
        raise Problem(f"{CONSTRAINTS} has no line for {name}.", "Restore it with `git checkout packaging`.")
    return match[1]


def _install_torch(wish: str, scratch: Path, lock: int) -> None:
    """Install torch and torchvision as a pair that fits together, before anything that depends on them."""
    have = {name: _installed(name) for name in _PAIR}
    if wish == "skip":
        if None in have.values():
            raise Problem(
                "HGPT_TORCH=skip, and .venv has no torch and torchvision.",
                f"Install the build that you want with `{BIN / 'pip'} install torch torchvision`.",
            )
        _say(2, f"Leaving torch {have['torch']} as it is.")
        return
    if _is_wanted(have, wish):
        _say(2, f"torch {have['torch']} is there.")
        return
    pair = [f"{name}=={_locked(name)}" for name in _PAIR]
    again = ["--force-reinstall"] if have["torch"] else []
    if wish != "cuda" and sys.platform.startswith("linux") and (wish == "cpu" or not has_nvidia_gpu()):
        if _installed_without_cuda([*pair, *again], wish, scratch, lock):
            return
        print("    Taking the usual build of PyTorch, which works here too.")
    _say(2, "Installing PyTorch with its CUDA libraries; up to 3 GB to download, 5 to 20 minutes.")
    require_disk(_DISK_GB["cuda"], "PyTorch with its CUDA libraries")
    pip_step.install(PYTHON, [*pair, "--constraint", str(CONSTRAINTS), *again], LOG, scratch, lock)


def _is_wanted(have: dict[str, str | None], wish: str) -> bool:
    """Whether the locked pair is installed, in the build that was asked for."""
    if any((have[name] or "").partition("+")[0] != _locked(name) for name in _PAIR):
        return False
    without_cuda = (have["torch"] or "").endswith("+cpu") or not sys.platform.startswith("linux")
    return wish == "" or without_cuda == (wish == "cpu")


def _installed_without_cuda(pair: list[str], wish: str, scratch: Path, lock: int) -> bool:
    """Install from PyTorch's own index; False where it cannot be had and nobody insists on it."""
    print("    Asking PyTorch's own index for builds without CUDA.", flush=True)
    if not _cpu_index_answers():
        if wish == "cpu":
            raise Problem(
                f"HGPT_TORCH=cpu, and {_CPU_INDEX} does not answer.",
                "Check the connection, or leave HGPT_TORCH out to take the usual build.",
            )
        print("    It does not answer.")
        return False
    _say(2, "Installing PyTorch without CUDA; about 200 MB to download, some minutes.")
    require_disk(_DISK_GB["cpu"], "PyTorch without CUDA")
    try:
        # What it depends on comes with the other packages, from the usual index.
        pip_step.install(PYTHON, [*pair, "--no-deps", "--index-url", _CPU_INDEX], LOG, scratch, lock)
    except Problem as problem:
        if wish == "cpu":
            raise
        print(f"    That did not work. {problem.hint}")
        return False
    return True


def _cpu_index_answers() -> bool:
    try:
        answer = urllib.request.urlopen(f"{_CPU_INDEX}/torch/", timeout=_CPU_INDEX_TIMEOUT_S)
    except (OSError, ValueError):
        return False
    with answer:
        return bool(answer.status == 200)


def _constraints(wish: str, scratch: Path) -> Path:
    """The lock; without the lines for torch where the user brings a build of their own."""
    if wish != "skip":
        return CONSTRAINTS
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    own = scratch / "constraints.txt"
    own.write_text(
        "\n".join(line for line in lines if line.partition("==")[0] not in _PAIR), encoding="utf-8"
    )
    return own


def write_lock() -> None:
    """Write packaging/constraints.txt anew from what .venv holds."""
    header = [line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    frozen = subprocess.run(
        [PYTHON, "-m", "pip", "freeze", "--exclude-editable"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    not_locked = re.compile(r"(nvidia|cuda|triton|pip=|setuptools=|-e )", re.IGNORECASE)
    kept = [re.sub(r"^(\S+==[^+]+)\+\S+$", r"\1", line) for line in frozen if not not_locked.match(line)]
    CONSTRAINTS.write_text("\n".join([*header, *kept]) + "\n", encoding="utf-8")
    print(f"{len(kept)} versions are in {CONSTRAINTS.relative_to(ROOT)}.")
