"""Spreadsheets as sheets of text: XLSX and ODS."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import InvalidInput

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MEDIA_TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
_BEGINNING = b"PK\x03\x04"
_MOST_BYTES = 1_000_000_000  # unpacked; a cell takes several times its text in memory
_WHOLE = 1e15  # above this a number with a point is no longer exact

Row = tuple[str, ...]


def is_spreadsheet(path: Path) -> bool:
    """Whether the file begins like one: other tables are texts. False where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_BEGINNING)) == _BEGINNING
    except OSError:  # whoever reads it says so
        return False


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of the sheets that have cells, in order.

    Raises:
        InvalidInput: the file is missing, damaged, locked by a password, too large or no spreadsheet.
    """
    with _opened(path) as workbook:
        return tuple(workbook.sheet_names)


def read_sheet(path: Path, number: int = 0) -> tuple[Row, ...]:
    """The rows of a sheet, counted from 0, as text; each is as long as the widest one.

    Numbers stand as a spreadsheet shows them without a format, days and times in the form of ISO 8601.
    Raises as `sheet_names` does.
    """
    with _opened(path) as workbook:
        sheet = workbook.get_sheet_by_index(number)
        return tuple(tuple(map(_shown, row)) for row in sheet.iter_rows())


def _shown(cell: object) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(cell)
        case datetime():
            midnight = cell.time() == time()
            return cell.date().isoformat() if midnight else cell.isoformat(" ", timespec="seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(cell)


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    import python_calamine

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise InvalidInput(
                    f"{path.name} is too large to be read as a whole.",
                    "Save the sheet that you need as CSV, and attach that.",
                )
        with python_calamine.CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    except python_calamine.PasswordError as error:
        raise InvalidInput(
            f"{path.name} is locked by a password.", "Save it without one, and attach that.", str(error)
        ) from error
    except FileNotFoundError as error:
        raise InvalidInput(
            f"{path.name} is no longer there.", "It may have been moved or deleted.", str(error)
        ) from error
    except PermissionError as error:
        raise InvalidInput(
            f"You may not read {path.name}.", "Change its permissions, or attach a copy.", str(error)
        ) from error
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError) as error:
        raise InvalidInput(
            f"The spreadsheet {path.name} is damaged or not complete.",
            "Get or save the file once more.",
            f"{type(error).__name__}: {error}",
        ) from error
