"""The book of bytes refuses what would break its promises."""

from __future__ import annotations

import pytest

from hgpt_desktop.runtime.ledger import Ledger, LedgerError, Line, LineState


def loaded(
    ledger: Ledger, model: str, weights: int, peak: int, capacity: int = 100, device: str = "cpu"
) -> Line:
    """A model that is there and idle."""
    line = ledger.claim(model, device, weights, peak, capacity)
    ledger.begin_loading(line)
    ledger.ready(line)
    ledger.release(line)
    return line


def test_a_run_takes_its_peak_only_while_it_lasts() -> None:
    ledger = Ledger()
    line = loaded(ledger, "a", 40, 20)
    assert (ledger.taken_bytes("cpu"), ledger.reserved_bytes("cpu")) == (40, 0)
    ledger.hold(line, 20, 100)
    assert (ledger.taken_bytes("cpu"), ledger.reserved_bytes("cpu")) == (60, 20)
    ledger.hold(line, 20, 100)  # runs of one model follow one another
    assert ledger.taken_bytes("cpu") == 60
    ledger.release(line)
    ledger.release(line)
    assert (ledger.taken_bytes("cpu"), line.idle) == (40, True)


def test_a_claim_takes_nothing_until_the_others_have_left() -> None:
    ledger = Ledger()
    first = loaded(ledger, "a", 80, 0)
    line = ledger.claim("b", "cpu", 60, 10, 100, [first])
    assert (ledger.taken_bytes("cpu"), ledger.coming_bytes("cpu")) == (80, 70)
    with pytest.raises(LedgerError, match="before there is room"):
        ledger.begin_loading(line)
    ledger.strike(first)
    ledger.begin_loading(line)
    assert ledger.taken_bytes("cpu") == 70


def test_what_does_not_fit_is_refused() -> None:
    ledger = Ledger()
    line = loaded(ledger, "a", 60, 30)
    with pytest.raises(LedgerError, match="b does not fit"):
        ledger.claim("b", "cpu", 30, 20, 100)
    with pytest.raises(LedgerError, match="no room to run a"):
        ledger.hold(line, 50, 100)
    with pytest.raises(LedgerError, match="grows beyond"):
        ledger.correct(line, 101, 100)
    assert ledger.taken_bytes("cpu") == 60


def test_a_run_must_fit_beside_what_is_on_its_way() -> None:
    ledger = Ledger()
    line = loaded(ledger, "a", 40, 20)
    ledger.claim("b", "cpu", 50, 0, 100)
    assert ledger.taken_bytes("cpu") == 40
    assert not ledger.can_hold(line, 20, 100)
    assert ledger.can_hold(line, 10, 100)


def test_who_is_held_stays() -> None:
    ledger = Ledger()
    idle, held = loaded(ledger, "a", 10, 0), loaded(ledger, "b", 10, 0)
    ledger.hold(held, 0, 100)
    with pytest.raises(LedgerError, match="b is ready with 1 leases and stays"):
        ledger.leave([idle, held])
    assert idle.state is LineState.READY
    with pytest.raises(LedgerError, match="stays"):
        ledger.claim("c", "cpu", 90, 0, 100, [held])


def test_bugs_of_the_caller_are_told() -> None:
    ledger = Ledger()
    line = loaded(ledger, "a", 10, 0)
    with pytest.raises(LedgerError, match="a line already"):
        ledger.claim("a", "cpu", 10, 0, 100)
    with pytest.raises(LedgerError, match="not leased"):
        ledger.release(line)
    with pytest.raises(LedgerError, match="not claimed"):
        ledger.begin_loading(line)
    ledger.leave([line])
    with pytest.raises(LedgerError, match="not ready"):
        ledger.hold(line, 0, 100)
    ledger.stay(line)
    assert line.idle


def test_devices_are_apart() -> None:
    ledger = Ledger()
    loaded(ledger, "a", 90, 0)
    loaded(ledger, "b", 90, 0, device="cuda:0")
    assert [ledger.taken_bytes(device) for device in ("cpu", "cuda:0", "cuda:1")] == [90, 90, 0]


def test_a_line_is_struck_once() -> None:
    ledger = Ledger()
    old = loaded(ledger, "a", 10, 0)
    ledger.strike(old)
    new = loaded(ledger, "a", 10, 0)
    ledger.strike(old)
    assert ledger.line("a") is new
