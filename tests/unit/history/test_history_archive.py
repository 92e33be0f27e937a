"""Conversations leave as files and come back whole."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from history_files import FileMaker

from hgpt_desktop.core.errors import DiskFull, InvalidInput
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
    (kept,) = before.runs[0].results
    assert [one.path.name for one in result.outputs] == [one.path.name for one in kept.outputs]
    assert [one.path.name for one in first.files] == [one.path.name for one in before.runs[0].files]
    assert result.inputs["image"] == first.files, "the picture is shown beside what was made of it, here too"
    with zipfile.ZipFile(archive) as packed:
        assert str(tmp_path) not in packed.read("conversation.json").decode(), "places are not what is kept"
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


def run_script(script: Path, folder: Path) -> list[str]:
    """What `hgpt` would be called with: each word on a line, a plan's text in the place of its file."""
    fake = folder / "bin" / "hgpt"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\nfor word in "$@"; do\n'
        'if [ "${before:-}" = --plan ]; then tr -d "\\n" <"$word"; echo; else printf "%s\\n" "$word"; fi\n'
        "before=$word\ndone\n"
    )
    fake.chmod(0o755)
    run = subprocess.run(
        ["sh", str(script)],
        env={"PATH": f"{fake.parent}:/usr/bin:/bin", "TMPDIR": str(fake.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert list(fake.parent.iterdir()) == [fake], "the plans' files are gone"
    return run.stdout.splitlines()


def test_a_script_repeats_the_requests_with_their_plans(
    store: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    script, picture = tmp_path / "talk.sh", str(tmp_path / "files" / "it's {0}.png")
    store.export(conversation, script)
    words = run_script(script, tmp_path)
    assert [*words[:6], *words[7:]] == [
        "run", "--file", picture, "--seed", "3", "--plan", "--", "Read <i>it</i> & it's",
    ]  # fmt: skip
    assert json.loads(words[6])[0]["args"]["image"] == picture


def test_a_script_brings_what_a_plan_takes_of_earlier_requests(
    store: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    made = store.conversation(conversation).runs[0].results[0].outputs[0]
    task = Task(1, "image-to-text", {"image": (FileRef(made.name),)})
    store.record_request("r3", Request("--verbose, please", conversation_id=conversation))
    store.record_plan("r3", Plan((task,)))
    store.record_result("r3", TaskResult(task, TaskStatus.DONE, "blip", {"image": (made,)}))
    store.record_answer("r3", "A sign.", 0, 1.0)
    script = tmp_path / "talk.sh"
    store.export(conversation, script)
    words = run_script(script, tmp_path)
    again = words[words.index("run", 1) :]
    assert again[:4] == ["run", "--file", str(made.path), "--plan"]
    assert json.loads(again[4])[0]["args"]["image"] == str(made.path)
    assert again[5:] == ["--", "--verbose, please"]


# ---------------------------------------------------------------- archives that are none of ours


def rewritten(archive: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """The archive with each member changed."""
    made = archive.with_name(f"changed-{archive.name}")
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(*change(name, source.read(name)))
    return made


@pytest.mark.parametrize("name", ["files/..", "files/1/..", "..\\.."])
def test_a_member_that_names_a_folder_is_refused(
    name: str, store: HistoryStore, other: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    store.export(conversation, tmp_path / "good.zip")

    def change(member: str, content: bytes) -> tuple[str, bytes]:
        if member == "conversation.json":
            return member, content.replace(b'"files/1-it\'s {0}.png"', json.dumps(name).encode())
        return (name if member.startswith("files/1-") else member), content

    with pytest.raises(InvalidInput, match="is not a conversation that this program exported"):
        other.import_archive(rewritten(tmp_path / "good.zip", change))
    assert other.conversations() == ()
    assert not list((tmp_path / "two").glob("runs/*")), "half a conversation is none"


def test_a_locked_and_a_cut_archive_are_refused(
    store: HistoryStore, other: HistoryStore, conversation: str, tmp_path: Path
) -> None:
    store.export(conversation, tmp_path / "good.zip")
    whole = (tmp_path / "good.zip").read_bytes()
    locked, cut, twisted = tmp_path / "locked.zip", tmp_path / "cut.zip", tmp_path / "twisted.zip"
    # The flag of encryption, in the headers of the members and in the directory at the end.
    marked = bytearray(whole)
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(sign)
        while at >= 0:
            marked[at + flags] |= 1
            at = marked.find(sign, at + 1)
    locked.write_bytes(marked)
    cut.write_bytes(whole[: len(whole) // 2])
    middle = whole.find(b"conversation.json") + 40
    twisted.write_bytes(whole[:middle] + b"\xff" * 60 + whole[middle + 60 :])
    for bad in (locked, cut, twisted):
        with pytest.raises(InvalidInput, match="is not a conversation that this program exported"):
            other.import_archive(bad)
    assert other.conversations() == ()


def test_a_disk_that_fills_up_while_importing_is_said(
    store: HistoryStore,
    other: HistoryStore,
    conversation: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.export(conversation, tmp_path / "good.zip")

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(DiskFull, match=r"the files in good\.zip find no room"):
        other.import_archive(tmp_path / "good.zip")
    assert other.conversations() == ()
    assert not list((tmp_path / "two").glob("runs/*"))
