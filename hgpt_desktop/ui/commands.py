"""What the window can do, by name: for the palette, the shortcut sheet and the shortcuts themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import draw_line, label

_WIDTH_PX = 560
_ROWS = 9
_ROW_PX = 36
_BESIDE_PX = 68  # the field, and what is around it


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the user can do.

    Args:
        id: by which the settings know it; empty where it cannot have keys.
    """

    name: str
    run: Callable[[], object]
    keys: str = ""
    id: str = ""

    @property
    def shown_keys(self) -> str:
        """The keys as this desktop writes them."""
        return QKeySequence(self.keys).toString(QKeySequence.SequenceFormat.NativeText)


class _Delegate(QStyledItemDelegate):
    """The command where one begins to read, its keys at the other end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        command: Command = index.data(Qt.ItemDataRole.UserRole)
        shades, rect, direction = theme.colours(), option.rect, option.direction
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(shades.accent_soft))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 8, 8)
        small = theme.scaled_font(0.9)
        width = QFontMetrics(small).horizontalAdvance(command.shown_keys) + 2
        keys = QRect(rect.right() - width - 12, rect.top(), width, rect.height())
        name = rect.adjusted(12, 0, -width - 28, 0)
        for place, text, font, colour in (
            (name, command.name, theme.scaled_font(1.0), shades.text),
            (keys, command.shown_keys, small, shades.muted),
        ):
            draw_line(painter, QStyle.visualRect(direction, rect, place), text, font, colour, direction)
        painter.restore()


class Palette(QFrame):
    """Type a few letters, press Enter: a command is carried out, or a conversation opened.

    When it closes, the keys go to where they went before.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setAccessibleName(self.tr("Command palette"))
        self._commands: tuple[Command, ...] = ()
        self._focus_before: QWidget | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setAccessibleName(self.tr("What do you want to do?"))
        self.field.textChanged.connect(self._show)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._run)
        self._nothing = label(self.tr("Nothing by that name."), "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        self.hide()

    def open_with(self, commands: Sequence[Command]) -> None:
        """Offer these."""
        self._commands = tuple(commands)
        self._focus_before = QApplication.focusWidget()
        host = self.parentWidget()
        assert host is not None
        width = min(_WIDTH_PX, host.width() - 40)
        self.setGeometry((host.width() - width) // 2, 72, width, _BESIDE_PX)
        self.field.clear()
        self._show()
        self.show()
        self.raise_()
        self.field.setFocus()

    def _show(self) -> None:
        words = self.field.text().casefold().split()
        self.list.clear()
        for command in self._commands:
            if all(word in command.name.casefold() for word in words):
                item = QListWidgetItem(command.name)
                spoken = f"{command.name}, {command.shown_keys}" if command.keys else command.name
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                item.setData(Qt.ItemDataRole.UserRole, command)
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = min(max(self.list.count(), 1), _ROWS)
        self.resize(self.width(), rows * _ROW_PX + _BESIDE_PX)
        self.list.setVisible(self.list.count() > 0)
        self._nothing.setVisible(self.list.count() == 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + step) % max(self.list.count(), 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if (item := self.list.currentItem()) is not None:
                    self._run(item)
                return True
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.close_palette()
        return super().eventFilter(watched, event)

    def close_palette(self) -> None:
        """Hide it."""
        before, self._focus_before = self._focus_before, None
        if self.field.hasFocus() and before is not None and shiboken6.isValid(before):
            before.setFocus()
        self.hide()

    def _run(self, item: QListWidgetItem) -> None:
        command = item.data(Qt.ItemDataRole.UserRole)
        self.close_palette()
        command.run()


class ShortcutSheet(QDialog):
    """All keys on one page."""

    def __init__(self, parent: QWidget, commands: Sequence[Command]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout(self)
        grid.setContentsMargins(28, 24, 28, 24)
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(10)
        rows = [(command.shown_keys, command.name) for command in commands if command.keys]
        rows += [
            (self.tr("Enter"), self.tr("Send the request")),
            (self.tr("Shift+Enter"), self.tr("New line in the request")),
            (self.tr("F2, Del"), self.tr("Rename or delete the chosen conversation")),
            (self.tr("Arrow keys, Enter"), self.tr("Move in the plan, show the chosen task")),
        ]
        half = (len(rows) + 1) // 2
        for at, (keys, name) in enumerate(rows):
            column = 0 if at < half else 2
            badge = label(keys, "badge")
            grid.addWidget(badge, at % half, column, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(name), at % half, column + 1)
