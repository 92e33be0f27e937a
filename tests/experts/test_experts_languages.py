"""A text in a language that a model does not know, in a script that it knows: refused, or said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tiny_diffusion
import tiny_pictures
import tiny_sound
import tiny_texts
import tiny_vision
from expert_trials import call_for, card_for, run
from PIL import Image, ImageDraw
from tiny_checkpoints import library

from hgpt_desktop.core.errors import ExecutionFailed
from hgpt_desktop.experts.languages import identified
from hgpt_desktop.experts.registry import FAMILIES, load_expert

Make = Callable[[Path], Path]

GERMAN = "Die Bibliothek öffnet am ersten Juni um neun Uhr morgens für alle Besucher."
ENGLISH = "The library opens on the first of June at nine in the morning for all visitors."


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library("requests")  # binds a socket when it is imported, to see whether there is IPv6
    return tmp_path_factory.mktemp("language-models")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN, "de"),
        ("Il fait beau aujourd'hui et les enfants jouent dans le jardin derrière la maison.", "fr"),
        ("La reunión empieza a las nueve y todos los empleados tienen que estar allí.", "es"),
        ("Il treno per Milano parte alle otto e un quarto dal binario numero cinque.", "it"),
        ("Het museum is op maandag gesloten, maar op dinsdag is de toegang gratis.", "nl"),
        ("O menino comprou um livro velho na feira e levou-o para a casa da avó.", "pt"),
        ("Pociąg do Warszawy odjeżdża z peronu drugiego o godzinie siódmej rano.", "pl"),
        ("Yarın sabah erkenden yola çıkıp deniz kıyısındaki köye gideceğiz.", "tr"),
        ("Ngày mai chúng tôi sẽ đi chợ mua rau và cá cho bữa tối của gia đình.", "vi"),
        ("Tåget till Göteborg går från spår fyra klockan halv nio varje morgon.", "sv"),
    ],
)
def test_sentences_of_other_languages_are_known_for_what_they_are(text: str, code: str) -> None:
    assert identified(text, ("en",)) == code
    assert identified(text, ("en", code)) is None


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        "good",
        "yes please",
        "Wo ist sie?",  # too short to be sure
        "LOL omg u r sooo funny haha gonna c u l8r thx bro",
        "John Smith, Maria Garcia, Wei Zhang, Fatima Al-Sayed, Jürgen Müller, François Lefèvre",
        "Bach, Beethoven, Brahms, Bruckner, Mahler, Schubert, Schumann, Wagner",
        "Chicago, San Francisco, Los Angeles, San Diego, Santa Fe, El Paso, Sacramento, Las Vegas",
        "Real Madrid 3 - 1 Bayern München; Juventus 0 - 0 Paris Saint-Germain; Ajax 2 - 2 Benfica",
        "def main(argv):\n    for path in argv:\n        print(open(path).read())\n",
        "SELECT name, price FROM items WHERE price > 10 ORDER BY name;",
        '{"name": "test", "version": "1.0.0", "scripts": {"build": "tsc"}}',
        "ERROR worker.py:312 connection refused (errno 111) retrying in 5s",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
        "Escherichia coli, Staphylococcus aureus, Pseudomonas aeruginosa, Homo sapiens",
        "He said: 'Ich bin ein Berliner', and the crowd cheered for the American president.",
        "a portrait of an old fisherman, oil on canvas, dramatic light, highly detailed",
        "tomatoes, basil, mozzarella, olive oil, salt, pepper, spaghetti, parmesan",
        "the cat lives in paris . the dog is blue . " * 20,
        "xqzt wvbn prlk mnbv zxcv asdf qwer",
        "",
    ],
)
def test_english_names_code_and_a_few_words_raise_no_alarm(text: str) -> None:
    assert identified(text, ("en",)) is None


def _bert(class_name: str, *labels: str) -> Make:
    return lambda folder: tiny_texts.bert(folder, class_name, *labels)


REFUSED: list[tuple[str, Make, str, dict[str, str], dict[str, Any]]] = [
    ("transformers-seq2seq", tiny_texts.bart, "summarization", {"text": "{}"}, {}),
    ("transformers-seq2seq", tiny_texts.bart, "text2text-generation", {"text": "{}", "instruction": "x"}, {}),
    ("transformers-seq2seq", tiny_texts.bart, "translation", {"text": "{}", "language": "French"},
     {"target": "fr"}),
]  # fmt: skip
_CHOICE = _bert("BertForSequenceClassification", "neutral", "entailment")
SAID: list[tuple[str, Make, str, dict[str, str], dict[str, Any]]] = [
    ("transformers-text-classification", _bert("BertForSequenceClassification", "bad", "good"),
     "text-classification", {"text": "{}"}, {}),
    ("transformers-text-classification", _CHOICE, "zero-shot-classification",
     {"text": "{}", "labels": "work, private"}, {}),
    ("transformers-token-classification", _bert("BertForTokenClassification", "O", "B-PER"),
     "token-classification", {"text": "{}"}, {}),
    ("transformers-question-answering", _bert("BertForQuestionAnswering"), "question-answering",
     {"text": "{}", "question": "when"}, {}),
    ("transformers-question-answering", _bert("BertForQuestionAnswering"), "question-answering",
     {"text": "the cat lives in paris", "question": "{}"}, {}),
    ("transformers-fill-mask", _bert("BertForMaskedLM"), "fill-mask", {"text": "{} ___"}, {}),
    ("transformers-text-ranking", _bert("BertForSequenceClassification", "score"), "text-ranking",
     {"text": "{}\n\nthe cat", "question": "when"}, {}),
    ("sentence-embedding", _bert("BertModel"), "sentence-similarity",
     {"text": "{}", "other_text": "the cat"}, {}),
    ("sentence-embedding", _bert("BertModel"), "feature-extraction", {"text": "{}"}, {}),
    ("transformers-table-qa", tiny_texts.tapas, "table-question-answering",
     {"table": "", "question": "{}"}, {}),
    ("transformers-vqa", tiny_vision.vilt, "visual-question-answering", {"image": "", "question": "{}"}, {}),
    ("transformers-image-to-text", tiny_vision.chat_model, "visual-question-answering",
     {"image": "", "question": "{}"}, {"most_tokens": 12}),
    ("transformers-document-qa", tiny_vision.layoutlm, "document-question-answering",
     {"document": "", "question": "{}"}, {}),
    ("diffusers-text-to-image", tiny_diffusion.stable_diffusion, "text-to-image", {"text": "{}"},
     {"num_inference_steps": 2, "width": 16, "height": 16}),
    ("transformers-text-to-audio", tiny_sound.musicgen, "text-to-audio", {"text": "{}", "seconds": "1"}, {}),
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    page = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(page).text((20, 30), "TOTAL 41.50", fill="black", font_size=48)
    page.save(tmp_path / "page.png")
    table = tmp_path / "table.csv"
    table.write_text("who,where\ncat,paris\ndog,berlin\n", encoding="utf-8")
    sound = tiny_sound.recording(tmp_path / "tone.wav", 1)
    return {"table": table, "image": tmp_path / "page.png", "document": tmp_path / "page.png", "audio": sound}


def _given(inputs: dict[str, str], text: str, files: dict[str, Path]) -> dict[str, Any]:
    return {name: value.replace("{}", text) if value else files[name] for name, value in inputs.items()}


_IDS = partial(lambda one: one if isinstance(one, str) and "-" in one else "")


@pytest.mark.parametrize(("loader", "make", "task", "inputs", "options"), REFUSED, ids=_IDS)
def test_a_language_of_which_a_model_would_make_nonsense_is_refused(
    models: Path, tmp_path: Path, files: dict[str, Path], loader: str, make: Make, task: str,
    inputs: dict[str, str], options: dict[str, Any],
) -> None:  # fmt: skip
    card = card_for(loader, make(models / f"{loader}-{task}"), most_tokens=4, **options)
    expert = load_expert(replace(card, languages=("en",)), "cpu")
    with pytest.raises(ExecutionFailed, match="does not know German") as refused:
        run(expert, call_for(task, tmp_path / "a", **_given(inputs, GERMAN, files)))
    assert refused.value.hint == (
        "It knows English. Install a model for German, or translate the text first."
    )
    assert run(expert, call_for(task, tmp_path / "b", **_given(inputs, ENGLISH, files))).text
    for languages in ((), ("en", "de"), ("en", "multilingual")):
        expert = load_expert(replace(card, languages=languages), "cpu")
        assert run(expert, call_for(task, tmp_path / "c", **_given(inputs, GERMAN, files))).text


@pytest.mark.parametrize(("loader", "make", "task", "inputs", "options"), SAID, ids=_IDS)
def test_a_language_that_a_model_was_not_made_for_is_said_beside_the_result(
    models: Path, tmp_path: Path, files: dict[str, Path], loader: str, make: Make, task: str,
    inputs: dict[str, str], options: dict[str, Any],
) -> None:  # fmt: skip
    card = replace(card_for(loader, make(models / f"{loader}-{task}"), **options), languages=("en",))
    expert = load_expert(card, "cpu")
    noted = run(expert, call_for(task, tmp_path / "a", **_given(inputs, GERMAN, files))).outputs[0]
    assert "This text seems to be German, and The tiny model knows English" in noted.note
    plain = run(expert, call_for(task, tmp_path / "b", **_given(inputs, ENGLISH, files))).outputs[0]
    assert "seems to be" not in plain.note
    call = call_for(task, tmp_path / "c", **_given(inputs, "這座圖書館六月一日開放。", files))
    if loader == "sentence-embedding":  # letters that are the same are alike in any script
        assert "script" in run(expert, call).outputs[0].note
        return
    with pytest.raises(ExecutionFailed, match="script of this text"):
        expert.run(call, lambda part, message: None, lambda: False)
    assert not list((tmp_path / "c").iterdir())


@pytest.mark.parametrize(
    ("loader", "make", "task", "given"),
    [
        ("transformers-image-embedding", tiny_pictures.clip, "zero-shot-image-classification", "image"),
        ("transformers-zero-shot-detection", tiny_pictures.owlv2, "zero-shot-object-detection", "image"),
        ("transformers-zero-shot-audio", tiny_sound.clap, "zero-shot-audio-classification", "audio"),
    ],
)
def test_labels_in_a_script_that_a_model_lacks_are_refused(
    models: Path, tmp_path: Path, files: dict[str, Path], loader: str, make: Make, task: str, given: str
) -> None:
    card = replace(card_for(loader, make(models / loader)), languages=("en",))
    expert = load_expert(card, "cpu")
    call = call_for(task, tmp_path / "out", labels="貓, 狗", **{given: files[given]})  # type: ignore[arg-type]
    with pytest.raises(ExecutionFailed, match="script of this text"):
        expert.run(call, lambda part, message: None, lambda: False)


def test_a_voice_refuses_what_it_would_mispronounce(tmp_path: Path) -> None:
    """What the voice would say comes after the check, so that none is needed here."""
    from hgpt_desktop.experts.text_to_speech import _Voice

    class Silent:
        """A voice that has only what is looked at before the text."""

        class config:  # noqa: N801
            length_scale = 1.0

    card = replace(card_for("piper", None), languages=("en",))
    voice = _Voice(card, Silent(), 1)  # type: ignore[arg-type]
    with pytest.raises(ExecutionFailed, match="does not know German"):
        voice.run(
            call_for("text-to-speech", tmp_path / "out", text=GERMAN),
            lambda part, message: None,
            lambda: False,
        )


def test_families_that_tell_languages_apart_say_that_they_need_the_library() -> None:
    folder = Path(__file__).parents[2] / "hgpt_desktop" / "experts"
    for family in FAMILIES.values():
        source = (folder / f"{family.module.rpartition('.')[2]}.py").read_text(encoding="utf-8")
        needs = any(word in source for word in ("language_note", "refuse_language", "experts.diffusion"))
        assert needs is ("py3langid" in family.packages), family.loader
