"""The window's commands, and the keys that call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from hgpt_desktop.ui.commands import Command

Acts = Mapping[str, Callable[[], object]]


class WindowCommands(QObject):
    """All commands with the keys that they have now.

    Args:
        acts: what to do, by the command's id.
    """

    def __init__(self, window: QWidget, acts: Acts) -> None:
        super().__init__(window)
        self._window = window
        self._usual = tuple(Command(name, acts[id_], keys, id_) for id_, name, keys in self._named())
        self._all = self._usual
        self._shortcuts: list[QShortcut] = []
        self._tips: list[tuple[str, QWidget, str]] = []
        self.set_keys({})

    def _named(self) -> Sequence[tuple[str, str, str]]:
        return (
            ("new", self.tr("New conversation"), "Ctrl+N"),
            ("find", self.tr("Find in this conversation"), "Ctrl+F"),
            ("search", self.tr("Search all conversations"), "Ctrl+Shift+F"),
            ("attach", self.tr("Attach files"), "Ctrl+O"),
            ("region", self.tr("Picture of a part of the screen"), "Ctrl+Shift+P"),
            ("record", self.tr("Record from the microphone"), "Ctrl+Shift+R"),
            ("stop", self.tr("Stop the running request"), "Ctrl+."),
            ("models", self.tr("Models"), "Ctrl+M"),
            ("workflows", self.tr("Workflows"), "Ctrl+Shift+W"),
            ("settings", self.tr("Settings"), "Ctrl+,"),
            ("back", self.tr("Back to the conversation"), "Ctrl+J"),
            ("sidebar", self.tr("Show or hide the conversations"), "Ctrl+B"),
            ("export", self.tr("Export this conversation"), "Ctrl+E"),
            ("import", self.tr("Import a conversation"), ""),
            ("light", self.tr("Light theme"), ""),
            ("dark", self.tr("Dark theme"), ""),
            ("contrast", self.tr("High contrast theme"), ""),
            ("palette", self.tr("Command palette"), "Ctrl+K"),
            ("keys", self.tr("Keyboard shortcuts"), "F1"),
            ("quit", self.tr("Quit"), "Ctrl+Q"),
        )

    @property
    def all(self) -> tuple[Command, ...]:
        """With the keys that they have now."""
        return self._all

    @property
    def usual(self) -> tuple[Command, ...]:
        """With the keys that they have where the user has set none."""
        return self._usual

    def name_keys_on(self, id_: str, widget: QWidget, words: str = "") -> None:
        """Let the widget's tip name the keys of a command, and follow them.

        Args:
            words: what the tip says before the keys; the command's name where left out.
        """
        self._tips.append((id_, widget, words))
        self._show_tips()

    def _show_tips(self) -> None:
        by_id = {one.id: one for one in self._all}
        for id_, widget, words in self._tips:
            command = by_id[id_]
            tip = words or command.name
            if command.keys:
                tip = self.tr("{what} ({keys})").format(what=tip, keys=command.shown_keys)
            widget.setToolTip(tip)

    def set_keys(self, chosen: Mapping[str, str]) -> None:
        """Give commands the keys that the user chose; those that are not named keep theirs."""
        self._all = tuple(replace(one, keys=chosen.get(one.id, one.keys)) for one in self._usual)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts = [
            QShortcut(QKeySequence(one.keys), self._window, one.run) for one in self._all if one.keys
        ]
        self._show_tips()
