"""What is silent for too long is stopped, what goes on is left alone, and late memory is waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from runtime_fakes import MIB, PATIENCE_S, FakeBackend, card

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, HostStalled
from hgpt_desktop.core.interfaces import Loaded, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.budget import DeviceReading, MemoryBack, RecentReadings
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.watching import watched


def test_silence_stops_the_work() -> None:
    with watched(0.02, CancelToken()) as watch:
        stopped = threading.Event()
        with watch.token.on_cancel(stopped.set):
            assert stopped.wait(PATIENCE_S)
        assert watch.stalled


def test_the_callers_wish_is_not_a_stall() -> None:
    cancel = CancelToken()
    with watched(PATIENCE_S, cancel) as watch:
        cancel.cancel()
        assert watch.token.cancelled
        assert not watch.stalled


def test_a_sign_of_life_begins_the_time_anew() -> None:
    with watched(PATIENCE_S, CancelToken()) as watch:
        timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
        watch.alive()
        for timer in timers:
            timer.join(PATIENCE_S)  # each one before was called off
        assert not watch.token.cancelled


class Hanging(FakeBackend):
    """Begins to load, and is never heard of again."""

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        on_progress(0.1, "Loading")
        stopped = threading.Event()
        with cancel.on_cancel(stopped.set):
            assert stopped.wait(PATIENCE_S)
        raise Cancelled


def test_a_load_that_hangs_is_given_up() -> None:
    backend = Hanging()
    memory = MemoryManager(lambda card: backend, lambda device: 2**30, lambda card: "cpu", load_limit_s=0.02)
    with (
        pytest.raises(HostStalled, match="Loading A was stopped"),
        memory.lease(card("a"), lambda event: None, lambda progress, message: None, CancelToken()),
    ):
        pass
    assert memory.resident() == ()


def test_an_idle_model_leaves_after_its_time() -> None:
    backend = FakeBackend()
    left = threading.Event()
    unload = backend.unload

    def unloaded(model_id: str) -> None:
        unload(model_id)
        left.set()

    backend.unload = unloaded  # type: ignore[method-assign]
    memory = MemoryManager(lambda card: backend, lambda device: 2**30, lambda card: "cpu", keep_alive_s=0.02)
    with memory.lease(card("a"), lambda event: None, lambda progress, message: None, CancelToken()):
        pass
    assert left.wait(PATIENCE_S)
    memory.close()


def test_a_model_that_is_used_again_stays() -> None:
    backend = FakeBackend()
    memory = MemoryManager(
        lambda card: backend, lambda device: 2**30, lambda card: "cpu", keep_alive_s=PATIENCE_S
    )
    for _ in range(2):
        with memory.lease(card("a"), lambda event: None, lambda progress, message: None, CancelToken()):
            pass
    memory.close()
    assert backend.log == ["load a"]


def free(*megabytes: int) -> Iterator[int]:
    yield from megabytes
    while True:
        yield megabytes[-1]


@pytest.mark.parametrize(
    ("seen", "needed", "pauses"),
    [((50,), 40, 0), ((10, 20, 30, 50), 40, 3), ((10,), 40, 20)],
    ids=["there already", "comes late", "does not come"],
)
def test_memory_is_waited_for_within_bounds(seen: tuple[int, ...], needed: int, pauses: int) -> None:
    figures = free(*seen)
    paused: list[float] = []
    back = MemoryBack(lambda device: DeviceReading(100 * MIB, next(figures) * MIB, 0), pause=paused.append)
    back("cuda:0", needed * MIB)
    assert len(paused) == pauses


def test_memory_that_trickles_is_not_waited_for_for_ever() -> None:
    trickle = iter(range(10_000))
    paused: list[float] = []
    back = MemoryBack(lambda device: DeviceReading(2**40, next(trickle), 0), pause=paused.append)
    back("cuda:0", 2**30)
    assert 4.9 < sum(paused) < 5.1


def test_a_reading_tells_who_holds_what() -> None:
    reading = DeviceReading(total_bytes=100, free_bytes=30, own_bytes=50)
    assert reading.others_bytes == 20
    assert reading.budget_bytes(reserve_bytes=10) == 70
    assert reading.budget_bytes() == 0


def test_a_reading_is_kept_for_a_moment() -> None:
    now, read = [0.0], iter(range(10))
    recent = RecentReadings(lambda device: DeviceReading(100, next(read), 0), 0.25, lambda: now[0])
    assert [recent("cpu").free_bytes, recent("cpu").free_bytes, recent("cuda:0").free_bytes] == [0, 0, 1]
    now[0] = 0.3
    assert recent("cpu").free_bytes == 2


def test_libraries_and_contexts_are_not_for_models() -> None:
    """Of 50 bytes that we hold, 20 are models: the others do not come back when these leave."""
    reading = DeviceReading(total_bytes=100, free_bytes=30, own_bytes=50)
    assert reading.budget_bytes(reserve_bytes=0, models_bytes=20) == 50
    assert reading.budget_bytes(reserve_bytes=0, models_bytes=70) == 80
