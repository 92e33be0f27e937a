"""Carries core events from worker threads into the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from hgpt_desktop.bridge.sentences import said_event
from hgpt_desktop.core.events import Event


class EventRelay(QObject):
    """Make it in the GUI thread: then every receiver runs there, queued, in the order of emission."""

    event_arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def emit_event(self, event: Event) -> None:
        """The `emit` that workers are given; the window gets the event in its language. Threads: any."""
        self.event_arrived.emit(said_event(event))
