"""Documents become texts where they hold text, and stay documents where they are scans."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from document_files import OOXML, SCAN, WORDS, docx, odt, pdf, pptx, scanned_pdf, written_docx

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.runtime import attachments, documents, office
from hgpt_desktop.runtime.attachments import read_attachments


def attached(tmp_path: Path, content: bytes, name: str = "a.pdf") -> Resource:
    path = tmp_path / name
    path.write_bytes(content)
    return read_attachments([path])[0]


def refused(tmp_path: Path, content: bytes, message: str, name: str = "a.pdf") -> InvalidInput:
    with pytest.raises(InvalidInput, match=message) as raised:
        attached(tmp_path, content, name)
    assert name in raised.value.message
    assert raised.value.message.endswith(".")
    assert raised.value.hint
    return raised.value


def test_a_pdf_with_text_is_a_text(tmp_path: Path) -> None:
    found = attached(tmp_path, pdf(f"{WORDS}\nPlease store some.", "The second page."))
    assert (found.kind, found.media_type) == (Kind.TEXT, "application/pdf")
    assert found.text == f"{WORDS}\nPlease store some.\n\nThe second page."


def test_a_scanned_pdf_stays_a_document(tmp_path: Path) -> None:
    for content in (scanned_pdf(), scanned_pdf(3), pdf(SCAN, SCAN, WORDS)):
        found = attached(tmp_path, content)
        assert (found.kind, found.text) == (Kind.DOCUMENT, None)


def test_a_scan_among_written_pages_is_named(tmp_path: Path) -> None:
    found = attached(tmp_path, pdf(WORDS, SCAN))
    assert found.text == f"{WORDS}\n\n[Page 2 is a picture; its text is not read.]"


def test_a_page_without_text_and_picture_may_hold_drawn_letters(tmp_path: Path) -> None:
    assert attached(tmp_path, pdf("")).kind is Kind.DOCUMENT


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_broken_pdf(tmp_path: Path, share: float) -> None:
    content = scanned_pdf()
    error = refused(tmp_path, content[: int(len(content) * share)], "damaged or not complete")
    assert "once more" in error.hint


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    refused(tmp_path, pdf(), "has no pages|damaged")


def test_a_locked_pdf(tmp_path: Path) -> None:
    handler = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%b) /U (%b) >> /ID [(a) (a)] >>" % (
        b"o" * 32,
        b"u" * 32,
    )
    locked = pdf(WORDS).replace(b" /Root 1 0 R >>", b" /Root 1 0 R" + handler)
    refused(tmp_path, locked, "locked by a password")


def test_too_much_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_TEXT_BYTES", 40)
    refused(tmp_path, pdf(WORDS), "MB of text")
    refused(tmp_path, written_docx(WORDS), "MB of text", "a.docx")
    assert attached(tmp_path, pdf("Just a few words.")).kind is Kind.TEXT


def test_parted_words_are_put_together_and_marks_left_out() -> None:
    assert documents._plain("wa\x02\r\nter is\r\nwet\ufffe\n.\x07 \ud800") == "water is\nwet. ?"


def test_a_word_document(tmp_path: Path) -> None:
    body = (
        "<w:p><w:pPr><w:pStyle w:val='Title'/></w:pPr>"
        "<w:r><w:t>Water</w:t></w:r><w:r><w:t> notice</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Day</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>Tuesday</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:t>from</w:t><w:tab/><w:t>8</w:t><w:br/><w:t>on</w:t></w:r>"
        "<w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p>"
    )
    found = attached(tmp_path, docx(body), "a.docx")
    assert (found.kind, found.media_type) == (Kind.TEXT, f"{OOXML}.wordprocessingml.document")
    assert found.text == "Water notice\nDay\tTuesday\nfrom\t8\non"


def test_slides_in_their_order(tmp_path: Path) -> None:
    lines = [f"slide {number}" for number in range(1, 12)]
    assert attached(tmp_path, pptx(lines), "a.pptx").text == "\n\n".join(lines)


def test_an_open_document(tmp_path: Path) -> None:
    body = "<t:h>Water</t:h><t:p>switched <t:span>off</t:span><t:s t:c='3'/>now<t:line-break/>here</t:p>"
    found = attached(tmp_path, odt(body), "a.odt")
    assert (found.kind, found.text) == (Kind.TEXT, "Water\nswitched off   now\nhere")


@pytest.mark.parametrize("content", [docx("<w:p/>"), odt("<t:p> </t:p>"), pptx([])])
def test_an_office_document_without_text(tmp_path: Path, content: bytes) -> None:
    refused(tmp_path, content, "has no text in it", "a.docx")


def test_broken_office_documents(tmp_path: Path) -> None:
    refused(tmp_path, docx("<w:p>"), "damaged or not complete", "a.docx")
    content = bytearray(written_docx(*[WORDS] * 50))
    content[100:140] = b"\0" * 40
    refused(tmp_path, bytes(content), "damaged or not complete", "a.docx")


def test_a_document_made_to_fill_the_memory(tmp_path: Path) -> None:
    entities = '<!DOCTYPE d [<!ENTITY a "water "><!ENTITY b "&a;&a;&a;&a;">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"{entities}<d><p>&b;</p></d>")
    refused(tmp_path, out.getvalue(), "damaged or not complete", "a.docx")


def test_a_part_that_is_too_large_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_MAX_XML_BYTES", 50)
    refused(tmp_path, written_docx(WORDS), "MB of text", "a.docx")


@pytest.mark.parametrize(
    ("name", "content"), [("a.rtf", rb"{\rtf1 Hello}"), ("b.rtf", rb"{\rtf1\ansi\deff0 {\fonttbl}}")]
)
def test_forms_that_are_not_read(tmp_path: Path, name: str, content: bytes) -> None:
    assert "PDF, DOCX" in refused(tmp_path, content, "an RTF document", name).hint
