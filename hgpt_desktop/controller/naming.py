"""Short names under which the LLM sees files: `image1`, `text2`. File names themselves can be long or odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hgpt_desktop.controller.quoting import head
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind, Resource

_EARLIER_SHOWN = 6  # of the conversation's earlier resources the newest are shown


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A resource under the short name that prompts use for it.

    `resource_name` is the one plans use. `note` is what the prompt says about it.
    """

    alias: str
    kind: Kind
    resource_name: str
    note: str
    earlier: bool = False


def name_files(files: Sequence[Resource], earlier: Sequence[Resource] = ()) -> tuple[NamedFile, ...]:
    """Short names for the request's files and then the newest of the conversation's earlier resources.

    Numbers run within a kind in the order in which the conversation brought the resources, so that
    "the second picture" is `image2`; this request's own files come first where there are any.
    """
    counts: dict[Kind, int] = {}
    named = []
    shown_earlier = list(earlier)[-_EARLIER_SHOWN:]
    for resource, is_earlier in [*((f, False) for f in files), *((e, True) for e in shown_earlier)]:
        counts[resource.kind] = counts.get(resource.kind, 0) + 1
        named.append(
            NamedFile(
                alias=f"{resource.kind.value}{counts[resource.kind]}",
                kind=resource.kind,
                resource_name=resource.name,
                note=_note(resource, is_earlier, newest=is_earlier and resource is shown_earlier[-1]),
                earlier=is_earlier,
            )
        )
    return tuple(named)


def _note(resource: Resource, is_earlier: bool, newest: bool) -> str:
    """Where it came from; of the newest earlier one it is said that it is ("it", in a request)."""
    made = f"made by {resource.provenance.task}" if resource.provenance else resource.name
    if newest:
        made = f"newest, {made}"
    if is_earlier and resource.text:
        return f'{made}: "{head(resource.text, 8, 0)}"'
    return made


def shown_request(text: str, named: Sequence[NamedFile], turns: Sequence[tuple[str, str]] = ()) -> str:
    """The user message of the planner's prompt: what was said before, the files, the request.

    Earlier resources stand with the newest first: a small LLM takes what it reads first for "it".
    """
    lines = []
    for said, answered in turns:
        lines.append(f"Before: {head(said, 20, 0)}")
        lines.append(f"Answer: {head(answered, 20, 0)}")
    for label, is_earlier in (("Earlier", True), ("Files", False)):
        listed = [one for one in named if one.earlier is is_earlier]
        group = ", ".join(f"{one.alias} ({one.note})" for one in (reversed(listed) if is_earlier else listed))
        if group or label == "Files":
            lines.append(f"{label}: {group or 'none'}")
    lines.append(f"Request: {text}")
    return "\n".join(lines)


def recent_turns(request: Request, count: int) -> tuple[tuple[str, str], ...]:
    """The last `count` turns as pairs of request and answer."""
    return tuple((turn.request, turn.answer) for turn in request.turns[-count:]) if count else ()


def by_alias(named: Sequence[NamedFile]) -> Mapping[str, NamedFile]:
    """The files by their short names."""
    return {one.alias: one for one in named}
