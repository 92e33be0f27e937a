"""The tree of a conversation's runs, and the branch of it that is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput

if TYPE_CHECKING:
    from sqlite_utils import Database


def head_of(db: Database, conversation_id: str) -> str | None:
    """The last run of the branch that is shown; None where there is none yet."""
    row = db.execute("SELECT head FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return None if row is None or row["head"] is None else str(row["head"])


def set_head(db: Database, conversation_id: str, run_id: str | None) -> None:
    db.execute("UPDATE conversations SET head = ? WHERE id = ?", (run_id, conversation_id))


def shown_runs(db: Database, conversation_id: str, *, whole: bool = False) -> list[Mapping[str, Any]]:
    """Rows of the runs of the branch that is shown, or of all branches; oldest first."""
    rows = db.execute(
        "SELECT * FROM runs WHERE conversation_id = ? ORDER BY number", (conversation_id,)
    ).fetchall()
    if whole:
        return rows
    shown = _shown_ids(rows, head_of(db, conversation_id))
    return [row for row in rows if row["id"] in shown]


def shown_artefacts(db: Database, conversation_id: str) -> list[Mapping[str, Any]]:
    """Rows of what was attached or made in the branch that is shown, oldest first."""
    runs = db.execute(
        "SELECT id, parent_id FROM runs WHERE conversation_id = ?", (conversation_id,)
    ).fetchall()
    shown = _shown_ids(runs, head_of(db, conversation_id))
    rows = db.execute(
        "SELECT artefacts.* FROM artefacts JOIN runs ON runs.id = artefacts.run_id "
        "WHERE runs.conversation_id = ? ORDER BY artefacts.number",
        (conversation_id,),
    ).fetchall()
    return [row for row in rows if row["run_id"] in shown]


def _shown_ids(rows: Sequence[Mapping[str, Any]], head: str | None) -> set[str]:
    """The head and all runs that it follows."""
    parents = {row["id"]: row["parent_id"] for row in rows}
    shown: set[str] = set()
    while head is not None and head in parents and head not in shown:
        shown.add(head)
        head = parents[head]
    return shown


def siblings_by_run(db: Database, conversation_id: str) -> dict[str, tuple[str, ...]]:
    """For each run of the conversation those that follow the same run, itself included, oldest first."""
    rows = db.execute(
        "SELECT id, parent_id FROM runs WHERE conversation_id = ? ORDER BY number", (conversation_id,)
    ).fetchall()
    following: dict[str | None, list[str]] = defaultdict(list)
    for row in rows:
        following[row["parent_id"]].append(row["id"])
    return {row["id"]: tuple(following[row["parent_id"]]) for row in rows}


def run_row(db: Database, run_id: str) -> Mapping[str, Any]:
    """The run.

    Raises:
        InvalidInput: there is none with that id.
    """
    row: Mapping[str, Any] | None = db.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise InvalidInput(
            "This request is no longer in the history.", "Open the conversation again.", run_id
        )
    return row


def newest_end(db: Database, run_id: str) -> str:
    """The last run of the newest branch that goes through this run."""
    while (
        row := db.execute(
            "SELECT id FROM runs WHERE parent_id = ? ORDER BY number DESC LIMIT 1", (run_id,)
        ).fetchone()
    ) is not None:
        run_id = str(row["id"])
    return run_id
