"""The list of the catalogue's models."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from hgpt_desktop.bridge.downloads import DownloadState, DownloadView
from hgpt_desktop.bridge.views import Fit, ModelView
from hgpt_desktop.ui import icons, theme
from hgpt_desktop.ui.basics import draw_line
from hgpt_desktop.ui.formats import size_text
from hgpt_desktop.ui.model_details import fit_words
from hgpt_desktop.ui.task_names import plain_name

_MODEL = Qt.ItemDataRole.UserRole
_DOWNLOAD = Qt.ItemDataRole.UserRole + 1
_ROW_PX = 58
_BADGE_PX = 22


class _Delegate(QStyledItemDelegate):
    """Name and size on the first line, what it does on the second, a badge for the fit on the right."""

    def __init__(self, parent: ModelList) -> None:
        super().__init__(parent)
        self._list = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, theme.room(_ROW_PX))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model: ModelView = index.data(_MODEL)
        download: DownloadView | None = index.data(_DOWNLOAD)
        shades = theme.colours()
        rect: QRect = option.rect.adjusted(2, 1, -2, -1)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = None
        if state & QStyle.StateFlag.State_Selected:
            ground = shades.accent_soft
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = shades.hover
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(rect, 8, 8)
        direction: Qt.LayoutDirection = option.direction
        icon = "check" if model.installed else "download"
        colour = shades.success if model.installed else shades.muted
        corner = QStyle.visualRect(
            direction, rect, QRect(rect.left() + 10, rect.center().y() - 9, 18, 18)
        ).topLeft()
        painter.drawPixmap(corner, icons.pixmap(icon, colour, 18, painter.device().devicePixelRatioF()))
        badge, badge_colour = self._list.badge(model, download)
        painter.setFont(theme.scaled_font(0.85))
        width = painter.fontMetrics().horizontalAdvance(badge)
        word = QColor(getattr(shades, badge_colour))
        high = theme.room(_BADGE_PX)
        place = QRect(rect.right() - width - 30, rect.center().y() - high // 2, width + 20, high)
        place = QStyle.visualRect(direction, rect, place)
        edge = QColor(word)
        edge.setAlphaF(0.45)
        painter.setPen(edge)
        painter.setBrush(QColor(shades.surface))
        painter.drawRoundedRect(place, high / 2, high / 2)
        painter.setPen(word)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, badge)
        inside = QRect(
            rect.left() + 40, rect.top() + theme.room(8), rect.width() - 84 - width, theme.room(20)
        )
        inside = QStyle.visualRect(direction, rect, inside)
        draw_line(painter, inside, model.name, theme.scaled_font(0.98, bold=True), shades.text, direction)
        tasks = ", ".join(plain_name(task) for task in model.tasks)
        under = f"{size_text(model.size_bytes)} · {tasks}" if model.size_bytes else tasks
        below = inside.translated(0, theme.room(22))
        draw_line(painter, below, under, theme.scaled_font(0.88), shades.muted, direction)
        painter.restore()


class ModelList(QListWidget):
    """Rows are painted, not built of widgets: a long catalogue opens at once."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("modelList")
        self.setAccessibleName(self.tr("Models"))
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def badge(self, model: ModelView, download: DownloadView | None) -> tuple[str, str]:
        """The word on the right of a row, and its colour."""
        if download is not None:
            return {
                DownloadState.WAITING: (self.tr("waiting"), "muted"),
                DownloadState.RUNNING: (self.tr("fetching"), "accent"),
                DownloadState.PAUSED: (self.tr("paused"), "warning"),
                DownloadState.FAILED: (self.tr("failed"), "danger"),
            }[download.state]
        if not model.loadable:
            return self.tr("lacks a library"), "danger"
        return {
            Fit.FITS: (self.tr("fits"), "success"),
            Fit.TIGHT: (self.tr("fits when others leave"), "warning"),
            Fit.OFFLOAD: (self.tr("fits with offload"), "warning"),
            Fit.TOO_LARGE: (self.tr("too large"), "danger"),
        }[model.fit]

    def show_models(self, models: Sequence[ModelView], downloads: dict[str, DownloadView]) -> None:
        """These, in this order; the chosen one stays chosen."""
        if self.shown == tuple(models):  # a download moves on ten times a second
            for row, model in enumerate(models):
                self.item(row).setData(_DOWNLOAD, downloads.get(model.id))
            return
        chosen = self.chosen
        place = self.verticalScrollBar().value()
        self.blockSignals(True)
        self.clear()
        for model in models:
            item = QListWidgetItem(model.name)
            item.setData(_MODEL, model)
            item.setData(_DOWNLOAD, downloads.get(model.id))
            item.setToolTip(fit_words(model))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{model.name}. {fit_words(model)}")
            self.addItem(item)
            if chosen is not None and model.id == chosen.id:
                self.setCurrentItem(item)
        self.blockSignals(False)
        self.verticalScrollBar().setValue(place)

    def choose(self, model_id: str) -> bool:
        """Choose that model, in sight; False where it is not listed."""
        row = next((row for row, model in enumerate(self.shown) if model.id == model_id), None)
        if row is not None:
            self.setCurrentRow(row)
            self.scrollToItem(self.item(row))
        return row is not None

    @property
    def chosen(self) -> ModelView | None:
        """The model that is chosen."""
        item = self.currentItem()
        model = item.data(_MODEL) if item is not None else None
        return model if isinstance(model, ModelView) else None

    @property
    def shown(self) -> tuple[ModelView, ...]:
        """All that are listed."""
        return tuple(self.item(row).data(_MODEL) for row in range(self.count()))
