"""A stop in the middle of a network: the next layer hears it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tiny_checkpoints import library

from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.experts.native import asking_at_every_layer


def network(after_first: Any) -> Any:
    """Two layers, with something that happens between them."""
    torch = library("torch")

    class Between(torch.nn.Module):  # type: ignore[misc, name-defined]  # torch comes through importlib
        def forward(self, values: Any) -> Any:
            after_first()
            return values

    return torch.nn.Sequential(torch.nn.Linear(2, 2), Between(), torch.nn.Linear(2, 2))


def test_layers_after_the_stop_do_not_run() -> None:
    torch = library("torch")
    stop, ran = threading.Event(), []
    layers = network(stop.set)
    layers[2].register_forward_hook(lambda *_: ran.append("the last layer"))
    with pytest.raises(Cancelled), asking_at_every_layer(stop.is_set):
        layers(torch.ones(1, 2))
    assert not ran
    layers(torch.ones(1, 2))  # outside of the block nobody asks
    assert ran


def test_stop_is_for_the_thread_that_was_stopped() -> None:
    torch = library("torch")
    both_inside = threading.Barrier(2, timeout=60)
    layers = network(both_inside.wait)

    def run(stopped: bool) -> Any:
        stop = threading.Event()
        with asking_at_every_layer(stop.is_set):
            if stopped:
                stop.set()
                both_inside.wait()
            return layers(torch.ones(1, 2))

    with ThreadPoolExecutor(2) as pool:
        going, stopped = pool.submit(run, False), pool.submit(run, True)
        assert going.result(60).shape == (1, 2)
        with pytest.raises(Cancelled):
            stopped.result(60)
