"""What the engine says, in the language of the window.

The engine's sentences are English wherever they are kept. They are put into the window's language here, on
their way to the widgets: errors become a `ProblemView`, events go through the relay, conversations through
the workbench. `resources/translations/engine_<language>.ts` has the translations; CONTRIBUTING.md tells how a
new sentence gets one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hgpt_desktop.core.events import (
    Event,
    RequestFinished,
    TaskFailed,
    TaskProgressed,
    TaskSelected,
    TaskSkipped,
)
from hgpt_desktop.core.phrasebook import Phrasebook
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.settings import shipped

if TYPE_CHECKING:
    from hgpt_desktop.bridge.views import ExchangeView

_language = "en"


def speak_in(language: str) -> None:
    """From now on `said` gives this language. Threads: the GUI thread."""
    global _language
    _language = language


def said(text: str) -> str:
    """A text of the engine in the language of the window; what is not known stays as it is. Threads: any."""
    return text if _language == "en" or not text else phrasebook(_language).said(text)


@cache
def phrasebook(language: str) -> Phrasebook:
    """All that the engine can say, in a language other than English."""
    return Phrasebook.read(shipped("resources") / "translations" / f"engine_{language}.ts")


def said_event(event: Event) -> Event:
    """The event with its sentences in the language of the window."""
    match event:
        case TaskProgressed(message=message):
            return replace(event, message=said(message))
        case TaskSelected(reason=reason):
            return replace(event, reason=said(reason))
        case TaskFailed(message=message, hint=hint):
            return replace(event, message=said(message), hint=said(hint))
        case TaskSkipped(because=because):
            return replace(event, because=said(because))
        case RequestFinished(message=message, hint=hint, results=results):
            return replace(event, message=said(message), hint=said(hint), results=said_results(results))
        case _:
            return event


def said_results(results: tuple[TaskResult, ...]) -> tuple[TaskResult, ...]:
    """Results whose failures, choices and logs are told in the language of the window."""
    return tuple(
        replace(
            one,
            message=said(one.message),
            hint=said(one.hint),
            reason=said(one.reason),
            log=tuple(replace(line, words=said(line.words)) for line in one.log),
        )
        for one in results
    )


def said_exchange(exchange: ExchangeView) -> ExchangeView:
    """A kept request in the language of the window.

    Where a request failed before anything was done, the engine's sentence is kept as its answer.
    """
    answer = said(exchange.answer) if exchange.exit_code and not exchange.results else exchange.answer
    return replace(exchange, answer=answer, results=said_results(exchange.results))
