"""What every test gets: folders of its own, no network, and a check that nothing is left running."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest
from hypothesis import settings as hypothesis_settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read at import, here and in the hosts

TESTS = Path(__file__).resolve().parent
_GUARD_FOLDER = TESTS / "offline"
_MODELS_AT_START = os.environ.get("HGPT_MODELS")
_HOME_AT_START = os.environ.get("HGPT_HOME")
_LEFTOVER_GRACE_S = 2.0

hypothesis_settings.register_profile("hgpt", deadline=None, print_blob=True)
hypothesis_settings.load_profile("hgpt")


def _load_guard() -> ModuleType:
    """Take this process off the network, with the very file that its children load."""
    spec = importlib.util.spec_from_file_location("hgpt_tests_guard", _GUARD_FOLDER / "sitecustomize.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_guard = _load_guard()


def _models_folder() -> Path:
    """Where the starter pack is installed: HGPT_MODELS, or the user's own folder."""
    from hgpt_desktop.settings import Folders

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HGPT_MODELS", _MODELS_AT_START), ("HGPT_HOME", _HOME_AT_START)):
            if value is None:
                patch.delenv(name, raising=False)
            else:
                patch.setenv(name, value)
        return Folders.of_user().models


@pytest.fixture(scope="session")
def starter_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the installed starter models; without them the test fails and says what to do."""
    from hgpt_desktop.catalog.catalogue import CatalogueIndex
    from hgpt_desktop.settings import shipped

    folder = _models_folder()
    index = CatalogueIndex(
        shipped("models.yaml"),
        tmp_path_factory.mktemp("starter-index") / "catalogue.db",
        folder,
        can_load=lambda card: True,
        capacity_bytes=lambda: 2**62,
    )
    missing = [card.id for card in index.in_set("starter") if not card.installed]
    if missing:
        pytest.fail(
            f"The starter models {', '.join(missing)} are not in {folder}. "
            "Install them with `hgpt models install starter`.",
            pytrace=False,
        )
    return folder


@pytest.fixture(scope="session")
def prompt_states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evaluated prompt prefixes of the starter LLM, made once for all tests: they take half a minute each."""
    return tmp_path_factory.mktemp("prompt-states")


@pytest.fixture(autouse=True)
def _own_folders(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """User folders below tmp_path; a test on the starter models sees the installed ones."""
    monkeypatch.setenv("HGPT_HOME", str(tmp_path / "hgpt-home"))
    if "starter_models" in request.fixturenames:
        monkeypatch.setenv("HGPT_MODELS", str(request.getfixturevalue("starter_models")))
        from hgpt_desktop.settings import Folders

        states = Folders.of_user().prompt_states
        states.parent.mkdir(parents=True)
        states.symlink_to(request.getfixturevalue("prompt_states"))
    else:
        monkeypatch.delenv("HGPT_MODELS", raising=False)


@pytest.fixture(autouse=True)
def _network_off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection from this process or a Python child; loopback for tests marked `network` only."""
    with_loopback = request.node.get_closest_marker("network") is not None
    monkeypatch.setenv("HGPT_TESTS_LOOPBACK", "1" if with_loopback else "0")
    monkeypatch.setenv("PYTHONPATH", str(_GUARD_FOLDER), prepend=os.pathsep)
    _guard.violations.clear()
    yield
    assert not _guard.violations, f"the network was used: {_guard.violations}"


@pytest.fixture(autouse=True)
def _nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A unit test leaves no thread and no child process behind; other tests may share hosts."""
    if "unit" not in request.path.relative_to(TESTS).parts[:1]:
        yield
        return
    threads_before, children_before = set(threading.enumerate()), set(_children())
    yield
    for thread in set(threading.enumerate()) - threads_before:
        thread.join(_LEFTOVER_GRACE_S)
        assert not thread.is_alive(), f"the test left the thread {thread.name} running"
    _, alive = psutil.wait_procs(list(set(_children()) - children_before), timeout=_LEFTOVER_GRACE_S)
    assert not alive, f"the test left child processes: {alive}"


def _children() -> list[psutil.Process]:
    """This process's children, without the standard library's own resource tracker."""
    found = []
    for child in psutil.Process().children():
        try:
            if "multiprocessing.resource_tracker" not in " ".join(child.cmdline()):
                found.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def pytest_unconfigure() -> None:
    # WORKAROUND: llama-cpp-python opens the null device twice when it is imported and never closes it, and
    # the interpreter complains of that below the summary (llama_cpp/_utils.py in
    # https://github.com/abetlen/llama-cpp-python).
    if (library := sys.modules.get("llama_cpp._utils")) is not None:
        for null in (library.outnull_file, library.errnull_file):
            null.close()
