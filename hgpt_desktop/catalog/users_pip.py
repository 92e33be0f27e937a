"""The user's own pip, in processes of its own: where a wheel is, or the wheel itself.

pip is asked because it knows the user's mirrors, proxies, certificates and credentials. What it answers of
these stays in memory: it is not logged, and not part of any message.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hgpt_desktop.catalog.downloading import Address, without_secrets
from hgpt_desktop.catalog.sources import Wheel
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, DownloadFailed, EnvironmentFault

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
_END_WITH_PARENT = """
import os, sys, threading

def end_with_parent():
    os.read(0, 1)
    os._exit(1)

threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv[0] = "pip"
"""
"""A pip that begins so ends when the program does, however that ended: its standard input ends then too."""
_RUN = """
import runpy
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
# WORKAROUND: pip's own ways to say where a file is (`install --dry-run --report`, `lock`) fetch all of it
# before pip 25.3, and later too where the index has no metadata beside it, and leave out the credentials:
# https://github.com/pypa/pip/issues/12603. So pip's parts are put together as its `download` command does it.
# Where a version of pip has other parts, `pip download` itself is what remains.
_LOCATE = """
import json
from pip._internal.commands import create_command
from pip._vendor.packaging.specifiers import SpecifierSet
from pip._vendor.requests import Request

answer, sys.stdout = sys.stdout, sys.stderr
command = create_command("download")
options, pinned = command.parse_args(sys.argv[1:])
session = command._build_session(options)
finder = command._build_package_finder(options=options, session=session)
found, missing = {}, None
for one in pinned:
    package, version = one.split("==")
    best = finder.find_best_candidate(package, SpecifierSet("==" + version)).best_candidate
    if best is None:
        missing = one
        break
    if best.link.scheme not in ("http", "https"):
        continue
    request = session.prepare_request(Request("GET", best.link.url_without_fragment))
    found[one] = {
        "url": request.url,
        "authorization": request.headers.get("Authorization"),
        "sha256": best.link.hash if best.link.hash_name == "sha256" else None,
    }
json.dump(
    {
        "found": found,
        "missing": missing,
        "proxies": session.proxies,
        "certificates": session.verify,
        "client_certificate": session.cert,
        "environment": session.trust_env,
    },
    answer,
)
answer.flush()
"""


@dataclass(frozen=True, slots=True)
class LocatedWheel:
    """Where a wheel can be fetched; the SHA-256 is the index's word, if it gives one."""

    address: Address
    sha256: str | None


def locate(wheels: Sequence[Wheel], stop: CancelToken) -> dict[Wheel, LocatedWheel]:
    """Where these wheels are, as far as they are to be had by HTTP. Fetches pages of the index, no file.

    Nothing is located where this pip does not say it; the log tells why. Wheels on this machine's disk are
    left out too: pip copies them.

    Raises:
        DownloadFailed: pip's index does not have one of them, or cannot be reached.
        Cancelled.
    """
    arguments = ["--no-deps", *_QUIETLY, *map(str, wheels)]
    with tempfile.TemporaryFile() as errors:
        with _running(_LOCATE, arguments, stop, stdout=subprocess.PIPE, stderr=errors) as process:
            assert process.stdout is not None
            answer = process.stdout.read()
        stop.raise_if_cancelled()
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    by_name = {str(wheel): wheel for wheel in wheels}
    try:
        told = json.loads(answer)
        missing = told["missing"]
        located = {by_name[name]: _located(name, entry, told) for name, entry in told["found"].items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        _log.warning(
            "pip does not say where its wheels are (%s); it fetches them itself, each from its beginning.",
            _last_line(said) or f"it ended with {process.returncode}",
        )
        return {}
    if missing is not None:
        raise _failure(by_name[missing], f"{said}\nERROR: No matching distribution found for {missing}")
    return located


def download(wheel: Wheel, place: Path, count: Callable[[int], None], stop: CancelToken) -> Path:
    """Let pip fetch a wheel, from its beginning.

    pip says nothing about its progress that a program can read, so its growing files are looked at.

    Args:
        place: an empty folder for whatever pip writes.
        count: is told how many bytes are there by now.

    Raises:
        DownloadFailed: in pip's words.
        Cancelled, DiskFull, EnvironmentFault.
    """
    arguments = ["download", "--no-deps", *_QUIETLY, "--quiet", "--progress-bar=off"]
    arguments += ["--dest", str(place / "wheel"), str(wheel)]
    environment = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(place))
    log = place / "pip.log"
    with (
        log.open("wb") as output,
        _running(
            _RUN, arguments, stop, stdout=output, stderr=subprocess.STDOUT, environment=environment
        ) as process,
    ):
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_EVERY_S)
                break
            count(_bytes_below(place))
    stop.raise_if_cancelled()
    if process.returncode:
        raise _failure(wheel, log.read_text(encoding="utf-8", errors="replace"))
    found = list((place / "wheel").glob("*.whl"))
    if len(found) != 1:
        raise DownloadFailed(
            f"The package {wheel} was not fetched as a wheel.",
            "Check pip's configuration with `pip config list`.",
            f"{len(found)} wheels",
        )
    return found[0]


_QUIETLY = ("--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--no-input")


@contextmanager
def _running(
    program: str,
    arguments: Sequence[str],
    stop: CancelToken,
    *,
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
    environment: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with pip in it; it has ended when the block is left, at once where that was cancelled."""
    # -P: a folder called pip where the user happens to be is not taken for pip.
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _END_WITH_PARENT + program, *arguments],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        with process, stop.on_cancel(process.kill):
            yield process
            process.wait()  # before its standard input is closed, which would end it
    except BaseException:
        process.kill()
        raise


def _located(name: str, entry: dict[str, Any], told: dict[str, Any]) -> LocatedWheel:
    """As pip answered it."""
    client = told["client_certificate"]
    return LocatedWheel(
        Address(
            url=entry["url"],
            name=f"The package {name}",
            authorization=entry["authorization"],
            proxies=told["proxies"],
            certificates=told["certificates"],
            client_certificate=tuple(client) if isinstance(client, list) else client,
            environment=told["environment"],
        ),
        entry["sha256"],
    )


def _failure(wheel: Wheel, said: str) -> EnvironmentFault:
    lines = [line.strip() for line in said.splitlines()]
    detail = next((line for line in reversed(lines) if line.startswith("ERROR:")), _last_line(said))
    detail = without_secrets(detail)
    if "No space left on device" in said:
        return DiskFull(
            "The disk is full.",
            "Free some space and try again; what has arrived is kept.",
            detail,
        )
    if "No module named pip" in said:
        return EnvironmentFault(
            "pip, which fetches this model, is not installed beside the program.",
            f"Install it with `{sys.executable} -m ensurepip`.",
            detail,
        )
    if "No matching distribution" in said:
        hint = (
            "Without a network this is normal: what has arrived is kept, so try again later, "
            "or import the models from another disk. "
            "Otherwise pip's package index does not have it; `pip config list` shows which one is asked."
        )
    else:
        hint = (
            "What has arrived is kept: try again when the network is back. "
            "pip's own settings (`pip config list`) say which mirror and proxy are used."
        )
    return DownloadFailed(f"The package {wheel} could not be fetched.", hint, detail)


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return without_secrets(lines[-1]) if lines else ""


def _bytes_below(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # passes over folders that vanish meanwhile
        for name in names:
            with suppress(OSError):  # pip moves its files while they are counted
                total += os.lstat(os.path.join(place, name)).st_size
    return total
