"""Typed decoding: a plan written one task at a time, each step a choice among what can be executed.

What can be enumerated (which task next, or the end; which file or earlier output) is chosen by the LLM's own
probabilities. Only free texts are written token by token, under a grammar that ends with the closing quote,
and where the LLM begins to copy a passage of the request, the passage is taken as it stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from hgpt_desktop.controller.demands import Demand, load_request_words, split_demands
from hgpt_desktop.controller.evidence import TaskEvidence
from hgpt_desktop.controller.grammar import FREE_TEXT, part_of
from hgpt_desktop.controller.lines import (
    CLOSE,
    END,
    argument,
    demand_line,
    opening,
    quote,
    unquote,
    value_text,
)
from hgpt_desktop.controller.naming import NamedFile
from hgpt_desktop.controller.quoting import (
    FILE_NAME,
    Passage,
    elided,
    head,
    passage_meant,
    passages,
    restored,
    words_in,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import ChatModel, Choice, Message, Prompt
from hgpt_desktop.core.plan import FileRef, Task, TaskRef, Unavailable, Value
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

MAX_TASKS = 10
STOP_RATIO = 0.2
SKIP_RATIO = 1.0
EVIDENCE_WEIGHT = 10.0  # in log-probability for each point of evidence
SURE, SURE_MARGIN = 0.25, 0.3  # so much evidence, and so far ahead, needs no LLM
CLEAR = 0.15  # with less a type for which there is no model is left aside
WINDOW = 0.35  # types further behind the best one are not put before the LLM
MORE = 0.25  # so much evidence for another type asks for a second task
CHAINED = 2.0  # from this log-odds on the last result is taken without asking
_WHOLE_WORDS = 4  # a quotation of fewer words may be but a part of what is meant
_FLOOR = 1e-5
_SET_ASIDE = -1.0
_NOTHING_MARGIN = 0.15
_ATTACHED_PRIOR = 3.0
_BARE_WORDS = 4  # a demand of no more words says nothing but what to do
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
    skip_ratio: float = SKIP_RATIO
    evidence: TaskEvidence | None = None
    evidence_weight: float = EVIDENCE_WEIGHT
    repeat_penalty: float = 0.0
    chain_prior: float = 0.0
    max_tasks: int = MAX_TASKS
    cost: Cost = field(default_factory=Cost)
    unavailable: list[Unavailable] = field(default_factory=list)
    _body: str = ""
    _demands: tuple[Demand, ...] = ()
    _at: int = 0  # the demand that is being met
    _met: set[str] = field(default_factory=set)  # the types of the tasks that it has
    _drafts: list[Draft] = field(default_factory=list)
    _passages: tuple[Passage, ...] = ()
    _aliases: dict[str, str] = field(default_factory=dict)

    def decode(self, on_task: Callable[[Draft], None] = lambda _draft: None) -> tuple[Draft, ...]:
        """The tasks in order, runnable or not. `on_task` is told of each as soon as it is decided."""
        self._passages = passages(self.request_text)
        self._aliases = {one.resource_name: one.alias for one in self.files}
        self._demands = split_demands(self.request_text)
        self._body = demand_line(self._demands[0].shown)
        while len(self._drafts) < self.max_tasks:
            self.cancel.raise_if_cancelled()
            task_type = self._next_task_type()
            if task_type is None:
                break
            before = self._body
            self._body += opening(len(self._drafts) + 1, task_type.name)
            draft = self._arguments(task_type)
            if draft is None:  # it only repeats itself: this demand has all it needs
                self._body = before
                if not self._go_on():
                    break
                continue
            self._drafts.append(draft)
            on_task(draft)
            if not task_type.needs_tool:
                break
        return tuple(self._drafts)

    # ------------------------------------------------------------ which task

    def _next_task_type(self) -> TaskType | None:
        while True:
            number = len(self._drafts) + 1
            is_last = self._at + 1 == len(self._demands)
            onward = END if is_last else demand_line(self._demands[self._at + 1].shown)
            offered = [
                one for one in self.vocabulary if self._can_be_met(one) and (number == 1 or one.needs_tool)
            ]
            if self._has_nothing_to_work_on(offered):
                if not self._go_on():
                    return None
                continue
            best = self._best_of(offered, number, onward if number > 1 or not is_last else None)
            if best is not None:
                self._met.add(best.name)
                return best
            if not self._go_on():
                return None

    def _go_on(self) -> bool:
        """Turn to the next demand; False where there is none."""
        if self._at + 1 == len(self._demands):
            return False
        self._at += 1
        self._met = set()
        self._body += demand_line(self._demands[self._at].shown)
        return True

    def _best_of(self, offered: Sequence[TaskType], number: int, onward: str | None) -> TaskType | None:
        """The task type that comes next for this demand, or None where it has all it needs.

        Where the words of the demand leave no doubt the LLM is not asked.

        Args:
            onward: how the plan goes on without another task; None where there has to be one.
        """
        if not offered:
            return None
        words = self._evidence_for(offered)
        if onward and self._says_it_again(offered):
            return None
        ranked = sorted(offered, key=lambda one: -words.get(one.name, 0.0))
        asked = list(offered)
        if words:
            best, second = (words[one.name] for one in (ranked * 2)[:2])
            if self._met and onward and best < MORE:
                return None
            if best >= SURE and best - second >= SURE_MARGIN and ranked[0].name in self.runnable:
                return ranked[0]
            if best >= MORE:
                asked = [one for one in offered if words[one.name] >= best - WINDOW]
            # What nobody clearly asks for is not planned in vain.
            clear = [
                one
                for one in asked
                if words[one.name] > _SET_ASIDE and (one.name in self.runnable or words[one.name] >= CLEAR)
            ]
            asked = clear or asked
        options = [opening(number, one.name) for one in asked]
        may_stop = onward is not None and (bool(self._met) or not words or words[ranked[0].name] < SURE)
        choice = self._choose([*options, onward] if may_stop and onward else options)
        weighed = [
            math.log(probability + _FLOOR) + self.evidence_weight * words.get(one.name, 0.0)
            for one, probability in zip(asked, choice.probabilities, strict=False)
        ]
        likeliest = max(range(len(asked)), key=weighed.__getitem__)
        if may_stop:
            ratio = self.stop_ratio if self._met else self.skip_ratio
            if choice.probabilities[-1] >= ratio * sum(choice.probabilities[:-1]):
                return None
        best_type = asked[likeliest]
        return best_type if best_type.name in self.runnable else self._replacement(best_type, offered, number)

    def _has_nothing_to_work_on(self, offered: Sequence[TaskType]) -> bool:
        """Whether the demand clearly asks for work on a kind of file that is not there; it is noted then."""
        if self.evidence is None or self._met:
            return False
        found = self.evidence.scores(self._demands[self._at].shown)
        first = max(self.vocabulary, key=lambda one: found[one.name])
        if first in offered or not first.needs_tool or found[first.name] < SURE:
            return False
        if found[first.name] - max((found[one.name] for one in offered), default=0.0) < _NOTHING_MARGIN:
            return False
        lacking = next(
            spec.kinds[0]
            for spec in first.inputs
            if spec.required and Kind.TEXT not in spec.kinds and not self._references(spec)
        )
        self.unavailable.append(Unavailable(first.name, lacks=lacking))
        return True

    def _evidence_for(self, offered: Sequence[TaskType]) -> dict[str, float]:
        """What the demand's words say for each type; empty where nothing is known about words."""
        if self.evidence is None:
            return {}
        demand = self._demands[self._at]
        found = self.evidence.scores(demand.shown)
        planned = {draft.task.task for draft in self._drafts}
        unread = self._unread_files()
        words = {}
        for one in offered:
            words[one.name] = found.get(one.name, 0.0)
            if one.name in self._met:
                words[one.name] = 0.0
            elif one.name in planned:
                words[one.name] -= self.repeat_penalty
        if unread:
            self._put_reading_first(words, offered, {one.kind for one in unread})
        return words

    def _put_reading_first(
        self, words: dict[str, float], offered: Sequence[TaskType], kinds: Collection[Kind]
    ) -> None:
        """Leave types aside that want a text, where there is none yet but files that one can be made of."""
        lacking = [one for one in offered if self._lacks_text(one)]
        readers = [
            one
            for one in offered
            if one.name in self.runnable
            and Kind.TEXT in one.outputs
            and any(spec.required and set(spec.kinds) & set(kinds) for spec in one.inputs)
        ]
        if readers:
            words.update((one.name, _SET_ASIDE) for one in lacking)

    def _says_it_again(self, offered: Sequence[TaskType]) -> bool:
        """Whether the demand only repeats what is planned, where plans like these hold each type but once."""
        if self.evidence is None or not self.repeat_penalty or self._met or len(offered) < 2:
            return False
        found = self.evidence.scores(self._demands[self._at].shown)
        best, second = sorted((one.name for one in offered), key=lambda name: -found[name])[:2]
        sure = found[best] >= SURE and found[best] - found[second] >= SURE_MARGIN
        return sure and any(draft.task.task == best for draft in self._drafts)

    def _unread_files(self) -> list[NamedFile]:
        """Files of this request that no task has taken yet and that are not texts."""
        taken = {
            value.name
            for draft in self._drafts
            for values in draft.task.args.values()
            for value in values
            if isinstance(value, FileRef)
        }
        wanted = self._wanted_later()
        return [
            one
            for one in self.files
            if not one.earlier
            and one.kind is not Kind.TEXT
            and one.kind not in wanted
            and one.resource_name not in taken
        ]

    def _wanted_later(self) -> set[Kind]:
        """Kinds of files that a later demand clearly works on."""
        kinds: set[Kind] = set()
        for demand in self._demands[self._at + 1 :] if self.evidence else ():
            found = self.evidence.scores(demand.shown) if self.evidence else {}
            best = max(self.vocabulary, key=lambda one: found[one.name])
            if found[best.name] >= SURE:
                kinds.update(kind for spec in best.inputs if spec.required for kind in spec.kinds)
        return kinds

    def _lacks_text(self, task_type: TaskType) -> bool:
        """Whether the type works on a text, and there is none but the request itself."""
        works_on = [spec for spec in task_type.inputs if spec.required and not spec.literal_only]
        if not works_on or any(Kind.TEXT not in spec.kinds for spec in works_on):
            return False
        made = any(Kind.TEXT in self.vocabulary[draft.task.task].outputs for draft in self._drafts)
        return not (made or self._quotations() or any(one.kind is Kind.TEXT for one in self.files))

    def _quotations(self) -> list[str]:
        """What the request quotes, that of this demand first or alone."""
        for source in (self._demands[self._at].asked, self.request_text):
            quoted = [
                one.text for one in passages(source) if one.quoted and not FILE_NAME.fullmatch(one.text)
            ]
            if quoted:
                return list(dict.fromkeys(quoted))
        return []

    def _replacement(self, wanted: TaskType, offered: Sequence[TaskType], number: int) -> TaskType:
        """An installed type that does part of the work, if the LLM finds it fitting; else the wanted one."""
        possible = [
            one
            for one in offered
            if one.name in self.runnable and one.name in self.stand_ins.get(wanted.name, ())
        ]
        if possible:
            choice = self._choose([opening(number, one.name) for one in (wanted, *possible)])
            likeliest = max(range(len(possible)), key=choice.probabilities[1:].__getitem__)
            if choice.probabilities[1 + likeliest] >= _STAND_IN_RATIO * choice.probabilities[0]:
                self.unavailable.append(Unavailable(wanted.name, possible[likeliest].name))
                return possible[likeliest]
        self.unavailable.append(Unavailable(wanted.name))
        return wanted

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
        last = not any(one.required for one in later)
        if (chained := self._chained(task_type, spec, args, last)) is not None:
            self._body += value_text(chained, self._aliases)
            return chained
        candidates = self._candidates(task_type, spec, args, last=last)
        takes_literal = Kind.TEXT in spec.kinds
        if not candidates and not takes_literal:
            return None
        texts = [value_text(values, self._aliases) for values in candidates]
        following = next((argument(one.name, first=False) for one in later if one.required), CLOSE)
        options = [text + following for text in texts]
        literals = self._literals(task_type, spec, args) if takes_literal else []
        if literals:
            candidates.extend((text,) for text in literals)
            texts.extend(quote(head(text)) for text in literals)
            options.extend(quote(head(text)) + following for text in literals)
        elif takes_literal:
            texts.append(_QUOTE)
            options.append(_QUOTE)
        taken = self._preferred(self._choose(options), candidates)
        self._body += texts[taken]
        return candidates[taken] if taken < len(candidates) else (self._literal(spec),)

    def _preferred(self, choice: Choice, candidates: Sequence[tuple[Value, ...]]) -> int:
        """The LLM's choice, with the habit of going on with the last result put in."""
        newest = self._newest()
        own = {one.resource_name for one in self.files if not one.earlier}
        unread = {one.resource_name for one in self._unread_files()}
        weighed = []
        for place, probability in enumerate(choice.probabilities):
            weight = math.log(probability + _FLOOR)
            values = candidates[place] if place < len(candidates) else ()
            if newest is not None and values == (newest,):
                weight += self.chain_prior
            # What has just been attached is meant, and not what was there before.
            if unread and any(isinstance(value, FileRef) and value.name not in own for value in values):
                weight -= _ATTACHED_PRIOR
            weighed.append(weight)
        return max(range(len(weighed)), key=weighed.__getitem__)

    def _newest(self) -> Value | None:
        """The last result: of this plan, or else of the conversation."""
        if self._drafts:
            return TaskRef(self._drafts[-1].task.id)
        earlier = [one for one in self.files if one.earlier]
        return FileRef(earlier[-1].resource_name) if earlier else None

    def _chained(
        self, task_type: TaskType, spec: InputSpec, args: dict[str, tuple[Value, ...]], last: bool
    ) -> tuple[Value, ...] | None:
        """The newest result that this input takes, where requests of this kind go on with it.

        None where the LLM has to say what is meant: the demand names a file, or something else than the
        last result ("also", "the original"), or plans like these often fork.
        """
        if self.chain_prior < CHAINED or spec.literal_only or not self._drafts:
            return None
        asked = self._demands[self._at].asked
        words = set(re.findall(r"[\w-]+", asked.lower()))
        named = any(one.resource_name in asked for one in self.files if one.kind in spec.kinds)
        if named or words & load_request_words().forks:
            return None
        used = {value for values in args.values() for value in values if isinstance(value, TaskRef)}
        newest = self._drafts[-1]
        fits = set(self.vocabulary[newest.task.task].outputs) & set(spec.kinds)
        reference = TaskRef(newest.task.id)
        if used or not fits:
            return None
        if last and self._repeats(Task(0, task_type.name, {**args, spec.name: (reference,)})):
            return None
        return (reference,)

    def _literals(
        self, task_type: TaskType, spec: InputSpec, args: dict[str, tuple[Value, ...]]
    ) -> list[str]:
        """Texts that can be taken as they stand. Empty where the LLM has to write.

        They are what the request quotes, or else, where the text says what to do with something else, the
        demand itself.
        """
        given = {value for values in args.values() for value in values}
        quoted = [text for text in self._quotations() if text not in given]
        if quoted and all(len(words_in(text)) >= _WHOLE_WORDS for text in quoted):
            return quoted
        others = [one for one in task_type.inputs if one.required and Kind.TEXT not in one.kinds]
        return [self._demands[self._at].asked] if others else []

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
        shown = self._source()
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

    def _source(self) -> str:
        """What a text is taken from: the demand where it says what is meant, else the request."""
        asked = self._demands[self._at].asked
        return elided(
            asked if len(self._demands) > 1 and len(words_in(asked)) > _BARE_WORDS else self.request_text
        )

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
