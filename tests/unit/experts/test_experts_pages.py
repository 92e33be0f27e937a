"""The pages of a scanned PDF, one by one and upright."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.experts.media import WORKING_PICTURE_PX
from hgpt_desktop.experts.pages import open_page, open_pages


def scan(path: Path, *colours: str, size: tuple[int, int] = (72, 144)) -> Path:
    """A PDF with a page for each colour; a pixel is a point."""
    first, *others = [Image.new("RGB", size, colour) for colour in colours]
    first.save(path, "PDF", save_all=True, append_images=others, resolution=72)
    return path


def colour_of(image: Image.Image) -> tuple[int, ...]:
    found = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return tuple(round(value / 255) for value in found)


def test_pages_in_their_order_at_200_dots_per_inch(tmp_path: Path) -> None:
    pages = list(open_pages(scan(tmp_path / "a.pdf", "red", "lime", "blue")))
    assert [(page.number, page.count) for page in pages] == [(1, 3), (2, 3), (3, 3)]
    assert [colour_of(page.picture.image) for page in pages] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert {(page.picture.width_px, page.picture.height_px) for page in pages} == {(200, 400)}
    assert pages[0].picture.image.mode == "RGB"


def test_a_poster_is_drawn_within_the_working_size(tmp_path: Path) -> None:
    (page,) = open_pages(scan(tmp_path / "a.pdf", "red", size=(4000, 3000)))
    image = page.picture.image
    assert 0.9 * WORKING_PICTURE_PX < image.width * image.height <= 1.01 * WORKING_PICTURE_PX


def test_a_picture_is_one_page(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), "red").save(tmp_path / "a.png")
    (page,) = open_pages(tmp_path / "a.png")
    assert (page.number, page.count, page.picture.width_px) == (1, 1, 30)
    assert open_page(tmp_path / "a.png").height_px == 20


def test_a_model_for_one_picture_takes_a_pdf_of_one_page(tmp_path: Path) -> None:
    assert open_page(scan(tmp_path / "a.pdf", "red")).width_px == 200
    with pytest.raises(InvalidInput, match=r"b\.pdf has 2 pages") as raised:
        open_page(scan(tmp_path / "b.pdf", "red", "lime"))
    assert "as a picture" in raised.value.hint


@pytest.mark.parametrize("content", [b"%PDF-1.7 and nothing more", b"", b"just words"])
def test_what_is_neither_picture_nor_pdf(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"a\.pdf") as raised:
        list(open_pages(path))
    assert raised.value.hint
    with pytest.raises(InvalidInput, match=r"b\.pdf"):
        list(open_pages(tmp_path / "b.pdf"))
