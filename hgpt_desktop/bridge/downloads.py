"""The queue of downloads: one at a time, each of which can be paused and taken up again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from hgpt_desktop.bridge.seam import Engine
from hgpt_desktop.bridge.views import InstallView, ProblemView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.cancel import CancelToken


class DownloadState(Enum):
    """How a download is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DownloadView:
    """One line of the queue. `progress` is None before the first bytes."""

    model_id: str
    state: DownloadState
    progress: InstallView | None = None
    problem: ProblemView | None = None


class Downloads(QObject):
    """Fetches models one after another; a paused or failed one lets the next go first.

    Threads: made and called in the GUI thread; signals arrive there.
    """

    changed = Signal()
    installed = Signal(str)  # model id
    _progressed = Signal(object)  # InstallView, from the worker

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self._queue: dict[str, DownloadView] = {}
        self._cancel: CancelToken | None = None
        self._running: str | None = None
        self._progressed.connect(self._on_progress)
        workbench.closing.connect(self._stop)

    @property
    def queue(self) -> tuple[DownloadView, ...]:
        """All that is not installed yet, in order."""
        return tuple(self._queue.values())

    def one(self, model_id: str) -> DownloadView | None:
        """The download of that model, if there is one."""
        return self._queue.get(model_id)

    def add(self, model_id: str) -> None:
        """Fetch a model, or go on with it."""
        before = self._queue.get(model_id)
        if before is not None and before.state in (DownloadState.WAITING, DownloadState.RUNNING):
            return
        progress = before.progress if before else None
        self._queue[model_id] = DownloadView(model_id, DownloadState.WAITING, progress)
        self._go_on()

    def pause(self, model_id: str) -> None:
        """Stop fetching it for now; what has arrived is kept."""
        if model_id in self._queue:
            self._queue[model_id] = replace(self._queue[model_id], state=DownloadState.PAUSED)
            if self._running == model_id and self._cancel is not None:
                self._cancel.cancel()
            self.changed.emit()

    def drop(self, model_id: str) -> None:
        """Take it off the queue; what has arrived is kept for the next time."""
        if self._queue.pop(model_id, None) is not None:
            if self._running == model_id and self._cancel is not None:
                self._cancel.cancel()
            self.changed.emit()

    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel.cancel()

    def _go_on(self) -> None:
        self.changed.emit()
        if self._running is not None:
            return
        waiting = next((one for one in self._queue.values() if one.state is DownloadState.WAITING), None)
        if waiting is None:
            return
        model_id, cancel = waiting.model_id, CancelToken()
        self._running, self._cancel = model_id, cancel
        self._workbench.downloading = True
        self._queue[model_id] = replace(waiting, state=DownloadState.RUNNING)
        self.changed.emit()

        def fetch(engine: Engine) -> None:
            engine.install_model(model_id, self._progressed.emit, cancel)

        self._workbench.ask("install", self, fetch, self._on_installed, self._on_failed, self._on_ended)

    def _on_progress(self, view: InstallView) -> None:
        if self._running in self._queue:
            self._queue[self._running] = replace(self._queue[self._running], progress=view)
            self.changed.emit()

    def _on_installed(self, _: None) -> None:
        if self._running is not None:
            self._queue.pop(self._running, None)
            self.installed.emit(self._running)

    def _on_failed(self, problem: ProblemView) -> None:
        if self._running in self._queue:
            self._queue[self._running] = replace(
                self._queue[self._running], state=DownloadState.FAILED, problem=problem
            )

    def _on_ended(self) -> None:
        self._running = self._cancel = None
        self._workbench.downloading = False
        self._go_on()
