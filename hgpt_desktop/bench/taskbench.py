"""Records and tools in the form of TaskBench, read into the program's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.controller.demonstrations import Demonstration
from hgpt_desktop.controller.naming import name_files
from hgpt_desktop.controller.quoting import passages
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Value, check_plan
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

_FILE = re.compile(
    r"[\w-]+\.(jpe?g|png|gif|bmp|webp|wav|mp3|flac|ogg|m4a|mp4|avi|mov|mkv|pdf|csv|xlsx?|txt)\b", re.I
)
_KIND_OF_EXTENSION = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "bmp", "webp"), Kind.IMAGE),
    **dict.fromkeys(("wav", "mp3", "flac", "ogg", "m4a"), Kind.AUDIO),
    **dict.fromkeys(("mp4", "avi", "mov", "mkv"), Kind.VIDEO),
    "pdf": Kind.DOCUMENT,
    "txt": Kind.TEXT,
    **dict.fromkeys(("csv", "xls", "xlsx"), Kind.TABLE),
}
_DESCRIPTION_WORDS = 18
_DEMONSTRATION_TASKS = 4  # longer demonstrations cost more tokens than they teach
_DEMONSTRATION_CHARS = 280

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """A request with its gold plan; `links` are pairs of source and target task names."""

    id: str
    type: str
    request: str
    nodes: tuple[str, ...]
    links: tuple[Link, ...]


def read_records(path: Path) -> tuple[Record, ...]:
    """The records of a JSON Lines file.

    Raises:
        InvalidInput: it cannot be read, or a line is not such a record; the message names the line.
    """
    return tuple(
        _record(entry, f"Line {number} of {path}") for number, entry in _json_lines(path)
    )  # fmt: skip


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read.", "Give a file of JSON Lines.", str(error)) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise InvalidInput(
                    f"Line {number} of {path} is not JSON.", "Give a file of JSON Lines.", str(error)
                ) from error


def _record(entry: Any, where: str) -> Record:
    try:
        return Record(
            id=str(entry["id"]),
            type=str(entry.get("type", "single")),
            request=str(entry["user_request"]),
            nodes=tuple(str(node["task"]) for node in entry["task_nodes"]),
            links=tuple((str(link["source"]), str(link["target"])) for link in entry["task_links"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"{where} is not a record of TaskBench's form.",
            "It needs id, user_request, task_nodes and task_links.",
            repr(error),
        ) from error


# ---------------------------------------------------------------- tools


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as the benchmark describes it."""

    name: str
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def read_tools(path: Path) -> tuple[Tool, ...]:
    """The tools of a tool_desc.json.

    Raises:
        InvalidInput: it cannot be read or has another form.
    """
    try:
        nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"]
        return tuple(
            Tool(str(node["id"]), str(node["desc"]), tuple(node["input-type"]), tuple(node["output-type"]))
            for node in nodes
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"{path} is not a list of tools.", "Give TaskBench's tool_desc.json.", repr(error)
        ) from error


def vocabulary_of(tools: Sequence[Tool]) -> Vocabulary:
    """The tools as task types. A second text of a tool is called `text2`.

    Raises:
        InvalidInput: a tool takes or gives a kind that is not known, or stands there twice.
    """
    try:
        return Vocabulary(
            tuple(
                TaskType(tool.name, _short(tool.description), _inputs(tool), tuple(map(Kind, tool.outputs)))
                for tool in tools
            )
        )
    except ValueError as error:
        raise InvalidInput("The list of tools cannot be used.", str(error)) from error


def _inputs(tool: Tool) -> tuple[InputSpec, ...]:
    counts: dict[str, int] = {}
    specs = []
    for kind in tool.inputs:
        counts[kind] = counts.get(kind, 0) + 1
        name = kind if counts[kind] == 1 else f"{kind}{counts[kind]}"
        specs.append(InputSpec(name, (Kind(kind),)))
    return tuple(specs)


def _short(description: str) -> str:
    """The beginning of the description's first sentence, without the words that every one begins with."""
    first = description.replace("\n", " ").partition(". ")[0].rstrip(".")
    plain = re.sub(
        r"^.{0,60}?\b(?:is the task of|is a task in which|is a family of tasks in which)\s+", "", first
    )
    return " ".join(plain.split()[:_DESCRIPTION_WORDS])


def files_of(request: str) -> tuple[Resource, ...]:
    """Stand-ins for the files that a request names."""
    found: dict[str, Resource] = {}
    for match in _FILE.finditer(request):
        kind = _KIND_OF_EXTENSION[match[1].lower()]
        found.setdefault(match[0], Resource(match[0], kind, Path(match[0]), "", 0))
    return tuple(found.values())


# ---------------------------------------------------------------- gold plans as demonstrations


def demonstration_of(record: Record, vocabulary: Vocabulary) -> Demonstration | None:
    """The record as a demonstration, or None where its gold plan could not be executed.

    The links say which task feeds which; what is left goes to the request's files and quotations.
    """
    names = list(record.nodes)
    if len(set(names)) != len(names) or not set(names) <= set(vocabulary.names):
        return None
    order = in_order(names, record.links)
    if order is None:
        return None
    files = files_of(record.request)
    quotations = [passage.text for passage in passages(record.request) if passage.quoted]
    quotations = [text for text in quotations if not _FILE.fullmatch(text)]
    ids = {name: number for number, name in enumerate(order, start=1)}
    tasks = []
    for name in order:
        sources = [source for source, target in record.links if target == name]
        args: dict[str, tuple[Value, ...]] = {}
        for spec in vocabulary[name].inputs:
            source = next((one for one in sources if set(vocabulary[one].outputs) & set(spec.kinds)), None)
            fitting = [one for one in files if one.kind in spec.kinds]
            if source is not None:
                sources.remove(source)
                args[spec.name] = (TaskRef(ids[source]),)
            elif fitting:
                args[spec.name] = (FileRef(fitting[0].name),)
            elif Kind.TEXT in spec.kinds and quotations:
                args[spec.name] = (quotations.pop(0) if len(quotations) > 1 else quotations[0],)
            else:
                return None
        if sources:
            return None
        tasks.append(Task(ids[name], name, args))
    try:
        plan = check_plan(Plan(tuple(tasks)), vocabulary, files)
    except InvalidInput:
        return None
    return Demonstration(record.request, name_files(files), plan)


def in_order(names: Sequence[str], links: Sequence[Link]) -> list[str] | None:
    """Each name after those that it is linked from; None where the links go in a circle."""
    ordered: list[str] = []
    waiting = list(names)
    while waiting:
        free = [n for n in waiting if all(s in ordered for s, t in links if t == n)]
        if not free:
            return None
        ordered.append(free[0])
        waiting.remove(free[0])
    return ordered


def chosen_demonstrations(
    pool: Sequence[Record], vocabulary: Vocabulary, without: str, count: int = 5
) -> tuple[Demonstration, ...]:
    """A few short, varied demonstrations; the same ones for every record that is not among them.

    Args:
        without: the request that is being planned; a demonstration of it is never taken.
    """
    usable = [
        (record, shown)
        for record in sorted(pool, key=lambda one: (len(one.request), one.id))
        if record.request != without
        and len(record.nodes) <= _DEMONSTRATION_TASKS
        and len(record.request) <= _DEMONSTRATION_CHARS
        and (shown := demonstration_of(record, vocabulary)) is not None
    ]
    chosen: list[tuple[Record, Demonstration]] = []
    # By structure: two of one task, then longer ones, each with as many new task types as can be had.
    for wanted in ("single", "chain", "chain", "dag", "single")[:count]:
        seen = {name for record, _ in chosen for name in record.nodes}
        left = [one for one in usable if one[0].type == wanted and one not in chosen] or [
            one for one in usable if one not in chosen
        ]
        if left:
            chosen.append(max(left, key=lambda one: (len(set(one[0].nodes) - seen), -len(one[0].request))))
    return tuple(shown for _, shown in chosen)
