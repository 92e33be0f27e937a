"""What this machine has: compiler, disk, GPU, shared libraries. Standard library only."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_COMPILERS = ("c++", "g++", "clang++")
_LIBRARIES = ROOT / "resources" / "system_libraries.json"


class Problem(Exception):
    """Something that the user has to do: one sentence, and how."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint


def apt(packages: list[str]) -> str:
    """The command that installs Debian packages."""
    return f"On Debian or Ubuntu: sudo apt install {' '.join(packages)}"


def has_compiler() -> bool:
    """Whether a C++ compiler is at hand; CXX may name it."""
    named = os.environ.get("CXX", "").split()
    return any(shutil.which(name) for name in (*named[:1], *_COMPILERS))


def has_venv() -> bool:
    """Whether this Python can make virtual environments; Debian packages a part of it separately."""
    return find_spec("venv") is not None and find_spec("ensurepip") is not None


def has_nvidia_gpu() -> bool:
    """Whether a driver for an NVIDIA GPU is loaded."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def has_display() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def library_groups() -> tuple[str, ...]:
    """The groups of libraries that a window needs on the display at hand."""
    platform = os.environ.get("QT_QPA_PLATFORM") or (
        "wayland" if os.environ.get("WAYLAND_DISPLAY") else "xcb"
    )
    extra = tuple(name for name in ("xcb", "wayland") if platform.startswith(name))
    return ("window", *extra)


def missing_libraries(*groups: str) -> dict[str, str]:
    """Shared libraries of Qt that cannot be loaded here, with the Debian package of each.

    Args:
        groups: `window`, `xcb`, `wayland`, `sound`, as in resources/system_libraries.json.
    """
    if not sys.platform.startswith("linux"):
        return {}
    known = json.loads(_LIBRARIES.read_text(encoding="utf-8"))
    missing = {}
    for group in groups:
        for library, package in known[group].items():
            try:
                ctypes.CDLL(library)
            except OSError:
                missing[library] = package
    return missing


def missing_packages() -> list[str]:
    """Debian packages for all that building, testing and showing the window need and that is not here."""
    packages = [] if has_compiler() else ["build-essential"]
    if not has_venv():
        packages.append("python3-venv")
    return packages + sorted(set(missing_libraries("window", "xcb", "sound").values()))


def require_libraries(*groups: str) -> None:
    """Raises Problem naming the packages where Qt could not start."""
    missing = missing_libraries(*groups)
    if missing:
        raise Problem(
            f"The window needs system libraries that are not here: {', '.join(missing)}.",
            apt(sorted(set(missing.values()))),
        )


def require_disk(needed_gb: float, purpose: str) -> None:
    """Raises Problem where the checkout's disk has less than so many gigabytes free."""
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if free_gb < needed_gb:
        raise Problem(
            f"{purpose} needs about {needed_gb:g} GB of disk; {free_gb:.1f} GB are free at {ROOT}.",
            "Free some room, or clone the project to a larger disk.",
        )
