"""What is written and not sent, by conversation: kept as one writes, and shown again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from hgpt_desktop.bridge.views import DraftView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.composer import Composer
from hgpt_desktop.ui.request_queue import Waiting

_DRAFT_MS = 600


class Drafts(QObject):
    """Stands between the composer and the history.

    Args:
        shown: gives the conversation to which belongs what is written; None stands for a new one.
    """

    put_aside = Signal(object)  # DraftView that had to make room

    def __init__(self, workbench: Workbench, composer: Composer, shown: Callable[[], str | None]) -> None:
        super().__init__(composer)
        self._workbench, self._composer, self._shown = workbench, composer, shown
        self._kept: dict[str | None, DraftView] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DRAFT_MS)
        self._timer.timeout.connect(self.keep)
        composer.changed.connect(self._timer.start)

    def take(self, drafts: Mapping[str | None, DraftView]) -> None:
        """What was written before the program was closed; what is written now stays."""
        self._kept = dict(drafts)
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
        conversation_id = self._shown()
        draft = self._composer.draft  # of an earlier request that is being edited too: nothing is lost
        if self._kept.get(conversation_id, DraftView()) != draft:
            self._put(conversation_id, draft)

    def keep_with(self, waiting: Sequence[Waiting]) -> None:
        """Keep what is written, after what waits to be sent: it stands in the composer at the next start."""
        self.keep()
        unsent = [one for one in waiting if one.options.plan is None]
        for conversation_id in dict.fromkeys(one.conversation_id for one in unsent):
            ours = [one for one in unsent if one.conversation_id == conversation_id]
            written = self._kept.get(conversation_id, DraftView())
            texts = (*(one.text for one in ours), written.text)
            paths = (*(path for one in ours for path in one.paths), *written.paths)
            draft = DraftView("\n\n".join(filter(str.strip, texts)), tuple(dict.fromkeys(paths)))
            self._put(conversation_id, draft)

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
        self._workbench.ask("history", self, lambda engine: engine.keep_draft(conversation_id, draft))
