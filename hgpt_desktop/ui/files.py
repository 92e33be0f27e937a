"""What can be done with a file: open it, keep a copy, show where it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QMenu, QWidget

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui.basics import IconButton
from hgpt_desktop.ui.dialogs import PlaceToSave
from hgpt_desktop.ui.reading import read_for

ICONS = {
    Kind.TEXT: "text",
    Kind.IMAGE: "image",
    Kind.AUDIO: "audio",
    Kind.VIDEO: "video",
    Kind.DOCUMENT: "document",
    Kind.TABLE: "table",
}
_GHOST, _GHOST_OPACITY = QSize(200, 140), 0.8
_HOT_SPOT = QPoint(-14, -10)  # beside the mouse, which the program below has to see
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg"}
_SOUNDS = {".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac"}
_FILMS = {".mp4", ".mkv", ".webm", ".mov", ".avi"}
_TABLES = {".csv", ".tsv", ".xlsx", ".ods"}
_TEXTS = {".txt", ".md", ".rst", ".log", ".srt", ".json"}


def icon_by_name(path: Path) -> str:
    """The icon that the file's name suggests; what is in it is found out when it is used."""
    ending = path.suffix.lower()
    for endings, icon in (
        (_PICTURES, "image"),
        (_SOUNDS, "audio"),
        (_FILMS, "video"),
        (_TABLES, "table"),
        (_TEXTS, "text"),
    ):
        if ending in endings:
            return icon
    return "document"


def open_file(path: Path) -> bool:
    """Open the file in the program that the desktop has for it; whether there is one."""
    return os.path.exists(path) and QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> bool:
    """Open the file's folder."""
    return os.path.exists(path.parent) and QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def save_copy(path: Path, place: Path) -> None:
    """Copy the file; what stood at the place stays until the copy is whole.

    Raises:
        InvalidInput: it cannot be read, or not be written there.

    Threads: any.
    """
    draft = place.with_name(f".{place.name}.part")
    try:
        try:
            shutil.copyfile(path, draft)
            os.replace(draft, place)
        finally:
            draft.unlink(missing_ok=True)
    except FileNotFoundError as error:
        if not os.path.exists(path):
            raise InvalidInput(
                QCoreApplication.translate("files", "{name} is no longer there.").format(name=path.name),
                QCoreApplication.translate("files", "It may have been moved or deleted."),
                str(error),
            ) from error
        raise _not_saved(place, error) from error
    except OSError as error:
        raise _not_saved(place, error) from error


def _not_saved(place: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        QCoreApplication.translate("files", "{name} could not be saved.").format(name=place.name),
        QCoreApplication.translate("files", "Choose a folder that you may write to, with enough room."),
        str(error),
    )


def say_problem(widget: QWidget, problem: ProblemView) -> None:
    """Say it in the window in which the widget is."""
    if callable(show := getattr(widget.window(), "show_problem", None)):
        show(problem)


def open_or_say(widget: QWidget, path: Path) -> None:
    """Open the file in the desktop's program for it, or say why not."""
    if not open_file(path):
        say_problem(
            widget,
            ProblemView(
                QCoreApplication.translate("files", "{name} could not be opened.").format(name=path.name),
                QCoreApplication.translate(
                    "files", "It may have been moved, or no program is set for this kind of file."
                ),
            ),
        )


class FileDrops(QObject):
    """Hands files that are dropped on any part of a window to the window itself.

    A line of text below the mouse would take their names: it is asked only after this.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Show and (handle := self._window.windowHandle()) is not None:
                handle.installEventFilter(self)  # a second time changes nothing
        elif isinstance(event, QDropEvent) and any(url.isLocalFile() for url in event.mimeData().urls()):
            if isinstance(event, QDragEnterEvent):
                self._window.dragEnterEvent(event)
            elif isinstance(event, QDragMoveEvent):
                event.acceptProposedAction()
            else:
                self._window.dropEvent(event)
            return True
        elif isinstance(event, QDragLeaveEvent):
            self._window.dragLeaveEvent(event)
        return super().eventFilter(watched, event)


class DragOut(QObject):
    """Lets a file be dragged from a widget into another program, or into the composer."""

    def __init__(self, widget: QWidget, path: Path) -> None:
        super().__init__(widget)
        self._path = path
        self._pressed: QPointF | None = None
        self._carried = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            if event.type() == QEvent.Type.MouseButtonPress:
                self._carried = False
                if event.button() == Qt.MouseButton.LeftButton:
                    self._pressed = event.position()
            elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
                way = (event.position() - self._pressed).manhattanLength()
                if way >= QApplication.startDragDistance() and os.path.exists(self._path):
                    self._pressed, self._carried = None, True
                    self.start(watched)
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
            if self._carried:
                return True  # letting go of the file is no click
        return super().eventFilter(watched, event)

    def start(self, widget: QWidget) -> None:
        """Carry the file away."""
        if isinstance(widget, QAbstractButton):
            widget.setDown(False)
        drag = QDrag(widget)
        drag.setMimeData(mime_of(self._path))
        drag.setPixmap(_ghost_of(widget))
        drag.setHotSpot(_HOT_SPOT)
        drag.exec(Qt.DropAction.CopyAction)


def _ghost_of(widget: QWidget) -> QPixmap:
    """The widget small and half transparent, to hang at the mouse."""
    seen = widget.grab()
    ratio = seen.devicePixelRatio()
    small = seen.scaled(
        seen.size().boundedTo(_GHOST * ratio),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    ghost = QPixmap(small.size())
    ghost.setDevicePixelRatio(ratio)
    ghost.fill(Qt.GlobalColor.transparent)
    painter = QPainter(ghost)
    painter.setOpacity(_GHOST_OPACITY)
    painter.drawPixmap(0, 0, small)
    painter.end()
    return ghost


def mime_of(path: Path) -> QMimeData:
    """The file as other programs take it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


class FileActions(QWidget):
    """Small buttons: open, save a copy, show in folder, use again; and the same as a context menu."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for icon, name, slot in (
            ("open", self.tr("Open"), self.open),
            ("save", self.tr("Save as…"), self.save),
            ("folder", self.tr("Show in folder"), self.show_folder),
            ("attach", self.tr("Use in the next request"), self.use_again),
        ):
            act = IconButton(icon, name, side=16)
            act.setAccessibleName(f"{name}: {path.name}")
            act.clicked.connect(slot)
            row.addWidget(act)

    def menu(self, parent: QWidget, *, attached: bool = False) -> QMenu:
        """The same as a menu; what is attached already cannot be used in the next request once more."""
        made = QMenu(parent)
        made.addAction(self.tr("Open")).triggered.connect(self.open)
        made.addAction(self.tr("Save as…")).triggered.connect(self.save)
        made.addAction(self.tr("Show in folder")).triggered.connect(self.show_folder)
        if not attached:
            made.addAction(self.tr("Use in the next request")).triggered.connect(self.use_again)
        return made

    def open(self) -> None:
        """Open the file in the desktop's program for it."""
        open_or_say(self, self._path)

    def save(self) -> None:
        """Ask for a place and save a copy there."""
        place = PlaceToSave.ask(self, self._path.name)
        if place is not None:
            path = self._path
            read_for(self, lambda: save_copy(path, place), lambda _: self._saved(place), self._say, long=True)

    def _saved(self, place: Path) -> None:
        if callable(say := getattr(self.window(), "say", None)):
            say(self.tr("Saved as {name}.").format(name=place.name))

    def show_folder(self) -> None:
        """Open the folder in which the file is."""
        if not show_in_folder(self._path):
            self._say(
                ProblemView(
                    self.tr("The folder of {name} could not be opened.").format(name=self._path.name),
                    self.tr("It is {folder}.").format(folder=self._path.parent),
                )
            )

    def use_again(self) -> None:
        """Attach the file to the next request."""
        attach = getattr(self.window(), "take_files", None)
        if callable(attach):
            attach([self._path])

    def _say(self, problem: ProblemView) -> None:
        say_problem(self, problem)
