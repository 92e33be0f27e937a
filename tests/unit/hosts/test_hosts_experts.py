"""The verbs of the expert host, and the client's bookkeeping, without any library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    Cancelled,
    ExecutionFailed,
    HgptError,
    HostDied,
    InvalidInput,
    OutOfMemory,
)
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, OnProgress, Prompt
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import Expert, together
from hgpt_desktop.experts.registry import FAMILIES
from hgpt_desktop.hosts import clients, expert_host
from hgpt_desktop.hosts.clients import ExpertClient, LlamaClient
from hgpt_desktop.hosts.expert_host import ExpertVerbs, lane_of
from hgpt_desktop.hosts.peak import PeakMeter
from hgpt_desktop.hosts.protocol import Call, Failure, LoadModel, Pipe, RunExpert, RunTogether
from hgpt_desktop.hosts.serving import Calling

HERE = Path(__file__).parent
GENEROUS_S = 60.0


def card(model_id: str) -> ModelCard:
    return ModelCard(model_id, model_id.title(), ("t",), "", "x", (), "MIT")


def quiet(_: float | None, __: str) -> None:
    return


class FakeExpert:
    """Runs `work`, and remembers that it was closed."""

    resident_bytes = 1000

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.closed = False

    def run(
        self, call: ExpertCall, on_progress: OnProgress, should_stop: Callable[[], bool]
    ) -> tuple[Resource, ...]:
        self._work()
        return (Resource("a", Kind.TEXT, call.out_dir / "a", "text/plain", 1, text="a"),)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def calling(tmp_path: Path) -> Iterator[Calling]:
    with (
        (tmp_path / "in").open("w+b", buffering=0) as reading,
        (tmp_path / "out").open("wb", buffering=0) as out,
    ):
        yield Calling(1, Pipe(reading, out))


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Expert]]:
    """What loading a model gives, by its id."""
    table: dict[str, Callable[[], Expert]] = {}
    monkeypatch.setattr(expert_host, "load_expert", lambda card, device: table[card.id]())
    return table


def run(verbs: ExpertVerbs, calling: Calling, model_id: str = "one") -> tuple[Resource, ...]:
    call = ExpertCall("t", {}, Path("/out"), "stem")
    return verbs.run(RunExpert(card(model_id), call), calling).outputs


def test_load_run_unload(calling: Calling, loads: dict[str, Callable[[], Expert]]) -> None:
    expert = FakeExpert(lambda: None)
    loads["one"] = lambda: expert
    verbs = ExpertVerbs()
    loaded = verbs.load(LoadModel(card("one"), "cpu"), calling)
    assert (loaded.model_id, loaded.device, loaded.resident_bytes) == ("one", "cpu", 1000)
    assert verbs.load(LoadModel(card("one"), "cpu"), calling) is loaded
    assert run(verbs, calling)[0].text == "a"
    verbs.unload("one", calling)
    verbs.unload("one", calling)
    assert expert.closed
    with pytest.raises(HostDied, match="no longer in memory"):
        run(verbs, calling)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "There is not enough memory to {} One."),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "There is not enough memory to {} One."),
        (OutOfMemory("So large."), "So large."),
    ],
)
def test_out_of_memory_is_told_as_such(
    calling: Calling, loads: dict[str, Callable[[], Expert]], error: Exception, message: str
) -> None:
    def fail_to_load() -> Expert:
        raise error

    def fail_to_run() -> None:
        raise error

    verbs = ExpertVerbs()
    loads["one"] = fail_to_load
    with pytest.raises(OutOfMemory) as caught:
        verbs.load(LoadModel(card("one"), "cpu"), calling)
    assert caught.value.message == message.format("load")
    loads["one"] = lambda: FakeExpert(fail_to_run)
    verbs.load(LoadModel(card("one"), "cpu"), calling)
    with pytest.raises(OutOfMemory) as caught:
        run(verbs, calling)
    assert caught.value.message == message.format("run")
    assert caught.value.__context__ is None  # a traceback would hold on to the memory


def test_other_errors_pass(calling: Calling, loads: dict[str, Callable[[], Expert]]) -> None:
    def fail() -> None:
        raise InvalidInput("not a picture")

    loads["one"] = lambda: FakeExpert(fail)
    verbs = ExpertVerbs()
    verbs.load(LoadModel(card("one"), "cpu"), calling)
    with pytest.raises(InvalidInput):
        run(verbs, calling)


def test_no_outputs_is_a_failure(
    calling: Calling, loads: dict[str, Callable[[], Expert]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeExpert, "run", lambda *_: ())
    loads["one"] = lambda: FakeExpert(lambda: None)
    verbs = ExpertVerbs()
    verbs.load(LoadModel(card("one"), "cpu"), calling)
    with pytest.raises(ExecutionFailed, match="no result"):
        run(verbs, calling)


def test_load_that_was_cancelled_is_given_back(
    calling: Calling, loads: dict[str, Callable[[], Expert]]
) -> None:
    expert = FakeExpert(lambda: None)
    loads["one"] = lambda: expert
    calling.stopped.set()
    verbs = ExpertVerbs()
    with pytest.raises(Cancelled):
        verbs.load(LoadModel(card("one"), "cpu"), calling)
    assert expert.closed
    with pytest.raises(HostDied):
        run(verbs, calling)


def test_lanes() -> None:
    call = ExpertCall("t", {}, Path("/out"), "stem")
    load_one = lane_of(Call(1, "load", LoadModel(card("one"), "cpu")))
    assert load_one == lane_of(Call(2, "load", LoadModel(card("two"), "cpu")))
    run_one = lane_of(Call(3, "run", RunExpert(card("one"), call)))
    assert run_one == lane_of(Call(4, "unload", "one"))
    assert len({load_one, run_one, lane_of(Call(5, "run", RunExpert(card("two"), call)))}) == 3


def test_peak_of_a_run_alone() -> None:
    meter = PeakMeter()
    with meter.measuring("cpu") as peak:
        held = bytearray(64 * 2**20)
        held[:: 2**12] = b"x" * (len(held) // 2**12)  # touch every page
    added = peak()
    assert added is None or 60 * 2**20 < added < 200 * 2**20
    with meter.measuring("cpu") as outer, meter.measuring("cpu") as inner:
        pass
    assert outer() is inner() is None


# ---------------------------------------------------------------- the clients


@pytest.fixture
def experts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExpertClient]:
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=":")
    monkeypatch.setattr(clients, "EXPERT_MODULE", "toy_expert_host")
    client = ExpertClient(tmp_path / "log", grace_s=GENEROUS_S)
    yield client
    client.close()


def run_client(client: ExpertClient, model_id: str, cancel: CancelToken, text: str = "") -> str:
    call = ExpertCall("t", {"text": (text,)}, Path("/out"), "stem")
    return client.run(card(model_id), call, quiet, cancel).outputs[0].text or ""


def test_client_keeps_the_books(experts: ExpertClient) -> None:
    token = CancelToken()
    with pytest.raises(HostDied):
        run_client(experts, "one", token)
    assert experts.loaded() == frozenset()
    assert experts.load(card("one"), "cpu", quiet, token).model_id == "one"
    experts.load(card("two"), "cpu", quiet, token)
    assert experts.load(card("one"), "cpu", quiet, token).load_s == 0.5
    assert experts.loaded() == {"one", "two"}
    assert run_client(experts, "one", token, "echo") == "echo"
    experts.unload("one")
    experts.unload("one")
    assert experts.loaded() == {"two"}
    with pytest.raises(HostDied):
        run_client(experts, "two", token, "die")
    assert experts.loaded() == frozenset()
    experts.load(card("two"), "cpu", quiet, token)
    assert run_client(experts, "two", token, "echo") == "echo"
    experts.close()
    assert experts.loaded() == frozenset()


def test_client_waits_its_turn_to_load(experts: ExpertClient) -> None:
    first, second = CancelToken(), CancelToken()
    loading = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(experts.load, card("slow"), "cpu", lambda *_: loading.set(), first)
        assert loading.wait(GENEROUS_S)
        two = pool.submit(experts.load, card("two"), "cpu", quiet, second)
        second.cancel()
        with pytest.raises(Cancelled):
            two.result(GENEROUS_S)
        first.cancel()
        with pytest.raises(Cancelled):
            one.result(GENEROUS_S)
    assert experts.loaded() == frozenset()


def test_runs_of_two_models_go_on_beside_each_other(experts: ExpertClient) -> None:
    token = CancelToken()
    for model_id in ("one", "two"):
        experts.load(card(model_id), "cpu", quiet, token)
    with ThreadPoolExecutor(2) as pool:  # each waits for the other
        both = [pool.submit(run_client, experts, model_id, token, "meet") for model_id in ("one", "two")]
        assert [one.result(GENEROUS_S) for one in both] == ["met", "met"]


def test_llama_client_without_a_model(tmp_path: Path) -> None:
    client = LlamaClient(tmp_path / "states", tmp_path / "log", 4096)
    assert client.loaded() == frozenset()
    assert client.context_tokens == 4096
    client.unload("one")
    client.close()
    token = CancelToken()
    for use in (
        lambda: client.model_id,
        lambda: client.count_tokens("x"),
        lambda: client.choose(Prompt(()), ("a", "b"), token),
        lambda: client.generate(Prompt(()), token),
    ):
        with pytest.raises(HostDied, match="No language model"):
            use()


@pytest.mark.parametrize("options", [(), ("a", ""), ("a", "a"), ("text", "b", "text-to-image")])
def test_options_must_differ(tmp_path: Path, options: tuple[str, ...]) -> None:
    client = LlamaClient(tmp_path / "states", tmp_path / "log", 4096)
    with pytest.raises(ValueError, match="option"):
        client.choose(Prompt(()), options, CancelToken())


class FakeBatchExpert(FakeExpert):
    """Takes several inputs at once; one that says `bad` is refused."""

    def run_together(
        self, calls: Sequence[ExpertCall], on_progress: OnProgress, should_stop: Callable[[], bool]
    ) -> list[tuple[Resource, ...] | HgptError]:
        self._work()

        def finish(call: ExpertCall, text: str, found: str) -> tuple[Resource, ...]:
            return (Resource("a", Kind.TEXT, call.out_dir / "a", "text/plain", 1, text=found),)

        return together(calls, _text, lambda texts: [text.upper() for text in texts], finish)


def _text(call: ExpertCall) -> str:
    if call.text("text") == "bad":
        raise InvalidInput("That is no text.", "Take another one.")
    return call.text("text")


def several(*texts: str) -> tuple[ExpertCall, ...]:
    return tuple(ExpertCall("t", {"text": (text,)}, Path("/out"), f"stem-{text}") for text in texts)


def test_inputs_at_once_have_outcomes_of_their_own(
    calling: Calling, loads: dict[str, Callable[[], Expert]]
) -> None:
    loads["one"] = lambda: FakeBatchExpert(lambda: None)
    verbs = ExpertVerbs()
    verbs.load(LoadModel(card("one"), "cpu"), calling)
    answers = verbs.run_together(RunTogether(card("one"), several("a", "bad", "c")), calling)
    first, second, third = answers
    assert isinstance(first, ExpertOutcome)
    assert isinstance(third, ExpertOutcome)
    assert (first.outputs[0].text, third.outputs[0].text) == ("A", "C")
    assert isinstance(second, Failure)
    assert (second.error, second.message) == ("InvalidInput", "That is no text.")


def test_memory_that_runs_out_ends_all_inputs(
    calling: Calling, loads: dict[str, Callable[[], Expert]]
) -> None:
    def fail() -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate")

    loads["one"] = lambda: FakeBatchExpert(fail)
    verbs = ExpertVerbs()
    verbs.load(LoadModel(card("one"), "cpu"), calling)
    with pytest.raises(OutOfMemory):
        verbs.run_together(RunTogether(card("one"), several("a", "b")), calling)


def test_client_runs_inputs_together(experts: ExpertClient) -> None:
    token = CancelToken()
    experts.load(card("one"), "cpu", quiet, token)
    good, bad = experts.run_together(card("one"), several("a", ""), quiet, token)
    assert isinstance(good, ExpertOutcome)
    assert good.outputs[0].text == "a"
    assert isinstance(bad, InvalidInput)
    assert experts.most_together(card("one")) == 1
    timm = replace(card("eye"), loader="timm")
    assert experts.most_together(timm) == FAMILIES["timm"].batches > 1
