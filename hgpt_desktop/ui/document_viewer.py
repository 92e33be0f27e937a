"""PDF documents: thumbnails of their pages in the conversation, and the pages in a window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListView, QToolButton, QWidget

from hgpt_desktop.bridge.media import page_picture
from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import FlowBox, IconButton, button, label
from hgpt_desktop.ui.file_card import FileCard
from hgpt_desktop.ui.files import DragOut
from hgpt_desktop.ui.picture_canvas import PictureCanvas
from hgpt_desktop.ui.pictures import levels_of
from hgpt_desktop.ui.reading import OnProblem, read_for
from hgpt_desktop.ui.viewer import Viewer

THUMBNAIL = QSize(96, 124)
_PAGES_SHOWN = 5
_PAGE = QSize(1800, 2400)  # at which a page is drawn to be read
_PAGES_KEPT = 300  # thumbnails


def show_page(
    owner: QObject,
    path: Path,
    number: int,
    bounds: QSize,
    then: Callable[[QImage, int], None],
    otherwise: OnProblem | None = None,
) -> None:
    """Draw a page in a worker, as large as fits into `bounds` (px); hand it on with the count of pages."""

    def draw() -> tuple[QImage, int]:
        page = page_picture(path, number, bounds.width(), bounds.height())
        width, height = page.width_px, page.height_px
        image = QImage(page.pixels, width, height, 4 * width, QImage.Format.Format_RGB32)
        return image.copy(), page.pages  # Qt does not keep the bytes that it looks at

    read_for(owner, draw, lambda drawn: then(*drawn), otherwise)


class PageButton(QToolButton):
    """The thumbnail of a page; a click opens the document there."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setIconSize(THUMBNAIL)
        self.setFixedSize(THUMBNAIL + QSize(12, 12))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = self.tr("Page {number}").format(number=number)
        self.setToolTip(words)
        self.setAccessibleName(f"{words}: {path.name}")

    def show_image(self, image: QImage) -> None:
        """The page as it looks."""
        self.setIcon(_on_paper(image, self.devicePixelRatioF()))


def _on_paper(image: QImage, ratio: float) -> QIcon:
    """The page with a thin border; it looks the same where it is chosen."""
    made = QPixmap(THUMBNAIL * ratio)
    made.fill(Qt.GlobalColor.transparent)
    made.setDevicePixelRatio(ratio)
    size = image.size().scaled(THUMBNAIL - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (THUMBNAIL.width() - size.width()) // 2, (THUMBNAIL.height() - size.height()) // 2
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(QColor(theme.colours().line))
    painter.drawRect(left, top, size.width() + 1, size.height() + 1)
    painter.drawImage(left + 1, top + 1, _fitted(image, size, ratio))
    painter.end()
    icon = QIcon(made)
    icon.addPixmap(made, QIcon.Mode.Selected)
    return icon


def _fitted(image: QImage, size: QSize, ratio: float) -> QImage:
    """Small pictures only: thumbnails are drawn at about the size in which they are shown."""
    fitted = image.scaled(
        size * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    fitted.setDevicePixelRatio(ratio)
    return fitted


class DocumentCard(FileCard):
    """A document in the conversation: its first pages, small."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource, self.tr("Document {name}").format(name=resource.path.name))
        self.pages = FlowBox()
        self.column.addWidget(self.pages)
        self._show_next(1)

    def _show_next(self, number: int) -> None:
        bounds = THUMBNAIL * self.devicePixelRatioF()
        show_page(
            self,
            self.path,
            number,
            bounds,
            lambda image, count: self._show(number, image, count),
            self.say_problem,
        )

    def _show(self, number: int, image: QImage, count: int) -> None:
        page = PageButton(self.path, number)
        page.show_image(image)
        page.clicked.connect(lambda: self.enlarge(number))
        DragOut(page, self.path)
        self.pages.flow.addWidget(page)
        if number == 1:
            one, several = self.tr("1 page"), self.tr("{count} pages").format(count=count)
            self.size_label.setText(one if count == 1 else several)
        if number < min(count, _PAGES_SHOWN):
            self._show_next(number + 1)
        elif count > _PAGES_SHOWN:
            more = button(self.tr("All {count} pages").format(count=count), "link", "document")
            more.clicked.connect(lambda: self.enlarge(1))
            self.column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def enlarge(self, number: int) -> None:
        """Show the document in a window of its own, at this page."""
        DocumentViewer(self.window(), self.path, number).show()


class PagesModel(QAbstractListModel):
    """The pages of a document; a thumbnail is drawn when its place is seen."""

    def __init__(self, parent: QObject, path: Path, ratio: float) -> None:
        super().__init__(parent)
        self._path, self._ratio = path, ratio
        self._count = 0
        self._asked: set[int] = set()
        self._icons: dict[int, QIcon] = {}

    def set_count(self, count: int) -> None:
        """How many pages there are."""
        if count != self._count:
            self.beginResetModel()
            self._count = count
            self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._count

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return str(row + 1)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.tr("Page {number}").format(number=row + 1)
        if role == Qt.ItemDataRole.SizeHintRole:
            return THUMBNAIL + QSize(16, 34)
        if role == Qt.ItemDataRole.DecorationRole:
            if row not in self._asked:
                self._asked.add(row)
                bounds = THUMBNAIL * self._ratio
                show_page(self, self._path, row + 1, bounds, lambda image, _: self._take(row, image))
            return self._icons.get(row)
        return None

    def _take(self, row: int, image: QImage) -> None:
        if len(self._icons) >= _PAGES_KEPT:
            gone = next(iter(self._icons))
            del self._icons[gone]
            self._asked.discard(gone)
        self._icons[row] = _on_paper(image, self._ratio)
        place = self.index(row)
        self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])


class DocumentViewer(Viewer):
    """All pages as thumbnails, and one to read: zoomed and moved like a picture."""

    page_shown = Signal(int)

    def __init__(self, parent: QWidget, path: Path, number: int = 1) -> None:
        super().__init__(parent, path)
        self.resize(1000, 760)
        self._wanted = 0
        self._count = 0
        self.canvas = PictureCanvas(self.tr("Page of {name}").format(name=path.name))
        self.canvas.wheel_zooms = False
        self.canvas.edge_passed.connect(self._go_on)
        self._came_by = 0  # where to begin on the page that is on its way, as in `show_edge`
        self.canvas.say(self.tr("Reading the document…"))
        self.pages = QListView()
        self.pages.setObjectName("pageList")
        self.pages.setAccessibleName(self.tr("Pages"))
        self.pages.setViewMode(QListView.ViewMode.IconMode)
        self.pages.setMovement(QListView.Movement.Static)
        self.pages.setResizeMode(QListView.ResizeMode.Adjust)
        self.pages.setUniformItemSizes(True)
        self.pages.setIconSize(THUMBNAIL)
        self.pages.setSpacing(4)
        self.pages.setFixedWidth(THUMBNAIL.width() + 48)
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = PagesModel(self, path, self.devicePixelRatioF())
        self.pages.setModel(self._model)
        self.pages.selectionModel().currentChanged.connect(self._on_chosen)
        self._place = label("", "muted")
        for icon, name, slot in (
            ("chevron-left", self.tr("Page before (PgUp)"), self.show_before),
            ("chevron-right", self.tr("Next page (PgDown)"), self.show_next),
        ):
            act = IconButton(icon, name, side=16)
            act.clicked.connect(slot)
            self.tools.addWidget(act)
        self.tools.insertWidget(1, self._place)
        for icon, name, slot in (
            ("zoom-out", self.tr("Zoom out (-)"), self.canvas.zoom_out),
            ("zoom-in", self.tr("Zoom in (+)"), self.canvas.zoom_in),
            ("fit", self.tr("Fit into the window (0)"), self.canvas.fit),
        ):
            act = IconButton(icon, name, side=18)
            act.clicked.connect(slot)
            self.tools.addWidget(act)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.pages)
        row.addWidget(self.canvas, 1)
        self.body.addLayout(row, 1)
        for keys, slot in (
            ("PgUp", self.show_before),
            ("PgDown", self.show_next),
            ("Home", lambda: self.show_number(1)),
            ("End", lambda: self.show_number(self._count)),
            ("+", self.canvas.zoom_in),
            ("=", self.canvas.zoom_in),
            ("-", self.canvas.zoom_out),
            ("0", self.canvas.fit),
        ):
            QShortcut(QKeySequence(keys), self, slot)
        self.canvas.setFocus()
        self.show_number(number)

    @property
    def number(self) -> int:
        """The page that is shown, or on its way."""
        return self._wanted

    def show_number(self, number: int) -> None:
        """Show this page, counted from 1."""
        if number == self._wanted or (self._count and not 1 <= number <= self._count):
            return
        self._wanted = number
        bounds = _PAGE * self.devicePixelRatioF()
        show_page(
            self, self.path, number, bounds, lambda image, count: self._show(number, image, count), self._fail
        )

    def show_next(self) -> None:
        """The page after this one."""
        self.show_number(self._wanted + 1)

    def show_before(self) -> None:
        """The page before this one."""
        self.show_number(self._wanted - 1)

    def _go_on(self, way: int) -> None:
        """To the next page or the one before, as a roll of paper goes on."""
        if 1 <= self._wanted + way <= self._count:
            self.show_number(self._wanted + way)
            self._came_by = way

    def _show_page(self, levels: tuple[QImage, ...]) -> None:
        self.canvas.show_levels(levels)
        if self._came_by:
            self.canvas.show_edge(self._came_by)
            self._came_by = 0

    def _show(self, number: int, image: QImage, count: int) -> None:
        self._count = count
        self._model.set_count(count)
        if number != self._wanted:
            return  # another one was chosen meanwhile
        read_for(self, lambda: levels_of(image), self._show_page)
        self._place.setText(f"{number} / {count}")
        self.pages.setCurrentIndex(self._model.index(number - 1))
        self.page_shown.emit(number)

    def _on_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.show_number(index.row() + 1)

    def _fail(self, problem: ProblemView) -> None:
        self.canvas.say("")
        self.show_problem(problem)
