"""One run of pip: what is shown, what is tried again, and how it ends. A small script plays pip."""

from __future__ import annotations

import io
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import machine
import pip_step
import psutil
import pytest


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pip_player:
    monkeypatch.setattr(pip_step, "_PAUSE_S", (0, 0))
    return pip_player(tmp_path)


class pip_player:  # noqa: N801 - a fixture's value
    """Runs `pip_step.install` with a shell script in the place of Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "pip.log"
        self.calls = folder / "calls"

    def __call__(self, script: str) -> None:
        python = self.folder / "python"
        python.write_text(f"#!/bin/sh\necho x >> {self.calls}\n{script}\n")
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        pip_step.install(python, ["thing"], self.log, self.folder, None)

    @property
    def count(self) -> int:
        return len(self.calls.read_text().splitlines())


def test_output_goes_to_the_log_and_the_phases_to_the_screen(
    play: pip_player, capsys: pytest.CaptureFixture[str]
) -> None:
    play("echo Collecting thing; echo 'Installing collected packages: a, b, thing'")
    assert "Collecting thing" in play.log.read_text()
    assert "pip install" in play.log.read_text()
    assert "unpacking 3 packages" in capsys.readouterr().out


def test_network_faults_are_tried_again(play: pip_player) -> None:
    play(f"[ $(wc -l < {play.calls}) -ge 3 ] || {{ echo 'ReadTimeoutError: timed out'; exit 1; }}")
    assert play.count == 3


def test_a_lasting_network_fault_ends_with_advice(play: pip_player) -> None:
    with pytest.raises(machine.Problem) as problem:
        play("echo 'Connection refused'; exit 1")
    assert play.count == 3
    assert "Check the connection" in problem.value.hint
    assert "| Connection refused" in problem.value.message


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("ERROR: Failed building wheel for llama-cpp-python", "sudo apt install build-essential"),
        ("OSError: [Errno 28] No space left on device", "free some room"),
        ("ERROR: No matching distribution found for thing", "make PYTHON="),
        ("something new", "The whole output is in"),
    ],
)
def test_other_failures_are_not_tried_again_and_say_what_to_do(
    play: pip_player, output: str, advice: str
) -> None:
    with pytest.raises(machine.Problem) as problem:
        play(f"echo '{output}'; exit 1")
    assert play.count == 1
    assert output in problem.value.message
    assert advice in problem.value.hint


def test_an_interruption_ends_pip_and_all_that_it_started(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nsleep 60 &\necho child $!\nwait\n")
    python.chmod(0o755)
    log = tmp_path / "log"
    os.mkfifo(log)
    code = (
        # A test run in the background ignores the interrupt, and its children do too.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; import pip_step\n"
        "folder = Path(sys.argv[2])\n"
        "try: pip_step.install(folder / 'python', [], folder / 'log', folder, None)\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    folder = Path(pip_step.__file__).parent
    with (
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder), str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as running,
        log.open() as lines,
    ):
        # What is in the log was read from the script: the step is under way.
        child = psutil.Process(next(int(line.split()[1]) for line in lines if line.startswith("child")))
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=30)
    assert output.splitlines()[-1] == "interrupted"
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_progress_off_a_terminal_is_one_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    out = io.StringIO()
    progress = pip_step.Progress(out)
    progress.line("  Downloading torch-2.14.1-cp311.whl (800 MB)")
    assert not out.getvalue()
    now = 61.0
    progress.tick()
    progress.tick()
    assert out.getvalue() == "    downloading torch 800 MB (1 min 01 s)\n"
