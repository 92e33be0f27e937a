"""What is on disk when the whole program is killed in the middle of a request."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from dying_program import PLAN
from runtime_fakes import FakeRecorder

from hgpt_desktop.core.errors import DiskFull, HgptError
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import TaskStatus
from hgpt_desktop.history.store import HistoryStore, StoredRun
from hgpt_desktop.runtime.recording import GuardedRecorder

PROGRAM = Path(__file__).with_name("dying_program.py")


def killed_at(line: str, folder: Path, until: str) -> StoredRun:
    """The run as the next start finds it, after a program was killed as soon as it had printed the line."""
    place = folder / "history.db"
    folder.mkdir(exist_ok=True)
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(place), str(folder / "runs"), until],
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout is not None
        printed = iter(program.stdout.readline, "")
        assert any(one.strip() == line for one in printed), "the program ended without saying so"
        program.send_signal(signal.SIGKILL)
    assert program.returncode == -signal.SIGKILL
    store = HistoryStore(place, folder / "runs")
    (summary,) = store.conversations()
    (run,) = store.conversation(summary.id).runs
    assert store.conversation(summary.id).messages[0].text == "Read the sign"
    store.close()
    return run


def test_a_program_killed_in_mid_answer_leaves_what_had_arrived(tmp_path: Path) -> None:
    run = killed_at("answer The library is closed", tmp_path, "answer")
    assert run.answer == "The library is closed "
    assert (run.exit_code, run.ended_at) == (None, None)
    assert run.plan == PLAN
    assert [one.status for one in run.results] == [TaskStatus.DONE] * 3


def test_a_program_killed_in_mid_plan_leaves_the_plan_and_what_was_made(tmp_path: Path) -> None:
    run = killed_at("result 1", tmp_path, "plan")
    assert (run.plan, run.answer, run.exit_code) == (PLAN, "", None)
    assert [one.task.id for one in run.results] == [0, 1]
    (read,) = run.results[0].outputs
    assert read.path.read_text(encoding="utf-8") == "read(image=sign.png)"
    assert run.results[1].outputs[0].text == "shorten(text=read(image=sign.png))"
    assert [file.name for file in run.files] == ["sign.png"]


# ---------------------------------------------------------------- while it is written


class CountingStore(HistoryStore):
    """Counts how often it is asked to keep an answer that grows."""

    beginnings = 0

    def record_beginning(self, run_id: str, beginning: str) -> None:
        super().record_beginning(run_id, beginning)
        self.beginnings += 1


def test_a_long_answer_is_kept_in_few_steps_and_its_end_stands(tmp_path: Path) -> None:
    store = CountingStore(tmp_path / "history.db")
    recorder = GuardedRecorder(store, "r1")
    recorder.request(Request("Tell me"))
    with recorder.while_written() as keep:
        for number in range(20_000):
            keep("word " * min(number, 50))
    recorder.answer("word word", 0, 1.0)
    (run,) = store.conversation(store.conversations()[0].id).runs
    assert (run.answer, run.exit_code, recorder.fault) == ("word word", 0, None)
    assert 1 <= store.beginnings < 100, "not once for every word"
    store.close()


def test_what_cannot_be_kept_for_a_while_is_no_fault_where_its_end_can() -> None:
    full: dict[str, HgptError] = {"beginning": DiskFull("The disk is full.", "Free some room.")}
    fake = FakeRecorder(full)
    recorder = GuardedRecorder(fake, "r1")
    recorder.request(Request("Tell me"))
    with recorder.while_written() as keep:
        keep("So it")
    recorder.answer("So it was.", 0, 1.0)
    assert recorder.fault is None
    assert fake.answers == [("So it was.", 0)]


def test_without_its_request_nothing_of_an_answer_is_kept() -> None:
    fake = FakeRecorder({"request": HgptError("No.", "")})
    recorder = GuardedRecorder(fake, "r1")
    recorder.request(Request("Tell me"))
    with recorder.while_written() as keep:
        keep("So it")
    recorder.answer("So it was.", 0, 1.0)
    assert fake.log == []


@pytest.mark.parametrize("words", [(), ("one",)])
def test_nobody_waits_for_the_next_turn_at_the_end(words: tuple[str, ...]) -> None:
    recorder = GuardedRecorder(FakeRecorder(), "r1")
    recorder.request(Request("Tell me"))
    with recorder.while_written() as keep:
        for word in words:
            keep(word)
    assert recorder.fault is None
