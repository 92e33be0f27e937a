"""`hgpt doctor`: what this machine can do, what is missing, and the command that mends it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import psutil

from hgpt_desktop.cli.engine import opened
from hgpt_desktop.core.errors import ExitCode, HgptError
from hgpt_desktop.experts import registry
from hgpt_desktop.wiring import Application

_OTHER_FOLDER = "Let HGPT_HOME name a folder that you may write to."


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report. `mend` is a command or a sentence; empty where all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def doctor(arguments: argparse.Namespace) -> int:
    """Print the report; exit code 3 where something needs mending."""
    try:
        with opened(arguments) as (application, _):
            checks = [*_machine(application), *_libraries(), *_models(application)]
    except HgptError as error:
        checks = [Check("engine", False, error.message, error.hint)]
    ok = all(check.ok for check in checks)
    if arguments.json:
        print(json.dumps({"ok": ok, "checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            print(f"{'ok  ' if check.ok else 'MEND'} {check.name:32} {check.detail}")
            if check.mend:
                print(f"     {'':32} {check.mend}")
    return ExitCode.DONE if ok else ExitCode.ENVIRONMENT


def _machine(application: Application) -> list[Check]:
    folders = application.folders
    budget_bytes = application.capacity_bytes()
    network = (
        "downloads are allowed; nothing else ever connects"
        if application.settings.network
        else "downloads off"
    )
    return [
        Check(
            "python",
            sys.version_info >= (3, 11),
            f"{platform.python_version()} on {platform.system()} {platform.machine()}",
            "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer.",
        ),
        Check("processor", True, f"{psutil.cpu_count(logical=False)} cores, {psutil.cpu_count()} threads"),
        Check("memory", True, f"{psutil.virtual_memory().total / 2**30:.1f} GiB"),
        Check("device", True, f"{application.device}, {budget_bytes / 2**30:.1f} GiB for models"),
        _disk(folders.data),
        _history(application),
        *_own_catalogue(application),
        Check("network", True, network),
        _display(),
    ]


def _disk(folder: Path) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("disk", False, f"{folder} cannot be written: {error.strerror}", _OTHER_FOLDER)
    return Check(
        "disk",
        free_bytes > 2 * 10**9,
        f"{free_bytes / 1e9:.1f} GB free at {folder}",
        "" if free_bytes > 2 * 10**9 else "Free some room; the starter pack takes about 1.5 GB.",
    )


def _history(application: Application) -> Check:
    try:
        count = len(application.history.conversations())
    except HgptError as error:
        return Check("history", False, error.message, error.hint)
    return Check("history", True, f"{count} conversation{'' if count == 1 else 's'}")


def _own_catalogue(application: Application) -> list[Check]:
    """Only for those who have one."""
    path = application.folders.own_catalogue
    if not path.is_file():
        return []
    fault = application.catalogue.own_fault()
    if fault is not None:
        return [Check("own catalogue", False, fault.message, fault.hint)]
    return [Check("own catalogue", True, str(path))]


def _display() -> Check:
    on_linux = sys.platform.startswith("linux")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return Check("display", True, "none; `hgpt run` works without one")
    return Check("display", True, "there is one; `hgpt-desktop` opens the window")


def _libraries() -> list[Check]:
    checks = []
    for package in ("llama-cpp-python", "PySide6-Essentials", "PySide6-Addons"):
        try:
            checks.append(Check(package, True, metadata.version(package)))
        except metadata.PackageNotFoundError:
            checks.append(Check(package, False, "not installed", "pip install hgpt-desktop"))
    for family in registry.all_families():
        missing = registry.missing_packages(family.loader)
        checks.append(
            Check(
                f"expert {family.loader}",
                not missing,
                f"lacks {', '.join(missing)}" if missing else ", ".join(sorted(family.tasks)),
                "pip install 'hgpt-desktop[starter]'" if missing else "",
            )
        )
    return checks


def _models(application: Application) -> list[Check]:
    checks = []
    for card in application.catalogue.in_set("starter"):
        mend = "" if card.installed else f"hgpt models install {card.id}"
        checks.append(
            Check(f"model {card.id}", card.installed, "installed" if card.installed else "missing", mend)
        )
    for task in application.vocabulary:
        if application.catalogue.candidates(task.name):
            continue
        suggestion = application.catalogue.suggestion(task.name)
        mend = f"hgpt models install {suggestion.id}" if suggestion else ""
        checks.append(Check(f"task {task.name}", True, "no model installed", mend))
    return checks
