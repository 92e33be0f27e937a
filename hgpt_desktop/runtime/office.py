"""What is written in office documents: DOCX, PPTX and OpenDocument."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812 - an exception, named like one

from hgpt_desktop.core.errors import InvalidInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_OOXML = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_MAX_XML_BYTES = 200 * 10**6
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_STYLES = "word/styles.xml"
_HEADING = re.compile(r"heading ([1-9])")
_LEVELS = range(1, 7)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or a row of a table with its cells parted by tabs.

    Args:
        level: 1 to 6 for a heading, 0 for what stands below one.
        in_list: whether it is an entry of a list.
        slide: the number of the slide that begins with it; 0 for none.
    """

    text: str
    level: int = 0
    in_list: bool = False
    slide: int = 0


def office_text(path: Path, media_type: str) -> str:
    """The text of an office document, a line for each paragraph and row.

    Raises:
        InvalidInput: it is damaged or too large.
        OSError: it cannot be read.
    """
    return "\n\n".join("\n".join(one.text for one in part) for part in _parts(path, media_type))


def office_paragraphs(path: Path, media_type: str) -> tuple[Paragraph, ...]:
    """What is written in an office document, with its headings. Raises as `office_text` does."""
    found: list[Paragraph] = []
    parts = _parts(path, media_type)
    for number, part in enumerate(parts, start=1):
        if "presentation" in media_type:
            part = part or [Paragraph("")]
            part[0] = replace(part[0], slide=number)
        found += part
    return tuple(found)


def refuse_long(path: Path, size_bytes: int, max_bytes: int) -> None:
    """Raises:
    InvalidInput: there is more than may be.
    """
    if size_bytes > max_bytes:
        raise InvalidInput(
            f"{path.name} holds more than {max_bytes / 1e6:.0f} MB of text.", "Attach a part of it."
        )


def damaged(path: Path, error: Exception) -> InvalidInput:
    """What is said of a document that cannot be read."""
    return InvalidInput(
        f"The document {path.name} is damaged or not complete.", "Get or save the file once more.", str(error)
    )


def _parts(path: Path, media_type: str) -> list[list[Paragraph]]:
    """The document's paragraphs, those of each slide apart."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException

    try:
        with zipfile.ZipFile(path) as archive:
            levels = _heading_styles(path, archive)
            found: list[list[Paragraph]] = []
            for member in _members(archive, media_type):
                root = _xml(path, archive, member)
                slides = (one for one in root.iter() if _name(one) == "page" and media_type.startswith(_OPEN))
                pages = list(slides) or [root]
                found += [list(_paragraphs(page, levels)) for page in pages]
            return found
    except (
        zipfile.BadZipFile, ParseError, DefusedXmlException, KeyError, NotImplementedError, RuntimeError,
        EOFError, UnicodeError, ZlibError,
    ) as error:  # fmt: skip
        raise damaged(path, error) from error


def _members(archive: zipfile.ZipFile, media_type: str) -> list[str]:
    """The files in the archive that hold the text, in order."""
    if media_type.startswith(_OPEN):
        return ["content.xml"]
    if media_type == f"{_OOXML}.wordprocessingml.document":
        return ["word/document.xml"]
    slides = {int(match[1]): name for name in archive.namelist() if (match := _SLIDE.fullmatch(name))}
    return [slides[number] for number in sorted(slides)]


def _xml(path: Path, archive: zipfile.ZipFile, member: str) -> Element:
    from defusedxml.ElementTree import fromstring

    refuse_long(path, archive.getinfo(member).file_size, _MAX_XML_BYTES)
    root: Element = fromstring(archive.read(member))
    return root


# ---------------------------------------------------------------- headings


def _heading_styles(path: Path, archive: zipfile.ZipFile) -> Mapping[str, int]:
    """Of a DOCX: the level of each style that is one of headings, by the style's id.

    Ids are in the language of whoever made it; the names of these styles are English everywhere.
    """
    if _STYLES not in archive.namelist():
        return {}
    found = {}
    for style in _xml(path, archive, _STYLES):
        name = next((_value(one) for one in style if _name(one) == "name"), "").lower()
        level = 1 if name == "title" else int(match[1]) if (match := _HEADING.fullmatch(name)) else 0
        if level in _LEVELS:
            found[_attribute(style, "styleId")] = level
    return found


def _level(element: Element, levels: Mapping[str, int]) -> int:
    if _name(element) == "h":
        level = _attribute(element, "outline-level")
        return min(int(level), _LEVELS[-1]) if level.isdecimal() and int(level) else 1
    style = next((one for one in element.iter() if _name(one) == "pStyle"), None)
    return 0 if style is None else levels.get(_value(style), 0)


def _is_title(shape: Element) -> bool:
    """Whether a shape of a slide holds its title."""
    for one in shape.iter():
        if _name(one) == "ph" and _attribute(one, "type") in ("title", "ctrTitle"):
            return True
    return _attribute(shape, "class") == "title"


def _attribute(element: Element, name: str) -> str:
    """An attribute, of whatever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _value(element: Element) -> str:
    return _attribute(element, "val")


# ---------------------------------------------------------------- paragraphs


def _paragraphs(root: Element, levels: Mapping[str, int]) -> Iterator[Paragraph]:
    """A paragraph for each paragraph and each row of a table, the cells of a row parted by tabs."""
    for element in root:
        match _name(element):
            case "p" | "h":
                numbered = any(_name(one) == "numPr" for one in element.iter())
                yield Paragraph("".join(_pieces(element)), _level(element, levels), numbered)
            case "tr" | "table-row":
                cells = [" ".join(one.text for one in _paragraphs(cell, {})).strip() for cell in element]
                yield Paragraph("\t".join(cell for cell in cells if cell))
            case "annotation" | "tracked-changes" | "notes":
                continue
            case "list-item":
                for one in _paragraphs(element, levels):
                    yield replace(one, in_list=True)
            case "sp" | "frame" if _is_title(element):
                for one in _paragraphs(element, levels):
                    yield replace(one, level=1)
            case _:
                yield from _paragraphs(element, levels)


def _pieces(element: Element) -> Iterator[str]:
    """The text of a paragraph: words in runs and spans; OpenDocument puts them between the elements too."""
    name = _name(element)
    runs_only = "openxmlformats" in element.tag
    if element.text and (name == "t" or not runs_only):
        yield element.text
    for child in element:
        match _name(child):
            case "tab":
                yield "\t"
            case "br" | "line-break" | "cr":
                yield "\n"
            case "s":
                yield " " * _repeats(child)
            case "annotation" | "note" | "delText" | "instrText" | "pPr" | "rPr" | "Fallback":
                pass
            case "p" | "h":  # a text box within the paragraph
                yield "\n" + "".join(_pieces(child))
            case _:
                yield from _pieces(child)
        if child.tail and not runs_only:
            yield child.tail


def _repeats(element: Element) -> int:
    """How many blanks an OpenDocument mark for blanks stands for."""
    count = next((value for key, value in element.attrib.items() if key.endswith("}c")), "1")
    return min(int(count), 1000) if count.isdecimal() else 1


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
