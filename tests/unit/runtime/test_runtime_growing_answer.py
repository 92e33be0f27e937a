"""What is told of an answer that several authors write: never twice, and never half of another one."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.core.events import Event, ResponseChunk, ResponseWithdrawn
from hgpt_desktop.runtime.growing_answer import GrowingAnswer


class Screen:
    """Shows what events say, and what is on disk."""

    def __init__(self) -> None:
        self.text, self.kept, self.withdrawn = "", "", 0
        self.answer = GrowingAnswer(self.show, self.keep)

    def show(self, event: Event) -> None:
        if isinstance(event, ResponseWithdrawn):
            self.text = ""
            self.withdrawn += 1
        elif isinstance(event, ResponseChunk):
            assert event.text
            self.text += event.text

    def keep(self, text: str) -> None:
        self.kept = text

    def write(self, *pieces: str) -> None:
        add = self.answer.begin()
        for piece in pieces:
            add(piece)


def test_a_text_that_is_written_again_goes_on_where_it_was() -> None:
    screen = Screen()
    screen.write("The sea ", "is wide")
    screen.write("The ")
    assert screen.text == "The sea is wide"
    screen.write("The sea is wide", " and deep.")
    screen.answer.end()
    assert (screen.text, screen.withdrawn) == ("The sea is wide and deep.", 0)


def test_another_text_takes_its_place() -> None:
    screen = Screen()
    screen.write("The sea is wide")
    screen.write("The ocean")
    assert (screen.text, screen.kept, screen.withdrawn) == ("The ocean", "The ocean", 1)


def test_a_shorter_text_is_all_there_is_in_the_end() -> None:
    screen = Screen()
    screen.write("The sea is wide")
    screen.write("The sea")
    screen.answer.end()
    assert (screen.text, screen.kept, screen.answer.text) == ("The sea", "The sea", "The sea")


def test_who_was_followed_by_another_author_is_not_heard() -> None:
    screen = Screen()
    late = screen.answer.begin()
    late("One")
    screen.write("One two")
    late(" more")
    assert screen.text == "One two"


def test_what_stands_when_it_is_stopped_stays() -> None:
    screen = Screen()
    add = screen.answer.begin()
    add("Half of ")
    screen.answer.close()
    add("it")
    assert screen.text == screen.kept == screen.answer.text == "Half of "


@given(st.lists(st.lists(st.text("ab", max_size=3), max_size=4), min_size=1, max_size=4))
def test_the_screen_ends_with_the_last_text(texts: Sequence[Sequence[str]]) -> None:
    screen = Screen()
    for pieces in texts:
        screen.write(*pieces)
        assert screen.text == screen.kept == screen.answer.text
        assert screen.text.startswith("".join(pieces))
    screen.answer.end()
    assert screen.text == screen.kept == "".join(texts[-1])
