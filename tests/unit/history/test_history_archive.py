"""Conversations leave as files and come back whole."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from history_files import FileMaker

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import FileRef, Plan, Task
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.history.store import HistoryStore

READ = Task(0, "image-to-text", {"image": (FileRef("it's {0}.png"),)})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HistoryStore]:
    opened = HistoryStore(tmp_path / "one" / "history.db")
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[HistoryStore]:
    opened = HistoryStore(tmp_path / "two" / "history.db")
    yield opened
    opened.close()


@pytest.fixture
def conversation(store: HistoryStore, tmp_path: Path) -> str:
    """Two branches: r1 and r2 stand side by side; r1 has a file in, a picture and a text out."""
    make = FileMaker(tmp_path / "files")
    picture = make("it's {0}.png")
    id_ = store.new_conversation("A <b>notice</b>")
    store.record_request("r1", Request("Read <i>it</i> & it's", (picture,), seed=3, conversation_id=id_))
    store.record_plan("r1", Plan((READ,)))
    outputs = (make("0-drawn.png"), make("0-said.txt", Kind.TEXT, "closed"))
    store.record_result("r1", TaskResult(READ, TaskStatus.DONE, "blip", {"image": (picture,)}, outputs))
    store.record_answer(
        "r1", "It is **closed**.\n\n<script>alert(1)</script> ![x](file:///etc/passwd)", 0, 2.0
    )
    store.rate("r1", 1, "good")
    with store.branching(id_, "r1"):
        store.record_request("r2", Request("Read it again", conversation_id=id_))
        store.record_answer("r2", "Still closed.", 0, 1.0)
    store.show_branch("r1")
    record = tmp_path / "one" / "runs" / "r1" / "run.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"run_id": "r1"}', encoding="utf-8")
    return id_


def test_a_conversation_comes_back_from_its_archive(
    store: HistoryStore, other: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    archive = tmp_path / "talk.zip"
    store.export(conversation, archive)
    for _ in range(2):  # also where it is there already
        new_id = other.import_archive(archive)
    assert len(other.conversations()) == 2
    again = other.conversation(new_id, whole=True)
    before = store.conversation(conversation, whole=True)
    assert again.title == before.title
    assert [run.request for run in again.runs] == [run.request for run in before.runs]
    first, second = again.runs
    assert first.siblings == (first.id, second.id)
    assert (first.plan, first.answer, first.rating, first.note) == (
        Plan((READ,)), before.runs[0].answer, 1, "good",
    )  # fmt: skip
    (result,) = first.results
    assert [one.path.read_text(encoding="utf-8") for one in result.outputs] == ["0-drawn.png", "closed"]
    folder = tmp_path / "two" / "runs" / first.id
    assert {path.parent for path in (first.files[0].path, result.outputs[0].path)} == {folder}
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == {"run_id": "r1"}
    assert [one.id for one in other.search("closed")] != []
    other.delete(new_id)
    assert not folder.exists()


@pytest.mark.parametrize(
    "manifest", ["not json", "[]", "{}", '{"format": 1, "title": "x", "runs": [{"id": "a"}]}']
)
def test_what_is_no_archive_is_refused_and_leaves_nothing(
    manifest: str, other: HistoryStore, tmp_path: Path
) -> None:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversation.json", manifest)
    plain = tmp_path / "plain.zip"
    plain.write_bytes(b"no zip at all")
    for bad in (path, plain, tmp_path / "gone.zip"):
        with pytest.raises(InvalidInput):
            other.import_archive(bad)
    assert other.conversations() == ()
    assert not list((tmp_path / "two").glob("runs/*"))


def test_an_archive_of_a_newer_program_is_refused(other: HistoryStore, tmp_path: Path) -> None:
    path = tmp_path / "new.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversation.json", json.dumps({"format": 99, "title": "x", "runs": []}))
    with pytest.raises(InvalidInput, match="newer version"):
        other.import_archive(path)


def test_an_archive_writes_nowhere_but_into_its_runs_folders(
    store: HistoryStore, other: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    good, evil = tmp_path / "good.zip", tmp_path / "evil.zip"
    store.export(conversation, good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(evil, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "conversation.json":
                content = content.replace(b"files/1-", b"files/../../../1-").replace(b'"r1"', b'"../../r1"')
            target.writestr(name.replace("files/1-", "files/../../../1-"), content)
    new_id = other.import_archive(evil)
    runs = (tmp_path / "two" / "runs").resolve()
    assert all(
        file.path.resolve().is_relative_to(runs)
        for run in other.conversation(new_id).runs
        for file in run.files
    )
    assert {path.name for path in tmp_path.iterdir()} == {"files", "one", "two", "good.zip", "evil.zip"}


def test_a_page_shows_all_and_runs_nothing(store: HistoryStore, conversation: str, tmp_path: Path) -> None:
    page = tmp_path / "talk.html"
    store.export(conversation, page)
    html = page.read_text(encoding="utf-8")
    assert "<title>A &lt;b&gt;notice&lt;/b&gt;</title>" in html
    assert "Read &lt;i&gt;it&lt;/i&gt;" in html
    assert "<strong>closed</strong>" in html
    assert "<script" not in html
    assert 'src="file:' not in html
    assert html.count("data:text/plain;base64,") == 2, "the picture in and the picture out"


def test_a_script_repeats_the_requests_with_their_plans(
    store: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    script = tmp_path / "talk.sh"
    store.export(conversation, script)
    fake = tmp_path / "bin" / "hgpt"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; last=$word; done\ncat "$last"\n')
    fake.chmod(0o755)
    run = subprocess.run(
        ["sh", str(script)],
        env={"PATH": f"{fake.parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    words = run.stdout.splitlines()
    assert words[:6] == [
        "run", "Read <i>it</i> & it's", "--file", str(tmp_path / "files" / "it's {0}.png"), "--seed", "3",
    ]  # fmt: skip
    plan = json.loads("\n".join(words[8:]))
    assert plan[0]["args"]["image"] == str(tmp_path / "files" / "it's {0}.png")
