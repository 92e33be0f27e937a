"""What the plan's graph is drawn of: tasks, files, and the arrows between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QTextLayout,
)
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from hgpt_desktop.core.plan import Task
from hgpt_desktop.ui import icons, theme
from hgpt_desktop.ui.files import icon_by_name
from hgpt_desktop.ui.progress import RowState
from hgpt_desktop.ui.task_names import plain_name

NODE = QSize(184, 66)
FILE = QSize(122, 36)
GAP = QSize(58, 16)
_TITLE = QRectF(36, 7, NODE.width() - 46, 20)
_TITLE_LINE_PX = 16
_BEAD = QSize(30, 22)
_SPIN_FRAMES = 20


@dataclass(frozen=True, slots=True)
class NodeView:
    """What a task's node shows beside its name."""

    state: RowState = RowState.WAITING
    model: str = ""
    note: str = ""
    progress: float | None = None
    output: Path | None = None
    description: str = ""


def _drawn_font(scale: float, bold: bool = False) -> QFont:
    """A font that fits the boxes; where the application's font is larger, all of the graph is."""
    return theme.scaled_font(scale / theme.growth(), bold)


def _title_font() -> QFont:
    return _drawn_font(0.95, bold=True)


def _in_two_lines(text: str, font: QFont, width: float) -> tuple[str, ...]:
    """The text, broken once between words where it is too long for one line."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    end = line.textLength()
    return tuple(part for part in (text[:end].strip(), text[end:].strip()) if part)


def title_of(task: Task, number: int) -> tuple[str, ...]:
    """The name of a task as its node writes it: one line or two."""
    return _in_two_lines(f"{number}. {plain_name(task.task)}", _title_font(), _TITLE.width())


def node_size(tasks: Sequence[Task]) -> QSize:
    """How large the nodes of a plan are: all alike, higher where a name takes two lines."""
    lines = max((len(title_of(task, number)) for number, task in enumerate(tasks, start=1)), default=1)
    return QSize(NODE.width(), NODE.height() + (lines - 1) * _TITLE_LINE_PX)


class Box(QGraphicsItem):
    """A rounded box; the common part of tasks and files."""

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.size = size

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, self.size.width() + 4, self.size.height() + 4)

    def _ground(self, painter: QPainter, fill: str, line: str, width: float, radius: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(line), width))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(
            QRectF(0.5, 0.5, self.size.width() - 1, self.size.height() - 1), radius, radius
        )

    @staticmethod
    def _line(painter: QPainter, place: QRectF, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class TaskNode(Box):
    """One task."""

    def __init__(self, task: Task, number: int, size: QSize = NODE) -> None:
        super().__init__(size)
        self.task = task
        self.number = number
        self.title = title_of(task, number)
        unused_px = size.height() - NODE.height() - (len(self.title) - 1) * _TITLE_LINE_PX
        self._top = unused_px / 2
        self.view = NodeView()
        self.chosen = False
        self.frame = 0
        self.setToolTip(task.task)

    @property
    def moving(self) -> bool:
        """Whether its mark turns."""
        return self.view.state in (RowState.LOADING, RowState.RUNNING)

    def turn(self) -> None:
        """Its mark goes on turning."""
        self.frame += 1
        self.update(10, self._top + 8, 20, 20)

    def show_view(self, view: NodeView) -> None:
        """Show how the task is doing now."""
        if view != self.view:
            self.view = view
            self.setToolTip(view.description or self.task.task)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        shades, view = theme.colours(), self.view
        line = {
            RowState.RUNNING: shades.accent,
            RowState.LOADING: shades.accent,
            RowState.FAILED: shades.danger,
        }.get(view.state, shades.line)
        fill = shades.danger_soft if view.state is RowState.FAILED else shades.surface
        if self.chosen:
            line, fill = shades.accent, shades.accent_soft
        self._ground(painter, fill, line, 2 if self.chosen or self.moving else 1, 10)
        quiet = view.state in (RowState.SKIPPED, RowState.STOPPED)
        painter.save()
        painter.translate(0, self._top)
        self._mark(painter, shades)
        place = QRectF(_TITLE)
        for line_of_title in self.title:
            colour = shades.muted if quiet else shades.text
            self._line(painter, place, line_of_title, _title_font(), colour)
            place.translate(0, _TITLE_LINE_PX)
        place = QRectF(_TITLE.x(), place.y() + 3, _TITLE.width(), 17)
        self._line(painter, place, view.model, _drawn_font(0.82), shades.muted)
        place.translate(0, 17)
        self._line(painter, place, view.note, _drawn_font(0.82), shades.muted)
        painter.restore()
        if self.moving and view.progress is not None:
            bar = QRectF(10, self.size.height() - 6, self.size.width() - 20, 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(shades.hover))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            bar.setWidth(bar.width() * min(max(view.progress, 0.0), 1.0))
            painter.setBrush(QColor(shades.accent))
            painter.drawRoundedRect(bar, 1.5, 1.5)

    def _mark(self, painter: QPainter, shades: theme.Colours) -> None:
        ring = QRectF(12, 10, 15, 15)
        colour = {RowState.DONE: shades.success, RowState.FAILED: shades.danger}.get(
            self.view.state, shades.muted
        )
        sign = {RowState.DONE: "check", RowState.FAILED: "close", RowState.STOPPED: "stop"}.get(
            self.view.state
        )
        if sign is not None:
            painter.drawPixmap(ring.topLeft() - QPointF(1.5, 1.5), icons.pixmap(sign, colour, 18, 2.0))
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(shades.line), 2))
        painter.drawEllipse(ring)
        if self.view.state is RowState.SKIPPED:
            painter.setPen(QPen(QColor(shades.muted), 2))
            painter.drawLine(ring.center() - QPointF(4, 0), ring.center() + QPointF(4, 0))
        elif self.moving:
            pen = QPen(QColor(shades.accent), 2.2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            turned = (self.frame % _SPIN_FRAMES) / _SPIN_FRAMES
            painter.drawArc(ring, round((90 - 360 * turned) * 16), -100 * 16)


class FileNode(Box):
    """A file that the plan works on."""

    def __init__(self, name: str) -> None:
        super().__init__(FILE)
        self.name = name
        self.setToolTip(name)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        shades = theme.colours()
        self._ground(painter, shades.raised, shades.line, 1, FILE.height() / 2)
        icon = icons.pixmap(icon_by_name(Path(self.name)), shades.muted, 18, 2.0)
        painter.drawPixmap(QPointF(11, 9), icon)
        name = Path(self.name).name
        place = QRectF(35, 0, FILE.width() - 46, FILE.height())
        self._line(painter, place, name, _drawn_font(0.85), shades.text)


class Bead(Box):
    """On the edges from a task: the kind of file that travels along them. Its name is the tool tip."""

    def __init__(self, node: TaskNode) -> None:
        super().__init__(_BEAD)
        self.path: Path | None = None
        self.setParentItem(node)
        self.setPos(node.size.width() + 6, (node.size.height() - _BEAD.height()) / 2)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def show_file(self, path: Path | None) -> None:
        """The file that the task made, once it has."""
        self.path = path
        self.setToolTip(path.name if path is not None else "")
        self.setVisible(path is not None)
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        assert self.path is not None
        shades = theme.colours()
        self._ground(painter, shades.surface, shades.line, 1, _BEAD.height() / 2)
        icon = icons.pixmap(icon_by_name(self.path), shades.muted, 14, 2.0)
        painter.drawPixmap(QPointF((_BEAD.width() - 14) / 2, (_BEAD.height() - 14) / 2), icon)


class Arrow(QGraphicsPathItem):
    """An edge."""

    def __init__(self, points: Sequence[QPointF]) -> None:
        path = QPainterPath(points[0])
        for before, after in pairwise(points):
            reach = max((after.x() - before.x()) / 2, 20)
            path.cubicTo(before + QPointF(reach, 0), after - QPointF(reach, 0), after)
        super().__init__(path)
        self._end = points[-1]
        self.setZValue(-1)

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-6, -6, 6, 6)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        shades = theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(shades.muted), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shades.muted))
        painter.drawPolygon([self._end, self._end + QPointF(-7, -4), self._end + QPointF(-7, 4)])
