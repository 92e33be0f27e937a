"""The real engine's conversations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.bridge.views import ConversationView, DraftView, ExchangeView

if TYPE_CHECKING:
    from hgpt_desktop.history.values import ConversationSummary
    from hgpt_desktop.wiring import Application


class LibraryCalls:
    """`seam.Library` on the history."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def conversations(self) -> tuple[ConversationView, ...]:
        """All of them, the latest first."""
        return tuple(map(_view, self._application.history.conversations()))

    def search(self, text: str) -> tuple[ConversationView, ...]:
        """Those that contain the text, the best match first."""
        return tuple(map(_view, self._application.history.search(text)))

    def conversation(self, conversation_id: str) -> tuple[ExchangeView, ...]:
        """What was asked and answered in the branch that is shown, oldest first."""
        return tuple(
            ExchangeView(
                run.request,
                run.files,
                run.plan,
                run.results,
                run.answer,
                run.exit_code,
                run.seconds,
                run.id,
                run.siblings,
                run.rating,
                run.note,
            )
            for run in self._application.history.conversation(conversation_id).runs
        )

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""
        self._application.history.rename(conversation_id, title)

    def pin(self, conversation_id: str, pinned: bool) -> None:
        """Let it stand above the others."""
        self._application.history.pin(conversation_id, pinned)

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation; `bring_back` takes it back until the program ends."""
        self._application.history.put_away(conversation_id)

    def bring_back(self, conversation_id: str) -> None:
        """Take `delete` back."""
        self._application.history.bring_back(conversation_id)

    def show_branch(self, run_id: str) -> None:
        """Show the branch with this run."""
        self._application.history.show_branch(run_id)

    def rate(self, run_id: str, rating: int | None, note: str) -> None:
        """Keep what the user thinks of an answer, on this machine."""
        self._application.history.rate(run_id, rating, note)

    def drafts(self) -> Mapping[str | None, DraftView]:
        """What is written and not sent, by conversation; None stands for a new one."""
        kept = self._application.history.drafts()
        return {conversation: DraftView(draft.text, draft.paths) for conversation, draft in kept.items()}

    def keep_draft(self, conversation_id: str | None, draft: DraftView) -> None:
        """Keep what is written."""
        from hgpt_desktop.history.values import Draft

        self._application.history.keep_draft(conversation_id, Draft(draft.text, draft.paths))

    def export(self, conversation_id: str, path: Path) -> None:
        """Write a conversation to a file; its ending decides on the form."""
        self._application.history.export(conversation_id, path)

    def import_archive(self, path: Path) -> str:
        """Take in an exported conversation; its new id."""
        return self._application.history.import_archive(path)


def _view(summary: ConversationSummary) -> ConversationView:
    return ConversationView(summary.id, summary.title, summary.updated_at, summary.pinned, summary.preview)
