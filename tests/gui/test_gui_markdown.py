"""Markdown: cut into blocks once, rendered without HTML, pictures or surprises."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument, QTextTable
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from hgpt_desktop.ui.markdown_blocks import Block, BlockSplitter, with_line_breaks, without_images
from hgpt_desktop.ui.markdown_view import CodeBlock, MarkdownView, TextBlock

TEXT = """First paragraph
goes on.

- one

- two
  still two

After the list.

```python
a = 1

b = 2
```
| a | b |
|---|---|
| 1 | 2 |

Last"""
BLOCKS = [
    Block("First paragraph\ngoes on."),
    Block("- one\n\n- two\n  still two"),
    Block("After the list."),
    Block("a = 1\n\nb = 2", code=True, language="python"),
    Block("| a | b |\n|---|---|\n| 1 | 2 |"),
    Block("Last"),
]


def cut(pieces: list[str]) -> list[Block]:
    splitter = BlockSplitter()
    found = [block for piece in pieces for block in splitter.feed(piece)]
    return found + splitter.finish()


@pytest.mark.parametrize("length", [1, 2, 7, len(TEXT)])
def test_blocks_do_not_depend_on_how_the_text_arrives(length: int) -> None:
    assert cut([TEXT[at : at + length] for at in range(0, len(TEXT), length)]) == BLOCKS


@given(st.lists(st.sampled_from(["word ", "\n", "\n\n", "- item", "```\n", "~~~", "1. ", "  in", "|"])))
def test_no_text_is_lost_or_doubled(pieces: list[str]) -> None:
    whole = "".join(pieces)
    blocks = cut(pieces)
    assert blocks == cut([whole])
    for word in ("word", "item", "1.", "|"):
        in_fences = sum(line.strip().startswith(("```", "~~~")) for line in whole.split("\n"))
        if not in_fences:
            assert sum(block.text.count(word) for block in blocks) == whole.count(word)


def test_a_fence_that_never_ends_is_code() -> None:
    assert cut(["```\nx = 1\n"]) == [Block("x = 1", code=True)]


def test_open_block_is_what_is_not_finished() -> None:
    splitter = BlockSplitter()
    seen = [splitter.open_block]
    for piece in ("Done.\n\nNot yet", "\n```py\nx"):
        splitter.feed(piece)
        seen.append(splitter.open_block)
    assert seen == [None, Block("Not yet"), Block("x", code=True, language="py")]


def test_pictures_become_links() -> None:
    assert without_images("![a cat](http://x/y.png) ![](z)") == "[a cat](http://x/y.png) [image](z)"


@pytest.mark.parametrize(
    "markdown",
    [
        "# Head\nafter",
        "Head\n---",
        "Head\n===",
        "- one\n- two",
        "one\n1. two",
        "> one\n> two",
        "a\n\nb",
        "a | b\n--- | ---\n1 | 2",
    ],
)
def test_what_markdown_means_by_its_lines_stays(markdown: str) -> None:
    assert with_line_breaks(markdown) == markdown


def test_lines_stay_lines(show: Callable[[QWidget], None]) -> None:
    block = TextBlock()
    show(block)
    block.show_markdown(
        "Town Water Office\nWater *Supply* Notice\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    text = block.document().toRawText()
    assert "Town Water Office\u2028Water Supply Notice\u2029one\u2029two" in text
    assert (
        len([one for one in block.document().rootFrame().childFrames() if isinstance(one, QTextTable)]) == 1
    )


def test_streamed_text_is_rendered_once_for_each_block(
    qtbot: QtBot, show: Callable[[QWidget], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    real = TextBlock.show_markdown

    def count(self: TextBlock, markdown: str) -> None:
        rendered.append(markdown)
        real(self, markdown)

    monkeypatch.setattr(TextBlock, "show_markdown", count)
    view = MarkdownView()
    show(view)
    for letter in TEXT:
        view.append(letter)
        QApplication.processEvents()
    view.finish()
    assert rendered == [block.text for block in BLOCKS if not block.code]
    assert [type(child) for child in blocks_of(view)] == [TextBlock] * 3 + [CodeBlock] + [TextBlock] * 2
    assert view.text == TEXT


def test_the_lines_of_a_list_are_rendered_as_they_come(qtbot: QtBot, show: Callable[[QWidget], None]) -> None:
    """A list is one block; its stars stood there raw until the whole list was written."""
    view = MarkdownView()
    show(view)
    seen = []
    pieces = "So:\n\n1. **Heat** mak", "es steam.\n\n2. **Pressure** mo", "ves it.\n3. **", "Wheels** turn"
    for piece in pieces:
        view.append(piece)
        qtbot.waitUntil(lambda: not view._dirty.isActive(), timeout=5000)
        block = view.blocks[-1]
        assert isinstance(block, TextBlock)
        seen.append(block.toPlainText().split("\n"))
    assert seen == [
        ["1. **Heat** mak"],
        ["Heat makes steam.", "2. **Pressure** mo"],
        ["Heat makes steam.", "Pressure moves it.", "3. **"],
        ["Heat makes steam.", "Pressure moves it.", "3. **Wheels** turn"],
    ]
    view.finish()
    (_, whole) = view.blocks
    assert isinstance(whole, TextBlock)
    assert whole.toPlainText() == "Heat makes steam.\nPressure moves it.\nWheels turn"


def blocks_of(view: MarkdownView) -> list[QWidget]:
    return list(view.blocks)


def test_many_pieces_repaint_seldom(
    qtbot: QtBot, show: Callable[[QWidget], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    monkeypatch.setattr(TextBlock, "show_open", lambda self, text: painted.append(len(text)))
    view = MarkdownView()
    show(view)
    for _ in range(2000):
        view.append("word ")
    qtbot.waitUntil(lambda: bool(painted), timeout=5000)
    assert painted == [10_000]
    view.finish()


def test_html_stays_text_and_nothing_is_loaded(
    show: Callable[[QWidget], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(QTextDocument, "loadResource", lambda self, kind, url: asked.append(url))
    view = MarkdownView()
    show(view)
    view.show_text(
        "<b>bold</b> <script>x</script> <img src='file:///etc/hostname'> ![p](file:///etc/hostname)"
    )
    block = blocks_of(view)[0]
    assert isinstance(block, TextBlock)
    assert "<b>bold</b>" in block.toPlainText()
    assert "<script>x</script>" in block.toPlainText()
    assert "￼" not in block.toPlainText()  # the mark that stands for an embedded picture
    assert asked == []


@pytest.mark.parametrize(
    ("address", "opens"),
    [("https://example.org/a", True), ("file:///etc/passwd", False), ("javascript:alert(1)", False)],
)
def test_links_open_outside_and_only_safe_ones(
    address: str, opens: bool, show: Callable[[QWidget], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def keep(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", keep)
    block = TextBlock()
    show(block)
    block.show_markdown(f"[link]({address})")
    assert opened == []
    block.anchorClicked.emit(QUrl(address))
    assert opened == ([address] if opens else [])


def test_code_can_be_copied(qtbot: QtBot, show: Callable[[QWidget], None]) -> None:
    view = MarkdownView()
    show(view)
    view.show_text("```\nx = 1\ny = 2\n```")
    block = blocks_of(view)[0]
    assert isinstance(block, CodeBlock)
    block.copy_button.click()
    assert QApplication.clipboard().text() == "x = 1\ny = 2"


def test_a_text_block_is_as_high_as_its_text(show: Callable[[QWidget], None], qtbot: QtBot) -> None:
    view = MarkdownView()
    show(view)
    view.show_text("word " * 400)
    (block,) = blocks_of(view)
    assert isinstance(block, TextBlock)
    view.window().resize(900, 500)
    QApplication.processEvents()
    wide = block.height()
    view.window().resize(300, 500)
    qtbot.waitUntil(lambda: block.height() > 2 * wide, timeout=5000)
    # The scroll bar that it brings up takes some of its width once more.
    qtbot.waitUntil(lambda: block.verticalScrollBar().maximum() == 0, timeout=5000)


def test_code_is_coloured_once_it_is_complete(show: Callable[[QWidget], None]) -> None:
    view = MarkdownView()
    show(view)
    view.show_text("```python\nfor one in many:\n    print('x')  # a word\n```\n")
    (code,) = view.findChildren(QPlainTextEdit)
    first = code.document().firstBlock()
    third = [(one.start, one.length) for one in first.next().layout().formats()]
    assert next((one.start, one.length) for one in first.layout().formats()) == (0, 3), "for"
    assert (16, 8) in third, "the comment"
    view.show_text("```no-such-language\nfor one in many\n```\n")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (code,) = view.findChildren(QPlainTextEdit)
    assert not code.document().firstBlock().layout().formats()
