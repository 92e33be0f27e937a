"""The test harness itself: the network is really off, here and in children."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hgpt_desktop.settings import Folders

_CONNECT = "import socket; socket.create_connection(({host!r}, 9), timeout=5)"


@pytest.fixture
def forgiven(request: pytest.FixtureRequest) -> list[str]:
    """The guard's record, emptied by the test that provokes it."""
    conftest = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[2] / "conftest.py"))
    assert conftest is not None
    violations: list[str] = conftest._guard.violations
    return violations


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.1"])
def test_unmarked_test_cannot_connect(host: str, forgiven: list[str]) -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match="network"):
        client.connect((host, 9))
    assert forgiven == [f"socket.connect {host!r}"]
    forgiven.clear()


def test_names_are_not_resolved(forgiven: list[str]) -> None:
    with pytest.raises(RuntimeError, match="the network is off"):
        socket.getaddrinfo("example.org", 443)
    forgiven.clear()


@pytest.mark.network
def test_marked_test_may_use_loopback_only(forgiven: list[str]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()
    with socket.socket() as client, pytest.raises(RuntimeError):
        client.connect(("192.0.2.1", 9))
    forgiven.clear()


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.1"])
def test_children_are_off_the_network_too(host: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", _CONNECT.format(host=host)], capture_output=True, text=True, check=False
    )
    assert child.returncode == 1
    assert "NetworkUseError" in child.stderr


def test_socket_pairs_are_not_the_network() -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"x")
        assert right.recv(1) == b"x"


def test_user_folders_are_temporary(tmp_path: Path) -> None:
    folders = Folders.of_user()
    assert tmp_path in folders.data.parents
    assert tmp_path in folders.models.parents
    assert "HGPT_MODELS" not in os.environ
