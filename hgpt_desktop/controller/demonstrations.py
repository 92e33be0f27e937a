"""Demonstrations: requests with the plans that they should get, shown to the LLM before the request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from hgpt_desktop.controller.demands import split_demands
from hgpt_desktop.controller.lines import plan_lines
from hgpt_desktop.controller.naming import NamedFile, name_files, shown_request
from hgpt_desktop.core.errors import CatalogUnavailable, InvalidInput
from hgpt_desktop.core.interfaces import Message
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Value, check_plan
from hgpt_desktop.core.resources import Kind, Provenance, Resource
from hgpt_desktop.core.tasks import Vocabulary
from hgpt_desktop.settings import shipped

DEMONSTRATIONS_FILE = shipped("resources") / "demonstrations.yaml"
_HINT = "Mend the file, or reinstall the program to get its own one back."


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A request, its files, what was said before, and its plan.

    Args:
        answers: for each task the place, from 0, of the demand that it meets; None where they can be
            paired off in order.
    """

    request: str
    files: tuple[NamedFile, ...]
    plan: Plan
    before: tuple[tuple[str, str], ...] = ()
    answers: tuple[int, ...] | None = None

    def messages(self, vocabulary: Vocabulary) -> tuple[Message, Message]:
        """As a message of the user and the assistant's answer."""
        aliases = {one.resource_name: one.alias for one in self.files}
        return (
            Message("user", shown_request(self.request, self.files, self.before)),
            Message(
                "assistant", plan_lines(self.plan.tasks, vocabulary, aliases, self.demands, self.answered)
            ),
        )

    @property
    def demands(self) -> tuple[str, ...]:
        """The request's demands as the prompt shows them."""
        return tuple(demand.shown for demand in split_demands(self.request))

    @property
    def answered(self) -> tuple[int, ...]:
        """For each task the place of the demand that it meets."""
        if self.answers is not None:
            return self.answers
        last = len(self.demands) - 1
        return tuple(min(place, last) for place in range(len(self.plan.tasks)))


def load_demonstrations(
    vocabulary: Vocabulary, path: Path = DEMONSTRATIONS_FILE
) -> tuple[Demonstration, ...]:
    """The demonstrations in the file's order.

    Raises:
        CatalogUnavailable: the file cannot be read, or a plan in it could not be executed.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogUnavailable(
            f"The demonstrations {path} cannot be read.", "Reinstall the program.", str(error)
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogUnavailable(f"{path} is not YAML.", _HINT, str(error)) from error
    entries = content.get("demonstrations") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise CatalogUnavailable(f"{path} has no list `demonstrations`.", _HINT)
    return tuple(_demonstration(entry, vocabulary, path) for entry in entries)


def _demonstration(entry: object, vocabulary: Vocabulary, path: Path) -> Demonstration:
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), str):
        raise CatalogUnavailable(f"A demonstration in {path} has no request.", _HINT)
    where = f"The demonstration {entry['request']!r} in {path}"
    try:
        files = _resources(entry.get("files") or {})
        earlier = _resources(entry.get("earlier") or {})
        tasks = tuple(_task(number, line) for number, line in enumerate(entry["plan"], start=1))
        before = tuple((str(turn["request"]), str(turn["answer"])) for turn in entry.get("before") or ())
        answers = tuple(int(place) - 1 for place in entry["answers"]) if "answers" in entry else None
        plan = check_plan(Plan(tasks), vocabulary, (*files, *earlier))
    except InvalidInput as error:
        raise CatalogUnavailable(f"{where} cannot be executed: {error.message}", _HINT) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CatalogUnavailable(f"{where} is not written as the others are.", _HINT, repr(error)) from error
    made = Demonstration(entry["request"], name_files(files, earlier), plan, before, answers)
    if (
        list(made.answered) != sorted(made.answered)
        or len(made.answered) != len(plan.tasks)
        or max(made.answered, default=0) >= len(made.demands)
    ):
        raise CatalogUnavailable(
            f"{where} says which demands its tasks answer, but the request has {len(made.demands)}: "
            + " | ".join(made.demands),
            _HINT,
        )
    return made


def _resources(entry: Mapping[str, str]) -> tuple[Resource, ...]:
    """Stand-ins: `name: kind`, `name: kind by task: beginning of its text`."""
    made = []
    for name, described in entry.items():
        what, _, text = described.partition(":")
        kind, _, task = what.partition(" by ")
        provenance = Provenance(0, task.strip(), "") if task else None
        made.append(
            Resource(name, Kind(kind.strip()), Path(name), "", 0, text.strip() or None, provenance=provenance)
        )
    return tuple(made)


def _task(number: int, line: Mapping[str, Mapping[str, str | list[str]]]) -> Task:
    [(name, arguments)] = line.items()
    return Task(
        number,
        name,
        {key: tuple(map(_value, raw if isinstance(raw, list) else [raw])) for key, raw in arguments.items()},
    )


def _value(raw: str) -> Value:
    """`#2` is a task's output, `file:name` a file, anything else a text."""
    if match := re.fullmatch(r"#(\d+)", raw):
        return TaskRef(int(match[1]))
    return FileRef(raw.removeprefix("file:")) if raw.startswith("file:") else raw


def demonstration_messages(
    demonstrations: Sequence[Demonstration], vocabulary: Vocabulary
) -> tuple[Message, ...]:
    """All of them, one after another."""
    return tuple(message for one in demonstrations for message in one.messages(vocabulary))
