"""The memory manager as the program wires it: budgets by device, and fits that come from footprints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from hgpt_desktop import wiring
from hgpt_desktop.runtime.budget import DeviceReading
from hgpt_desktop.settings import Folders, Settings
from hgpt_desktop.wiring import Application

GIB, MIB = 2**30, 2**20
Open = Callable[[Settings], Application]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens engines on empty folders."""
    with ExitStack() as stack:
        yield lambda settings: stack.enter_context(Application.open(Folders.of_user(), settings))


def test_the_setting_is_for_the_device_in_use(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "read_device", lambda device: DeviceReading(64 * GIB, 40 * GIB, 9 * GIB))
    application = opened(Settings(device="cuda:0", memory_budget_bytes=3 * GIB))
    assert application.budget_bytes("cuda:0") == application.capacity_bytes() == 3 * GIB
    # 4 % of 64 GiB are left to others; what we hold without a model is not for models.
    assert 37 * GIB < application.budget_bytes("cpu") < 37.5 * GIB


def test_the_reserve_can_be_set(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "read_device", lambda device: DeviceReading(8 * GIB, 6 * GIB, GIB))
    application = opened(Settings(device="cpu", memory_reserve_bytes=2 * GIB))
    assert application.budget_bytes("cpu") == 4 * GIB


def test_a_budget_goes_in_steps(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule must not be made anew because another program took a megabyte."""
    free_bytes = [4 * GIB + 20 * MIB, 4 * GIB + 17 * MIB]
    monkeypatch.setattr(wiring, "read_device", lambda device: DeviceReading(8 * GIB, free_bytes.pop(), 0))
    first, second = opened(Settings(device="cpu")), opened(Settings(device="cpu"))
    assert first.budget_bytes("cpu") == second.budget_bytes("cpu")
    assert not free_bytes


def test_fits_come_with_reasons(opened: Open) -> None:
    application = opened(Settings(device="cpu", memory_budget_bytes=700 * MIB))
    small = application.catalogue.card("efficientnet-lite0")
    large = application.catalogue.card("qwen2.5-coder-1.5b-instruct-q4")
    assert application.fit(small).fits
    assert application.catalogue.fits(small)
    fit = application.fit(large)
    assert not fit.fits
    assert "models may take 700 MiB on cpu" in fit.reason
    assert "--memory-budget" in fit.mend
    assert not application.catalogue.fits(large)
    assert application.fit_plan([small]).fits
    assert not application.fit_plan([small, large]).fits
    assert application.needed_bytes(small) < application.needed_bytes(large)


def test_a_model_may_have_a_device_of_its_own(opened: Open) -> None:
    application = opened(Settings(device="cuda:0", memory_budget_bytes=GIB))
    card = application.catalogue.card("efficientnet-lite0")
    assert application.device_for(card) == "cuda:0"
    assert application.device_for(replace(card, options={**card.options, "device": "cpu"})) == "cpu"
