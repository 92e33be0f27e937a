"""An engine without a model: words are tokens, scores are a hash of the context."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.hosts.engine import Sampling, ShouldStop, Stopped

CONTROL = ("<|im_start|>", "<|im_end|>", "<|bos|>")
_CONTROL_PARTS = re.compile("(" + "|".join(map(re.escape, CONTROL)) + ")")
_WORDS = re.compile(r" ?[a-z]{1,4}|.", re.DOTALL)


class ScriptedEngine:
    """Args:
    script: what a generation writes, one token each; afterwards the text ends.
    template: a Python format of each message (`role`, `content`), or None: the model has none.
    """

    identity = "scripted"
    resident_bytes = 1

    def __init__(
        self,
        script: Iterable[bytes] = (),
        context_tokens: int = 1000,
        batch: int = 4,
        bos: bool = False,
        partial_removal: bool = True,
        template: Callable[[Sequence[str], Sequence[str]], str | None] | None = None,
    ) -> None:
        self.context_tokens = context_tokens
        self.tokens: list[int] = []
        self.evaluated: list[int] = []
        self.saved: dict[str, list[int]] = {}
        self.closed = False
        self._words: dict[bytes, int] = {mark.encode(): number for number, mark in enumerate(CONTROL)}
        self._script = list(script)
        self._batch = batch
        self._bos = bos
        self._partial_removal = partial_removal
        self._template = template

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        parts = _CONTROL_PARTS.split(text) if control else [text]
        words = [
            word
            for part in parts
            for word in ([part] if control and part in CONTROL else _WORDS.findall(part))
        ]
        return [self._words.setdefault(word.encode(), len(self._words)) for word in words]

    def first_token(self) -> int | None:
        return self._words[b"<|bos|>"] if self._bos else None

    def piece(self, token: int) -> bytes:
        return self._script[-1 - token] if token < 0 else list(self._words)[token]

    def text(self, tokens: Iterable[int]) -> str:
        return b"".join(self.piece(token) for token in tokens).decode()

    def render(self, roles: Sequence[str], contents: Sequence[str]) -> str | None:
        return None if self._template is None else self._template(roles, contents)

    def append(self, tokens: Sequence[int], should_stop: ShouldStop) -> None:
        if len(self.tokens) + len(tokens) > self.context_tokens:
            raise ExecutionFailed("too many")
        for at in range(0, len(tokens), self._batch):
            if should_stop():
                raise Stopped
            self.tokens += tokens[at : at + self._batch]
            self.evaluated += tokens[at : at + self._batch]

    @property
    def length(self) -> int:
        return len(self.tokens)

    def truncate(self, length: int) -> bool:
        assert length < len(self.tokens)
        kept = length if self._partial_removal else 0
        del self.tokens[kept:]
        return kept == length

    def score(self, context: Sequence[int], token: int) -> float:
        """The same for the same words, whatever their numbers are: about -4..4."""
        words = self.text(context) + "|" + self.text([token])
        return hashlib.sha256(words.encode()).digest()[0] / 32 - 4

    def logits_of(self, tokens: Sequence[int]) -> list[float]:
        return [self.score(self.tokens, token) for token in tokens]

    def save(self, path: Path, tokens: Sequence[int]) -> bool:
        assert list(tokens) == self.tokens
        path.write_text(",".join(map(str, tokens)))
        return True

    def restore(self, path: Path, tokens: Sequence[int]) -> bool:
        kept = [int(token) for token in path.read_text().split(",")]
        self.tokens = kept if kept == list(tokens) else []
        return bool(self.tokens)

    def sampler(self, sampling: Sampling) -> ScriptedSampler:
        return ScriptedSampler(len(self._script), bool(sampling.grammar))

    def close(self) -> None:
        self.closed = True


class ScriptedSampler:
    """Gives -1, -2, … for the parts of the script. With a grammar it knows when the script is over."""

    def __init__(self, count: int, knows_end: bool) -> None:
        self._count = count
        self._at = 0
        self._knows_end = knows_end
        self.closed = False

    @property
    def finished(self) -> bool:
        return self._knows_end and self._at == self._count

    def sample(self) -> int | None:
        if self._at == self._count:
            return None
        self._at += 1
        return -self._at

    def close(self) -> None:
        self.closed = True
