"""Which keys call which command, and other keys for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QKeySequenceEdit, QLineEdit, QVBoxLayout

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import IconButton, label
from hgpt_desktop.ui.commands import Command

_FIELD_PX = 170
_GROWTH_FOR_TWO = 1.2  # with a larger font two columns are wider than the page


class ShortcutCard(QFrame):
    """A field for each command: press the keys that shall call it. Keys that are taken are refused."""

    changed = Signal(object)  # dict of command id to keys, those that are not the usual ones

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._commands: tuple[Command, ...] = ()
        self._chosen: dict[str, str] = {}
        self._fields: dict[str, QKeySequenceEdit] = {}
        self._usual: dict[str, IconButton] = {}  # buttons that bring the usual keys back
        self._fault = label("", "danger", 0.95, wrap=True)
        self._fault.hide()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(10)
        inside.addWidget(label(self.tr("Keyboard shortcuts"), scale=1.15, bold=True))
        inside.addWidget(
            label(self.tr("Click a field and press other keys; Backspace takes them away."), "muted", 0.92)
        )
        inside.addWidget(self._fault)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnMinimumWidth(2, 24)
        self._grid.setColumnStretch(3, 1)
        inside.addLayout(self._grid)

    def words(self) -> str:
        """What it is found by: commands and their keys too."""
        about = self.tr("Keyboard shortcuts keys commands")
        return " ".join((about, *(f"{one.name} {self._keys(one)}" for one in self._commands)))

    @property
    def fields(self) -> Mapping[str, QKeySequenceEdit]:
        """The fields by command."""
        return self._fields

    @property
    def fault(self) -> str:
        """Why the last keys were refused; empty where they were taken."""
        return self._fault.text()

    def show_commands(self, commands: Sequence[Command], chosen: Mapping[str, str]) -> None:
        """These commands with their usual keys, and the keys that the user chose instead."""
        self._commands = tuple(commands)
        self.show_chosen(chosen)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._fields:  # the window need not wait for what is not seen
            self._make_fields()
            self.show_chosen(self._chosen)
        super().showEvent(event)

    def show_chosen(self, chosen: Mapping[str, str]) -> None:
        """Other keys than before."""
        self._chosen = dict(chosen)
        for one in self._commands:
            if one.id in self._fields:
                self._show_keys(one)

    def _make_fields(self) -> None:
        columns = 1 if theme.growth() > _GROWTH_FOR_TWO else 2
        half = (len(self._commands) + columns - 1) // columns
        for at, command in enumerate(self._commands):
            field = QKeySequenceEdit()
            name = self.tr("Keys for: {command}").format(command=command.name)
            field.setAccessibleName(name)
            field.setFixedWidth(theme.room(_FIELD_PX))
            field.setMaximumSequenceLength(1)
            line = field.findChild(QLineEdit)
            assert line is not None
            line.setAccessibleName(name)
            field.editingFinished.connect(lambda id_=command.id: self._take(id_))
            self._fields[command.id] = field
            usual = IconButton("undo", self.tr("The usual keys for: {command}").format(command=command.name))
            usual.clicked.connect(lambda _checked=False, id_=command.id: self._set(id_, None))
            room = usual.sizePolicy()
            room.setRetainSizeWhenHidden(True)
            usual.setSizePolicy(room)
            usual.hide()
            self._usual[command.id] = usual
            both = QHBoxLayout()
            both.setSpacing(2)
            both.addWidget(field)
            both.addWidget(usual)
            row, column = at % half, 0 if at < half else 3
            self._grid.addWidget(label(command.name), row, column)
            self._grid.addLayout(both, row, column + 1)

    def _show_keys(self, command: Command) -> None:
        self._fields[command.id].setKeySequence(QKeySequence(self._keys(command)))
        self._usual[command.id].setVisible(command.id in self._chosen)

    def _keys(self, command: Command) -> str:
        return self._chosen.get(command.id, command.keys)

    def _take(self, id_: str) -> None:
        field = self._fields[id_]
        keys = field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        command = next(one for one in self._commands if one.id == id_)
        if keys == self._keys(command):
            return
        owner = next((one for one in self._commands if one is not command and self._keys(one) == keys), None)
        if keys and owner is not None:
            self._say(self.tr("These keys call “{command}” already.").format(command=owner.name))
        elif keys and not _can_be_a_shortcut(field.keySequence()):
            self._say(self.tr("These keys write text; take Ctrl, Alt or a function key with them."))
        else:
            self._say("")
            self._set(id_, keys)
            return
        field.setKeySequence(QKeySequence(self._keys(command)))

    def _say(self, fault: str) -> None:
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def _set(self, id_: str, keys: str | None) -> None:
        command = next(one for one in self._commands if one.id == id_)
        self._chosen.pop(id_, None)
        if keys is not None and keys != command.keys:
            self._chosen[id_] = keys
        self._show_keys(command)
        self.changed.emit(dict(self._chosen))


def _can_be_a_shortcut(keys: QKeySequence) -> bool:
    """Whether no text is typed with them."""
    text = keys.toString(QKeySequence.SequenceFormat.PortableText)
    return any(part in text for part in ("Ctrl+", "Alt+", "Meta+")) or (
        text.startswith("F") and text[1:].isdigit()
    )
