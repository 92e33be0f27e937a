"""Task planning: a request becomes a plan that can be executed (the paper's section 3.1, typed decoding)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hgpt_desktop.controller.decoding import Decoder
from hgpt_desktop.controller.demands import split_demands
from hgpt_desktop.controller.demonstrations import (
    Demonstration,
    demonstration_messages,
    load_demonstrations,
)
from hgpt_desktop.controller.drafting import Draft, Drafting
from hgpt_desktop.controller.evidence import TaskEvidence, load_phrases
from hgpt_desktop.controller.lines import task_type_lines
from hgpt_desktop.controller.naming import NamedFile, name_files, recent_turns, shown_request
from hgpt_desktop.controller.outlining import Outliner
from hgpt_desktop.controller.prompting import PROMPTS_FOLDER, fill_prompt
from hgpt_desktop.controller.quoting import FILE_NAME, elided, head, passages
from hgpt_desktop.controller.references import References
from hgpt_desktop.controller.vocabulary import load_stand_ins
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput, PlanningFailed
from hgpt_desktop.core.events import TaskPlanned
from hgpt_desktop.core.interfaces import ChatModel, Emit, Message, PlanningCost
from hgpt_desktop.core.plan import Plan, Unavailable, check_plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

_TURNS_SHOWN = 2  # to the planner
_TURNS_KEPT = 6  # handed to `conversational`
_TURN_WORDS = 120


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of requests beforehand.

    Args:
        evidence: what the words of a demand say about its task type.
        repeat_penalty: log-odds against a second task of a type; 0 where plans hold a type more than once.
        chain_prior: log-odds that a task goes on with the last result, and not with something earlier.
    """

    evidence: TaskEvidence | None
    repeat_penalty: float = 0.0
    chain_prior: float = 0.7


class TypedPlanner:
    """Plans by typed decoding: whatever the LLM prefers, the plan can be executed.

    Args:
        llm: a loaded LLM.
        demonstrations: shown before every request; the shipped ones where None.
        stand_ins: which types may do part of another one's work; the shipped ones where None.
        habits: what is known of such requests beforehand; the shipped phrases where None.

    Threads: any thread may plan; the LLM serves one call after another.
    """

    def __init__(
        self,
        llm: ChatModel,
        vocabulary: Vocabulary,
        prompts_folder: Path = PROMPTS_FOLDER,
        demonstrations: Sequence[Demonstration] | None = None,
        stand_ins: Mapping[str, tuple[str, ...]] | None = None,
        habits: Habits | None = None,
    ) -> None:
        self._llm = llm
        self._vocabulary = vocabulary
        self._stand_ins = load_stand_ins() if stand_ins is None else stand_ins
        shown = load_demonstrations(vocabulary) if demonstrations is None else demonstrations
        system = fill_prompt(prompts_folder, "planning", task_types=task_type_lines(vocabulary))
        self._habits = habits
        self._prefix = (Message("system", system), *demonstration_messages(shown, vocabulary))

    @property
    def prefix(self) -> tuple[Message, ...]:
        """What every planning prompt begins with, byte for byte."""
        return self._prefix

    def plan(
        self, request: Request, runnable: frozenset[str], emit: Emit, cancel: CancelToken
    ) -> tuple[Plan, PlanningCost]:
        """A plan made only of the task types in `runnable`; the rest is in `Plan.unavailable`.

        The plan is empty where nothing of what is asked can run here.

        Emits: `TaskPlanned` for each task of the plan as soon as it is decided.

        Raises:
            InvalidInput: the request is empty, or longer than the LLM's context.
            PlanningFailed: no task fits the request at all.
            Cancelled: the user stopped.
        """
        started = time.monotonic()
        text = request.text.strip()
        if not text:
            raise InvalidInput("The request is empty.", "Say what should be done.")
        named = name_files(request.files, request.earlier)
        habits = self._habits or _shipped_habits(self._vocabulary)
        outliner = self._outliner(habits, request, runnable)
        steps = outliner.outline(text) if outliner else ()
        demands = tuple(dict.fromkeys(step.demand for step in steps if not step.added))
        drafting = Drafting(self._vocabulary, named, text, demands or split_demands(text))
        decoder = Decoder(
            llm=self._llm,
            drafting=drafting,
            messages=(*self._prefix, Message("user", _question(request, named))),
            stable=len(self._prefix),
            runnable=runnable,
            cancel=cancel,
            references=References(drafting, habits.chain_prior),
            steps=steps,
            words=outliner.weights if outliner else lambda _demand: {},
            stand_ins=self._stand_ins,
            fixed=lambda task_type, spec: _fixed_value(task_type, spec, request),
        )

        def on_task(draft: Draft) -> None:
            if draft.runnable:
                emit(TaskPlanned(draft.task))

        drafts = decoder.decode(on_task)
        if not drafts and not decoder.unavailable:
            raise PlanningFailed(
                "No task fits this request and these files.",
                "Say it in other words, or attach the files that it is about.",
            )
        plan = Plan(
            tuple(draft.task for draft in drafts if draft.runnable), _unavailable(decoder.unavailable)
        )
        try:
            plan = check_plan(plan, self._vocabulary, request.resources)
        except InvalidInput as error:
            raise PlanningFailed(
                "The plan came out wrong.", "Say the request in other words.", str(error)
            ) from error
        cost = PlanningCost(
            time.monotonic() - started, decoder.cost.prompt_tokens, decoder.cost.sampled_tokens
        )
        return plan, cost

    def _outliner(self, habits: Habits, request: Request, runnable: frozenset[str]) -> Outliner | None:
        if habits.evidence is None:
            return None
        kinds = {file.kind for file in request.files}
        quoted = any(
            passage.quoted and not FILE_NAME.fullmatch(passage.text) for passage in passages(request.text)
        )
        return Outliner(
            self._vocabulary,
            habits.evidence,
            habits.chain_prior,
            habits.repeat_penalty,
            runnable,
            kinds,
            {file.kind for file in request.earlier},
            quoted or Kind.TEXT in kinds,
        )


@lru_cache(maxsize=4)
def _shipped_habits(vocabulary: Vocabulary) -> Habits:
    """Learned when the first plan is made: a start need not wait for it."""
    return Habits(TaskEvidence(vocabulary, load_phrases()))


def _question(request: Request, named: Sequence[NamedFile]) -> str:
    return shown_request(elided(request.text), named, recent_turns(request, _TURNS_SHOWN))


def _fixed_value(task_type: TaskType, spec: InputSpec, request: Request) -> str | None:
    """Where the LLM answers by itself it gets the request as it is, and what was said before."""
    if task_type.needs_tool:
        return None
    if spec.name == "history":
        said = [
            f"User: {head(asked, _TURN_WORDS, 0)}\nAssistant: {head(answered, _TURN_WORDS, 0)}"
            for asked, answered in recent_turns(request, _TURNS_KEPT)
        ]
        return "\n".join(said) or None
    return request.text.strip() if spec.required else None


def _unavailable(decided: Sequence[Unavailable]) -> tuple[Unavailable, ...]:
    """What cannot run here, each type once. What only needs the output of such a task is left out of the plan
    but is not listed: a model for it may well be installed."""
    kept: dict[str, Unavailable] = {}
    for one in decided:
        kept.setdefault(one.task, one)
    return tuple(kept.values())
