"""Plain sentences about a run, for when the LLM cannot write any."""

from __future__ import annotations

from collections.abc import Sequence

from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import NO_MODEL_FITS, ExecutionReport, MissingModel, TaskResult, TaskStatus

_SHOWN_CHARACTERS = 2000


def plain_listing(report: ExecutionReport) -> str:
    """What became of each task, as Markdown."""
    lines = ["The answer could not be put into words, so here are the results as they are.", ""]
    for result in report.results:
        lines += _result_lines(result)
    for missing in report.missing:
        instead = (
            f"; {missing.replaced_by} was done instead"
            if missing.replaced_by
            else ", so that it was not done, nor what builds on it"
        )
        why = (
            f"it needs {missing.wanted}, and none is here"
            if missing.lacks
            else "no installed model can do it"
        )
        lines.append(f"- **{missing.task}**: {why}{instead}. {missing.hint}")
    return "\n".join(lines)


def _result_lines(result: TaskResult) -> list[str]:
    name = f"- **{result.task.task}**"
    if result.status is TaskStatus.DONE:
        return [f"{name}: done by {result.model_id}", *(_output_line(output) for output in result.outputs)]
    ended = {TaskStatus.FAILED: "failed", TaskStatus.SKIPPED: "skipped", TaskStatus.CANCELLED: "stopped"}
    return [f"{name}: {ended[result.status]}. {result.message} {result.hint}".rstrip()]


def _output_line(output: Resource) -> str:
    if output.text is None:
        return f"  - {output.kind.value}: {output.path}"
    text = " ".join(output.text.split())
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[:_SHOWN_CHARACTERS]}… (all of it in {output.path})"
    return f"  - {text}"


def missing_sentence(missing: Sequence[MissingModel]) -> tuple[str, str]:
    """Message and hint for a request of which nothing can be done here."""
    tasks = list(dict.fromkeys(one.task for one in missing))
    models = list(dict.fromkeys(one.suggestion for one in missing if one.suggestion))
    if all(one.lacks for one in missing):
        wanted = " and ".join(dict.fromkeys(one.wanted for one in missing))
        return f"This needs {wanted}, and none is here ({', '.join(tasks)}).", missing[0].hint
    message = f"No installed model can do what this needs: {', '.join(tasks)}."
    if not models:
        return message, NO_MODEL_FITS
    commands = ", ".join(f"`hgpt models install {model}`" for model in models)
    return message, f"Install {'it' if len(models) == 1 else 'them'} with {commands}."
