"""A plain answer by the starter LLM is told while it is written."""

from __future__ import annotations

import pytest

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.events import Event, ResponseChunk, ResponseWithdrawn, TaskFinished, TaskProgressed
from hgpt_desktop.settings import Folders, Settings
from hgpt_desktop.wiring import Application

pytestmark = pytest.mark.real

ASKED = "Tell me about the sea in five sentences."


@pytest.mark.usefixtures("starter_models")
def test_the_first_words_come_long_before_the_last_ones() -> None:
    application = Application.open(Folders.of_user(), Settings())
    events: list[Event] = []
    try:
        plan = [{"task": "conversational", "id": 0, "dep": [-1], "args": {"text": ASKED}}]
        request = application.request(ASKED, [], plan=plan, seed=1)
        finished = application.run(request, events.append, CancelToken())
    finally:
        application.close()
    assert finished.exit_code == 0, finished.message
    chunks = [event for event in events if isinstance(event, ResponseChunk)]
    assert "".join(chunk.text for chunk in chunks) == finished.answer
    assert not [event for event in events if isinstance(event, ResponseWithdrawn)]
    (ended,) = (event for event in events if isinstance(event, TaskFinished))
    assert ended.result.outputs[0].text == finished.answer
    # Progress is told with every token: most of the text was still to be written at the first words.
    first = events.index(chunks[0])
    tokens = [place for place, event in enumerate(events) if isinstance(event, TaskProgressed)]
    assert len([place for place in tokens if place > first]) > len(tokens) / 2
    assert events.index(chunks[-2]) < events.index(ended)
    assert len(chunks) > 10
