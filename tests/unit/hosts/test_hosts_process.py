"""The supervision of a host process: calls, cancels, deaths, restarts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    ERRORS_BY_NAME,
    Cancelled,
    EnvironmentFault,
    ExecutionFailed,
    HostDied,
)
from hgpt_desktop.hosts.process import HostProcess
from hgpt_desktop.hosts.protocol import Progress, TextChunk
from hgpt_desktop.hosts.surroundings import host_environment, usable_cores

HERE = Path(__file__).parent
GENEROUS_S = 60.0


def make(
    log_path: Path,
    grace_s: float = GENEROUS_S,
    arguments: tuple[str, ...] = (),
    patience_s: float = GENEROUS_S,
) -> HostProcess:
    return HostProcess(
        "echo_host", "The echo", log_path, grace_s, arguments, root=HERE, patience_s=patience_s
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """One for the tests that leave it alive."""
    process = make(tmp_path_factory.mktemp("shared") / "logs" / "echo.log")
    process.call("echo", None, CancelToken())
    yield process
    process.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[HostProcess]:
    process = make(tmp_path / "echo.log")
    yield process
    process.close()


def test_result_comes_back(shared: HostProcess) -> None:
    payload = {"text": "ü" * 200_000, "number": 3, "path": Path("/tmp/x"), "some": frozenset({1})}
    answer = shared.call("echo", payload, CancelToken())
    assert answer.value == payload
    assert answer.incarnation == shared.incarnation == 1


def test_progress_and_text_come_in_order(shared: HostProcess) -> None:
    seen: list[Progress | TextChunk] = []
    assert shared.call("count", 3, CancelToken(), seen.append).value == 3
    assert [one.progress for one in seen if isinstance(one, Progress)] == [0, 1 / 3, 2 / 3]
    assert "".join(one.text for one in seen if isinstance(one, TextChunk)) == "<0><1><2>"


@pytest.mark.parametrize("name", sorted(ERRORS_BY_NAME))
def test_error_crosses_with_all_it_says(shared: HostProcess, name: str) -> None:
    with pytest.raises(ERRORS_BY_NAME[name]) as caught:
        shared.call("fail", name, CancelToken())
    assert type(caught.value) is ERRORS_BY_NAME[name]
    assert (caught.value.message, caught.value.hint, caught.value.detail) == (
        "It did not work.", "Do something else.", "detail",
    )  # fmt: skip


def test_unexpected_error_brings_its_traceback_and_the_host_lives_on(shared: HostProcess) -> None:
    with pytest.raises(ExecutionFailed) as caught:
        shared.call("fail", "something odd", CancelToken())
    assert "something odd" in caught.value.message
    assert caught.value.hint == "Please report it."
    assert "in fail" in caught.value.detail
    assert shared.call("echo", 1, CancelToken()).value == 1


def test_unknown_verb_and_unsendable_result_are_failures(shared: HostProcess) -> None:
    with pytest.raises(ExecutionFailed):
        shared.call("sing", None, CancelToken())
    with pytest.raises(ExecutionFailed, match="cannot be sent"):
        shared.call("unsendable", None, CancelToken())


def test_unsendable_payload_is_refused_here(shared: HostProcess) -> None:
    with pytest.raises(TypeError):
        shared.call("echo", threading.Lock(), CancelToken())
    assert shared.call("echo", 1, CancelToken()).value == 1


def test_cancel_before_the_call(shared: HostProcess) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        shared.call("echo", 1, cancel)


def test_soft_cancel_keeps_the_process(shared: HostProcess) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        shared.call("obey", None, cancel, lambda _: cancel.cancel())
    assert shared.incarnation == 1


def test_result_that_comes_in_spite_of_a_cancel_is_not_lost(shared: HostProcess) -> None:
    cancel = CancelToken()
    assert (
        shared.call("finish_in_spite", None, cancel, lambda _: cancel.cancel()).value == "done all the same"
    )


def test_call_that_waits_its_turn_is_cancelled_at_once(shared: HostProcess) -> None:
    first, second = CancelToken(), CancelToken()
    running = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(shared.call, "obey", None, first, lambda _: running.set())
        assert running.wait(GENEROUS_S)
        two = pool.submit(shared.call, "obey", None, second)
        second.cancel()
        with pytest.raises(Cancelled):
            two.result(GENEROUS_S)
        assert not one.done()
        first.cancel()
        with pytest.raises(Cancelled):
            one.result(GENEROUS_S)


def test_error_of_the_listener_reaches_the_caller_and_stops_the_call(shared: HostProcess) -> None:
    def listener(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shared.call("obey", None, CancelToken(), listener)
    with pytest.raises(ZeroDivisionError):  # the lane is free again
        shared.call("obey", None, CancelToken(), listener)


def test_many_calls_from_several_threads(shared: HostProcess) -> None:
    def ask(number: int) -> bool:
        return bool(shared.call("echo", number, CancelToken()).value == number)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(1000)))


def test_host_is_offline_and_bounded(shared: HostProcess) -> None:
    def variable(name: str) -> object:
        return shared.call("environment", name, CancelToken()).value

    assert variable("HF_HUB_OFFLINE") == variable("TRANSFORMERS_OFFLINE") == "1"
    assert variable("HF_HUB_DISABLE_TELEMETRY") == "1"
    assert variable("TOKENIZERS_PARALLELISM") == "false"
    assert variable("OMP_NUM_THREADS") == str(usable_cores())
    assert variable("OMP_WAIT_POLICY") == "passive"
    with pytest.raises(ExecutionFailed, match="network"):
        shared.call("connect", None, CancelToken())


def test_ctrl_c_is_not_for_the_host(shared: HostProcess) -> None:
    assert shared.call("interrupt", None, CancelToken()).value == "still here"
    assert shared.pid is not None
    assert os.getpgid(shared.pid) != os.getpgid(0)


def test_environment_keeps_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING", "else")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    environment = host_environment(3)
    assert environment["SOMETHING"] == "else"
    assert environment["OMP_WAIT_POLICY"] == "active"
    assert environment["OMP_NUM_THREADS"] == "3"


def test_hard_cancel_when_the_host_does_not_listen(tmp_path: Path) -> None:
    process = make(tmp_path / "echo.log", grace_s=0.05)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        process.call("ignore", None, cancel, lambda _: cancel.cancel())
    assert process.incarnation == 0
    assert process.call("echo", "again", CancelToken()).incarnation == 2
    process.close()


def test_cancelled_call_that_takes_long_to_end_is_left_and_its_late_result_undone(tmp_path: Path) -> None:
    process = make(tmp_path / "echo.log", patience_s=0.01)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        process.call("finish_late", None, cancel, lambda _: cancel.cancel(), undo=("undo", "the load"))
    process.call("release", None, CancelToken())
    assert process.call("undone", None, CancelToken()).value == "the load"
    assert process.incarnation == 1, "it was not ended"
    process.close()


def test_cancelled_call_that_was_left_and_never_ends_costs_the_process(tmp_path: Path) -> None:
    process = make(tmp_path / "echo.log", grace_s=0.2, patience_s=0.01)
    process.call("echo", None, CancelToken())
    assert process.pid is not None
    host = psutil.Process(process.pid)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        process.call("ignore", None, cancel, lambda _: cancel.cancel())
    host.wait(GENEROUS_S)
    process.close()  # until its end has been noticed here too
    assert process.call("echo", "again", CancelToken()).incarnation == 2
    process.close()


def test_hard_cancel_when_the_process_is_frozen(tmp_path: Path) -> None:
    process = make(tmp_path / "echo.log", grace_s=0.05)
    process.call("echo", None, CancelToken())
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    cancel = CancelToken()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(process.call, "echo", "x" * 2**20, cancel)  # more than the pipe holds
        cancel.cancel()
        with pytest.raises(Cancelled):
            waiting.result(GENEROUS_S)
    process.close()


def test_kill_in_the_middle_reaches_every_call(own: HostProcess) -> None:
    running = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(own.call, "ignore", None, CancelToken(), lambda _: running.wait(GENEROUS_S))
        running.wait(GENEROUS_S)
        queued = pool.submit(own.call, "obey", None, CancelToken())
        own.call("echo", None, CancelToken())
        assert own.pid is not None
        os.kill(own.pid, signal.SIGKILL)
        for call in (waiting, queued):
            with pytest.raises(HostDied, match="memory ran out") as caught:
                call.result(GENEROUS_S)
            assert "smaller model" in caught.value.hint
    with pytest.raises(HostDied):
        own.call("echo", 1, CancelToken(), start=False)
    assert own.call("echo", 1, CancelToken()).incarnation == 2


def test_crash_leaves_its_stack_in_the_log(own: HostProcess, tmp_path: Path) -> None:
    with pytest.raises(HostDied) as caught:
        own.call("die", int(signal.SIGSEGV), CancelToken())
    assert str(tmp_path / "echo.log") in caught.value.hint
    assert "my last words" in caught.value.detail
    assert "in die" in (tmp_path / "echo.log").read_text()


def test_what_is_printed_never_disturbs_the_pipe(tmp_path: Path) -> None:
    process = make(tmp_path / "echo.log", arguments=("-noisy",))
    assert process.call("echo", 1, CancelToken()).value == 1
    process.close()
    log = (tmp_path / "echo.log").read_text()
    assert "native libraries print what they like" in log
    assert "so does Python" in log


def test_close_ends_the_process_and_its_calls(own: HostProcess) -> None:
    running = threading.Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(own.call, "ignore", None, CancelToken(), lambda _: running.wait(GENEROUS_S))
        running.wait(GENEROUS_S)
        assert own.pid is not None
        host = psutil.Process(own.pid)
        own.close()
        with pytest.raises(HostDied):
            waiting.result(GENEROUS_S)
    assert not host.is_running()
    assert own.incarnation == 0
    own.close()  # twice does nothing


def test_host_survives_the_thread_that_started_it(own: HostProcess) -> None:
    starter = threading.Thread(target=own.call, args=("echo", None, CancelToken()))
    starter.start()
    starter.join()
    assert own.call("echo", 1, CancelToken(), start=False).incarnation == 1


def test_host_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from hgpt_desktop.core.cancel import CancelToken\n"
        "from hgpt_desktop.hosts.process import HostProcess\n"
        "process = HostProcess('echo_host', 'The echo', Path(sys.argv[1]), root=Path(sys.argv[2]))\n"
        "process.call('echo', 1, CancelToken())\n"
        "print(process.pid, flush=True)\n"
        "process.call('ignore', 1, CancelToken())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log"), str(HERE)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        host = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    host.wait(GENEROUS_S)
    assert not host.is_running()


def test_a_log_that_cannot_be_kept_is_no_reason_not_to_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    process = make(tmp_path / "file" / "echo.log")
    try:
        assert process.call("echo", 1, CancelToken()).value == 1
    finally:
        process.close()


def test_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    process = make(tmp_path / "echo.log")
    with pytest.raises(EnvironmentFault) as caught:
        process.call("echo", 1, CancelToken())
    assert "cannot be started" in caught.value.message


def test_host_without_its_module_is_a_death_with_a_reason(tmp_path: Path) -> None:
    process = HostProcess("no_such_host", "The host", tmp_path / "log")
    with pytest.raises(HostDied) as caught:
        process.call("echo", 1, CancelToken())
    assert "no_such_host" in caught.value.detail
    process.close()


def test_log_is_kept_short(tmp_path: Path) -> None:
    log_path = tmp_path / "echo.log"
    with log_path.open("wb") as log:
        log.truncate(5 * 2**20)
    process = make(log_path)
    process.call("echo", 1, CancelToken())
    process.close()
    assert log_path.stat().st_size < 1000
    assert (tmp_path / "echo.log.old").stat().st_size == 5 * 2**20
