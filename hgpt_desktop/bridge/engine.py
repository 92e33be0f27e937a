"""What the window asks of the engine, and the real engine behind it. No Qt here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hgpt_desktop.bridge.views import (
    ConversationView,
    ExchangeView,
    InstallView,
    ResidentView,
    StarterView,
    StatusView,
)
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.core.interfaces import Emit, TaskRunner
from hgpt_desktop.settings import Folders, Settings

if TYPE_CHECKING:
    from hgpt_desktop.catalog.progress import InstallProgress
    from hgpt_desktop.wiring import Application


class Engine(Protocol):
    """The engine as the window sees it.

    Threads: every method is slow and is called from a worker; `run`, `warm_up` and `install_starter` may be
    under way together with any other call. Raises (every method): `HgptError`.
    """

    def run(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
    ) -> RequestFinished:
        """The four stages on one request."""

    def warm_up(self, cancel: CancelToken) -> None:
        """Load the LLM ahead of the first request."""

    def conversations(self) -> tuple[ConversationView, ...]:
        """All of them, the latest first."""

    def search(self, text: str) -> tuple[ConversationView, ...]:
        """Those that contain the text, the best match first."""

    def conversation(self, conversation_id: str) -> tuple[ExchangeView, ...]:
        """What was asked and answered, oldest first."""

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation and its files."""

    def starter(self) -> StarterView | None:
        """What is missing of the starter pack, or None where all of it is installed."""

    def install_starter(self, on_progress: Callable[[InstallView], None], cancel: CancelToken) -> None:
        """Fetch what is missing; what has arrived stays when it is cancelled."""

    def status(self) -> StatusView:
        """The LLM, the device and what is in memory now."""

    def keep_theme(self, theme: str) -> None:
        """Remember the theme."""

    def close(self) -> None:
        """End the hosts."""


OpenEngine = Callable[[TaskRunner], Engine]


class ApplicationEngine:
    """The real engine, on `wiring.Application`."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def run(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
    ) -> RequestFinished:
        """The four stages on one request."""
        request = self._application.request(text, paths, conversation_id=conversation_id)
        return self._application.run(request, emit, cancel)

    def warm_up(self, cancel: CancelToken) -> None:
        """Load the LLM ahead of the first request."""
        self._application.warm_up(cancel)

    def conversations(self) -> tuple[ConversationView, ...]:
        """All of them, the latest first."""
        return tuple(
            ConversationView(one.id, one.title, one.updated_at)
            for one in self._application.history.conversations()
        )

    def search(self, text: str) -> tuple[ConversationView, ...]:
        """Those that contain the text, the best match first."""
        return tuple(
            ConversationView(one.id, one.title, one.updated_at)
            for one in self._application.history.search(text)
        )

    def conversation(self, conversation_id: str) -> tuple[ExchangeView, ...]:
        """What was asked and answered, oldest first."""
        return tuple(
            ExchangeView(
                run.request, run.files, run.plan, run.results, run.answer, run.exit_code, run.seconds
            )
            for run in self._application.history.conversation(conversation_id).runs
        )

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""
        self._application.history.rename(conversation_id, title)

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation and its files."""
        self._application.history.delete(conversation_id)

    def starter(self) -> StarterView | None:
        """What is missing of the starter pack, or None where all of it is installed."""
        missing = self._application.starter_missing()
        if not missing:
            return None
        folder = self._application.folders.models
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        return StarterView(
            models=tuple(card.name for card in missing),
            total_bytes=sum(card.size_bytes for card in missing),
            free_bytes=shutil.disk_usage(existing).free,
            folder=str(folder),
        )

    def install_starter(self, on_progress: Callable[[InstallView], None], cancel: CancelToken) -> None:
        """Fetch what is missing; what has arrived stays when it is cancelled."""

        def progressed(progress: InstallProgress) -> None:
            on_progress(
                InstallView(
                    progress.model_id,
                    progress.file,
                    progress.done_bytes,
                    progress.total_bytes,
                    progress.bytes_per_s,
                    progress.remaining_s,
                )
            )

        application = self._application
        application.store.install_all(application.starter_missing(), progressed, cancel)

    def status(self) -> StatusView:
        """The LLM, the device and what is in memory now."""
        application = self._application
        try:
            llm = application.llm_card().name
        except HgptError:  # the first request says what to install
            llm = None
        return StatusView(
            llm=llm,
            device=application.device,
            capacity_bytes=application.capacity_bytes(),
            resident=tuple(ResidentView(one.name, one.bytes) for one in application.memory.resident()),
        )

    def keep_theme(self, theme: str) -> None:
        """Remember the theme."""
        application = self._application
        application.settings = replace(application.settings, theme=theme)
        application.settings.save(application.folders.config / "settings.json")

    def close(self) -> None:
        """End the hosts."""
        self._application.close()


class OpenApplication:
    """Opens the real engine on the user's folders, as `Workbench` wants it."""

    def __init__(self, folders: Folders, settings: Settings) -> None:
        self._folders = folders
        self._settings = settings

    def __call__(self, runner: TaskRunner) -> Engine:
        """Raises what `Application.open` raises. Threads: called in a worker."""
        # Imported here, so that the window is on the screen before the rooms are read.
        from hgpt_desktop.wiring import Application

        return ApplicationEngine(Application.open(self._folders, self._settings, runner))
