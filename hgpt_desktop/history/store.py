"""Conversations, their runs and what they made; everything is on disk as soon as it happens."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

from hgpt_desktop.core.errors import EnvironmentFault, ExitCode, InvalidInput
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request, Turn
from hgpt_desktop.core.resources import Resource, unique_name
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history import tables
from hgpt_desktop.history.codec import dumps, plan_to_json, result_to_json
from hgpt_desktop.history.database import HistoryDatabase
from hgpt_desktop.history.export import write_conversation
from hgpt_desktop.history.values import Conversation, ConversationSummary, StoredMessage, StoredRun

__all__ = ["Conversation", "ConversationSummary", "HistoryStore", "StoredMessage", "StoredRun"]


class HistoryStore:
    """The history in an SQLite file; it is a `RunRecorder`.

    Args:
        db_path: the file; it is made at first use.
        runs_folder: where the runs' own folders are; `runs` beside the file where left out.

    Threads: any; calls are served one after another. Several processes may use one file.

    Raises (every method): `DatabaseTooNew`; `DiskFull`; `EnvironmentFault` where the file cannot be used.
    """

    def __init__(self, db_path: Path, runs_folder: Path | None = None) -> None:
        self._database = HistoryDatabase(db_path)
        self._runs_folder = runs_folder or db_path.parent / "runs"

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._database.close()

    # ------------------------------------------------------------ recording

    def new_conversation(self, title: str = "") -> str:
        """Begin a conversation; returns its id. It is listed from its first request on.

        Without a title it gets one from its first request.
        """
        with self._database.writing() as db:
            return tables.insert_conversation(db, tables.title_from(title))

    def record_request(self, run_id: str, request: Request) -> None:
        """Keep a request before it runs; one without a conversation begins a new one.

        Raises:
            InvalidInput: its conversation does not exist.
        """
        with self._database.writing() as db:
            if request.conversation_id is None:
                conversation_id = tables.insert_conversation(db, tables.title_from(request.text))
            else:
                conversation_id = request.conversation_id
                title = tables.conversation_row(db, conversation_id)["title"]
                if not title:
                    tables.set_title(db, conversation_id, tables.title_from(request.text))
            now = tables.now()
            db.execute(
                "INSERT INTO runs (id, conversation_id, request, seed, started_at) VALUES (?, ?, ?, ?, ?)",
                (run_id, conversation_id, request.text, request.seed, now),
            )
            tables.touch(db, conversation_id, now)
            tables.index(db, conversation_id, "request", request.text)
            for file in request.files:
                tables.insert_artefact(db, conversation_id, run_id, None, file)

    def record_plan(self, run_id: str, plan: Plan) -> None:
        """Keep a run's plan."""
        with self._database.writing() as db:
            db.execute("UPDATE runs SET plan = ? WHERE id = ?", (dumps(plan_to_json(plan)), run_id))

    def record_result(self, run_id: str, result: TaskResult) -> None:
        """Keep a task's result; a later one of the same task takes its place."""
        with self._database.writing() as db:
            conversation_id = tables.conversation_of(db, run_id)
            db.execute(
                "INSERT OR REPLACE INTO results (run_id, task_id, result) VALUES (?, ?, ?)",
                (run_id, result.task.id, dumps(result_to_json(result))),
            )
            db.execute("DELETE FROM artefacts WHERE run_id = ? AND task_id = ?", (run_id, result.task.id))
            if result.model_id:
                tables.index(db, conversation_id, "model", result.model_id)
            for output in result.outputs:
                tables.insert_artefact(db, conversation_id, run_id, result.task.id, output)

    def record_answer(self, run_id: str, answer: str, exit_code: int, seconds: float) -> None:
        """Keep the end of a run."""
        with self._database.writing() as db:
            conversation_id, now = tables.conversation_of(db, run_id), tables.now()
            db.execute(
                "UPDATE runs SET answer = ?, exit_code = ?, seconds = ?, ended_at = ? WHERE id = ?",
                (answer, int(exit_code), seconds, now, run_id),
            )
            tables.touch(db, conversation_id, now)
            tables.index(db, conversation_id, "answer", answer)

    # ------------------------------------------------------------ looking up

    def conversations(self) -> tuple[ConversationSummary, ...]:
        """All conversations with at least one request, the latest first."""
        with self._database.reading() as db:
            return tuple(
                tables.summary(row, tables.preview_of(row["answer"] or row["request"]))
                for row in tables.listed(db)
            )

    def search(self, text: str) -> tuple[ConversationSummary, ...]:
        """Conversations in which every word of the text begins a word, the best match first.

        Titles, requests, answers, names of files and models are searched. Without a word all are given.
        """
        words = re.findall(r"[^\W_]+", text)
        if not words:
            return self.conversations()
        with self._database.reading() as db:
            matches = [tables.matches(db, word) for word in words]
            rows = {row["id"]: row for row in tables.listed(db)}
        found = [id_ for id_ in rows if all(id_ in match for match in matches)]
        found.sort(key=lambda id_: sum(match[id_][0] for match in matches))
        return tuple(tables.summary(rows[id_], tables.preview_of(matches[0][id_][1])) for id_ in found)

    def conversation(self, conversation_id: str) -> Conversation:
        """The whole conversation.

        Raises:
            InvalidInput: there is none with that id.
        """
        with self._database.reading() as db:
            row = tables.conversation_row(db, conversation_id)
            runs = db.execute(
                "SELECT * FROM runs WHERE conversation_id = ? ORDER BY number", (conversation_id,)
            ).fetchall()
            return Conversation(
                id=row["id"],
                title=row["title"],
                created_at=tables.local(row["created_at"]),
                updated_at=tables.local(row["updated_at"]),
                runs=tuple(tables.stored_run(db, run) for run in runs),
            )

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Requests and answers, oldest first; runs that failed as a whole or were stopped are left out.

        Raises:
            InvalidInput: there is no conversation with that id.
        """
        with self._database.reading() as db:
            tables.conversation_row(db, conversation_id)
            rows = db.execute(
                "SELECT request, answer FROM runs WHERE conversation_id = ? AND exit_code IN (?, ?) "
                "AND answer <> '' ORDER BY number",
                (conversation_id, int(ExitCode.DONE), int(ExitCode.TASK_FAILED)),
            ).fetchall()
        return tuple(Turn(row["request"], row["answer"]) for row in rows)

    def resources(self, conversation_id: str) -> tuple[Resource, ...]:
        """What was attached or made, oldest first, as far as the files still exist; each file once.

        Raises:
            InvalidInput: there is no conversation with that id.
        """
        with self._database.reading() as db:
            tables.conversation_row(db, conversation_id)
            rows = db.execute(
                "SELECT artefacts.* FROM artefacts JOIN runs ON runs.id = artefacts.run_id "
                "WHERE runs.conversation_id = ? ORDER BY artefacts.number",
                (conversation_id,),
            ).fetchall()
        names: set[str] = set()
        found: dict[Path, Resource] = {}
        for resource in tables.existing(rows):
            if resource.path not in found:
                name = unique_name(resource.name, names)
                names.add(name)
                found[resource.path] = replace(resource, name=name)
        return tuple(found.values())

    # ------------------------------------------------------------ changing

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            InvalidInput: the title is empty, or there is no conversation with that id.
        """
        title = " ".join(title.split())
        if not title:
            raise InvalidInput("The title is empty.", "Give the conversation a name.")
        with self._database.writing() as db:
            tables.conversation_row(db, conversation_id)
            tables.set_title(db, conversation_id, title)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation and the folders of its runs; results in folders of the user's choice stay.

        Raises:
            InvalidInput: there is no conversation with that id.
            EnvironmentFault: a folder could not be deleted; the conversation is gone all the same.
        """
        with self._database.writing() as db:
            tables.conversation_row(db, conversation_id)
            rows = db.execute("SELECT id FROM runs WHERE conversation_id = ?", (conversation_id,)).fetchall()
            db.execute("DELETE FROM search_index WHERE conversation_id = ?", (conversation_id,))
            db.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        for row in rows:
            self._delete_run_folder(row["id"])

    def _delete_run_folder(self, run_id: str) -> None:
        folder = self._runs_folder / run_id
        if (
            folder.is_symlink()
            or not folder.is_dir()
            or folder.resolve().parent != self._runs_folder.resolve()
        ):
            return
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise EnvironmentFault(
                f"The conversation is deleted, but its folder {folder} is not.",
                "Delete it yourself.",
                str(error),
            ) from error

    def export(self, conversation_id: str, path: Path) -> None:
        """Write a conversation to a file: Markdown for `.md`, JSON for `.json`.

        Raises:
            InvalidInput: another suffix, no such conversation, or a place that cannot be written.
        """
        write_conversation(self.conversation(conversation_id), path)
