"""The database's form, step by step. A step that was released is never changed: a new one follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("history")
STEPS = (
    "0001_conversations_and_runs",
    "0002_full_text_search",
    "0003_branches_pins_drafts",
    "0004_notes_of_artefacts",
)
"""Names of all steps, in order."""


@MIGRATIONS(name=STEPS[0])
def _conversations_and_runs(db: Database) -> None:
    db.execute("""
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        )""")
    # A run holds both sides: the user's message (request) and the assistant's (answer).
    db.execute("""
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
            request TEXT NOT NULL,
            seed INTEGER,
            plan TEXT,
            answer TEXT NOT NULL DEFAULT '',
            exit_code INTEGER,
            seconds REAL,
            started_at TEXT NOT NULL,
            ended_at TEXT
        )""")
    db.execute("CREATE INDEX runs_of_conversation ON runs(conversation_id)")
    db.execute("""
        CREATE TABLE results (
            run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
            task_id INTEGER NOT NULL,
            result TEXT NOT NULL,
            PRIMARY KEY (run_id, task_id)
        )""")
    # task_id is null for what the user attached.
    db.execute("""
        CREATE TABLE artefacts (
            number INTEGER PRIMARY KEY,
            run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
            task_id INTEGER,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            path TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size_bytes INTEGER NOT NULL,
            text TEXT,
            data TEXT,
            provenance TEXT
        )""")
    db.execute("CREATE INDEX artefacts_of_run ON artefacts(run_id)")


@MIGRATIONS(name=STEPS[1])
def _full_text_search(db: Database) -> None:
    db.execute("""
        CREATE VIRTUAL TABLE search_index USING fts5(
            conversation_id UNINDEXED, source UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2"
        )""")


@MIGRATIONS(name=STEPS[2])
def _branches_pins_drafts(db: Database) -> None:
    # A conversation is a tree of runs; `head` is the last run of the branch that is shown.
    db.execute("ALTER TABLE conversations ADD COLUMN head TEXT")
    db.execute("ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0")
    # Deleted, but it can still be brought back.
    db.execute("ALTER TABLE conversations ADD COLUMN put_away_at TEXT")
    db.execute("ALTER TABLE runs ADD COLUMN parent_id TEXT")
    db.execute("ALTER TABLE runs ADD COLUMN rating INTEGER")
    db.execute("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''")
    db.execute("""
        UPDATE runs SET parent_id = (
            SELECT earlier.id FROM runs AS earlier
            WHERE earlier.conversation_id = runs.conversation_id AND earlier.number < runs.number
            ORDER BY earlier.number DESC LIMIT 1)""")
    db.execute("""
        UPDATE conversations SET head = (
            SELECT id FROM runs WHERE conversation_id = conversations.id ORDER BY number DESC LIMIT 1)""")
    # The empty id stands for the conversation that is not begun yet.
    db.execute("""
        CREATE TABLE drafts (
            conversation_id TEXT PRIMARY KEY,
            text TEXT NOT NULL,
            paths TEXT NOT NULL
        )""")


@MIGRATIONS(name=STEPS[3])
def _notes_of_artefacts(db: Database) -> None:
    # What people must read beside a result.
    db.execute("ALTER TABLE artefacts ADD COLUMN note TEXT NOT NULL DEFAULT ''")
