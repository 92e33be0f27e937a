"""What a task of a plan may work on: files and earlier results of the right kind, and which is meant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

from hgpt_desktop.controller.demands import means_all
from hgpt_desktop.controller.drafting import Drafting
from hgpt_desktop.core.plan import FileRef, Task, TaskRef, Value
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, TaskType

CHAINED = 2.0  # from this log-odds on the last result is taken without asking
_ALL_PRIOR = 4.0  # log-odds that all files are meant where the demand speaks of all
_ATTACHED_PRIOR = 3.0  # log-odds that what has just been attached is meant, and not what was there before

Values = tuple[Value, ...]


@dataclass(slots=True)
class References:
    """References that fit a plan's next task.

    Args:
        chain_prior: log-odds that a task goes on with the last result, and not with something earlier.
    """

    drafting: Drafting
    chain_prior: float = 0.0

    def all_for(self, spec: InputSpec) -> list[Values]:
        """What is of the right kind: earlier results, files one by one, files of one kind together."""
        if spec.literal_only:
            return []
        single: list[Values] = [
            (TaskRef(draft.task.id),)
            for draft in self.drafting.drafts
            if set(self.drafting.vocabulary[draft.task.task].outputs) & set(spec.kinds)
        ]
        for kind in spec.kinds:
            for is_earlier in (False, True):
                group = [one for one in self.drafting.files if one.kind is kind and one.earlier is is_earlier]
                single.extend((FileRef(one.resource_name),) for one in group)
                if len(group) > 1:
                    single.append(tuple(FileRef(one.resource_name) for one in group))
                if len(group) == 3:
                    single.extend(
                        tuple(FileRef(one.resource_name) for one in pair) for pair in combinations(group, 2)
                    )
        return single

    def candidates(
        self, task_type: TaskType, spec: InputSpec, args: dict[str, Values], last: bool
    ) -> list[Values]:
        """Of these the ones that make a new task.

        Args:
            args: what is given already.
            last: whether no other input follows that has to be given.
        """
        used = set(args.values())
        compared = (
            sum(1 for one in task_type.inputs if not one.literal_only and set(one.kinds) & set(spec.kinds))
            > 1
        )
        found: list[Values] = []
        for values in self.all_for(spec):
            if values in used or (compared and len(values) > 1 and not spec.many):
                continue
            if last and self.drafting.repeats(Task(0, task_type.name, {**args, spec.name: values})):
                continue
            found.append(values)
        link = self._link(task_type)
        if link is not None and link[0] != spec.name:
            from_request = [values for values in found if not isinstance(values[0], TaskRef)]
            return from_request if from_request or Kind.TEXT in spec.kinds else found
        return found

    def chained(
        self, task_type: TaskType, spec: InputSpec, args: dict[str, Values], last: bool
    ) -> Values | None:
        """The result that this input takes, where requests of this kind go on with the last one.

        None where the LLM has to say what is meant, because plans like these often fork.
        """
        link = self._link(task_type)
        if link is None or link[0] != spec.name:
            return None
        if last and self.drafting.repeats(Task(0, task_type.name, {**args, spec.name: (link[1],)})):
            return None
        return (link[1],)

    def _link(self, task_type: TaskType) -> tuple[str, TaskRef] | None:
        """Where plans go on with the last result: the newest one that this type takes, and as which input.

        A task has one such link: what else it takes comes from the request.
        """
        if self.chain_prior < CHAINED:
            return None
        inputs = [spec for spec in task_type.inputs if spec.required and not spec.literal_only]
        for draft in reversed(self.drafting.drafts):
            gives = set(self.drafting.vocabulary[draft.task.task].outputs)
            for spec in inputs:
                if gives & set(spec.kinds):
                    return spec.name, TaskRef(draft.task.id)
        return None

    def prior(self, values: Values, unread: Collection[str]) -> float:
        """Log-odds, before the LLM is asked, that these values are meant.

        Args:
            unread: names of the files of this request that nothing works on yet.
        """
        weight = 0.0
        newest = self._newest()
        if newest is not None and values == (newest,):
            weight += self.chain_prior
        own = {one.resource_name for one in self.drafting.files if not one.earlier}
        if self._is_all_of_a_kind(values) and means_all(self.drafting.demand):
            weight += _ALL_PRIOR
        if unread and any(isinstance(value, FileRef) and value.name not in own for value in values):
            weight -= _ATTACHED_PRIOR
        return weight

    def _is_all_of_a_kind(self, values: Values) -> bool:
        """Whether these are all of the request's own files of a kind, and several."""
        names = {value.name for value in values if isinstance(value, FileRef)}
        kinds = {one.kind for one in self.drafting.files if one.resource_name in names}
        own = {one.resource_name for one in self.drafting.files if not one.earlier and one.kind in kinds}
        return len(names) > 1 and names == own

    def _newest(self) -> Value | None:
        """The last result: of this plan, or else of the conversation."""
        if self.drafting.drafts:
            return TaskRef(self.drafting.drafts[-1].task.id)
        earlier = [one for one in self.drafting.files if one.earlier]
        return FileRef(earlier[-1].resource_name) if earlier else None
