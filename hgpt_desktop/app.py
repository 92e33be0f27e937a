"""Opens the window. What the machine lacks for it is said in a sentence, instead of Qt's abort."""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import logging
import logging.handlers
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import EnvironmentFault, ExitCode, HgptError
from hgpt_desktop.settings import Folders, Settings, shipped

if TYPE_CHECKING:
    from hgpt_desktop.bridge.workbench import Workbench
    from hgpt_desktop.ui.shell import Shell

log = logging.getLogger(__name__)

_IN_THE_TERMINAL = 'hgpt run "Read the text in this picture" --file resources/samples/notice.png'


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed; the exit code."""
    arguments = _parse(argv)
    folders = Folders.of_user()
    try:
        _check_display()
        _check_libraries()
        _check_connection()
    except HgptError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return int(error.exit_code)
    _start_log(folders.logs)
    try:
        return _run(arguments.files, folders)
    except ImportError as error:  # a library that the lists above do not know
        print(
            f"The window cannot be opened, because a library is missing: {error}.\n"
            "Install what it belongs to; `hgpt run` and the other commands work without it.",
            file=sys.stderr,
        )
        return int(ExitCode.ENVIRONMENT)


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="hgpt-desktop",
        description="Opens the window of HGPT Desktop; files are attached to the first request.",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="attach this file")
    return parser.parse_args(argv)


def _platform() -> str:
    """The Qt platform that will be used, as far as the environment says."""
    if chosen := os.environ.get("QT_QPA_PLATFORM"):
        return chosen.partition(";")[0].partition(":")[0]
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else ""


def _check_display() -> None:
    """Raises: EnvironmentFault where there is nothing to open a window on."""
    if sys.platform == "linux" and not _platform():
        raise EnvironmentFault(
            "There is no display to open a window on.",
            f"Work in the terminal instead: {_IN_THE_TERMINAL}",
        )


def missing_libraries(platform: str) -> dict[str, str]:
    """Libraries that Qt needs on this platform and that cannot be loaded, with their Debian packages."""
    groups = json.loads((shipped("resources") / "system_libraries.json").read_text(encoding="utf-8"))
    needed: dict[str, str] = groups["window"] | groups.get(platform.partition("-")[0], {})
    missing = {}
    for library, package in needed.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing[library] = package
    return missing


def _check_libraries() -> None:
    """Raises: EnvironmentFault that names the packages to install, where Qt would abort or fail to import."""
    if sys.platform != "linux":
        return
    if missing := missing_libraries(_platform()):
        raise EnvironmentFault(
            f"The window cannot be opened, because this machine lacks {', '.join(missing)}.",
            f"On Debian or Ubuntu: sudo apt-get install {' '.join(sorted(set(missing.values())))}",
        )


def _check_connection() -> None:
    """Raises: EnvironmentFault where the X server that is named does not answer; Qt would abort."""
    if sys.platform != "linux" or _platform() != "xcb":
        return
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        raise EnvironmentFault(
            f"The display {os.environ.get('DISPLAY', '')} cannot be reached.",
            f"Set DISPLAY to one that you may use, or work in the terminal: {_IN_THE_TERMINAL}",
        )


def _start_log(folder: Path) -> None:
    """Warnings and bugs go to a file that the user can send; it never grows beyond 2 MB."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            folder / "window.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8"
        )
    except OSError:  # a read-only home must not keep the window shut
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)


def _run(files: Sequence[Path], folders: Folders) -> int:
    from PySide6.QtWidgets import QApplication

    from hgpt_desktop.bridge.collector import Collector
    from hgpt_desktop.bridge.engine import OpenApplication
    from hgpt_desktop.bridge.single_instance import OnlyInstance, hand_over
    from hgpt_desktop.bridge.views import ProblemView
    from hgpt_desktop.bridge.workbench import Workbench
    from hgpt_desktop.ui.shell import Shell

    application = QApplication(sys.argv[:1])
    application.setApplicationName("hgpt-desktop")
    application.setApplicationDisplayName("HGPT Desktop")
    application.setDesktopFileName("hgpt-desktop")
    application.setStyle("Fusion")
    Collector(application)
    attached = [path.expanduser().absolute() for path in files]
    if hand_over(folders.data, attached):
        return int(ExitCode.DONE)
    problem: ProblemView | None = None
    try:
        settings = Settings.load(folders.config / "settings.json")
    except HgptError as error:  # the window opens with the defaults and says so
        settings, problem = Settings(), ProblemView.of(error)
    workbench = Workbench(OpenApplication(folders, settings))
    _catch_bugs(workbench, folders.logs / "window.log")
    shell = Shell(workbench, settings, folders.config / "window.ini", folders.pasted)
    shell.closed.connect(application.quit)
    only = OnlyInstance(folders.data, shell)
    only.files_arrived.connect(shell.take_files)
    stops = _Stops(shell)
    shell.window.composer.attach(attached)
    shell.window.show()
    if problem is not None:
        shell.window.show_problem(problem)
    workbench.opened.connect(lambda starter: log.info("The window is ready."))
    # What the start has made stays; looking through it again and again would hold the window up.
    workbench.opened.connect(lambda starter: gc.freeze())
    workbench.open()
    code = application.exec()
    only.close()
    stops.close()
    if not workbench.close():
        # A thread that hangs in a library would keep Qt waiting for ever; the hosts have been ended.
        log.error("Some work did not end in time; the process ends without it.")
        logging.shutdown()
        os._exit(code)
    return code


class _Stops:
    """Ctrl-C and a polite kill close the window as its own button does; no timer polls for them."""

    def __init__(self, shell: Shell) -> None:
        from PySide6.QtCore import QSocketNotifier, QTimer

        self._reading, self._writing = socket.socketpair()
        self._writing.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._wake)
        signal.set_wakeup_fd(self._writing.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            # Python may be in the middle of painting: the window closes once Qt is at rest.
            signal.signal(number, lambda _number, _frame: QTimer.singleShot(0, shell.close))

    def _wake(self) -> None:
        self._reading.recv(64)  # Python runs its signal handler on the way back into the interpreter

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._reading.close()
        self._writing.close()


def _catch_bugs(workbench: Workbench, log_path: Path) -> None:
    """What nobody caught goes to the log and is shown in the window; the program goes on."""
    from hgpt_desktop.bridge.views import ProblemView

    def report(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            os._exit(int(ExitCode.CANCELLED))
        log.critical("Nobody caught this.", exc_info=(kind, error or kind(), trace))
        workbench.problem_arrived.emit(
            ProblemView(
                "Something went wrong inside the program.",
                f"You can go on. The report is at the end of {log_path}.",
                f"{kind.__name__}: {error}",
            )
        )

    sys.excepthook = report
    threading.excepthook = lambda caught: report(caught.exc_type, caught.exc_value, caught.exc_traceback)
