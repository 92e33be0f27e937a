"""What every family promises, tried on a small model of its own through the expert host, and measured.

    python tests/experts/contract.py        writes docs/experts.md anew

`CASES` has an entry for each family of the registry; a new family needs one too, or the tests fail.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import tiny_diffusion
import tiny_pictures
import tiny_sound
import tiny_texts
import tiny_vision
from expert_trials import call_for, card_for
from PIL import Image, ImageDraw
from tiny_checkpoints import library

from hgpt_desktop.catalog.cards import read_catalogue
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.registry import FAMILIES
from hgpt_desktop.hosts.clients import ExpertClient
from hgpt_desktop.settings import Folders, shipped

PAGE = Path(__file__).resolve().parents[2] / "docs" / "experts.md"
MEETING = shipped("resources") / "samples" / "meeting.wav"
CANCEL_S = 2.0
"""What the tests allow on a machine that is busy with other work; the aim is one second."""

_TEXT = "the cat lives in paris . the dog is blue . " * 30
_DRAWN = ("to-speech", "to-image", "to-video", "to-audio")  # what takes long for each word
_COUNTED = {"many": 3}  # values of an input that takes several together


@dataclass(frozen=True)
class Case:
    """A family with a small model.

    Args:
        make: writes the model into a folder; None where there is nothing to write.
        architecture: what the page calls it, where no config.json says it.
        tasks: where the family has a model of another kind for each; empty means all of them.
        starter: the id of an installed starter model to be taken instead of a tiny one.
    """

    loader: str
    make: Callable[[Path], Path] | None = None
    architecture: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()
    starter: str = ""

    @property
    def name(self) -> str:
        """Of its folder and its model."""
        return "-".join((self.loader, *self.tasks))

    @property
    def all_tasks(self) -> list[str]:
        """What it can do, in order."""
        return sorted(self.tasks or FAMILIES[self.loader].tasks)


@dataclass(frozen=True)
class Measured:
    """How one task of a family went."""

    loader: str
    architecture: str
    task: str
    load_s: float
    run_s: float
    peak_bytes: int | None
    cancel_s: float


def _bert(class_name: str, *names: str) -> Callable[[Path], Path]:
    return lambda folder: tiny_texts.bert(folder, class_name, *names)


def _encoder(folder: Path) -> Path:
    return tiny_texts.bert(folder, "BertModel")


def _efficientnet(folder: Path) -> Path:
    timm, safetensors = library("timm"), library("safetensors.torch")
    folder.mkdir(parents=True)
    weights = timm.create_model("efficientnet_lite0", pretrained=False).state_dict()
    safetensors.save_file(weights, str(folder / "model.safetensors"))
    return folder


def _soft_edges(folder: Path) -> Path:
    from hgpt_desktop.experts.soft_edges import network

    safetensors = library("safetensors.torch")
    folder.mkdir(parents=True)
    safetensors.save_file(network((4, 4, 4, 4, 4)).state_dict(), str(folder / "model.safetensors"))
    return folder


def _controlled(folder: Path) -> Path:
    tiny_diffusion.stable_diffusion(folder.parent / "base-of-controlnet")
    return tiny_diffusion.controlnet(folder)


_SMALL = {"width": 16, "height": 16, "num_inference_steps": 3}
_FILM = {**_SMALL, "num_frames": 5}
_BLIP = partial(tiny_vision.blip, class_name="BlipForConditionalGeneration")

CASES: tuple[Case, ...] = (
    Case("rapidocr", None, "PP-OCRv6"),
    Case("faster-whisper", None, "Whisper base", starter="whisper-base"),
    Case("piper", None, "VITS (Piper)", starter="piper-en-us-joe-medium"),
    Case("timm", _efficientnet, "EfficientNet-Lite0", {"architecture": "efficientnet_lite0"}),
    Case("sentence-embedding", _encoder),
    Case("transformers-image-to-text", _BLIP, options={"most_tokens": 8}),
    Case("transformers-vqa", tiny_vision.vilt),
    Case("transformers-document-qa", tiny_vision.layoutlm),
    Case("transformers-object-detection", tiny_vision.detector, options={"threshold": 0.0}),
    Case("transformers-zero-shot-detection", tiny_pictures.owlv2, options={"threshold": 0.0}),
    Case("transformers-mask-generation", tiny_pictures.sam2),
    Case("onnx-background-removal", tiny_pictures.matting, "U2-Net's form"),
    Case("transformers-image-segmentation", tiny_vision.segformer),
    Case("transformers-image-embedding", tiny_pictures.clip),
    Case("transformers-super-resolution", tiny_pictures.swin2sr, options={"tile_px": 64, "margin_px": 4}),
    Case("transformers-video-classification", tiny_pictures.vivit),
    Case("transformers-depth", tiny_vision.depth),
    Case("transformers-image-classification", tiny_vision.classifier),
    Case("transformers-audio-classification", tiny_sound.hubert),
    Case("transformers-audio-to-audio", tiny_sound.speecht5, options={"most_length": 1.0}),
    Case(
        "onnx-speech-enhancement",
        lambda folder: tiny_sound.halving_network(folder / "model.onnx"),
        "GTCRN's form",
    ),
    Case("onnx-source-separation", tiny_sound.parting_networks, "Spleeter's form"),
    Case(
        "onnx-voice-activity",
        None,
        "Silero VAD 6",
        {"package": "faster_whisper", "model": "assets/silero_vad_v6.onnx"},
    ),
    Case("transformers-zero-shot-audio", tiny_sound.clap),
    Case("transformers-text-to-audio", tiny_sound.musicgen),
    Case("diffusers-text-to-audio", tiny_diffusion.ace_step, options={"num_inference_steps": 3}),
    Case("transformers-text-classification", _bert("BertForSequenceClassification", "neutral", "entailment")),
    Case("transformers-token-classification", _bert("BertForTokenClassification", "O", "B-PER")),
    Case("transformers-fill-mask", _bert("BertForMaskedLM")),
    Case("transformers-text-ranking", _bert("BertForSequenceClassification", "score")),
    Case("transformers-table-qa", tiny_texts.tapas),
    Case("transformers-seq2seq", tiny_texts.bart, options={"most_tokens": 8}),
    Case("transformers-question-answering", _bert("BertForQuestionAnswering")),
    Case("table-learning", None, "small networks, learnt anew"),
    Case("tools", None, "no model"),
    Case("diffusers-text-to-image", tiny_diffusion.stable_diffusion, options=_SMALL),
    Case("diffusers-image-to-image", tiny_diffusion.stable_diffusion, options={"num_inference_steps": 8}),
    Case("diffusers-text-to-video", tiny_diffusion.wan, options=_FILM, tasks=("text-to-video",)),
    Case(
        "diffusers-text-to-video",
        partial(tiny_diffusion.wan, begins_with_picture=True),
        options=_FILM,
        tasks=("image-to-video",),
    ),
    Case(
        "diffusers-controlnet",
        _controlled,
        options={"base": "base-of-controlnet", "longest_px": 32, **_SMALL},
    ),
    Case("opencv", None, "Canny, straight lines"),
    Case("hed", _soft_edges, "HED", {"widths": [4, 4, 4, 4, 4]}),
    Case("transformers-pose", tiny_vision.pose, options={"threshold": 0.0}),
)
"""At least one for each loader of the registry."""


# ---------------------------------------------------------------- what a task is given


class Samples:
    """A file of each kind, and texts for each input, so that any task of the vocabulary can be called."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.image = folder / "picture.png"
        picture = Image.new("RGB", (96, 64), "white")
        pen = ImageDraw.Draw(picture)
        pen.rectangle((10, 10, 50, 50), fill="red", outline="black")
        pen.text((60, 20), "word", fill="black")
        picture.save(self.image)
        self.mask = folder / "mask.png"
        mask = Image.new("L", picture.size)
        mask.paste(255, (10, 10, 50, 50))
        mask.save(self.mask)
        self.audio = tiny_sound.recording(folder / "tone.wav", 2.0)
        self.video = tiny_sound.film(folder / "film.mp4")
        self.table = folder / "table.csv"
        rows = [f"{number},{number % 3},{'cat' if number % 2 else 'dog'}" for number in range(40)]
        self.table.write_text("\n".join(["size,legs,class", *rows]), encoding="utf-8")

    def call(self, task: str, out_dir: Path, **options: str) -> ExpertCall:
        """A call of the task with its required inputs, and these options."""
        task_type = load_vocabulary(control=True)[task]
        inputs: dict[str, tuple[Resource | str, ...]] = {}
        for spec in task_type.inputs:
            if not spec.required:
                continue
            values = self._values(task, spec.name, spec.kinds, spec.choices)
            inputs[spec.name] = values * _COUNTED["many"] if spec.many else values
        inputs |= {name: (value,) for name, value in options.items()}
        plain = call_for(task, out_dir)
        return ExpertCall(task, inputs, out_dir, plain.stem, plain.seed)

    def _values(
        self, task: str, name: str, kinds: tuple[Kind, ...], choices: tuple[str, ...]
    ) -> tuple[Resource | str, ...]:
        if choices:
            return (choices[-1],)
        if name in ("objects", "mask"):
            return (self._found(),)
        if task == "automatic-speech-recognition":
            return (Resource(MEETING.name, Kind.AUDIO, MEETING, "audio/wav", MEETING.stat().st_size),)
        files = {
            Kind.IMAGE: self.image, Kind.AUDIO: self.audio, Kind.VIDEO: self.video, Kind.TABLE: self.table,
        }  # fmt: skip
        if name == "mask":
            return (Resource("mask.png", Kind.IMAGE, self.mask, "image/png", self.mask.stat().st_size),)
        for kind in () if Kind.TEXT in kinds else files:
            if kind in kinds:
                path = files[kind]
                return (Resource(path.name, kind, path, "application/octet-stream", path.stat().st_size),)
        texts = {
            "language": "German", "question": "where is the cat", "labels": "cat, dog",
            "expression": "17 * 23", "instruction": "correct it", "other_text": "the house is red",
        }  # fmt: skip
        if task == "fill-mask":
            return ("the cat is ___ .",)
        is_long = name == "text" and not task.endswith(_DRAWN)
        return (texts.get(name, _TEXT if is_long else "the red cat"),)

    def _found(self) -> Resource:
        box = {"left": 10.0, "top": 10.0, "right": 50.0, "bottom": 50.0}
        data = {"width_px": 96, "height_px": 64, "objects": [{"label": "cat", "score": 0.9, "box": box}]}
        size_bytes = self.image.stat().st_size
        return Resource("found.png", Kind.IMAGE, self.image, "image/png", size_bytes, data=data)


# ---------------------------------------------------------------- trying a family


def case_of(loader: str) -> Case:
    """The family's case."""
    return next(case for case in CASES if case.loader == loader)


def made(case: Case, models: Path) -> ModelCard:
    """The case's model, written into a folder of its own or taken from the installed ones."""
    folder: Path | None = models / case.name
    if case.starter:
        shelf = read_catalogue(shipped("models.yaml").read_bytes(), "models.yaml")
        options = next(dict(card.options) for card in shelf if card.id == case.starter)
        return card_for(case.loader, Folders.of_user().models / case.starter, name=case.name, **options)
    if case.make is None:
        folder = None
    elif folder is not None and not folder.exists():
        with warnings.catch_warnings():  # of the libraries while they build what nobody builds this small
            warnings.simplefilter("ignore")
            folder = case.make(folder)
    return card_for(case.loader, folder, name=case.name, **case.options)


def architecture(case: Case, card: ModelCard) -> str:
    """The class of the model, as its folder says it."""
    if case.architecture or card.folder is None:
        return case.architecture
    for name in ("model_index.json", "config.json"):
        if (card.folder / name).is_file():
            told = json.loads((card.folder / name).read_text(encoding="utf-8"))
            return str(told.get("_class_name") or told["architectures"][0])
    return card.folder.name


def tried(client: ExpertClient, case: Case, models: Path, samples: Samples, out: Path) -> Iterator[Measured]:
    """Load, run, cancel and unload through the host, once for each task of the family.

    Raises:
        AssertionError: something that the family promises does not hold.
    """
    card = made(case, models)
    never = CancelToken()
    loaded = client.load(card, "cpu", lambda part, message: None, never)
    assert card.id in client.loaded()
    for task in case.all_tasks:
        seen: list[float | None] = []

        def on_progress(part: float | None, message: str, seen: list[float | None] = seen) -> None:
            seen.append(part)

        folder = out / case.name / task
        call = samples.call(task, folder, **_said(task))
        outcome = client.run(card, call, on_progress, never)
        _check(task, folder, outcome.outputs, seen)
        again = samples.call(task, folder / "again", **_said(task))
        cancel_s = max(_cancelled(client, card, again), _cancelled(client, card, again, outcome.run_s / 2))
        yield Measured(
            case.loader, architecture(case, card), task, loaded.load_s, outcome.run_s,
            None if outcome.peak_bytes is None else max(0, outcome.peak_bytes), cancel_s,
        )  # fmt: skip
    client.unload(card.id)
    assert card.id not in client.loaded()


def _said(task: str) -> dict[str, str]:
    """What is said besides, where a task would take long or be refused without it."""
    return {"text-to-audio": {"seconds": "1"}, "text-classification": {"labels": "cat, dog"}}.get(task, {})


def _check(task: str, folder: Path, outputs: Sequence[Resource], seen: list[float | None]) -> None:
    """Files of the declared kinds, data ready for JSON, progress that never falls."""
    declared = load_vocabulary(control=True)[task].outputs
    assert outputs
    for output in outputs:
        assert output.kind in declared, f"{task} made {output.kind}"
        assert output.path.parent == folder
        assert output.path.stat().st_size == output.size_bytes > 0
        json.dumps(output.data, allow_nan=False)
    shown = (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.TABLE)
    assert any(output.kind in shown or output.text for output in outputs), "only data for people"
    parts = [part for part in seen if part is not None]
    assert all(0 <= part <= 1 for part in parts)
    assert parts == sorted(parts)


def _cancelled(
    client: ExpertClient, card: ModelCard, call: ExpertCall, after_s: float | None = None
) -> float:
    """Seconds from a cancel, `after_s` seconds or at the first sign of progress, to the end of the run."""
    stop = CancelToken()
    at: list[float] = []

    def cancel() -> None:
        if not at:
            at.append(time.monotonic())
            stop.cancel()

    def on_progress(part: float | None, message: str) -> None:
        if after_s is None:
            cancel()

    timer = threading.Timer(after_s or 0.0, cancel)
    if after_s is not None:
        timer.start()
    try:
        client.run(card, call, on_progress, stop)
    except Cancelled:
        assert not list(call.out_dir.glob(".*")), "a draft was left behind"
    ended = time.monotonic()
    timer.cancel()
    return max(0.0, ended - at[0]) if at else 0.0  # it was over at once


# ---------------------------------------------------------------- the page


def page(measured: Sequence[Measured]) -> str:
    """docs/experts.md."""
    lines = [
        "# What the expert families promise",
        "",
        "Made by `python tests/experts/contract.py`; do not edit. Every family is loaded, run, stopped and",
        "unloaded through the expert host, each with a small model of its real architecture and random",
        "weights, on the processor (Whisper and Piper with the starter models). So the figures tell what a",
        "family costs beside its weights, not what a real model costs; `hgpt models list` says that. The",
        "first family that needs a library pays for its import. Cancel is the time from a cancel to the end",
        "of the run, the longer one of two: at the first sign of progress, and after half of the run's time",
        "(in the middle of a library's call, where it has but one); the aim is 1 s,",
        f"the tests refuse {CANCEL_S:g} s. Every layer of torch asks whether to stop, so the size of",
        "a model hardly matters: a network as large as Stable Diffusion 1.5's (860 million random weights),",
        "with steps of 6.5 s on two cores, stopped after 0.02 to 0.2 s. Whoever stops waits 0.8 s at most;",
        "a library that ends its call later does so unheard.",
        "",
        "What is found stands in the data of a result, and beside it what people look at: a picture with the",
        "boxes, regions or joints drawn in, a depth map, or lines of text, such as one for each stretch of",
        "speech. Sound that is made or cut has no picture of its own: the window draws its waveform.",
        "",
        "| family | architecture | task | load s | run s | peak MB | cancel s |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in measured:
        peak = "" if one.peak_bytes is None else f"{one.peak_bytes / 1e6:.1f}"
        lines.append(
            f"| `{one.loader}` | {one.architecture} | {one.task} | {one.load_s:.2f} | {one.run_s:.2f} "
            f"| {peak} | {one.cancel_s:.2f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Try every family and write the page."""
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        samples = Samples(Path(folder) / "samples")
        client = ExpertClient(Path(folder) / "host.log")
        try:
            for case in CASES:
                found = list(tried(client, case, Path(folder) / "models", samples, Path(folder) / "out"))
                measured += found
                print(case.loader, *(f"{one.task} {one.run_s:.2f} s" for one in found), flush=True)
        finally:
            client.close()
    PAGE.write_text(page(measured), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
