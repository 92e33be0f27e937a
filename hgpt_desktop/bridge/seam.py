"""What the window asks of the engine. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

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
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.core.interfaces import Emit, TaskRunner
from hgpt_desktop.core.plan import Plan

OnInstall = Callable[[InstallView], None]


class Requests(Protocol):
    """Requests, plans and workflows."""

    def run(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
        options: RunOptions = ...,
    ) -> RequestFinished:
        """The four stages on one request."""

    def propose(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
        options: RunOptions = ...,
    ) -> Proposal:
        """The first stage only: a plan for the user to look at."""

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

    def candidates(self, task: str) -> tuple[str, ...]:
        """Ids of the installed models for a task type, the best first."""

    def plan_fit(self, model_ids: Sequence[str]) -> PlanFit:
        """Whether a plan whose tasks are done by these models fits, and what it would take."""

    def make_title(self, conversation_id: str, cancel: CancelToken) -> None:
        """Let the LLM name a conversation that still bears the first words of its request."""

    def workflows(self) -> tuple[WorkflowView, ...]:
        """Kept plans, by name."""

    def save_workflow(self, name: str, conversation_id: str, run_id: str) -> WorkflowView:
        """Keep the plan of a run, to run it on other files."""

    def rename_workflow(self, workflow_id: str, name: str) -> WorkflowView:
        """Give a kept plan another name."""

    def remove_workflow(self, workflow_id: str) -> None:
        """Forget a kept plan; `bring_workflow_back` takes it back until the program ends."""

    def bring_workflow_back(self, workflow_id: str) -> None:
        """Take `remove_workflow` back."""

    def workflow_plan(self, workflow_id: str, paths: Sequence[Path]) -> tuple[str, Plan, Mapping[int, str]]:
        """The request, the plan on these files (by path), and the models chosen."""


class Library(Protocol):
    """Conversations."""

    def conversations(self) -> tuple[ConversationView, ...]:
        """All of them, the latest first."""

    def search(self, text: str) -> tuple[ConversationView, ...]:
        """Those that contain the text, the best match first."""

    def conversation(self, conversation_id: str) -> tuple[ExchangeView, ...]:
        """What was asked and answered in the branch that is shown, oldest first."""

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""

    def pin(self, conversation_id: str, pinned: bool) -> None:
        """Let it stand above the others."""

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation; `bring_back` takes it back until the program ends."""

    def bring_back(self, conversation_id: str) -> None:
        """Take `delete` back."""

    def show_branch(self, run_id: str) -> None:
        """Show the branch with this run."""

    def rate(self, run_id: str, rating: int | None, note: str) -> None:
        """Keep what the user thinks of an answer, on this machine."""

    def drafts(self) -> Mapping[str | None, DraftView]:
        """What is written and not sent, by conversation; None stands for a new one."""

    def keep_draft(self, conversation_id: str | None, draft: DraftView) -> None:
        """Keep what is written."""

    def export(self, conversation_id: str, path: Path) -> None:
        """Write a conversation to a file; its ending decides on the form."""

    def import_archive(self, path: Path) -> str:
        """Take in an exported conversation; its new id."""


class Shelf(Protocol):
    """Models."""

    def starter(self) -> StarterView | None:
        """What is missing of the starter pack, or None where all of it is installed."""

    def rest(self) -> StarterView | None:
        """What is missing of the set that `install_set` began, or else of the starter pack; or None."""

    def drop_rest(self) -> None:
        """Nothing is to be offered again; what has arrived stays."""

    def install_set(self, name: str, on_progress: OnInstall, cancel: CancelToken) -> None:
        """Fetch what is missing of the starter pack, then of this set; what has arrived stays."""

    def models(self) -> tuple[ModelView, ...]:
        """The whole catalogue."""

    def catalogue_fault(self) -> ProblemView | None:
        """Why the user's own catalogue, or a part of it, is left out; None where all of it counts."""

    def install_model(self, model_id: str, on_progress: OnInstall, cancel: CancelToken) -> None:
        """Fetch one model, or what is damaged of an installed one; what has arrived stays."""

    def verify_model(self, model_id: str, on_progress: OnInstall, cancel: CancelToken) -> tuple[str, ...]:
        """What is wrong with its files, in sentences; nothing where they are well."""

    def remove_model(self, model_id: str) -> int:
        """Put its files aside; bytes of the disk that `forget_model` will free.

        `bring_model_back` takes it back until then, or until the room is needed, or the program ends.
        """

    def bring_model_back(self, model_id: str) -> None:
        """Take `remove_model` back."""

    def forget_model(self, model_id: str) -> None:
        """Delete the files that `remove_model` put aside."""

    def import_models(self, path: Path, on_progress: OnInstall, cancel: CancelToken) -> tuple[str, ...]:
        """Take models from this machine's disk; their ids."""

    def free_memory(self, model_id: str | None = None) -> None:
        """Put a model, or every one, out of memory where it is not at work."""

    def status(self) -> StatusView:
        """The LLM, the device and what is in memory now."""


class Engine(Requests, Library, Shelf, Protocol):
    """The engine as the window sees it.

    Threads: every method is slow and is called from a worker; `run`, `propose`, `run_again`, `make_title`,
    `warm_up` and those that install may be under way together with any other call. Raises (every method):
    `HgptError`.
    """

    def warm_up(self, cancel: CancelToken) -> None:
        """Load the LLM ahead of the first request."""

    def preferences(self) -> Preferences:
        """What the user has set."""

    def keep_preferences(self, preferences: Preferences) -> None:
        """Remember what the user has set; some of it counts from the next start."""

    def keep_theme(self, theme: str) -> None:
        """Remember the theme."""

    def places(self) -> Mapping[str, str]:
        """Where things are stored: `models`, `runs`, `history`, `pasted`, `settings`, `logs`, `cache`."""

    def close(self) -> None:
        """End the hosts."""


OpenEngine = Callable[[TaskRunner], Engine]
