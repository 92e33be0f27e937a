"""One run of pip with a log, a line of progress, retries and a clear end. Standard library only."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from machine import Problem

_TRIES = 3
_PAUSE_S = (5, 20)
_TAIL_LINES = 15
_HEARTBEAT_S = 60  # between two lines where the output is not a terminal
_GRACE_S = 10

_NETWORK = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|NewConnectionError|NameResolution|Temporary failure in name"
    r"|IncompleteRead|IncompleteDownload|ProtocolError|Connection (?:reset|refused|broken)|timed out"
    r"|HTTP error 5\d\d"
)
_HINTS = (
    (r"No space left on device", "The disk is full: free some room and call the same command again."),
    (
        r"Failed building wheel for llama|CMAKE_CXX_COMPILER|Failed to build llama",
        "llama.cpp could not be compiled. On Debian or Ubuntu: sudo apt install build-essential",
    ),
    (
        r"No matching distribution|Could not find a version",
        "Either pip's package index cannot be reached, or a package has no release for "
        f"Python {sys.version_info[0]}.{sys.version_info[1]} here; Python 3.11 is known to work "
        "(`make PYTHON=python3.11 …` chooses it).",
    ),
)
_PHASES = (
    (r"Collecting (\S+)", "looking up {}"),
    (r"\s*Downloading (\S+?)-\d\S*(?: \((.+?)\))?", "downloading {} {}"),
    (r"\s*Using cached (\S+?)-\d", "found {} among the downloads kept"),
    (r"\s*Building wheel for (\S+).*started", "compiling {}; llama-cpp-python takes about five minutes"),
    (r"Installing collected packages: (.+)", "unpacking {}"),
    (r"Successfully (installed|uninstalled)", "{}"),
)


class Progress:
    """The one line that says what pip is at."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._start = self._last = time.monotonic()
        self._what = "starting"

    def line(self, text: str) -> None:
        """Take notice of a line of pip's output."""
        for pattern, phrase in _PHASES:
            if match := re.match(pattern, text):
                groups = [group or "" for group in match.groups()]
                if phrase.startswith("unpacking"):
                    groups = [f"{groups[0].count(',') + 1} packages"]
                self._what = phrase.format(*groups).strip()
                if not self._terminal and phrase.startswith(("compiling", "unpacking")):
                    self._print()
                break
        self.tick()

    def tick(self) -> None:
        """Show the line anew; off a terminal only once a minute."""
        if self._terminal:
            self._out.write(f"\r\033[K    {self._what[:90]} ({self._elapsed()})")
            self._out.flush()
        elif time.monotonic() - self._last >= _HEARTBEAT_S:
            self._print()

    def end(self) -> None:
        """Take the line away."""
        if self._terminal:
            self._out.write("\r\033[K")
            self._out.flush()

    def _print(self) -> None:
        self._last = time.monotonic()
        print(f"    {self._what} ({self._elapsed()})", file=self._out, flush=True)

    def _elapsed(self) -> str:
        seconds = int(time.monotonic() - self._start)
        return f"{seconds // 60} min {seconds % 60:02d} s" if seconds >= 60 else f"{seconds} s"


def install(python: Path, arguments: Sequence[str], log: Path, scratch: Path, keep_open: int | None) -> None:
    """`pip install` with the arguments; faults of the network are tried again.

    Args:
        log: pip's whole output is appended to it.
        scratch: an existing folder for downloads under way, instead of a /tmp that may be small.
        keep_open: the file descriptor of a lock; pip inherits it, so that the lock holds while pip runs.
    Raises:
        Problem: pip failed.
        KeyboardInterrupt: the user interrupted; pip has ended too.
    """
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
               "--progress-bar", "off", *arguments]  # fmt: skip
    for attempt in range(1, _TRIES + 1):
        start = log.stat().st_size if log.exists() else 0
        if _run(command, log, scratch, keep_open) == 0:
            return
        output = log.read_bytes()[start:].decode("utf-8", "replace")
        if not _NETWORK.search(output) or attempt == _TRIES:
            raise _failure(output, log)
        pause_s = _PAUSE_S[attempt - 1]
        print(
            f"    The network failed; trying again in {pause_s} s (attempt {attempt + 1} of {_TRIES}).",
            flush=True,
        )
        time.sleep(pause_s)


def _run(command: Sequence[str], log: Path, scratch: Path, keep_open: int | None) -> int:
    environment = {"TMPDIR": str(scratch), **os.environ, "PYTHONUNBUFFERED": "1"}
    progress = Progress(sys.stdout)
    with log.open("ab") as sink:
        sink.write(f"\n$ {' '.join(command)}\n".encode())
        sink.flush()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            pass_fds=() if keep_open is None else (keep_open,),
        )
        try:
            assert process.stdout is not None
            _follow(process.stdout.fileno(), sink.fileno(), progress)
            return process.wait()
        except BaseException:
            _end(process)
            raise
        finally:
            progress.end()
            if process.stdout is not None:
                process.stdout.close()


def _follow(source: int, sink: int, progress: Progress) -> None:
    """Copy pip's output to the log and to the progress line until it ends."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while True:
            if not selector.select(timeout=1.0):
                progress.tick()
                continue
            chunk = os.read(source, 65536)
            if not chunk:
                return
            os.write(sink, chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                progress.line(line.decode("utf-8", "replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End pip and all that it started."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(_GRACE_S)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _failure(output: str, log: Path) -> Problem:
    lines = [line for line in output.splitlines() if line.strip()]
    tail = "\n".join(f"    | {line[:200]}" for line in lines[-_TAIL_LINES:])
    if _NETWORK.search(output):
        advice = (
            "The package index could not be reached. Check the connection and pip's proxy or mirror "
            "settings, then call the same command again: what has arrived is kept. "
        )
    else:
        advice = next((f"{known} " for pattern, known in _HINTS if re.search(pattern, output)), "")
    return Problem(
        f"pip could not install the packages. Its last lines:\n{tail}",
        f"{advice}The whole output is in {log}.",
    )
