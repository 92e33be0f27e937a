"""Finds models by the words that the page shows of them, in the language of the window."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hgpt_desktop.bridge.views import ModelView
from hgpt_desktop.ui.formats import language_text
from hgpt_desktop.ui.task_names import plain_name

_SHORT = re.compile(r"[a-z0-9]{1,3}")


class ModelSearch:
    """A search over these models; it is made anew where the catalogue or the language has changed."""

    def __init__(self, models: Sequence[ModelView]) -> None:
        self._models = [(model, _texts_of(model)) for model in models]

    def found(self, text: str) -> list[ModelView]:
        """Those with all the words: by name first, then by task, then by what else is said of them."""
        wanted = [_pattern(word) for word in text.casefold().split()]
        ranked = []
        for model, texts in self._models:
            rank = next(
                (at for at, said in enumerate(texts) if all(one.search(said) for one in wanted)), None
            )
            if rank is not None:
                ranked.append((rank, model))
        return [model for _, model in sorted(ranked, key=lambda pair: pair[0])]


def _texts_of(model: ModelView) -> tuple[str, ...]:
    """What is searched, each text with all of the one before."""
    name = f"{model.name} {model.id}"
    tasks = " ".join((name, *map(plain_name, model.tasks), *model.tasks))
    languages = " ".join((*map(language_text, model.languages), *model.languages))
    about = f"{tasks} {languages} {model.licence} {model.description} {model.source}"
    return name.casefold(), tasks.casefold(), about.casefold()


def _pattern(word: str) -> re.Pattern[str]:
    """A short word may only begin another one: MIT is not looked for in `limit`."""
    begins = r"(?<![a-z0-9])" if _SHORT.fullmatch(word) else ""
    return re.compile(begins + re.escape(word))
