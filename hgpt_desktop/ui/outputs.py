"""Results in the conversation: pictures, recordings, texts, scores, files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from hgpt_desktop.bridge.books import Book, is_office
from hgpt_desktop.bridge.media import Table, table_of
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, button, copy_text, label
from hgpt_desktop.ui.document_viewer import DocumentCard
from hgpt_desktop.ui.files import ICONS, DragOut, FileActions
from hgpt_desktop.ui.formats import percent_text, size_text
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.markdown_view import TextBlock
from hgpt_desktop.ui.marks import depth_in, marks_in
from hgpt_desktop.ui.office_viewer import OfficeCard
from hgpt_desktop.ui.opening import open_viewer
from hgpt_desktop.ui.pictures import read_picture
from hgpt_desktop.ui.progress import ThinBar
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.table_viewer import READ_HERE, TableCard, TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer
from hgpt_desktop.ui.video_player import VideoPlayer

_PICTURE_BOUNDS = QSize(338, 300)  # two fit side by side
_SCORES_SHOWN = 5
_PREVIEW_CHARACTERS = 140
_UNFOLDED_CHARACTERS = 4000


class PictureView(QFrame):
    """A picture, small; a click opens it large."""

    def __init__(
        self, resource: Resource, bounds: QSize = _PICTURE_BOUNDS, original: Path | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("imageFrame")
        self._original = original
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Show it large"))
        self.setAccessibleName(self.tr("Picture {name}").format(name=resource.path.name))
        self._resource = resource
        self._bounds = bounds
        self._picture = QLabel()
        self._picture.setFixedSize(QSize(min(160, bounds.width()), min(120, bounds.height())))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._actions = FileActions(resource.path)
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, 0, 0)
        foot.addWidget(ElidedLabel(resource.path.name, "muted", 0.9), 1)
        foot.addWidget(self._actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 3)
        column.setSpacing(2)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignCenter)
        column.addLayout(foot)
        DragOut(self, resource.path)
        path, wanted = resource.path, bounds * self.devicePixelRatioF()
        read_for(self, lambda: read_picture(path, wanted), self._show)

    def _show(self, image: QImage) -> None:
        if image.isNull():
            self._picture.setText(self.tr("Not readable"))
            return
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(ratio)
        self._picture.setFixedSize(picture.deviceIndependentSize().toSize())
        self._picture.setPixmap(picture)

    def enlarge(self) -> None:
        """Show the picture in a window of its own."""
        data = self._resource.data
        viewer = ImageViewer(
            self.window(),
            self._resource.path,
            self._original,
            marks_in(data),
            depth=depth_in(data),
            beside=_is_depth(data),
        )
        viewer.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # so that the release comes here

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.enlarge()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.enlarge()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._actions.menu(self).popup(event.globalPos())


def _is_depth(data: Any) -> bool:
    """Whether it is a picture of distances, which says little without the picture that they were taken of."""
    return isinstance(data, dict) and "nearest" in data and "farthest" in data


class FileView(QFrame):
    """A file: its name, its size and what can be done with it. A double click or Enter shows it."""

    def __init__(self, resource: Resource) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(self.tr("File {name}").format(name=resource.path.name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._path = resource.path
        DragOut(self, resource.path)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(IconLabel(ICONS[resource.kind]))
        row.addWidget(ElidedLabel(resource.path.name, bold=True), 1)
        row.addWidget(label(size_text(resource.size_bytes), "muted", 0.9))
        row.addWidget(FileActions(resource.path))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        open_viewer(self, self._path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            open_viewer(self, self._path)
        else:
            super().keyPressEvent(event)


class ScoresView(QWidget):
    """Labels with their probabilities, the most probable first."""

    def __init__(self, scores: Sequence[tuple[str, float]], path: Path) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Scores"))
        DragOut(self, path)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 2, 0, 2)
        whole.setSpacing(2)
        grid = QGridLayout()
        whole.addLayout(grid)
        whole.addWidget(FileActions(path), 0, Qt.AlignmentFlag.AlignRight)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for line, (name, score) in enumerate(scores[:_SCORES_SHOWN]):
            bar = ThinBar()
            bar.set_value(score)
            bar.setAccessibleName(name)
            grid.addWidget(label(name, scale=0.95), line, 0)
            grid.addWidget(bar, line, 1)
            grid.addWidget(label(percent_text(score), "muted", 0.95), line, 2, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(1, 1)


class TextView(QWidget):
    """A text, folded to its first words until it is wanted; what is long goes on in a window of its own."""

    def __init__(self, resource: Resource) -> None:
        super().__init__()
        self._resource = resource
        self._table: Table | None = table_of(resource.data)
        text = (resource.text or "").strip()
        self._fold = IconButton(
            "chevron-right", self.tr("Show the whole text"), role="fold", side=14, extent=18
        )
        self._fold.clicked.connect(self.toggle)
        self._preview = ElidedLabel(text[:_PREVIEW_CHARACTERS], "muted", 0.95)
        self._whole: QWidget | None = None
        self._unfolded = False
        DragOut(self, resource.path)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(4)
        top.addWidget(self._fold)
        top.addWidget(self._preview, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(top)

    @property
    def text(self) -> str:
        """All of it."""
        return self._resource.text or ""

    @property
    def unfolded(self) -> bool:
        """Whether the whole text is shown."""
        return self._unfolded

    def toggle(self) -> None:
        """Show the whole text, or only its first words."""
        self._unfolded = not self._unfolded
        if self._whole is None:
            self._whole = self._make_whole()
            self._column.addWidget(self._whole)
        self._whole.setVisible(self._unfolded)
        self._preview.setVisible(not self.unfolded)
        if self.unfolded:
            self._fold.set_action("chevron-down", self.tr("Show only the first words"))
        else:
            self._fold.set_action("chevron-right", self.tr("Show the whole text"))

    def _make_whole(self) -> QWidget:
        whole = QFrame()
        whole.setObjectName("chip")
        text = TextBlock()
        text.setAccessibleName(self.tr("Text of {name}").format(name=self._resource.path.name))
        copy = button(self.tr("Copy"), "link", "copy")
        copy.clicked.connect(self._copy)
        foot = QHBoxLayout()
        foot.setSpacing(14)
        foot.addWidget(copy)
        whole_text = self._resource.text or ""
        if len(whole_text) > _UNFOLDED_CHARACTERS:
            enlarge = button(self.tr("Show all of it"), "link", "text")
            enlarge.clicked.connect(self.enlarge)
            foot.addWidget(enlarge)
        if self._table is not None:
            as_table = button(self.tr("Show as a table"), "link", "table")
            as_table.clicked.connect(self.show_table)
            foot.addWidget(as_table)
        foot.addStretch(1)
        foot.addWidget(FileActions(self._resource.path))
        column = QVBoxLayout(whole)
        column.setContentsMargins(12, 10, 8, 6)
        column.addWidget(text)
        column.addLayout(foot)
        shown = whole_text[:_UNFOLDED_CHARACTERS]
        text.show_plain(shown if shown == whole_text else f"{shown}…")
        return whole

    def enlarge(self) -> None:
        """Show all of the text in a window of its own."""
        TextViewer(self.window(), self._resource.path, self._resource.text or "").show()

    def show_table(self) -> None:
        """Show the structured result as a table."""
        if self._table is not None:
            TableViewer(self.window(), self._resource.path, Book(self._table)).show()

    def _copy(self) -> None:
        copy_text(self._resource.text or "")


def scores_in(data: Any) -> tuple[tuple[str, float], ...]:
    """Labels with scores, where the structured result is a list of them; else nothing."""
    if not isinstance(data, list) or not data:
        return ()
    found = []
    for entry in data:
        if not isinstance(entry, dict) or not isinstance(entry.get("label"), str):
            return ()
        score = entry.get("score")
        if not isinstance(score, (int, float)) or "box" in entry:
            return ()
        found.append((entry["label"], float(score)))
    return tuple(sorted(found, key=lambda one: -one[1]))


def original_of(result: TaskResult) -> Path | None:
    """The picture that a result was made of; None where several went in, since it may be any of them."""
    given = [
        value.path
        for values in result.inputs.values()
        for value in values
        if isinstance(value, Resource) and value.kind is Kind.IMAGE
    ]
    return given[0] if len(given) == 1 else None


def is_media(resource: Resource) -> bool:
    """Whether the result stands on its own below the plan; texts stay folded in their task's row."""
    return resource.kind is not Kind.TEXT


def media_view(resource: Resource, original: Path | None = None) -> QWidget:
    """The widget that shows a picture, a recording or a file.

    Args:
        original: the picture from which this one was made.
    """
    if resource.kind is Kind.IMAGE:
        return PictureView(resource, original=original)
    if resource.kind is Kind.AUDIO:
        return AudioPlayer(resource)
    if resource.kind is Kind.VIDEO:
        return VideoPlayer(resource)
    if resource.kind is Kind.TABLE and resource.media_type in READ_HERE:
        return TableCard(resource)
    if resource.kind is Kind.DOCUMENT and resource.media_type == "application/pdf":
        return DocumentCard(resource)
    if is_office(resource.media_type):
        return OfficeCard(resource)
    return FileView(resource)


def text_view(resource: Resource) -> QWidget | None:
    """The widget that shows a text result in its task's row, or None where there is nothing to show."""
    if scores := scores_in(resource.data):
        return ScoresView(scores, resource.path)
    if (resource.text or "").strip():
        return TextView(resource)
    return None
