"""A text that is told while it is written, without the end that may yet be cut off."""

from __future__ import annotations

from hgpt_desktop.controller.repetition import LONGEST_ROUND, uncertain_from
from hgpt_desktop.core.interfaces import OnText

_SEEN = 5 * LONGEST_ROUND  # characters that decide what is certain


class CertainText:
    """Passes on what of a text stays, whatever follows: no blanks at its ends, no rounds of a loop."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._written = ""  # without the blanks it begins with
        self._told = 0

    def add(self, piece: str) -> None:
        """More of the text."""
        self._written = (self._written + piece).lstrip() if not self._told else self._written + piece
        begin = max(0, len(self._written) - _SEEN)
        certain = begin + uncertain_from(self._written[begin:])
        if certain > self._told:
            self._on_text(self._written[self._told : certain])
            self._told = certain

    def end(self, text: str) -> None:
        """The text is complete: pass on what waited of it.

        Args:
            text: all of it, as it stands now that loops and blanks were cut off.
        """
        if rest := text[self._told :]:
            self._on_text(rest)
            self._told = len(text)
