"""Cuts Markdown into blocks while it streams in, so that each block is rendered once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*$")
_LIST_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_MARKED = re.compile(r".*\||\s*(?:[#>~`]|=+\s*$|[-*+]\s|(?:[-*_]\s*){3,}$|\d{1,9}[.)]\s)| {4}|\t")
_LINE_SEPARATOR = "\u2028"
_IMAGE = re.compile(r"!\[([^\]]*)\](?=\()")


@dataclass(frozen=True, slots=True)
class Block:
    """A finished piece: prose in Markdown, or the lines of a code block without its fences."""

    text: str
    code: bool = False
    language: str = ""


class BlockSplitter:
    """Takes text in pieces of any length and gives blocks as they end."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._partial = ""
        self._fence = ""
        self._language = ""
        self._blank_in_list = False

    @property
    def open_block(self) -> Block | None:
        """What has come in since the last finished block, or None."""
        lines = [*self._lines, self._partial] if self._partial or self._fence else self._lines
        text = "\n".join(lines)
        if self._fence:
            return Block(text, code=True, language=self._language)
        return Block(text) if text.strip() else None

    def feed(self, text: str) -> list[Block]:
        """The blocks that this piece finishes."""
        *lines, self._partial = (self._partial + text).split("\n")
        return [block for line in lines for block in self._take(line.rstrip("\r"))]

    def finish(self) -> list[Block]:
        """The rest, at the end of the text."""
        blocks = self._take(self._partial) if self._partial else []
        self._partial = ""
        return blocks + self._close()

    def _take(self, line: str) -> list[Block]:
        if self._fence:
            bare = line.strip()
            if len(bare) >= len(self._fence) and not bare.strip(self._fence[0]):
                return self._close()
            self._lines.append(line)
            return []
        if fence := _FENCE.match(line):
            finished = self._close()
            self._fence, self._language = fence[1], fence[2]
            return finished
        if not line.strip():
            if not self._in_list:
                return self._close()
            self._blank_in_list = True
            self._lines.append("")
            return []
        finished = []
        if self._blank_in_list:
            self._blank_in_list = False
            if not (_LIST_ITEM.match(line) or line.startswith(("  ", "\t"))):
                finished = self._close()
                return finished + self._take(line)
        self._lines.append(line)
        return finished

    @property
    def _in_list(self) -> bool:
        return bool(self._lines) and is_list(self._lines[0])

    def _close(self) -> list[Block]:
        text = "\n".join(self._lines)
        block = Block(text if self._fence else text.strip("\n"), bool(self._fence), self._language)
        was_open = bool(self._fence) or bool(text.strip())
        self._lines, self._fence, self._language, self._blank_in_list = [], "", "", False
        return [block] if was_open else []


def with_line_breaks(markdown: str) -> str:
    """Lines of prose stay lines, as in a text that was read off a picture, within their paragraph."""
    lines = markdown.split("\n")
    whole = lines[0]
    for before, line in pairwise(lines):
        prose = all(one.strip() and not _MARKED.match(one) for one in (before, line))
        whole = f"{whole.rstrip()}{_LINE_SEPARATOR}{line.lstrip()}" if prose else f"{whole}\n{line}"
    return whole


def is_list(markdown: str) -> bool:
    """Whether a block that begins so is a list."""
    return _LIST_ITEM.match(markdown) is not None


def without_images(markdown: str) -> str:
    """Pictures as links: nothing is fetched, and no file is read, because a model wrote its name."""
    return _IMAGE.sub(lambda image: f"[{image[1] or 'image'}]", markdown)
