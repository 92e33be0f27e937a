"""An answer on the command line while it is written."""

from __future__ import annotations

import json

import pytest

from hgpt_desktop.cli.requests import _JsonLines, _Settled, _Terminal
from hgpt_desktop.core.events import (
    Event,
    RequestFinished,
    ResponseChunk,
    ResponseWithdrawn,
    Stage,
    StageStarted,
    TaskFinished,
)
from hgpt_desktop.core.plan import Task
from hgpt_desktop.core.results import TaskResult, TaskStatus

TOLD = [ResponseChunk("The sea "), ResponseChunk("is wide.")]
ENDED = TaskFinished(TaskResult(Task(0, "conversational", {}), TaskStatus.DONE, run_s=2.0))
RESPONDING = StageStarted(Stage.RESPONSE)
FINISHED = RequestFinished("The sea is wide.", (), 2.0, 0)


def test_the_words_are_printed_once_and_other_lines_after_them(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = _Terminal()
    for event in TOLD:
        terminal.show(event)
    terminal.show(ENDED)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("The sea is wide.", "")
    terminal.show(RESPONDING)
    terminal.show(FINISHED)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("\n", "  0  done in 2.0 s\n")


@pytest.mark.parametrize(
    ("told", "pieces"),
    [
        ([*TOLD, ENDED, RESPONDING], ["The sea is wide."]),
        ([ResponseChunk("Water"), ResponseWithdrawn(), *TOLD, ENDED, RESPONDING], ["The sea is wide."]),
        ([*TOLD, ENDED, RESPONDING, ResponseChunk("A note.")], ["The sea is wide.", "A note."]),
        ([TOLD[0], RESPONDING, ResponseWithdrawn(), TOLD[1]], ["is wide."]),
        ([ENDED, RESPONDING, *TOLD], ["The sea ", "is wide."]),
        (TOLD, ["The sea is wide."]),
    ],
    ids=["told", "written anew", "with a note", "failed", "by response generation", "stopped"],
)
def test_scripts_get_only_what_stands(
    told: list[Event], pieces: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settled = _Settled(_JsonLines().show)
    for event in [*told, FINISHED]:
        settled.show(event)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = [line["event"] for line in lines]
    assert [line["text"] for line in lines if line["event"] == "response_chunk"] == pieces
    assert set(names) <= {"task_finished", "response_chunk", "request_finished"}
    assert names[-1] == "request_finished"
    assert names == sorted(names, key=["task_finished", "response_chunk", "request_finished"].index)
