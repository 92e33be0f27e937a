"""A picture in a window of its own, to look at closely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSplitter, QWidget

from hgpt_desktop.ui.basics import ElidedLabel, IconButton, button, label
from hgpt_desktop.ui.formats import percent_text
from hgpt_desktop.ui.marks import Depth, Mark, mask_picture
from hgpt_desktop.ui.picture_canvas import PictureCanvas
from hgpt_desktop.ui.pictures import read_levels
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.viewer import Viewer


class ImageViewer(Viewer):
    """Fits the picture into the window; wheel, buttons and keys zoom, the mouse and the arrows move it.

    Args:
        original: the picture from which this one was made. It is shown beside it; and where `marks` say what
            was found, they are drawn on it here, so that they can be switched off.
        marks: what was found in it; the mouse over it shows label and score.
        depth: what its greys stand for; the mouse over either picture shows the distance.
        beside: whether the original is beside it from the beginning.
    """

    def __init__(
        self,
        parent: QWidget,
        path: Path,
        original: Path | None = None,
        marks: Sequence[Mark] = (),
        *,
        depth: Depth | None = None,
        beside: bool = False,
    ) -> None:
        super().__init__(parent, path)
        if original == path:
            original = None
        self._marks = tuple(marks)
        # Without the original, the boxes are drawn into the picture already and cannot be switched off.
        self._overlaid = original is not None and bool(self._marks)
        self._result: tuple[QImage, ...] = ()
        self._before: tuple[QImage, ...] = ()
        self.canvas = PictureCanvas(self.tr("Picture {name}").format(name=path.name))
        self.other = PictureCanvas(self.tr("The original"))
        self.canvas.say(self.tr("Reading the picture…"))
        self.boxes_button = self._switch(self.tr("Boxes"), self._on_overlay)
        self.masks_button = self._switch(self.tr("Masks"), self._on_overlay)
        self.original_button = self._switch(self.tr("Original"), self._on_original, on=False)
        self.beside_button = self._switch(self.tr("Side by side"), self._on_beside, on=beside)
        self.boxes_button.setVisible(self._overlaid)
        self.masks_button.setVisible(self._overlaid and any(mark.mask for mark in self._marks))
        self.original_button.setVisible(original is not None and not self._overlaid and not beside)
        self.beside_button.setVisible(original is not None)
        self._told = ElidedLabel("", "muted", 0.95)
        self._scale = label("", "muted", 0.95)
        self._build()
        self.canvas.view_changed.connect(self._on_view)
        self.other.view_changed.connect(self._on_other_view)
        self.canvas.hovered.connect(self._tell)
        self._depth = depth
        if depth is not None:
            self.canvas.pointed.connect(self._tell_distance)
            self.other.pointed.connect(self._tell_distance)
        self.other.setVisible(beside and original is not None)
        self._show_captions()
        for keys, slot in (
            ("+", self.zoom_in),
            ("=", self.zoom_in),
            ("-", self.zoom_out),
            ("0", self.fit),
            ("1", self.canvas.full_size),
            ("O", self.original_button.click),
            ("S", self.beside_button.click),
            ("B", self.boxes_button.click),
            ("M", self.masks_button.click),
        ):
            QShortcut(QKeySequence(keys), self, slot)
        self.canvas.setFocus()
        read_for(self, lambda: (read_levels(path), mask_picture(self._marks)), self._show)
        if original is not None:
            read_for(self, lambda: read_levels(original), self._show_original)

    def _switch(self, text: str, slot: Callable[[], None], *, on: bool = True) -> QPushButton:
        made = button(text, "switch")
        made.setCheckable(True)
        made.setChecked(on)
        made.toggled.connect(slot)
        self.tools.addWidget(made)
        return made

    def _build(self) -> None:
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        panes.addWidget(self.other)
        panes.addWidget(self.canvas)
        panes.setSizes([480, 480])
        foot = QFrame()
        foot.setObjectName("viewerFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(4)
        row.addWidget(self._told, 1)
        row.addWidget(self._scale)
        for icon, name, slot in (
            ("zoom-out", self.tr("Zoom out (-)"), self.zoom_out),
            ("zoom-in", self.tr("Zoom in (+)"), self.zoom_in),
            ("fit", self.tr("Fit into the window (0)"), self.fit),
        ):
            act = IconButton(icon, name, side=18)
            act.clicked.connect(slot)
            row.addWidget(act)
        self.body.addWidget(panes, 1)
        self.body.addWidget(foot)

    # ------------------------------------------------------------ what it shows

    def _show(self, read: tuple[tuple[QImage, ...], QImage]) -> None:
        self._result, mask = read
        if not self._result:
            self.canvas.say(self.tr("This picture cannot be read."))
            return
        self.canvas.show_marks(self._marks, mask if self._overlaid else QImage())
        self.canvas.shows_boxes = self._overlaid
        self._draw()

    def _show_original(self, levels: tuple[QImage, ...]) -> None:
        self._before = levels
        if not levels:  # it went meanwhile; what was made of it is still there
            self._overlaid = False
            self.canvas.shows_boxes = False
            self.canvas.show_marks(self._marks, QImage())
            for switch in (self.boxes_button, self.masks_button, self.original_button, self.beside_button):
                switch.hide()
            self.other.hide()
            self._show_captions()
        else:
            self.other.show_levels(levels)
            self.other.follow(self.canvas)
        self._draw()

    def _draw(self) -> None:
        wants_original = self._overlaid or self.original_button.isChecked()
        levels = self._before if wants_original and self._before else self._result
        if levels:
            self.canvas.show_levels(levels)

    def _on_overlay(self) -> None:
        self.canvas.shows_boxes = self._overlaid and self.boxes_button.isChecked()
        self.canvas.shows_masks = self.masks_button.isChecked()
        self.canvas.update()

    def _on_original(self) -> None:
        width = self.canvas.shown.width()
        self._draw()
        if not self.canvas.fitted and not self.canvas.shown.isEmpty():
            self.canvas.zoom_by(width / self.canvas.shown.width())

    def _on_beside(self) -> None:
        self.other.setVisible(self.beside_button.isChecked())
        self._show_captions()
        if not self._overlaid:
            self.original_button.setVisible(not self.beside_button.isChecked())
            self.original_button.setChecked(False)

    def _show_captions(self) -> None:
        beside = not self.other.isHidden()
        self.other.caption = self.tr("Original") if beside else ""
        self.canvas.caption = self.tr("Result") if beside else ""

    def _tell(self, mark: Mark | None) -> None:
        self._told.setText(mark.told if mark is not None else "")

    def _tell_distance(self, share: QPointF) -> None:
        if self._depth is None or not self._result:
            return
        grey = self._result[0]
        x, y = int(share.x() * grey.width()), int(share.y() * grey.height())
        words = ""
        if grey.rect().contains(x, y):
            metres = self._depth.metres(grey.pixelColor(x, y).lightness())
            words = self.tr("About {metres} m away").format(metres=self.locale().toString(metres, "f", 2))
        self._told.setText(words)

    # ------------------------------------------------------------ zoom

    def _on_view(self) -> None:
        self._scale.setText(percent_text(self.canvas.zoom) if not self.canvas.picture_size.isEmpty() else "")
        if self.other.isVisible():
            self.other.follow(self.canvas)

    def _on_other_view(self) -> None:
        self.canvas.follow(self.other)

    def zoom_in(self) -> None:
        """Show it larger."""
        self.canvas.zoom_in()

    def zoom_out(self) -> None:
        """Show it smaller."""
        self.canvas.zoom_out()

    def fit(self) -> None:
        """Show all of it."""
        self.canvas.fit()
