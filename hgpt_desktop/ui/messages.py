"""The answers of a conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ExchangeView, ProblemView
from hgpt_desktop.core.errors import ExitCode
from hgpt_desktop.core.events import (
    Event,
    ModelLoading,
    PlanReady,
    RequestFinished,
    RequestStarted,
    ResponseChunk,
    ResponseWithdrawn,
    Stage,
    StageStarted,
    TaskFailed,
    TaskFinished,
    TaskPlanned,
    TaskProgressed,
    TaskSelected,
    TaskSkipped,
    TaskStarted,
)
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.ui.answer_foot import AnswerFoot
from hgpt_desktop.ui.basics import FlowBox, IconLabel, copy_text
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.formats import duration_text, size_text
from hgpt_desktop.ui.markdown_view import MarkdownView
from hgpt_desktop.ui.outputs import PictureView, is_media, media_view, original_of
from hgpt_desktop.ui.plan_panel import PlanPanel

_INSTALLS = re.compile(r"hgpt models install ([\w.-]*)")
"""Stands in the hint of every problem that another model would mend, with the model's id."""


class AssistantMessage(QWidget):
    """The answer: the plan at work, what it made, the text, and what went wrong."""

    edit_wanted = Signal()
    quote_wanted = Signal(str)
    task_wanted = Signal(int)  # the user wants to know more about this task
    large_plan_wanted = Signal()
    models_wanted = Signal(str)  # the id of the one that is missing

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Answer"))
        self.run_id = ""
        self._panel: PlanPanel | None = None
        self.answer = MarkdownView()
        self._finished = False
        self._shown: set[Path] = set()
        self._pictures = FlowBox(10)
        self._pictures.hide()
        self._media = QVBoxLayout()
        self._media.setSpacing(10)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(10)
        self.foot = AnswerFoot()
        self.foot.copy_wanted.connect(self._copy)
        self.foot.quote_wanted.connect(self._quote)
        self.foot.hide()
        self._question: QWidget | None = None
        self._words = words = QVBoxLayout()
        words.setSpacing(12)
        words.addWidget(self._pictures)
        words.addLayout(self._media)
        words.addWidget(self.answer)
        words.addLayout(self._problems)
        words.addWidget(self.foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        logo = IconLabel("logo", "accent", 24)
        row.addWidget(logo)
        row.setAlignment(logo, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.answer.hide()

    @property
    def panel(self) -> PlanPanel:
        """The plan; it is made when there is something to say about one."""
        if self._panel is None:
            self._panel = PlanPanel()
            self._panel.task_wanted.connect(self.task_wanted)
            self._panel.large_wanted.connect(self.large_plan_wanted)
            self._words.insertWidget(0, self._panel)
        return self._panel

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self._finished

    # ------------------------------------------------------------ while it runs

    def announce_planning(self) -> None:
        """The request was sent."""
        self._announce(Stage.PLANNING)

    def handle(self, event: Event) -> None:
        """Show what happened."""
        match event:
            case RequestStarted(run_id=run_id):
                self.run_id = run_id or ""
            case StageStarted(stage=stage):
                self._announce(stage)
            case TaskPlanned(task=task):
                self.panel.add_task(task)
            case PlanReady(plan=plan):
                self.panel.show_plan(plan)
            case TaskSelected(task_id=task_id, model_id=model_id, reason=reason, candidates=candidates):
                if row := self.panel.row(task_id):
                    row.show_model(model_id, reason, candidates)
            case ModelLoading(model_id=model_id, bytes=size):
                self._loading(model_id, size)
            case TaskStarted(task_id=task_id):
                self.panel.started(task_id)
            case TaskProgressed(task_id=task_id, progress=progress, message=message):
                self.panel.progressed(task_id, progress, message)
            case TaskFinished(result=result):
                self._show_result(result)
            case TaskFailed(task_id=task_id, message=message, hint=hint):
                if row := self.panel.row(task_id):
                    row.failed(message, hint)
                self.panel.count_again()
            case TaskSkipped(task_id=task_id, because=because):
                if row := self.panel.row(task_id):
                    row.skipped(because)
                self.panel.count_again()
            case ResponseChunk(text=text):
                self.answer.show()
                self.answer.append(text)
            case ResponseWithdrawn():
                self.answer.show_text("")
            case RequestFinished():
                self._finish(event)
            case _:
                pass  # not for this message: evictions, for one

    def _announce(self, stage: Stage) -> None:
        sentences = {
            Stage.PLANNING: self.tr("Working out a plan"),
            Stage.SELECTION: self.tr("Choosing models"),
            Stage.EXECUTION: self.tr("Plan at work"),
            Stage.RESPONSE: self.tr("Writing the answer"),
        }
        self.panel.announce(sentences[stage], thinking=stage is not Stage.EXECUTION)
        if stage is Stage.PLANNING:
            self.panel.expect_long()

    def _loading(self, model_id: str, size_bytes: int) -> None:
        rows = [row for row in self.panel.rows if row.model_id == model_id]
        for row in rows:
            row.loading(size_bytes)
        if not rows:
            self.panel.announce(
                self.tr("Loading the language model, {size}").format(size=size_text(size_bytes))
            )

    def _show_result(self, result: TaskResult) -> None:
        self.panel.show_results([result])
        self.panel.count_again()
        self._leave_out_repeated(ended=False)
        self._show_media(result.outputs, original_of(result))

    def _show_media(self, outputs: Sequence[Resource], original: Path | None) -> None:
        for output in outputs:
            if is_media(output) and output.path not in self._shown:
                self._shown.add(output.path)
                view = media_view(output, original)
                if isinstance(view, PictureView):
                    self._pictures.flow.addWidget(view)
                    self._pictures.show()
                else:
                    self._media.addWidget(view)

    def _finish(self, event: RequestFinished) -> None:
        for result in event.results:
            self._show_result(result)
        problem = ProblemView(event.message, event.hint) if event.message else None
        self._end(event.answer, event.exit_code, event.seconds, problem)

    def _leave_out_repeated(self, *, ended: bool) -> None:
        """The task that wrote the answer does not show it once more."""
        for row in self.panel.rows:
            row.leave_out(self.answer.text, ended=ended)

    def ask_about_plan(self, editor: QWidget) -> None:
        """Show the plan to be approved in the place of the one that runs."""
        self.take_plan_question_away()
        self.panel.hide()
        self._question = editor
        self._words.insertWidget(1, editor)

    def take_plan_question_away(self) -> None:
        """The user has decided."""
        if self._question is not None:
            self._words.removeWidget(self._question)
            self._question.hide()
            self._question.deleteLater()
            self._question = None
            self.panel.show()

    def fail(self, problem: ProblemView) -> None:
        """The request could not be begun, or broke off."""
        self._end("", int(ExitCode.TASK_FAILED), None, problem)

    def interrupt(self) -> None:
        """The run ended without a word: it was stopped before it began."""
        if not self._finished:
            self._end("", int(ExitCode.CANCELLED), None, None)

    # ------------------------------------------------------------ from the history

    def show_exchange(self, exchange: ExchangeView) -> None:
        """Show what is kept of an earlier request."""
        self.run_id = exchange.run_id
        self.foot.show_rating(exchange.rating, exchange.note)
        if exchange.plan is not None:
            self.panel.show_plan(exchange.plan)
        for result in exchange.results:
            self._show_result(result)
        if self._panel is not None:
            self._panel.show_kept_logs()  # it happened earlier than this is shown
        self._end(exchange.answer, exchange.exit_code, exchange.seconds, None)
        if exchange.exit_code is None:
            self._say_interrupted()

    # ------------------------------------------------------------ the end

    def _end(
        self, answer: str, exit_code: int | None, seconds: float | None, problem: ProblemView | None
    ) -> None:
        self._finished = True
        if self._panel is not None:
            self._panel.finish()
            self._panel.setVisible(bool(self._panel.rows))
        self.answer.finish()
        if answer.strip() and answer.strip() != self.answer.text.strip():
            self.answer.show_text(answer)
        self.answer.setVisible(bool(self.answer.text.strip()))
        if self._panel is not None:
            self._leave_out_repeated(ended=True)
        if problem is not None:
            lacking = _INSTALLS.search(problem.hint)
            card = ProblemCard(
                problem,
                self.tr("Edit and try again"),
                other=self.tr("Open the models") if lacking else "",
            )
            card.action_wanted.connect(self.edit_wanted)
            if lacking:
                card.other_wanted.connect(partial(self.models_wanted.emit, lacking[1]))
            self._problems.addWidget(card)
        stopped = exit_code == ExitCode.CANCELLED
        note = self.tr("Stopped") if stopped else ""
        if seconds is not None and not stopped and self.answer.text.strip():
            note = duration_text(seconds)
        self.foot.show_for(
            note,
            text=bool(self.answer.text.strip()),
            kept=bool(self.run_id),
            planned=self._panel is not None and bool(self._panel.rows),
        )

    def _say_interrupted(self) -> None:
        """The program was ended, or crashed, while the request was under way."""
        problem = ProblemView(
            self.tr("Interrupted: the program ended while this request was under way."),
            self.tr("What had been made and written by then is kept here."),
        )
        card = ProblemCard(problem, self.tr("Run again"), other=self.tr("Edit and try again"))
        card.action_wanted.connect(self.foot.again_wanted)
        card.other_wanted.connect(self.edit_wanted)
        self._problems.addWidget(card)
        self.foot.show_note(self.tr("Interrupted"))

    def _copy(self) -> None:
        copy_text(self.answer.text)

    def _quote(self) -> None:
        self.quote_wanted.emit(self.answer.text)
