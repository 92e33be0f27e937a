"""Kept plans: run them on other files, one or a hundred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.bridge.seam import Engine
from hgpt_desktop.bridge.views import ProblemView, RunOptions, WorkflowView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui.basics import FlowBox, IconButton, IconLabel, button, label
from hgpt_desktop.ui.batch import Batch, Outcome, outcome_of
from hgpt_desktop.ui.batch_card import BatchCard
from hgpt_desktop.ui.dialogs import FilesToAttach, NewWorkflowName, PlaceToSave
from hgpt_desktop.ui.files import ICONS
from hgpt_desktop.ui.pages import ScrolledPage, card
from hgpt_desktop.ui.request_queue import RunEnding, Waiting
from hgpt_desktop.ui.task_names import plain_name

Made = tuple[str, Plan, Mapping[int, str]]


class WorkflowsPage(ScrolledPage):
    """A card for each kept plan, and a summary of the batch that runs or ran last."""

    requests_ready = Signal(object)  # list of Waiting, for a conversation of their own
    stop_wanted = Signal(str)  # the batch
    conversation_wanted = Signal(str)
    new_wanted = Signal()
    said = Signal(str)
    undo_offered = Signal(str, str, object)  # what happened, what can be done, how
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(
            self.tr("Workflows"),
            self.tr("Plans that you kept. Run one on other files: on one, or on hundreds in one go."),
        )
        self._workbench = workbench
        self._last_folder = ""
        self._batch: Batch | None = None
        self._numbers = count(1)
        self.batch_card = BatchCard()
        self.batch_card.stop_wanted.connect(self._stop)
        self.batch_card.conversation_wanted.connect(self._show_answers)
        self.batch_card.table_wanted.connect(self._save_table)
        self.body.addWidget(self.batch_card)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self.body.addLayout(self._cards)
        self._nothing = self._make_nothing()
        self.body.addWidget(self._nothing)
        self.body.addStretch(1)

    def _make_nothing(self) -> QWidget:
        box, inside = card()
        inside.setContentsMargins(24, 40, 24, 40)
        heading = label(self.tr("Nothing is kept yet"), scale=1.15, bold=True)
        words = label(
            self.tr("Ask for something. Below an answer whose plan you liked, choose “Save as workflow”."),
            "muted",
        )
        self.ask_button = button(self.tr("Ask for something"), "", "plus")
        self.ask_button.clicked.connect(self.new_wanted)
        for widget in (IconLabel("workflow", "accent", 40), heading, words, self.ask_button):
            inside.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        return box

    @property
    def summary(self) -> str:
        """What became of the batch."""
        return self.batch_card.summary

    @property
    def running(self) -> bool:
        """Whether a batch is under way."""
        return self._batch is not None and not self._batch.is_over

    def refresh(self) -> None:
        """Read them anew."""
        self._workbench.ask("history", self, lambda engine: engine.workflows(), self._on_workflows)

    def _on_workflows(self, workflows: tuple[WorkflowView, ...]) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for workflow in workflows:
            self._cards.addWidget(self._card(workflow))
        self._nothing.setVisible(not workflows)

    def _card(self, workflow: WorkflowView) -> QWidget:
        box, inside = card()
        box.setAccessibleName(workflow.name)
        run = button(self.tr("Run on files…") if workflow.kinds else self.tr("Run"), "primary", "play")
        run.clicked.connect(lambda: self._choose(workflow))
        rename = IconButton("edit", self.tr("Rename…"))
        rename.clicked.connect(lambda: self._rename(workflow))
        remove = button(self.tr("Remove"), "", "delete")
        remove.clicked.connect(lambda: self._remove(workflow))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(workflow.name, scale=1.1, bold=True, wrap=True), 1)
        head.addWidget(rename)
        head.addWidget(run)
        head.addWidget(remove)
        inside.addLayout(head)
        steps = FlowBox(6)
        for kind, number in Counter(workflow.kinds).items():
            name = self._kind_name(kind)
            steps.flow.addWidget(self._chip(name if number == 1 else f"{number} × {name}", ICONS[kind]))
        for place, task in enumerate(workflow.plan.tasks, start=1):
            steps.flow.addWidget(self._chip(f"{place}. {plain_name(task.task)}"))
        inside.addWidget(steps)
        return box

    def _chip(self, words: str, icon: str = "") -> QFrame:
        """A file that it wants, with an icon, or something that it does."""
        chip = QFrame()
        chip.setObjectName("chip")
        row = QHBoxLayout(chip)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(6)
        if icon:
            row.addWidget(IconLabel(icon, "accent", 16))
            chip.setToolTip(self.tr("Wants: {files}").format(files=words))
        row.addWidget(label(words, "" if icon else "muted", 0.92))
        return chip

    def _kind_name(self, kind: Kind) -> str:
        return {
            Kind.TEXT: self.tr("text"),
            Kind.IMAGE: self.tr("picture"),
            Kind.AUDIO: self.tr("recording"),
            Kind.VIDEO: self.tr("video"),
            Kind.DOCUMENT: self.tr("document"),
            Kind.TABLE: self.tr("table"),
        }[kind]

    def _choose(self, workflow: WorkflowView) -> None:
        if not workflow.kinds:
            self.run_on(workflow, [])
        elif files := FilesToAttach.ask(self, self._last_folder):
            self._last_folder = str(files[0].parent)
            self.run_on(workflow, files)

    def run_on(self, workflow: WorkflowView, files: Sequence[Path]) -> None:
        """Run it on these files; with more files than it wants it runs once for each group of them."""
        size = max(len(workflow.kinds), 1)
        groups = tuple(tuple(files[at : at + size]) for at in range(0, max(len(files), 1), size))
        if len(groups) > 1 and len(groups[-1]) < size:
            self._refuse(
                self.tr("{name} takes {count} files at a time.").format(name=workflow.name, count=size),
                self.tr("Choose a multiple of that."),
            )
        elif self.running and len(groups) > 1:
            self._refuse(
                self.tr("A batch is under way."), self.tr("Wait until it has ended, or stop it on this page.")
            )
        elif len(groups) == 1:
            self._run_one(workflow, groups[0])
        else:
            self._run_batch(workflow, groups)

    def _refuse(self, message: str, hint: str) -> None:
        self.problem_arrived.emit(ProblemView(message, hint))

    def _run_one(self, workflow: WorkflowView, group: tuple[Path, ...]) -> None:
        def ready(made: Made) -> None:
            text, plan, models = made
            self.requests_ready.emit([Waiting(text, group, None, None, RunOptions(plan=plan, models=models))])

        self._workbench.ask("history", self, lambda engine: engine.workflow_plan(workflow.id, group), ready)

    def _run_batch(self, workflow: WorkflowView, groups: tuple[tuple[Path, ...], ...]) -> None:
        batch = self._batch = Batch(f"batch-{next(self._numbers)}", workflow.name, groups)
        self.batch_card.show_batch(batch)
        requests: list[Waiting] = []

        def prepared(made: list[Made | ProblemView]) -> None:
            for group, one in zip(groups, made, strict=True):
                if isinstance(one, ProblemView):  # this group cannot run; the others can
                    self._add(outcome_of(group, None, one))
                    continue
                text, plan, models = one
                name = f"{text} ({', '.join(path.name for path in group)})"
                options = RunOptions(plan=plan, models=models)
                requests.append(Waiting(name, group, None, None, options, batch.id))
            if requests:
                self.requests_ready.emit(requests)

        def prepare(engine: Engine) -> list[Made | ProblemView]:
            made: list[Made | ProblemView] = []
            for group in groups:
                try:
                    made.append(engine.workflow_plan(workflow.id, group))
                except HgptError as error:
                    made.append(ProblemView.of(error))
            return made

        self._workbench.ask("history", self, prepare, prepared)

    def count_ended(self, ending: RunEnding) -> None:
        """One request of the batch is over."""
        request, batch = ending.request, self._batch
        if request is None or batch is None or request.batch != batch.id:
            return
        batch.conversation_id = ending.conversation_id or batch.conversation_id
        self._add(outcome_of(request.paths, ending.ended, ending.problem))

    def _add(self, outcome: Outcome) -> None:
        assert self._batch is not None
        self._batch.outcomes.append(outcome)
        self.batch_card.show_batch(self._batch)
        if self._batch.is_over:
            self.said.emit(self.batch_card.summary)

    def _stop(self) -> None:
        if self._batch is not None:
            self.stop_wanted.emit(self._batch.id)

    def _show_answers(self) -> None:
        if self._batch is not None and self._batch.conversation_id is not None:
            self.conversation_wanted.emit(self._batch.conversation_id)

    def _save_table(self) -> None:
        if self._batch is None or (place := PlaceToSave.ask(self, f"{self._batch.name}.csv")) is None:
            return
        headings = (
            self.tr("Files"), self.tr("Outcome"), self.tr("Seconds"), self.tr("Why"), self.tr("Made"),
        )  # fmt: skip
        try:
            place.write_text(self._batch.table(headings), encoding="utf-8-sig")  # as spreadsheets want it
        except OSError as error:
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("The table could not be written to {place}.").format(place=place),
                    self.tr("Choose another folder, or make room on the disk."),
                    str(error),
                )
            )
        else:
            self.said.emit(self.tr("Saved as {place}.").format(place=place))

    # ------------------------------------------------------------ renaming and removing

    def _rename(self, workflow: WorkflowView) -> None:
        name = NewWorkflowName.ask(self, workflow.name)
        if name is not None and name != workflow.name:
            self._workbench.ask(
                "history",
                self,
                lambda engine: engine.rename_workflow(workflow.id, name),
                lambda _: self.refresh(),
            )

    def _remove(self, workflow: WorkflowView) -> None:
        def removed(_: None) -> None:
            self.refresh()
            self.undo_offered.emit(
                self.tr("“{name}” is removed.").format(name=workflow.name),
                self.tr("Undo"),
                lambda: self._bring_back(workflow.id),
            )

        self._workbench.ask("history", self, lambda engine: engine.remove_workflow(workflow.id), removed)

    def _bring_back(self, workflow_id: str) -> None:
        self._workbench.ask(
            "history", self, lambda engine: engine.bring_workflow_back(workflow_id), lambda _: self.refresh()
        )
