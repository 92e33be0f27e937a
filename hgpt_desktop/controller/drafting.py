"""What a plan is while it is being decoded."""

from __future__ import annotations

from dataclasses import dataclass, field

from hgpt_desktop.controller.demands import Demand
from hgpt_desktop.controller.naming import NamedFile
from hgpt_desktop.controller.quoting import FILE_NAME, passages
from hgpt_desktop.core.plan import FileRef, Task
from hgpt_desktop.core.tasks import Vocabulary


@dataclass(frozen=True, slots=True)
class Draft:
    """A decoded task, and whether a model for it is installed."""

    task: Task
    runnable: bool


@dataclass(slots=True)
class Drafting:
    """A request, and how far its plan has come.

    Args:
        demands: the parts of the request, one at least; `at` is the place of the one that is being met.
        drafts: all tasks so far.
    """

    vocabulary: Vocabulary
    files: tuple[NamedFile, ...]
    request_text: str
    demands: tuple[Demand, ...]
    at: int = 0
    drafts: list[Draft] = field(default_factory=list)

    @property
    def demand(self) -> Demand:
        """The one that is being met."""
        return self.demands[self.at]

    @property
    def is_last(self) -> bool:
        """Whether no other demand follows."""
        return self.at + 1 == len(self.demands)

    @property
    def number(self) -> int:
        """Of the next task, from 1."""
        return len(self.drafts) + 1

    def go_on(self) -> bool:
        """Turn to the next demand; False where there is none."""
        if self.is_last:
            return False
        self.at += 1
        return True

    def taken_files(self) -> frozenset[str]:
        """Names of the files that a task works on."""
        return frozenset(
            value.name
            for draft in self.drafts
            for values in draft.task.args.values()
            for value in values
            if isinstance(value, FileRef)
        )

    def quotations(self) -> list[str]:
        """What this demand quotes, or else what the request quotes."""
        for source in (self.demand.asked, self.request_text):
            quoted = [
                one.text for one in passages(source) if one.quoted and not FILE_NAME.fullmatch(one.text)
            ]
            if quoted:
                return list(dict.fromkeys(quoted))
        return []

    def repeats(self, task: Task) -> bool:
        """Whether the plan has this very task already, or its files are among those of one like it."""
        for draft in self.drafts:
            if draft.task.task != task.task or draft.task.args.keys() != task.args.keys():
                continue
            if all(set(values) <= set(draft.task.args[name]) for name, values in task.args.items()):
                return True
        return False
