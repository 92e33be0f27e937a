"""Cold start of the command line and of the window, each in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from statistics import median
from typing import Any

from hgpt_desktop.core.errors import EnvironmentFault

RUNS = 5

_IMPORT = "import time; t = time.perf_counter(); import hgpt_desktop.cli; print(time.perf_counter() - t)"

# Opens the real window, notes when it is first painted and when the engine is open, and closes it.
_WINDOW = """
import json, sys, time
from hgpt_desktop import app
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.main_window import MainWindow

started, times = float(sys.argv[1]), {}
paint, make = MainWindow.paintEvent, Workbench.__init__

def end_when_both():
    if len(times) == 2:
        print(json.dumps(times), flush=True)
        from PySide6.QtWidgets import QApplication
        QApplication.instance().quit()

def painted(window, event):
    paint(window, event)
    if "visible" not in times:
        times["visible"] = time.time() - started
        end_when_both()

def made(workbench, *arguments):
    make(workbench, *arguments)
    def opened(_):
        times["usable"] = time.time() - started
        end_when_both()
    made.keep = opened
    workbench.opened.connect(opened)

MainWindow.paintEvent, Workbench.__init__ = painted, made
sys.exit(app.main([]))
"""


def run_startup_bench() -> dict[str, Any]:
    """`{cli_import_s, window_visible_s, window_usable_s}`, medians over five fresh processes each.

    The import is timed inside the process; the window from before the process was started. Without a
    display the window is drawn offscreen.

    Raises:
        EnvironmentFault: the window does not open.
    """
    environment = dict(os.environ)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    imports = [float(_output([sys.executable, "-c", _IMPORT], environment)) for _ in range(RUNS)]
    windows = [
        json.loads(_output([sys.executable, "-c", _WINDOW, str(time.time())], environment))
        for _ in range(RUNS)
    ]
    return {
        "cli_import_s": round(median(imports), 3),
        "window_visible_s": round(median(window["visible"] for window in windows), 3),
        "window_usable_s": round(median(window["usable"] for window in windows), 3),
    }


def _output(command: list[str], environment: dict[str, str]) -> str:
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    if ended.returncode != 0 or not ended.stdout.strip():
        raise EnvironmentFault(
            "The program does not start.", "`hgpt doctor` says what is missing.", ended.stderr.strip()
        )
    return ended.stdout.strip().splitlines()[-1]
