"""Texts inside a request: found so that the LLM can point at them instead of copying them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hgpt_desktop.core.lengths import words_in

QUOTED = re.compile(
    r'"([^"\n]{2,})"|“([^”]{2,})”|«([^»]{2,})»|„([^“”]{2,})[“”]|「([^」]{1,})」|『([^』]{1,})』'
    r"|(?<![\w'])'((?:[^'\n]|(?<=\w)'(?=\w)){2,})'(?!\w)|(?<!\w)‘([^’]{2,})’(?!\w)"
)
FILE_NAME = re.compile(r"\b[\w-]+\.[A-Za-z][A-Za-z0-9]{1,4}\b")
_AFTER_COLON = re.compile(r"[:：]\s+(\S.*)\Z|：(\S.*)\Z", re.DOTALL)
_FIRST_SENTENCE = re.compile(r"[.!?]\s+|[。！？]\s*")
_SHORT_WORDS = 15  # an unquoted passage of up to so many words may be meant in part only
_SHOWN_WORDS = 40  # a passage of more words is shown by its beginning and end
CUT = "…"  # stands for what is left out
_HEAD_WORDS, _TAIL_WORDS = 18, 6
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CHINESE = frozenset({"chinese", "中文", "華語", "华语", "漢語", "汉语"})
_AROUND_TEXTS = " :：\"“”„«»「」『』'‘’"
_SURE_CHARS = 10  # a copied beginning of so many characters is no accident


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the request's text. `quoted`: the user marked its end."""

    text: str
    quoted: bool


def passages(request_text: str) -> tuple[Passage, ...]:
    """The parts of a request that a task may work on, the surest first: quotations, what follows the first
    colon, paragraphs, what follows the first sentence, all of it."""
    found: list[Passage] = []
    for match in QUOTED.finditer(request_text):
        found.append(
            Passage(next(group for group in match.groups() if group is not None).strip(), quoted=True)
        )
    if after := _AFTER_COLON.search(request_text):
        found.append(Passage((after[1] or after[2]).strip(), quoted=False))
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n|\n", request_text) if part.strip()]
    if len(paragraphs) > 1:
        found.append(Passage("\n\n".join(paragraphs[1:]), quoted=False))
        found.append(Passage("\n\n".join(paragraphs[:-1]), quoted=False))
        found.extend(Passage(paragraph, quoted=False) for paragraph in paragraphs)
    if first := _FIRST_SENTENCE.search(request_text):
        found.append(Passage(request_text[first.end() :].strip(), quoted=False))
    found.append(Passage(request_text.strip(), quoted=False))
    kept: dict[str, Passage] = {}
    for passage in found:
        if passage.text:
            kept.setdefault(passage.text, passage)
    return tuple(kept.values())


def passage_meant(beginning: str, candidates: tuple[Passage, ...]) -> str | None:
    """The passage that starts with the words that the LLM began to copy, or None where it writes its own.

    Args:
        beginning: what the LLM has written so far; it has not ended by itself.
    """
    start = _plain(beginning)
    if len(start) < _SURE_CHARS and len(words_in(beginning)) < 4:
        return None
    for candidate in candidates:
        if (candidate.quoted or len(words_in(candidate.text)) > _SHORT_WORDS) and _plain(
            candidate.text
        ).startswith(start):
            return candidate.text
    return None


def restored(text: str, request_text: str) -> str:
    """What is meant by a text that was copied across a cut of the elided request."""
    if CUT not in text or CUT in request_text:
        return text
    start = _plain(text.partition(CUT)[0])
    whole = (passage.text for passage in passages(request_text) if _plain(passage.text).startswith(start))
    return next(whole, request_text.strip()) if start else request_text.strip()


def elided(request_text: str) -> str:
    """The request as the planner shows it: long passages by their beginning and end, the rest in full."""
    shown = request_text.strip()
    for passage in passages(request_text)[:-1]:
        if len(words_in(passage.text)) > _SHOWN_WORDS and passage.text in shown:
            shown = shown.replace(passage.text, head(passage.text), 1)
    if len(words_in(shown)) > 4 * _SHOWN_WORDS:
        shown = head(shown, 3 * _SHOWN_WORDS, _SHOWN_WORDS)
    return shown


def head(text: str, head_words: int = _HEAD_WORDS, tail_words: int = _TAIL_WORDS) -> str:
    """The first words of a text and its last ones; a short text as it is."""
    flat = " ".join(text.split())
    count = len(words_in(flat))
    if count <= head_words + tail_words + 4:
        return flat
    found = list(_WORD.finditer(flat))
    first = flat[: found[head_words - 1].end()]
    last = flat[found[-tail_words].start() :] if tail_words else ""
    return f"{first} {CUT} {last}" if last else f"{first} {CUT}"


def without(asked: str, texts: Sequence[str]) -> str:
    """What is asked for, without the texts that it is asked of; all of it where nothing would be left."""
    left = asked
    for text in texts:
        left = left.replace(text, " ")
    left = " ".join(left.split()).strip(_AROUND_TEXTS)
    return left or asked.strip()


def with_its_script(option: str, request_text: str) -> str:
    """ "Chinese" by the name of the Chinese that the request is written in; every other option as it is.

    A small LLM takes it for simplified Chinese, whoever asks.
    """
    if option.strip().lower() not in _CHINESE:
        return option
    traditional, simplified = (
        sum(_can_be_written(one, own) and not _can_be_written(one, other) for one in request_text)
        for own, other in (("big5", "gb2312"), ("gb2312", "big5"))
    )
    if traditional == simplified:
        return option
    return "繁體中文" if traditional > simplified else "简体中文"


def _can_be_written(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def cut_after(text: str, most_words: int) -> str:
    """A text with its lines, up to so many words."""
    found = list(_WORD.finditer(text))
    return text if len(found) <= most_words else f"{text[: found[most_words - 1].end()]} {CUT}"


def _plain(text: str) -> str:
    """For comparison: one space between words, no case, straight quotes."""
    straight = text.translate(str.maketrans("“”‘’", "\"\"''"))
    return " ".join(straight.split()).casefold()
