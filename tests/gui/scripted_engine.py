"""An engine for the window's tests: it answers at once and emits the events it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import (
    ConversationView,
    DraftView,
    ExchangeView,
    InstallView,
    ModelView,
    PlanFit,
    ProblemView,
    Proposal,
    RunOptions,
    StarterView,
    StatusView,
    WorkflowView,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, ExitCode, HgptError, InvalidInput
from hgpt_desktop.core.events import Event, RequestFinished, RequestStarted
from hgpt_desktop.core.interfaces import Emit, TaskRunner
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui.main_window import MainWindow

PLAIN = RunOptions()


OpenWindow = Callable[..., MainWindow]
Step = Event | threading.Event | HgptError | Exception
"""Emitted; or waited for (until it is set or the run is cancelled); or raised."""


@dataclass
class ScriptedEngine:
    """Implements `bridge.engine.Engine`. What it was asked is in `calls`."""

    script: list[Step] = field(default_factory=list)
    install_script: list[InstallView | threading.Event | HgptError] = field(default_factory=list)
    kept: dict[str, tuple[ConversationView, tuple[ExchangeView, ...]]] = field(default_factory=dict)
    missing: StarterView | None = None
    after_install: StarterView | None = None
    nothing_wanted: bool = False
    own_fault: ProblemView | None = None
    damage: tuple[str, ...] = ()  # what a check of a model finds
    unfinished: StarterView | None = None  # what `rest` tells; a whole installation ends it
    status_view: StatusView = field(
        default_factory=lambda: StatusView("Qwen2.5 Coder 1.5B", "cpu", 16_000_000_000)
    )
    calls: list[tuple[str, object]] = field(default_factory=list)
    closed: bool = False
    runs: int = 0
    proposal: Proposal | None = None
    fit_of: Callable[[Sequence[str]], PlanFit] = lambda models: PlanFit("cpu", 10**9, 16 * 10**9, 10**9)
    propose_events: list[Event] = field(default_factory=list)
    kept_drafts: dict[str | None, DraftView] = field(default_factory=dict)
    found_in: tuple[str, ...] = ()  # conversations that have whatever is looked for in their messages
    title_script: list[threading.Event] = field(default_factory=list)
    shelf: list[ModelView] = field(default_factory=list)
    kept_workflows: list[WorkflowView] = field(default_factory=list)
    refused_files: dict[str, HgptError] = field(default_factory=dict)
    removed_workflows: list[WorkflowView] = field(default_factory=list)
    preferences_view: Preferences = field(default_factory=Preferences)
    put_away: dict[str, tuple[ConversationView, tuple[ExchangeView, ...]]] = field(default_factory=dict)

    def open(self, runner: TaskRunner) -> ScriptedEngine:
        """The `OpenEngine` for the workbench."""
        self.calls.append(("open", None))
        return self

    def run(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
        options: RunOptions = PLAIN,
    ) -> RequestFinished:
        self.calls.append(("run", (text, tuple(paths), conversation_id)))
        if options != PLAIN:
            self.calls.append(("options", options))
        self.runs += 1
        conversation_id = conversation_id or f"c{len(self.kept) + 1}"
        view = ConversationView(conversation_id, text[:60], datetime.now(UTC).astimezone())
        self.kept.setdefault(conversation_id, (view, ()))
        emit(RequestStarted(text, (), conversation_id, f"run-{self.runs}"))
        finished = RequestFinished("", (), 0.5, int(ExitCode.DONE))
        try:
            for step in self.script:
                if isinstance(step, threading.Event):
                    with cancel.on_cancel(step.set):
                        step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    emit(step)
                    finished = step if isinstance(step, RequestFinished) else finished
                cancel.raise_if_cancelled()
        except Cancelled:
            finished = RequestFinished("", (), 0.5, int(ExitCode.CANCELLED))
            emit(finished)
        return finished

    def warm_up(self, cancel: CancelToken) -> None:
        self.calls.append(("warm_up", None))

    def conversations(self) -> tuple[ConversationView, ...]:
        return tuple(view for view, _ in reversed(self.kept.values()))

    def search(self, text: str) -> tuple[ConversationView, ...]:
        self.calls.append(("search", text))
        return tuple(
            view
            for view in self.conversations()
            if text.lower() in view.title.lower() or view.id in self.found_in
        )

    def conversation(self, conversation_id: str) -> tuple[ExchangeView, ...]:
        return self.kept[conversation_id][1]

    def rename(self, conversation_id: str, title: str) -> None:
        view, exchanges = self.kept[conversation_id]
        self.kept[conversation_id] = (replace(view, title=title), exchanges)

    def pin(self, conversation_id: str, pinned: bool) -> None:
        view, exchanges = self.kept[conversation_id]
        self.kept[conversation_id] = (replace(view, pinned=pinned), exchanges)

    def delete(self, conversation_id: str) -> None:
        self.put_away[conversation_id] = self.kept.pop(conversation_id)

    def bring_back(self, conversation_id: str) -> None:
        self.kept[conversation_id] = self.put_away.pop(conversation_id)

    def show_branch(self, run_id: str) -> None:
        self.calls.append(("branch", run_id))

    def rate(self, run_id: str, rating: int | None, note: str) -> None:
        self.calls.append(("rate", (run_id, rating, note)))

    def drafts(self) -> Mapping[str | None, DraftView]:
        return dict(self.kept_drafts)

    def keep_draft(self, conversation_id: str | None, draft: DraftView) -> None:
        self.kept_drafts[conversation_id] = draft

    def export(self, conversation_id: str, path: Path) -> None:
        path.write_text(conversation_id, encoding="utf-8")

    def import_archive(self, path: Path) -> str:
        self.calls.append(("import", path))
        return next(iter(self.kept))

    # ------------------------------------------------------------ plans

    def propose(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
        options: RunOptions = PLAIN,
    ) -> Proposal:
        self.calls.append(("propose", text))
        for event in self.propose_events:
            emit(event)
        assert self.proposal is not None
        return self.proposal

    def run_again(
        self,
        conversation_id: str,
        run_id: str,
        task_id: int,
        models: Mapping[int, str],
        emit: Emit,
        cancel: CancelToken,
    ) -> RequestFinished:
        self.calls.append(("again", (conversation_id, run_id, task_id, dict(models))))
        return self.run("again", (), conversation_id, emit, cancel)

    def candidates(self, task: str) -> tuple[str, ...]:
        return ("model-a", "model-b")

    def plan_fit(self, model_ids: Sequence[str]) -> PlanFit:
        return self.fit_of(model_ids)

    def make_title(self, conversation_id: str, cancel: CancelToken) -> None:
        self.calls.append(("title", conversation_id))
        for step in self.title_script:
            with cancel.on_cancel(step.set):
                step.wait()
            cancel.raise_if_cancelled()

    def workflows(self) -> tuple[WorkflowView, ...]:
        return tuple(self.kept_workflows)

    def save_workflow(self, name: str, conversation_id: str, run_id: str) -> WorkflowView:
        self.calls.append(("workflow", (name, conversation_id, run_id)))
        view = WorkflowView(name.lower(), name, "Read it", Plan(()), (Kind.IMAGE,))
        self.kept_workflows.append(view)
        return view

    def rename_workflow(self, workflow_id: str, name: str) -> WorkflowView:
        at = next(at for at, one in enumerate(self.kept_workflows) if one.id == workflow_id)
        self.kept_workflows[at] = replace(self.kept_workflows[at], id=name.lower(), name=name)
        return self.kept_workflows[at]

    def remove_workflow(self, workflow_id: str) -> None:
        self.removed_workflows += [one for one in self.kept_workflows if one.id == workflow_id]
        self.kept_workflows = [one for one in self.kept_workflows if one.id != workflow_id]

    def bring_workflow_back(self, workflow_id: str) -> None:
        self.kept_workflows += [one for one in self.removed_workflows if one.id == workflow_id]

    def workflow_plan(self, workflow_id: str, paths: Sequence[Path]) -> tuple[str, Plan, Mapping[int, str]]:
        view = next(one for one in self.kept_workflows if one.id == workflow_id)
        for path in paths:
            if (refused := self.refused_files.get(path.name)) is not None:
                raise refused
        if len(paths) < len(view.kinds):
            raise InvalidInput("One picture is missing.", "Attach it.")
        return view.request, view.plan, {}

    # ------------------------------------------------------------ models

    def models(self) -> tuple[ModelView, ...]:
        return tuple(self.shelf)

    def catalogue_fault(self) -> ProblemView | None:
        return self.own_fault

    def install_model(
        self, model_id: str, on_progress: Callable[[InstallView], None], cancel: CancelToken
    ) -> None:
        self.calls.append(("install_model", model_id))
        for step in self.install_script:
            if isinstance(step, threading.Event):
                with cancel.on_cancel(step.set):
                    step.wait()
            elif isinstance(step, HgptError):
                raise step
            else:
                on_progress(step)
            cancel.raise_if_cancelled()
        self.shelf = [replace(one, installed=True) if one.id == model_id else one for one in self.shelf]

    def verify_model(
        self, model_id: str, on_progress: Callable[[InstallView], None], cancel: CancelToken
    ) -> tuple[str, ...]:
        return self.damage

    def remove_model(self, model_id: str) -> int:
        self.shelf = [replace(one, installed=False) if one.id == model_id else one for one in self.shelf]
        self.calls.append(("remove_model", model_id))
        return next(one.size_bytes for one in self.shelf if one.id == model_id)

    def bring_model_back(self, model_id: str) -> None:
        self.shelf = [replace(one, installed=True) if one.id == model_id else one for one in self.shelf]
        self.calls.append(("bring_model_back", model_id))

    def forget_model(self, model_id: str) -> None:
        self.calls.append(("forget_model", model_id))

    def import_models(
        self, path: Path, on_progress: Callable[[InstallView], None], cancel: CancelToken
    ) -> tuple[str, ...]:
        self.calls.append(("import_models", path))
        return (path.name,)

    def free_memory(self, model_id: str | None = None) -> None:
        left = tuple(one for one in self.status_view.resident if model_id not in (None, one.model_id))
        self.status_view = replace(self.status_view, resident=left)

    def preferences(self) -> Preferences:
        return self.preferences_view

    def keep_preferences(self, preferences: Preferences) -> None:
        self.preferences_view = preferences
        self.calls.append(("preferences", preferences))

    def places(self) -> Mapping[str, str]:
        return {
            name: f"~/.local/share/hgpt-desktop/{name}"
            for name in ("models", "runs", "history", "settings", "logs", "cache")
        }

    def starter(self) -> StarterView | None:
        return self.missing

    def rest(self) -> StarterView | None:
        return None if self.nothing_wanted else self.missing or self.unfinished

    def drop_rest(self) -> None:
        self.nothing_wanted = True
        self.calls.append(("drop_rest", None))

    def install_set(self, name: str, on_progress: Callable[[InstallView], None], cancel: CancelToken) -> None:
        self.calls.append(("install", name))
        for step in self.install_script:
            if isinstance(step, threading.Event):
                with cancel.on_cancel(step.set):
                    step.wait()
            elif isinstance(step, HgptError):
                raise step
            else:
                on_progress(step)
            cancel.raise_if_cancelled()
        self.missing, self.unfinished = self.after_install, None

    def status(self) -> StatusView:
        return self.status_view

    def keep_theme(self, theme: str) -> None:
        self.preferences_view = replace(self.preferences_view, theme=theme)
        self.calls.append(("theme", theme))

    def close(self) -> None:
        self.closed = True
