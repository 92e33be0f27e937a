"""A description, question or label of ten thousand words: all of it is read, or what is left out is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny_diffusion
import tiny_pictures
import tiny_sound
import tiny_texts
import tiny_vision
from expert_trials import Trial, call_for, card_for, run
from PIL import Image, ImageDraw
from tiny_checkpoints import library

from hgpt_desktop.experts.base import noted, write_text
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.experts.shortening import beginning, in_pieces, left_out, shortened

LONG = "the red cat lives in paris . " * 1500
CARD = card_for("tools", None, name="short")
SMALL = {"num_inference_steps": 4, "width": 32, "height": 32, "longest_px": 32}

Make = Callable[[Path], Path]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library("requests")  # binds a socket when it is imported, to see whether there is IPv6
    return tmp_path_factory.mktemp("long-models")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """What a task is given beside the text."""
    picture = Image.new("RGB", (64, 48), "white")
    ImageDraw.Draw(picture).rectangle((10, 10, 40, 35), fill="green")
    mask = Image.new("L", (64, 48))
    ImageDraw.Draw(mask).rectangle((10, 10, 40, 35), fill=255)
    found = {name: tmp_path / f"{name}.png" for name in ("image", "mask", "document")}
    picture.save(found["image"])
    mask.save(found["mask"])
    page = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(page).text((20, 30), "TOTAL 41.50", fill="black", font_size=48)
    page.save(found["document"])
    found["table"] = tmp_path / "table.csv"
    found["table"].write_text("who,where\ncat,paris\ndog,berlin\n", encoding="utf-8")
    return found | {"audio": tiny_sound.recording(tmp_path / "tone.wav", 1)}


# ---------------------------------------------------------------- cutting


def _words(most: int) -> Callable[[str], bool]:
    return lambda text: len(text.split()) <= most


def test_the_beginning_ends_with_a_word() -> None:
    assert beginning("one two three four", _words(2)) == "one two"
    assert beginning("one two", _words(2)) == "one two"
    assert beginning("one two ", _words(5)) == "one two "
    assert beginning("", _words(2)) == ""
    assert beginning("one", _words(0)) == "one"
    assert beginning(" three four", lambda part: len(part) < 4) == " th"
    assert beginning("三隻貓在巴黎", lambda text: len(text) <= 4) == "三隻貓在"
    assert len(beginning("x" * 100, lambda text: len(text) <= 70)) == 60


def test_pieces_end_at_pauses_and_are_the_text() -> None:
    text = "a b c d e f g, h i j k l m n o p"
    pieces, rest = in_pieces(text, _words(8), 10)
    assert pieces[0] == "a b c d e f g,"
    assert "".join([*pieces, rest]) == text
    assert all(len(piece.split()) <= 8 for piece in pieces)
    few, left = in_pieces(text, _words(8), 1)
    assert (few, left) == ([pieces[0]], text[len(pieces[0]) :])


def test_what_is_left_out_is_counted_and_shown() -> None:
    assert left_out(CARD, "label", "  ") == ""
    assert left_out(CARD, "label", " one two three four five six seven") == (
        "The short model reads only the beginning of so long a label: "
        "7 words, from “one two three four five six…” on, were left out."
    )
    assert "1 word, from “one” on, was left out." in left_out(CARD, "label", "one")
    assert "1,200 characters, from “貓貓" in left_out(CARD, "label", "貓" * 1200)


def test_many_notes_are_three_sentences(tmp_path: Path) -> None:
    made = write_text(call_for("arithmetic", tmp_path / "out"), "3")
    assert noted([made], "", "")[0] == made
    assert noted([made, made], "One.", "", "Two.")[0].note == "One. Two."
    assert noted([made], *["One."] * 9)[0].note == "One. One. The same is true of 7 others."


def test_a_short_text_is_kept_as_it_is() -> None:
    tokenizer = SimpleNamespace(encode=lambda text, **_: text.split())
    assert shortened(CARD, "label", " a red  cat ", tokenizer, 3) == (" a red  cat ", "")
    kept, note = shortened(CARD, "label", LONG, tokenizer, 3)
    assert kept == "the red cat"
    assert f"{len(LONG.split()) - 3:,} words, from “lives in paris . the red…” on" in note


# ---------------------------------------------------------------- pictures out of descriptions


def _controlled(folder: Path) -> Path:
    tiny_diffusion.stable_diffusion(folder.parent / "base")
    return tiny_diffusion.controlnet(folder)


PAINTERS: list[tuple[str, str, Make, str, list[str]]] = [
    ("sd", "diffusers-text-to-image", tiny_diffusion.stable_diffusion, "text-to-image", []),
    ("sdxl", "diffusers-text-to-image", tiny_diffusion.stable_diffusion_xl, "text-to-image", []),
    ("sd", "diffusers-image-to-image", tiny_diffusion.stable_diffusion, "image-to-image", ["image"]),
    ("sdxl", "diffusers-image-to-image", tiny_diffusion.stable_diffusion_xl, "image-to-image", ["image"]),
    ("sd", "diffusers-image-to-image", tiny_diffusion.stable_diffusion, "inpainting", ["image", "mask"]),
    ("sdxl", "diffusers-image-to-image", tiny_diffusion.stable_diffusion_xl, "inpainting", ["image", "mask"]),
    ("canny", "diffusers-controlnet", _controlled, "canny-text-to-image", ["image"]),
]


@pytest.mark.parametrize(
    ("name", "loader", "make", "task", "given"), PAINTERS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_description_longer_than_the_encoder_is_read_in_pieces(
    models: Path, tmp_path: Path, files: dict[str, Path], name: str, loader: str, make: Make, task: str,
    given: list[str],
) -> None:  # fmt: skip
    """A word far behind what CLIP reads at once changes the picture; the beginning alone does not."""
    options: dict[str, Any] = {**SMALL, "base": "base", "negative_prompt": "a red dog"}
    expert = load_expert(card_for(loader, make(models / name), **options), "cpu")
    inputs: dict[str, Any] = {one: files[one] for one in given}

    def drawn(text: str) -> Trial:
        return run(expert, call_for(task, tmp_path / str(hash(text)), text=text, **inputs))

    start = "red cat in paris , " * 10  # each letter is a token
    short, long, other = drawn(start), drawn(start + "the end"), drawn(start + "the sea")
    assert not any(one.outputs[0].note for one in (short, long, other))
    assert not np.array_equal(_pixels(long), _pixels(other))
    assert not np.array_equal(_pixels(long), _pixels(short))
    assert np.array_equal(_pixels(long), _pixels(drawn(start + "the end ")))
    note = drawn(LONG).outputs[0].note
    assert re.search(r"10,\d\d\d words, from “[^”]+…” on, were left out", note), note
    expert.close()


def _pixels(made: Trial) -> np.ndarray[Any, Any]:
    with Image.open(made.outputs[0].path) as image:
        return np.asarray(image)


def test_pieces_are_encoded_one_after_another(models: Path) -> None:
    """What the pipeline is given is what its own encoder makes of each piece; as much is unwanted."""
    from hgpt_desktop.experts.descriptions import with_description

    torch = library("torch")
    folder = tiny_diffusion.stable_diffusion_xl(models / "sdxl")
    pipeline = load_expert(card_for("diffusers-text-to-image", folder), "cpu").pipeline  # type: ignore[attr-defined]
    with torch.inference_mode():
        settings, _ = with_description(pipeline, CARD, "cat " * 40, {"negative_prompt": "dog", "width": 32})
        first, second = (
            pipeline.encode_prompt(prompt=text, device="cpu", negative_prompt=against)
            for text, against in (("cat " * 25, "dog"), ("cat " * 15, ""))
        )
    assert settings["width"] == 32
    assert "negative_prompt" not in settings
    assert torch.equal(settings["prompt_embeds"], torch.cat([first[0], second[0]], dim=1))
    assert torch.equal(settings["negative_prompt_embeds"], torch.cat([first[1], second[1]], dim=1))
    assert torch.equal(settings["pooled_prompt_embeds"], first[2])
    assert torch.equal(settings["negative_pooled_prompt_embeds"], first[3])


# ---------------------------------------------------------------- everybody else


def _pix2pix(folder: Path) -> Path:
    return tiny_diffusion.stable_diffusion(folder, "StableDiffusionInstructPix2PixPipeline", 8)


def _bert(class_name: str, *labels: str) -> Make:
    return lambda folder: tiny_texts.bert(folder, class_name, *labels)


_FILM = {"num_frames": 5, "num_inference_steps": 2, "width": 16, "height": 16, "longest_px": 16}
_ONE_LABEL = LONG.replace(" . ", " ")
SAID: list[tuple[str, Make, str, str, list[str], dict[str, str], dict[str, Any]]] = [
    ("diffusers-image-to-image", _pix2pix, "image-to-image", "text", ["image"], {}, SMALL),
    ("diffusers-text-to-video", tiny_diffusion.wan, "text-to-video", "text", [], {}, _FILM),
    ("diffusers-text-to-video", partial(tiny_diffusion.wan, begins_with_picture=True), "image-to-video",
     "text", ["image"], {}, _FILM),
    ("diffusers-text-to-audio", tiny_diffusion.ace_step, "text-to-audio", "text", [], {"seconds": "1"},
     {"num_inference_steps": 2}),
    ("transformers-text-to-audio", tiny_sound.musicgen, "text-to-audio", "text", [], {"seconds": "1"}, {}),
    ("transformers-image-embedding", tiny_pictures.clip, "zero-shot-image-classification", "labels",
     ["image"], {}, {}),
    ("transformers-zero-shot-detection", tiny_pictures.owlv2, "zero-shot-object-detection", "labels",
     ["image"], {}, {}),
    ("transformers-zero-shot-audio", tiny_sound.clap, "zero-shot-audio-classification", "labels", ["audio"],
     {}, {}),
    ("transformers-vqa", tiny_vision.vilt, "visual-question-answering", "question", ["image"], {}, {}),
    ("transformers-image-to-text",
     partial(tiny_vision.blip, class_name="BlipForConditionalGeneration"),
     "visual-question-answering", "question", ["image"], {}, {"most_tokens": 4}),
    ("transformers-document-qa", tiny_vision.layoutlm, "document-question-answering", "question",
     ["document"], {}, {}),
    ("transformers-question-answering", _bert("BertForQuestionAnswering"), "question-answering", "question",
     [], {"text": "the cat lives in paris"}, {}),
    ("transformers-text-ranking", _bert("BertForSequenceClassification", "score"), "text-ranking", "question",
     [], {"text": "a red cat\n\na blue dog"}, {}),
    ("transformers-table-qa", tiny_texts.tapas, "table-question-answering", "question", ["table"], {}, {}),
    ("transformers-text-classification", _bert("BertForSequenceClassification", "neutral", "entailment"),
     "zero-shot-classification", "labels", [], {"text": "the cat"}, {}),
    ("transformers-seq2seq", tiny_texts.bart, "text2text-generation", "instruction", [],
     {"text": "the cat"}, {"most_tokens": 4, "prefix": "{instruction} : "}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("loader", "make", "task", "name", "given", "more", "options"),
    SAID,
    ids=lambda one: one if isinstance(one, str) and "-" in one else "",
)
def test_what_of_ten_thousand_words_is_not_read_is_said(
    models: Path, tmp_path: Path, files: dict[str, Path], loader: str, make: Make, task: str, name: str,
    given: list[str], more: dict[str, str], options: dict[str, Any],
) -> None:  # fmt: skip
    folder = models / f"{loader}-{task}"
    expert = load_expert(card_for(loader, make(folder), **options), "cpu")
    for text, cut in (("a red cat, a dog", False), (_ONE_LABEL + ", dog", True)):
        inputs: dict[str, Any] = {**{one: files[one] for one in given}, **more, name: text}
        made = run(expert, call_for(task, tmp_path / str(cut), **inputs))
        note = made.outputs[0].note
        assert bool(re.search(r"[89],\d\d\d words, from “[^”]+…” on, were left out\.", note)) is cut, note
    expert.close()


@pytest.mark.parametrize(
    ("loader", "make", "task", "given"),
    [
        ("transformers-image-embedding", tiny_pictures.clip, "zero-shot-image-classification", "image"),
        ("transformers-zero-shot-detection", tiny_pictures.owlv2, "zero-shot-object-detection", "image"),
        ("transformers-zero-shot-audio", tiny_sound.clap, "zero-shot-audio-classification", "audio"),
    ],
)
def test_hundreds_of_labels_are_taken_some_at_a_time(
    models: Path, tmp_path: Path, files: dict[str, Path], loader: str, make: Make, task: str, given: str
) -> None:
    labels = ", ".join(f"c{number}" for number in range(150))
    expert = load_expert(card_for(loader, make(models / f"many-{loader}"), threshold=0.0), "cpu")
    inputs: dict[str, Any] = {given: files[given], "labels": labels}
    made = run(expert, call_for(task, tmp_path / "out", **inputs))
    assert not made.outputs[0].note
    found = made.data["objects"] if "detection" in task else made.data
    found = found["labels"] if isinstance(found, dict) else found
    named = {entry["label"] for entry in found}
    assert named <= {f"c{number}" for number in range(150)}
    assert "detection" in task or len(named) == 150
    expert.close()


def test_what_stands_far_from_a_gap_is_said_to_be_unread(models: Path, tmp_path: Path) -> None:
    folder = tiny_texts.bert(models / "gap", "BertForMaskedLM")
    expert = load_expert(card_for("transformers-fill-mask", folder), "cpu")
    near = run(expert, call_for("fill-mask", tmp_path / "a", text="the cat is ___ ."))
    far = run(expert, call_for("fill-mask", tmp_path / "b", text=f"{LONG} the cat is ___ . {LONG}"))
    assert not near.outputs[0].note
    assert "near a gap" in far.outputs[0].note


def test_a_table_wider_than_the_model_is_said(models: Path, tmp_path: Path) -> None:
    folder = tiny_texts.tapas(models / "wide")
    expert = load_expert(card_for("transformers-table-qa", folder), "cpu")
    table = tmp_path / "wide.csv"
    names = [f"n{number}" for number in range(260)]
    table.write_text("\n".join([",".join(names), ",".join(["cat"] * 260)]), encoding="utf-8")
    note = run(expert, call_for("table-question-answering", tmp_path / "out", table=table, question="who"))
    assert "10 more were left out" in note.outputs[0].note
    assert "last cells were left out" in note.outputs[0].note
    table.write_text("n0,n1\ncat," + "cat " * 30, encoding="utf-8")
    note = run(expert, call_for("table-question-answering", tmp_path / "long", table=table, question="who"))
    assert "reads the beginnings of long cells only; 1 of them here" in note.outputs[0].note


def test_a_sentence_without_gaps_between_words_is_translated_to_its_end(models: Path) -> None:
    folder = tiny_texts.bart(models / "gapless")
    expert = load_expert(card_for("transformers-seq2seq", folder, most_tokens=4), "cpu")
    text = "貓" * 500
    pieces = expert._pieces(text, "")  # type: ignore[attr-defined]
    assert "".join(pieces) == text
    assert all(expert._length(piece) <= 64 for piece in pieces)  # type: ignore[attr-defined]
