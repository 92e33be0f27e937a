"""Writes runs down as they happen; what finds no room is held back until there is some."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import DiskFull, EnvironmentFault, HgptError, InvalidInput
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history import branches, tables
from hgpt_desktop.history.codec import dumps, plan_to_json, result_to_json
from hgpt_desktop.history.database import HistoryDatabase

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

Write = Callable[["Database"], None]


class Recording:
    """`RunRecorder` on the history's tables; `HistoryStore` says what each method does.

    Threads: any.
    """

    def __init__(self, database: HistoryDatabase) -> None:
        self._database = database
        self._held_back: list[Write] = []
        self._begun: dict[str, int | None] = {}  # by run, the row in which its answer's beginning is found
        self._turn = threading.Lock()  # what is held back is written once, and in order

    def request(self, run_id: str, request: Request) -> None:
        now = tables.now()

        def write(db: Database) -> None:
            if request.conversation_id is None:
                conversation_id = tables.insert_conversation(db, tables.title_from(request.text))
            else:
                conversation_id = request.conversation_id
                title = tables.conversation_row(db, conversation_id)["title"]
                if not title:
                    tables.set_title(db, conversation_id, tables.title_from(request.text))
            parent_id = branches.head_of(db, conversation_id)
            db.execute(
                "INSERT INTO runs (id, conversation_id, request, seed, started_at, parent_id) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (run_id, conversation_id, request.text, request.seed, now, parent_id),
            )
            branches.set_head(db, conversation_id, run_id)
            tables.touch(db, conversation_id, now)
            tables.index(db, conversation_id, "request", request.text)
            for file in request.files:
                tables.insert_artefact(db, conversation_id, run_id, None, file)

        self._write(write)

    def plan(self, run_id: str, plan: Plan) -> None:
        kept = dumps(plan_to_json(plan))

        def write(db: Database) -> None:
            db.execute("UPDATE runs SET plan = ? WHERE id = ?", (kept, run_id))

        self._write(write)

    def result(self, run_id: str, result: TaskResult) -> None:
        kept = dumps(result_to_json(result))

        def write(db: Database) -> None:
            conversation_id = tables.conversation_of(db, run_id)
            db.execute(
                "INSERT OR REPLACE INTO results (run_id, task_id, result) VALUES (?, ?, ?)",
                (run_id, result.task.id, kept),
            )
            db.execute("DELETE FROM artefacts WHERE run_id = ? AND task_id = ?", (run_id, result.task.id))
            if result.model_id:
                tables.index(db, conversation_id, "model", result.model_id)
            for output in result.outputs:
                tables.insert_artefact(db, conversation_id, run_id, result.task.id, output)

        self._write(write)

    def beginning(self, run_id: str, beginning: str) -> None:
        """Not held back: more of it follows."""
        with self._turn:
            with self._database.writing() as db:
                db.execute(
                    "UPDATE runs SET answer = ? WHERE id = ? AND ended_at IS NULL", (beginning, run_id)
                )
                conversation_id = tables.conversation_of(db, run_id)
                row = tables.index(db, conversation_id, "answer", beginning, self._begun.get(run_id))
            self._begun[run_id] = row

    def answer(self, run_id: str, answer: str, exit_code: int, seconds: float) -> None:
        now = tables.now()
        begun = self._begun.pop(run_id, None)

        def write(db: Database) -> None:
            conversation_id = tables.conversation_of(db, run_id)
            db.execute(
                "UPDATE runs SET answer = ?, exit_code = ?, seconds = ?, ended_at = ? WHERE id = ?",
                (answer, int(exit_code), seconds, now, run_id),
            )
            tables.touch(db, conversation_id, now)
            tables.index(db, conversation_id, "answer", answer, begun)

        self._write(write)

    def catch_up(self) -> None:
        """Write what was held back, if there is room by now."""
        with self._turn:
            if not self._held_back:
                return
            try:
                with self._database.writing() as db:
                    self._write_held_back(db)
                self._held_back.clear()
            except HgptError as error:
                log.warning("The history could not catch up: %s (%s)", error, error.detail)

    def _write(self, write: Write) -> None:
        with self._turn:
            try:
                with self._database.writing() as db:
                    self._write_held_back(db)
                    write(db)
            except DiskFull:
                self._held_back.append(write)
                raise
            self._held_back.clear()

    def _write_held_back(self, db: Database) -> None:
        for write in self._held_back:
            with suppress(EnvironmentFault, InvalidInput):  # its conversation was deleted meanwhile
                write(db)
