"""What is written or waits to be sent, by conversation: kept as it happens, and shown again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from hgpt_desktop.bridge.views import DraftView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.composer import Composer

_DRAFT_MS = 600


Unsent = Sequence[tuple[str | None, DraftView]]
"""Requests that are in no history yet, with their conversations."""


class Drafts(QObject):
    """Stands between the composer and the history.

    On disk a draft begins with the requests that wait: were the program to end now, nothing would be lost.

    Args:
        shown: gives the conversation to which belongs what is written; None stands for a new one.
        unsent: gives the requests that wait; tell `write` when they change.
    """

    put_aside = Signal(object)  # DraftView that had to make room

    def __init__(
        self,
        workbench: Workbench,
        composer: Composer,
        shown: Callable[[], str | None],
        unsent: Callable[[], Unsent],
    ) -> None:
        super().__init__(composer)
        self._workbench, self._composer, self._shown, self._unsent = workbench, composer, shown, unsent
        self._kept: dict[str | None, DraftView] = {}
        self._on_disk: dict[str | None, DraftView] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DRAFT_MS)
        self._timer.timeout.connect(self.keep)
        composer.changed.connect(self._timer.start)

    def take(self, drafts: Mapping[str | None, DraftView]) -> None:
        """What was written before the program was closed; what is written now stays."""
        written = {where: draft for where, draft in self._kept.items() if draft != DraftView()}
        self._kept = {**drafts, **written}
        self._on_disk = {**drafts, **self._on_disk}  # they were read before anything was kept
        if not self._composer.draft.text.strip() and not self._composer.paths:
            self.show()

    def show(self) -> None:
        """Put in the composer what was written for the conversation that is shown."""
        draft = self._kept.get(self._shown(), DraftView())
        if draft != self._composer.draft:
            self._composer.set_draft(draft.text, [path for path in draft.paths if os.path.exists(path)])

    def keep(self) -> None:
        """Keep what is written for the conversation that is shown."""
        self._timer.stop()
        # Of an earlier request that is being edited too: nothing is lost.
        self._put(self._shown(), self._composer.draft)

    def follow(self) -> None:
        """The new conversation got its id: what is written goes with it."""
        self._kept.pop(None, None)
        self.keep()

    def write(self) -> None:
        """Bring what is on disk up to date."""
        if not self._workbench.is_open:
            return
        unsent = self._unsent()
        for conversation_id in {*self._kept, *self._on_disk, *(where for where, _ in unsent)}:
            written = self._kept.get(conversation_id, DraftView())
            parts = (*(one for where, one in unsent if where == conversation_id), written)
            text = (
                "\n\n".join(one.text for one in parts if one.text.strip()) if len(parts) > 1 else written.text
            )
            draft = DraftView(text, tuple(dict.fromkeys(path for one in parts for path in one.paths)))
            if draft != self._on_disk.get(conversation_id, DraftView()):
                self._on_disk[conversation_id] = draft
                self._keep_on_disk(conversation_id, draft)

    def _keep_on_disk(self, conversation_id: str | None, draft: DraftView) -> None:
        self._workbench.ask("history", self, lambda engine: engine.keep_draft(conversation_id, draft))

    def give_back(self, conversation_id: str | None, draft: DraftView) -> None:
        """A request that could not begin is in no history: it is a draft again, if there is none."""
        if conversation_id == self._shown():
            if not self._composer.draft.text.strip() and not self._composer.paths:
                there = [path for path in draft.paths if os.path.exists(path)]
                self._composer.set_draft(draft.text, there, quiet=True)
        elif not self._kept.get(conversation_id, DraftView()).text.strip():
            self._put(conversation_id, draft)

    def make_room(self, fill: Callable[[], None]) -> None:
        """Let something else be put in the composer; what was written there can be had back."""
        written, beside = self._composer.draft, self._composer.beside
        fill()
        if written.text.strip() and beside is None and written != self._composer.draft:
            self.put_aside.emit(written)

    def _put(self, conversation_id: str | None, draft: DraftView) -> None:
        self._kept[conversation_id] = draft
        self.write()
