"""The words of the notes below an answer, in the language of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from hgpt_desktop.core.phrasebook import Phrasebook
from hgpt_desktop.settings import shipped

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[a-zA-Z\u00c0-\u04ff]")
_OF_OTHERS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")  # kana and hangul: no Chinese


@dataclass(frozen=True, slots=True)
class NoteWords:
    """Sentences with `{task}`, `{reason}`, `{files}`, `{other}` in them.

    Args:
        language: of which the phrasebook knows what errors, hints and results say; "" for English.
    """

    made: str
    failed: str
    left_out: str
    stopped: str
    nothing_here: str
    no_model: str
    used_instead: str
    not_done: str
    nothing_to_do: str
    language: str = ""

    def said(self, text: str) -> str:
        """What the engine said, in this language."""
        return _phrasebook(self.language).said(text) if self.language and text else text


@cache
def _phrasebook(language: str) -> Phrasebook:
    return Phrasebook.read(shipped("resources") / "translations" / f"engine_{language}.ts")


ENGLISH = NoteWords(
    made="Made: {files}",
    failed="{task} did not work{reason}",
    left_out="{task} was left out{reason}",
    stopped="{task} was stopped.",
    nothing_here="There is nothing here for {task}, so {instead}.",
    no_model="No model for {task} is installed, so {instead}.",
    used_instead="{other} was used instead",
    not_done="this part was not done, nor what builds on it",
    nothing_to_do="There was nothing to do.",
)

CHINESE = NoteWords(
    made="產生的檔案：{files}",
    failed="「{task}」沒有成功{reason}",
    left_out="「{task}」沒有執行{reason}",
    stopped="「{task}」已停止。",
    nothing_here="這裡沒有「{task}」可以處理的內容，因此{instead}。",
    no_model="沒有安裝能做「{task}」的模型，因此{instead}。",
    used_instead="改用「{other}」",
    not_done="這部分以及以它為基礎的部分都沒有完成",
    nothing_to_do="沒有需要做的事。",
    language="zh_TW",
)


def words_for(request: str) -> NoteWords:
    """Traditional Chinese for a request in Chinese, else English.

    A Chinese character says about as much as two letters; a few of them may be quoted in another language.
    """
    chinese = 2 * len(_HAN.findall(request)) > len(_LETTER.findall(request))
    return CHINESE if chinese and not _OF_OTHERS.search(request) else ENGLISH
