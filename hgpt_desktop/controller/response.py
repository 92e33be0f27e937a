"""Response generation: the answer, written from the structured results (the paper's section 3.4)."""

from __future__ import annotations

import re
from pathlib import Path

from hgpt_desktop.controller.honesty import HonestStream
from hgpt_desktop.controller.note_words import words_for
from hgpt_desktop.controller.prompting import PROMPTS_FOLDER, fill_prompt
from hgpt_desktop.controller.quoting import elided
from hgpt_desktop.controller.repetition import generate_without_loops
from hgpt_desktop.controller.reporting import (
    done,
    file_lines,
    note_lines,
    plain_summary,
    results_for_llm,
    trouble_lines,
)
from hgpt_desktop.controller.text_tasks import TEXT_TASKS
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import ChatModel, Message, OnText, Prompt
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import ExecutionReport

_MOST_TOKENS = 320
_REMINDERS = (
    (re.compile(r"[\u3040-\u30ff]"), "結果を日本語で伝えてください。"),
    (re.compile(r"[\uac00-\ud7af]"), "결과를 한국어로 알려 주세요."),
    (re.compile(r"[\u3400-\u9fff]"), "請用中文說出結果。"),
    (re.compile(r"[\u0400-\u04ff]"), "Расскажи о результате по-русски."),
)
_READS_AS_ANSWER = TEXT_TASKS - {"text-classification", "token-classification"}


class AnswerWriter:
    """Writes the answer. What failed, what is missing, what was left out and which files were made is said
    by the program itself, so that it is always true; the LLM only puts the results into words.

    Threads: any thread may call; the LLM serves one call after another.
    """

    def __init__(self, llm: ChatModel, prompts_folder: Path = PROMPTS_FOLDER) -> None:
        self._llm = llm
        self._system = fill_prompt(prompts_folder, "response")

    def is_answer(self, plan: Plan) -> bool:
        """See `Responder.is_answer`."""
        return len(plan.tasks) == 1 and plan.tasks[0].task in _READS_AS_ANSWER

    def respond(self, request: Request, report: ExecutionReport, on_text: OnText, cancel: CancelToken) -> str:
        """The answer, streamed; a plain summary of the report where the LLM cannot be had.

        No LLM is asked where nothing was done, and where the only result is itself an answer.

        Raises:
            Cancelled: the user stopped; what was streamed so far stands.
        """
        cancel.raise_if_cancelled()
        answer = _Streamed(on_text)
        told = done(report)
        if len(told) == 1 and told[0].task.task in _READS_AS_ANSWER:
            answer.paragraph("\n\n".join(output.text or "" for output in told[0].outputs))
        elif told:
            self._in_words(request, report, answer, cancel)
        words = words_for(request.text)
        notes = [
            *file_lines(report.outputs, words),
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
