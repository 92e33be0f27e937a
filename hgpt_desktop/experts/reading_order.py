"""Found lines of text in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_COLUMN_LINES = 3  # on either side of a gutter, at least
_COLUMN_CHARACTERS = 14  # in the typical line of a column; shorter ones are cells of a table or a receipt
_WIDE = 0.6  # of the width of the page: a heading over the columns


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text as it was found: its box is axis-aligned, in pixels."""

    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """The height of the box, px."""
        return self.bottom - self.top


def in_reading_order(lines: Sequence[Line]) -> list[list[Line]]:
    """Rows from top to bottom, each from left to right.

    Columns of running text are read one after the other, between the headings that span them.
    Short pieces side by side (a table, a receipt) stay in one row.
    """
    if not lines:
        return []
    gutter = _gutter(lines)
    if gutter is None:
        return _rows(lines)
    left_edge, right_edge = min(line.left for line in lines), max(line.right for line in lines)
    wide = sorted(
        (line for line in lines if _is_wide(line, left_edge, right_edge)), key=lambda line: line.top
    )
    rest = [line for line in lines if not _is_wide(line, left_edge, right_edge)]
    rows: list[list[Line]] = []
    for heading in [*wide, None]:
        above = [line for line in rest if heading is None or line.top < heading.top]
        rest = [line for line in rest if line not in above]
        rows += in_reading_order([line for line in above if line.right <= gutter])
        rows += in_reading_order([line for line in above if line.right > gutter])
        if heading is not None:
            rows.append([heading])
    return rows


def as_text(rows: Sequence[Sequence[Line]]) -> str:
    """Rows as lines of text; an empty line where the page leaves a clear gap or a new column begins."""
    if not rows:
        return ""
    height = median(line.height for row in rows for line in row)
    text = " ".join(line.text for line in rows[0])
    for above, below in pairwise(rows):
        gap = min(line.top for line in below) - max(line.bottom for line in above)
        text += "\n\n" if gap > 0.9 * height or gap < -2 * height else "\n"
        text += " ".join(line.text for line in below)
    return text


def _is_wide(line: Line, left_edge: float, right_edge: float) -> bool:
    return line.right - line.left > _WIDE * (right_edge - left_edge)


def _gutter(lines: Sequence[Line]) -> float | None:
    """The x of an empty vertical band between two columns of running text, or None."""
    left_edge, right_edge = min(line.left for line in lines), max(line.right for line in lines)
    narrow = sorted(
        (line for line in lines if not _is_wide(line, left_edge, right_edge)), key=lambda line: line.left
    )
    if len(narrow) < 2 * _COLUMN_LINES:
        return None
    reach = narrow[0].right
    for index, line in enumerate(narrow):
        if line.left > reach and _is_column(narrow[:index]) and _is_column(narrow[index:]):
            return (reach + line.left) / 2
        reach = max(reach, line.right)
    return None


def _is_column(lines: Sequence[Line]) -> bool:
    return len(lines) >= _COLUMN_LINES and median(len(line.text) for line in lines) >= _COLUMN_CHARACTERS


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines whose boxes overlap by more than half of the lower one's height stand in one row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.top + line.bottom) / 2):
        if rows and _side_by_side(rows[-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _side_by_side(row: Sequence[Line], line: Line) -> bool:
    other = row[-1]
    overlap = min(line.bottom, other.bottom) - max(line.top, other.top)
    crossing = any(min(line.right, one.right) - max(line.left, one.left) > 0.3 * line.height for one in row)
    return overlap > 0.5 * min(line.height, other.height) and not crossing
