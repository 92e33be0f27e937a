"""The answer of one run while it is being written, be it by a task or by response generation."""

from __future__ import annotations

import threading

from hgpt_desktop.core.events import ResponseChunk, ResponseWithdrawn
from hgpt_desktop.core.interfaces import Emit, OnText


class GrowingAnswer:
    """What has been told of the answer. Each text that is begun is told from where it goes on with that.

    So a text that is written once more, after a host died or by response generation that repeats what a
    task has written, is not told twice; one that differs takes the place of what was told before.

    Threads: any.
    """

    def __init__(self, emit: Emit, keep: OnText) -> None:
        self._emit, self._keep = emit, keep
        self._lock = threading.Lock()
        self._author: object = None
        self._written = ""  # by the present author
        self._text = ""
        self._standing = ""

    @property
    def text(self) -> str:
        """What was told and stands."""
        return self._text

    def begin(self) -> OnText:
        """Takes a text piece by piece, until another one is begun."""
        author = object()
        with self._lock:
            self._author, self._written = author, self._standing

        def add(piece: str) -> None:
            with self._lock:
                if author is self._author:
                    self._written += piece
                    self._tell()

        return add

    def stand(self) -> None:
        """What was told stays, and what is written after it goes on below."""
        with self._lock:
            self._standing = f"{self._text}\n\n" if self._text else ""

    def end(self) -> None:
        """The present text is complete, and nothing else is the answer."""
        with self._lock:
            self._author = None
            if self._text != self._written:
                self._withdraw()
                self._tell()

    def close(self) -> None:
        """Nothing more is taken; what was told stands."""
        with self._lock:
            self._author = None

    def _tell(self) -> None:
        if self._text.startswith(self._written):
            return  # it was told already
        if not self._written.startswith(self._text):
            self._withdraw()
        more = self._written[len(self._text) :]
        self._text = self._written
        self._emit(ResponseChunk(more))
        self._keep(self._text)

    def _withdraw(self) -> None:
        if self._text:
            self._text = ""
            self._emit(ResponseWithdrawn())
            self._keep("")
