"""A workflow that runs on many files: what became of each, and the sum of it. No Qt here."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.errors import ExitCode
from hgpt_desktop.core.events import RequestFinished


@dataclass(frozen=True, slots=True)
class Outcome:
    """One group of files and what became of it. `why` says what went wrong."""

    files: tuple[Path, ...]
    done: bool
    seconds: float = 0.0
    why: str = ""
    made: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """The files' names."""
        return ", ".join(path.name for path in self.files)


def outcome_of(
    files: tuple[Path, ...], ended: RequestFinished | None, problem: ProblemView | None
) -> Outcome:
    """What the end of a request says."""
    if ended is None:
        return Outcome(files, False, why=f"{problem.message} {problem.hint}".strip() if problem else "")
    why = ended.message or next((one.message for one in ended.results if one.message), "")
    made = tuple(output.path for result in ended.results for output in result.outputs)
    done = ended.exit_code == ExitCode.DONE
    return Outcome(files, done, ended.seconds, "" if done else why, made)


@dataclass(slots=True)
class Batch:
    """All groups of files of one call of a workflow."""

    id: str
    name: str
    groups: tuple[tuple[Path, ...], ...]
    outcomes: list[Outcome] = field(default_factory=list)
    conversation_id: str | None = None

    @property
    def done(self) -> int:
        """How many succeeded."""
        return sum(one.done for one in self.outcomes)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Those that did not."""
        return tuple(one for one in self.outcomes if not one.done)

    @property
    def seconds(self) -> float:
        """What all took together."""
        return sum(one.seconds for one in self.outcomes)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs or waits any more."""
        return len(self.outcomes) >= len(self.groups)

    def table(self, headings: Sequence[str]) -> str:
        """A row for each group as comma-separated values: files, done or not, seconds, why, what was made."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(headings)
        for one in self.outcomes:
            files, made = ("; ".join(map(str, paths)) for paths in (one.files, one.made))
            rows.writerow((files, "done" if one.done else "failed", round(one.seconds, 2), one.why, made))
        return text.getvalue()
