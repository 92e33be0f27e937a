"""The real engine behind the window, on `wiring.Application`. No Qt here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hgpt_desktop.bridge.library_calls import LibraryCalls
from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.request_calls import RequestCalls
from hgpt_desktop.bridge.seam import Engine, OpenEngine
from hgpt_desktop.bridge.shelf_calls import ShelfCalls
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import TaskRunner
from hgpt_desktop.settings import Folders, Settings

if TYPE_CHECKING:
    from hgpt_desktop.wiring import Application

log = logging.getLogger(__name__)

__all__ = ["ApplicationEngine", "Engine", "OpenApplication", "OpenEngine"]


class ApplicationEngine(RequestCalls, LibraryCalls, ShelfCalls):
    """The real engine; what each method does stands at `seam.Engine`."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self._purge()  # what a program that crashed could not delete any more

    def warm_up(self, cancel: CancelToken) -> None:
        """Load the LLM ahead of the first request."""
        self._application.warm_up(cancel)

    def preferences(self) -> Preferences:
        """What the user has set."""
        return self._application.settings

    def keep_preferences(self, preferences: Preferences) -> None:
        """Remember what the user has set; some of it counts from the next start."""
        application = self._application
        application.settings = preferences
        application.settings.save(application.folders.config / "settings.json")

    def keep_theme(self, theme: str) -> None:
        """Remember the theme."""
        self.keep_preferences(replace(self._application.settings, theme=theme))

    def places(self) -> Mapping[str, str]:
        """Where things are stored."""
        folders = self._application.folders
        return {
            "models": str(folders.models),
            "runs": str(folders.runs),
            "history": str(folders.history_db),
            "pasted": str(folders.pasted),
            "settings": str(folders.config),
            "logs": str(folders.logs),
            "cache": str(folders.cache),
        }

    def close(self) -> None:
        """End the hosts."""
        self._purge()
        self._application.close()

    def _purge(self) -> None:
        """What was deleted and can still be brought back goes for good."""
        application = self._application
        for what, purge in (
            ("conversations", application.history.purge),
            ("models", application.store.forget),
        ):
            try:
                purge()
            except HgptError as error:  # the next look at it says the same in the window
                log.warning("Deleted %s could not be removed: %s (%s)", what, error, error.detail)


class OpenApplication:
    """Opens the real engine on the user's folders, as `Workbench` wants it.

    Args:
        settings: for the first time; whenever it is opened again, those that are kept by then.
    """

    def __init__(self, folders: Folders, settings: Settings) -> None:
        self._folders = folders
        self._first: Settings | None = settings

    def __call__(self, runner: TaskRunner) -> Engine:
        """Raises what `Application.open` and `Settings.load` raise. Threads: called in a worker."""
        # Imported here, so that the window is on the screen before the rooms are read.
        from hgpt_desktop.wiring import Application

        settings, self._first = self._first, None
        if settings is None:
            settings = Settings.load(self._folders.config / "settings.json")
        return ApplicationEngine(Application.open(self._folders, settings, runner))
