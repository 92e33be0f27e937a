"""The plan as a graph: what is needed stands on the left of what needs it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
)

from hgpt_desktop.core.plan import FileRef, Task
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.graph_items import (
    FILE,
    GAP,
    NODE,
    Arrow,
    Bead,
    Box,
    FileNode,
    NodeView,
    TaskNode,
    node_size,
)
from hgpt_desktop.ui.graph_layout import Layout, lay_out
from hgpt_desktop.ui.opening import open_viewer

_MARGIN_PX = 12
_FRAME_MS = 50
_SMALLEST_SCALE, _LARGEST_SCALE = 0.35, 2.0
_HEIGHT_PX = (72, 380)
_READABLE_SCALE = 0.74
_SCROLL_BAR_PX = 16


class PlanGraph(QGraphicsView):
    """Shows tasks and files. A click or Enter chooses a task, a click on what it made shows that; the wheel
    with Ctrl zooms, dragging moves.

    It is laid out anew only when tasks are added, and repaints no more than the nodes that changed.
    """

    task_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("planGraph")
        self.setAccessibleName(self.tr("Plan as a graph"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setAcceptDrops(False)
        self.viewport().setAutoFillBackground(False)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._tasks: tuple[Task, ...] = ()
        self._views: dict[int, NodeView] = {}
        self._nodes: dict[int, TaskNode] = {}
        self._beads: dict[int, Bead] = {}
        self._layout = Layout({}, {}, 0)
        self._chosen: int | None = None
        self._pressed: QPointF | None = None
        self._wants_height = True
        self._spin = QTimer(self)
        self._spin.setInterval(_FRAME_MS)
        self._spin.timeout.connect(self._turn)

    # ------------------------------------------------------------ what it shows

    @property
    def nodes(self) -> dict[int, TaskNode]:
        """The tasks' nodes by task id."""
        return dict(self._nodes)

    @property
    def crossings(self) -> int:
        """How often edges cross."""
        return self._layout.crossings

    @property
    def chosen(self) -> int | None:
        """The task that is chosen."""
        return self._chosen

    def set_free_height(self) -> None:
        """Take the height that the surroundings give, instead of the plan's own."""
        self._wants_height = False
        self.setMinimumHeight(_HEIGHT_PX[0])
        self.setMaximumHeight(16_777_215)

    def show_tasks(self, tasks: Sequence[Task]) -> None:
        """Lay these tasks out, each after those it depends on; what is known of them stays."""
        if tuple(tasks) == self._tasks:
            return
        self._tasks = tuple(tasks)
        self._scene.clear()
        self._nodes.clear()
        self._beads.clear()
        ids = {task.id for task in tasks}
        files = dict.fromkeys(
            value.name
            for task in tasks
            for values in task.args.values()
            for value in values
            if isinstance(value, FileRef)
        )
        edges: list[tuple[Hashable, Hashable]] = []
        for task in tasks:
            edges += [(one, task.id) for one in task.dependencies if one in ids]
            edges += [
                (("file", value.name), task.id)
                for values in task.args.values()
                for value in values
                if isinstance(value, FileRef)
            ]
        edges = list(dict.fromkeys(edges))
        self._layout = lay_out([*(("file", name) for name in files), *(task.id for task in tasks)], edges)
        self._place(files, edges)
        if self._chosen not in self._nodes:
            self._chosen = None
        self._mark_chosen()
        self._follow()

    def _place(
        self, files: Sequence[str] | dict[str, None], edges: Sequence[tuple[Hashable, Hashable]]
    ) -> None:
        columns = self._column_places()
        places = self._layout.places
        size = node_size(self._tasks)
        step = size.height() + GAP.height()

        def put(item: Box, key: Hashable) -> None:
            layer, row = places[key]
            x = columns[layer] + (self._column_width(layer) - item.size.width())
            item.setPos(x, row * step + (size.height() - item.size.height()) / 2)
            self._scene.addItem(item)

        for name in files:
            put(FileNode(name), ("file", name))
        for number, task in enumerate(self._tasks, start=1):
            node = TaskNode(task, number, size)
            node.view = self._views.get(task.id, NodeView())
            self._nodes[task.id] = node
            put(node, task.id)
        for edge in edges:
            route = self._layout.routes[edge]
            points = []
            for index, (layer, row) in enumerate(route):
                y = row * step + size.height() / 2
                if index == 0:
                    points.append(QPointF(columns[layer] + self._column_width(layer), y))
                elif index == len(route) - 1:
                    points.append(QPointF(columns[layer], y))
                else:
                    points.append(QPointF(columns[layer], y))
                    points.append(QPointF(columns[layer] + self._column_width(layer), y))
            self._scene.addItem(Arrow(points))
        for source in dict.fromkeys(source for source, _ in edges):
            if isinstance(source, int):
                self._beads[source] = Bead(self._nodes[source])
                self._beads[source].show_file(self._nodes[source].view.output)
        bounds = self._scene.itemsBoundingRect()
        self._scene.setSceneRect(bounds.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX))
        self._fit()

    def _column_width(self, layer: int) -> int:
        only_files = all(
            isinstance(key, tuple) for key, (at, _) in self._layout.places.items() if at == layer
        )
        return FILE.width() if only_files else NODE.width()

    def _column_places(self) -> list[int]:
        places, x = [], 0
        for layer in range(self._layout.size[0]):
            places.append(x)
            x += self._column_width(layer) + GAP.width()
        return places

    def show_view(self, task_id: int, view: NodeView) -> None:
        """How a task is doing."""
        self._views[task_id] = view
        if (node := self._nodes.get(task_id)) is not None:
            before = node.view
            node.show_view(view)
            if task_id in self._beads:
                self._beads[task_id].show_file(view.output)
            if view.state is not before.state:
                self._follow()

    def choose(self, task_id: int | None) -> None:
        """Mark a task, and see it."""
        self._chosen = task_id if task_id in self._nodes else None
        self._mark_chosen()
        if self._chosen is not None:
            self.ensureVisible(self._nodes[self._chosen], _MARGIN_PX, _MARGIN_PX)

    def _mark_chosen(self) -> None:
        for task_id, node in self._nodes.items():
            if node.chosen != (task_id == self._chosen):
                node.chosen = not node.chosen
                node.update()

    # ------------------------------------------------------------ motion

    def _follow(self) -> None:
        moving = self.isVisible() and any(node.moving for node in self._nodes.values())
        if moving and not self._spin.isActive():
            self._spin.start()
        elif not moving:
            self._spin.stop()

    def _turn(self) -> None:
        for node in self._nodes.values():
            if node.moving:
                node.turn()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()
        self._fit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._spin.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show all of it where it can still be read; else one can move about in it.

        It looks at its own width only: a scroll bar that comes and goes must not change the scale.
        """
        whole, room = self.sceneRect(), self.width() - 2
        if whole.width() <= 0 or room <= 0:
            return
        grown, highest = theme.growth(), theme.room(_HEIGHT_PX[1])
        scale = min(grown, max(room / whole.width(), _READABLE_SCALE * grown))
        off, on = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if self._wants_height:
            wide = whole.width() * scale > room + 1
            wanted = int(whole.height() * scale) + (_SCROLL_BAR_PX if wide else 0) + 2
            high = wanted > highest
            self.setHorizontalScrollBarPolicy(on if wide or high else off)
            self.setVerticalScrollBarPolicy(on if high else off)
            height = min(max(wanted, _HEIGHT_PX[0]), highest)
            if height != self.minimumHeight():
                self.setFixedHeight(height)
        else:
            scale = min(scale, max((self.height() - 2) / whole.height(), _SMALLEST_SCALE))
        if abs(scale - self.transform().m11()) > 1e-4:
            self.resetTransform()
            self.scale(scale, scale)

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        still = self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 6
        item = self.itemAt(event.position().toPoint())
        if still and event.button() == Qt.MouseButton.LeftButton:
            if isinstance(item, TaskNode):
                self.choose(item.task.id)
                self.task_chosen.emit(item.task.id)
            elif isinstance(item, Bead) and item.path is not None:
                open_viewer(self, item.path)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            now = self.transform().m11()
            factor = 1.2 if event.angleDelta().y() > 0 else 1 / 1.2
            factor = min(max(now * factor, _SMALLEST_SCALE), _LARGEST_SCALE) / now
            self.scale(factor, factor)
            event.accept()
        elif self._wants_height:
            event.ignore()  # the conversation scrolls
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Down: (0, 1),
            Qt.Key.Key_Up: (0, -1),
        }
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
            and self._chosen is not None
        ):
            self.task_chosen.emit(self._chosen)
        elif (step := steps.get(Qt.Key(event.key()))) is not None and self._nodes:
            self._move_choice(*step)
        else:
            super().keyPressEvent(event)

    def _move_choice(self, dx: int, dy: int) -> None:
        """To the nearest task in that direction."""
        if self._chosen is None:
            self.choose(next(iter(self._nodes)))
            return
        here = self._nodes[self._chosen].pos()

        def distance(node: TaskNode) -> float:
            way = node.pos() - here
            along = way.x() * dx + way.y() * dy
            aside = abs(way.x() * dy) + abs(way.y() * dx)
            return along + 2 * aside if along > 0 else float("inf")

        nearest = min(self._nodes.values(), key=distance)
        if distance(nearest) < float("inf"):
            self.choose(nearest.task.id)
