"""The conversations: search, list by date, new, rename, delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from hgpt_desktop.bridge.views import ConversationView
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import IconLabel, button, label
from hgpt_desktop.ui.dialogs import ConfirmDelete, NewTitle
from hgpt_desktop.ui.formats import date_group

WIDTH_PX = 264
_SEARCH_MS = 180
_ID = Qt.ItemDataRole.UserRole
_IS_HEADING = Qt.ItemDataRole.UserRole + 1


class _Delegate(QStyledItemDelegate):
    """Headings small and quiet, titles on one line, the open one on a soft ground."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shades = theme.colours()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        if index.data(_IS_HEADING):
            painter.setFont(theme.scaled_font(0.85, bold=True))
            painter.setPen(QColor(shades.muted))
            painter.drawText(
                rect.adjusted(12, 8, -8, -2), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text
            )
        else:
            ground = None
            if state & QStyle.StateFlag.State_Selected:
                ground = shades.accent_soft
            elif state & QStyle.StateFlag.State_MouseOver:
                ground = shades.hover
            if ground is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(ground))
                painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 8, 8)
            painter.setFont(theme.scaled_font(0.98))
            painter.setPen(QColor(shades.text))
            inside = rect.adjusted(12, 0, -10, 0)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 34 if index.data(_IS_HEADING) else 36)


class Sidebar(QFrame):
    """Lists conversations and says what the user wants with them."""

    new_wanted = Signal()
    conversation_wanted = Signal(str)
    rename_wanted = Signal(str, str)
    delete_wanted = Signal(str)
    search_wanted = Signal(str)
    search_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH_PX)
        self._current: str | None = None
        self.new_button = button(self.tr("New conversation"), "", "plus")
        self.new_button.setToolTip(self.tr("Ctrl+N"))
        self.new_button.clicked.connect(self.new_wanted)
        self.search_field = QLineEdit()
        self.search_field.setPlaceholderText(self.tr("Search conversations"))
        self.search_field.setAccessibleName(self.tr("Search conversations"))
        self.search_field.setClearButtonEnabled(True)
        self.search_field.textChanged.connect(self._on_search_text)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._typing.timeout.connect(self._search)
        self.list = QListWidget()
        self.list.setObjectName("conversationList")
        self.list.setAccessibleName(self.tr("Conversations"))
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.itemClicked.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_chosen)
        self._nothing = label(self.tr("No conversations yet."), "muted", 0.95)
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 0, 4)
        head.setSpacing(8)
        head.addWidget(IconLabel("logo", "accent", 24))
        head.addWidget(label("HGPT Desktop", scale=1.12, bold=True), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 8)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.new_button)
        column.addWidget(self.search_field)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)

    def show_conversations(self, conversations: Sequence[ConversationView]) -> None:
        """All conversations, under headings by date."""
        today = datetime.now().astimezone().date()
        entries: list[tuple[str, list[ConversationView]]] = []
        for one in conversations:
            group = date_group(one.changed_at, today)
            if not entries or entries[-1][0] != group:
                entries.append((group, []))
            entries[-1][1].append(one)
        self._fill(entries, self.tr("No conversations yet."))

    def show_found(self, conversations: Sequence[ConversationView]) -> None:
        """The conversations found, the best first."""
        heading = self.tr("{count} found").format(count=len(conversations))
        self._fill([(heading, list(conversations))] if conversations else [], self.tr("Nothing found."))

    def set_current(self, conversation_id: str | None) -> None:
        """Mark the conversation that is shown."""
        self._current = conversation_id
        self._mark()

    @property
    def searching(self) -> bool:
        """Whether the list shows what was found."""
        return bool(self.search_field.text().strip())

    def focus_search(self) -> None:
        """Let the user type what to look for."""
        self.search_field.setFocus()
        self.search_field.selectAll()

    def _fill(self, entries: Sequence[tuple[str, list[ConversationView]]], nothing: str) -> None:
        place = self.list.verticalScrollBar().value()
        self.list.clear()
        for heading, group in entries:
            item = QListWidgetItem(heading)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setData(_IS_HEADING, True)
            self.list.addItem(item)
            for one in group:
                item = QListWidgetItem(one.title)
                item.setData(_ID, one.id)
                item.setToolTip(one.title)
                self.list.addItem(item)
        self._nothing.setText(nothing)
        self._nothing.setVisible(not entries)
        self._mark()
        self.list.verticalScrollBar().setValue(place)

    def _mark(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ID) is not None and item.data(_ID) == self._current:
                self.list.setCurrentItem(item)
                return
        self.list.clearSelection()
        self.list.setCurrentItem(None)  # type: ignore[call-overload]  # None takes the mark away

    def _on_chosen(self, item: QListWidgetItem) -> None:
        conversation_id = item.data(_ID)
        if conversation_id is not None and conversation_id != self._current:
            self.conversation_wanted.emit(conversation_id)

    def _on_search_text(self) -> None:
        self._typing.start()

    def _search(self) -> None:
        text = self.search_field.text().strip()
        if text:
            self.search_wanted.emit(text)
        else:
            self.search_ended.emit()

    def _show_menu(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is None or item.data(_ID) is None:
            return
        menu = self.menu_for(item)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def menu_for(self, item: QListWidgetItem) -> QMenu:
        """What can be done with a conversation."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rename = menu.addAction(self.tr("Rename…"))
        delete = menu.addAction(self.tr("Delete…"))
        conversation_id, title = str(item.data(_ID)), item.text()
        rename.triggered.connect(lambda: self._rename(conversation_id, title))
        delete.triggered.connect(lambda: self._delete(conversation_id, title))
        return menu

    def _rename(self, conversation_id: str, title: str) -> None:
        new_title = NewTitle.ask(self, title)
        if new_title is not None and new_title != title:
            self.rename_wanted.emit(conversation_id, new_title)

    def _delete(self, conversation_id: str, title: str) -> None:
        if ConfirmDelete.ask(self, title):
            self.delete_wanted.emit(conversation_id)
