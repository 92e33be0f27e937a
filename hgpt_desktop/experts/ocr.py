"""Optical character recognition: what stands in a picture or on scanned pages, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.core.interfaces import ExpertCall, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.experts.base import Expert, ShouldStop, loading, required_path, stop_if, write_text
from hgpt_desktop.experts.page_reading import PageReader
from hgpt_desktop.experts.pages import Page, open_pages
from hgpt_desktop.experts.reading_order import Line, as_text, in_reading_order

_SURE = 0.9


def load(card: ModelCard, device: str) -> Expert:
    """The reader; options of the card as `PageReader` has them."""
    with loading(card):
        return _Reader(PageReader(card, device))


class _Reader:
    def __init__(self, reader: PageReader) -> None:
        self._reader = reader
        self.resident_bytes = reader.resident_bytes

    def run(self, call: ExpertCall, on_progress: OnProgress, should_stop: ShouldStop) -> tuple[Resource, ...]:
        """The text of a picture, or of all pages of a scanned PDF.

        Data: the lines as `{"text", "score", "box"}`, and `"page"` from 1 where there are several; the box is
        left, top, right, bottom in pixels of the picture, or of the page at 200 dots per inch.
        """
        path = required_path(call, "image")
        texts: list[str] = []
        data: list[dict[str, Any]] = []
        for page in open_pages(path):
            stop_if(should_stop)
            on_progress(*_part_of(page, None, "Looking for text"))

            def report(done: float | None, message: str, page: Page = page) -> None:
                on_progress(*_part_of(page, done, message))

            rows = in_reading_order(self._reader.lines(page, report, should_stop))
            lines = [line for row in rows for line in row]
            if not _is_writing(lines):
                continue
            texts.append(as_text(rows))
            data += [_line_data(line, page) for line in lines]
        if not texts:
            raise ExecutionFailed(
                f"No text was found in {path.name}.",
                "Is the writing upright, sharp and large enough? A crop around it often helps.",
            )
        return (write_text(call, "\n\n".join(texts), data),)

    def close(self) -> None:
        self._reader.close()


def _line_data(line: Line, page: Page) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "text": line.text,
        "score": round(line.score, 4),
        "box": [round(value) for value in (line.left, line.top, line.right, line.bottom)],
    }
    return {**shown, "page": page.number} if page.count > 1 else shown


def _part_of(page: Page, done: float | None, message: str) -> tuple[float | None, str]:
    """The progress within a page as the progress of the whole document."""
    if page.count == 1:
        return done, message
    return (page.number - 1 + (done or 0.0)) / page.count, f"Page {page.number} of {page.count}: {message}"


def _is_writing(lines: Sequence[Line]) -> bool:
    """Whether it is more than a doubtful sign or two, as which the pattern of a fur may pass."""
    return sum(len(line.text) for line in lines) > 2 or any(line.score >= _SURE for line in lines)
