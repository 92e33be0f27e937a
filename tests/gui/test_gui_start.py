"""How the window starts, and what it says where it cannot."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from stories import PLAN, Story

from hgpt_desktop import app
from hgpt_desktop.bridge.engine import ApplicationEngine, OpenApplication
from hgpt_desktop.catalog.cards import RECORD_FILE
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, InvalidInput, ModelMissing
from hgpt_desktop.core.events import Event, RequestFinished
from hgpt_desktop.core.request import Request
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.settings import Folders, Settings
from hgpt_desktop.wiring import Application

_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _DISPLAY:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_display")
def test_without_a_display_it_says_what_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([]) == 3
    said = capsys.readouterr().err
    assert said.startswith("There is no display to open a window on.\n")
    assert "hgpt run" in said


@pytest.mark.usefixtures("no_display")
@pytest.mark.skipif(sys.platform != "linux", reason="X servers are asked on Linux only")
def test_a_display_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")  # nobody listens there
    assert app.main([]) == 3
    said = capsys.readouterr().err
    assert said.startswith("The display :4711 cannot be reached.\n")
    assert "hgpt run" in said


@pytest.mark.parametrize(
    ("platform", "lacking", "packages"),
    [
        ("xcb", {"libxcb-cursor.so.0"}, ["libxcb-cursor0"]),
        ("xcb", {"libEGL.so.1", "libxcb-icccm.so.4"}, ["libegl1", "libxcb-icccm4"]),
        ("wayland", {"libwayland-cursor.so.0", "libxcb-cursor.so.0"}, ["libwayland-cursor0"]),
        ("offscreen", {"libxcb-cursor.so.0"}, []),
    ],
)
def test_missing_libraries_are_named_with_their_packages(
    platform: str, lacking: set[str], packages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(library: str) -> None:
        if library in lacking:
            raise OSError(f"{library}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert sorted(app.missing_libraries(platform).values()) == packages


@pytest.mark.usefixtures("no_display")
def test_a_missing_library_ends_the_start_with_the_command_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr(app, "missing_libraries", lambda platform: {"libxcb-cursor.so.0": "libxcb-cursor0"})
    assert app.main([]) == 3
    said = capsys.readouterr().err
    assert "libxcb-cursor.so.0" in said
    assert "sudo apt-get install libxcb-cursor0" in said


def test_what_neither_list_knows_is_said_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(files: object, folders: object) -> int:
        raise ImportError("libfoo.so.3: cannot open shared object file")

    monkeypatch.setattr(app, "_run", broken)
    monkeypatch.setattr(app, "_start_log", lambda folder: None)
    assert app.main([]) == 3
    assert "libfoo.so.3" in capsys.readouterr().err


def test_importing_the_start_imports_no_qt() -> None:
    code = "import sys, hgpt_desktop.app; print(any(name.startswith('PySide6') for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


def test_the_program_opens_its_window_and_closes_on_a_polite_kill(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_text("not json", encoding="utf-8")
    log = home / "data" / "logs" / "window.log"
    log.parent.mkdir(parents=True)
    os.mkfifo(log)  # what the program logs arrives here as it is written
    with open(os.open(log, os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8") as logged:
        process = subprocess.Popen(
            [sys.executable, "-m", "hgpt_desktop"],
            env=os.environ
            | {"HGPT_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        limit = threading.Timer(120, process.kill)
        limit.start()
        try:
            # The end of the errors is the end of the process, if it comes before the first line.
            began, _, _ = select.select([logged, process.stderr], [], [])
            os.set_blocking(logged.fileno(), True)
            assert logged not in began or any("The window is ready" in line for line in logged)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=120)
        finally:
            limit.cancel()
            process.kill()
    assert process.returncode == 0, said
    assert said == ""
    assert (home / "config" / "window.ini").exists()


# ---------------------------------------------------------------- the real engine, without models


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    with Application.open(Folders.of_user(), Settings(), InlineRunner()) as opened:
        yield opened


def test_the_engine_tells_what_a_new_installation_lacks(application: Application) -> None:
    engine = ApplicationEngine(application)
    starter = engine.starter()
    assert starter is not None
    assert starter.fits == (starter.free_bytes >= starter.total_bytes)
    assert starter.total_bytes > 1_000_000_000
    status = engine.status()
    assert status.llm is None
    assert status.used_bytes == 0
    assert status.capacity_bytes > 0


def test_a_set_that_was_begun_is_offered_until_it_is_complete_or_dropped(application: Application) -> None:
    engine, stop = ApplicationEngine(application), CancelToken()
    offered, starter = engine.rest(), engine.starter()
    assert offered is not None
    assert starter is not None
    assert offered.models == starter.models
    stop.cancel()
    with pytest.raises(Cancelled):
        engine.install_set("starter", lambda view: None, stop)
    rest, starter = engine.rest(), engine.starter()
    assert rest is not None
    assert starter is not None
    assert (rest.set_name, rest.models) == ("starter", starter.models)
    engine.drop_rest()
    assert engine.rest() is None


def test_a_model_put_aside_comes_back_or_goes_at_the_next_start(application: Application) -> None:
    folder = Folders.of_user().models / "whisper-base"

    def put_there() -> None:
        folder.mkdir(parents=True)
        (folder / RECORD_FILE).write_text("{}")
        (folder / "model.bin").write_bytes(b"1234")

    engine = ApplicationEngine(application)
    put_there()
    assert engine.remove_model("whisper-base") == 6
    assert not folder.exists()
    engine.bring_model_back("whisper-base")
    assert (folder / "model.bin").read_bytes() == b"1234"
    engine.remove_model("whisper-base")
    ApplicationEngine(application)  # the next start
    with pytest.raises(ModelMissing):
        engine.bring_model_back("whisper-base")
    put_there()
    engine.remove_model("whisper-base")
    engine.forget_model("whisper-base")
    assert not list(folder.parent.glob(".removed/*"))


def test_of_an_installed_model_only_what_is_damaged_is_fetched(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, asked = ApplicationEngine(application), []
    monkeypatch.setattr(
        application.store, "repair", lambda card, told, cancel: asked.append(("repair", card.id))
    )
    monkeypatch.setattr(
        application.store, "install", lambda card, told, cancel: asked.append(("install", card.id))
    )
    installed = next(one for one in application.catalogue.cards() if one.installed)
    for model_id in (installed.id, "whisper-base"):
        engine.install_model(model_id, lambda view: None, CancelToken())
    assert asked == [("repair", installed.id), ("install", "whisper-base")]


def test_the_engine_answers_a_request_it_cannot_do_with_words(application: Application) -> None:
    engine = ApplicationEngine(application)
    events: list[Event] = []
    finished = engine.run("Hello", [], None, events.append, CancelToken())
    assert finished.exit_code == 3
    assert "starter" in finished.hint
    assert isinstance(events[-1], RequestFinished)
    with pytest.raises(InvalidInput):
        engine.run("Read it", [Path("/nowhere/a.png")], None, events.append, CancelToken())


def test_the_engine_gives_back_what_the_history_keeps(application: Application, tmp_path: Path) -> None:
    engine = ApplicationEngine(application)
    story = Story.told_in(tmp_path)
    conversation_id = application.history.new_conversation("Notice")
    application.history.record_request("run-1", Request("Read it", conversation_id=conversation_id))
    application.history.record_plan("run-1", PLAN)
    for result in story.results:
        application.history.record_result("run-1", result)
    application.history.record_answer("run-1", "Closed.", 0, 2.0)
    (view,) = engine.conversations()
    assert (view.id, view.title) == (conversation_id, "Notice")
    assert view.changed_at.tzinfo is not None
    (exchange,) = engine.conversation(conversation_id)
    assert (exchange.request, exchange.answer, exchange.exit_code) == ("Read it", "Closed.", 0)
    assert exchange.plan == PLAN
    assert [result.task.id for result in exchange.results] == [1, 2, 3]
    assert engine.search("closed") != ()
    engine.rename(conversation_id, "The notice")
    assert engine.conversations()[0].title == "The notice"
    engine.delete(conversation_id)
    assert engine.conversations() == ()


def test_the_theme_is_kept_in_the_settings(application: Application) -> None:
    ApplicationEngine(application).keep_theme("dark")
    assert Settings.load(Folders.of_user().config / "settings.json").theme == "dark"


def test_the_engine_opens_from_the_users_folders() -> None:
    engine = OpenApplication(Folders.of_user(), Settings())(InlineRunner())
    assert engine.conversations() == ()
    engine.close()
