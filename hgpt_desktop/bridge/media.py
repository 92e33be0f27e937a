"""What the viewers of the window read of files. Slow: called from a worker. No Qt here."""

from __future__ import annotations

import codecs
import csv
import heapq
import itertools
import json
import re
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.runtime.attachments import look_at
from hgpt_desktop.runtime.documents import PDF, PagePicture, page_picture

if TYPE_CHECKING:
    from hgpt_desktop.runtime.pictures import PicturePixels

__all__ = [
    "LookedAt", "PagePicture", "Table", "look", "look_closely", "page_picture", "picture_pixels",
    "read_table", "read_text", "table_of",
]  # fmt: skip

MOST_BYTES = 50_000_000
_BLOCK_CHARACTERS = 1 << 20
_SAMPLE_CHARACTERS = 64_000
_ROWS_KEPT = 4096
_ROWS_SORTED = 4096
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?([eE][+-]?\d+)?|-?\.\d+")


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What a file turned out to be."""

    kind: Kind
    media_type: str

    @property
    def is_pdf(self) -> bool:
        """Whether its pages can be shown."""
        return self.media_type == PDF


def look(path: Path) -> LookedAt:
    """What the file is, by its content.

    Raises:
        InvalidInput: it is missing, a folder, empty, unreadable or of a type that cannot be used.
    """
    found = look_at(path)
    return LookedAt(found.kind, found.media_type)


def look_closely(path: Path) -> LookedAt:
    """What the file is, and for a picture, whether all of it is there.

    Raises:
        InvalidInput: as `look`, and where it is a picture that cannot be opened.
    """
    found = look(path)
    if found.kind is Kind.IMAGE:
        from hgpt_desktop.runtime.pictures import check_picture

        check_picture(path)
    return found


def picture_pixels(path: Path, width_px: int, height_px: int) -> PicturePixels | None:
    """The picture as Pillow reads it, no larger than the given size; None where it cannot."""
    from hgpt_desktop.runtime.pictures import picture_pixels as read

    try:
        return read(path, width_px, height_px)
    except (InvalidInput, OSError):
        return None


def read_text(path: Path) -> tuple[str, bool]:
    """The text of a file, and whether that is all of it: after 50 MB the rest is left out.

    Raises:
        InvalidInput: the file is missing, unreadable or no text.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES)
            whole = not stream.read(1)
    except OSError as error:
        raise _not_there(path, error) from error
    encoding = "utf-16" if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    # In blocks: each call keeps Python's lock, and the GUI thread waits for it.
    blocks = [
        decoder.decode(raw[at : at + _BLOCK_CHARACTERS]) for at in range(0, len(raw), _BLOCK_CHARACTERS)
    ]
    text = "".join([*blocks, decoder.decode(b"", final=whole)])
    if "\0" in text[:_SAMPLE_CHARACTERS]:
        raise InvalidInput(f"{path.name} is not a text.", "Open it in another program.")
    return text, whole


def _not_there(path: Path, error: OSError) -> InvalidInput:
    if isinstance(error, FileNotFoundError):
        return InvalidInput(
            f"{path.name} is no longer there.", "It may have been moved or deleted.", str(error)
        )
    return InvalidInput(f"{path.name} cannot be read.", "Check that you may read it.", str(error))


# ---------------------------------------------------------------- tables


class Table(ABC):
    """Columns and rows of text; a row is taken apart when it is asked for.

    Args:
        columns: their names.
        whole: False where the file is longer than what was read.
    """

    def __init__(self, columns: Sequence[str], count: int, *, whole: bool = True) -> None:
        self.columns = tuple(columns)
        self.count = count
        self.whole = whole
        self.row = lru_cache(_ROWS_KEPT)(self._padded)

    def _padded(self, number: int) -> tuple[str, ...]:
        """The cells of a row, as many as there are columns; rows are counted from 0."""
        cells = self._cells(number)[: len(self.columns)]
        return (*cells, *[""] * (len(self.columns) - len(cells)))

    @abstractmethod
    def _cells(self, number: int) -> Sequence[str]:
        """The cells of a row as the file has them."""

    def order(self, column: int, *, descending: bool) -> array[int]:
        """The numbers of the rows in the order of a column: numbers by size, before words by letters.

        Empty cells come last in either direction.
        """
        numbers: dict[int, float] = {}
        words: dict[int, str] = {}
        empty = array("q")
        for row in range(self.count):
            cell = self._padded(row)[column].strip()
            if not cell:
                empty.append(row)
            elif _NUMBER.fullmatch(cell):
                numbers[row] = float(cell.replace(",", ""))
            else:
                words[row] = cell.casefold()
        ordered = [_ordered(numbers, descending), _ordered(words, descending)]
        return array("q", itertools.chain(*(reversed(ordered) if descending else ordered), empty))

    def find(self, words: str, rows: Sequence[int], after: tuple[int, int]) -> tuple[int, int] | None:
        """The next cell in which the words stand, in whatever case: its place in `rows`, and its column.

        Args:
            rows: the numbers of the rows in the order in which they are shown.
            after: the cell to begin behind; after the last one it goes on at the beginning.
        """
        wanted = words.casefold()
        first, column = after
        for step in range(len(rows) + 1):
            place = (first + step) % len(rows)
            for at, cell in enumerate(self._padded(rows[place])):
                if step == 0 and at <= column:
                    continue  # comes last, if nothing else is found
                if wanted in cell.casefold():
                    return place, at
        return None

    def as_text(self, rows: Sequence[int]) -> str:
        """These rows with the names of the columns, parted by tabs, as spreadsheets take them."""
        lines = [self.columns, *(self._padded(number) for number in rows)]
        return "\n".join("\t".join(_one_line(cell) for cell in line) for line in lines)


def _ordered(values: Mapping[int, Any], descending: bool) -> Iterator[int]:
    """The keys in the order of their values.

    Piece by piece: one sort of all keeps Python's lock, and the GUI thread waits for it.
    """
    rows = iter(values)
    pieces = []
    while piece := sorted(itertools.islice(rows, _ROWS_SORTED), key=values.__getitem__, reverse=descending):
        pieces.append(array("q", piece))
    return heapq.merge(*pieces, key=values.__getitem__, reverse=descending)


def _one_line(cell: str) -> str:
    return " ".join(cell.split()) if any(sign in cell for sign in "\t\n\r") else cell


class _Separated(Table):
    """Lines of a text; a row may take several."""

    def __init__(self, text: str, dialect: type[csv.Dialect], *, whole: bool) -> None:
        self._text, self._dialect = text, dialect
        starts = array("q")
        columns: list[str] = []
        width = 0
        at, place = 0, array("q", [0])
        lines = _lines(text)

        def counted() -> Iterator[str]:
            for line in lines:
                place[0] += len(line)
                yield line

        for cells in csv.reader(counted(), dialect):
            if not any(cell.strip() for cell in cells):
                pass  # an empty line
            elif not columns:
                columns = cells
            else:
                starts.append(at)
                width = max(width, len(cells))
            at = place[0]
        self._starts = starts
        names = [name.strip() for name in columns]
        names += [""] * (min(width, 1000) - len(names))
        super().__init__(names, len(starts), whole=whole)
        starts.append(at)

    def _cells(self, number: int) -> Sequence[str]:
        part = self._text[self._starts[number] : self._starts[number + 1]]
        return next(csv.reader(_lines(part), self._dialect), [])


class _Records(Table):
    """Records with names, or lists in the order of the columns."""

    def __init__(self, records: Sequence[Any]) -> None:
        self._records = records
        names: dict[str, None] = {}
        width = 0
        for record in records:
            if isinstance(record, Mapping):
                names.update(dict.fromkeys(map(str, record)))
            else:
                width = max(width, len(record))
        self._names = tuple(names)
        self._headed = not names and bool(records) and all(isinstance(one, str) for one in records[0])
        columns = (
            [_cell(one) for one in records[0]] if self._headed else [*names, *[""] * (width - len(names))]
        )
        super().__init__(columns, len(records) - self._headed)

    def _cells(self, number: int) -> Sequence[str]:
        record = self._records[number + self._headed]
        if isinstance(record, Mapping):
            return [_cell(record.get(name)) for name in self._names]
        return [_cell(value) for value in record]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _lines(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def read_table(path: Path) -> Table:
    """The table in a file: CSV in whatever dialect, TSV, or JSON records.

    Raises:
        InvalidInput: the file is missing, unreadable, or no table that is read here.
    """
    csv.field_size_limit(MOST_BYTES)
    text, whole = read_text(path)
    if text.lstrip()[:1] in ("[", "{"):
        try:
            found = table_of(_parsed(text))
        except ValueError as error:
            raise _no_table(path, str(error)) from error
        if found is None:
            raise _no_table(path, "no list of records")
        return found
    try:
        table = _Separated(text, _dialect(path, text[:_SAMPLE_CHARACTERS]), whole=whole)
    except csv.Error as error:
        raise _no_table(path, str(error)) from error
    if not table.columns:
        raise _no_table(path, "empty")
    return table


def table_of(data: Any) -> Table | None:
    """The table that a structured result is, if it is one: records, or a value that holds them."""
    if isinstance(data, Mapping):
        if isinstance(data.get("columns"), list) and isinstance(
            rows := data.get("data", data.get("rows")), list
        ):
            return table_of([list(map(str, data["columns"])), *rows])
        lists = [value for value in data.values() if _is_records(value)]
        return _Records(lists[0]) if len(lists) == 1 else None
    return _Records(data) if _is_records(data) else None


def _is_records(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(one, Mapping) for one in value) or (
        all(isinstance(one, list) for one in value) and any(value)
    )


def _parsed(text: str) -> Any:
    """The JSON value; a long list is taken piece by piece, as each call keeps Python's lock."""
    if not text.lstrip().startswith("["):
        return json.loads(text, object_pairs_hook=_in_python)
    decoder, found = json.JSONDecoder(), []
    at = _after_blanks(text, text.index("[") + 1)
    while text[at : at + 1] != "]":
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at = _after_blanks(text, at)
        if text[at : at + 1] == ",":
            at = _after_blanks(text, at + 1)
        elif text[at : at + 1] != "]":
            raise ValueError(f"character {at}: neither a comma nor the end of the list")
    return found


def _in_python(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs)


_BLANKS = re.compile(r"\s*")


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _dialect(path: Path, sample: str) -> type[csv.Dialect]:
    if path.suffix.lower() in (".tsv", ".tab"):
        return csv.excel_tab
    try:
        found = csv.Sniffer().sniff(sample[:8000], delimiters=",;\t|")
    except csv.Error:
        return csv.excel
    # Only the sign between cells: what it says of quotes is often wrong.
    return type("Found", (csv.excel,), {"delimiter": found.delimiter})


def _no_table(path: Path, detail: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name} cannot be shown as a table here.", "Open it in another program.", detail
    )
