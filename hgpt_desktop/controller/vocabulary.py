"""Reads the vocabulary: the task types that plans are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from hgpt_desktop.core.errors import CatalogUnavailable
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import InputSpec, NumberRange, TaskType, Vocabulary
from hgpt_desktop.settings import shipped

VOCABULARY_FILE = shipped("resources") / "vocabulary.yaml"
_TYPE_KEYS = {"name", "description", "inputs", "options", "outputs", "needs_tool"}
_INPUT_KEYS = {"kinds", "optional", "many", "literal_only", "choices"}
_OPTION_KEYS = {"number", "whole", "unit", "choices", "default", "said"}
_HINT = "Mend the file, or reinstall the program to get its own one back."


def load_vocabulary(path: Path = VOCABULARY_FILE, *, control: bool = False) -> Vocabulary:
    """The task types in the file's order.

    Args:
        control: also read the section `control_types` (guide pictures and drawing along them).

    Raises:
        CatalogUnavailable: the file is missing or says something that cannot be understood; the message
            names the task type and the input.
    """
    content = _content(path)
    entries = list(content["task_types"])
    if control:
        entries += content.get("control_types") or []
    if not entries:
        raise CatalogUnavailable(f"{path} has no task types.", _HINT)
    task_types = tuple(_task_type(entry, path) for entry in entries)
    names = [task_type.name for task_type in task_types]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CatalogUnavailable(f"{path} has the task type {twice[0]} twice.", _HINT)
    return Vocabulary(task_types)


def load_stand_ins(path: Path = VOCABULARY_FILE) -> Mapping[str, tuple[str, ...]]:
    """Which task types may do part of another one's work where nothing can do that one itself.

    Raises:
        CatalogUnavailable: as `load_vocabulary`, or a type is named that the file does not have.
    """
    content = _content(path)
    known = set(load_vocabulary(path, control=True).names)
    entry = content.get("stand_ins", {})
    if not isinstance(entry, dict) or not all(isinstance(others, list) for others in entry.values()):
        raise CatalogUnavailable(f"{path}: stand_ins is not a list of task types for each type.", _HINT)
    named = {str(one) for key, others in entry.items() for one in (key, *others)}
    if unknown := sorted(named - known):
        raise CatalogUnavailable(f"{path}: stand_ins names the unknown task type {unknown[0]}.", _HINT)
    return {key: tuple(others) for key, others in entry.items()}


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogUnavailable(
            f"The list of task types {path} cannot be read.", "Reinstall the program.", str(error)
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogUnavailable(f"{path} is not YAML.", _HINT, str(error)) from error
    if not isinstance(content, dict) or not isinstance(content.get("task_types"), list):
        raise CatalogUnavailable(f"{path} has no list `task_types`.", _HINT)
    return content


def _task_type(entry: object, path: Path) -> TaskType:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise CatalogUnavailable(f"A task type in {path} has no name.", _HINT)
    name = entry["name"]
    where = f"The task type {name} in {path}"
    _only_known(entry, _TYPE_KEYS, where)
    description = entry.get("description")
    if not isinstance(description, str) or not description.strip() or "\n" in description:
        raise CatalogUnavailable(f"{where} has no description of one line.", _HINT)
    inputs = entry.get("inputs")
    if not isinstance(inputs, dict) or not inputs:
        raise CatalogUnavailable(f"{where} has no inputs.", _HINT)
    outputs = _kinds(entry.get("outputs"), f"{where}: outputs")
    needs_tool = entry.get("needs_tool", True)
    if not isinstance(needs_tool, bool):
        raise CatalogUnavailable(f"{where}: needs_tool is neither true nor false.", _HINT)
    options = entry.get("options") or {}
    if not isinstance(options, dict):
        raise CatalogUnavailable(f"{where}: options is not a list of names with what they take.", _HINT)
    specs = (
        *(_input(str(key), value, f"{where}: the input {key}") for key, value in inputs.items()),
        *(_option(str(key), value, f"{where}: the option {key}") for key, value in options.items()),
    )
    if len({spec.name for spec in specs}) != len(specs):
        raise CatalogUnavailable(f"{where} has an input and an option of one name.", _HINT)
    return TaskType(name, description.strip(), specs, outputs, needs_tool)


def _input(name: str, entry: object, where: str) -> InputSpec:
    if not isinstance(entry, dict):
        raise CatalogUnavailable(f"{where} has no kinds.", _HINT)
    _only_known(entry, _INPUT_KEYS, where)
    flags = {}
    for key in ("optional", "many", "literal_only"):
        flags[key] = entry.get(key, False)
        if not isinstance(flags[key], bool):
            raise CatalogUnavailable(f"{where}: {key} is neither true nor false.", _HINT)
    choices = entry.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(one, str) and one for one in choices):
        raise CatalogUnavailable(f"{where}: choices is not a list of texts.", _HINT)
    kinds = _kinds(entry.get("kinds"), where)
    if (flags["literal_only"] or choices) and Kind.TEXT not in kinds:
        raise CatalogUnavailable(f"{where} is a literal but does not take text.", _HINT)
    return InputSpec(
        name=name,
        kinds=kinds,
        required=not flags["optional"],
        many=flags["many"],
        literal_only=flags["literal_only"],
        choices=tuple(choices),
    )


def _option(name: str, entry: object, where: str) -> InputSpec:
    """A number of a range, or one of several choices."""
    if not isinstance(entry, dict) or ("number" in entry) == ("choices" in entry):
        raise CatalogUnavailable(f"{where} has neither `number` nor `choices`, or both.", _HINT)
    _only_known(entry, _OPTION_KEYS, where)
    choices = entry.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(one, str) and one for one in choices):
        raise CatalogUnavailable(f"{where}: choices is not a list of texts.", _HINT)
    number = _number(entry, where) if "number" in entry else None
    default = entry.get("default")
    if default is not None:
        default = str(default)
        if default not in choices if number is None else number.read(default) is None:
            raise CatalogUnavailable(f"{where}: the default {default} is not one of its values.", _HINT)
    return InputSpec(
        name=name,
        kinds=(Kind.TEXT,),
        required=False,
        literal_only=True,
        choices=tuple(choices),
        number=number,
        default=default,
        said=_said(entry.get("said") or {}, choices, where),
    )


def _number(entry: Mapping[str, Any], where: str) -> NumberRange:
    ends = entry["number"]
    if (
        not isinstance(ends, list)
        or len(ends) != 2
        or not all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
        or ends[0] >= ends[1]
    ):
        raise CatalogUnavailable(f"{where}: number is not a range [lowest, highest].", _HINT)
    return NumberRange(ends[0], ends[1], str(entry.get("unit", "")), bool(entry.get("whole", True)))


def _said(entry: object, choices: Sequence[str], where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For a number a list of texts with `{n}`; for choices a list of words for each that has some."""
    if not choices:
        entry = {"": entry or []}
    if not isinstance(entry, dict) or not all(
        isinstance(words, list) and all(isinstance(one, str) and one for one in words)
        for words in entry.values()
    ):
        raise CatalogUnavailable(f"{where}: said is not written as it should be.", _HINT)
    if choices and (unknown := sorted(map(str, set(entry) - set(choices)))):
        raise CatalogUnavailable(f"{where}: said names the unknown choice {unknown[0]}.", _HINT)
    if not choices and not all("{n}" in one for one in entry[""]):
        raise CatalogUnavailable(f"{where}: each text of said needs its {{n}}.", _HINT)
    return tuple((value, tuple(words)) for value, words in entry.items() if words)


def _kinds(entry: object, where: str) -> tuple[Kind, ...]:
    known = {kind.value: kind for kind in Kind}
    if not isinstance(entry, list) or not entry:
        raise CatalogUnavailable(f"{where} has no kinds.", _HINT)
    for one in entry:
        if one not in known:
            raise CatalogUnavailable(f"{where}: {one!r} is not a kind.", f"Kinds are {', '.join(known)}.")
    return tuple(known[one] for one in entry)


def _only_known(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(map(str, entry)) - known):
        raise CatalogUnavailable(f"{where} has the unknown key {unknown[0]}.", _HINT)
