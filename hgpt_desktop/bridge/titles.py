"""A short title for a conversation, by the LLM."""

from __future__ import annotations

import re

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import ChatModel, Message, Prompt

_MOST_CHARACTERS = 60
_EXCERPT_CHARACTERS = 400
_MOST_TOKENS = 24
_WRAPPING = re.compile(r"^[\s\"'“”‘’「『*#:.\-]+|[\s\"'“”‘’」』*#:.\-。]+$")
_TASK = (
    "Give the conversation a title of two to six words, in the language of the request. "
    "Write the title only.\n\nRequest: {request}\n\nAnswer: {answer}"
)


def title_of(chat: ChatModel, request: str, answer: str, cancel: CancelToken) -> str:
    """Two to six words; empty where the LLM wrote nothing that could be a title."""
    asked = _TASK.format(
        request=" ".join(request.split())[:_EXCERPT_CHARACTERS],
        answer=" ".join(answer.split())[:_EXCERPT_CHARACTERS],
    )
    prompt = Prompt((Message("user", asked),), continuation="Title: ")
    written = chat.generate(prompt, cancel, max_tokens=_MOST_TOKENS, stop=("\n",))
    title = _WRAPPING.sub("", " ".join(written.text.split()))
    return title if written.finish == "stop" and 0 < len(title) <= _MOST_CHARACTERS else ""
