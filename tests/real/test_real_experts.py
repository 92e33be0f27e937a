"""The starter experts on their real weights: what goes in is known, so is what must come out."""

from __future__ import annotations

import difflib
import re
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import urllib3  # noqa: F401 - its first import probes ::1, which no test may do
from PIL import Image, ImageDraw, ImageFont

from hgpt_desktop.catalog.catalogue import CatalogueIndex
from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import Expert
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.settings import shipped

pytestmark = pytest.mark.real

SAMPLES = shipped("resources") / "samples"
SPOKEN = (
    "The train to the harbor leaves at noon. Bring warm clothes, some bread, and the old map of the island."
)
Run = Callable[..., Resource]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def word_accuracy(heard: str, meant: str) -> float:
    """The share of the meant words that come in the same order."""
    matcher = difflib.SequenceMatcher(None, words(heard), words(meant), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(words(meant))


def quiet(progress: float | None, message: str) -> None:
    assert progress is None or 0 <= progress <= 1
    assert message


class Experts:
    """The experts of the catalogue's own cards, each loaded once."""

    def __init__(self, index: CatalogueIndex) -> None:
        self._index = index
        self.loaded: dict[str, Expert] = {}

    def __getitem__(self, model_id: str) -> Expert:
        if model_id not in self.loaded:
            self.loaded[model_id] = load_expert(self._index.card(model_id), "cpu")
        return self.loaded[model_id]


@pytest.fixture(scope="module")
def experts(starter_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Experts]:
    index = CatalogueIndex(
        shipped("models.yaml"),
        tmp_path_factory.mktemp("index") / "catalogue.db",
        starter_models,
        can_load=lambda card: True,
        capacity_bytes=lambda: 2**62,
    )
    held = Experts(index)
    yield held
    for expert in held.loaded.values():
        assert expert.resident_bytes > 10_000_000
        expert.close()


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., ExpertCall]:
    """A call that writes into a folder of its own."""
    out_dir = tmp_path / "out"
    out_dir.mkdir()

    def make(task: str, **inputs: Path | str) -> ExpertCall:
        return ExpertCall(
            task,
            {
                name: (
                    given
                    if isinstance(given, str)
                    else Resource(given.name, Kind.IMAGE, given, "", given.stat().st_size),
                )
                for name, given in inputs.items()
            },
            out_dir,
            f"1-{task}",
        )

    return make


@pytest.fixture
def run(experts: Experts, call: Callable[..., ExpertCall]) -> Run:
    """Run a model of the starter pack; its one output."""

    def start(model_id: str, task: str, **inputs: Path | str) -> Resource:
        (made,) = experts[model_id].run(call(task, **inputs), quiet, lambda: False)
        assert made.path.stat().st_size == made.size_bytes > 0
        return made

    return start


def read(run: Run, picture: Path) -> Resource:
    return run("pp-ocrv6-small", "optical-character-recognition", image=picture)


def hear(run: Run, recording: Path) -> Resource:
    return run("whisper-base", "automatic-speech-recognition", audio=recording)


def say(run: Run, text: str) -> Resource:
    return run("piper-en-us-joe-medium", "text-to-speech", text=text)


# ---------------------------------------------------------------- reading


def test_the_sample_picture_is_read(run: Run) -> None:
    made = read(run, SAMPLES / "notice.png")
    assert made.text is not None
    assert word_accuracy(made.text, (SAMPLES / "notice.txt").read_text()) >= 0.95
    assert " ".join(one["text"] for one in made.data).split() == made.text.split()


def test_a_picture_of_forty_million_pixels_is_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    with Image.open(SAMPLES / "notice.png") as notice:
        notice.convert("RGB").resize((6400, 6296)).save(path, quality=80)
    made = read(run, path)
    assert made.text is not None
    assert word_accuracy(made.text, (SAMPLES / "notice.txt").read_text()) >= 0.95
    assert max(one["box"][3] for one in made.data) > 4000


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_picture_is_refused(run: Run, tmp_path: Path, kept: float) -> None:
    whole = (SAMPLES / "notice.png").read_bytes()
    path = tmp_path / "notice.png"
    path.write_bytes(whole[: int(len(whole) * kept)])
    for model_id, task in (
        ("pp-ocrv6-small", "optical-character-recognition"),
        ("efficientnet-lite0", "image-classification"),
    ):
        with pytest.raises(InvalidInput) as caught:
            run(model_id, task, image=path)
        assert caught.value.hint


def test_a_text_called_a_picture_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "words.png"
    path.write_text("not a picture")
    with pytest.raises(InvalidInput, match=r"words\.png cannot be read as a picture"):
        read(run, path)


# ---------------------------------------------------------------- speaking and hearing


def test_what_is_said_is_heard(run: Run) -> None:
    said = say(run, SPOKEN)
    with wave.open(str(said.path)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (22_050, 1, 2)
        assert wav.getnframes() / 22_050 == pytest.approx(said.data["seconds"], abs=0.01)
    heard = hear(run, said.path)
    assert heard.text is not None
    assert word_accuracy(heard.text, SPOKEN) >= 0.95


def test_the_sample_recording_is_heard_with_its_times(run: Run) -> None:
    made = hear(run, SAMPLES / "meeting.wav")
    assert made.text is not None
    assert word_accuracy(made.text, (SAMPLES / "meeting.txt").read_text()) >= 0.9
    ends = [one["end_s"] for one in made.data]
    assert ends == sorted(ends)
    assert all(0 <= one["start_s"] < one["end_s"] <= 15.5 for one in made.data)
    assert {one["language"] for one in made.data} == {"en"}


@pytest.mark.parametrize(("form", "begins"), [("srt", "1\n00:00:"), ("vtt", "WEBVTT\n\n00:00:")])
def test_the_sample_recording_gets_subtitles(run: Run, form: str, begins: str) -> None:
    made = run("whisper-base", "automatic-speech-recognition", audio=SAMPLES / "meeting.wav", format=form)
    assert made.text is not None
    assert (made.path.suffix, made.text.startswith(begins)) == (f".{form}", True)
    assert made.text.count("-->") >= len(made.data)
    shown = " ".join(line for line in made.text.splitlines() if "-->" not in line and not line.isdigit())
    assert word_accuracy(shown, (SAMPLES / "meeting.txt").read_text()) >= 0.9


def test_speech_is_as_fast_as_it_is_wanted_and_another_voice_is_for_another_model(run: Run) -> None:
    slow, usual, fast = (
        run("piper-en-us-joe-medium", "text-to-speech", text=SPOKEN, speed=speed).data["seconds"]
        for speed in ("0.5", "1", "2")
    )
    assert slow > 1.4 * usual  # the pauses between sentences stay
    assert fast < 0.75 * usual
    assert run("piper-en-us-joe-medium", "text-to-speech", text=SPOKEN, voice="male").size_bytes > 1000
    with pytest.raises(ExecutionFailed, match="female voice"):
        run("piper-en-us-joe-medium", "text-to-speech", text=SPOKEN, voice="female")


def test_a_scanned_page_of_two_columns_is_read_column_by_column(run: Run, tmp_path: Path) -> None:
    left = ["The harbour was built", "three hundred years ago", "by people of the village."]
    right = ["Today the ferry leaves", "every morning at seven", "for the northern islands."]
    page = Image.new("L", (1240, 900), 250)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=40)
    pen.text((90, 60), "NEWS FROM THE COAST", fill=20, font=ImageFont.load_default(size=64))
    for column, lines in ((90, left), (680, right)):
        for number, line in enumerate(lines):
            pen.text((column, 240 + 70 * number), line, fill=30, font=font)
    page.rotate(0.6, fillcolor=250).save(tmp_path / "scan.pdf", resolution=150)
    made = read(run, tmp_path / "scan.pdf")
    assert made.text is not None
    assert word_accuracy(made.text, " ".join(["NEWS FROM THE COAST", *left, *right])) >= 0.9


def test_a_long_text_is_spoken_with_progress_and_can_be_stopped(
    experts: Experts, call: Callable[..., ExpertCall]
) -> None:
    seen: list[float] = []

    def note(progress: float | None, message: str) -> None:
        assert progress is not None
        assert message
        seen.append(progress)

    speaking = call("text-to-speech", text=f"{SPOKEN} " * 400)
    with pytest.raises(Cancelled):
        experts["piper-en-us-joe-medium"].run(speaking, note, lambda: len(seen) == 3)
    assert 0 == seen[0] < seen[1] < seen[2] < 0.05
    assert list(speaking.out_dir.iterdir()) == []


def test_hearing_can_be_stopped(experts: Experts, call: Callable[..., ExpertCall]) -> None:
    seen: list[str] = []
    hearing = call("automatic-speech-recognition", audio=SAMPLES / "meeting.wav")
    with pytest.raises(Cancelled):
        experts["whisper-base"].run(hearing, lambda _, message: seen.append(message), lambda: bool(seen))
    assert len(seen) == 1
    assert list(hearing.out_dir.iterdir()) == []


def test_hearing_can_be_stopped_within_a_window(experts: Experts, call: Callable[..., ExpertCall]) -> None:
    """No word is there yet: the stop comes while the library is in its call, and does not wait for it."""
    asked_at: list[float] = []

    def in_the_call() -> bool:
        asked_at.append(time.monotonic())
        return len(asked_at) > 8

    hearing = call("automatic-speech-recognition", audio=SAMPLES / "meeting.wav")
    seen: list[str] = []
    with pytest.raises(Cancelled):
        experts["whisper-base"].run(hearing, lambda _, message: seen.append(message), in_the_call)
    assert (seen, len(asked_at)) == ([], 9)
    assert time.monotonic() - asked_at[-1] < 1
    assert list(hearing.out_dir.iterdir()) == []


@pytest.mark.parametrize("text", ["", "  \n", "… — !", "🙂"])
def test_nothing_to_say(run: Run, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        say(run, text)
    assert caught.value.hint


def test_a_text_in_other_scripts_does_not_fail(run: Run) -> None:
    assert say(run, "Grüße aus Köln! Привет, мир. 你好。").data["seconds"] > 1


def test_recordings_without_speech(run: Run, tmp_path: Path) -> None:
    def recording(name: str, samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Path:
        path = tmp_path / name
        with wave.open(str(path), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(16_000)
            wav.writeframes((samples * 32767).astype("<i2").tobytes())
        return path

    silence = recording("silence.wav", np.zeros(64_000))
    hiss = recording("hiss.wav", np.random.default_rng(3).uniform(-0.1, 0.1, 64_000))
    for path in (silence, hiss):
        with pytest.raises(ExecutionFailed, match=f"No speech was heard in {path.name}") as caught:
            hear(run, path)
        assert caught.value.hint
    with pytest.raises(InvalidInput, match="contains no sound"):
        hear(run, recording("nothing.wav", np.zeros(0)))


# ---------------------------------------------------------------- recognising and comparing


def test_a_cat_is_a_cat(run: Run) -> None:
    made = run("efficientnet-lite0", "image-classification", image=SAMPLES / "cat.jpg")
    assert len(made.data) == 5
    cats = {"tabby", "tiger cat", "Egyptian cat"}
    assert {one["label"] for one in made.data[:3]} == cats
    assert sum(one["score"] for one in made.data[:3]) > 0.8
    assert made.text is not None
    assert made.text.split(" (")[0] in cats
    coffee = run("efficientnet-lite0", "image-classification", image=SAMPLES / "coffee.jpg")
    assert coffee.data[0]["label"] == "espresso"
    assert coffee.data[0]["score"] > 0.7


def test_likeness_follows_meaning(run: Run) -> None:
    def likeness(one: str, other: str) -> float:
        made = run("all-minilm-l6-v2", "sentence-similarity", text=one, other_text=other)
        assert made.text == f"{made.data[0]['score']:.2f}"
        return float(made.data[0]["score"])

    same = likeness("The water will be switched off on Tuesday.", "On Tuesday the water will be turned off.")
    near = likeness("The water will be switched off on Tuesday.", "The tap water in our street is clean.")
    far = likeness("The water will be switched off on Tuesday.", "She plays the violin very well.")
    assert same > 0.8
    assert same - 0.1 > near > far + 0.1


def test_the_vector_is_the_published_one(run: Run) -> None:
    import json

    made = run("all-minilm-l6-v2", "feature-extraction", text="This is an example sentence")
    (vector,) = json.loads(made.path.read_text())["vectors"]
    # What sentence-transformers gives for it.
    assert vector[:3] == pytest.approx([0.0676569, 0.0634959, 0.0487131], abs=1e-4)
    assert len(vector) == 384
