"""A streamed answer, sentence by sentence, without files and links that do not exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

_FILE_NAME = re.compile(
    r"[\w.~/\\-]*\w\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|wav|mp3|flac|ogg|m4a|aac|mp4|avi|mkv|mov|webm|txt|md|csv"
    r"|tsv|json|pdf|docx?|xlsx?|pptx?|zip|html?)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s)\]>\"']+|!?\[[^\]]*\]\([^)]*\)", re.IGNORECASE)
# A full stop within a number or a file name ends no sentence.
_END = re.compile(r"(?<=[.!?…])(?=\s)|(?<=[。！？])|(?<=\n)")


class HonestStream:
    """Passes text on in whole sentences; a sentence that names an unknown file or link is left out.

    Args:
        known: file names that may be named, and texts whose links and names may be repeated.
    """

    def __init__(self, on_text: Callable[[str], None], known_files: Collection[str], known_text: str) -> None:
        self._on_text = on_text
        self._files = {name.casefold() for name in known_files}
        self._known_text = known_text.casefold()
        self._waiting = ""
        self._given: list[str] = []
        self.left_out = 0

    def add(self, piece: str) -> None:
        """More text from the LLM."""
        self._waiting += piece
        *whole, self._waiting = _END.split(self._waiting)
        for sentence in whole:
            self._pass(sentence)

    def end(self) -> str:
        """Pass on what waits; all that was passed on."""
        self._pass(self._waiting)
        self._waiting = ""
        return "".join(self._given)

    def _pass(self, sentence: str) -> None:
        if not sentence:
            return
        if not self._honest(sentence):
            self.left_out += 1
            return
        if not self._given:
            sentence = sentence.lstrip()
        if sentence:
            self._given.append(sentence)
            self._on_text(sentence)

    def _honest(self, sentence: str) -> bool:
        for match in _LINK.finditer(sentence):
            if match[0].casefold() not in self._known_text:
                return False
        for match in _FILE_NAME.finditer(_LINK.sub(" ", sentence)):
            named = match[0].casefold()
            if named not in self._files and named not in self._known_text:
                return False
        return True
