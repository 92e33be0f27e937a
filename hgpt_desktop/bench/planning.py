"""Plans against gold plans: node F1 and edge F1 on records of TaskBench's form."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.bench.aligning import aligned
from hgpt_desktop.bench.mistakes import count_mistakes
from hgpt_desktop.bench.taskbench import (
    Link,
    Record,
    Tool,
    chosen_demonstrations,
    files_of,
    read_records,
    read_tools,
    vocabulary_of,
)
from hgpt_desktop.controller.demonstrations import Demonstration, load_demonstrations
from hgpt_desktop.controller.evidence import TaskEvidence, load_phrases
from hgpt_desktop.controller.planning import Habits, TypedPlanner
from hgpt_desktop.controller.prompting import PROMPTS_FOLDER, fill_prompt
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput, PlanningFailed
from hgpt_desktop.core.interfaces import ChatModel, Message, Prompt
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.tasks import Vocabulary
from hgpt_desktop.settings import shipped

MODES = ("typed", "direct")
_DIRECT_TOKENS = 1024
_REPEAT_PENALTY = 1.5
_TASKBENCH_PHRASES = shipped("resources") / "taskbench_phrases.yaml"
_TASKBENCH_DEMONSTRATIONS = shipped("resources") / "taskbench_demonstrations.yaml"


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan as the figures see it."""

    nodes: frozenset[str]
    links: frozenset[Link]
    valid: bool
    sampled_tokens: int
    seconds: float


Plans = Callable[[Record], Planned]


def run_planning_bench(
    llm: ChatModel,
    data: Path,
    tools: Path | None,
    demos: Path | None,
    limit: int | None,
    mode: str,
    on_progress: Callable[[int, int], None],
    cancel: CancelToken | None = None,
) -> dict[str, Any]:
    """Figures over all records, as the command line documents them.

    Args:
        tools: the vocabulary to plan with; the product's own where None.
        demos: records from which the planner learns (which words ask for which task, whether plans fork),
            never from the record itself.
        limit: only so many records, the first ones.
        mode: `typed`, or `direct`: the benchmark's own prompt, free JSON without a grammar.
        on_progress: told how many of how many records are planned.

    Raises:
        InvalidInput: a file cannot be read, or there is no such mode.
        Cancelled, HostDied: as the LLM raises them.
    """
    cancel = cancel or CancelToken()
    if mode not in MODES:
        raise InvalidInput(f"There is no mode {mode}.", f"It is one of {', '.join(MODES)}.")
    records = read_records(data)[: limit or None]
    if not records:
        raise InvalidInput(f"{data} has no records.")
    described = read_tools(tools) if tools else None
    vocabulary = vocabulary_of(described) if described else load_vocabulary()
    pool = read_records(demos) if demos else None
    if mode == "typed":
        plans: Plans = _Typed(
            llm,
            vocabulary,
            _demonstrations(vocabulary, described, pool),
            _Experience(vocabulary, described, pool),
            cancel,
        ).plan
    else:
        plans = _Direct(llm, described or _as_tools(vocabulary), vocabulary, cancel).plan
    planned = []
    for number, record in enumerate(records):
        on_progress(number, len(records))
        cancel.raise_if_cancelled()
        planned.append(plans(record))
    on_progress(len(records), len(records))
    return {
        **figures(records, planned),
        "seconds_per_plan": round(sum(one.seconds for one in planned) / len(records), 3),
        "sampled_tokens_per_plan": round(sum(one.sampled_tokens for one in planned) / len(records), 1),
        "llm": llm.model_id,
        "mode": mode,
        "mistakes": count_mistakes(
            [
                ((frozenset(record.nodes), frozenset(record.links)), (one.nodes, one.links))
                for record, one in zip(records, planned, strict=True)
            ],
            vocabulary,
        ),
    }


# ---------------------------------------------------------------- figures


def figures(records: Sequence[Record], planned: Sequence[Planned]) -> dict[str, Any]:
    """Micro F1, in percent, of the sets of task names and of the sets of links; shares of plans, 0..1."""
    gold = [(frozenset(record.nodes), frozenset(record.links)) for record in records]
    by_type = {
        kind: round(
            100
            * micro_f1(
                [(g[0], p.nodes) for r, g, p in zip(records, gold, planned, strict=True) if r.type == kind]
            ),
            2,
        )
        for kind in sorted({record.type for record in records})
    }
    pairs = list(zip(gold, planned, strict=True))
    return {
        "n": len(records),
        "valid": round(sum(one.valid for one in planned) / len(planned), 4),
        "node_f1": round(100 * micro_f1([(nodes, one.nodes) for (nodes, _), one in pairs]), 2),
        "edge_f1": round(100 * micro_f1([(links, one.links) for (_, links), one in pairs]), 2),
        "node_f1_by_type": by_type,
        "exact": round(sum(g == (one.nodes, one.links) for g, one in pairs) / len(pairs), 4),
    }


def micro_f1(pairs: Sequence[tuple[frozenset[Any], frozenset[Any]]]) -> float:
    """Over pairs of gold and predicted sets, 0..1; 1 where there is nothing to find and nothing was found."""
    hits = sum(len(gold & found) for gold, found in pairs)
    total = sum(len(gold) + len(found) for gold, found in pairs)
    return 2 * hits / total if total else 1.0


# ---------------------------------------------------------------- typed


def _demonstrations(
    vocabulary: Vocabulary, tools: Sequence[Tool] | None, pool: Sequence[Record] | None
) -> Callable[[str], tuple[Demonstration, ...]]:
    """Which demonstrations a request is shown.

    Where there are some in this vocabulary they are the same for every request, so that they are evaluated
    once; the pool teaches in another way (`_Experience`).
    """
    if tools is None:
        fixed = load_demonstrations(vocabulary)
        return lambda _request: fixed
    if set(vocabulary.names) >= {name for _, name in load_phrases(_TASKBENCH_PHRASES)}:
        fixed = load_demonstrations(vocabulary, _TASKBENCH_DEMONSTRATIONS)
        return lambda _request: fixed
    return lambda request: chosen_demonstrations(pool or (), vocabulary, request)


class _Experience:
    """What the planner knows of such requests beforehand: phrases, and the pool but for the record itself."""

    def __init__(
        self, vocabulary: Vocabulary, tools: Sequence[Tool] | None, pool: Sequence[Record] | None
    ) -> None:
        self._vocabulary = vocabulary
        self._phrases = load_phrases() if tools is None else load_phrases(_TASKBENCH_PHRASES)
        told = TaskEvidence(vocabulary, self._phrases)
        self._learned: dict[str, Habits] = {}
        self._pool = [(record.request, aligned(record, vocabulary, told)) for record in pool or ()]

    def without(self, request: str) -> Habits:
        """For planning this request; the same for all that the pool does not hold."""
        key = request if any(known == request for known, _ in self._pool) else ""
        if key not in self._learned:
            self._learned = {key: self._learn(key)}
        return self._learned[key]

    def _learn(self, request: str) -> Habits:
        plans = [plan for known, plan in self._pool if known != request]
        examples = [pair for plan in plans for pair in plan.examples]
        evidence = TaskEvidence(self._vocabulary, [*self._phrases, *examples])
        if not plans:
            return Habits(evidence)
        chained = sum(plan.chained for plan in plans)
        others = sum(plan.others for plan in plans)
        repeats = any(plan.repeats for plan in plans)
        return Habits(
            evidence,
            repeat_penalty=0.0 if repeats else _REPEAT_PENALTY,
            chain_prior=math.log((chained + 1) / (others + 1)),
        )


class _Typed:
    """The product's planner on the given vocabulary."""

    def __init__(
        self,
        llm: ChatModel,
        vocabulary: Vocabulary,
        demonstrations: Callable[[str], tuple[Demonstration, ...]],
        experience: _Experience,
        cancel: CancelToken,
    ) -> None:
        self._experience = experience
        self._llm = llm
        self._vocabulary = vocabulary
        self._demonstrations = demonstrations
        self._cancel = cancel

    def plan(self, record: Record) -> Planned:
        planner = TypedPlanner(
            self._llm,
            self._vocabulary,
            demonstrations=self._demonstrations(record.request),
            stand_ins={},
            habits=self._experience.without(record.request),
        )
        request = Request(record.request, files_of(record.request))
        started = time.monotonic()  # what is learned from the pool is learned once, not for each plan
        try:
            made, cost = planner.plan(
                request, frozenset(self._vocabulary.names), lambda _event: None, self._cancel
            )
        except (InvalidInput, PlanningFailed):
            return Planned(frozenset(), frozenset(), False, 0, time.monotonic() - started)
        return Planned(
            frozenset(task.task for task in made.tasks),
            _links(made),
            True,
            cost.sampled_tokens,
            time.monotonic() - started,
        )


def _links(plan: Plan) -> frozenset[Link]:
    names = {task.id: task.task for task in plan.tasks}
    return frozenset((names[source], task.task) for task in plan.tasks for source in task.dependencies)


# ---------------------------------------------------------------- direct


class _Direct:
    """The benchmark's own way: all tools in the prompt, the whole plan as free JSON."""

    def __init__(
        self, llm: ChatModel, tools: Sequence[Tool], vocabulary: Vocabulary, cancel: CancelToken
    ) -> None:
        self._llm = llm
        listed = "\n".join(
            json.dumps(
                {"id": t.name, "desc": t.description, "input-type": t.inputs, "output-type": t.outputs},
                ensure_ascii=False,
            )
            for t in tools
        )
        self._instructions = fill_prompt(PROMPTS_FOLDER, "bench-direct", tools=listed)
        self._names = frozenset(vocabulary.names)
        self._cancel = cancel

    def plan(self, record: Record) -> Planned:
        # One user message, as in the benchmark; what comes before the request stays in the LLM's context.
        question = (
            f"{self._instructions}\n\n# USER REQUEST #: {record.request}\n"
            "Now generate your result as strict JSON.\n# RESULT #:"
        )
        started = time.monotonic()
        made = self._llm.generate(
            Prompt((Message("user", question),)),
            self._cancel,
            max_tokens=_DIRECT_TOKENS,
        )
        seconds = time.monotonic() - started
        read = read_direct(made.text)
        if read is None:
            return Planned(frozenset(), frozenset(), False, made.sampled_tokens, seconds)
        nodes, links = read
        valid = bool(nodes) and nodes <= self._names and all({*link} <= nodes for link in links)
        return Planned(nodes, links, valid, made.sampled_tokens, seconds)


def read_direct(text: str) -> tuple[frozenset[str], frozenset[Link]] | None:
    """Task names and links of a plan in the benchmark's JSON; None where it cannot be parsed."""
    match = re.search(r"\{.*\}", text, re.DOTALL)
    if match is None:
        return None
    try:
        plan = json.loads(match[0])
        nodes = frozenset(str(node["task"]) for node in plan["task_nodes"])
        links = frozenset((str(link["source"]), str(link["target"])) for link in plan.get("task_links") or ())
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return nodes, links


def _as_tools(vocabulary: Vocabulary) -> tuple[Tool, ...]:
    return tuple(
        Tool(
            one.name,
            one.description,
            tuple(spec.kinds[0].value for spec in one.inputs if spec.required),
            tuple(kind.value for kind in one.outputs),
        )
        for one in vocabulary
    )
