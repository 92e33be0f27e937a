"""Rows of the history's tables, and what they stand for."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import EnvironmentFault, InvalidInput
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.history.codec import plan_from_json, resource_from_row, resource_to_row, result_from_json
from hgpt_desktop.history.values import ConversationSummary, StoredRun

if TYPE_CHECKING:
    from sqlite_utils import Database

_TITLE_CHARACTERS = 60
_PREVIEW_CHARACTERS = 120
_AROUND_CHARACTERS = 20
_NO_GAPS = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Japanese, Chinese: what is looked for may stand anywhere in a run of letters."""


def title_from(text: str) -> str:
    """The first words of a text, in one line."""
    line = " ".join(text.split())
    if len(line) <= _TITLE_CHARACTERS:
        return line
    cut = line[:_TITLE_CHARACTERS]
    return f"{cut.rpartition(' ')[0] or cut}…"


def preview_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _PREVIEW_CHARACTERS else f"{line[: _PREVIEW_CHARACTERS - 1]}…"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def local(kept: str) -> datetime:
    return datetime.fromisoformat(kept).astimezone()


def conversation_row(db: Database, conversation_id: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = db.execute(
        "SELECT * FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    if row is None:
        raise InvalidInput(
            f"There is no conversation {conversation_id}.", "`hgpt conversations list` shows those there are."
        )
    return row


def conversation_of(db: Database, run_id: str) -> str:
    row = db.execute("SELECT conversation_id FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise EnvironmentFault(
            "The conversation was deleted while it ran.", "The results are in the run's own folder.", run_id
        )
    return str(row["conversation_id"])


def insert_conversation(db: Database, title: str) -> str:
    conversation_id, created_at = secrets.token_hex(4), now()
    db.execute(
        "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)",
        (conversation_id, title, created_at, created_at),
    )
    index(db, conversation_id, "title", title)
    return conversation_id


def set_title(db: Database, conversation_id: str, title: str) -> None:
    db.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation_id))
    db.execute("DELETE FROM search_index WHERE conversation_id = ? AND source = 'title'", (conversation_id,))
    index(db, conversation_id, "title", title)


def touch(db: Database, conversation_id: str, at: str) -> None:
    """Note that something happened in the conversation."""
    db.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (at, conversation_id))


def index(
    db: Database, conversation_id: str, source: str, text: str, instead_of: int | None = None
) -> int | None:
    """Have the text found; the row in which it stands, which can be given as `instead_of` later."""
    if instead_of is not None:
        db.execute(
            "DELETE FROM search_index WHERE rowid = ? AND conversation_id = ?", (instead_of, conversation_id)
        )
    if not text:
        return None
    return db.execute(
        "INSERT INTO search_index (conversation_id, source, text) VALUES (?, ?, ?)",
        (conversation_id, source, text),
    ).lastrowid


def insert_artefact(
    db: Database, conversation_id: str, run_id: str, task_id: int | None, resource: Resource
) -> None:
    db.table("artefacts").insert({"run_id": run_id, "task_id": task_id, **resource_to_row(resource)})
    index(db, conversation_id, "file", resource.name)


def listed(db: Database) -> list[Mapping[str, Any]]:
    """Conversations with the last run of each, the latest first."""
    return db.execute("""
        SELECT conversations.*, runs.request, runs.answer
        FROM conversations JOIN runs ON runs.number =
            (SELECT max(number) FROM runs WHERE conversation_id = conversations.id)
        WHERE conversations.put_away_at IS NULL
        ORDER BY conversations.updated_at DESC, runs.number DESC""").fetchall()


def matches(db: Database, word: str) -> dict[str, tuple[float, str]]:
    """By conversation: how good its best match is (lower is better) and the words around it."""
    if _NO_GAPS.search(word):
        return _matches_inside(db, word)
    rows = db.execute(
        "SELECT conversation_id, rank, snippet(search_index, 2, '', '', '…', 16) AS around "
        "FROM search_index WHERE search_index MATCH ? ORDER BY rank DESC",
        (f'"{word}"*',),
    ).fetchall()
    return {row["conversation_id"]: (row["rank"], row["around"]) for row in rows}


def _matches_inside(db: Database, word: str) -> dict[str, tuple[float, str]]:
    """The same for scripts without gaps between words; the index takes their sentences for words."""
    rows = db.execute(
        "SELECT conversation_id, text FROM search_index WHERE instr(lower(text), ?) ORDER BY rowid",
        (word.lower(),),
    ).fetchall()
    found = {}
    for row in rows:
        at = max(row["text"].lower().find(word.lower()) - _AROUND_CHARACTERS, 0)
        cut = row["text"][at : at + _PREVIEW_CHARACTERS]
        found[row["conversation_id"]] = (0.0, preview_of(f"…{cut}" if at else cut))
    return found


def summary(row: Mapping[str, Any], preview: str) -> ConversationSummary:
    return ConversationSummary(
        row["id"], row["title"], local(row["updated_at"]), preview, bool(row["pinned"])
    )


def existing(rows: Iterable[Mapping[str, Any]]) -> list[Resource]:
    return [resource for resource in map(resource_from_row, rows) if resource.path.is_file()]


def stored_run(db: Database, row: Mapping[str, Any], siblings: tuple[str, ...] = ()) -> StoredRun:
    artefacts = db.execute(
        "SELECT * FROM artefacts WHERE run_id = ? ORDER BY number", (row["id"],)
    ).fetchall()
    kept = db.execute(
        "SELECT task_id, result FROM results WHERE run_id = ? ORDER BY rowid", (row["id"],)
    ).fetchall()
    results = {
        one["task_id"]: result_from_json(
            json.loads(one["result"]),
            tuple(existing(artefact for artefact in artefacts if artefact["task_id"] == one["task_id"])),
        )
        for one in kept
    }
    plan = plan_from_json(json.loads(row["plan"])) if row["plan"] else None
    order = [task.id for task in plan.tasks] if plan else list(results)
    return StoredRun(
        id=row["id"],
        request=row["request"],
        files=tuple(existing(artefact for artefact in artefacts if artefact["task_id"] is None)),
        plan=plan,
        results=tuple(results[task_id] for task_id in order if task_id in results),
        answer=row["answer"],
        exit_code=row["exit_code"],
        seconds=row["seconds"],
        seed=row["seed"],
        started_at=local(row["started_at"]),
        ended_at=local(row["ended_at"]) if row["ended_at"] else None,
        parent_id=row["parent_id"],
        siblings=siblings or (row["id"],),
        rating=row["rating"],
        note=row["note"],
    )
