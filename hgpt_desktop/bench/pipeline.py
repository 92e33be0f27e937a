"""Seconds and LLM calls per stage for the sample request, first and second run in one process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.events import Event, StageStarted
from hgpt_desktop.core.interfaces import Choice, Generation, Prompt
from hgpt_desktop.hosts.clients import LlamaClient
from hgpt_desktop.settings import shipped
from hgpt_desktop.wiring import Application

SAMPLE_REQUEST = "Read the text in this picture, summarise it and say it aloud"


class CountedLlama(LlamaClient):
    """The controller host, counting how often it is asked to decide or to write."""

    calls = 0

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        """See `ChatModel.choose`."""
        self.calls += 1
        return super().choose(prompt, options, cancel)

    def generate(self, prompt: Prompt, cancel: CancelToken, **wanted: Any) -> Generation:
        """See `ChatModel.generate`."""
        self.calls += 1
        return super().generate(prompt, cancel, **wanted)


def sample_picture() -> Path:
    """The picture that goes with the sample request."""
    return shipped("resources") / "samples" / "notice.png"


def run_pipeline_bench(application: Application, chat: CountedLlama, cancel: CancelToken) -> dict[str, Any]:
    """`{"llm", "device", "runs": [{"stages": {stage: {"seconds", "llm_calls"}}, "seconds", "exit_code"}]}`.

    The first run loads the models, the second finds them in memory.
    """
    return {
        "request": SAMPLE_REQUEST,
        "llm": application.llm_card().id,
        "device": application.device,
        "runs": [_run_once(application, chat, cancel) for _ in range(2)],
    }


def _run_once(application: Application, chat: CountedLlama, cancel: CancelToken) -> dict[str, Any]:
    marks: list[tuple[str, float, int]] = []

    def emit(event: Event) -> None:
        if isinstance(event, StageStarted):
            marks.append((event.stage.value, time.perf_counter(), chat.calls))

    finished = application.run(application.request(SAMPLE_REQUEST, [sample_picture()]), emit, cancel)
    ends = [(at, calls) for _, at, calls in marks[1:]] + [(time.perf_counter(), chat.calls)]
    return {
        "stages": {
            stage: {"seconds": round(end - at, 3), "llm_calls": calls_after - calls}
            for (stage, at, calls), (end, calls_after) in zip(marks, ends, strict=True)
        },
        "tasks": [
            {"task": result.task.task, "load_s": round(result.load_s, 3), "run_s": round(result.run_s, 3)}
            for result in finished.results
        ],
        "seconds": round(finished.seconds, 3),
        "exit_code": finished.exit_code,
    }
