"""The models folder: checked, mended, emptied, locked, and never overfilled."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from catalog_files import Shelf, content_of, file_entry, model_entry

from hgpt_desktop.catalog.locking import folder_lock
from hgpt_desktop.catalog.progress import InstallProgress
from hgpt_desktop.catalog.putting_aside import REMOVED
from hgpt_desktop.catalog.records import read_record
from hgpt_desktop.catalog.store import MARGIN_BYTES, ModelStore
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    DownloadFailed,
    EnvironmentFault,
    InvalidInput,
    ModelDamaged,
    ModelMissing,
)

WEIGHTS, CONFIG = content_of(200_000), b'{"a": 1}'


def ignore(progress: InstallProgress) -> None:
    """Nobody watches."""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "shelf")
    origin = tmp_path / "origin"
    origin.mkdir()
    (origin / "model.bin").write_bytes(WEIGHTS)
    (origin / "config.json").write_bytes(CONFIG)
    made.write(
        model_entry(
            "toy",
            file_entry("model.bin", WEIGHTS, f"file:{origin / 'model.bin'}"),
            file_entry("sub/config.json", CONFIG, f"file:{origin / 'config.json'}"),
        ),
        model_entry("other", file_entry("model.bin", CONFIG, f"file:{origin / 'config.json'}")),
        model_entry("packaged", packages=["no_such_package_x"]),
    )
    return made


def install(shelf: Shelf, *ids: str) -> None:
    shelf.store().install_all([shelf.card(one) for one in ids], shelf.progress.append, CancelToken())


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_several_models_are_installed_with_one_progress(shelf: Shelf) -> None:
    install(shelf, "toy", "other")
    assert shelf.read("toy/sub/config.json") == CONFIG
    assert [card.installed for card in shelf.index().cards()] == [True, True, False]
    working = [progress for progress in shelf.progress if progress.total_bytes]
    assert {progress.total_bytes for progress in working} == {len(WEIGHTS) + 2 * len(CONFIG)}
    assert working[-1].done_bytes == working[-1].total_bytes


def test_the_record_tells_where_each_file_came_from(shelf: Shelf) -> None:
    install(shelf, "toy")
    record = read_record(shelf.models / "toy")
    assert record is not None
    assert [file.path for file in record.files] == ["model.bin", "sub/config.json"]
    assert record.files[0].source == shelf.card().files[0].sources[0]
    assert record.installed_at.endswith("+00:00")


def test_files_that_lie_there_already_are_checked_and_taken(shelf: Shelf, tmp_path: Path) -> None:
    (shelf.models / "toy").mkdir(parents=True)
    (shelf.models / "toy" / "model.bin").write_bytes(WEIGHTS)
    (tmp_path / "origin" / "model.bin").unlink()
    install(shelf, "toy")
    assert shelf.store().verify(shelf.card()) == []


def test_verify_names_what_is_missing_short_or_changed(shelf: Shelf) -> None:
    install(shelf, "toy")
    store, card, folder = shelf.store(), shelf.card(), shelf.models / "toy"
    assert store.verify(card) == []
    (folder / "model.bin").write_bytes(WEIGHTS[:-1] + b"!")
    (folder / "sub" / "config.json").unlink()
    assert [(problem.path, problem.reason) for problem in store.verify(card)] == [
        ("model.bin", "its content has changed (SHA-256)"),
        ("sub/config.json", "it is missing"),
    ]
    (folder / "model.bin").write_bytes(b"short")
    assert store.verify(card)[0].reason == f"it has 5 bytes instead of {len(WEIGHTS)}"


def test_a_lost_record_is_a_problem_that_repair_mends_without_fetching(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy")
    (shelf.models / "toy" / "install.json").unlink()
    assert [problem.path for problem in shelf.store().verify(shelf.card())] == ["install.json"]
    shutil.rmtree(tmp_path / "origin")
    shelf.store().repair(shelf.card(), ignore, CancelToken())
    assert shelf.store().verify(shelf.card()) == []


def test_repair_touches_only_what_is_bad(shelf: Shelf) -> None:
    install(shelf, "toy")
    good, bad = shelf.models / "toy" / "model.bin", shelf.models / "toy" / "sub" / "config.json"
    before = good.stat().st_mtime_ns, good.stat().st_ino
    bad.write_bytes(CONFIG[:-1] + b"!")
    shelf.store().repair(shelf.card(), ignore, CancelToken())
    assert bad.read_bytes() == CONFIG
    assert (good.stat().st_mtime_ns, good.stat().st_ino) == before


def test_repair_that_cannot_fetch_leaves_the_rest(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy")
    (shelf.models / "toy" / "model.bin").write_bytes(b"damaged")
    shutil.rmtree(tmp_path / "origin")
    with pytest.raises(DownloadFailed) as caught:
        shelf.store().repair(shelf.card(), ignore, CancelToken())
    assert caught.value.hint
    assert shelf.read("toy/sub/config.json") == CONFIG


def test_removed_is_removed_with_quarantine_and_leftovers(shelf: Shelf) -> None:
    install(shelf, "toy", "other")
    (shelf.models / "toy" / "model.bin.part").write_bytes(b"left")
    (shelf.models / "quarantine" / "toy").mkdir(parents=True)
    shelf.store().remove(shelf.card())
    assert not (shelf.models / "toy").exists()
    assert not (shelf.models / "quarantine" / "toy").exists()
    assert shelf.card("other").installed
    with pytest.raises(ModelMissing):
        shelf.store().remove(shelf.card())


def test_removing_a_link_leaves_what_it_points_to(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy")
    elsewhere = tmp_path / "elsewhere"
    (shelf.models / "toy").rename(elsewhere)
    (shelf.models / "toy").symlink_to(elsewhere, target_is_directory=True)
    shelf.store().remove(shelf.card())
    assert not (shelf.models / "toy").exists()
    assert (elsewhere / "model.bin").exists()


def test_what_was_put_aside_is_brought_back_whole(shelf: Shelf) -> None:
    install(shelf, "toy", "other")
    before = names(shelf.models / "toy")
    store = shelf.store()
    assert store.put_aside(shelf.card()) >= len(WEIGHTS) + len(CONFIG)
    assert not shelf.card().installed
    assert shelf.card("other").installed
    store.bring_back("toy")
    assert shelf.card().installed
    assert names(shelf.models / "toy") == before
    assert store.verify(shelf.card()) == []
    with pytest.raises(ModelMissing):
        store.bring_back("toy")


def test_what_was_put_aside_is_deleted_one_by_one_or_together(shelf: Shelf) -> None:
    install(shelf, "toy", "other")
    store = shelf.store()
    for one in ("toy", "other"):
        store.put_aside(shelf.card(one))
    store.forget("toy")
    assert [path.name for path in (shelf.models / REMOVED).iterdir()] == ["other"]
    store.forget()
    assert list((shelf.models / REMOVED).iterdir()) == []
    store.forget()
    for one in ("toy", "other"):
        with pytest.raises(ModelMissing):
            store.bring_back(one)


def test_a_model_fetched_anew_is_not_replaced_by_the_one_put_aside(shelf: Shelf) -> None:
    install(shelf, "toy")
    store = shelf.store()
    store.put_aside(shelf.card())
    install(shelf, "toy")
    (shelf.models / "toy" / "mine.txt").write_text("newer")
    with pytest.raises(ModelMissing):
        store.bring_back("toy")
    assert shelf.read("toy/mine.txt") == b"newer"
    store.forget("toy")
    assert shelf.card().installed


def test_what_was_put_aside_goes_when_its_room_is_needed(shelf: Shelf) -> None:
    install(shelf, "other")
    aside = shelf.models / REMOVED / "other"

    def disk_free(folder: Path) -> int:
        return MARGIN_BYTES + (len(WEIGHTS) if aside.exists() else 2 * len(WEIGHTS))

    store = ModelStore(shelf.index(), shelf.models, shelf.cache, disk_free=disk_free)
    store.put_aside(shelf.card("other"))
    store.install(shelf.card(), ignore, CancelToken())
    assert shelf.card().installed
    assert not aside.exists()


def test_putting_aside_waits_for_no_download(shelf: Shelf) -> None:
    install(shelf, "toy")
    with folder_lock(shelf.models):
        shelf.store().put_aside(shelf.card())
        shelf.store().bring_back("toy")
    assert shelf.card().installed


def test_a_link_that_was_put_aside_frees_nothing_and_comes_back(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy")
    elsewhere = tmp_path / "elsewhere"
    (shelf.models / "toy").rename(elsewhere)
    (shelf.models / "toy").symlink_to(elsewhere, target_is_directory=True)
    store = shelf.store()
    assert store.put_aside(shelf.card()) == 0
    store.bring_back("toy")
    assert shelf.card().installed
    store.put_aside(shelf.card())
    store.forget()
    assert (elsewhere / "model.bin").exists()


def test_models_of_packages_say_what_to_install(shelf: Shelf) -> None:
    store, card = shelf.store(), shelf.card("packaged")
    for call in (store.install, store.repair):
        with pytest.raises(EnvironmentFault) as caught:
            call(card, ignore, CancelToken())
        assert "pip install no_such_package_x" in caught.value.hint
    assert [problem.path for problem in store.verify(card)] == ["no_such_package_x"]
    with pytest.raises(InvalidInput):
        store.remove(card)
    with pytest.raises(InvalidInput):
        store.put_aside(card)


def test_what_is_not_here_cannot_be_checked_or_mended(shelf: Shelf) -> None:
    store, card = shelf.store(), shelf.card()
    with pytest.raises(ModelMissing) as caught:
        store.verify(card)
    assert "hgpt models install toy" in caught.value.hint
    with pytest.raises(ModelMissing):
        store.repair(card, ignore, CancelToken())


def test_a_full_disk_is_noticed_before_anything_is_fetched(shelf: Shelf) -> None:
    needed = len(WEIGHTS) + 2 * len(CONFIG) + MARGIN_BYTES
    shelf.free_bytes = needed - 1
    with pytest.raises(DiskFull) as caught:
        install(shelf, "toy", "other")
    assert "`models_folder`" in caught.value.hint
    assert names(shelf.models) == [".lock"]
    shelf.free_bytes = needed
    install(shelf, "toy", "other")


def test_what_has_arrived_needs_no_room(shelf: Shelf) -> None:
    (shelf.models / "toy").mkdir(parents=True)
    (shelf.models / "toy" / "model.bin.part").write_bytes(WEIGHTS[:150_000])
    shelf.free_bytes = 50_000 + len(CONFIG) + MARGIN_BYTES
    install(shelf, "toy")
    assert shelf.card().installed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_on_the_way_is_reported(shelf: Shelf) -> None:
    (shelf.models / "toy").mkdir(parents=True)
    (shelf.models / "toy" / "model.bin.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull) as caught:
        install(shelf, "toy")
    assert "what has arrived is kept" in caught.value.hint


def test_cancel_ends_the_work_and_the_next_call_goes_on(shelf: Shelf) -> None:
    cancel = CancelToken()

    def stop(progress: InstallProgress) -> None:
        if progress.model_id == "other":
            cancel.cancel()

    cards = [shelf.card("toy"), shelf.card("other")]
    with pytest.raises(Cancelled):
        shelf.store().install_all(cards, stop, cancel)
    assert shelf.card("toy").installed
    assert not shelf.card("other").installed
    install(shelf, "toy", "other")
    assert shelf.card("other").installed


def test_another_process_is_told_who_holds_the_folder(shelf: Shelf) -> None:
    holder = (
        "import sys; from pathlib import Path; from hgpt_desktop.catalog.locking import folder_lock\n"
        "with folder_lock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(shelf.models)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(EnvironmentFault, match=f"process {process.pid}") as caught:
            install(shelf, "toy")
        assert "Wait" in caught.value.hint
        process.kill()  # whatever ends it, the folder is free again
    install(shelf, "toy")
    assert shelf.card().installed


def test_a_models_folder_that_is_none_is_an_environment_fault(shelf: Shelf) -> None:
    shelf.models.write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentFault) as caught:
        install(shelf, "toy")
    assert caught.value.hint


# ---------------------------------------------------------------- export and import


def test_an_exported_model_is_taken_on_another_machine_without_its_sources(
    shelf: Shelf, tmp_path: Path
) -> None:
    install(shelf, "toy", "other")
    stick = tmp_path / "stick"
    shelf.store().export([shelf.card("toy"), shelf.card("other")], stick, ignore, CancelToken())
    assert names(stick / "toy") == ["card.yaml", "install.json", "model.bin", "sub/config.json"]
    shutil.rmtree(tmp_path / "origin")
    there = Shelf(tmp_path / "there", network=False)
    there.write(model_entry("unrelated", file_entry("x", b"x")))
    taken = there.store().import_all(stick, there.progress.append, CancelToken())
    assert [(card.id, card.installed) for card in taken] == [("other", True), ("toy", True)]
    assert there.store().verify(there.card("toy")) == []
    assert there.progress[-1].done_bytes == len(WEIGHTS) + 2 * len(CONFIG)


def test_exporting_twice_copies_only_what_is_missing(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy")
    stick = tmp_path / "stick"
    shelf.store().export([shelf.card()], stick, ignore, CancelToken())
    before = (stick / "toy" / "model.bin").stat().st_ino
    (stick / "toy" / "sub" / "config.json").unlink()
    shelf.store().export([shelf.card()], stick, ignore, CancelToken())
    assert (stick / "toy" / "model.bin").stat().st_ino == before
    assert (stick / "toy" / "sub" / "config.json").read_bytes() == CONFIG


def test_a_damaged_or_missing_model_is_not_exported(shelf: Shelf, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with pytest.raises(ModelMissing):
        shelf.store().export([shelf.card()], stick, ignore, CancelToken())
    with pytest.raises(InvalidInput):
        shelf.store().export([shelf.card("packaged")], stick, ignore, CancelToken())
    install(shelf, "toy")
    (shelf.models / "toy" / "model.bin").write_bytes(WEIGHTS[:-1] + b"!")
    with pytest.raises(ModelDamaged) as caught:
        shelf.store().export([shelf.card()], stick, ignore, CancelToken())
    assert "hgpt models repair toy" in caught.value.hint
    assert names(stick) == []


def test_a_damaged_copy_is_not_imported(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy")
    stick = tmp_path / "stick"
    shelf.store().export([shelf.card()], stick, ignore, CancelToken())
    (stick / "toy" / "model.bin").write_bytes(WEIGHTS[:-1] + b"!")
    there = Shelf(tmp_path / "there")
    there.write()
    with pytest.raises(ModelDamaged):
        there.store().import_path(stick / "toy", ignore, CancelToken())
    assert there.index().cards() == ()


def test_one_model_at_a_time_unless_all_are_meant(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, "toy", "other")
    stick = tmp_path / "stick"
    shelf.store().export([shelf.card("toy"), shelf.card("other")], stick, ignore, CancelToken())
    there = Shelf(tmp_path / "there")
    there.write()
    with pytest.raises(InvalidInput, match="2 models") as caught:
        there.store().import_path(stick, ignore, CancelToken())
    assert str(stick / "other") in caught.value.hint
    assert there.store().import_path(stick / "toy", ignore, CancelToken()).id == "toy"
