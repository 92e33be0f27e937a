"""Conversations, their runs and what they made; everything is on disk as soon as it happens."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hgpt_desktop.core.errors import EnvironmentFault, ExitCode, InvalidInput
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request, Turn
from hgpt_desktop.core.resources import Resource, unique_name
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history import branches, tables
from hgpt_desktop.history.archive import read_archive, write_archive
from hgpt_desktop.history.codec import dumps
from hgpt_desktop.history.database import HistoryDatabase
from hgpt_desktop.history.export import write_conversation
from hgpt_desktop.history.recording import Recording
from hgpt_desktop.history.values import Conversation, ConversationSummary, Draft, StoredMessage, StoredRun

__all__ = ["Conversation", "ConversationSummary", "Draft", "HistoryStore", "StoredMessage", "StoredRun"]


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
        self._recording = Recording(self._database)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._recording.catch_up()
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
            DiskFull: it is held back, and written as soon as something else can be.
        """
        self._recording.request(run_id, request)

    def record_plan(self, run_id: str, plan: Plan) -> None:
        """Keep a run's plan. Where the disk is full it is held back, as a request is."""
        self._recording.plan(run_id, plan)

    def record_result(self, run_id: str, result: TaskResult) -> None:
        """Keep a task's result; a later one of the same task takes its place. Held back as a request is."""
        self._recording.result(run_id, result)

    def record_beginning(self, run_id: str, beginning: str) -> None:
        """Keep what is written of an answer so far; the run counts as broken off until its answer is kept."""
        self._recording.beginning(run_id, beginning)

    def record_answer(self, run_id: str, answer: str, exit_code: int, seconds: float) -> None:
        """Keep the end of a run. Where the disk is full it is held back, as a request is."""
        self._recording.answer(run_id, answer, exit_code, seconds)

    # ------------------------------------------------------------ looking up

    def conversations(self) -> tuple[ConversationSummary, ...]:
        """All conversations with at least one request, the latest first."""
        self._recording.catch_up()
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

    def conversation(self, conversation_id: str, *, whole: bool = False) -> Conversation:
        """The branch of a conversation that is shown, or all its runs.

        Raises:
            InvalidInput: there is none with that id.
        """
        self._recording.catch_up()
        with self._database.reading() as db:
            row = tables.conversation_row(db, conversation_id)
            siblings = branches.siblings_by_run(db, conversation_id)
            return Conversation(
                id=row["id"],
                title=row["title"],
                created_at=tables.local(row["created_at"]),
                updated_at=tables.local(row["updated_at"]),
                runs=tuple(
                    tables.stored_run(db, run, siblings[run["id"]])
                    for run in branches.shown_runs(db, conversation_id, whole=whole)
                ),
            )

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Requests and answers of the branch that is shown, oldest first.

        Runs that failed as a whole or were stopped are left out.

        Raises:
            InvalidInput: there is no conversation with that id.
        """
        with self._database.reading() as db:
            tables.conversation_row(db, conversation_id)
            rows = branches.shown_runs(db, conversation_id)
        answered = (int(ExitCode.DONE), int(ExitCode.TASK_FAILED))
        return tuple(
            Turn(row["request"], row["answer"])
            for row in rows
            if row["exit_code"] in answered and row["answer"]
        )

    def resources(self, conversation_id: str) -> tuple[Resource, ...]:
        """What was attached or made in the branch that is shown, oldest first; each existing file once.

        Raises:
            InvalidInput: there is no conversation with that id.
        """
        with self._database.reading() as db:
            tables.conversation_row(db, conversation_id)
            rows = branches.shown_artefacts(db, conversation_id)
        names: set[str] = set()
        found: dict[Path, Resource] = {}
        for resource in tables.existing(rows):
            if resource.path not in found:
                name = unique_name(resource.name, names)
                names.add(name)
                found[resource.path] = replace(resource, name=name)
        return tuple(found.values())

    def timings(self) -> dict[tuple[str, str], float]:
        """Seconds that a task type took with a model, loading included, as a mean over all runs."""
        with self._database.reading() as db:
            rows = db.execute("""
                SELECT json_extract(result, '$.task.task') AS task,
                    json_extract(result, '$.model_id') AS model_id,
                    avg(json_extract(result, '$.load_s') + json_extract(result, '$.run_s')) AS seconds
                FROM results
                WHERE json_extract(result, '$.status') = 'done' AND NOT json_extract(result, '$.cached')
                GROUP BY task, model_id""").fetchall()
        return {(row["task"], row["model_id"]): row["seconds"] for row in rows if row["model_id"]}

    # ------------------------------------------------------------ branches

    @contextmanager
    def branching(self, conversation_id: str, run_id: str) -> Iterator[None]:
        """The next request of the block follows what the run follows: it stands beside that run.

        Where the block brings no request, the branch that was shown is shown again.

        Raises:
            InvalidInput: there is no run with that id in the conversation.
        """
        with self._database.writing() as db:
            before, row = branches.head_of(db, conversation_id), branches.run_row(db, run_id)
            if row["conversation_id"] != conversation_id:
                raise InvalidInput("This request belongs to another conversation.", "Open that one.", run_id)
            branches.set_head(db, conversation_id, row["parent_id"])
        try:
            yield
        finally:
            with self._database.writing() as db:
                if branches.head_of(db, conversation_id) == row["parent_id"]:
                    branches.set_head(db, conversation_id, before)

    def show_branch(self, run_id: str) -> None:
        """Show the newest branch of the conversation that goes through this run.

        Raises:
            InvalidInput: there is no run with that id.
        """
        with self._database.writing() as db:
            row = branches.run_row(db, run_id)
            branches.set_head(db, row["conversation_id"], branches.newest_end(db, run_id))

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

    def pin(self, conversation_id: str, pinned: bool) -> None:
        """Let a conversation stand above the others, or no longer.

        Raises:
            InvalidInput: there is no conversation with that id.
        """
        with self._database.writing() as db:
            tables.conversation_row(db, conversation_id)
            db.execute("UPDATE conversations SET pinned = ? WHERE id = ?", (int(pinned), conversation_id))

    def rate(self, run_id: str, rating: int | None, note: str = "") -> None:
        """Keep what the user thinks of an answer: 1, -1, or None for nothing. It never leaves the machine.

        Raises:
            InvalidInput: there is no run with that id.
        """
        with self._database.writing() as db:
            branches.run_row(db, run_id)
            db.execute("UPDATE runs SET rating = ?, note = ? WHERE id = ?", (rating, note.strip(), run_id))

    # ------------------------------------------------------------ drafts

    def keep_draft(self, conversation_id: str | None, draft: Draft) -> None:
        """Keep what is written and not sent; an empty draft is forgotten.

        Args:
            conversation_id: None for the conversation that is not begun yet.
        """
        with self._database.writing() as db:
            db.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id or "",))
            if draft.text.strip() or draft.paths:
                db.execute(
                    "INSERT INTO drafts (conversation_id, text, paths) VALUES (?, ?, ?)",
                    (conversation_id or "", draft.text, dumps([str(path) for path in draft.paths])),
                )

    def drafts(self) -> dict[str | None, Draft]:
        """All drafts by conversation; None stands for the one that is not begun yet."""
        with self._database.reading() as db:
            rows = db.execute("SELECT * FROM drafts").fetchall()
        return {
            row["conversation_id"] or None: Draft(
                row["text"], tuple(Path(path) for path in json.loads(row["paths"]))
            )
            for row in rows
        }

    # ------------------------------------------------------------ deleting

    def put_away(self, conversation_id: str) -> None:
        """Delete a conversation so that it can be brought back, until `purge`.

        Raises:
            InvalidInput: there is no conversation with that id.
        """
        with self._database.writing() as db:
            tables.conversation_row(db, conversation_id)
            db.execute(
                "UPDATE conversations SET put_away_at = ? WHERE id = ?", (tables.now(), conversation_id)
            )

    def bring_back(self, conversation_id: str) -> None:
        """Take back `put_away`.

        Raises:
            InvalidInput: it was deleted for good meanwhile.
        """
        with self._database.writing() as db:
            tables.conversation_row(db, conversation_id)
            db.execute("UPDATE conversations SET put_away_at = NULL WHERE id = ?", (conversation_id,))

    def purge(self) -> None:
        """Delete for good what was put away. Raises as `delete` does."""
        with self._database.reading() as db:
            rows = db.execute("SELECT id FROM conversations WHERE put_away_at IS NOT NULL").fetchall()
        for row in rows:
            self.delete(row["id"])

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation and the folders of its runs; results in folders of the user's choice stay.

        Raises:
            InvalidInput: there is no conversation with that id.
            EnvironmentFault: a folder could not be deleted; the conversation is gone all the same.
        """
        with self._database.writing() as db:
            tables.conversation_row(db, conversation_id)
            rows = db.execute("SELECT id FROM runs WHERE conversation_id = ?", (conversation_id,)).fetchall()
            db.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))
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
        """Write a conversation to a file; the suffix decides on the form.

        `.md` and `.html` are for reading, `.json` for programs, `.sh` repeats the requests with `hgpt`, and
        `.zip` holds all branches with their files, for `import_archive`.

        Raises:
            InvalidInput: another suffix, no such conversation, or a place that cannot be written.
            DiskFull: there is no room for it.
        """
        if path.suffix.lower() == ".zip":
            write_archive(self.conversation(conversation_id, whole=True), path, self._runs_folder)
        else:
            write_conversation(self.conversation(conversation_id), path)

    def import_archive(self, path: Path) -> str:
        """Take in a conversation that `export` wrote as `.zip`; returns its new id.

        Raises:
            InvalidInput: it is no such archive.
            DiskFull: there is no room for its files.
        """
        return read_archive(path, self._database, self._runs_folder)
