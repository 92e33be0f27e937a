"""A program that is killed: a real session and a real history with a scripted LLM and scripted experts.

Called with the history's file, the folder for runs, and where it stays: `answer` or `plan`. It prints a
line for whatever is on disk, and then waits to be killed.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from runtime_fakes import (
    MIB,
    PATIENCE_S,
    FakeBackend,
    FakeCatalogue,
    FakePlanner,
    FakeResponder,
    FakeSelector,
    card,
    resource,
    task,
    vocabulary,
    wait_for_cancel,
)

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.plan import FileRef, Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history.store import HistoryStore
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.runners import ThreadRunner
from hgpt_desktop.runtime.session import Session

LLM = card("llm", "shorten", loader="llama.cpp")
READER, SPEAKER = card("reader", "read"), card("speaker", "say")
PLAN = Plan((task(0, "read", image=FileRef("sign.png")), task(1, "shorten", 0), task(2, "say", 1)))


class TellingStore(HistoryStore):
    """Says what it has kept."""

    def record_result(self, run_id: str, result: TaskResult) -> None:
        super().record_result(run_id, result)
        print(f"result {result.task.id}", flush=True)

    def record_beginning(self, run_id: str, beginning: str) -> None:
        super().record_beginning(run_id, beginning)
        print(f"answer {beginning}", flush=True)


def stay() -> None:
    """Until somebody ends the process; the test that forgets it is a broken one."""
    assert threading.Event().wait(PATIENCE_S), "nobody killed the program"


def main(db_path: Path, runs_folder: Path, until: str) -> None:
    """Run one request, and never come to its end."""
    backend = FakeBackend()
    if until == "plan":
        backend.scripts["say"] = wait_for_cancel
    store = TellingStore(db_path, runs_folder)
    responder = FakeResponder(("The library ", "is closed ", "on Mondays."))
    if until == "answer":
        said = iter(responder.words)
        responder.on_first_word = lambda: stay() if next(said) == "is closed " else None
    session = Session(
        planner=FakePlanner(PLAN),
        selector=FakeSelector(),
        responder=responder,
        vocabulary=vocabulary(),
        catalogue=FakeCatalogue([LLM, READER, SPEAKER]),
        memory=MemoryManager(lambda card: backend, lambda device: 1000 * MIB, lambda card: "cpu"),
        backend_for=lambda card: backend,
        llm_card=lambda: LLM,
        runner=ThreadRunner(),
        recorder=store,
        runs_folder=runs_folder,
        timeout_s=10 * PATIENCE_S,
    )
    picture = resource(db_path.parent / "sign.png", Kind.IMAGE)
    session.run(Request("Read the sign", (picture,)), lambda event: None, CancelToken())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
