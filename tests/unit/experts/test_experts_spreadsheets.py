"""Sheets of spreadsheets as rows of text."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from hgpt_desktop.bridge.books import read_book
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.experts import spreadsheets
from hgpt_desktop.experts.spreadsheets import read_sheet, sheet_names
from hgpt_desktop.experts.tables import read_table

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
Cell = str | float | bool


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> Path:
    """A spreadsheet as Excel writes it."""
    names = list(sheets)
    entries = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(names, 1)
    )
    ways = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{ways}</Relationships>',
        )
        for at, name in enumerate(names, 1):
            rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in sheets[name])
            archive.writestr(
                f"xl/worksheets/sheet{at}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return path


def ods(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    """A spreadsheet as LibreOffice writes it."""
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(
            "<table:table-row>"
            + "".join(
                '<table:table-cell office:value-type="string">'
                f"<text:p>{escape(cell)}</text:p></table:table-cell>"
                for cell in row
            )
            + "</table:table-row>"
            for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"'
        for one in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_MANIFEST}"/>')
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def test_cells_are_written_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx", {"Money": [["name", "sum", "paid"], ["Ann & Bob", 3.0, True], ["x", 2.5]]}
    )
    assert sheet_names(path) == ("Money",)
    assert read_sheet(path) == (("name", "sum", "paid"), ("Ann & Bob", "3", "TRUE"), ("x", "2.5", ""))


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_every_sheet_is_a_table_of_its_own(tmp_path: Path, form: str) -> None:
    sheets = {"One": [["a", "b"], ["1x", "2x"]], "Two": [["only"], [""], ["y"], ["z"]], "None": []}
    path = (xlsx if form == "xlsx" else ods)(tmp_path / f"a.{form}", sheets)
    first, second, third = (read_book(path, number) for number in range(3))
    assert first.sheets == second.sheets == ("One", "Two", "None")
    assert (first.table.columns, first.table.row(0)) == (("a", "b"), ("1x", "2x"))
    assert (second.table.columns, second.table.count, second.table.row(1)) == (("only",), 2, ("z",))
    assert (third.table.columns, third.table.count) == ((), 0)


def test_experts_read_the_first_sheet(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"Money": [["name", "sum"], ["Ann", 3.0]], "Other": [["q"], ["r"]]})
    assert read_table(path).columns == ("name", "sum")
    assert read_table(path).rows == (("Ann", "3"),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and then nothing" * 9, "damaged"),
        (b"\xd0\xcf\x11\xe0" * 200, "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_is_none_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="damaged") as raised:
        sheet_names(path)
    assert raised.value.hint
    with pytest.raises(InvalidInput, match="no longer there"):
        read_sheet(tmp_path / "gone.xlsx")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"One": [["a" * 5000]]})
    monkeypatch.setattr(spreadsheets, "_MOST_BYTES", 4000)
    with pytest.raises(InvalidInput, match="too large"):
        read_sheet(path)
