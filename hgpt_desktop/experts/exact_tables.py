"""Tables as plain text, and figures worked out over their columns. No model."""

from __future__ import annotations

import csv
import io
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import (
    ShouldStop,
    described,
    output_file,
    required_path,
    stop_if,
    write_text,
)
from hgpt_desktop.experts.options import choice
from hgpt_desktop.experts.tables import Table, read_table

CALCULATIONS = ("sum", "average", "median", "smallest", "largest", "count", "sort", "sort down", "select")
_FIGURES: Mapping[str, Callable[[list[Decimal]], Decimal]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "average": statistics.mean,
    "median": statistics.median,
    "smallest": min,
    "largest": max,
}
_CONDITION = re.compile(r"(?P<column>.+?)\s*(?P<sign>>=|<=|!=|=|>|<|\bis\b)\s*(?P<value>.+)")
_COMPARES: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}
_SHOWN_ROWS = 20


def as_text(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """The table row by row, a line each: `city: Berlin; people: 3700000`. Data: `{"columns", "rows"}`.

    Raises:
        InvalidInput: the file is no table.
    """
    table = read_table(required_path(call, "table"))
    stop_if(should_stop)
    on_progress(0.5, f"reading {len(table.rows)} rows")
    lines = [
        "; ".join(f"{name}: {cell}" for name, cell in zip(table.columns, row, strict=True) if cell)
        for row in table.rows
    ]
    return (write_text(call, "\n".join(lines), {"columns": list(table.columns), "rows": len(table.rows)}),)


def work_out(call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
    """A figure of a column, or the rows sorted or selected; and the rows that it comes from, as CSV.

    `column` is a name of the header, or its beginning; `where` is a condition such as `city = Berlin` or
    `price > 10`. Data: `{"calculation", "column", "rows", "value"}`; the value is None for sorting.

    Raises:
        InvalidInput: the file is no table, has no such column, or the column no numbers.
    """
    calculation = choice(call, "calculation", CALCULATIONS)
    table = read_table(required_path(call, "table"))
    stop_if(should_stop)
    if where := call.text("where").strip():
        table = _selected(table, where)
    wanted = call.text("column").strip()
    column = _column(table, wanted) if wanted or calculation in _FIGURES or "sort" in calculation else None
    on_progress(0.5, f"reading {len(table.rows)} rows")
    value, shown = None, ""
    if calculation in _FIGURES:
        assert column is not None
        numbers = _numbers(table, column)
        value = _FIGURES[calculation](numbers)
        shown = f"{calculation} of {table.columns[column]}: {_digits(value)} ({len(numbers)} rows)"
    elif calculation == "count":
        filled = [row for row in table.rows if column is None or row[column]]
        value = Decimal(len(filled))
        shown = f"{len(filled)} rows"
    elif "sort" in calculation:
        assert column is not None
        table = _sorted(table, column, down=calculation == "sort down")
    stop_if(should_stop)
    data = {
        "calculation": calculation,
        "column": None if column is None else table.columns[column],
        "rows": len(table.rows),
        "value": None if value is None else float(value),
    }
    return (write_text(call, shown or _shown(table), data), _as_csv(call, table))


def _column(table: Table, wanted: str) -> int:
    names = [name.casefold() for name in table.columns]
    asked = wanted.casefold()
    for fits in (
        [place for place, name in enumerate(names) if name == asked],
        [place for place, name in enumerate(names) if asked and (name.startswith(asked) or name in asked)],
    ):
        if len(fits) == 1:
            return fits[0]
    if not wanted:
        numeric = [place for place in range(len(names)) if _try_numbers(table, place)]
        if len(numeric) == 1:
            return numeric[0]
    raise InvalidInput(
        f"The table has no column {wanted!r}." if wanted else "It is not said which column is meant.",
        f"It has: {', '.join(table.columns[:20])}.",
    )


def _selected(table: Table, where: str) -> Table:
    match = _CONDITION.fullmatch(where)
    if match is None:
        raise InvalidInput(
            f"{where!r} is not a condition.", "Write it as column = value, or column > number."
        )
    column = _column(table, match["column"].strip())
    sign, value = match["sign"], match["value"].strip().strip("\"'")
    if sign in _COMPARES:
        bound = _number(value)
        if bound is None:
            raise InvalidInput(f"{value!r} is not a number to compare with.", "Write it as price > 10.")
        rows = [
            row
            for row in table.rows
            if (cell := _number(row[column])) is not None and _COMPARES[sign](cell, bound)
        ]
    else:
        rows = [row for row in table.rows if (row[column].casefold() == value.casefold()) is (sign != "!=")]
    return replace(table, rows=tuple(rows))


def _numbers(table: Table, column: int) -> list[Decimal]:
    found = _try_numbers(table, column)
    if not found:
        raise InvalidInput(
            f"The column {table.columns[column]} has cells that are no numbers."
            if table.rows
            else "No row of the table meets the condition.",
            "Name a column of numbers, or another condition.",
        )
    return found


def _try_numbers(table: Table, column: int) -> list[Decimal]:
    """The numbers of a column, gaps left out; nothing where a cell is none."""
    cells = [_number(row[column]) for row in table.rows if row[column]]
    return [] if any(cell is None for cell in cells) else [cell for cell in cells if cell is not None]


def _number(text: str) -> Decimal | None:
    """`1,234.5`, `1234,5`, `€ 12`, `30 %` as a number."""
    plain = re.sub(r"[\s€$£¥%'’]", "", text)
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _sorted(table: Table, column: int, *, down: bool) -> Table:
    numeric = bool(_try_numbers(table, column))

    def key(row: Sequence[str]) -> tuple[Decimal, str]:
        return (_number(row[column]) or Decimal(0) if numeric else Decimal(0), row[column].casefold())

    filled = sorted((row for row in table.rows if row[column]), key=key, reverse=down)
    return replace(table, rows=(*filled, *(row for row in table.rows if not row[column])))


def _digits(value: Decimal) -> str:
    rounded = round(value, 6)
    return f"{rounded:f}".rstrip("0").rstrip(".") if rounded != rounded.to_integral() else f"{rounded:.0f}"


def _shown(table: Table) -> str:
    if not table.rows:
        return "No row meets the condition."
    lines = ["\t".join(table.columns), *("\t".join(row) for row in table.rows[:_SHOWN_ROWS])]
    more = len(table.rows) - _SHOWN_ROWS
    return "\n".join([*lines, *([f"… and {more} more rows"] if more > 0 else [])])


def _as_csv(call: ExpertCall, table: Table) -> Resource:
    written = io.StringIO()
    csv.writer(written).writerows([table.columns, *table.rows])
    with output_file(call, "csv") as (draft, final):
        draft.write_text(written.getvalue(), encoding="utf-8", newline="")
    return described(final, Kind.TABLE, "text/csv", text=written.getvalue())
