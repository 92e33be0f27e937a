"""The pages of what a document expert is given: a scanned PDF page by page, or a single picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.experts.media import WORKING_PICTURE_PX, Picture, open_image

if TYPE_CHECKING:
    import pypdfium2

DOTS_PER_INCH = 200
"""At which the pages of a PDF are drawn: small print of 6 points is 17 px high."""

_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page as a picture.

    Args:
        number: counted from 1.
        count: how many pages the document has.
    """

    picture: Picture
    number: int
    count: int


def open_pages(path: Path) -> Iterator[Page]:
    """The pages one after another; a picture is a document of one page.

    Raises:
        InvalidInput: the file is missing, damaged, locked, or neither a picture nor a PDF.

    Threads: one at a time within the process; PDFium is not made for several.
    """
    if not _is_pdf(path):
        yield Page(open_image(path), 1, 1)
        return
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            count = len(document)
            for index in range(count):
                yield Page(_drawn(document[index]), index + 1, count)
    except pypdfium2.PdfiumError as error:
        raise InvalidInput(
            f"{path.name} cannot be read as a PDF.",
            "It may be damaged or locked; print it to a new PDF and attach that.",
            str(error),
        ) from error


def open_page(path: Path) -> Picture:
    """The only page of a document, for models that look at one picture.

    Raises:
        InvalidInput: as `open_pages`; and where there are several pages.
    """
    page = next(open_pages(path), None)
    if page is None or page.count != 1:
        count = page.count if page else 0
        raise InvalidInput(
            f"{path.name} has {count} pages, and this model looks at one.",
            "Attach the page that matters as a picture, or ask for the text of the document first.",
        )
    return page.picture


def _drawn(page: pypdfium2.PdfPage) -> Picture:
    width, height = page.get_size()  # in points
    scale = DOTS_PER_INCH / _POINTS_PER_INCH
    scale *= min(1.0, (WORKING_PICTURE_PX / max(1.0, width * height * scale * scale)) ** 0.5)
    image = page.render(scale=scale).to_pil().convert("RGB")
    page.close()
    return Picture(image, image.width, image.height)


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(5) == b"%PDF-"
    except OSError as error:
        raise InvalidInput(
            f"The document {path.name} cannot be opened.", "Check that the file is still there.", str(error)
        ) from error
