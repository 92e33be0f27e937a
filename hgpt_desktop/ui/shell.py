"""Keeps the window: makes it, and makes it anew where language or font size have changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.translations import speak
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui import icons, theme
from hgpt_desktop.ui.main_window import MainWindow


class Shell(QObject):
    """One window at a time on one workbench.

    Args:
        state_path: an INI file for the window's place and size.
        pasted_folder: where pasted pictures are kept.
    """

    closed = Signal()

    def __init__(
        self, workbench: Workbench, preferences: Preferences, state_path: Path, pasted_folder: Path
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._state_path, self._pasted_folder = state_path, pasted_folder
        self._dress(preferences)
        self.window = self._make(preferences)

    @staticmethod
    def _dress(preferences: Preferences) -> None:
        language = speak(preferences.language)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setProperty("language", language)
        theme.set_font_scale(preferences.font_scale)
        theme.apply_theme(preferences.theme)

    def _make(self, preferences: Preferences, files: Sequence[Path] = ()) -> MainWindow:
        window = MainWindow(self._workbench, preferences.theme, self._state_path, self._pasted_folder, files)
        window.setWindowIcon(icons.window_icon())
        window.closed.connect(self.closed)
        window.rebuild_wanted.connect(self._rebuild)
        return window

    def _rebuild(self, preferences: Preferences) -> None:
        old = self.window
        conversation_id, page = old.place
        geometry = old.saveGeometry()
        old.closed.disconnect(self.closed)
        self._dress(preferences)
        self.window = self._make(preferences)
        self.window.restoreGeometry(geometry)
        self.window.show()
        if conversation_id is not None:
            self.window.open_conversation(conversation_id)
        if page:
            self.window.show_page(page)
        if (replaced := old.settings.replaced) is not None:
            self.window.settings.offer_back(replaced)
        old.close()
        old.deleteLater()

    def take_files(self, files: Sequence[Path]) -> None:
        """The program was called again."""
        self.window.take_files(files)

    def close(self) -> None:
        """Close the window as its own button does."""
        self.window.close()
