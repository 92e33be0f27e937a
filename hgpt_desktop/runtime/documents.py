"""The text of documents, and the pages of PDFs. The only file of this room that knows PDFium."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.runtime.office import damaged, office_text, refuse_long

if TYPE_CHECKING:
    import pypdfium2

PDF = "application/pdf"
_UNREADABLE = {"application/rtf": "an RTF document", "application/epub+zip": "an electronic book (EPUB)"}

_WRITTEN_CHARACTERS = 20  # a page with a picture and fewer characters than this is a scan with a page number
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHEN_AT_LINE_END = re.compile("[\ufffe\x02]\\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_pdfium = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a PDF: its text, and whether it holds a picture."""

    text: str
    has_picture: bool

    @property
    def written(self) -> bool:
        characters = len("".join(self.text.split()))
        return characters >= _WRITTEN_CHARACTERS or (characters > 0 and not self.has_picture)


def document_text(path: Path, media_type: str, max_bytes: int) -> str | None:
    """The text of a document; None where its pages have to be looked at, because they are scans.

    A PDF that has text on some pages and scans on no more than as many gives its text, and a line in
    brackets says where a scan is left out.

    Args:
        max_bytes: how long the text may be, in UTF-8.

    Raises:
        InvalidInput: the document is damaged, locked by a password, without any text, too long, or of a form
            that is not read here.
        OSError: the file cannot be read.

    Threads: any; PDFium is let in once at a time.
    """
    if media_type in _UNREADABLE:
        raise InvalidInput(
            f"{path.name} is {_UNREADABLE[media_type]}, which cannot be read here.",
            "Save it as PDF, DOCX or plain text and attach that.",
        )
    text = _pdf_text(path, max_bytes) if media_type == PDF else office_text(path, media_type)
    if text is None:
        return None
    if not text.strip():
        raise InvalidInput(
            f"{path.name} has no text in it.", "Where its text stands in pictures, attach the pictures."
        )
    refuse_long(path, len(text.encode()), max_bytes)
    return text


# ---------------------------------------------------------------- PDF


def _pdf_text(path: Path, max_bytes: int) -> str | None:
    with _opened(path) as document:
        pages = list(_pdf_pages(path, document, max_bytes))
    if not pages:
        raise InvalidInput(f"{path.name} has no pages.", "Get or save the file once more.")
    written = sum(page.written for page in pages)
    scans = sum(page.has_picture and not page.written for page in pages)
    if written == 0 or scans > written:
        return None
    shown = []
    for number, page in enumerate(pages, start=1):
        if page.written:
            shown.append(page.text.strip())
        elif page.has_picture:
            shown.append(f"[Page {number} is a picture; its text is not read.]")
    return "\n\n".join(shown)


@contextmanager
def _opened(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    """The document, for one thread at a time."""
    import pypdfium2

    with _pdfium:
        try:
            with pypdfium2.PdfDocument(path) as document:
                yield document
        except pypdfium2.PdfiumError as error:
            if error.err_code == _WRONG_PASSWORD:
                raise InvalidInput(
                    f"{path.name} is locked by a password.",
                    "Open it in a PDF viewer, print it to a new PDF, and attach that.",
                ) from error
            raise damaged(path, error) from error
        except FileNotFoundError as error:
            raise InvalidInput(
                f"{path.name} is no longer there.", "It may have been moved or deleted.", str(error)
            ) from error


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page of a PDF as it is seen.

    Args:
        pixels: rows of blue, green, red and an unused byte, `4 * width_px` bytes each.
        pages: how many pages the document has.
    """

    width_px: int
    height_px: int
    pixels: bytes
    pages: int


def page_picture(path: Path, number: int, width_px: int, height_px: int) -> PagePicture:
    """A page, counted from 1, as large as fits into the given size.

    Raises:
        InvalidInput: the document is missing, damaged, locked, or has no such page.

    Threads: any; PDFium is let in once at a time.
    """
    with _opened(path) as document:
        count = len(document)
        if not 1 <= number <= count:
            raise InvalidInput(f"{path.name} has no page {number}.", "Get or save the file once more.")
        page = document[number - 1]
        across, down = page.get_size()
        scale = min(width_px / max(across, 1), height_px / max(down, 1))
        bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
        pixels = bytes(bitmap.buffer)
        made = PagePicture(bitmap.width, bitmap.height, _packed(pixels, bitmap.width, bitmap.stride), count)
        bitmap.close()
        page.close()
    return made


def _packed(pixels: bytes, width_px: int, stride: int) -> bytes:
    row = 4 * width_px
    if stride == row:
        return pixels
    return b"".join(pixels[at : at + row] for at in range(0, len(pixels), stride))


def _pdf_pages(path: Path, document: pypdfium2.PdfDocument, max_bytes: int) -> Iterator[_Page]:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    size_bytes = 0
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        text = _plain(text_page.get_text_bounded())
        size_bytes += len(text.encode(errors="replace"))
        refuse_long(path, size_bytes, max_bytes)
        has_picture = next(iter(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE])), None) is not None
        text_page.close()
        page.close()
        yield _Page(text, has_picture)


def _plain(text: str) -> str:
    """Lines as they are read: without PDFium's marks, and words parted at a line's end put together."""
    joined = _HYPHEN_AT_LINE_END.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", joined).encode(errors="replace").decode()
