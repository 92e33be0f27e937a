"""Selection: one of the candidates, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from controller_fakes import FakeLLM, card
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.selection import ModelSelector
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, HostDied, SelectionFailed
from hgpt_desktop.core.interfaces import Prompt
from hgpt_desktop.core.models import ModelCard, Selection

TASK = load_vocabulary()["translation"]
CARDS = tuple(card(f"model-{name}", "translation", description=f"Good at {name}. Slow.") for name in "abcd")


def select(llm: FakeLLM, candidates: Sequence[ModelCard], top_k: int = 3) -> Selection:
    return ModelSelector(llm, top_k=top_k).select(4, TASK, "Translate it", candidates, CancelToken())


def test_one_candidate_needs_no_llm() -> None:
    llm = FakeLLM()
    chosen = select(llm, CARDS[:1])
    assert chosen.model is CARDS[0]
    assert chosen.candidates == CARDS[:1]
    assert "only" in chosen.reason
    assert llm.prompts == []


def test_the_llm_chooses_among_the_top_k() -> None:
    llm = FakeLLM(lambda _prompt, _options: [0.2, 0.7, 0.1])
    chosen = select(llm, CARDS)
    assert chosen.task_id == 4
    assert chosen.model.id == "model-b"
    assert chosen.reason == "Good at b. (chosen among 3 candidates with 70%)"
    assert [one.id for one in chosen.candidates] == ["model-b", "model-a", "model-c", "model-d"]
    assert [option.strip() for option in llm.options[0]] == ["model-a", "model-b", "model-c"]
    shown = llm.prompts[0].messages[-1].content
    assert "model-c: Good at c." in shown
    assert "model-d" not in shown


def test_without_the_llm_the_catalogues_best_is_taken() -> None:
    chosen = select(FakeLLM(error=HostDied("It died.")), CARDS)
    assert chosen.model is CARDS[0]
    assert "It died." in chosen.reason


def test_top_one_is_the_catalogues_best() -> None:
    llm = FakeLLM()
    assert select(llm, CARDS, top_k=1).model is CARDS[0]
    assert llm.prompts == []


def test_the_llm_in_use_is_not_swapped_for_another_one() -> None:
    llm = FakeLLM(lambda _prompt, _options: 0)
    own = card(llm.model_id, "translation")
    chosen = select(llm, (*CARDS[:2], own))
    assert chosen.model is own
    assert chosen.reason == "the language model in use"
    assert chosen.candidates == (own, *CARDS[:2])
    assert llm.prompts == []


def test_an_expert_still_competes_with_the_llm_in_use() -> None:
    llm = FakeLLM(lambda _prompt, _options: 0)
    own, expert = card(llm.model_id, "translation"), card("expert", "translation", loader="translation")
    chosen = select(llm, (CARDS[0], expert, CARDS[1], own))
    assert chosen.model is expert
    assert [option.strip() for option in llm.options[0]] == ["expert", llm.model_id]
    assert chosen.candidates == (expert, own, *CARDS[:2])


def test_without_an_llm_in_memory_all_have_the_same_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: FakeLLM) -> str:
        raise HostDied("No model is loaded.")

    monkeypatch.setattr(FakeLLM, "model_id", property(gone))
    chosen = select(FakeLLM(error=HostDied("It died.")), CARDS)
    assert chosen.candidates == CARDS


def test_no_candidate_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(SelectionFailed) as caught:
        select(FakeLLM(), ())
    assert "translation" in caught.value.message
    assert "hgpt models list --task translation" in caught.value.hint


def test_cancel_stops_selection() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        ModelSelector(FakeLLM()).select(1, TASK, "x", CARDS, cancel)


@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), st.integers(1, 6), st.integers(1, 4))
def test_never_anything_but_a_candidate(weights: list[float], top_k: int, count: int) -> None:
    def chooser(_prompt: Prompt, options: Sequence[str]) -> Sequence[float]:
        return weights[: len(options)]

    chosen = select(FakeLLM(chooser), CARDS[:count], top_k)
    assert chosen.model in CARDS[: min(count, top_k)]
    assert sorted(one.id for one in chosen.candidates) == [one.id for one in CARDS[:count]]
