"""Downloads over HTTP: they go on where they ended, and only the right bytes are installed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from catalog_files import Shelf, content_of, file_entry, hub_files, hub_source, model_entry, serving

from hgpt_desktop.catalog.drafts import Draft
from hgpt_desktop.catalog.progress import InstallProgress
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, DiskFull, DownloadFailed, EnvironmentFault, ModelDamaged

pytestmark = pytest.mark.network

WEIGHTS = content_of(3_000_000)
FILES = hub_files({"model.bin": WEIGHTS})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    made.write(model_entry("toy", file_entry("model.bin", WEIGHTS, hub_source("model.bin"))))
    return made


@pytest.fixture
def unhashed(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "unhashed")
    made.write(model_entry("toy", file_entry("model.bin", None, hub_source("model.bin", revision="main"))))
    return made


MOVING = hub_files({"model.bin": WEIGHTS}, revision="main")


def install(shelf: Shelf, url: str, cancel: CancelToken | None = None) -> None:
    shelf.hub = url
    shelf.store().install(shelf.card(), shelf.progress.append, cancel or CancelToken())


def leave_part(shelf: Shelf, content: bytes, tag: str | None = None) -> None:
    """What a killed process leaves."""
    with Draft(shelf.models / "toy" / "model.bin") as draft:
        draft.restart()
        draft.write(content)
        draft.set_tag(tag)


def test_a_file_arrives_and_the_model_is_installed(shelf: Shelf) -> None:
    with serving(FILES) as served:
        install(shelf, served.url)
    assert shelf.read("toy/model.bin") == WEIGHTS
    assert shelf.card().installed
    assert shelf.store().verify(shelf.card()) == []
    assert sorted(path.name for path in (shelf.models / "toy").iterdir()) == [
        "card.yaml",
        "install.json",
        "model.bin",
    ]


def test_progress_grows_to_the_whole(shelf: Shelf) -> None:
    with serving(FILES) as served:
        install(shelf, served.url)
    done = [progress.done_bytes for progress in shelf.progress]
    assert done == sorted(done)
    assert done[-1] == len(WEIGHTS)
    last = shelf.progress[-1]
    assert (last.model_id, last.file, last.total_bytes, last.remaining_s) == (
        "toy",
        "model.bin",
        len(WEIGHTS),
        0.0,
    )


def test_an_installed_model_asks_for_nothing(shelf: Shelf) -> None:
    with serving(FILES) as served:
        install(shelf, served.url)
        served.asked.clear()
        install(shelf, served.url)
        assert served.asked == []


def test_a_download_goes_on_where_it_ended(shelf: Shelf) -> None:
    leave_part(shelf, WEIGHTS[:1_000_000])
    with serving(FILES) as served:
        install(shelf, served.url)
    assert served.ranges_asked() == ["bytes=1000000-"]
    assert shelf.read("toy/model.bin") == WEIGHTS


def test_a_complete_part_is_not_fetched_again(shelf: Shelf) -> None:
    leave_part(shelf, WEIGHTS)
    with serving(FILES) as served:
        install(shelf, served.url)
    assert served.asked == []
    assert shelf.card().installed


def test_a_connection_that_ends_early_is_taken_up_again(shelf: Shelf) -> None:
    with serving(FILES, cut_after=[1_000_000, 500_000]) as served:
        install(shelf, served.url)
    assert served.ranges_asked() == [None, "bytes=1000000-", "bytes=1500000-"]
    assert shelf.read("toy/model.bin") == WEIGHTS


def test_a_server_without_ranges_begins_anew(shelf: Shelf) -> None:
    leave_part(shelf, WEIGHTS[:1_000_000])
    with serving(FILES, ranges=False) as served:
        install(shelf, served.url)
    assert shelf.read("toy/model.bin") == WEIGHTS
    assert shelf.progress[-1].done_bytes == len(WEIGHTS)


def test_a_part_with_wrong_bytes_is_fetched_once_more_from_nothing(shelf: Shelf) -> None:
    leave_part(shelf, b"x" * 1_000_000)
    with serving(FILES) as served:
        install(shelf, served.url)
    assert served.ranges_asked() == ["bytes=1000000-", None]
    assert shelf.read("toy/model.bin") == WEIGHTS
    assert (shelf.models / "quarantine" / "toy" / "model.bin").stat().st_size == len(WEIGHTS)


def test_a_wrong_file_goes_to_quarantine_and_is_not_installed(shelf: Shelf) -> None:
    wrong = content_of(len(WEIGHTS), seed=1)
    with serving(hub_files({"model.bin": wrong})) as served, pytest.raises(ModelDamaged) as caught:
        install(shelf, served.url)
    assert "quarantine" in caught.value.hint
    assert "SHA-256" in caught.value.detail
    assert not shelf.card().installed
    assert not (shelf.models / "toy" / "model.bin").exists()
    assert (shelf.models / "quarantine" / "toy" / "model.bin").read_bytes() == wrong


def test_a_file_of_another_size_is_refused_before_it_is_fetched(shelf: Shelf) -> None:
    with (
        serving(hub_files({"model.bin": WEIGHTS + b"more"})) as served,
        pytest.raises(ModelDamaged) as caught,
    ):
        install(shelf, served.url)
    assert "another size" in caught.value.message
    assert len(served.ranges_asked()) == 1
    assert not shelf.card().installed


def test_busy_servers_are_asked_again_but_not_for_ever(shelf: Shelf) -> None:
    with serving(FILES, statuses=[503, 429]) as served:
        install(shelf, served.url)
    assert shelf.card().installed
    shelf.store().remove(shelf.card())
    with serving(FILES, statuses=[503] * 9) as served, pytest.raises(DownloadFailed) as caught:
        install(shelf, served.url)
    assert len(served.ranges_asked()) == 3
    assert "503" in caught.value.detail
    assert caught.value.hint


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refusals_are_final_and_say_what_to_do(shelf: Shelf, status: int) -> None:
    with serving(FILES, statuses=[status]) as served, pytest.raises(DownloadFailed) as caught:
        install(shelf, served.url)
    assert len(served.ranges_asked()) == 1
    assert str(status) in caught.value.detail
    assert caught.value.hint


def test_a_server_that_is_not_there_keeps_what_has_arrived(shelf: Shelf) -> None:
    leave_part(shelf, WEIGHTS[:1_000_000])
    with serving(FILES) as served:
        nowhere = served.url
    with pytest.raises(DownloadFailed):
        install(shelf, nowhere)
    with serving(FILES) as served:
        install(shelf, served.url)
    assert served.ranges_asked() == ["bytes=1000000-"]


def test_the_next_source_is_tried_where_one_fails(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    sources = hub_source("gone.bin"), hub_source("wrong.bin"), hub_source("model.bin")
    shelf.write(model_entry("toy", file_entry("model.bin", WEIGHTS, *sources)))
    with serving(FILES | hub_files({"wrong.bin": content_of(len(WEIGHTS), seed=2)})) as served:
        install(shelf, served.url)
    assert shelf.read("toy/model.bin") == WEIGHTS
    assert shelf.progress[-1].done_bytes == len(WEIGHTS)


def test_a_file_without_a_hash_is_recorded_as_it_first_arrives(unhashed: Shelf) -> None:
    with serving(MOVING) as served:
        install(unhashed, served.url)
    assert unhashed.store().verify(unhashed.card()) == []
    path = unhashed.models / "toy" / "model.bin"
    path.write_bytes(WEIGHTS[:-1] + b"!")
    assert [problem.path for problem in unhashed.store().verify(unhashed.card())] == ["model.bin"]


def test_a_file_that_changed_meanwhile_begins_anew(unhashed: Shelf) -> None:
    leave_part(unhashed, b"old" * 1000, tag='"one"')
    with serving(MOVING, etag='"two"') as served:
        install(unhashed, served.url)
    assert served.ranges_asked() == ["bytes=3000-", None]
    assert unhashed.read("toy/model.bin") == WEIGHTS


def test_a_file_that_did_not_change_goes_on(unhashed: Shelf) -> None:
    leave_part(unhashed, WEIGHTS[:1_000_000], tag='"one"')
    with serving(MOVING, etag='"one"') as served:
        install(unhashed, served.url)
    assert served.ranges_asked() == ["bytes=1000000-"]
    assert unhashed.read("toy/model.bin") == WEIGHTS


def test_sizes_that_the_catalogue_lacks_are_asked_for_before_the_disk_is_filled(unhashed: Shelf) -> None:
    unhashed.free_bytes = len(WEIGHTS)
    with serving(MOVING) as served, pytest.raises(DiskFull):
        install(unhashed, served.url)
    assert [method for method, _, _ in served.asked] == ["HEAD"]


def test_cancel_stops_a_silent_server_at_once_and_keeps_what_has_arrived(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, waiting, write = CancelToken(), threading.Event(), Draft.write

    def watched(draft: Draft, chunk: bytes) -> None:
        write(draft, chunk)
        if draft.length == 1_500_000:  # and no more will come
            waiting.set()

    monkeypatch.setattr(Draft, "write", watched)
    with serving(FILES, hold_after=1_500_000) as served:
        stopper = threading.Thread(target=_after(waiting, cancel.cancel))
        stopper.start()
        with pytest.raises(Cancelled):
            install(shelf, served.url, cancel)
        stopper.join()
    with serving(FILES) as served:
        install(shelf, served.url)
    assert served.ranges_asked() == ["bytes=1500000-"]
    assert shelf.read("toy/model.bin") == WEIGHTS


def test_a_process_killed_in_the_middle_leaves_what_the_next_one_needs(shelf: Shelf) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from catalog_files import Shelf\n"
        "from hgpt_desktop.catalog.drafts import Draft; from hgpt_desktop.core.cancel import CancelToken\n"
        "shelf, write = Shelf(Path(sys.argv[2]), hub=sys.argv[3]), Draft.write\n"
        "def watched(draft, chunk):\n"
        "    write(draft, chunk)\n"
        "    if draft.length == 1_500_000: print('half', flush=True)\n"
        "Draft.write = watched\n"
        "shelf.store().install(shelf.card(), lambda progress: None, CancelToken())\n"
    )
    with serving(FILES, hold_after=1_500_000) as served:
        command = [sys.executable, "-c", program, str(Path(__file__).parent), str(shelf.folder), served.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "half\n"
            process.kill()  # SIGKILL: nothing can be tidied up
    kept = (shelf.models / "toy" / "model.bin.part").stat().st_size
    assert 1_000_000 < kept <= 1_500_000
    with serving(FILES) as served:
        install(shelf, served.url)
    assert served.ranges_asked() == [f"bytes={kept}-"]
    assert shelf.read("toy/model.bin") == WEIGHTS
    assert shelf.store().verify(shelf.card()) == []


def test_nothing_is_fetched_where_downloads_are_turned_off(shelf: Shelf) -> None:
    shelf.network = False
    with serving(FILES) as served, pytest.raises(DownloadFailed, match="turned off"):
        install(shelf, served.url)
    assert served.asked == []


def test_a_second_installation_at_the_same_time_is_refused(shelf: Shelf) -> None:
    with serving(FILES) as served:
        shelf.hub = served.url
        seen: list[EnvironmentFault] = []

        def meanwhile(progress: InstallProgress) -> None:
            if not seen:
                with pytest.raises(EnvironmentFault) as caught:
                    shelf.store().install(shelf.card(), lambda one: None, CancelToken())
                seen.append(caught.value)

        shelf.store().install(shelf.card(), meanwhile, CancelToken())
    assert "already" in seen[0].message
    assert shelf.card().installed


def _after(event: threading.Event, call: Callable[[], None]) -> Callable[[], None]:
    def wait() -> None:
        assert event.wait(20)
        call()

    return wait
