"""Typed decoding: a plan written one task at a time, each step a choice among what can be executed.

Where the words of a request leave little doubt, its outline says which tasks there are, and the LLM decides
between the types that are close (`outlining`). Where they say nothing, it decides which task is next, or the
end. Which file or earlier output a task works on is chosen by its probabilities too, together with what is
known beforehand (`references`). Only free texts are written token by token, under a grammar that ends with
the closing quote; where the LLM begins to copy a passage of the request, the passage is taken as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hgpt_desktop.controller.demands import Demand, names_a_file, split_demands
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
from hgpt_desktop.controller.outlining import Step
from hgpt_desktop.controller.quoting import (
    elided,
    head,
    passage_meant,
    passages,
    restored,
    with_its_script,
    without,
)
from hgpt_desktop.controller.references import References
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import ChatModel, Choice, Message, Prompt
from hgpt_desktop.core.lengths import words_in
from hgpt_desktop.core.plan import Task, Unavailable, Value
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType

MAX_TASKS = 10
STOP_RATIO = 0.2  # the next demand is turned to where that is at least so probable, relative to one more task
SKIP_RATIO = 1.0  # the same for a demand that has no task yet
SURE, SURE_MARGIN = 0.25, 3.0  # so much evidence, and so far ahead in log-odds, needs no LLM
LLM_SHARE = 0.5  # of its log-probabilities counts where it decides between types that the words leave close
CLEAR = 1.5  # log-odds; with less a type for which there is no model is left aside
WINDOW = 3.5  # types further behind the best one, in log-odds, are not put before the LLM
_FLOOR = 1e-5
_QUOTE = '"'
_WHOLE_WORDS = 4  # a quotation of fewer words may be but a part of what is meant
_BARE_WORDS = 4  # a demand of no more words says nothing but what to do
_BEGINNING_TOKENS = 8  # so many are written before looking whether a passage is being copied
_MAX_TEXT_TOKENS = 120
_MAX_OPTION_TOKENS = 40  # of a text that says how (a question, a language)
_INSTRUCTION = "instruction"  # the input that says what to do with the others
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
        steps: the request's outline; without any the LLM decides everything.
        words: log-odds for each type by the words of a demand, where there is no outline.
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
    steps: tuple[Step, ...] = ()
    words: Callable[[Demand], Mapping[str, float]] = lambda _demand: {}
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Callable[[TaskType, InputSpec], str | None] = lambda _type, _spec: None
    max_tasks: int = MAX_TASKS
    cost: Cost = field(default_factory=Cost)
    unavailable: list[Unavailable] = field(default_factory=list)
    _body: str = ""
    _aliases: dict[str, str] = field(default_factory=dict)

    def decode(self, on_task: Callable[[Draft], None] = lambda _draft: None) -> tuple[Draft, ...]:
        """The tasks in order, runnable or not. `on_task` is told of each as soon as it is decided."""
        self._aliases = {one.resource_name: one.alias for one in self.drafting.files}
        if self.steps:
            self._follow(on_task)
        if not self.drafting.drafts and not self.unavailable:
            self._find_tasks(on_task)
        return tuple(self.drafting.drafts)

    def _add(self, task_type: TaskType, on_task: Callable[[Draft], None]) -> bool:
        """Give the plan one more task; False where that only repeats what the plan has."""
        before = self._body
        self._body += opening(self.drafting.number, task_type.name)
        draft = self._arguments(task_type)
        if draft is None:
            self._body = before
            return False
        self.drafting.drafts.append(draft)
        on_task(draft)
        return True

    # ------------------------------------------------------------ which task, by the outline

    def _follow(self, on_task: Callable[[Draft], None]) -> None:
        drafting = self.drafting
        for place, step in enumerate(self.steps[: self.max_tasks]):
            self.cancel.raise_if_cancelled()
            if place == 0 or not self.steps[place - 1].added:
                # An added task stands below the demand that it is needed for.
                asking = next(one for one in self.steps[place:] if not one.added)
                drafting.at = drafting.demands.index(asking.demand)
                self._body += demand_line(asking.demand.shown)
            task_type = self._of_step(step)
            if task_type is not None and self._add(task_type, on_task) and not task_type.needs_tool:
                return

    def _of_step(self, step: Step) -> TaskType | None:
        """The type of an outline's task; None where what it works on is not there, which is noted."""
        vocabulary = self.drafting.vocabulary
        likeliest = vocabulary[next(iter(step.weights))]
        lacking = self._lacking(likeliest)
        if lacking is not None and names_a_file(step.demand, _needed_kinds(likeliest)):
            self.unavailable.append(Unavailable(likeliest.name, lacks=lacking))
            return None
        offered = [
            vocabulary[name]
            for name in step.weights
            if self._can_be_met(vocabulary[name])
            and (vocabulary[name].needs_tool or not self.drafting.drafts)
        ]
        if not offered:
            return None
        best = step.weights[offered[0].name]
        close = [one for one in offered if step.evidence < SURE or step.weights[one.name] >= best - WINDOW]
        sure = step.evidence >= SURE and all(
            step.weights[one.name] < best - SURE_MARGIN for one in offered[1:]
        )
        if sure and offered[0].name in self.runnable:
            return offered[0]
        # What nobody clearly asks for is not planned in vain.
        clear = [one for one in close if one.name in self.runnable or step.weights[one.name] >= CLEAR]
        kept = {one.name for one in clear or close}
        asked = [one for one in vocabulary if one.name in kept]
        options = [opening(self.drafting.number, one.name) for one in asked]
        if step.doubtful and (self.drafting.drafts or not self.drafting.is_last):
            options.append(self._what_follows())
        choice = self._choose(options)
        if len(options) > len(asked) and choice.probabilities[-1] >= SKIP_RATIO * sum(
            choice.probabilities[:-1]
        ):
            return None
        return self._taken(asked, choice, step.weights, offered, LLM_SHARE)

    def _what_follows(self) -> str:
        """What the LLM writes where it has no task for this demand: the next one, or the end."""
        following = self.drafting.demands[self.drafting.at + 1 : self.drafting.at + 2]
        return demand_line(following[0].shown) if following else END

    # ------------------------------------------------------------ which task, by the LLM alone

    def _find_tasks(self, on_task: Callable[[Draft], None]) -> None:
        drafting = self.drafting
        drafting.demands, drafting.at = split_demands(drafting.request_text), 0
        self._body = demand_line(drafting.demand.shown)
        met: set[str] = set()
        while len(drafting.drafts) < self.max_tasks:
            self.cancel.raise_if_cancelled()
            task_type = self._next_task_type(met)
            if task_type is not None and self._add(task_type, on_task):
                met.add(task_type.name)
                if not task_type.needs_tool:
                    return
            elif drafting.go_on():  # this demand has all it needs
                self._body += demand_line(drafting.demand.shown)
                met = set()
            else:
                return

    def _next_task_type(self, met: Collection[str]) -> TaskType | None:
        """What the LLM takes, or None where it goes on to the next demand.

        Args:
            met: types of the tasks that meet this demand so far.
        """
        drafting = self.drafting
        offered = [
            one
            for one in drafting.vocabulary
            if self._can_be_met(one) and (not drafting.drafts or one.needs_tool)
        ]
        if not offered:
            return None
        options = [opening(drafting.number, one.name) for one in offered]
        if may_stop := bool(drafting.drafts) or not drafting.is_last:
            options.append(self._what_follows())
        choice = self._choose(options)
        if may_stop:
            ratio = STOP_RATIO if met else SKIP_RATIO
            if choice.probabilities[-1] >= ratio * sum(choice.probabilities[:-1]):
                return None
        words = {name: weight for name, weight in self.words(drafting.demand).items() if name not in met}
        return self._taken(offered, choice, words, offered)

    def _taken(
        self,
        asked: Sequence[TaskType],
        choice: Choice,
        weights: Mapping[str, float],
        offered: Sequence[TaskType],
        share: float = 1.0,
    ) -> TaskType:
        """The likeliest by the LLM's probabilities and the weights together, or what can stand in for it."""
        weighed = [
            share * math.log(probability + _FLOOR) + weights.get(one.name, 0.0)
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
        """Whether there is something for each required input, and not the same for two of them."""
        files = [spec for spec in task_type.inputs if spec.required and Kind.TEXT not in spec.kinds]
        return all(
            sum(len(values) == 1 for values in self.references.all_for(spec))
            >= sum(bool(set(spec.kinds) & set(other.kinds)) for other in files)
            for spec in files
        )

    def _lacking(self, task_type: TaskType) -> Kind | None:
        """The kind of file that it needs and of which there is none."""
        needed = (spec for spec in task_type.inputs if spec.required and Kind.TEXT not in spec.kinds)
        return next((spec.kinds[0] for spec in needed if not self.references.all_for(spec)), None)

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
        demand itself. An instruction is what is asked for, without the text that it is about.
        """
        given = {value for values in args.values() for value in values}
        if spec.name == _INSTRUCTION:
            return [without(self.drafting.demand.asked, [one for one in given if isinstance(one, str)])]
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
        if spec.literal_only:
            text = with_its_script(text, self.drafting.request_text)
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


def _needed_kinds(task_type: TaskType) -> list[Kind]:
    return [kind for spec in task_type.inputs if spec.required for kind in spec.kinds]
