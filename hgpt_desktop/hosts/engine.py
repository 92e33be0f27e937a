"""What the LLM's algorithms need of llama.cpp, so that they know neither it nor ctypes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ShouldStop = Callable[[], bool]


class Stopped(Exception):
    """The evaluation was stopped by the caller; the context keeps what was there before the batch."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. Temperature 0 takes the most probable one."""

    temperature: float
    seed: int
    grammar: str | None


class Sampler(Protocol):
    """Draws tokens after the context's last one, within the grammar."""

    def sample(self) -> int | None:
        """The next token; None where the text is at its end."""

    @property
    def finished(self) -> bool:
        """Whether the grammar allows nothing more after the last token."""

    def close(self) -> None:
        """Give its memory back."""


class Engine(Protocol):
    """A loaded model with one context. Threads: one at a time."""

    @property
    def context_tokens(self) -> int:
        """How many tokens the context holds."""

    @property
    def identity(self) -> str:
        """Changes with the model file, the library and the context's parameters."""

    @property
    def resident_bytes(self) -> int:
        """What weights, context and an evaluation take, an estimate."""

    def close(self) -> None:
        """Give all memory back; nothing else may be called afterwards."""

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Tokens of a text; `control`: whether control tokens are read in it."""

    def first_token(self) -> int | None:
        """What has to stand at the very beginning, if the model wants that."""

    def piece(self, token: int) -> bytes:
        """The token's text; nothing for a control token."""

    def render(self, roles: Sequence[str], contents: Sequence[str]) -> str | None:
        """A chat by the model's template, open for the assistant's message; None without a usable one."""

    def append(self, tokens: Sequence[int], should_stop: ShouldStop) -> None:
        """Evaluate tokens after those of the context, keeping the logits of the last one.

        Raises: `Stopped`; `HgptError` where the library fails. Whole batches may have been appended then:
        `length` tells.
        """

    @property
    def length(self) -> int:
        """How many tokens are in the context."""

    def truncate(self, length: int) -> bool:
        """Keep the first tokens only; False where the model cannot and everything was removed."""

    def logits_of(self, tokens: Sequence[int]) -> list[float]:
        """The scores of candidates to follow the last evaluated token."""

    def save(self, path: Path, tokens: Sequence[int]) -> bool:
        """Write the context's state; False where it failed."""

    def restore(self, path: Path, tokens: Sequence[int]) -> bool:
        """Read a state that holds just these tokens; False (and an empty context) where it failed."""

    def sampler(self, sampling: Sampling) -> Sampler:
        """A sampler for one generation. Raises `HgptError` for an invalid grammar."""
