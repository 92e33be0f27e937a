"""An engine for the window's tests: it answers at once and emits the events it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from hgpt_desktop.bridge.views import ConversationView, ExchangeView, InstallView, StarterView, StatusView
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, ExitCode, HgptError
from hgpt_desktop.core.events import Event, RequestFinished, RequestStarted
from hgpt_desktop.core.interfaces import Emit, TaskRunner
from hgpt_desktop.ui.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]
Step = Event | threading.Event | HgptError | Exception
"""Emitted; or waited for (until it is set or the run is cancelled); or raised."""


@dataclass
class ScriptedEngine:
    """Implements `bridge.engine.Engine`. What it was asked is in `calls`."""

    script: list[Step] = field(default_factory=list)
    install_script: list[InstallView | threading.Event | HgptError] = field(default_factory=list)
    kept: dict[str, tuple[ConversationView, tuple[ExchangeView, ...]]] = field(default_factory=dict)
    missing: StarterView | None = None
    after_install: StarterView | None = None
    status_view: StatusView = field(
        default_factory=lambda: StatusView("Qwen2.5 Coder 1.5B", "cpu", 16_000_000_000)
    )
    calls: list[tuple[str, object]] = field(default_factory=list)
    closed: bool = False

    def open(self, runner: TaskRunner) -> ScriptedEngine:
        """The `OpenEngine` for the workbench."""
        self.calls.append(("open", None))
        return self

    def run(
        self,
        text: str,
        paths: Sequence[Path],
        conversation_id: str | None,
        emit: Emit,
        cancel: CancelToken,
    ) -> RequestFinished:
        self.calls.append(("run", (text, tuple(paths), conversation_id)))
        conversation_id = conversation_id or f"c{len(self.kept) + 1}"
        view = ConversationView(conversation_id, text[:60], datetime.now(UTC).astimezone())
        self.kept.setdefault(conversation_id, (view, ()))
        emit(RequestStarted(text, (), conversation_id, "run-1"))
        finished = RequestFinished("", (), 0.5, int(ExitCode.DONE))
        try:
            for step in self.script:
                if isinstance(step, threading.Event):
                    with cancel.on_cancel(step.set):
                        step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    emit(step)
                    finished = step if isinstance(step, RequestFinished) else finished
                cancel.raise_if_cancelled()
        except Cancelled:
            finished = RequestFinished("", (), 0.5, int(ExitCode.CANCELLED))
            emit(finished)
        return finished

    def warm_up(self, cancel: CancelToken) -> None:
        self.calls.append(("warm_up", None))

    def conversations(self) -> tuple[ConversationView, ...]:
        return tuple(view for view, _ in reversed(self.kept.values()))

    def search(self, text: str) -> tuple[ConversationView, ...]:
        self.calls.append(("search", text))
        return tuple(view for view in self.conversations() if text.lower() in view.title.lower())

    def conversation(self, conversation_id: str) -> tuple[ExchangeView, ...]:
        return self.kept[conversation_id][1]

    def rename(self, conversation_id: str, title: str) -> None:
        view, exchanges = self.kept[conversation_id]
        self.kept[conversation_id] = (replace(view, title=title), exchanges)

    def delete(self, conversation_id: str) -> None:
        del self.kept[conversation_id]

    def starter(self) -> StarterView | None:
        return self.missing

    def install_starter(self, on_progress: Callable[[InstallView], None], cancel: CancelToken) -> None:
        self.calls.append(("install", None))
        for step in self.install_script:
            if isinstance(step, threading.Event):
                with cancel.on_cancel(step.set):
                    step.wait()
            elif isinstance(step, HgptError):
                raise step
            else:
                on_progress(step)
            cancel.raise_if_cancelled()
        self.missing = self.after_install

    def status(self) -> StatusView:
        return self.status_view

    def keep_theme(self, theme: str) -> None:
        self.calls.append(("theme", theme))

    def close(self) -> None:
        self.closed = True
