"""What the sidebar asks for: conversations are searched, pinned, deleted, exported and imported."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hgpt_desktop.bridge.seam import Engine
from hgpt_desktop.bridge.views import ConversationView, ProblemView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.chat_page import ChatPage
from hgpt_desktop.ui.dialogs import ArchiveToImport, FolderToExport, PlaceToExport, file_stem
from hgpt_desktop.ui.sidebar import Sidebar


class LibraryDesk(QObject):
    """Stands between the sidebar, the conversation that is shown, and the workbench."""

    titles_changed = Signal()
    conversation_wanted = Signal(str)  # show this one
    new_wanted = Signal()  # the one that was shown is gone
    said = Signal(str)
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, workbench: Workbench, sidebar: Sidebar, chat: ChatPage, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._workbench, self._sidebar, self._chat = workbench, sidebar, chat
        self._titles: dict[str, str] = {}
        self._deleted: list[str] = []
        self._said_deleted = ""
        workbench.conversations_changed.connect(self._on_conversations)
        workbench.searched.connect(self._on_searched)
        sidebar.rename_wanted.connect(workbench.rename)
        sidebar.pin_wanted.connect(self._pin)
        sidebar.export_wanted.connect(self._export)
        sidebar.export_all_wanted.connect(self._export_all)
        sidebar.import_wanted.connect(self.choose_archive)
        sidebar.delete_wanted.connect(self._delete)
        sidebar.search_wanted.connect(workbench.search)
        sidebar.search_ended.connect(workbench.refresh_conversations)

    @property
    def titles(self) -> Mapping[str, str]:
        """All conversations' titles by id, the latest first."""
        return self._titles

    def title_of(self, conversation_id: str | None) -> str:
        """Its title; empty where it has none yet."""
        return self._titles.get(conversation_id, "") if conversation_id else ""

    def _on_conversations(self, found: tuple[ConversationView, ...]) -> None:
        self._titles = {one.id: one.title for one in found}
        if sought := self._sidebar.sought:
            self._workbench.search(sought)
        else:
            self._sidebar.show_conversations(found)
        self.titles_changed.emit()

    def _on_searched(self, text: str, found: tuple[ConversationView, ...]) -> None:
        if text == self._sidebar.sought:
            self._sidebar.show_found(found)

    def _for_each(self, conversation_ids: Sequence[str], do: Callable[[Engine, str], None]) -> None:
        """Do it with each, then show the list anew."""

        def do_all(engine: Engine) -> None:
            for conversation_id in conversation_ids:
                do(engine, conversation_id)

        self._workbench.ask("history", self, do_all, anyway=self._workbench.refresh_conversations)

    def _pin(self, conversation_ids: Sequence[str], pinned: bool) -> None:
        self._for_each(conversation_ids, lambda engine, one: engine.pin(one, pinned))

    # ------------------------------------------------------------ deleting

    def _delete(self, conversation_ids: Sequence[str]) -> None:
        ids = [one for one in conversation_ids if one != self._chat.busy_with]
        if len(ids) < len(conversation_ids):
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("This conversation has a request under way."),
                    self.tr("Stop it, or wait until it has ended; then delete the conversation."),
                )
            )
        if not ids:
            return
        self._for_each(ids, lambda engine, one: engine.delete(one))
        if self._chat.page.conversation_id in ids:
            self.new_wanted.emit()
        toast = self._chat.toast
        if not (toast.isVisible() and toast.text == self._said_deleted):
            self._deleted = []
        self._deleted += ids
        gone = tuple(self._deleted)  # several in a row are brought back together
        self._said_deleted = (
            self.tr("“{title}” is deleted.").format(title=self.title_of(gone[0]))
            if len(gone) == 1
            else self.tr("{count} conversations are deleted.").format(count=len(gone))
        )
        toast.say(self._said_deleted, self.tr("Undo"), lambda: self._bring_back(gone))

    def _bring_back(self, conversation_ids: Sequence[str]) -> None:
        self._for_each(conversation_ids, lambda engine, one: engine.bring_back(one))

    # ------------------------------------------------------------ files

    def export_shown(self) -> None:
        """Write the conversation that is shown to a file."""
        if (conversation_id := self._chat.page.conversation_id) is not None:
            self._export(conversation_id)

    def _export_all(self, conversation_ids: Sequence[str], ending: str) -> None:
        folder = FolderToExport.ask(self._window)
        if folder is None:
            return
        stems = {one: file_stem(self.title_of(one)) for one in conversation_ids}

        def export(engine: Engine) -> None:
            for one, stem in stems.items():
                numbers = itertools.chain([""], (f" {number}" for number in itertools.count(2)))
                places = (folder / f"{stem}{number}{ending}" for number in numbers)
                engine.export(one, next(place for place in places if not os.path.lexists(place)))

        self._workbench.ask(
            "history",
            self,
            export,
            lambda _: self.said.emit(
                self.tr("{count} conversations are exported to {place}.").format(
                    count=len(stems), place=folder
                )
            ),
        )

    def _export(self, conversation_id: str) -> None:
        if (place := PlaceToExport.ask(self._window, self.title_of(conversation_id))) is not None:
            self._workbench.ask(
                "history",
                self,
                lambda engine: engine.export(conversation_id, place),
                lambda _: self.said.emit(self.tr("Exported to {place}.").format(place=place)),
            )

    def choose_archive(self) -> None:
        """Ask for an exported conversation, and take it in."""
        if (place := ArchiveToImport.ask(self._window)) is not None:
            self.import_archive(place)

    def import_archive(self, place: Path) -> None:
        """Take in an exported conversation, and show it."""

        def show(conversation_id: str) -> None:
            self._workbench.refresh_conversations()
            self.conversation_wanted.emit(conversation_id)

        self._workbench.ask("history", self, lambda engine: engine.import_archive(place), show)
