"""Lines in the order of reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.experts.reading_order import Line, as_text, in_reading_order


def line(text: str, left: float, top: float, right: float, height: float = 20) -> Line:
    return Line(text, 1.0, left, top, right, top + height)


def read(*lines: Line) -> str:
    return as_text(in_reading_order(lines))


def test_top_to_bottom_and_a_gap_is_a_paragraph() -> None:
    assert read(line("second", 0, 30, 90), line("first", 0, 0, 90), line("third", 0, 100, 90)) == (
        "first\nsecond\n\nthird"
    )


def test_pieces_side_by_side_stand_in_one_row() -> None:
    assert read(
        line("1.20", 300, 2, 340),
        line("Milk", 0, 0, 60),
        line("Bread", 0, 30, 70),
        line("3.40", 300, 29, 340),
    ) == ("Milk 1.20\nBread 3.40")


def test_a_slanted_row_stays_together() -> None:
    assert (
        read(line("three", 220, 16, 320), line("one", 0, 0, 100), line("two", 110, 8, 210)) == "one two three"
    )


def test_tight_lines_are_not_one_row() -> None:
    assert read(line("above it", 0, 0, 200, 24), line("below it", 0, 11, 200, 24)) == "above it\nbelow it"


def test_columns_are_read_one_after_the_other_below_their_heading() -> None:
    left = [line(f"left column, line {n}", 0, 60 + 30 * n, 280) for n in range(4)]
    right = [line(f"right column, line {n}", 320, 60 + 30 * n, 600) for n in range(4)]
    mixed = [one for pair in zip(right, left, strict=True) for one in pair]
    text = read(
        *mixed, line("A heading across both columns", 0, 0, 590), line("A footer across them", 0, 400, 580)
    )
    assert (
        text.split()
        == (
            "A heading across both columns "
            + " ".join(one.text for one in left + right)
            + " A footer across them"
        ).split()
    )


def test_three_columns() -> None:
    columns = [
        [line(f"column {c}, this is line {n}", 300 * c, 30 * n, 300 * c + 250) for n in range(3)]
        for c in range(3)
    ]
    mixed = [columns[c][n] for n in range(3) for c in (2, 0, 1)]
    assert [one.text for row in in_reading_order(mixed) for one in row] == [
        one.text for column in columns for one in column
    ]


def test_nothing() -> None:
    assert in_reading_order([]) == []
    assert as_text([]) == ""


boxes = st.builds(
    lambda text, left, top, width, height: Line(text, 1.0, left, top, left + width, top + height),
    st.text("abc ", min_size=1, max_size=30),
    st.floats(0, 1000),
    st.floats(0, 1000),
    st.floats(1, 900),
    st.floats(5, 60),
)


@given(st.lists(boxes, max_size=25))
def test_no_line_is_lost_or_doubled(lines: list[Line]) -> None:
    ordered = [one for row in in_reading_order(lines) for one in row]
    assert sorted(ordered, key=repr) == sorted(lines, key=repr)
    assert as_text(in_reading_order(lines)).split() == " ".join(one.text for one in ordered).split()
