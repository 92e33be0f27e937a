"""What the words of the present demand say for each task type that is offered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hgpt_desktop.controller.demands import is_bare_question, names_a_file
from hgpt_desktop.controller.drafting import Drafting
from hgpt_desktop.controller.evidence import TaskEvidence
from hgpt_desktop.controller.naming import NamedFile
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import TaskType

SURE, SURE_MARGIN = 0.25, 0.3  # so much evidence, and so far ahead, needs no LLM
SET_ASIDE = -1.0  # of a type that cannot be meant yet
_NOTHING_MARGIN = 0.15


@dataclass(slots=True)
class Weighing:
    """Evidence for a demand in its plan, with what files and earlier tasks say put in.

    Args:
        runnable: the task types that can run here.
        repeat_penalty: taken from the evidence for a type that the plan has already; 0 where plans like these
            hold a type more than once.
    """

    drafting: Drafting
    evidence: TaskEvidence
    runnable: frozenset[str]
    repeat_penalty: float = 0.0

    def weights(self, offered: Sequence[TaskType]) -> dict[str, float]:
        """About 0..1 for each type; below 0 what the words speak against."""
        demand = self.drafting.demand
        found = self.evidence.scores(demand.shown)
        planned = {draft.task.task for draft in self.drafting.drafts}
        unread = self._unread_files()
        words = {}
        for one in offered:
            words[one.name] = found.get(one.name, 0.0)
            if one.name in self.drafting.met:
                words[one.name] = 0.0
            elif one.name in planned:
                words[one.name] -= self.repeat_penalty
        if not unread and is_bare_question(self.drafting.request_text):
            # A question about the world: there is no text in which the answer could be looked up.
            for one in offered:
                if one.needs_tool and self._lacks_text(one):
                    words[one.name] = min(0.0, words[one.name])
        if unread:
            self._put_reading_first(words, offered, {one.kind for one in unread})
        return words

    def says_it_again(self, offered: Sequence[TaskType]) -> bool:
        """Whether the demand only repeats what is planned, where plans like these hold each type but once."""
        if not self.repeat_penalty or self.drafting.met or len(offered) < 2:
            return False
        found = self.evidence.scores(self.drafting.demand.shown)
        best, second = sorted((one.name for one in offered), key=lambda name: -found[name])[:2]
        sure = found[best] >= SURE and found[best] - found[second] >= SURE_MARGIN
        return sure and any(draft.task.task == best for draft in self.drafting.drafts)

    def wanted_in_vain(self, offered: Sequence[TaskType]) -> TaskType | None:
        """The type that the demand clearly asks for, where a file to work on is wanting for it."""
        if self.drafting.met:
            return None
        found = self.evidence.scores(self.drafting.demand.shown)
        first = max(self.drafting.vocabulary, key=lambda one: found[one.name])
        if first in offered or not first.needs_tool or found[first.name] < SURE:
            return None
        if found[first.name] - max((found[one.name] for one in offered), default=0.0) < _NOTHING_MARGIN:
            return None
        kinds = [kind for spec in first.inputs if spec.required for kind in spec.kinds]
        return first if names_a_file(self.drafting.demand, kinds) else None

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
            words.update((one.name, SET_ASIDE) for one in lacking)

    def _unread_files(self) -> list[NamedFile]:
        """Files of this request that no task has taken yet and that are not texts."""
        taken = self.drafting.taken_files()
        wanted = self._wanted_later()
        return [
            one
            for one in self.drafting.files
            if not one.earlier
            and one.kind is not Kind.TEXT
            and one.kind not in wanted
            and one.resource_name not in taken
        ]

    def _wanted_later(self) -> set[Kind]:
        """Kinds of files that a later demand clearly works on."""
        kinds: set[Kind] = set()
        for demand in self.drafting.demands[self.drafting.at + 1 :]:
            found = self.evidence.scores(demand.shown)
            best = max(self.drafting.vocabulary, key=lambda one: found[one.name])
            if found[best.name] >= SURE:
                kinds.update(kind for spec in best.inputs if spec.required for kind in spec.kinds)
        return kinds

    def _lacks_text(self, task_type: TaskType) -> bool:
        """Whether the type works on a text, and there is none but the request itself."""
        works_on = [spec for spec in task_type.inputs if spec.required and not spec.literal_only]
        if not works_on or any(Kind.TEXT not in spec.kinds for spec in works_on):
            return False
        drafting = self.drafting
        made = any(Kind.TEXT in drafting.vocabulary[draft.task.task].outputs for draft in drafting.drafts)
        given = any(one.kind is Kind.TEXT for one in drafting.files)
        return not (made or given or drafting.quotations())
