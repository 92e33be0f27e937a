"""The ledger: never over budget, never without a lease, nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_fakes import MIB, PATIENCE_S, Events, FakeBackend, card

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, HostDied, ModelDamaged, OutOfMemory
from hgpt_desktop.core.events import Event, ModelEvicted, ModelLoading
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.memory import MemoryManager

A, B, C = card("a", mib=100), card("b", mib=100), card("c", mib=150)
QWEN, SMOL = card("qwen", mib=50, loader="llama.cpp"), card("smol", mib=10, loader="llama.cpp")


class Bench:
    """A manager on a fake backend."""

    def __init__(
        self, budget_mib: int = 250, device_for: Callable[[ModelCard], str] = lambda card: "cpu"
    ) -> None:
        self.backend = FakeBackend()
        self.budget_bytes = budget_mib * MIB
        self.memory = MemoryManager(lambda card: self.backend, lambda device: self.budget_bytes, device_for)
        self.events = Events()
        self.said: list[str] = []
        self.waiting = threading.Event()

    def use(self, model: ModelCard, cancel: CancelToken | None = None) -> float:
        """Lease and give back; the seconds of loading."""
        with self.memory.lease(model, self.events, self.say, cancel or CancelToken()) as lease:
            assert model.id in self.backend.loaded()
            return lease.load_s

    def say(self, progress: float | None, message: str) -> None:
        self.said.append(message)
        if message.endswith("waits for memory"):
            self.waiting.set()

    @property
    def resident(self) -> dict[str, int]:
        return {one.model_id: one.bytes // MIB for one in self.memory.resident()}


def test_a_model_is_loaded_once_and_stays() -> None:
    bench = Bench()
    assert bench.use(A) == 0.25
    assert bench.use(A) == 0.0
    assert bench.backend.log == ["load a"]
    assert bench.events.all == [ModelLoading("a", 100 * MIB)]
    assert bench.resident == {"a": 100}


def test_the_least_recently_used_idle_model_leaves_first() -> None:
    bench = Bench()
    bench.use(A)
    bench.use(B)
    bench.use(A)
    bench.use(C)
    assert bench.backend.log == ["load a", "load b", "unload b", "load c"]
    assert bench.events.all[-2:] == [
        ModelEvicted("b", "not needed by any plan, reload 0.2 s"),
        ModelLoading("c", 150 * MIB),
    ]
    assert bench.resident == {"c": 150, "a": 100}


def test_a_leased_model_stays_though_it_was_used_longest_ago() -> None:
    bench = Bench()
    with bench.memory.lease(A, bench.events, bench.say, CancelToken()):
        bench.use(B)
        bench.use(C)
        assert [(one.model_id, one.leased) for one in bench.memory.resident()] == [("c", False), ("a", True)]
    assert bench.backend.log == ["load a", "load b", "unload b", "load c"]


def test_what_can_never_fit_is_refused_with_numbers_and_a_way_out() -> None:
    bench = Bench(budget_mib=120)
    bench.use(A)
    with pytest.raises(
        OutOfMemory, match=r"C needs 150 MiB of memory, but models may take 120 MiB on cpu"
    ) as raised:
        bench.use(C)
    assert "memory_budget_bytes" in raised.value.hint
    assert bench.resident == {"a": 100}


def test_the_budget_is_asked_each_time() -> None:
    bench = Bench(budget_mib=100)
    with pytest.raises(OutOfMemory):
        bench.use(C)
    bench.budget_bytes = 150 * MIB
    assert bench.use(C) == 0.25


def test_devices_have_ledgers_of_their_own() -> None:
    bench = Bench(100, lambda card: "cuda:0" if card.id == "a" else "cpu")
    bench.use(A)
    bench.use(B)
    assert bench.resident == {"b": 100, "a": 100}


def test_a_card_without_numbers_is_judged_by_its_files() -> None:
    bench = Bench(budget_mib=100)
    unknown = card("x", mib=0)
    bench.use(unknown)
    assert bench.resident == {"x": 0}


def test_a_lease_waits_until_the_room_is_given_back() -> None:
    bench = Bench(budget_mib=150)
    order: list[str] = []

    def second() -> None:
        with bench.memory.lease(C, bench.events, bench.say, CancelToken()):
            order.append("second has it")

    thread = threading.Thread(target=second)
    with bench.memory.lease(A, bench.events, bench.say, CancelToken()):
        thread.start()
        assert bench.waiting.wait(PATIENCE_S)
        order.append("first lets go")
    thread.join(PATIENCE_S)
    assert order == ["first lets go", "second has it"]
    assert bench.resident == {"c": 150}


def test_cancel_ends_the_waiting() -> None:
    bench = Bench(budget_mib=150)
    cancel, raised = CancelToken(), threading.Event()

    def second() -> None:
        try:
            bench.use(C, cancel)
        except Cancelled:
            raised.set()

    thread = threading.Thread(target=second)
    with bench.memory.lease(A, bench.events, bench.say, CancelToken()):
        thread.start()
        assert bench.waiting.wait(PATIENCE_S)
        cancel.cancel()
        thread.join(PATIENCE_S)
        assert raised.is_set()
    assert bench.resident == {"a": 100}


def test_a_cancelled_token_gets_nothing() -> None:
    bench = Bench()
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        bench.use(A, cancel)
    assert bench.backend.log == []


def test_two_leases_of_one_model_load_it_once() -> None:
    bench = Bench()
    start = threading.Barrier(4)

    def work() -> None:
        start.wait(PATIENCE_S)
        bench.use(A)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.backend.log == ["load a"]


def test_a_failed_load_leaves_no_line() -> None:
    bench = Bench()
    bench.backend.load_errors["a"] = [ModelDamaged("bad file")]
    with pytest.raises(ModelDamaged):
        bench.use(A)
    assert bench.resident == {}
    assert bench.use(A) == 0.25


def test_out_of_memory_while_loading_puts_idle_models_out_and_tries_once_more() -> None:
    bench = Bench()
    bench.use(A)
    bench.backend.load_errors["b"] = [OutOfMemory("full")]
    assert bench.use(B) == 0.25
    assert bench.backend.log == ["load a", "load b", "unload a", "load b"]
    assert bench.resident == {"b": 100}


def test_out_of_memory_with_nothing_to_put_out_is_the_end() -> None:
    bench = Bench()
    bench.backend.load_errors["b"] = [OutOfMemory("full")]
    with pytest.raises(OutOfMemory, match="full"):
        bench.use(B)
    assert bench.resident == {}


def test_what_a_model_really_takes_is_written_into_the_ledger() -> None:
    bench = Bench()
    bench.use(A)
    bench.backend.resident_bytes["b"] = 160 * MIB  # the card says 100
    bench.use(B)
    assert bench.backend.log == ["load a", "load b", "unload a"]
    assert bench.resident == {"b": 160}
    bench.use(A)
    bench.use(B)
    assert bench.events.of(ModelLoading)[-1] == ModelLoading("b", 160 * MIB)


def test_a_model_that_takes_less_keeps_its_estimate() -> None:
    bench = Bench()
    bench.backend.resident_bytes["a"] = 1 * MIB
    bench.use(A)
    assert bench.resident == {"a": 100}


def test_a_model_that_turns_out_too_large_is_given_back() -> None:
    bench = Bench()
    bench.backend.resident_bytes["a"] = 300 * MIB
    with pytest.raises(OutOfMemory, match="needs 300 MiB"):
        bench.use(A)
    assert bench.backend.log == ["load a", "unload a"]
    assert bench.resident == {}


def test_models_of_a_dead_host_leave_the_ledger() -> None:
    bench = Bench()
    with bench.memory.lease(A, bench.events, bench.say, CancelToken()):
        bench.use(B)
        bench.backend.die()
        assert bench.resident == {}
        assert bench.use(A) == 0.25
    assert bench.resident == {"a": 100}
    assert bench.memory.resident()[0].leased is False


def test_a_host_that_dies_at_the_unloading_gives_its_memory_back() -> None:
    bench = Bench()
    bench.use(A)
    bench.use(B)

    def die(model_id: str) -> None:
        bench.backend.die()
        raise HostDied("gone")

    bench.backend.unload = die  # type: ignore[method-assign]
    assert bench.use(C) == 0.25
    assert bench.resident == {"c": 150}


def test_the_controller_host_has_one_seat() -> None:
    bench = Bench()
    bench.use(QWEN)
    bench.use(A)
    bench.use(SMOL)
    assert bench.backend.log == ["load qwen", "load a", "unload qwen", "load smol"]
    assert bench.resident == {"smol": 10, "a": 100}


def test_the_seat_is_not_taken_from_who_uses_it() -> None:
    bench = Bench()
    order: list[str] = []

    def second() -> None:
        bench.use(SMOL)
        order.append("smol")

    thread = threading.Thread(target=second)
    with bench.memory.lease(QWEN, bench.events, bench.say, CancelToken()):
        thread.start()
        assert bench.waiting.wait(PATIENCE_S)
        order.append("qwen")
    thread.join(PATIENCE_S)
    assert order == ["qwen", "smol"]


def test_release_all_puts_out_what_is_idle() -> None:
    bench = Bench()
    with bench.memory.lease(A, bench.events, bench.say, CancelToken()):
        bench.use(B)
        bench.memory.release_all()
        assert bench.resident == {"a": 100}
    bench.memory.release_all()
    assert bench.resident == {}
    assert bench.backend.loaded() == frozenset()


def test_one_model_is_put_out_and_no_other() -> None:
    bench = Bench()
    bench.use(A)
    bench.use(B)
    bench.memory.release("a")
    assert set(bench.resident) == {"b"}
    with bench.memory.lease(B, bench.events, bench.say, CancelToken()):
        bench.memory.release("b")
        assert set(bench.resident) == {"b"}, "it is at work"


def test_an_error_of_the_listener_leaves_the_ledger_sound() -> None:
    bench = Bench()
    bench.use(A)
    bench.use(B)

    def fail(event: Event) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError), bench.memory.lease(C, fail, bench.say, CancelToken()):
        pass
    assert bench.resident == {"b": 100}
    assert bench.use(C) == 0.25


MODELS = [card(f"m{mib}", mib=mib) for mib in (10, 20, 30, 40, 60)] + [QWEN, SMOL]


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from(MODELS), min_size=1, max_size=6), min_size=1, max_size=4),
    st.integers(60, 120),
    st.dictionaries(st.sampled_from([one.id for one in MODELS]), st.integers(5, 60), max_size=3),
)
def test_never_over_budget_and_never_without_a_lease(
    users: list[list[ModelCard]], budget_mib: int, really: dict[str, int]
) -> None:
    """Several threads lease at random; the fake backend asserts at each load and unload."""
    bench = Bench(budget_mib)
    bench.backend.resident_bytes = {model_id: mib * MIB for model_id, mib in really.items()}
    held: dict[str, int] = {}
    lock = threading.Lock()
    faults: list[str] = []
    unload = bench.backend.unload

    def checked_unload(model_id: str) -> None:
        with lock:
            if held.get(model_id):
                faults.append(f"{model_id} was put out while leased")
        unload(model_id)

    bench.backend.unload = checked_unload  # type: ignore[method-assign]

    def look() -> None:
        used = sum(one.bytes for one in bench.memory.resident())
        if used > bench.budget_bytes:
            faults.append(f"{used / MIB} of {budget_mib}")

    def work(wanted: list[ModelCard]) -> None:
        for model in wanted:
            with bench.memory.lease(model, lambda event: look(), lambda p, m: look(), CancelToken()):
                with lock:
                    held[model.id] = held.get(model.id, 0) + 1
                if model.id not in bench.backend.loaded():
                    faults.append(f"{model.id} is leased, but not there")
                look()
                with lock:
                    held[model.id] -= 1

    threads = [threading.Thread(target=work, args=(wanted,), daemon=True) for wanted in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    assert faults == []
    assert not any(one.leased for one in bench.memory.resident())
