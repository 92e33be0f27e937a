"""Response generation: the answer, written from the structured results (the paper's section 3.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hgpt_desktop.controller.honesty import HonestStream
from hgpt_desktop.controller.note_words import words_for
from hgpt_desktop.controller.prompting import PROMPTS_FOLDER, fill_prompt
from hgpt_desktop.controller.quoting import cut_after, elided
from hgpt_desktop.controller.repetition import generate_without_loops
from hgpt_desktop.controller.reporting import (
    done,
    file_lines,
    is_plain_text,
    note_lines,
    plain_summary,
    results_for_llm,
    trouble_lines,
)
from hgpt_desktop.controller.verbatim import READ_OFF, answering_task
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import ChatModel, Message, OnText, Prompt
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import ExecutionReport, TaskResult

_MOST_TOKENS = 320
_REMINDERS = (
    (re.compile(r"[\u3040-\u30ff]"), "結果を日本語で伝えてください。"),
    (re.compile(r"[\uac00-\ud7af]"), "결과를 한국어로 알려 주세요."),
    (re.compile(r"[\u3400-\u9fff]"), "請用中文說出結果。"),
    (re.compile(r"[\u0400-\u04ff]"), "Расскажи о результате по-русски."),
)
_WORDS_READ_OFF = 600  # so many words of a transcript stand in the answer; all of them are in its file


class AnswerWriter:
    """Writes the answer. What failed, what is missing, what was left out and which files were made is said
    by the program itself, so that it is always true; the LLM only puts the results into words.

    Threads: any thread may call; the LLM serves one call after another.
    """

    def __init__(self, llm: ChatModel, prompts_folder: Path = PROMPTS_FOLDER) -> None:
        self._llm = llm
        self._system = fill_prompt(prompts_folder, "response")

    def answering_task(self, plan: Plan) -> int | None:
        """See `Responder.answering_task`."""
        task = answering_task(plan.tasks)
        return None if task is None else task.id

    def respond(self, request: Request, report: ExecutionReport, on_text: OnText, cancel: CancelToken) -> str:
        """The answer, streamed; a plain summary of the report where the LLM cannot be had.

        No LLM is asked where nothing was done, and where a text that was made is itself the answer.

        Raises:
            Cancelled: the user stopped; what was streamed so far stands.
        """
        cancel.raise_if_cancelled()
        answer = _Streamed(on_text)
        told = done(report)
        files = [output for output in report.outputs if not is_plain_text(output)]
        if text := _verbatim(told, files):
            answer.paragraph(text)
        elif told:
            self._in_words(request, report, answer, cancel)
        words = words_for(request.text)
        notes = [
            *file_lines(files, words),
            *note_lines(report.outputs, words),
            *trouble_lines(report, words),
        ]
        if not told and not notes:
            notes.append(words.nothing_to_do)
        for note in notes:
            answer.paragraph(note)
        return answer.text

    def _in_words(
        self, request: Request, report: ExecutionReport, answer: _Streamed, cancel: CancelToken
    ) -> None:
        results = results_for_llm(report)
        request_shown = elided(request.text)
        question = f"Request: {request_shown}\n\nResults:\n{results}{_language_reminder(request.text)}"
        texts = [output.text for output in report.outputs if output.text]
        stream = HonestStream(
            answer.piece,
            known_files=[
                *(one.path.name for one in report.outputs if one.path.is_file()),
                *(one.name for one in request.resources),
            ],
            known_text="\n".join([request.text, *texts]),
        )
        try:
            generate_without_loops(
                self._llm,
                Prompt((Message("system", self._system), Message("user", question))),
                cancel,
                max_tokens=_MOST_TOKENS,
                seed=request.seed or 0,
                on_text=stream.add,
            )
        except HgptError:
            # The results are there: they reach the user whatever became of the LLM.
            stream.end()
            answer.paragraph(plain_summary(report))
            return
        if not stream.end().strip():
            answer.paragraph(plain_summary(report))


def _verbatim(told: Sequence[TaskResult], files: list[Resource]) -> str:
    """The text that is itself the answer, or nothing; where it is cut, its file goes to `files`."""
    author = answering_task([one.task for one in told])
    if author is None:
        return ""
    outputs = next(one.outputs for one in told if one.task == author)
    if any(output in files for output in outputs):  # subtitles, say
        return ""
    shown = []
    for output in outputs:
        text = (output.text or "").strip()
        cut = cut_after(text, _WORDS_READ_OFF) if author.task in READ_OFF else text
        if cut != text:
            files.append(output)
        shown.append(cut)
    return "\n\n".join(shown)


def _language_reminder(request_text: str) -> str:
    """A small LLM answers in English what was asked in another script, unless reminded in it."""
    for script, reminder in _REMINDERS:
        if script.search(request_text):
            return f"\n\n{reminder}"
    return ""


class _Streamed:
    """Text passed on and kept."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def piece(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._on_text(text)

    def paragraph(self, text: str) -> None:
        """A paragraph of its own."""
        text = text.strip()
        if text:
            self.piece(("\n\n" if self._parts else "") + text)
