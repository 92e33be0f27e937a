"""All downloads under way or waiting: how far each is, how fast, and the room that is left."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.bridge.downloads import Downloads, DownloadState, DownloadView
from hgpt_desktop.bridge.views import InstallView
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label
from hgpt_desktop.ui.formats import duration_text, size_text, speed_text
from hgpt_desktop.ui.progress import ThinBar
from hgpt_desktop.ui.setting_texts import in_words


def progress_words(view: InstallView) -> str:
    """How far it is, how fast, and how long it will take."""
    done, whole = size_text(view.done_bytes), size_text(view.total_bytes)
    parts = [QCoreApplication.translate("DownloadQueue", "{done} of {all}").format(done=done, all=whole)]
    if view.bytes_per_s:
        parts.append(speed_text(view.bytes_per_s))
    if view.remaining_s is not None:
        left = QCoreApplication.translate("DownloadQueue", "{time} left")
        parts.append(left.format(time=duration_text(view.remaining_s)))
    return " · ".join(parts)


class _Row(QFrame):
    """One download."""

    def __init__(self, name: str, model_id: str, downloads: Downloads) -> None:
        super().__init__()
        self._model_id, self._downloads = model_id, downloads
        self._running = False
        self._name = name
        self.setAccessibleName(name)
        self._words = ElidedLabel("", "muted", 0.92)
        self._fault = label("", "danger", 0.92, wrap=True)
        self._fault.hide()
        self._bar = ThinBar()
        self._bar.setAccessibleName(name)
        self.pause_button = IconButton("pause", "", side=16)
        self.pause_button.clicked.connect(self._toggle)
        self.drop_button = IconButton("close", self.tr("Do not fetch {name}").format(name=name), side=16)
        self.drop_button.clicked.connect(lambda: downloads.drop(model_id))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(ElidedLabel(name), 1)
        top.addWidget(self._words, 2)
        top.addWidget(self.pause_button)
        top.addWidget(self.drop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._fault)

    @property
    def words(self) -> str:
        """What it says."""
        return self._fault.text() or self._words.text()

    def show_download(self, download: DownloadView, words: str) -> None:
        self._running = download.state in (DownloadState.RUNNING, DownloadState.WAITING)
        if self._running:
            self.pause_button.set_action("pause", self.tr("Pause {name}").format(name=self._name))
        else:
            self.pause_button.set_action("play", self.tr("Go on with {name}").format(name=self._name))
        view = download.progress
        share = view.done_bytes / view.total_bytes if view is not None and view.total_bytes else None
        moving = download.state is DownloadState.RUNNING and share is None
        self._bar.set_value(None if moving else share or 0.0)
        failed = download.state is DownloadState.FAILED  # a sentence, and what to do: it needs its room
        self._words.setText("" if failed else words)
        self._fault.setText(words if failed else "")
        self._fault.setVisible(failed)

    def _toggle(self) -> None:
        if self._running:
            self._downloads.pause(self._model_id)
        else:
            self._downloads.add(self._model_id)


class DownloadQueue(QFrame):
    """A row for each download; nothing where there is none."""

    def __init__(self, downloads: Downloads, name_of: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Downloads"))
        self._downloads, self._name_of = downloads, name_of
        self._rows: dict[str, _Row] = {}
        self._room = label("", "muted", 0.92)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel("download", "accent"))
        head.addWidget(label(self.tr("Downloads"), bold=True), 1)
        head.addWidget(self._room)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 14, 14, 16)
        self._column.setSpacing(10)
        self._column.addLayout(head)
        downloads.changed.connect(self._show)
        self._show()

    @property
    def rows(self) -> tuple[_Row, ...]:
        """What is shown, in order."""
        return tuple(self._rows.values())

    @property
    def room(self) -> str:
        """What it says about the disk."""
        return self._room.text()

    def words_for(self, download: DownloadView) -> str:
        """How far it is, in words."""
        view = download.progress
        if download.state is DownloadState.FAILED and download.problem is not None:
            return in_words(f"{download.problem.message} {download.problem.hint}".strip())
        if download.state is DownloadState.WAITING:
            return self.tr("Waits for the download before it.")
        if download.state is DownloadState.PAUSED:
            return self.tr("Paused; what has arrived is kept.")
        return progress_words(view) if view is not None else self.tr("Connecting…")

    def _show(self) -> None:
        queue = {one.model_id: one for one in self._downloads.queue}
        for gone in self._rows.keys() - queue.keys():
            row = self._rows.pop(gone)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for model_id, download in queue.items():
            if model_id not in self._rows:
                self._rows[model_id] = _Row(self._name_of(model_id), model_id, self._downloads)
                self._column.addWidget(self._rows[model_id])
            self._rows[model_id].show_download(download, self.words_for(download))
        moving = (one for one in queue.values() if one.state is not DownloadState.FAILED)
        free = [one.progress.free_bytes for one in moving if one.progress is not None]
        known = [size for size in free if size is not None]
        self._room.setText(
            self.tr("{size} free on the disk").format(size=size_text(known[-1])) if known else ""
        )
        self.setVisible(bool(queue))
