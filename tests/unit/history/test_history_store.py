"""Conversations are kept as they happen and come back whole."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from history_files import FileMaker

from hgpt_desktop.core.errors import EnvironmentFault, InvalidInput
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Unavailable
from hgpt_desktop.core.request import Request, Turn
from hgpt_desktop.core.resources import Kind, Provenance
from hgpt_desktop.core.results import LogLine, TaskResult, TaskStatus
from hgpt_desktop.history.store import HistoryStore

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
READ = Task(0, "optical-character-recognition", {"image": (FileRef("notice.png"),)})
SAY = Task(1, "text-to-speech", {"text": (TaskRef(0), 'it\'s <resource>-9 "quoted"')})
PLAN = Plan((READ, SAY), (Unavailable("text-to-video"), Unavailable("translation", "text-generation")))


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.db"


@pytest.fixture
def store(db_path: Path) -> Iterator[HistoryStore]:
    opened = HistoryStore(db_path)
    yield opened
    opened.close()


@pytest.fixture
def make_file(tmp_path: Path) -> FileMaker:
    return FileMaker(tmp_path / "files")


def run_once(
    store: HistoryStore, run_id: str, request: Request, answer: str = "Done.", code: int = 0
) -> None:
    store.record_request(run_id, request)
    store.record_answer(run_id, answer, code, 1.5)


def test_a_run_comes_back_as_it_was(store: HistoryStore, make_file: FileMaker) -> None:
    picture = make_file("notice.png")
    made = replace(
        make_file("0-ocr.txt", Kind.TEXT, "No smoking", {"lines": [{"text": "No smoking", "score": 0.9}]}),
        provenance=Provenance(0, "optical-character-recognition", "rapidocr", 7),
        note="The second page was left out.",
    )
    read = TaskResult(
        READ,
        TaskStatus.DONE,
        "rapidocr",
        {"image": (picture,)},
        (made,),
        load_s=0.5,
        run_s=0.25,
        peak_bytes=9,
        attempts=2,
        reason="it reads signs",
        candidates=("rapidocr", "trocr"),
        log=(LogLine(NOW, "task_started"), LogLine(NOW, "done", "at once")),
    )
    said = TaskResult(
        SAY, TaskStatus.FAILED, "piper", {"text": (made, "x")}, message="No voice.", hint="Install one."
    )
    id_ = store.new_conversation("Read the notice")
    store.record_request("r1", Request("Read it", (picture,), seed=7, conversation_id=id_))
    store.record_plan("r1", PLAN)
    store.record_result("r1", said)
    store.record_result("r1", read)
    store.record_answer("r1", "It says: No smoking", 1, 3.25)

    kept = store.conversation(id_)

    assert kept.title == "Read the notice"
    (run,) = kept.runs
    assert (run.request, run.seed, run.answer, run.exit_code, run.seconds) == (
        "Read it", 7, "It says: No smoking", 1, 3.25,
    )  # fmt: skip
    assert run.files == (picture,)
    assert run.plan == PLAN
    text_stands_with_its_source = replace(made, text=None)
    assert run.results == (read, replace(said, inputs={"text": (text_stands_with_its_source, "x")}))
    assert [(one.role, one.text, one.files) for one in kept.messages] == [
        ("user", "Read it", (picture,)),
        ("assistant", "It says: No smoking", (made,)),
    ]


def test_results_of_earlier_versions_have_no_log(store: HistoryStore, db_path: Path) -> None:
    id_ = store.new_conversation("Read")
    store.record_request("r1", Request("Read it", conversation_id=id_))
    store.record_result("r1", TaskResult(READ, TaskStatus.DONE, "rapidocr"))
    with closing(sqlite3.connect(db_path)) as db, db:
        db.execute("UPDATE results SET result = json_remove(result, '$.log', '$.reason', '$.candidates')")
    (run,) = store.conversation(id_).runs
    assert run.results == (TaskResult(READ, TaskStatus.DONE, "rapidocr"),)


def test_it_is_on_disk_at_once(store: HistoryStore, db_path: Path, make_file: FileMaker) -> None:
    id_ = store.new_conversation("x")
    store.record_request("r1", Request("Broken off", (make_file("a.png"),), conversation_id=id_))
    store.record_plan("r1", PLAN)
    store.record_result("r1", TaskResult(READ, TaskStatus.DONE, "rapidocr", outputs=(make_file("0.txt"),)))

    other = HistoryStore(db_path)  # as after a kill: the first store was never closed
    (run,) = other.conversation(id_).runs
    other.close()

    assert (run.request, run.exit_code, run.ended_at) == ("Broken off", None, None)
    assert [one.task for one in run.results] == [READ]
    assert [one.role for one in store.conversation(id_).messages] == ["user"]


def test_conversations_are_listed_latest_first_with_previews(store: HistoryStore) -> None:
    first, second = store.new_conversation("First"), store.new_conversation("Second")
    store.new_conversation("Without a request")
    run_once(store, "r1", Request("Hello", conversation_id=first), "Good\nmorning " + "x" * 200)
    run_once(store, "r2", Request("Hello", conversation_id=second))
    assert [one.title for one in store.conversations()] == ["Second", "First"]

    run_once(store, "r3", Request("Again", conversation_id=first), "")

    listed = store.conversations()
    assert [(one.id, one.preview) for one in listed] == [(first, "Again"), (second, "Done.")]
    assert listed[0].updated_at.tzinfo is not None
    assert listed[0].updated_at >= listed[1].updated_at


def test_a_conversation_without_a_title_gets_the_first_words(store: HistoryStore) -> None:
    id_ = store.new_conversation()
    text = "  Please read\nthe words in this picture and tell me in which language they are written "
    run_once(store, "r1", Request(text, conversation_id=id_))
    run_once(store, "r2", Request("Something else", conversation_id=id_))
    run_once(store, "r3", Request("No conversation at all"))
    assert {one.title for one in store.conversations()} == {
        "Please read the words in this picture and tell me in which…",
        "No conversation at all",
    }


def test_turns_leave_out_what_failed_as_a_whole(store: HistoryStore) -> None:
    id_ = store.new_conversation("x")
    for number, code in enumerate((0, 3, 1, 130)):
        run_once(store, f"r{number}", Request(f"q{number}", conversation_id=id_), f"a{number}", code)
    store.record_request("r9", Request("not answered yet", conversation_id=id_))
    assert store.turns(id_) == (Turn("q0", "a0"), Turn("q2", "a2"))


def test_resources_exist_once_under_names_of_their_own(
    store: HistoryStore, make_file: FileMaker, tmp_path: Path
) -> None:
    id_ = store.new_conversation("x")
    picture, gone = make_file("a.png"), make_file("gone.png")
    other_place = tmp_path / "other" / "a.png"
    other_place.parent.mkdir()
    other_place.write_text("another one")
    again = replace(picture, path=other_place)
    store.record_request("r1", Request("1", (picture, gone), conversation_id=id_))
    store.record_result(
        "r1", TaskResult(READ, TaskStatus.DONE, "m", outputs=(make_file("0.txt", Kind.TEXT, "été"),))
    )
    store.record_request("r2", Request("2", (picture, again), conversation_id=id_))
    gone.path.unlink()

    found = store.resources(id_)

    assert [(one.name, one.path) for one in found] == [
        ("a.png", picture.path),
        ("0.txt", tmp_path / "files" / "0.txt"),
        ("a-2.png", other_place),
    ]
    assert found[1].text == "été"


def test_a_second_result_of_a_task_replaces_the_first(store: HistoryStore, make_file: FileMaker) -> None:
    id_ = store.new_conversation("x")
    store.record_request("r1", Request("1", conversation_id=id_))
    store.record_result("r1", TaskResult(READ, TaskStatus.DONE, "m", outputs=(make_file("old.txt"),)))
    store.record_result("r1", TaskResult(READ, TaskStatus.DONE, "m", outputs=(make_file("new.txt"),)))
    (result,) = store.conversation(id_).runs[0].results
    assert [one.name for one in result.outputs] == ["new.txt"]


def test_rename(store: HistoryStore) -> None:
    id_ = store.new_conversation("Old zebra")
    run_once(store, "r1", Request("Hello", conversation_id=id_))
    store.rename(id_, "  New\n giraffe ")
    assert store.conversation(id_).title == "New giraffe"
    assert store.search("giraffe")
    assert not store.search("zebra")
    with pytest.raises(InvalidInput, match="title is empty"):
        store.rename(id_, " \n")


def test_delete_removes_the_runs_own_folders_only(
    store: HistoryStore, tmp_path: Path, make_file: FileMaker
) -> None:
    runs = tmp_path / "data" / "runs"
    keep = tmp_path / "elsewhere"
    for folder in (runs / "r1", runs / "r2", keep):
        folder.mkdir(parents=True)
        (folder / "result.txt").write_text("x")
    (runs / "linked").symlink_to(keep)
    doomed, other = store.new_conversation("Doomed zebra"), store.new_conversation("Other")
    attached = make_file("a.png")
    run_once(store, "r1", Request("1", (attached,), conversation_id=doomed))
    run_once(store, "linked", Request("2", conversation_id=doomed))
    run_once(store, "../../elsewhere", Request("3", conversation_id=doomed))
    run_once(store, "r2", Request("4", conversation_id=other))

    store.delete(doomed)

    assert not (runs / "r1").exists()
    assert (runs / "r2" / "result.txt").exists()
    assert (keep / "result.txt").exists()
    assert attached.path.exists()
    assert [one.id for one in store.conversations()] == [other]
    assert store.search("zebra") == ()
    with pytest.raises(InvalidInput, match="no conversation"):
        store.conversation(doomed)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.conversation("nope"),
        lambda store: store.turns("nope"),
        lambda store: store.resources("nope"),
        lambda store: store.delete("nope"),
        lambda store: store.rename("nope", "x"),
        lambda store: store.record_request("r", Request("x", conversation_id="nope")),
    ],
)
def test_an_unknown_conversation_is_bad_input(
    store: HistoryStore, ask: Callable[[HistoryStore], object]
) -> None:
    with pytest.raises(InvalidInput, match="no conversation nope") as raised:
        ask(store)
    assert "hgpt conversations list" in raised.value.hint


def test_a_conversation_deleted_meanwhile_is_said(store: HistoryStore) -> None:
    id_ = store.new_conversation("x")
    store.record_request("r1", Request("1", conversation_id=id_))
    store.delete(id_)
    with pytest.raises(EnvironmentFault, match="deleted while it ran"):
        store.record_answer("r1", "late", 0, 1.0)


def test_search_finds_words_inside_a_sentence_without_gaps(store: HistoryStore) -> None:
    first, second = store.new_conversation("公告"), store.new_conversation("稅")
    run_once(
        store, "r1", Request("請讀這張圖片", conversation_id=first), "圖書館星期五不開放。The Library 館."
    )
    run_once(store, "r2", Request("加總", conversation_id=second), "一百元")

    def ids(text: str) -> list[str]:
        return [one.id for one in store.search(text)]

    assert ids("星期五") == ids("圖片") == ids("公告") == ids("library 開放") == ids("館") == [first]
    assert ids("百") == [second]
    assert ids("星期六") == []
    assert "星期五" in store.search("星期五")[0].preview


def test_search_finds_all_words_anywhere_in_a_conversation(store: HistoryStore, make_file: FileMaker) -> None:
    first, second = store.new_conversation("Holiday in Brügge"), store.new_conversation("Taxes")
    run_once(
        store,
        "r1",
        Request("Read this", (make_file("ticket_2024.png"),), conversation_id=first),
        "The train leaves.",
    )
    store.record_request("r2", Request("Add up", conversation_id=second))
    store.record_result("r2", TaskResult(READ, TaskStatus.DONE, "qwen2.5-coder-1.5b"))

    def ids(text: str) -> list[str]:
        return [one.id for one in store.search(text)]

    assert (
        ids("brugge") == ids("TRAIN") == ids("ticket 2024") == ids("hol") == ids("holiday leaves") == [first]
    )
    assert ids("qwen2.5") == ids("add up") == [second]
    assert ids("train taxes") == ids("olida") == ids('"unclosed AND (') == []
    assert ids("") == ids(" - _ ") == [second, first]
    assert "train leaves" in store.search("train")[0].preview


def test_many_threads_write_side_by_side(store: HistoryStore) -> None:
    id_ = store.new_conversation("x")
    start = threading.Barrier(4)

    def work(number: int) -> None:
        start.wait(5)
        for index in range(5):
            run_once(store, f"{number}-{index}", Request(f"q{number}-{index}", conversation_id=id_))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.request for run in store.conversation(id_).runs} == {
        f"q{a}-{b}" for a in range(4) for b in range(5)
    }


def test_texts_that_are_none_are_refused_and_leave_nothing(store: HistoryStore) -> None:
    id_ = store.new_conversation("x")
    with pytest.raises(InvalidInput):
        store.record_request("r1", Request("broken \udcff", conversation_id=id_))
    run_once(store, "r1", Request("sound", conversation_id=id_))
    assert [run.request for run in store.conversation(id_).runs] == ["sound"]


def test_export_as_markdown(store: HistoryStore, make_file: FileMaker, tmp_path: Path) -> None:
    id_ = store.new_conversation("Notice")
    store.record_request("r1", Request("Read it", (make_file("a.png"),), conversation_id=id_))
    store.record_plan("r1", PLAN)
    store.record_result("r1", TaskResult(READ, TaskStatus.DONE, "rapidocr", outputs=(make_file("0.txt"),)))
    store.record_result("r1", TaskResult(SAY, TaskStatus.FAILED, "piper", message="No voice."))
    store.record_answer("r1", "It says *no*.", 1, 2.0)
    store.record_request("r2", Request("And now?", conversation_id=id_))
    path = tmp_path / "out.md"

    store.export(id_, path)

    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Notice\n")
    for part in (
        "## Request\n\nRead it\n",
        f"- a.png (image): `{tmp_path / 'files' / 'a.png'}`",
        "0. optical-character-recognition by rapidocr, done",
        "1. text-to-speech by piper, failed: No voice.",
        "## Answer\n\nIt says *no*.\n",
        "- 0.txt (image)",
        "(The run was broken off.)",
    ):
        assert part in text
    assert list(tmp_path.glob("*.part")) == []


def test_export_as_json(store: HistoryStore, tmp_path: Path) -> None:
    id_ = store.new_conversation("Notice")
    store.record_request("r1", Request("Read it", seed=3, conversation_id=id_))
    store.record_plan("r1", PLAN)
    store.record_answer("r1", "It says no.", 0, 2.0)
    path = tmp_path / "out.JSON"
    store.export(id_, path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert (kept["id"], kept["title"]) == (id_, "Notice")
    assert kept["runs"][0]["answer"] == "It says no."
    assert kept["runs"][0]["plan"][1]["dep"] == [0]


@pytest.mark.parametrize("name", ["out.txt", "out", "missing-folder/out.md"])
def test_export_refuses_bad_places(store: HistoryStore, tmp_path: Path, name: str) -> None:
    id_ = store.new_conversation("x")
    with pytest.raises(InvalidInput) as raised:
        store.export(id_, tmp_path / name)
    assert raised.value.hint
