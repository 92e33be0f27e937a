"""A short title for a conversation, by the LLM."""

from __future__ import annotations

import re

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
        "where", "which", "this", "that",
    }
)  # fmt: skip
_FREE_SIGNS = frozenset("的之與和摘要翻譯問題回答說明描述內容文字圖片錄音請求")
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
    prompt = Prompt((Message("user", asked),), continuation="Title: ")
    written = chat.generate(prompt, cancel, max_tokens=_MOST_TOKENS, stop=("\n",))
    title = _WRAPPING.sub("", " ".join(written.text.split()))
    whole = written.finish == "stop" and 0 < len(title) <= _MOST_CHARACTERS
    return title if whole and is_borne_out(title, f"{request}\n{answer}\n{results}") else ""


def is_borne_out(title: str, said: str) -> bool:
    """Whether the title says nothing that was not said: its numbers, and the stems of its longer words.

    Of Chinese every character has to be there, as words have no ends in it. Words for the conversation itself
    (a summary, a question) may stand in any title.
    """
    known = said.casefold()
    words = set(_WORD.findall(known))
    for word in _WORD.findall(title.casefold()):
        if any(sign.isdigit() for sign in word):
            if word not in words:
                return False
        elif _HAN.search(word):
            if any(sign not in known and sign not in _FREE_SIGNS for sign in _HAN.findall(word)):
                return False
        elif len(word) >= _SHORTEST_CHECKED and word not in _FREE_WORDS:
            stem = word[: max(_SHORTEST_CHECKED, len(word) - 3)]
            if not any(one.startswith(stem) for one in words):
                return False
    return True
