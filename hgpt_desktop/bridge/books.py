"""Office files as the viewers of the window show them. Slow: called from a worker. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.bridge.media import Table, read_table
from hgpt_desktop.experts.spreadsheets import MEDIA_TYPES, is_spreadsheet, read_sheet, sheet_names
from hgpt_desktop.runtime.attachments import look_at
from hgpt_desktop.runtime.office import Paragraph, office_paragraphs

__all__ = ["SPREADSHEETS", "Book", "Paragraph", "is_office", "read_book", "read_paragraphs"]

SPREADSHEETS = MEDIA_TYPES
_OFFICE = ("wordprocessingml.document", "presentationml.presentation", "opendocument.text",
           "opendocument.presentation")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Book:
    """One table of a file, and the names of all sheets of it; a file that is no spreadsheet has none."""

    table: Table
    sheets: tuple[str, ...] = ()


class _Sheet(Table):
    """Rows that were read; the first one that is not empty names the columns."""

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        self._rows = [row for row in rows if any(cell.strip() for cell in row)]
        columns = [name.strip() for name in self._rows[0]] if self._rows else []
        super().__init__(columns, max(len(self._rows) - 1, 0))

    def _cells(self, number: int) -> Sequence[str]:
        return self._rows[number + 1]


def read_book(path: Path, number: int = 0) -> Book:
    """A sheet of a spreadsheet, counted from 0, or the table that is in another file.

    Raises:
        InvalidInput: the file is missing, unreadable, or no table that is read here.
    """
    if not is_spreadsheet(path):
        return Book(read_table(path))
    return Book(_Sheet(read_sheet(path, number)), sheet_names(path))


def is_office(media_type: str) -> bool:
    """Whether it is a document or a presentation that `read_paragraphs` reads."""
    return media_type.endswith(_OFFICE)


def read_paragraphs(path: Path) -> tuple[Paragraph, ...]:
    """What is written in a DOCX, PPTX, ODT or ODP.

    Raises:
        InvalidInput: the file is missing, unreadable, damaged or no such document.
    """
    return office_paragraphs(path, look_at(path).media_type)
