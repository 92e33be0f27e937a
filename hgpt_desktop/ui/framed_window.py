"""A window that keeps its place, stays on a screen, takes dropped files and gives way where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSettings, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QWidget

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.composer import local_files
from hgpt_desktop.ui.habits import habits

_NARROW_PX = 720  # below this the side makes room for the middle
_FIRST_SIZE = (1180, 780)
_FRAME_PX, _TITLE_PX = 8, 40  # what the desktop draws around a window at most
_GRIP_PX = 80  # so much of a window has to be on a screen, or nobody can take hold of it


def brought_back(window: QRect, screens: Sequence[QRect]) -> QRect:
    """The same place where enough of it is on a screen; else the nearest one on the first screen."""
    grip = QRect(window.x(), window.y(), window.width(), min(window.height(), _GRIP_PX))
    seen = [grip.intersected(screen) for screen in screens]
    if not screens or any(one.width() >= _GRIP_PX and one.height() >= _GRIP_PX // 2 for one in seen):
        return window
    screen = screens[0]
    width, height = min(window.width(), screen.width()), min(window.height(), screen.height())
    x = min(max(window.x(), screen.x()), screen.x() + screen.width() - width)
    y = min(max(window.y(), screen.y()), screen.y() + screen.height() - height)
    return QRect(x, y, width, height)


class FramedWindow(QMainWindow):
    """What has to do with the window itself, and nothing with what it shows.

    Args:
        state_path: an INI file for the window's place and size.
    """

    closed = Signal()
    files_hovered = Signal(bool)
    files_dropped = Signal(object)  # list of Path

    def __init__(self, state_path: Path) -> None:
        super().__init__()
        self.setMinimumSize(560, 420)
        self.setAcceptDrops(True)
        self._state = QSettings(str(state_path), QSettings.Format.IniFormat)
        habits.keep_in(self._state)
        self._side: QWidget | None = None
        self._side_hidden = False
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._come_back)

    def set_side(self, side: QWidget) -> None:
        """What is hidden where the window is narrow or the user wants it so."""
        self._side = side

    def restore(self) -> None:
        """Take the place and size of the last time."""
        self.resize(self._first_size())
        geometry = self._state.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
            self._come_back()
        self._side_hidden = str(self._state.value("sidebar_hidden", "false")) == "true"
        if self._side is not None:
            self._side.setVisible(not self._side_hidden)

    def _first_size(self) -> QSize:
        """As large as it looks best, but with its frame no larger than the screen."""
        screen = self.screen().availableGeometry().size()
        return QSize(*_FIRST_SIZE).boundedTo(screen - QSize(2 * _FRAME_PX, _TITLE_PX + _FRAME_PX))

    def toggle_side(self) -> None:
        """Show or hide the side."""
        if self._side is not None:
            self._side_hidden = not self._side.isHidden()
            self._side.setVisible(not self._side_hidden)

    def come_forward(self) -> None:
        """Be seen, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _come_back(self) -> None:
        """Its screen may have been unplugged."""
        here = self.geometry()
        there = brought_back(here, [screen.availableGeometry() for screen in QGuiApplication.screens()])
        if there != here:
            self.setGeometry(there)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrowest = theme.room(_NARROW_PX)
        narrow, was_narrow = event.size().width() < narrowest, 0 < event.oldSize().width() < narrowest
        if self._side is not None and (narrow != was_narrow or event.oldSize().width() < 0):
            self._side.setVisible(not narrow and not self._side_hidden)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._state.setValue("geometry", self.saveGeometry())
        self._state.setValue("sidebar_hidden", "true" if self._side_hidden else "false")
        self._state.sync()
        super().closeEvent(event)
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
            self.files_hovered.emit(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.files_hovered.emit(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.files_hovered.emit(False)
        if files := local_files(event.mimeData()):
            event.acceptProposedAction()
            self.files_dropped.emit(files)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.files_hovered.emit(False)
