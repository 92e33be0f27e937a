"""Model selection: one of the catalogue's candidates for a task, by the LLM's own probabilities.

Source: the paper's section 3.2. The catalogue filters and ranks; the LLM chooses among the top K.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hgpt_desktop.controller.prompting import PROMPTS_FOLDER, fill_prompt
from hgpt_desktop.controller.quoting import elided
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError, SelectionFailed
from hgpt_desktop.core.interfaces import ChatModel, Message, Prompt
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.tasks import TaskType


class ModelSelector:
    """Chooses a model for a task; never anything but a candidate.

    Args:
        llm: a loaded LLM; asked only where there are several candidates.
        top_k: among so many of the best candidates the LLM chooses.

    Threads: any thread may select.
    """

    def __init__(self, llm: ChatModel, prompts_folder: Path = PROMPTS_FOLDER, top_k: int = 5) -> None:
        if top_k < 1:
            raise ValueError("top_k is at least 1")
        self._llm = llm
        self._system = fill_prompt(prompts_folder, "selection")
        self._top_k = top_k

    def select(
        self,
        task_id: int,
        task_type: TaskType,
        request_text: str,
        candidates: Sequence[ModelCard],
        cancel: CancelToken,
    ) -> Selection:
        """The model and why; the candidates in the order in which they are to be tried, the chosen one first.

        Where the LLM is a candidate itself, other LLMs are tried only after all else has failed: the
        controller host holds one at a time, so each of them would have to make room for the other.
        Where the LLM cannot be asked, the catalogue's first candidate is taken and the reason says so.

        Raises:
            SelectionFailed: there is no candidate.
            Cancelled: the user stopped.
        """
        cancel.raise_if_cancelled()
        if not candidates:
            raise SelectionFailed(
                f"No installed model can do {task_type.name}.",
                f"`hgpt models list --task {task_type.name}` shows what could be installed.",
            )
        if len(candidates) == 1:
            return Selection(
                task_id, candidates[0], "the only installed model for this task", tuple(candidates)
            )
        offered, rivals = self._rivals_apart(candidates)
        if len(offered) == 1:
            return Selection(task_id, offered[0], "the language model in use", (*offered, *rivals))
        candidates, top = (*offered, *rivals), offered[: self._top_k]
        if len(top) == 1:
            return Selection(task_id, top[0], "the catalogue's best model for this task", candidates)
        try:
            choice = self._llm.choose(self._prompt(task_type, request_text, top), _options(top), cancel)
        except HgptError as error:
            reason = f"the catalogue's best model; the LLM could not be asked ({error.message})"
            return Selection(task_id, top[0], reason, candidates)
        chosen = top[choice.index]
        reason = (
            f"{_first_sentence(chosen.description)}"
            f" (chosen among {len(top)} candidates with {choice.probabilities[choice.index]:.0%})"
        )
        others = tuple(card for card in candidates if card.id != chosen.id)
        return Selection(task_id, chosen, reason, (chosen, *others))

    def _rivals_apart(
        self, candidates: Sequence[ModelCard]
    ) -> tuple[tuple[ModelCard, ...], tuple[ModelCard, ...]]:
        """The candidates without the LLM's rivals for its place in memory, and these."""
        try:
            own_id = self._llm.model_id
        except HgptError:  # none is loaded, so that all have the same chance
            own_id = ""
        own = next((card for card in candidates if card.id == own_id), None)
        rivals = tuple(card for card in candidates if own and card.loader == own.loader and card.id != own_id)
        return tuple(card for card in candidates if card not in rivals), rivals

    def _prompt(self, task_type: TaskType, request_text: str, top: Sequence[ModelCard]) -> Prompt:
        listed = "\n".join(
            f"{card.id}: {_first_sentence(card.description)}"
            + (f" Languages: {', '.join(card.languages[:8])}." if card.languages else "")
            for card in top
        )
        question = (
            f"Task: {task_type.name} ({task_type.description})\n"
            f"Request: {elided(request_text)}\n"
            f"Models, best first:\n{listed}"
        )
        return Prompt((Message("system", self._system), Message("user", question)), "Model:")


def _options(cards: Sequence[ModelCard]) -> list[str]:
    return [f" {card.id}\n" for card in cards]


def _first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence; at most 200 characters."""
    flat = " ".join(text.split())
    first, stop, _ = flat.partition(". ")
    return (first + "." if stop else flat)[:200]
