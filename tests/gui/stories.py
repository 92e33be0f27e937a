"""A request of three tasks, as the engine tells it."""

from __future__ import annotations

import struct
import wave
from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.core.events import (
    Event,
    ModelLoading,
    PlanReady,
    RequestFinished,
    ResponseChunk,
    Stage,
    StageStarted,
    TaskFinished,
    TaskPlanned,
    TaskSelected,
    TaskStarted,
)
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult, TaskStatus

READ = Task(1, "optical-character-recognition", {"image": (FileRef("notice.png"),)})
SUM_UP = Task(2, "summarization", {"text": (TaskRef(1),)})
SPEAK = Task(3, "text-to-speech", {"text": (TaskRef(2),)})
PLAN = Plan((READ, SUM_UP, SPEAK))
ANSWER = "The library is **closed** on Friday.\n\n- It opens again on Monday.\n"
LLM_ID = "qwen2.5-coder-1.5b-instruct-q4"
MODELS = {1: "pp-ocrv6-small", 2: LLM_ID, 3: "piper-en-us-joe-medium"}


def write_wav(path: Path, seconds: float = 1.0, rate_hz: int = 8000) -> Path:
    """A recording of silence."""
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(rate_hz)
        recording.writeframes(struct.pack("<h", 0) * int(rate_hz * seconds))
    return path


def resource(
    path: Path, kind: Kind, media_type: str, text: str | None = None, data: object = None
) -> Resource:
    """A result with its file."""
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return Resource(path.name, kind, path, media_type, path.stat().st_size, text=text, data=data)


@dataclass(frozen=True)
class Story:
    """The results of the three tasks and the events that lead to them."""

    results: tuple[TaskResult, TaskResult, TaskResult]

    @staticmethod
    def told_in(folder: Path) -> Story:
        """The story with its files."""
        read = resource(
            folder / "task-1.txt", Kind.TEXT, "text/plain", "NOTICE\nThe library is closed on Friday."
        )
        summary = resource(folder / "task-2.txt", Kind.TEXT, "text/plain", "Closed on Friday.")
        spoken = resource(write_wav(folder / "task-3.wav"), Kind.AUDIO, "audio/wav")
        done = [
            TaskResult(task, TaskStatus.DONE, MODELS[task.id], outputs=(output,), run_s=1.5, attempts=1)
            for task, output in zip(PLAN.tasks, (read, summary, spoken), strict=True)
        ]
        return Story((done[0], done[1], done[2]))

    def planned(self) -> list[Event]:
        """Up to the moment when the first task may begin."""
        return [
            StageStarted(Stage.PLANNING),
            ModelLoading(LLM_ID, 1_117_320_768),
            *(TaskPlanned(task) for task in PLAN.tasks),
            PlanReady(PLAN),
            StageStarted(Stage.SELECTION),
            *(TaskSelected(task.id, MODELS[task.id], "the only one", ()) for task in PLAN.tasks),
            StageStarted(Stage.EXECUTION),
        ]

    def whole(self) -> list[Event]:
        """From the beginning to the end."""
        events = self.planned()
        for result in self.results:
            events += [TaskStarted(result.task.id), TaskFinished(result)]
        events.append(StageStarted(Stage.RESPONSE))
        events += [ResponseChunk(ANSWER[at : at + 5]) for at in range(0, len(ANSWER), 5)]
        events.append(RequestFinished(ANSWER, self.results, 6.2, 0))
        return events
