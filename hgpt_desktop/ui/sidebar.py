"""The conversations: search, list by date, new, rename, pin, export, delete; and the ways to other pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from hgpt_desktop.bridge.views import ConversationView
from hgpt_desktop.ui import icons, theme
from hgpt_desktop.ui.basics import IconLabel, button, draw_line, label, search_field, separator
from hgpt_desktop.ui.dialogs import NewTitle, export_forms
from hgpt_desktop.ui.formats import date_group

WIDTH_PX = 264
_SEARCH_MS = 180
_ID = Qt.ItemDataRole.UserRole
_IS_HEADING = Qt.ItemDataRole.UserRole + 1
_PREVIEW = Qt.ItemDataRole.UserRole + 2
_PINNED = Qt.ItemDataRole.UserRole + 3
_PIN_PX = 14
_HEADING_PX, _LINE_PX, _TWO_LINES_PX = 34, 36, 54


class _Delegate(QStyledItemDelegate):
    """Headings small and quiet, titles on one line, the open one on a soft ground."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shades = theme.colours()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        direction: Qt.LayoutDirection = option.direction
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        if index.data(_IS_HEADING):
            painter.setFont(theme.scaled_font(0.85, bold=True))
            painter.setPen(QColor(shades.muted))
            place = QStyle.visualRect(direction, rect, rect.adjusted(12, 8, -8, -2))
            begin = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
            painter.drawText(place, begin | Qt.AlignmentFlag.AlignBottom, text)
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
            inside = rect.adjusted(12, 0, -10, 0)
            if index.data(_PINNED):
                side = _PIN_PX
                pin = icons.pixmap("pin", shades.muted, side, painter.device().devicePixelRatioF())
                place = QRect(
                    inside.right() - side, inside.top() + (theme.room(_LINE_PX) - side) // 2, side, side
                )
                painter.drawPixmap(QStyle.visualRect(direction, rect, place).topLeft(), pin)
                inside.adjust(0, 0, -side - 6, 0)
            preview = str(index.data(_PREVIEW) or "")
            above, below = theme.room(7), theme.room(27)
            line = inside.adjusted(0, above, 0, -below) if preview else inside
            place = QStyle.visualRect(direction, rect, line)
            draw_line(painter, place, text, theme.scaled_font(0.98), shades.text, direction)
            if preview:
                place = QStyle.visualRect(direction, rect, inside.adjusted(0, below, 0, -theme.room(5)))
                draw_line(painter, place, preview, theme.scaled_font(0.85), shades.muted, direction)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        if index.data(_IS_HEADING):
            return QSize(100, theme.room(_HEADING_PX))
        return QSize(100, theme.room(_TWO_LINES_PX if index.data(_PREVIEW) else _LINE_PX))


class Sidebar(QFrame):
    """Lists conversations and says what the user wants with them."""

    new_wanted = Signal()
    conversation_wanted = Signal(str)
    rename_wanted = Signal(str, str)
    pin_wanted = Signal(object, bool)  # ids
    export_wanted = Signal(str)
    export_all_wanted = Signal(object, str)  # ids, the ending of the form
    import_wanted = Signal()
    delete_wanted = Signal(object)  # ids
    page_wanted = Signal(str)  # `models`, `workflows` or `settings`
    search_wanted = Signal(str)
    search_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(theme.room(WIDTH_PX))
        self._current: str | None = None
        self.new_button = button(self.tr("New conversation"), "", "plus")
        self.new_button.clicked.connect(self.new_wanted)
        self.search_field = search_field(self.tr("Search conversations"))
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
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.itemClicked.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_chosen)
        self.list.itemSelectionChanged.connect(self._on_selection)
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
        column.addWidget(separator())
        column.addLayout(self._make_ways())
        for key, slot in (("F2", self._rename_current), ("Del", self._delete_selected)):
            QShortcut(QKeySequence(key), self.list, slot, context=Qt.ShortcutContext.WidgetShortcut)

    def _make_ways(self) -> QVBoxLayout:
        ways = QVBoxLayout()
        ways.setSpacing(2)
        self.ways: dict[str, QPushButton] = {}
        for page, icon, name in (
            ("models", "models", self.tr("Models")),
            ("workflows", "workflow", self.tr("Workflows")),
            ("settings", "settings", self.tr("Settings")),
        ):
            way = button(name, "way", icon)
            way.clicked.connect(lambda _checked=False, page=page: self.page_wanted.emit(page))
            self.ways[page] = way
            ways.addWidget(way)
        return ways

    def show_conversations(self, conversations: Sequence[ConversationView]) -> None:
        """All conversations, under headings by date."""
        today = datetime.now().astimezone().date()
        entries: list[tuple[str, list[ConversationView]]] = []
        pinned = [one for one in conversations if one.pinned]
        if pinned:
            entries.append((self.tr("Pinned"), pinned))
        for one in conversations:
            if one.pinned:
                continue
            group = date_group(one.changed_at, today)
            if not entries or entries[-1][0] != group:
                entries.append((group, []))
            entries[-1][1].append(one)
        self._fill(entries, self.tr("No conversations yet."), previews=False)

    def show_found(self, conversations: Sequence[ConversationView]) -> None:
        """The conversations found, the best first."""
        heading = self.tr("{count} found").format(count=len(conversations))
        self._fill(
            [(heading, list(conversations))] if conversations else [],
            self.tr("Nothing found."),
            previews=True,
        )

    def set_current(self, conversation_id: str | None) -> None:
        """Mark the conversation that is shown."""
        self._current = conversation_id
        if len(self.selected) < 2 or conversation_id not in self.selected:
            self._mark()

    @property
    def sought(self) -> str:
        """What is looked for; empty where the list shows all."""
        return self.search_field.text().strip()

    @property
    def selected(self) -> tuple[str, ...]:
        """The conversations that are selected, from top to bottom."""
        return tuple(str(item.data(_ID)) for item in self._items() if item.isSelected())

    def _items(self) -> list[QListWidgetItem]:
        """Those of conversations, from top to bottom."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item for item in items if item.data(_ID) is not None]

    def focus_search(self) -> None:
        """Let the user type what to look for."""
        self.search_field.setFocus()
        self.search_field.selectAll()

    def _fill(
        self, entries: Sequence[tuple[str, list[ConversationView]]], nothing: str, *, previews: bool
    ) -> None:
        place, selected = self.list.verticalScrollBar().value(), self.selected
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
                item.setData(_PINNED, one.pinned)
                item.setData(_PREVIEW, one.preview if previews else "")
                self.list.addItem(item)
        self._nothing.setText(nothing)
        self._nothing.setVisible(not entries)
        self._mark()
        if len(selected) > 1:
            for item in self._items():
                item.setSelected(item.data(_ID) in selected)
        self.list.verticalScrollBar().setValue(place)

    def _mark(self) -> None:
        for item in self._items():
            if item.data(_ID) == self._current:
                self.list.setCurrentItem(item)
                return
        self.list.clearSelection()
        self.list.setCurrentItem(None)  # type: ignore[call-overload]  # None takes the mark away

    def _on_chosen(self, item: QListWidgetItem) -> None:
        conversation_id = item.data(_ID)
        alone = self.selected == (conversation_id,)  # with Ctrl or Shift several are selected
        if alone and conversation_id is not None:
            self.conversation_wanted.emit(conversation_id)

    def _on_selection(self) -> None:
        if not self.selected:
            self._mark()  # a click beside the items says nothing about the one that is shown

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
        menu.aboutToHide.connect(self._on_menu_gone)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _on_menu_gone(self) -> None:
        if len(self.selected) == 1:
            self._mark()  # the ground of the one that is shown, not of the one that was asked about

    def menu_for(self, item: QListWidgetItem) -> QMenu:
        """What can be done with a conversation, or with all that are selected where it is one of them."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        conversation_id, title = str(item.data(_ID)), item.text()
        pinned = bool(item.data(_PINNED))
        ids = self.selected if item.isSelected() else (conversation_id,)
        if len(ids) == 1:
            menu.addAction(self.tr("Rename…")).triggered.connect(lambda: self._rename(conversation_id, title))
        pin = menu.addAction(self.tr("Unpin") if pinned else self.tr("Pin"))
        pin.triggered.connect(lambda: self.pin_wanted.emit(ids, not pinned))
        if len(ids) == 1:
            menu.addAction(self.tr("Export…")).triggered.connect(
                lambda: self.export_wanted.emit(conversation_id)
            )
        else:
            forms = menu.addMenu(self.tr("Export {count} conversations").format(count=len(ids)))
            for name, ending in export_forms().items():
                forms.addAction(name).triggered.connect(
                    lambda _checked=False, ending=ending: self.export_all_wanted.emit(ids, ending)
                )
        menu.addAction(self.tr("Import…")).triggered.connect(self.import_wanted)
        menu.addSeparator()
        delete = self.tr("Delete") if len(ids) == 1 else self.tr("Delete {count}").format(count=len(ids))
        menu.addAction(delete).triggered.connect(lambda: self.delete_wanted.emit(ids))
        return menu

    def _rename(self, conversation_id: str, title: str) -> None:
        new_title = NewTitle.ask(self, title)
        if new_title is not None and new_title != title:
            self.rename_wanted.emit(conversation_id, new_title)

    def _rename_current(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(_ID) is not None:
            self._rename(str(item.data(_ID)), item.text())

    def _delete_selected(self) -> None:
        if ids := self.selected:
            self.delete_wanted.emit(ids)
