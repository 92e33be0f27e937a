"""Typed decoding: a plan written one task at a time, each step a choice among what can be executed.

What can be enumerated (which task next, or the end; which file or earlier output) is chosen by the LLM's own
probabilities, together with what is known beforehand (`weighing`, `references`). Only free texts are written
token by token, under a grammar that ends with the closing quote, and where the LLM begins to copy a passage
of the request, the passage is taken as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hgpt_desktop.controller.drafting import Draft, Drafting
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
from hgpt_desktop.controller.options import option_said
from hgpt_desktop.controller.quoting import elided, head, passage_meant, passages, restored, words_in
from hgpt_desktop.controller.references import References
from hgpt_desktop.controller.weighing import SET_ASIDE, SURE, SURE_MARGIN, Weighing
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import ChatModel, Choice, Message, Prompt
from hgpt_desktop.core.plan import Task, Unavailable, Value
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType

MAX_TASKS = 10
STOP_RATIO = 0.2  # the next demand is turned to where that is at least so probable, relative to one more task
SKIP_RATIO = 1.0  # the same for a demand that has no task yet
EVIDENCE_WEIGHT = 10.0  # in log-probability for each point of evidence
CLEAR = 0.15  # with less a type for which there is no model is left aside
WINDOW = 0.35  # types further behind the best one are not put before the LLM
MORE = 0.25  # so much evidence for another type asks for a second task
_FLOOR = 1e-5
_QUOTE = '"'
_WHOLE_WORDS = 4  # a quotation of fewer words may be but a part of what is meant
_BARE_WORDS = 4  # a demand of no more words says nothing but what to do
_BEGINNING_TOKENS = 8  # so many are written before looking whether a passage is being copied
_MAX_TEXT_TOKENS = 120
_MAX_OPTION_TOKENS = 40  # of a text that says how (a question, a language)
_OPTIONAL_THRESHOLD = 0.8  # an optional input is given where the LLM is so sure
_STAND_IN_RATIO = 0.02  # a stand-in must be at least so probable, relative to the type it stands in for


@dataclass(slots=True)
class Cost:
    """Tokens spent so far."""

    prompt_tokens: int = 0
    sampled_tokens: int = 0


@dataclass(slots=True)
class Decoder:
    """Decodes one plan.

    Args:
        drafting: the request with its files and demands; the plan grows in it.
        messages: system, demonstrations and the request; the first `stable` of them never change.
        runnable: the task types that can run here; others are planned but marked.
        references: which files and results a task may work on.
        weighing: what the words of the demands say; None leaves everything to the LLM.
        stand_ins: which types may do part of another one's work where that one cannot run here.
        fixed: values of inputs that need no decision, by task type and input (the text of `conversational`).
    """

    llm: ChatModel
    drafting: Drafting
    messages: tuple[Message, ...]
    stable: int
    runnable: frozenset[str]
    cancel: CancelToken
    references: References
    weighing: Weighing | None = None
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Callable[[TaskType, InputSpec], str | None] = lambda _type, _spec: None
    max_tasks: int = MAX_TASKS
    cost: Cost = field(default_factory=Cost)
    unavailable: list[Unavailable] = field(default_factory=list)
    _body: str = ""
    _aliases: dict[str, str] = field(default_factory=dict)

    def decode(self, on_task: Callable[[Draft], None] = lambda _draft: None) -> tuple[Draft, ...]:
        """The tasks in order, runnable or not. `on_task` is told of each as soon as it is decided."""
        drafts = self.drafting.drafts
        self._aliases = {one.resource_name: one.alias for one in self.drafting.files}
        self._body = demand_line(self.drafting.demand.shown)
        while len(drafts) < self.max_tasks:
            self.cancel.raise_if_cancelled()
            task_type = self._next_task_type()
            if task_type is None:
                break
            before = self._body
            self._body += opening(self.drafting.number, task_type.name)
            draft = self._arguments(task_type)
            if draft is None:  # it only repeats itself: this demand has all it needs
                self._body = before
                if not self._go_on():
                    break
                continue
            drafts.append(draft)
            on_task(draft)
            if not task_type.needs_tool:
                break
        return tuple(drafts)

    # ------------------------------------------------------------ which task

    def _next_task_type(self) -> TaskType | None:
        drafting = self.drafting
        while True:
            offered = [
                one
                for one in drafting.vocabulary
                if self._can_be_met(one) and (not drafting.drafts or one.needs_tool)
            ]
            if not self._is_in_vain(offered) and (best := self._best_of(offered)) is not None:
                drafting.met.add(best.name)
                return best
            if not self._go_on():
                return None

    def _go_on(self) -> bool:
        """Turn to the next demand; False where there is none."""
        if not self.drafting.go_on():
            return False
        self._body += demand_line(self.drafting.demand.shown)
        return True

    def _is_in_vain(self, offered: Sequence[TaskType]) -> bool:
        """Whether the demand asks for work on a file that is not there; it is noted then."""
        wanted = self.weighing.wanted_in_vain(offered) if self.weighing else None
        lacking = next(
            (
                spec.kinds[0]
                for spec in (wanted.inputs if wanted else ())
                if spec.required and not self._may_be_had(spec)
            ),
            None,
        )
        if wanted is None or lacking is None:
            return False
        self.unavailable.append(Unavailable(wanted.name, lacks=lacking))
        return True

    def _best_of(self, offered: Sequence[TaskType]) -> TaskType | None:
        """The task type that comes next for this demand, or None where it has all it needs.

        Where the words of the demand leave no doubt the LLM is not asked.
        """
        drafting = self.drafting
        if not offered:
            return None
        has_to_be = drafting.is_last and not drafting.drafts
        words = self.weighing.weights(offered) if self.weighing else {}
        if self.weighing and not has_to_be and self.weighing.says_it_again(offered):
            return None
        asked = list(offered)
        best = 0.0
        if words:
            ranked = sorted(offered, key=lambda one: -words[one.name])
            best, second = (words[one.name] for one in (ranked * 2)[:2])
            if drafting.met and not has_to_be and best < MORE:
                return None
            if best >= SURE and best - second >= SURE_MARGIN and ranked[0].name in self.runnable:
                return ranked[0]
            asked = self._worth_asking(ranked, words)
        may_stop = not has_to_be and (bool(drafting.met) or best < SURE)
        return self._asked(asked, words, offered, may_stop)

    def _worth_asking(self, ranked: Sequence[TaskType], words: Mapping[str, float]) -> list[TaskType]:
        """The types that are put before the LLM, best first: those that the words do not rule out."""
        best = words[ranked[0].name]
        close = [one for one in ranked if best < MORE or words[one.name] >= best - WINDOW]
        # What nobody clearly asks for is not planned in vain.
        clear = [
            one
            for one in close
            if words[one.name] > SET_ASIDE and (one.name in self.runnable or words[one.name] >= CLEAR)
        ]
        kept = {one.name for one in clear or close}
        return [one for one in self.drafting.vocabulary if one.name in kept]

    def _asked(
        self,
        asked: Sequence[TaskType],
        words: Mapping[str, float],
        offered: Sequence[TaskType],
        may_stop: bool,
    ) -> TaskType | None:
        """What the LLM takes, its probabilities and the evidence together; None where it goes on."""
        drafting = self.drafting
        options = [opening(drafting.number, one.name) for one in asked]
        if may_stop:
            following = drafting.demands[drafting.at + 1 : drafting.at + 2]
            options.append(demand_line(following[0].shown) if following else END)
        choice = self._choose(options)
        if may_stop:
            ratio = STOP_RATIO if drafting.met else SKIP_RATIO
            if choice.probabilities[-1] >= ratio * sum(choice.probabilities[:-1]):
                return None
        weighed = [
            math.log(probability + _FLOOR) + EVIDENCE_WEIGHT * words.get(one.name, 0.0)
            for one, probability in zip(asked, choice.probabilities, strict=False)
        ]
        best = asked[max(range(len(asked)), key=weighed.__getitem__)]
        return best if best.name in self.runnable else self._replacement(best, offered)

    def _replacement(self, wanted: TaskType, offered: Sequence[TaskType]) -> TaskType:
        """An installed type that does part of the work, if the LLM finds it fitting; else the wanted one."""
        possible = [
            one
            for one in offered
            if one.name in self.runnable and one.name in self.stand_ins.get(wanted.name, ())
        ]
        if possible:
            choice = self._choose([opening(self.drafting.number, one.name) for one in (wanted, *possible)])
            likeliest = max(range(len(possible)), key=choice.probabilities[1:].__getitem__)
            if choice.probabilities[1 + likeliest] >= _STAND_IN_RATIO * choice.probabilities[0]:
                self.unavailable.append(Unavailable(wanted.name, possible[likeliest].name))
                return possible[likeliest]
        self.unavailable.append(Unavailable(wanted.name))
        return wanted

    def _can_be_met(self, task_type: TaskType) -> bool:
        """Whether there is something for each input that has to be given; two files need two."""
        needed = [spec for spec in task_type.inputs if spec.required]
        files = [spec for spec in needed if Kind.TEXT not in spec.kinds]
        different = {values for spec in files for values in self.references.all_for(spec)}
        return len(different) >= len(files) and all(self._may_be_had(spec) for spec in needed)

    def _may_be_had(self, spec: InputSpec) -> bool:
        return Kind.TEXT in spec.kinds or bool(self.references.all_for(spec))

    # ------------------------------------------------------------ its arguments

    def _arguments(self, task_type: TaskType) -> Draft | None:
        """The task with its arguments, or None where the LLM only repeats itself."""
        args: dict[str, tuple[Value, ...]] = {}
        specs = [spec for spec in task_type.inputs if self._may_be_given(task_type, spec)]
        for place, spec in enumerate(specs):
            given = (
                option_said(spec, self.drafting.demand.shown)
                if spec.is_option
                else self.fixed(task_type, spec)
            )
            if spec.is_option and given is None:
                continue
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
        task = Task(self.drafting.number, task_type.name, args)
        if self.drafting.repeats(task):
            return None
        lost = {draft.task.id for draft in self.drafting.drafts if not draft.runnable}
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
        if (chained := self.references.chained(task_type, spec, args, last)) is not None:
            self._body += value_text(chained, self._aliases)
            return chained
        candidates = self.references.candidates(task_type, spec, args, last=last)
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
        """The LLM's choice, with what is known beforehand put in."""
        taken = self.drafting.taken_files()
        unread = [
            one.resource_name
            for one in self.drafting.files
            if not one.earlier and one.resource_name not in taken
        ]
        weighed = [
            math.log(probability + _FLOOR)
            + (self.references.prior(candidates[place], unread) if place < len(candidates) else 0.0)
            for place, probability in enumerate(choice.probabilities)
        ]
        return max(range(len(weighed)), key=weighed.__getitem__)

    def _literals(
        self, task_type: TaskType, spec: InputSpec, args: dict[str, tuple[Value, ...]]
    ) -> list[str]:
        """Texts that can be taken as they stand. Empty where the LLM has to write.

        They are what the request quotes, or else, where the text says what to do with something else, the
        demand itself.
        """
        given = {value for values in args.values() for value in values}
        quoted = [text for text in self.drafting.quotations() if text not in given]
        if quoted and all(len(words_in(text)) >= _WHOLE_WORDS for text in quoted):
            return quoted
        others = [one for one in task_type.inputs if one.required and Kind.TEXT not in one.kinds]
        return [self.drafting.demand.asked] if others else []

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
            meant = passage_meant(unquote(written), passages(self.drafting.request_text))
            if meant is not None:
                self._body += quote(head(meant))[1:]
                return meant
            # Written anew, because a grammar can only be followed from its beginning.
            written, _ = self._generate(grammar, limit)
        text = restored(unquote(written).strip(), self.drafting.request_text) or self.drafting.request_text
        self._body += quote(head(text))[1:]
        return text

    def _source(self) -> str:
        """What a text is taken from: the demand where it says what is meant, else the request."""
        asked = self.drafting.demand.asked
        is_enough = len(self.drafting.demands) > 1 and len(words_in(asked)) > _BARE_WORDS
        return elided(asked if is_enough else self.drafting.request_text)

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
