"""What the viewers read: kinds, texts, tables in every dialect, pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hgpt_desktop.bridge import media
from hgpt_desktop.bridge.media import look, page_picture, read_table, read_text, table_of
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(path: Path) -> list[tuple[str, ...]]:
    table = read_table(path)
    return [table.columns, *(table.row(number) for number in range(table.count))]


# ---------------------------------------------------------------- kinds


def test_the_content_decides_what_a_file_is(tmp_path: Path) -> None:
    picture = tmp_path / "a.txt"
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    assert look(picture).kind is Kind.IMAGE
    assert look(written(tmp_path / "a.csv", "a,b\n1,2\n")).media_type == "text/csv"
    assert look(written(tmp_path / "a.pdf", b"%PDF-1.7\n")).is_pdf
    with pytest.raises(InvalidInput, match="is of a type that is not known here"):
        look(written(tmp_path / "a.bin", bytes(range(256)) * 4))
    with pytest.raises(InvalidInput, match="is a folder"):
        look(tmp_path)
    with pytest.raises(InvalidInput, match="There is no file"):
        look(tmp_path / "gone")


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_of_any_unicode_encoding(encoding: str, tmp_path: Path) -> None:
    assert read_text(written(tmp_path / "a.txt", "Größe 大小".encode(encoding))) == ("Größe 大小", True)


def test_a_text_beyond_the_limit_is_cut_between_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MOST_BYTES", 4)
    assert read_text(written(tmp_path / "a.txt", "大小")) == ("大", False)


def test_what_is_no_text_and_what_is_gone(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"a\.txt is not a text"):
        read_text(written(tmp_path / "a.txt", b"a\0b"))
    with pytest.raises(InvalidInput, match=r"b\.txt is no longer there"):
        read_text(tmp_path / "b.txt")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_text(tmp_path)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "city,people\nOslo,709000\n"),
        ("a.csv", "city;people\r\nOslo;709000\r\n"),
        ("a.tsv", "city\tpeople\nOslo\t709000"),
        ("a.csv", "\n\ncity|people\n\nOslo|709000\n\n"),
        ("a.json", '[{"city": "Oslo", "people": 709000}]'),
        ("a.json", '[["city", "people"], ["Oslo", 709000]]'),
        ("a.json", '{"columns": ["city", "people"], "data": [["Oslo", 709000]]}'),
        ("a.json", '{"target": "x", "rows": [{"city": "Oslo", "people": 709000}]}'),
    ],
)
def test_tables_of_any_form(name: str, content: str, tmp_path: Path) -> None:
    assert rows_of(written(tmp_path / name, content)) == [("city", "people"), ("Oslo", "709000")]


def test_cells_may_hold_line_ends_and_rows_may_be_short_or_long(tmp_path: Path) -> None:
    content = 'id,note\n1,"two\nlines, quoted ""well"""\n2\n3,a,b\n'
    assert rows_of(written(tmp_path / "a.csv", content)) == [
        ("id", "note", ""),
        ("1", 'two\nlines, quoted "well"', ""),
        ("2", "", ""),
        ("3", "a", "b"),
    ]


def test_records_with_different_names_and_nested_values(tmp_path: Path) -> None:
    data = [{"a": 1, "b": None}, {"b": [1, {"c": "ü"}], "d": True}]
    path = written(tmp_path / "a.json", json.dumps(data))
    assert rows_of(path) == [("a", "b", "d"), ("1", "", ""), ("", '[1, {"c": "ü"}]', "true")]


@pytest.mark.parametrize("content", ["[1, 2]", "[", "[1 2]", "{}", '{"a": 1}', "[]", "", "   \n"])
def test_what_is_no_table(content: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be shown as a table here"):
        read_table(written(tmp_path / "a.json", content))


def test_order_of_numbers_words_and_empty_cells(tmp_path: Path) -> None:
    content = 'n\n10\n9\nb\n""\n1,5\nA\n-2\n'
    table = table_of([{"n": cell} for cell in ("10", "9", "b", "", "1,500", "A", "-2")])
    assert table is not None
    assert [table.row(one)[0] for one in table.order(0, descending=False)] == [
        "-2", "9", "10", "1,500", "A", "b", "",
    ]  # fmt: skip
    assert [table.row(one)[0] for one in table.order(0, descending=True)] == [
        "b", "A", "1,500", "10", "9", "-2", "",
    ]  # fmt: skip
    assert read_table(written(tmp_path / "a.csv", content)).count == 6


def test_copied_rows_keep_their_shape() -> None:
    table = table_of([{"a": "x\ty", "b": "two\nlines"}, {"a": 1, "b": 2}])
    assert table is not None
    assert table.as_text([1, 0]) == "a\tb\n1\t2\nx y\ttwo lines"


@pytest.mark.parametrize("data", [None, "text", 3, [], {}, [1], [[]], {"a": [{"b": 1}], "c": [{"d": 2}]}])
def test_other_results_are_no_tables(data: Any) -> None:
    assert table_of(data) is None


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r")),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_are_taken_apart_as_they_were_put_together(lines: list[list[str]]) -> None:
    import csv
    import io

    written_to = io.StringIO()
    csv.writer(written_to, lineterminator="\n").writerows([["left", "right"], *lines])
    table = media._Separated(written_to.getvalue(), csv.excel, whole=True)
    filled = [tuple(line) for line in lines if any(cell.strip() for cell in line)]
    assert [table.row(number) for number in range(table.count)] == filled


# ---------------------------------------------------------------- pages


def test_pages_are_drawn_to_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    first, second = Image.new("RGB", (200, 100), "red"), Image.new("RGB", (100, 200), "white")
    first.save(path, "PDF", save_all=True, append_images=[second])
    page = page_picture(path, 1, 50, 50)
    assert (page.width_px, page.height_px, page.pages) == (50, 25, 2)
    assert len(page.pixels) == 4 * 50 * 25
    blue, green, red = page.pixels[4 * 510 : 4 * 510 + 3]
    assert red > 200 > 60 > max(blue, green)
    assert page_picture(path, 2, 50, 50).height_px == 50
    with pytest.raises(InvalidInput, match="has no page 3"):
        page_picture(path, 3, 50, 50)
    with pytest.raises(InvalidInput, match="no longer there"):
        page_picture(tmp_path / "gone.pdf", 1, 50, 50)
