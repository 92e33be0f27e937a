"""A conversation as a file for people (Markdown, HTML) or for programs (JSON, shell)."""

from __future__ import annotations

import errno
import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hgpt_desktop.core.errors import DiskFull, InvalidInput
from hgpt_desktop.core.plan import FileRef
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.history.html import to_html
from hgpt_desktop.history.values import Conversation, StoredRun


def write_conversation(conversation: Conversation, path: Path) -> None:
    """Write the conversation; the suffix decides on the form. The file is replaced as a whole.

    Raises:
        InvalidInput: the suffix is not one of those known here, or the file cannot be written there.
        DiskFull: there is no room for it.
    """
    writers: dict[str, Callable[[Conversation], str]] = {
        ".md": to_markdown,
        ".json": lambda one: json.dumps(to_json(one), ensure_ascii=False, indent=2, default=str) + "\n",
        ".html": to_html,
        ".sh": to_script,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        raise InvalidInput(
            f"A conversation cannot be written as {path.name}.",
            "Choose a name that ends in .md, .html, .json, .sh or .zip.",
        )
    with written_whole(path) as draft:
        draft.write_text(write(conversation), encoding="utf-8")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A draft beside the path, which takes the path's place at the end of the block.

    Raises:
        InvalidInput: it cannot be written there.
        DiskFull: there is no room for it.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk is full: {path} cannot be written.", "Free some room.", str(error)
            ) from error
        raise InvalidInput(
            f"{path} cannot be written.", "Choose an existing folder that you may write to.", str(error)
        ) from error


def to_json(conversation: Conversation) -> dict[str, Any]:
    """The whole conversation; plans in the paper's form, results as `hgpt run --json` shows them."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "runs": [_run_to_json(run) for run in conversation.runs],
    }


def _run_to_json(run: StoredRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "request": run.request,
        "files": [{"name": file.name, **file.to_json()} for file in run.files],
        "plan": run.plan.to_wire() if run.plan else None,
        "tasks": [result.to_json() for result in run.results],
        "answer": run.answer,
        "exit_code": run.exit_code,
        "seconds": run.seconds,
        "seed": run.seed,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
    }


def to_markdown(conversation: Conversation) -> str:
    """The conversation to read."""
    lines = [f"# {conversation.title}", "", f"{conversation.created_at:%Y-%m-%d %H:%M}", ""]
    for run in conversation.runs:
        lines += ["## Request", "", run.request, ""]
        lines += [f"- {file.name} ({file.kind.value}): {_code(str(file.path))}" for file in run.files]
        lines += [""] if run.files else []
        if run.results:
            lines += ["### Tasks", "", *(_task_line(result) for result in run.results), ""]
        lines += ["## Answer", ""]
        lines += [run.answer, ""] if run.answer or run.ended_at else []
        lines += [] if run.ended_at else ["(The run was broken off.)", ""]
        made = [output for result in run.results for output in result.outputs]
        lines += [f"- {output.name} ({output.kind.value}): {_code(str(output.path))}" for output in made]
        lines += [""] if made else []
    return "\n".join(lines)


def _task_line(result: TaskResult) -> str:
    model = f" by {result.model_id}" if result.model_id else ""
    why = f": {result.message}" if result.message else ""
    return f"{result.task.id}. {result.task.task}{model}, {result.status.value}{why}"


def _code(text: str) -> str:
    """Inline code, whatever backticks the text has."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def to_script(conversation: Conversation) -> str:
    """The requests as a shell script of `hgpt` commands; plans that were made are run as they were."""
    lines = ["#!/bin/sh", f"# {' '.join(conversation.title.split())}", "set -eu", ""]
    if any(run.plan is not None for run in conversation.runs):
        lines += ["plan=$(mktemp)", "trap 'rm -f \"$plan\"' EXIT", ""]
    for run in conversation.runs:
        files = _files_of(run)
        command = ["hgpt run"]
        command += [f"--file {shlex.quote(str(file.path))}" for file in files.values()]
        command += [f"--seed {run.seed}"] if run.seed is not None else []
        if run.plan is not None:
            plan = json.dumps(run.plan.to_wire(files), ensure_ascii=False, indent=2)
            lines += ["cat >\"$plan\" <<'END_OF_PLAN'", plan, "END_OF_PLAN"]
            command.append('--plan "$plan"')
        command.append(f"-- {shlex.quote(run.request)}")  # a request may begin with a hyphen
        lines += [" \\\n    ".join(command), ""]
    return "\n".join(lines)


def _files_of(run: StoredRun) -> dict[str, Resource]:
    """By the names that the plan gives them: what was attached, and what it took of earlier requests."""
    files = {file.name: file for file in run.files}
    given = [
        value
        for result in run.results
        for values in result.inputs.values()
        for value in values
        if isinstance(value, Resource)
    ]
    named = {
        value.name
        for task in (run.plan.tasks if run.plan else ())
        for values in task.args.values()
        for value in values
        if isinstance(value, FileRef)
    }
    for file in given:
        if file.name in named:
            files.setdefault(file.name, file)
    return files
