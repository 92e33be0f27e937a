"""Small PDF and office documents, made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_OPEN_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

WORDS = "The water in Maple Street will be switched off on Tuesday."
SCAN = "a page that is nothing but a picture"


def pdf(*pages: str) -> bytes:
    """A PDF with a page for each text; lines are parted by line breaks, `SCAN` is a page with a picture."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream"
    )
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", font, picture]
    kids = []
    for text in pages:
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in text.split("\n"))
        content = "300 0 0 300 50 400 cm /I Do" if text == SCAN else f"BT /F 12 Tf 50 700 Td {shown}ET"
        bodies.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream".encode())
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> /XObject << /I 4 0 R >> >> >>" % len(bodies)
        )
        kids.append(f"{len(bodies)} 0 R")
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table))
    return out.getvalue()


def scanned_pdf(pages: int = 1) -> bytes:
    """What a scanner makes: pictures, and no text at all."""
    out = io.BytesIO()
    first, *others = [Image.new("RGB", (120, 160), "white") for _ in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


def _zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(body: str) -> bytes:
    """A Word document with this body (`<w:p>…</w:p>`)."""
    xml = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return _zipped({"word/document.xml": xml})


def written_docx(*paragraphs: str) -> bytes:
    """A Word document of plain paragraphs."""
    return docx("".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs))


def pptx(slides: Sequence[str]) -> bytes:
    """A presentation with a line on each slide."""
    members = {"ppt/presentation.xml": "<x/>"}
    for number, text in enumerate(slides, start=1):
        members[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld xmlns:p="p" xmlns:a="{_DRAWING}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'
        )
    return _zipped(members)


def odt(body: str) -> bytes:
    """A text of OpenDocument with this body (`<t:p>…</t:p>`)."""
    xml = f'<o:body xmlns:o="{_OFFICE}" xmlns:t="{_OPEN_TEXT}"><o:text>{body}</o:text></o:body>'
    return _zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": xml})
