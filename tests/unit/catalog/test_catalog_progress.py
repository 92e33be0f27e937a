"""What the user sees while models arrive."""

from __future__ import annotations

import threading

import pytest

from hgpt_desktop.catalog.progress import InstallProgress, Meter


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_speed_and_time_left_are_those_of_the_last_seconds() -> None:
    clock, seen = Clock(), list[InstallProgress]()
    meter = Meter(seen.append, 10_000_000, clock)
    meter.begin("toy", "model.bin")
    assert (seen[-1].bytes_per_s, seen[-1].remaining_s) == (0.0, None)
    for _ in range(20):  # fast for a long time
        clock.now += 1
        meter.add(200_000)
    assert seen[-1].bytes_per_s == pytest.approx(200_000)
    for _ in range(20):  # then slowly
        clock.now += 1
        meter.add(100_000)
    assert seen[-1].bytes_per_s == pytest.approx(100_000)
    assert seen[-1].remaining_s == pytest.approx(40.0)


def test_reports_come_at_most_ten_times_a_second() -> None:
    clock, seen = Clock(), list[InstallProgress]()
    meter = Meter(seen.append, 1000, clock)
    meter.begin("toy", "model.bin")
    for _ in range(1000):
        clock.now += 0.01
        meter.add(1)
    assert 90 <= len(seen) <= 102


def test_what_was_here_already_is_done_but_not_fast() -> None:
    clock, seen = Clock(), list[InstallProgress]()
    meter = Meter(seen.append, 1000, clock)
    meter.begin("toy", "model.bin")
    clock.now += 1
    meter.skip(900)
    assert (seen[-1].done_bytes, seen[-1].bytes_per_s) == (900, 0.0)


def test_a_file_that_begins_anew_takes_back_only_what_was_its_own() -> None:
    seen: list[InstallProgress] = []
    meter = Meter(seen.append, 1000)
    meter.begin("toy", "one")
    meter.finish(400, known=True)
    meter.begin("toy", "two")
    meter.add(300)
    meter.rewind()
    assert seen[-1].done_bytes == 400
    meter.finish(600, known=True)
    assert (seen[-1].done_bytes, seen[-1].remaining_s) == (1000, 0.0)


def test_a_file_of_unknown_size_adds_itself_to_the_total() -> None:
    seen: list[InstallProgress] = []
    meter = Meter(seen.append, 100)
    meter.begin("toy", "known")
    meter.finish(100, known=True)
    meter.begin("toy", "unknown")
    meter.add(50)
    meter.finish(70, known=False)
    assert (seen[-1].done_bytes, seen[-1].total_bytes) == (170, 170)


def test_many_threads_may_add() -> None:
    seen: list[InstallProgress] = []
    meter = Meter(seen.append, 4000)
    meter.begin("toy", "model.bin")

    def add() -> None:
        for _ in range(1000):
            meter.add(1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    meter.skip(0)
    assert seen[-1].done_bytes == 4000
