"""Finished sentences are recognised and said in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgpt_desktop.core.phrasebook import Phrasebook

BOOK = Phrasebook(
    {
        "%1 cannot be read.": "無法讀取 %1。",
        "The file %1 of the model %2 cannot be read.": "無法讀取模型 %2 的檔案 %1。",
        "There is not enough memory to run %1.": "記憶體不足，無法執行 %1。",
        "Close other programs.": "請關閉其他程式。",
        "%1 Tried %2.": "%1已試過：%2。",
        "Trying %1.": "改試：%1。",
        "Trying %1, %2.": "改用 %1，%2。",
        "in tiles": "分塊執行",
        "in tiles, with attention in slices": "分塊執行並將注意力切片",
        "in half precision": "以半精度執行",
        "a picture": "圖片",
        "a recording": "錄音",
        "This needs %1.": "這需要%1。",
    }
)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("a b.png cannot be read.", "無法讀取 a b.png。"),
        ("The file w of the model m cannot be read.", "無法讀取模型 m 的檔案 w。"),  # the one that says more
        ("v1. 2.png cannot be read. Close other programs.", "無法讀取 v1. 2.png。請關閉其他程式。"),
        ("x cannot be read. So be it. Close other programs.", "無法讀取 x。So be it. 請關閉其他程式。"),
        (
            "A: There is not enough memory to run A. Trying in tiles.",
            "A：記憶體不足，無法執行 A。改試：分塊執行。",
        ),
        ("Trying SD, in half precision.", "改用 SD，以半精度執行。"),
        (
            "There is not enough memory to run A. Tried in tiles, in tiles, with attention in slices.",
            "記憶體不足，無法執行 A。已試過：分塊執行、分塊執行並將注意力切片。",
        ),
        ("This needs a picture and a recording.", "這需要圖片、錄音。"),
        ("This needs a picture and a miracle.", "這需要a picture and a miracle。"),
    ],
)  # fmt: skip
def test_what_is_said_is_recognised(english: str, chinese: str) -> None:
    assert BOOK.said(english) == chinese


@pytest.mark.parametrize("text", ["", "Hello. How are you?", "無法讀取 x。", "note: nothing of it. is known"])
def test_what_nobody_knows_stays(text: str) -> None:
    assert BOOK.said(text) == text


def test_holes_may_stand_in_another_order() -> None:
    assert Phrasebook({"%1 of %2": "%2 的 %1"}).said("page of book") == "book 的 page"


def test_only_finished_translations_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.ts"
    file.write_text(
        "<!DOCTYPE TS><TS><context><name>engine</name>"
        "<message><source>It&apos;s &lt;full&gt;.</source><translation>滿了。</translation></message>"
        '<message><source>Draft.</source><translation type="unfinished">草</translation></message>'
        "</context></TS>",
        encoding="utf-8",
    )
    book = Phrasebook.read(file)
    assert book.said("It's <full>. Draft.") == "滿了。Draft."
