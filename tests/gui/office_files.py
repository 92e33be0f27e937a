"""Small office files with several sheets, headings and slides, made by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONSHIPS = f"{_PACKAGE}/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _zip(path: Path, members: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_book(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> Path:
    """An XLSX with these sheets."""
    names = list(enumerate(sheets, start=1))
    entries = "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in names)
    ways = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _ in names
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONSHIPS}">{ways}</Relationships>',
    }
    for at, name in names:
        rows = "".join(
            "<row>"
            + "".join(
                f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
                if isinstance(cell, str)
                else f"<c><v>{cell}</v></c>"
                for cell in row
            )
            + "</row>"
            for row in sheets[name]
        )
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        members[f"xl/worksheets/sheet{at}.xml"] = sheet
    return _zip(path, members)


def write_letter(path: Path, paragraphs: Sequence[tuple[str, str]]) -> Path:
    """A DOCX of paragraphs with the names of their styles, as a German Word writes their ids."""
    ids = {"heading 1": "berschrift1", "heading 2": "berschrift2", "List": "Liste", "": "Standard"}
    styles = "".join(
        f'<w:style w:styleId="{identifier}"><w:name w:val="{name}"/></w:style>'
        for name, identifier in ids.items()
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{ids[style]}"/>'
        + ("<w:numPr/>" if style == "List" else "")
        + f"</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"
        for style, text in paragraphs
    )
    table = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row)
        + "</w:tr>"
        for row in (("Room", "Seats"), ("Blue", "12"))
    )
    return _zip(
        path,
        {
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}'
            f"<w:tbl>{table}</w:tbl></w:body></w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{_WORD}">{styles}</w:styles>',
        },
    )


def write_slides(path: Path, slides: Sequence[tuple[str, str]]) -> Path:
    """A PPTX of slides with a title and a line each."""
    members = {"ppt/presentation.xml": "<x/>"}
    for number, (title, text) in enumerate(slides, start=1):
        shapes = "".join(
            f"<p:sp>{place}<a:p><a:r><a:t>{escape(words)}</a:t></a:r></a:p></p:sp>"
            for place, words in (('<p:ph type="title"/>', title), ("", text))
        )
        members[f"ppt/slides/slide{number}.xml"] = f'<p:sld xmlns:p="p" xmlns:a="{_DRAWING}">{shapes}</p:sld>'
    return _zip(path, members)
