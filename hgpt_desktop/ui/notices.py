"""What has to be said: a problem above the composer, a sentence in passing, the end of a long run."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.ui.cards import ProblemCard

LONG_S = 20.0  # a run that took longer is announced where the window is not in front


class Notices:
    """One problem at a time in its place; the next one takes the place of the one before."""

    def __init__(self, place: QVBoxLayout) -> None:
        self._place = place
        self._card: ProblemCard | None = None

    @property
    def problem(self) -> ProblemView | None:
        """What is said now."""
        return self._card.problem if self._card is not None else None

    def show(self, problem: ProblemView) -> None:
        """Say it, until it is dismissed or the next request is sent."""
        self.dismiss()
        self._card = ProblemCard(problem, closable=True)
        self._card.dismissed.connect(self.dismiss)
        self._place.addWidget(self._card)

    def dismiss(self) -> None:
        """Say it no longer."""
        if self._card is not None:
            self._place.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
            self._card = None


class Announcer(QObject):
    """The icon in the tray, and notifications through it.

    Where the desktop has no tray, the window's entry in the task bar asks for attention instead.
    """

    window_wanted = Signal()
    new_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None

    @property
    def tray(self) -> QSystemTrayIcon | None:
        """The icon; None where the desktop has no tray or the user wants none."""
        return self._tray

    def set_wanted(self, wanted: bool) -> None:
        """Whether there is to be an icon."""
        if wanted and self._tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            # The desktop may take its time to answer; the window must not wait for it.
            QTimer.singleShot(0, self, self._put_up)
        elif not wanted and self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None

    def _put_up(self) -> None:
        if self._tray is not None:
            return
        self._menu = menu = QMenu(self._window)
        for name, signal in (
            (self.tr("Show the window"), self.window_wanted),
            (self.tr("New conversation"), self.new_wanted),
            (self.tr("Quit"), self.quit_wanted),
        ):
            action = QAction(name, menu)
            action.triggered.connect(signal)
            menu.addAction(action)
        self._tray = tray = QSystemTrayIcon(self._window.windowIcon(), self)
        tray.setToolTip("HGPT Desktop")
        tray.setContextMenu(menu)
        tray.activated.connect(self._on_activated)
        tray.messageClicked.connect(self.window_wanted)
        tray.show()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.window_wanted.emit()

    def announce(self, title: str, sentence: str) -> None:
        """Say it outside the window; where the window is in front, not at all."""
        if self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if self._tray is not None:
            self._tray.showMessage(title, sentence, self._tray.icon())
