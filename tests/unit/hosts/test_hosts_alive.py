"""The heartbeat: a host that works in silence is left alone, one that no longer answers is ended."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, HostDied
from hgpt_desktop.hosts.process import HostProcess
from hgpt_desktop.hosts.protocol import Progress, TextChunk

PATIENCE_S = 20.0


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[HostProcess]:
    """A host that is asked after a twentieth of a second of silence."""
    host = HostProcess(
        "echo_host", "The echo host", tmp_path / "host.log", root=Path(__file__).parent, silence_s=0.05
    )
    yield host
    host.close()


def test_a_host_that_works_in_silence_is_left_alone(
    impatient: HostProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient.call("echo", 1, CancelToken())
    asked = threading.Semaphore(0)
    ask = impatient._ask_whether_alive

    def counted(*arguments: object) -> int:
        asked.release()
        return ask(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(impatient, "_ask_whether_alive", counted)
    cancel = CancelToken()

    def stop_after_many_questions() -> None:
        for _ in range(12):  # far more than a dead host is given
            assert asked.acquire(timeout=PATIENCE_S)
        cancel.cancel()

    thread = threading.Thread(target=stop_after_many_questions)
    thread.start()
    with pytest.raises(Cancelled):
        impatient.call("obey", None, cancel)
    thread.join(PATIENCE_S)
    assert impatient.call("echo", "still here", CancelToken()).value == "still here"
    assert impatient.incarnation == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be frozen by a signal there")
def test_a_host_that_no_longer_answers_is_ended(impatient: HostProcess) -> None:
    impatient.call("echo", 1, CancelToken())
    pid = impatient.pid
    assert pid is not None

    def freeze(reply: Progress | TextChunk) -> None:
        os.kill(pid, signal.SIGSTOP)

    with pytest.raises(HostDied, match="no longer answered"):
        impatient.call("obey", None, CancelToken(), freeze)
    assert impatient.call("echo", "anew", CancelToken()).value == "anew"
    assert impatient.pid != pid
