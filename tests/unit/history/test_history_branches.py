"""Branches, pins, ratings, drafts, and deleting that can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from history_files import FileMaker
from sqlite_utils import Database

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.request import Request, Turn
from hgpt_desktop.history.migrations import MIGRATIONS, STEPS
from hgpt_desktop.history.store import Draft, HistoryStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HistoryStore]:
    opened = HistoryStore(tmp_path / "history.db")
    yield opened
    opened.close()


@pytest.fixture
def make_file(tmp_path: Path) -> FileMaker:
    return FileMaker(tmp_path / "files")


def run_once(store: HistoryStore, run_id: str, conversation_id: str, text: str = "") -> None:
    store.record_request(run_id, Request(text or f"Ask {run_id}", conversation_id=conversation_id))
    store.record_answer(run_id, f"Answer {run_id}", 0, 1.0)


def shown(store: HistoryStore, conversation_id: str) -> list[str]:
    return [run.id for run in store.conversation(conversation_id).runs]


def test_an_edited_request_begins_a_branch_and_both_stay(store: HistoryStore, make_file: FileMaker) -> None:
    id_ = store.new_conversation("Talk")
    for run_id in ("r1", "r2", "r3"):
        run_once(store, run_id, id_)
    with store.branching(id_, "r2"):
        assert store.turns(id_) == (Turn("Ask r1", "Answer r1"),)
        store.record_request("r4", Request("Ask again", (make_file("a.png"),), conversation_id=id_))
    assert shown(store, id_) == ["r1", "r4"]
    assert store.conversation(id_).runs[1].siblings == ("r2", "r4")
    assert [file.name for file in store.resources(id_)] == ["a.png"]
    store.show_branch("r2")
    assert shown(store, id_) == ["r1", "r2", "r3"]
    assert store.resources(id_) == ()
    assert len(store.conversation(id_, whole=True).runs) == 4


def test_the_first_request_can_be_sent_anew(store: HistoryStore) -> None:
    id_ = store.new_conversation("Talk")
    run_once(store, "r1", id_)
    with store.branching(id_, "r1"):
        run_once(store, "r2", id_)
    assert shown(store, id_) == ["r2"]
    assert store.conversation(id_).runs[0].siblings == ("r1", "r2")


def test_a_branch_without_a_request_is_none(store: HistoryStore) -> None:
    id_ = store.new_conversation("Talk")
    for run_id in ("r1", "r2"):
        run_once(store, run_id, id_)
    with pytest.raises(ValueError, match="no file"), store.branching(id_, "r2"):
        raise ValueError("no file")
    assert shown(store, id_) == ["r1", "r2"]


def test_unknown_runs_are_bad_input(store: HistoryStore) -> None:
    id_, other = store.new_conversation("Talk"), store.new_conversation("Other")
    run_once(store, "r1", id_)
    with pytest.raises(InvalidInput), store.branching(other, "r1"):
        pass
    for call in (store.show_branch, lambda run_id: store.rate(run_id, 1)):
        with pytest.raises(InvalidInput):
            call("r9")


def test_conversations_of_an_older_database_are_one_branch(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = Database(sqlite3.connect(path))
    MIGRATIONS.apply(old, stop_before=[STEPS[2]])
    at = "2026-01-01T00:00:00+00:00"
    old.conn.execute("INSERT INTO conversations VALUES ('c', 'Old', ?, ?)", (at, at))
    for number in (1, 2, 3):
        old.conn.execute(
            "INSERT INTO runs (id, conversation_id, request, started_at) VALUES (?, 'c', 'x', ?)",
            (f"r{number}", at),
        )
    old.conn.commit()
    old.conn.close()
    store = HistoryStore(path)
    runs = store.conversation("c").runs
    assert [(run.id, run.parent_id) for run in runs] == [("r1", None), ("r2", "r1"), ("r3", "r2")]
    store.close()


def test_pins_and_ratings_are_kept(store: HistoryStore) -> None:
    id_ = store.new_conversation("Talk")
    run_once(store, "r1", id_)
    store.pin(id_, True)
    assert store.conversations()[0].pinned
    store.pin(id_, False)
    assert not store.conversations()[0].pinned
    store.rate("r1", -1, " too long ")
    run = store.conversation(id_).runs[0]
    assert (run.rating, run.note) == (-1, "too long")


def test_drafts_are_kept_and_empty_ones_forgotten(store: HistoryStore) -> None:
    id_ = store.new_conversation("Talk")
    run_once(store, "r1", id_)
    store.keep_draft(None, Draft("for later", (Path("/a.png"),)))
    store.keep_draft(id_, Draft("half a sen"))
    assert store.drafts() == {None: Draft("for later", (Path("/a.png"),)), id_: Draft("half a sen")}
    store.keep_draft(None, Draft("  "))
    store.delete(id_)
    assert store.drafts() == {}


def test_a_conversation_that_was_put_away_comes_back_or_goes_for_good(
    store: HistoryStore, tmp_path: Path
) -> None:
    kept, gone = store.new_conversation("Kept"), store.new_conversation("Gone")
    run_once(store, "r1", kept, "library")
    run_once(store, "r2", gone, "library")
    folder = tmp_path / "runs" / "r2"
    folder.mkdir(parents=True)
    for id_ in (kept, gone):
        store.put_away(id_)
    assert store.conversations() == ()
    assert store.search("library") == ()
    store.bring_back(kept)
    assert [one.id for one in store.conversations()] == [kept]
    store.purge()
    assert not folder.exists()
    with pytest.raises(InvalidInput):
        store.bring_back(gone)
    assert [one.id for one in store.search("library")] == [kept]
