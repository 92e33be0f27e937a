"""The real engine's requests, plans and workflows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.bridge.plans import run_again
from hgpt_desktop.bridge.titles import title_of
from hgpt_desktop.bridge.views import (
    CandidateView,
    PlanFit,
    PlanKit,
    Proposal,
    ResidentView,
    RunOptions,
    WorkflowView,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ExitCode, InvalidInput
from hgpt_desktop.core.events import Event, RequestFinished
from hgpt_desktop.core.interfaces import Emit
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import FileRef, Plan, Task
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import A_FILE, Resource

if TYPE_CHECKING:
    from hgpt_desktop.history.values import StoredRun
    from hgpt_desktop.history.workflows import Workflow, WorkflowStore
    from hgpt_desktop.wiring import Application

PLAIN = RunOptions()


class RequestCalls:
    """`seam.Requests` on the session and the history."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._removed: dict[str, Workflow] = {}

    # ------------------------------------------------------------ requests

    def run(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
        options: RunOptions = PLAIN,
    ) -> RequestFinished:
        """The four stages on one request."""
        application = self._application
        branch = (
            application.history.branching(conversation_id, options.beside)
            if conversation_id and options.beside
            else nullcontext()
        )
        with branch:
            return application.run(self._request(text, paths, conversation_id, options), emit, cancel)

    def propose(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
        options: RunOptions = PLAIN,
    ) -> Proposal:
        """The first stage only: a plan for the user to look at."""
        application = self._application
        if conversation_id and options.beside:
            # Only a look at what came before: nothing is sent, so the branch that is shown stays.
            with application.history.branching(conversation_id, options.beside):
                request = self._request(text, paths, conversation_id, options)
        else:
            request = self._request(text, paths, conversation_id, options)
        plan, _ = application.session.plan(request, emit, cancel)
        return Proposal(plan, request.resources, self._kit())

    def run_again(
        self,
        conversation_id: str,
        run_id: str,
        task_id: int,
        models: Mapping[int, str],
        emit: Emit,
        cancel: CancelToken,
    ) -> RequestFinished:
        """A task of an earlier run and all after it, on what was made before it, in a branch of its own."""
        stored = self._stored(conversation_id, run_id)
        if stored.plan is None:
            raise InvalidInput("This request has no plan.", "Send the request again instead.")
        again = run_again(stored.plan, stored.results, task_id, self._application.vocabulary)
        options = RunOptions(beside=run_id, plan=again.plan, models=models)
        return self.run(stored.request, again.files, conversation_id, emit, cancel, options)

    def candidates(self, task: str) -> tuple[str, ...]:
        """Ids of the installed models for a task type, the best first."""
        return tuple(card.id for card in self._application.catalogue.candidates(task))

    def plan_fit(self, model_ids: Sequence[str]) -> PlanFit:
        """Whether a plan whose tasks are done by these models fits, and what it would take."""
        application = self._application
        fit = application.fit_plan(map(application.catalogue.card, model_ids))
        return PlanFit(
            application.device, fit.needed_bytes, fit.available_bytes, fit.together_bytes, fit.model
        )

    def make_title(self, conversation_id: str, cancel: CancelToken) -> None:
        """Let the LLM name a conversation that still bears the first words of its request."""
        application = self._application
        kept = application.history.conversation(conversation_id)
        if not kept.runs or not kept.runs[0].request.startswith(kept.title.removesuffix("…")):
            return

        def unseen(event: Event) -> None:
            """Loading shows in the status line anyway."""

        first = kept.runs[0]
        made = "\n".join(output.text or "" for result in first.results for output in result.outputs)
        with application.session.llm(unseen, cancel):
            answer = first.answer if first.exit_code == ExitCode.DONE else ""  # not of what went wrong
            title = title_of(application.chat, first.request, answer, made, cancel)
        if title:
            application.history.rename(conversation_id, title)

    def _request(
        self, text: str, paths: Sequence[Path], conversation_id: str | None, options: RunOptions
    ) -> Request:
        request = self._application.request(text, paths, conversation_id=conversation_id)
        if options.plan is None:
            return request
        return replace(request, plan=_named(options.plan, request.resources), models=options.models)

    def _kit(self) -> PlanKit:
        application = self._application
        timings = application.history.timings()
        return PlanKit(
            vocabulary=application.vocabulary,
            candidates={
                name: tuple(
                    self._candidate(card, timings.get((name, card.id)))
                    for card in application.catalogue.candidates(name)
                )
                for name in application.vocabulary.names
            },
            capacity_bytes=application.capacity_bytes(),
            resident=tuple(
                ResidentView(one.name, one.bytes, one.model_id, one.leased, one.device)
                for one in application.memory.resident()
            ),
        )

    def _candidate(self, card: ModelCard, seconds: float | None) -> CandidateView:
        application = self._application
        cost = application.footprints.footprint(card, application.device_for(card))
        return CandidateView(card.id, card.name, cost.running_bytes, seconds, cost.peak_bytes)

    def _stored(self, conversation_id: str, run_id: str) -> StoredRun:
        runs = self._application.history.conversation(conversation_id, whole=True).runs
        stored = next((run for run in runs if run.id == run_id), None)
        if stored is None:
            raise InvalidInput("This request is no longer in the history.", "Open the conversation again.")
        return stored

    # ------------------------------------------------------------ workflows

    def _workflow_store(self) -> WorkflowStore:
        from hgpt_desktop.history.workflows import WorkflowStore

        return WorkflowStore(self._application.folders.data / "workflows")

    def workflows(self) -> tuple[WorkflowView, ...]:
        """Kept plans, by name."""
        return tuple(map(_workflow_view, self._workflow_store().all()))

    def save_workflow(self, name: str, conversation_id: str, run_id: str) -> WorkflowView:
        """Keep the plan of a run, to run it on other files."""
        from hgpt_desktop.history.workflows import slots_of

        stored = self._stored(conversation_id, run_id)
        if stored.plan is None:
            raise InvalidInput("This request has no plan.", "Save a request that was planned.")
        given = [
            value
            for result in stored.results
            for values in result.inputs.values()
            for value in values
            if isinstance(value, Resource)
        ]
        slots = slots_of(stored.plan, [*given, *stored.files])
        chosen = [(one.task.id, one.model_id) for one in stored.results if one.model_id]
        return _workflow_view(self._workflow_store().save(name, stored.request, stored.plan, slots, chosen))

    def rename_workflow(self, workflow_id: str, name: str) -> WorkflowView:
        """Give a kept plan another name."""
        return _workflow_view(self._workflow_store().rename(workflow_id, name))

    def remove_workflow(self, workflow_id: str) -> None:
        """Forget a kept plan; `bring_workflow_back` takes it back until the program ends."""
        store = self._workflow_store()
        self._removed[workflow_id] = store.one(workflow_id)
        store.remove(workflow_id)

    def bring_workflow_back(self, workflow_id: str) -> None:
        """Take `remove_workflow` back."""
        gone = self._removed.pop(workflow_id)
        self._workflow_store().save(gone.name, gone.request, gone.plan, gone.slots, gone.models)

    def workflow_plan(self, workflow_id: str, paths: Sequence[Path]) -> tuple[str, Plan, Mapping[int, str]]:
        """The request, the plan on these files (by path), and the models chosen.

        Raises:
            InvalidInput: a file is not of the kind that the workflow wants, or one is missing.
        """
        workflow = self._workflow_store().one(workflow_id)
        left = list(self._application.request(workflow.request, paths).files)
        places: dict[str, str] = {}
        for slot in workflow.slots:
            file = next((one for one in left if one.kind is slot.kind), None)
            if file is None and left:
                wanted, given = A_FILE[slot.kind], A_FILE[left[0].kind]
                raise InvalidInput(
                    f"“{workflow.name}” wants {wanted}, but {left[0].name} is {given}.",
                    "Choose a file of the kind that it wants.",
                )
            if file is None:
                raise InvalidInput(
                    f"“{workflow.name}” wants {A_FILE[slot.kind]}, and there is no file for it.",
                    "Choose one file for each that the plan uses.",
                )
            left.remove(file)
            places[slot.name] = str(file.path)
        return workflow.request, _renamed(workflow.plan, places), dict(workflow.models)


def _named(plan: Plan, resources: Sequence[Resource]) -> Plan:
    """The plan with files by the names that they have in this request."""
    return _renamed(plan, {str(one.path): one.name for one in resources})


def _renamed(plan: Plan, names: Mapping[str, str]) -> Plan:
    def renamed(task: Task) -> Task:
        args = {
            name: tuple(
                FileRef(names.get(value.name, value.name)) if isinstance(value, FileRef) else value
                for value in values
            )
            for name, values in task.args.items()
        }
        return replace(task, args=args)

    return replace(plan, tasks=tuple(map(renamed, plan.tasks)))


def _workflow_view(workflow: Workflow) -> WorkflowView:
    return WorkflowView(
        workflow.id,
        workflow.name,
        workflow.request,
        workflow.plan,
        tuple(slot.kind for slot in workflow.slots),
    )
