"""What became of a request, in plain words and without the LLM."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hgpt_desktop.controller.note_words import ENGLISH, NoteWords
from hgpt_desktop.controller.quoting import head
from hgpt_desktop.core.plan import Task, TaskRef
from hgpt_desktop.core.resources import A_FILE, Kind, Resource
from hgpt_desktop.core.results import ExecutionReport, TaskResult, TaskStatus

_LABELS_SHOWN = 3
_TEXT_WORDS = 90  # of a result's text the LLM reads so many
_CHAIN_WORDS = 40  # and so many where another task has worked on it already
_DATA_CHARS = 300
_SUBTITLES = ("application/x-subrip", "text/vtt")


def readable(task: str) -> str:
    """A task type's name for people: `text to speech`."""
    return task.replace("-", " ")


def done(report: ExecutionReport) -> tuple[TaskResult, ...]:
    """The tasks that delivered."""
    return tuple(result for result in report.results if result.status is TaskStatus.DONE)


def results_for_llm(report: ExecutionReport) -> str:
    """One paragraph for each task that delivered, long texts by their beginning and end."""
    worked_on = {
        value.task_id
        for result in done(report)
        for values in result.task.args.values()
        for value in values
        if isinstance(value, TaskRef)
    }
    return "\n".join(
        _paragraph(result, _CHAIN_WORDS if result.task.id in worked_on else _TEXT_WORDS)
        for result in done(report)
    )


def _paragraph(result: TaskResult, text_words: int) -> str:
    about = _arguments(result.task)
    shown = [_output(output, text_words) for output in result.outputs] or ["nothing"]
    return f"- {readable(result.task.task)}{about}: {'; '.join(shown)}"


def _arguments(task: Task) -> str:
    """The texts that say what was wanted (a question, a language)."""
    said = [
        f'{name} "{head(value, 20, 0)}"'
        for name, values in task.args.items()
        for value in values
        if isinstance(value, str) and name not in ("text", "history")
    ]
    return f" ({', '.join(said)})" if said else ""


def _output(output: Resource, text_words: int) -> str:
    if scores := _scores(output.data):
        return ", ".join(f"{label} ({score:.0%})" for label, score in scores[:_LABELS_SHOWN])
    if output.text:
        if _is_subtitles(output):
            return f'subtitles were made, the file {output.path.name}, from "{head(output.text, 12, 0)}" on'
        return f'"{head(output.text, text_words, text_words // 4)}"'
    made = f"{A_FILE[output.kind]} was made"
    if output.data is not None:
        made += f", {json.dumps(output.data, ensure_ascii=False)[:_DATA_CHARS]}"
    return made


def _is_subtitles(output: Resource) -> bool:
    """Whether it is a text for a player: people want the file, not its words in the answer."""
    return output.kind is Kind.TEXT and output.media_type in _SUBTITLES


def is_plain_text(output: Resource) -> bool:
    """Whether people want its words; of everything else they want the file."""
    return output.kind is Kind.TEXT and not _is_subtitles(output)


def _scores(data: Any) -> list[tuple[str, float]]:
    """Labels with scores, if that is what the result has."""
    if isinstance(data, dict):
        data = data.get("labels") or data.get("predictions")
    if not isinstance(data, list):
        return []
    return [
        (str(one["label"]), float(one["score"]))
        for one in data
        if isinstance(one, dict) and "label" in one and isinstance(one.get("score"), int | float)
    ]


# ---------------------------------------------------------------- what must be said


def file_lines(outputs: Sequence[Resource], words: NoteWords = ENGLISH) -> list[str]:
    """The files that were made."""
    names = [output.path.name for output in outputs if output.path.is_file()]
    files = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    return [words.made.format(files=files)] if names else []


def note_lines(outputs: Sequence[Resource], words: NoteWords = ENGLISH) -> list[str]:
    """What people must know beside the results, each once."""
    return list(dict.fromkeys(words.said(output.note) for output in outputs if output.note))


def trouble_lines(report: ExecutionReport, words: NoteWords = ENGLISH) -> list[str]:
    """What was not done, why, and what would help."""
    lines = []
    for result in report.results:
        if result.status in (TaskStatus.FAILED, TaskStatus.SKIPPED):
            sentence = words.failed if result.status is TaskStatus.FAILED else words.left_out
            reason = f": {words.said(result.message)}" if result.message else "."
            hint = f" {words.said(result.hint)}" if result.hint else ""
            task = readable(result.task.task).capitalize()
            lines.append(sentence.format(task=task, reason=f"{reason}{hint}"))
        elif result.status is TaskStatus.CANCELLED:
            lines.append(words.stopped.format(task=readable(result.task.task).capitalize()))
    for one in report.missing:
        sentence = words.nothing_here if one.lacks else words.no_model
        instead = (
            words.used_instead.format(other=readable(one.replaced_by)) if one.replaced_by else words.not_done
        )
        lines.append(f"{sentence.format(task=readable(one.task), instead=instead)} {words.said(one.hint)}")
    return lines


def plain_summary(report: ExecutionReport) -> str:
    """Everything that was made, without the LLM; empty where nothing was."""
    lines = []
    for result in done(report):
        texts = [
            _output(output, _TEXT_WORDS) if _is_subtitles(output) or not output.text else output.text
            for output in result.outputs
        ]
        lines.append(f"**{readable(result.task.task).capitalize()}**: {' '.join(texts) or 'done.'}")
    return "\n\n".join(lines)
