"""The file: its form, its age, and what is said when it cannot be used."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlite_utils import Database

from hgpt_desktop.core.errors import DatabaseTooNew, DiskFull, EnvironmentFault
from hgpt_desktop.core.plan import Plan, Task
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.history.database import HistoryDatabase
from hgpt_desktop.history.migrations import MIGRATIONS, STEPS
from hgpt_desktop.history.store import HistoryStore

TASK = Task(0, "optical-character-recognition", {})


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.db"


@pytest.fixture
def store(db_path: Path) -> Iterator[HistoryStore]:
    opened = HistoryStore(db_path)
    yield opened
    opened.close()


def test_the_module_imports_no_database_library() -> None:
    code = "import hgpt_desktop.history.store, sys; print('sqlite_utils' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_steps_are_numbered_and_all_applied(store: HistoryStore, db_path: Path) -> None:
    assert [step.partition("_")[0] for step in STEPS] == [f"{n:04}" for n in range(1, len(STEPS) + 1)]
    store.conversations()
    with sqlite3.connect(db_path) as connection:
        applied = [row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    assert applied == list(STEPS)
    assert mode == "wal"


def test_a_newer_database_is_refused_and_not_touched(store: HistoryStore, db_path: Path) -> None:
    store.new_conversation("kept")
    store.close()
    connection = sqlite3.connect(db_path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('history', '0999_future', 'x')"
    )
    connection.commit()
    connection.close()
    newer = HistoryStore(db_path)
    with pytest.raises(DatabaseTooNew, match=r"history\.db was written by a newer version") as raised:
        newer.conversations()
    newer.close()
    assert "Update the program" in raised.value.hint


@pytest.mark.parametrize("content", [b"this is no database, and long enough to be read as one" * 40])
def test_a_damaged_file_is_named_and_left_where_it_is(db_path: Path, content: bytes) -> None:
    db_path.parent.mkdir()
    db_path.write_bytes(content)
    damaged = HistoryStore(db_path)
    with pytest.raises(EnvironmentFault, match="is damaged") as raised:
        damaged.conversations()
    damaged.close()
    assert str(db_path) in raised.value.message
    assert "Move that file" in raised.value.hint
    assert db_path.read_bytes() == content


def test_damage_inside_the_file_is_found_in_use(store: HistoryStore, db_path: Path) -> None:
    for number in range(40):
        store.record_request(f"r{number}", Request("x" * 4000))
    store.close()
    content = bytearray(db_path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    db_path.write_bytes(content)
    damaged = HistoryStore(db_path)
    with pytest.raises(EnvironmentFault, match="is damaged"):
        damaged.conversations()
    damaged.close()


def test_a_folder_in_the_place_of_the_file(db_path: Path) -> None:
    db_path.mkdir(parents=True)
    store = HistoryStore(db_path)
    with pytest.raises(EnvironmentFault, match="cannot be used"):
        store.conversations()
    store.close()


def test_a_file_in_the_place_of_the_folder(db_path: Path) -> None:
    db_path.parent.write_text("a file")
    store = HistoryStore(db_path)
    with pytest.raises(EnvironmentFault, match="cannot be opened"):
        store.conversations()
    store.close()


def test_a_full_disk_is_said_and_what_was_kept_stays(store: HistoryStore, db_path: Path) -> None:
    id_ = store.new_conversation("x")
    store.record_request("r1", Request("small", conversation_id=id_))
    with store._database.reading() as db:
        pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
        db.conn.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(DiskFull) as raised:
        store.record_request("r2", Request("large " * 20_000, conversation_id=id_))
    assert str(db_path) in raised.value.message
    assert [run.request for run in store.conversation(id_).runs] == ["small"]


def fill_disk(store: HistoryStore, full: bool) -> None:
    """Let SQLite find no room for another page, or find some again."""
    with store._database.reading() as db:
        pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
        db.conn.execute(f"PRAGMA max_page_count = {pages if full else 1_000_000}")


def test_what_found_no_room_is_kept_as_soon_as_there_is_some(store: HistoryStore) -> None:
    id_ = store.new_conversation("x")
    store.record_request("r1", Request("first", conversation_id=id_))
    plan, result = Plan((TASK,)), TaskResult(TASK, TaskStatus.DONE, "ocr " * 2000)
    fill_disk(store, full=True)
    records: tuple[Callable[[], None], ...] = (
        lambda: store.record_answer("r1", "answer " * 4000, 0, 1.0),
        lambda: store.record_request("r2", Request("second " * 4000, conversation_id=id_)),
        lambda: store.record_plan("r2", plan),
        lambda: store.record_result("r2", result),
        lambda: store.record_beginning("r1", "never held back " * 4000),
        lambda: store.record_answer("r2", "done " * 4000, 0, 1.0),
    )
    for record in records:
        with pytest.raises(DiskFull, match="The disk is full"):
            record()
    assert [run.request for run in store.conversation(id_).runs] == ["first"], "what is there can be read"
    fill_disk(store, full=False)
    first, second = store.conversation(id_).runs
    assert (first.answer, first.exit_code) == ("answer " * 4000, 0)
    assert (second.request, second.answer, second.exit_code) == ("second " * 4000, "done " * 4000, 0)
    assert (second.plan, second.results, second.parent_id) == (plan, (result,), "r1")


def test_what_was_held_back_is_kept_at_the_end_of_the_program(store: HistoryStore, db_path: Path) -> None:
    id_, gone = store.new_conversation("x"), store.new_conversation("y")
    store.record_request("r1", Request("first", conversation_id=id_))
    store.record_request("r2", Request("second", conversation_id=gone))
    fill_disk(store, full=True)
    for run_id in ("r2", "r1"):
        with pytest.raises(DiskFull):
            store.record_answer(run_id, f"answer of {run_id} " * 4000, 0, 1.0)
    with pytest.raises(DiskFull):
        store.record_request("r3", Request("third " * 4000, conversation_id=gone))
    other = HistoryStore(db_path)
    other.delete(gone)
    other.close()
    fill_disk(store, full=False)
    store.close()
    again = HistoryStore(db_path)
    assert [run.answer for run in again.conversation(id_).runs] == ["answer of r1 " * 4000]
    assert len(again.conversations()) == 1
    again.close()


@pytest.mark.parametrize(("free_bytes", "expected"), [(0, "The disk is full"), (1 << 30, "cannot be used")])
def test_an_input_output_error_on_a_full_disk_is_a_full_disk(
    store: HistoryStore, monkeypatch: pytest.MonkeyPatch, free_bytes: int, expected: str
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(free_bytes))
    with pytest.raises(EnvironmentFault, match=expected) as raised, store._database.reading():
        raise sqlite3.OperationalError("disk I/O error")  # SQLITE_IOERR_SHMSIZE, where the disk is full
    assert raised.value.hint
    assert isinstance(raised.value, DiskFull) is (free_bytes == 0)


def test_a_failing_block_leaves_nothing(db_path: Path) -> None:
    database = HistoryDatabase(db_path)

    def fail() -> None:
        with database.writing() as db:
            db.table("conversations").insert({"id": "a", "title": "t", "created_at": "x", "updated_at": "x"})
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    with database.reading() as db:
        assert db.table("conversations").count == 0
    database.close()


def test_a_closed_store_says_so(store: HistoryStore) -> None:
    store.conversations()
    store.close()
    store.close()
    with pytest.raises(EnvironmentFault, match="closed"):
        store.conversations()


def test_two_first_starts_at_the_same_time(db_path: Path) -> None:
    stores = [HistoryStore(db_path) for _ in range(3)]
    start = threading.Barrier(len(stores))
    faults: list[Exception] = []

    def work(store: HistoryStore) -> None:
        start.wait(5)
        try:
            store.record_request(f"r{id(store)}", Request("hello"))
        except EnvironmentFault as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(stores[0].conversations()) == 3
    for store in stores:
        store.close()


def test_a_half_done_step_is_done_again(db_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = HistoryStore(db_path)
    in_memory = Database(memory=True)
    second = next(step for step in MIGRATIONS.pending(in_memory) if step.name == STEPS[1])
    in_memory.close()
    sound = second.fn

    def fail(db: object) -> None:
        raise sqlite3.OperationalError("power failure")

    monkeypatch.setattr(second, "fn", fail)
    with pytest.raises(EnvironmentFault):
        broken.conversations()
    broken.close()
    monkeypatch.setattr(second, "fn", sound)
    mended = HistoryStore(db_path)
    assert mended.conversations() == ()
    mended.close()


def test_the_beginning_of_an_answer_is_found_until_the_answer_takes_its_place(store: HistoryStore) -> None:
    id_, other = store.new_conversation("x"), store.new_conversation("y")
    store.record_request("r0", Request("another", conversation_id=other))
    store.record_request("r1", Request("first", conversation_id=id_))
    store.record_beginning("r1", "The whale")
    store.record_beginning("r0", "The whale too")
    store.record_beginning("r1", "The whale swims")
    assert [one.id for one in store.search("swims")] == [id_], "the program may be killed here"
    assert {one.id for one in store.search("whale")} == {id_, other}
    store.record_answer("r1", "The dolphin swims", 0, 1.0)
    assert [one.id for one in store.search("whale")] == [other]
    assert [one.id for one in store.search("dolphin swims")] == [id_]
