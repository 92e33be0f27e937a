"""Opens a file in the viewer for its kind, or in the desktop's program where there is none."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from hgpt_desktop.bridge.books import is_office
from hgpt_desktop.bridge.media import LookedAt, look
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.ui import sound, theme
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.basics import IconButton
from hgpt_desktop.ui.document_viewer import DocumentViewer
from hgpt_desktop.ui.files import open_or_say, say_problem
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.office_viewer import OfficeViewer
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.table_viewer import READ_HERE, TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer
from hgpt_desktop.ui.video_player import VideoPlayer
from hgpt_desktop.ui.viewer import Viewer


class PlayerViewer(Viewer):
    """A recording or a film in a window of its own."""

    def __init__(self, parent: QWidget, resource: Resource) -> None:
        super().__init__(parent, resource.path)
        film = resource.kind is Kind.VIDEO
        self.player = VideoPlayer(resource) if film else AudioPlayer(resource)
        if isinstance(self.player, VideoPlayer):
            self.player.screen_.grow()
            whole = IconButton("fit", self.tr("Whole screen (F11)"))
            whole.clicked.connect(self._toggle_whole)
            self.tools.addWidget(whole)
            QShortcut(QKeySequence("F11"), self, self._toggle_whole)
        self.player.head.hide()  # the bar above says it
        self.setMinimumSize(420, 160)
        self.resize(*((860, 660) if film else (theme.room(640), theme.room(160))))
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.addWidget(self.player)
        if not film:
            self.body.addStretch(1)
        if sound.multimedia() is not None:
            self.player.waveform.setFocus()  # so that the space bar plays

    def _toggle_whole(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()


def open_viewer(widget: QWidget, path: Path) -> None:
    """Look at the file in a worker and show it; what went wrong is said in the widget's window."""

    def show(found: LookedAt) -> None:
        viewer = viewer_for(widget.window(), path, found)
        if viewer is not None:
            viewer.show()
        else:
            open_or_say(widget, path)

    read_for(widget, lambda: look(path), show, lambda problem: say_problem(widget, problem))


def viewer_for(parent: QWidget, path: Path, found: LookedAt) -> Viewer | None:
    """The viewer for a file of this kind, if there is one."""
    if found.kind is Kind.IMAGE:
        return ImageViewer(parent, path)
    if found.kind in (Kind.AUDIO, Kind.VIDEO):
        size_bytes = path.stat().st_size if os.path.exists(path) else 0
        return PlayerViewer(parent, Resource(path.name, found.kind, path, found.media_type, size_bytes))
    if found.is_pdf:
        return DocumentViewer(parent, path)
    if found.kind is Kind.TABLE and found.media_type in READ_HERE:
        return TableViewer(parent, path)
    if is_office(found.media_type):
        return OfficeViewer(parent, path)
    if found.kind is Kind.TEXT:
        return TextViewer(parent, path)
    return None
