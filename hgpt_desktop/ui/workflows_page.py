"""Kept plans: run them on other files, one or a hundred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ProblemView, RunOptions, WorkflowView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import ExitCode
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui.basics import IconLabel, button, label
from hgpt_desktop.ui.dialogs import FilesToAttach
from hgpt_desktop.ui.formats import duration_text
from hgpt_desktop.ui.pages import ScrolledPage, card
from hgpt_desktop.ui.request_queue import Waiting
from hgpt_desktop.ui.task_names import plain_name


class WorkflowsPage(ScrolledPage):
    """A card for each kept plan, and a summary of the batch that runs or ran last."""

    requests_ready = Signal(object)  # list of Waiting, for a conversation of their own
    said = Signal(str)
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(
            self.tr("Workflows"),
            self.tr("Plans that you kept. Run one on other files: on one, or on hundreds in one go."),
        )
        self._workbench = workbench
        self._last_folder = ""
        self._expected = 0
        self._endings: list[RequestFinished | None] = []
        self._summary_box, inside = card()
        self._summary = label("", wrap=True)
        inside.addWidget(self._summary)
        self._summary_box.hide()
        self.body.addWidget(self._summary_box)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self.body.addLayout(self._cards)
        self._nothing = self._make_nothing()
        self.body.addWidget(self._nothing)
        self.body.addStretch(1)

    def _make_nothing(self) -> QWidget:
        box, inside = card()
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(IconLabel("workflow", "accent", 32))
        words = label(
            self.tr("Nothing is kept yet. Below an answer whose plan you liked, choose “Save as workflow”."),
            "muted",
            wrap=True,
        )
        row.addWidget(words, 1)
        inside.addLayout(row)
        return box

    @property
    def summary(self) -> str:
        """What became of the batch."""
        return self._summary.text()

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
        inside.addWidget(label(workflow.name, scale=1.1, bold=True, wrap=True))
        tasks = " → ".join(plain_name(task.task) for task in workflow.plan.tasks)
        inside.addWidget(label(tasks, "muted", wrap=True))
        if workflow.kinds:
            inside.addWidget(
                label(self.tr("Wants: {files}").format(files=self._wanted(workflow.kinds)), "muted")
            )
        run = button(self.tr("Run on files…") if workflow.kinds else self.tr("Run"), "primary", "play")
        run.clicked.connect(lambda: self._choose(workflow))
        remove = button(self.tr("Remove"), "", "delete")
        remove.clicked.connect(lambda: self._remove(workflow))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(run)
        line.addWidget(remove)
        line.addStretch(1)
        inside.addLayout(line)
        return box

    def _wanted(self, kinds: Sequence[Kind]) -> str:
        names = {
            Kind.TEXT: self.tr("text"),
            Kind.IMAGE: self.tr("picture"),
            Kind.AUDIO: self.tr("recording"),
            Kind.VIDEO: self.tr("video"),
            Kind.DOCUMENT: self.tr("document"),
            Kind.TABLE: self.tr("table"),
        }
        return ", ".join(
            names[kind] if count == 1 else f"{count} × {names[kind]}"
            for kind, count in Counter(kinds).items()
        )

    def _choose(self, workflow: WorkflowView) -> None:
        if not workflow.kinds:
            self.run_on(workflow, [])
        elif files := FilesToAttach.ask(self, self._last_folder):
            self._last_folder = str(files[0].parent)
            self.run_on(workflow, files)

    def run_on(self, workflow: WorkflowView, files: Sequence[Path]) -> None:
        """Run it on these files; with more files than it wants it runs once for each group of them."""
        size = max(len(workflow.kinds), 1)
        groups = [tuple(files[at : at + size]) for at in range(0, max(len(files), 1), size)]
        if len(groups) > 1 and len(groups[-1]) < size:
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("{name} takes {count} files at a time.").format(name=workflow.name, count=size),
                    self.tr("Choose a multiple of that."),
                )
            )
            return
        requests: list[Waiting] = []
        left = len(groups)
        self._expected, self._endings = 0, []

        def make(group: tuple[Path, ...]) -> None:
            def ready(answer: tuple[str, object, object]) -> None:
                nonlocal left
                left -= 1
                text, plan, models = answer
                name = f"{text} ({', '.join(path.name for path in group)})" if len(groups) > 1 else text
                options = RunOptions(plan=plan, models=models)  # type: ignore[arg-type]
                requests.append(Waiting(name, group, None, None, options))
                finish()

            def failed(problem: ProblemView) -> None:
                nonlocal left
                left -= 1
                self._endings.append(None)
                self.problem_arrived.emit(problem)
                finish()

            self._workbench.ask(
                "history", self, lambda engine: engine.workflow_plan(workflow.id, group), ready, failed
            )

        def finish() -> None:
            if left == 0 and requests:
                self._expected = len(groups)
                self._show_summary()
                self.requests_ready.emit(requests)

        for group in groups:
            make(group)

    def count_ended(self, ended: RequestFinished | None) -> None:
        """One request of the batch is over."""
        if len(self._endings) < self._expected:
            self._endings.append(ended)
            self._show_summary()

    def _show_summary(self) -> None:
        done = sum(one is not None and one.exit_code == ExitCode.DONE for one in self._endings)
        failed = len(self._endings) - done
        seconds = sum(one.seconds for one in self._endings if one is not None)
        text = self.tr("{done} of {all} done").format(done=done, all=self._expected)
        if failed:
            text += ", " + self.tr("{failed} failed or stopped").format(failed=failed)
        if len(self._endings) == self._expected:
            text += ". " + self.tr("It took {time}.").format(time=duration_text(seconds))
            if self._expected > 1:
                self.said.emit(text)
        else:
            text += "…"
        self._summary.setText(text)
        self._summary_box.setVisible(self._expected > 1)

    def _remove(self, workflow: WorkflowView) -> None:
        self._workbench.ask(
            "history",
            self,
            lambda engine: engine.remove_workflow(workflow.id),
            lambda _: self.refresh(),
        )
