"""Colours for code, by Pygments' lexers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from hgpt_desktop.ui import theme

_MOST_CHARACTERS = 20_000  # longer code stays plain: colouring it would hold the window up


@lru_cache(maxsize=32)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


def prepare() -> None:
    """Read what is needed to colour code, which takes a while. Threads: any."""
    _lexer("python")


class CodeColours(QSyntaxHighlighter):
    """Colours a whole document once its text is complete; it has no work while text streams in."""

    def __init__(self, document: QTextDocument, language: str) -> None:
        super().__init__(document)
        self._language = language
        self._spans: dict[int, list[tuple[int, int, str]]] = {}

    def colour(self, code: str) -> None:
        """The code is complete."""
        self._spans = self._find(code)
        self.rehighlight()

    def _find(self, code: str) -> dict[int, list[tuple[int, int, str]]]:
        """By line: beginning, length and the name of the colour."""
        lexer = _lexer(self._language.lower()) if self._language else None
        if lexer is None or len(code) > _MOST_CHARACTERS:
            return {}
        spans: dict[int, list[tuple[int, int, str]]] = {}
        line = column = 0
        for kind, text in lexer.get_tokens(code):
            colour = _colour_of(str(kind))
            for part in text.splitlines(keepends=True):
                width = len(part.rstrip("\n"))
                if colour and width:
                    spans.setdefault(line, []).append((column, width, colour))
                column += width
                if part.endswith("\n"):
                    line, column = line + 1, 0
        return spans

    def highlightBlock(self, text: str) -> None:
        shades = theme.colours()
        for begin, width, colour in self._spans.get(self.currentBlock().blockNumber(), ()):
            form = QTextCharFormat()
            form.setForeground(QColor(getattr(shades, colour)))
            self.setFormat(begin, width, form)


def _colour_of(token: str) -> str:
    """The theme's colour for a kind of token; empty for plain text."""
    for begins, colour in (
        ("Token.Comment", "muted"),
        ("Token.Keyword", "accent"),
        ("Token.Literal.String", "success"),
        ("Token.Literal.Number", "warning"),
        ("Token.Name.Function", "accent"),
        ("Token.Name.Class", "accent"),
        ("Token.Name.Decorator", "warning"),
        ("Token.Operator.Word", "accent"),
    ):
        if token.startswith(begins):
            return colour
    return ""
