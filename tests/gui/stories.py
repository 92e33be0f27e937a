"""A request of three tasks, as the engine tells it."""

from __future__ import annotations

import struct
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hgpt_desktop.bridge.views import Fit, ModelView
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
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

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


def write_pdf(path: Path, pages: int) -> Path:
    """A document with a heading and some lines on each page."""
    font = ImageFont.load_default(size=40)
    drawn = []
    for number in range(1, pages + 1):
        page = Image.new("RGB", (620, 877), "white")
        pen = ImageDraw.Draw(page)
        pen.text((60, 60), f"Page {number}", fill="black", font=font)
        for line in range(12 + number % 3):
            top = 150 + 44 * line
            pen.rectangle((60, top, 560 - 40 * (line % 4), top + 10), fill="#8a94a0")
        drawn.append(page)
    drawn[0].save(path, "PDF", save_all=True, append_images=drawn[1:])
    return path


def write_film(
    path: Path, seconds: int = 3, size: tuple[int, int] = (640, 360), *, silent: bool = False
) -> Path:
    """A bright square that crosses a ground that becomes red, with a tone that swells, or none."""
    rate_hz, per_s = 16_000, 10
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("mpeg4", rate=per_s)
        pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        sounds = None if silent else film.add_stream("aac", rate=rate_hz)
        for number in range(seconds * per_s):
            drawn = np.full((size[1], size[0], 3), (20, 60, 80), dtype=np.uint8)
            drawn[:, :, 0] = min(number * 8, 255)
            left = 40 + number * 14
            drawn[130:230, left : left + 100] = (250, 240, 220)
            film.mux(pictures.encode(av.VideoFrame.from_ndarray(drawn, "rgb24")))
        film.mux(pictures.encode())
        if sounds is None:
            return path
        at = np.arange(rate_hz * seconds) / rate_hz
        tone = (0.6 * np.sin(at * 440 * np.pi * 2) * np.abs(np.sin(at * 2.2))).astype(np.float32)
        heard = av.AudioFrame.from_ndarray(tone.reshape(1, -1), "fltp", layout="mono")
        heard.rate, heard.pts = rate_hz, 0
        film.mux(sounds.encode(heard))
        film.mux(sounds.encode())
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


def big_plan(count: int) -> Plan:
    """A plan of `count` tasks in which results are used by several others; never more than 30."""
    kinds = (
        "image-to-text", "translation", "summarization", "text-classification", "text-generation",
        "token-classification",
    )  # fmt: skip
    tasks = [Task(1, "image-to-text", {"image": (FileRef("a-holiday.jpg"),)})]
    for number in range(2, count + 1):
        parent = number // 2
        sources = [TaskRef(parent)]
        if number % 4 == 1 and (parent + 1).bit_length() == parent.bit_length():
            sources.append(TaskRef(parent + 1))
        tasks.append(Task(number, kinds[number % len(kinds)], {"text": tuple(sources)}))
    return Plan(tuple(tasks))


SAMPLE_VOCABULARY = Vocabulary(
    (
        TaskType(
            "optical-character-recognition", "Reads text.", (InputSpec("image", (Kind.IMAGE,)),), (Kind.TEXT,)
        ),
        TaskType(
            "summarization",
            "Sums up.",
            (
                InputSpec("text", (Kind.TEXT,)),
                InputSpec(
                    "length", (Kind.TEXT,), required=False, literal_only=True, choices=("short", "long")
                ),
            ),
            (Kind.TEXT,),
        ),
        TaskType("text-to-speech", "Speaks.", (InputSpec("text", (Kind.TEXT,)),), (Kind.AUDIO,)),
        TaskType(
            "question-answering",
            "Answers.",
            (
                InputSpec("text", (Kind.TEXT,), many=True),
                InputSpec("question", (Kind.TEXT,), literal_only=True),
            ),
            (Kind.TEXT,),
        ),
    )
)
"""Task types for plans that are changed by hand."""


def catalogue() -> tuple[ModelView, ...]:
    """Some models: installed, to be fetched, too large."""

    def model(
        model_id: str, name: str, tasks: tuple[str, ...], size: int, memory: int, fit: Fit, **more: object
    ) -> ModelView:
        common: dict[str, object] = {
            "description": "One plain sentence that says what it is good at.",
            "licence": "Apache-2.0",
            "languages": ("en",),
            "tier": "cpu",
            "source": f"example/{model_id}",
            "capacity_bytes": 16_000_000_000,
            "installed": False,
            "verified": True,
            "loadable": True,
            "removable": True,
            "controller": False,
            "starter": False,
        }
        values = {**common, **more}
        return ModelView(
            id=model_id,
            name=name,
            tasks=tasks,
            size_bytes=size,
            memory_bytes=memory,
            fit=fit,
            **values,  # type: ignore[arg-type]
        )

    return (
        model(
            LLM_ID, "Qwen2.5 Coder 1.5B Instruct (Q4_K_M)",
            ("conversational", "summarization", "translation"),
            1_117_320_768, 1_700_000_000, Fit.FITS, installed=True,
            controller=True, starter=True,
            languages=("en", "zh", "es"),
        ),
        model(
            "qwen3-8b-q4", "Qwen3 8B Instruct (Q4_K_M)", ("conversational", "text-generation"),
            5_030_000_000, 6_900_000_000, Fit.TIGHT, controller=True, languages=("en", "zh", "de"),
        ),
        model(
            "pp-ocrv6-small", "PP-OCRv6 small", ("optical-character-recognition",), 0, 240_000_000, Fit.FITS,
            installed=True, removable=False,
        ),
        model(
            "whisper-base", "Whisper base", ("automatic-speech-recognition",), 145_217_532, 400_000_000,
            Fit.FITS, installed=True, licence="MIT", languages=("en", "zh", "fr"),
        ),
        model(
            "piper-en-us-joe-medium", "Piper en_US joe", ("text-to-speech",), 63_201_294, 180_000_000,
            Fit.FITS, installed=True, licence="MIT",
        ),
        model(
            "detr-resnet-50", "DETR ResNet-50", ("object-detection",), 166_000_000, 700_000_000, Fit.FITS,
        ),
        model(
            "stable-diffusion-xl", "Stable Diffusion XL", ("text-to-image", "image-to-image"), 6_900_000_000,
            21_000_000_000, Fit.TOO_LARGE, tier="24 GB", verified=False, licence="OpenRAIL++",
        ),
    )  # fmt: skip
