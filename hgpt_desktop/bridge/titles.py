"""A short title for a conversation, by the LLM."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import ChatModel, Message, Prompt

_MOST_CHARACTERS = 60
_EXCERPT_CHARACTERS = 400
_MOST_TOKENS = 24
_WRAPPING = re.compile(r"^[\s\"'“”‘’「『*#:.\-]+|[\s\"'“”‘’」』*#:.\-。]+$")
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHORTEST_CHECKED = 4
_FREE_WORDS = frozenset(
    {
        "summary", "summarized", "summarised", "translation", "transcript", "transcription", "question",
        "answer", "explanation", "explained", "description", "request", "overview", "notes", "text", "image",
        "picture", "photo", "recording", "audio", "reading", "about", "with", "from", "into", "what", "when",
        "where", "which", "this", "that", "basics", "introduction", "guide", "details", "analysis", "list",
        "read", "aloud", "extraction", "recognition", "identification", "detection", "classification",
        "conversion", "comparison", "captioning", "document", "file", "files", "page", "photograph", "video",
        "film", "table", "speech", "voice", "sound", "message", "points", "their",
        "your", "over", "between", "main", "short", "brief",
    }
)  # fmt: skip
_FREE_HAN = re.compile(
    "[的之與和及]|摘要|總結|翻譯|問題|回答|解答|說明|描述|內容|文字|圖片|照片|影片|錄音|語音|朗讀|聽寫|辨識|分析|介紹|簡介|整理|請求|對話"
    "|[与]|总结|翻译|问题|说明|内容|图片|视频|录音|语音|朗读|听写|识别|介绍|简介|请求|对话"
)
_ENDINGS = frozenset(
    {
        "", "s", "es", "e", "y", "ies", "ied", "ier", "ed", "d", "er", "ers", "or", "ors", "r", "ing", "ings",
        "ion", "ions", "ation", "ations", "tion", "ition", "ication", "sion", "ise", "ize", "ised", "ized",
        "ises", "izes", "ising", "izing", "isation", "ization", "ify", "ifies", "ified", "ate", "ated",
        "ates", "al", "ally", "ly", "ment", "ments", "ance", "ence", "ive", "sis", "se", "sed", "t", "te",
        "n", "en",
    }
)  # fmt: skip
_ENDINGS_OF_Y = frozenset({"y", "ies", "ied", "ier"})
_SHORTEST_OF_Y = 3
_TASK = (
    "Give the conversation a title of two to six words, in the language of the request. "
    "Write the title only.\n\nRequest: {request}\n\nAnswer: {answer}"
)


def title_of(chat: ChatModel, request: str, answer: str, results: str, cancel: CancelToken) -> str:
    """Two to six words; empty where the LLM wrote nothing that could be a title, or made something up.

    Args:
        results: the texts that were made, in which the title's words may stand too.
    """
    asked = _TASK.format(
        request=" ".join(request.split())[:_EXCERPT_CHARACTERS],
        answer=" ".join(answer.split())[:_EXCERPT_CHARACTERS],
    )
    prompt = Prompt((Message("user", asked),), continuation="Title:")
    written = chat.generate(prompt, cancel, max_tokens=_MOST_TOKENS, stop=("\n",))
    title = _WRAPPING.sub("", " ".join(written.text.split()))
    whole = written.finish == "stop" and 0 < len(title) <= _MOST_CHARACTERS
    return title if whole and is_borne_out(title, f"{request}\n{answer}\n{results}") else ""


def is_borne_out(title: str, said: str) -> bool:
    """Whether the title says nothing that was not said: its numbers, and its longer words in any form.

    Of Chinese every character has to be there, as words have no ends in it. Words for the conversation itself
    and for what is done in it (a summary, a question, a translation) may stand in any title.
    """
    known = said.casefold()
    words = set(_WORD.findall(known))
    for word in _WORD.findall(title.casefold()):
        if any(sign.isdigit() for sign in word):
            if word not in words:
                return False
        elif _HAN.search(word):
            if any(sign not in known for sign in _HAN.findall(_FREE_HAN.sub("", word))):
                return False
        elif not (len(word) < _SHORTEST_CHECKED or word in _FREE_WORDS or _has_form_in(word, words)):
            return False
    return True


def _has_form_in(word: str, words: Iterable[str]) -> bool:
    return any(_is_form_of(word, one) for one in words)


def _is_form_of(word: str, said: str) -> bool:
    """Whether two words seem to be forms of one: `cities` and `city`, `recognition` and `recognise`."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, said, strict=False)))
    for at in range(_SHORTEST_OF_Y, shared + 1):
        endings = {word[at:], said[at:]}
        if endings <= _ENDINGS_OF_Y or (at >= _SHORTEST_CHECKED and endings <= _ENDINGS):
            return True
    # Other languages have other endings; but a whole word with more behind it may be a name: water, Waterloo.
    return max(_SHORTEST_CHECKED, len(word) - 3) <= shared < len(said)
