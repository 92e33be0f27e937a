"""A scripted LLM in place of the real one."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import Choice, Generation, Loaded, OnProgress, OnText, Prompt
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Provenance, Resource

Chooser = Callable[[Prompt, Sequence[str]], int | Sequence[float]]
Writer = Callable[[Prompt], str]


class FakeLLM:
    """Answers as it is told; keeps what it was asked."""

    def __init__(
        self,
        chooser: Chooser = lambda _prompt, _options: 0,
        writer: Writer = lambda _prompt: "",
        error: HgptError | None = None,
    ) -> None:
        self.chooser = chooser
        self.writer = writer
        self.error = error
        self.prompts: list[Prompt] = []
        self.options: list[tuple[str, ...]] = []
        self.grammars: list[str | None] = []
        self.generations = 0

    model_id = "fake"
    context_tokens = 8192

    def count_tokens(self, text: str) -> int:
        return max(1, len(text) // 4)

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        cancel.raise_if_cancelled()
        if self.error:
            raise self.error
        assert len(options) == len(set(options)) > 0
        assert all(options)
        assert not any(a != b and b.startswith(a) for a in options for b in options)
        self.prompts.append(prompt)
        self.options.append(tuple(options))
        told = self.chooser(prompt, options)
        if isinstance(told, int):
            probabilities = [0.0] * len(options)
            probabilities[told] = 1.0
        else:
            total = sum(told) or 1.0
            probabilities = [one / total for one in told]
        index = max(range(len(options)), key=lambda i: probabilities[i])
        return Choice(index, tuple(probabilities), 10, 1)

    def generate(
        self,
        prompt: Prompt,
        cancel: CancelToken,
        *,
        grammar: str | None = None,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        on_text: OnText | None = None,
    ) -> Generation:
        cancel.raise_if_cancelled()
        if self.error:
            raise self.error
        self.prompts.append(prompt)
        self.grammars.append(grammar)
        self.generations += 1
        text = self.writer(prompt)
        for mark in stop:
            text = text.split(mark)[0]
        pieces = text.split(" ")
        finish = "stop"
        if len(pieces) > max_tokens:
            pieces, finish = pieces[:max_tokens], "length"
        elif grammar and (not text.endswith('"') or text.endswith('\\"')):
            finish = "length"
        for place, piece in enumerate(pieces):
            cancel.raise_if_cancelled()
            if on_text:
                on_text((" " if place else "") + piece)
        return Generation(" ".join(pieces), finish, 10, len(pieces))

    # ---------------------------------------------------------------- as a host

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        return Loaded(card.id, device, 1, 0.0)

    def unload(self, model_id: str) -> None:
        """Nothing is held."""

    def loaded(self) -> frozenset[str]:
        return frozenset({self.model_id})

    def close(self) -> None:
        """Nothing is held."""


def option_with(*parts: str) -> Chooser:
    """Takes, call by call, the first option that contains the next part."""
    waiting = list(parts)

    def chooser(_prompt: Prompt, options: Sequence[str]) -> int:
        wanted = waiting.pop(0)
        return next(i for i, option in enumerate(options) if wanted in option)

    return chooser


def random_llm(seed: int) -> FakeLLM:
    """Random probabilities and random texts, quotes and line breaks among them."""
    dice = random.Random(seed)

    def writer(_prompt: Prompt) -> str:
        letters = 'ab \\"\n#1image1,end é漢'
        return "".join(dice.choice(letters) for _ in range(dice.randrange(0, 60)))

    def chooser(_prompt: Prompt, options: Sequence[str]) -> Sequence[float]:
        weights = [dice.random() ** 3 for _ in options]
        if options[-1] == "end":
            weights[-1] *= dice.choice([0.1, 1, 10])
        return weights

    return FakeLLM(chooser, writer)


def resource(name: str, kind: Kind, text: str | None = None, made_by: str | None = None) -> Resource:
    """A resource that exists in name only."""
    provenance = Provenance(1, made_by, "some-model") if made_by else None
    return Resource(name, kind, Path("/somewhere") / name, "", 1, text=text, provenance=provenance)


def card(model_id: str, *tasks: str, description: str = "A model.", loader: str = "llama.cpp") -> ModelCard:
    """A model's card without files."""
    return ModelCard(model_id, model_id, tasks, description, loader, (), "MIT")
