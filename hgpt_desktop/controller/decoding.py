"""Typed decoding: a plan written one task at a time, each step a choice among what can be executed.

What can be enumerated (which task next, or the end; which file or earlier output) is chosen by the LLM's own
probabilities. Only free texts are written token by token, under a grammar that ends with the closing quote,
and where the LLM begins to copy a passage of the request, the passage is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from hgpt_desktop.controller.grammar import FREE_TEXT, part_of
from hgpt_desktop.controller.lines import CLOSE, END, argument, opening, quote, unquote, value_text
from hgpt_desktop.controller.naming import NamedFile
from hgpt_desktop.controller.quoting import Passage, elided, head, passage_meant, passages, restored
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import ChatModel, Choice, Message, Prompt
from hgpt_desktop.core.plan import FileRef, Task, TaskRef, Unavailable, Value
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

MAX_TASKS = 10
STOP_RATIO = 0.2
_QUOTE = '"'
_BEGINNING_TOKENS = 8  # so many are written before looking whether a passage is being copied
_MAX_TEXT_TOKENS = 120
_MAX_OPTION_TOKENS = 40  # of a text that says how (a question, a language)
_OPTIONAL_THRESHOLD = 0.8  # an optional input is given where the LLM is so sure
_STAND_IN_RATIO = 0.02  # a stand-in must be at least so probable, relative to the type it stands in for


@dataclass(frozen=True, slots=True)
class Draft:
    """A decoded task, and whether a model for it is installed."""

    task: Task
    runnable: bool


@dataclass(slots=True)
class Cost:
    """Tokens spent so far."""

    prompt_tokens: int = 0
    sampled_tokens: int = 0


@dataclass(slots=True)
class Decoder:
    """Decodes one plan.

    Args:
        messages: system, demonstrations and the request; the first `stable` of them never change.
        runnable: the task types that can run here; others are planned but marked.
        stand_ins: which types may do part of another one's work where that one cannot run here.
        fixed: values of inputs that need no decision, by task type and input (the text of `conversational`).
        stop_ratio: the end is taken where it is at least this part as probable as the best task. An LLM
            with something left to do gives the end next to nothing; it likes to add what nobody asked for.
    """

    llm: ChatModel
    vocabulary: Vocabulary
    messages: tuple[Message, ...]
    stable: int
    files: Sequence[NamedFile]
    request_text: str
    runnable: frozenset[str]
    cancel: CancelToken
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Callable[[TaskType, InputSpec], str | None] = lambda _type, _spec: None
    stop_ratio: float = STOP_RATIO
    max_tasks: int = MAX_TASKS
    cost: Cost = field(default_factory=Cost)
    unavailable: list[Unavailable] = field(default_factory=list)
    _body: str = ""
    _drafts: list[Draft] = field(default_factory=list)
    _passages: tuple[Passage, ...] = ()
    _aliases: dict[str, str] = field(default_factory=dict)

    def decode(self, on_task: Callable[[Draft], None] = lambda _draft: None) -> tuple[Draft, ...]:
        """The tasks in order, runnable or not. `on_task` is told of each as soon as it is decided."""
        self._passages = passages(self.request_text)
        self._aliases = {one.resource_name: one.alias for one in self.files}
        while len(self._drafts) < self.max_tasks:
            self.cancel.raise_if_cancelled()
            task_type = self._next_task_type()
            if task_type is None:
                break
            draft = self._arguments(task_type)
            if draft is None:
                break
            self._drafts.append(draft)
            on_task(draft)
            if not task_type.needs_tool:
                break
        return tuple(self._drafts)

    # ------------------------------------------------------------ which task

    def _next_task_type(self) -> TaskType | None:
        number = len(self._drafts) + 1
        offered = [
            one for one in self.vocabulary if self._can_be_met(one) and (number == 1 or one.needs_tool)
        ]
        if not offered:
            return None
        heads = [opening(number, one.name) for one in offered]
        options = heads if number == 1 else [*heads, END]
        choice = self._choose(options)
        likeliest = max(range(len(offered)), key=choice.probabilities.__getitem__)
        if number > 1 and choice.probabilities[-1] >= self.stop_ratio * choice.probabilities[likeliest]:
            return None
        best = offered[likeliest]
        if best.name not in self.runnable:
            best = self._replacement(best, offered, choice)
        self._body += opening(number, best.name)
        return best

    def _replacement(self, wanted: TaskType, offered: Sequence[TaskType], choice: Choice) -> TaskType:
        """An installed type that does part of the work, if the LLM finds it fitting; else the wanted one."""
        by_name = dict(zip((one.name for one in offered), choice.probabilities, strict=False))
        possible = [
            one
            for one in offered
            if one.name in self.runnable and one.name in self.stand_ins.get(wanted.name, ())
        ]
        taken = max(possible, key=lambda one: by_name[one.name], default=None)
        if taken is None or by_name[taken.name] < _STAND_IN_RATIO * by_name[wanted.name]:
            self.unavailable.append(Unavailable(wanted.name))
            return wanted
        self.unavailable.append(Unavailable(wanted.name, taken.name))
        return taken

    def _can_be_met(self, task_type: TaskType) -> bool:
        return all(
            not spec.required or Kind.TEXT in spec.kinds or bool(self._references(spec))
            for spec in task_type.inputs
        )

    # ------------------------------------------------------------ its arguments

    def _arguments(self, task_type: TaskType) -> Draft | None:
        """The task with its arguments, or None where the LLM only repeats itself."""
        args: dict[str, tuple[Value, ...]] = {}
        number = len(self._drafts) + 1
        specs = [spec for spec in task_type.inputs if self._may_be_given(task_type, spec)]
        for place, spec in enumerate(specs):
            given = self.fixed(task_type, spec)
            if given is None and not spec.required and not self._is_wanted(spec, specs[place + 1 :]):
                continue
            self._body += argument(spec.name, first=not args)
            if given is not None:
                values: tuple[Value, ...] | None = (given,)
                self._body += quote(head(given))
            else:
                values = self._value(task_type, spec, args, specs[place + 1 :])
            if values is None:
                return None
            args[spec.name] = values
        self._body += CLOSE
        task = Task(number, task_type.name, args)
        if self._repeats(task):
            return None
        lost = {draft.task.id for draft in self._drafts if not draft.runnable}
        return Draft(task, task_type.name in self.runnable and not lost.intersection(task.dependencies))

    def _may_be_given(self, task_type: TaskType, spec: InputSpec) -> bool:
        """Optional inputs of the type without tool are filled from outside or not at all."""
        return spec.required or task_type.needs_tool or self.fixed(task_type, spec) is not None

    def _is_wanted(self, spec: InputSpec, later: Sequence[InputSpec]) -> bool:
        """Whether an optional input follows here."""
        others = [argument(one.name, first=False) for one in later]
        choice = self._choose([argument(spec.name, first=False), CLOSE, *others])
        return choice.probabilities[0] >= _OPTIONAL_THRESHOLD

    def _value(
        self,
        task_type: TaskType,
        spec: InputSpec,
        args: dict[str, tuple[Value, ...]],
        later: Sequence[InputSpec],
    ) -> tuple[Value, ...] | None:
        if spec.choices:
            taken = self._choose([quote(one) for one in spec.choices]).index
            self._body += quote(spec.choices[taken])
            return (spec.choices[taken],)
        candidates = self._candidates(task_type, spec, args, last=not any(one.required for one in later))
        takes_literal = Kind.TEXT in spec.kinds
        if not candidates and not takes_literal:
            return None
        texts = [value_text(values, self._aliases) for values in candidates]
        following = next((argument(one.name, first=False) for one in later if one.required), CLOSE)
        options = [text + following for text in texts]
        if takes_literal:
            texts.append(_QUOTE)
            options.append(_QUOTE)
        taken = self._choose(options).index
        self._body += texts[taken]
        return candidates[taken] if taken < len(candidates) else (self._literal(spec),)

    def _candidates(
        self, task_type: TaskType, spec: InputSpec, args: dict[str, tuple[Value, ...]], last: bool
    ) -> list[tuple[Value, ...]]:
        """References that fit: earlier outputs, files one by one, all files of one kind."""
        used = set(args.values())
        compared = (
            sum(1 for one in task_type.inputs if not one.literal_only and set(one.kinds) & set(spec.kinds))
            > 1
        )
        found: list[tuple[Value, ...]] = []
        for values in self._references(spec):
            if values in used or (compared and len(values) > 1 and not spec.many):
                continue
            if last and self._repeats(Task(0, task_type.name, {**args, spec.name: values})):
                continue
            found.append(values)
        return found

    def _references(self, spec: InputSpec) -> list[tuple[Value, ...]]:
        if spec.literal_only:
            return []
        single: list[tuple[Value, ...]] = [
            (TaskRef(draft.task.id),)
            for draft in self._drafts
            if set(self.vocabulary[draft.task.task].outputs) & set(spec.kinds)
        ]
        for kind in spec.kinds:
            for is_earlier in (False, True):
                group = [one for one in self.files if one.kind is kind and one.earlier is is_earlier]
                single.extend((FileRef(one.resource_name),) for one in group)
                if len(group) > 1:
                    single.append(tuple(FileRef(one.resource_name) for one in group))
                if len(group) == 3:
                    single.extend(
                        tuple(FileRef(one.resource_name) for one in pair) for pair in combinations(group, 2)
                    )
        return single

    def _repeats(self, task: Task) -> bool:
        """Whether the plan has this very task already, or its files are among those of one like it."""
        for draft in self._drafts:
            if draft.task.task != task.task or draft.task.args.keys() != task.args.keys():
                continue
            if all(set(values) <= set(draft.task.args[name]) for name, values in task.args.items()):
                return True
        return False

    # ------------------------------------------------------------ free texts

    def _literal(self, spec: InputSpec) -> str:
        """What stands up to the closing quote; the opening one is there already.

        It is a part of the request, word for word; what says how (a language) may be a word of its own.
        """
        shown = elided(self.request_text)
        grammar = part_of(shown, or_words=spec.literal_only) or FREE_TEXT
        limit = _MAX_OPTION_TOKENS if spec.literal_only else _MAX_TEXT_TOKENS
        written, ended = self._generate(grammar, _BEGINNING_TOKENS)
        if not ended:
            meant = passage_meant(unquote(written), self._passages)
            if meant is not None:
                self._body += quote(head(meant))[1:]
                return meant
            # Written anew, because a grammar can only be followed from its beginning.
            written, _ = self._generate(grammar, limit)
        text = restored(unquote(written).strip(), self.request_text) or self.request_text
        self._body += quote(head(text))[1:]
        return text

    def _generate(self, grammar: str, max_tokens: int) -> tuple[str, bool]:
        """What the LLM wrote, and whether it came to the closing quote."""
        made = self.llm.generate(self._prompt(), self.cancel, grammar=grammar, max_tokens=max_tokens)
        self._count(made.prompt_tokens, made.sampled_tokens)
        return made.text, made.finish == "stop"

    # ------------------------------------------------------------ asking the LLM

    def _prompt(self) -> Prompt:
        return Prompt(self.messages, self._body, self.stable)

    def _choose(self, options: Sequence[str]) -> Choice:
        if len(options) == 1:
            return Choice(0, (1.0,), 0, 0)
        choice = self.llm.choose(self._prompt(), options, self.cancel)
        self._count(choice.prompt_tokens, choice.sampled_tokens)
        return choice

    def _count(self, prompt_tokens: int, sampled_tokens: int) -> None:
        self.cost.prompt_tokens += prompt_tokens
        self.cost.sampled_tokens += sampled_tokens
