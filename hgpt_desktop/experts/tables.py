"""Tables as rows of text: CSV and TSV in whatever dialect, JSON records, the first sheet of XLSX or ODS."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.experts.spreadsheets import is_spreadsheet, read_sheet

MOST_BYTES = 50_000_000
_MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none", "-"})


@dataclass(frozen=True, slots=True)
class Table:
    """Column names, and rows of as many cells; a cell that is missing is ""."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(path: Path, least_columns: int = 1) -> Table:
    """A table from a file.

    Raises:
        InvalidInput: the file is missing, too large, no table, or has no rows.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(
                f"{path.name} is larger than {MOST_BYTES // 10**6} MB.", "Attach a part of the table."
            )
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"The table {path.name} cannot be opened.", "Check that the file is still there.", str(error)
        ) from error
    if is_spreadsheet(path):
        lines = [list(row) for row in read_sheet(path)]
    else:
        text = _decoded(raw)
        if "\0" in text:
            raise _no_table(path, "it is a binary file")
        lines = _records(text) if text.lstrip()[:1] in ("[", "{") else _separated(text)
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if len(lines) < 2 or len(lines[0]) < least_columns:
        raise _no_table(
            path, "fewer than two columns or rows" if least_columns > 1 else "no row below its names"
        )
    columns = tuple(name.strip() or f"column {number}" for number, name in enumerate(lines[0], start=1))
    width = len(columns)
    rows = tuple(
        tuple(_cell(cell) for cell in (*line[:width], *[""] * (width - len(line)))) for line in lines[1:]
    )
    return Table(columns, rows)


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", errors="replace")  # what spreadsheets write where it is not UTF-8


def _separated(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def _records(text: str) -> list[list[str]]:
    """A JSON list of objects as lines, the first one their keys; nothing where it is something else."""
    try:
        records = json.loads(text)
    except ValueError:
        return []
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return []
    columns = list(dict.fromkeys(str(key) for record in records for key in record))
    return [columns, *[[_as_text(record.get(column)) for column in columns] for record in records]]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    stripped = text.strip()
    return "" if stripped.lower() in _MISSING else stripped


def _no_table(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name} cannot be read as a table: {why}.",
        "Save it as CSV with one line of column names and one line for each row.",
    )
