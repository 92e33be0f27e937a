"""Families that choose among what they are told: labels, missing words, texts, cells, sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from expert_trials import StopAfter, call_for, card_for, run
from test_experts_texts import trial
from tiny_checkpoints import library
from tiny_sound import clap, recording
from tiny_texts import bert, tapas

from hgpt_desktop.core.errors import Cancelled, InvalidInput, ModelDamaged
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.experts.table_question_answering import _compared, _ranks, _worked_out
from hgpt_desktop.experts.wording import labels_in


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny checkpoints of this file stand."""
    return tmp_path_factory.mktemp("asking-models")


@pytest.mark.parametrize(
    "written",
    ["rain, wind or applause", "rain; wind and applause", "rain、wind或applause", "rain/wind/applause."],
)
def test_labels_are_read_as_people_write_them(written: str) -> None:
    assert labels_in(written) == ["rain", "wind", "applause"]


def test_a_text_is_sorted_into_any_labels(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "nli", "BertForSequenceClassification", "entailment", "not_entailment")
    made = trial(
        "transformers-text-classification", folder, "zero-shot-classification", tmp_path,
        text="the cat lives in paris", labels="work or private",
    )  # fmt: skip
    assert {entry["label"] for entry in made.data} == {"work", "private"}
    assert sum(entry["score"] for entry in made.data) == pytest.approx(1, abs=0.001)


# ---------------------------------------------------------------- missing words


@pytest.mark.parametrize("gap", ["___", "[MASK]", "<mask>", "....."])
def test_the_gap_is_filled_with_the_likeliest_word(models: Path, tmp_path: Path, gap: str) -> None:
    folder = bert(models / gap.strip("[<.>]_"), "BertForMaskedLM")
    made = trial("transformers-fill-mask", folder, "fill-mask", tmp_path, text=f"the cat is {gap} , yes")
    words = made.data["labels"]
    assert made.text == f"the cat is {words[0]['label']} , yes"
    assert [word["score"] for word in words] == sorted((word["score"] for word in words), reverse=True)
    assert 0 < sum(word["score"] for word in words) <= 1


def test_the_word_comes_from_the_models_own_scores_of_that_place(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "own", "BertForMaskedLM")
    made = trial("transformers-fill-mask", folder, "fill-mask", tmp_path, text="___ cat is ___ in paris")
    transformers = library("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForMaskedLM.from_pretrained(folder)
    inputs = tokenizer("[MASK] cat is [MASK] in paris", return_tensors="pt")
    logits = model(**inputs).logits[0].detach()
    logits[:, tokenizer.all_special_ids] = float("-inf")
    places = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero().flatten().tolist()
    best = [tokenizer.decode([int(logits[place].argmax())]) for place in places]
    assert [words[0]["label"] for words in made.data["gaps"]] == best
    assert made.text == f"{best[0]} cat is {best[1]} in paris"


def test_a_gap_far_inside_a_long_text_is_found(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "long", "BertForMaskedLM")
    text = "the dog is blue . " * 60 + "she lives in ___ . " + "the house is red . " * 60
    made = trial("transformers-fill-mask", folder, "fill-mask", tmp_path, text=text)
    assert made.text.count("she lives in") == 1
    assert "___" not in made.text


@pytest.mark.parametrize("text", ["the cat", "___ " * 30])
def test_a_text_without_a_gap_is_refused(models: Path, tmp_path: Path, text: str) -> None:
    folder = bert(models / f"none{len(text)}", "BertForMaskedLM")
    with pytest.raises(InvalidInput, match="gap"):
        trial("transformers-fill-mask", folder, "fill-mask", tmp_path, text=text)


# ---------------------------------------------------------------- order


def several(call: ExpertCall, *texts: str) -> ExpertCall:
    return ExpertCall(call.task, {**call.inputs, "text": texts}, call.out_dir, call.stem, call.seed)


def test_texts_are_put_in_order_also_long_ones(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "cross", "BertForSequenceClassification", "score")
    expert = load_expert(card_for("transformers-text-ranking", folder), "cpu")
    call = call_for("text-ranking", tmp_path / "out", question="where is the cat")
    made = run(expert, several(call, "the cat is in paris", "red", "the dog is blue . " * 100))
    assert sorted(entry["place"] for entry in made.data) == [1, 2, 3]
    scores = [entry["score"] for entry in made.data]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len(made.text.splitlines()) == 3


def test_paragraphs_of_one_text_are_ranked(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "cross-2", "BertForSequenceClassification", "score")
    made = trial(
        "transformers-text-ranking",
        folder,
        "text-ranking",
        tmp_path,
        text="red\n\nblue\n\ncat",
        question="who",
    )
    assert {entry["text"] for entry in made.data} == {"red", "blue", "cat"}
    with pytest.raises(InvalidInput, match="only one text"):
        trial("transformers-text-ranking", folder, "text-ranking", tmp_path / "b", text="red", question="who")


def test_the_same_sentence_ranks_first_by_its_meaning(tiny_encoder: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("sentence-embedding", tiny_encoder), "cpu")
    call = call_for("text-ranking", tmp_path / "out", question="cat house")
    made = run(expert, several(call, "dog garden garden", "cat house"))
    assert (made.data[0]["place"], made.data[0]["score"]) == (2, 1.0)


def test_a_classifier_is_no_cross_encoder(models: Path) -> None:
    folder = bert(models / "mood", "BertForSequenceClassification", "negative", "positive")
    with pytest.raises(ModelDamaged):
        load_expert(card_for("transformers-text-ranking", folder), "cpu")


# ---------------------------------------------------------------- tables


@pytest.fixture
def lives(tmp_path: Path) -> Path:
    path = tmp_path / "lives.csv"
    rows = [f"cat,{'paris' if number % 2 else ''},{number}" for number in range(60)]
    path.write_text("\n".join(["who,where,how many", *rows]), encoding="utf-8")
    return path


def test_cells_of_every_window_may_answer(models: Path, tmp_path: Path, lives: Path) -> None:
    made = trial(
        "transformers-table-qa", tapas(models / "tapas"), "table-question-answering", tmp_path,
        {"threshold": 0.0}, table=lives, question="how many in paris over 30",
    )  # fmt: skip
    cells = made.data["cells"]
    rows = {cell["row"] for cell in cells}
    assert min(rows) <= 2  # all windows were read
    assert max(rows) >= 59
    assert {cell["column"] for cell in cells} <= {"who", "where", "how many"}
    assert all(cell["text"] and 0 <= cell["score"] <= 1 for cell in cells)
    assert len(made.progress) >= 4
    assert made.data["operator"] in (None, "sum", "average", "count")


def test_no_cell_above_the_threshold_is_no_answer(models: Path, tmp_path: Path, lives: Path) -> None:
    made = trial(
        "transformers-table-qa", tapas(models / "tapas-2"), "table-question-answering", tmp_path,
        {"threshold": 1.0}, table=lives, question="who",
    )  # fmt: skip
    assert made.text == "The table does not answer this question."
    assert made.data["answered"] is False


def test_reading_a_table_stops_between_two_windows(models: Path, tmp_path: Path, lives: Path) -> None:
    expert = load_expert(card_for("transformers-table-qa", tapas(models / "tapas-3")), "cpu")
    call = call_for("table-question-answering", tmp_path / "out", table=lives, question="who")
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, StopAfter(2))


def test_numbers_of_a_column_are_ranked_and_compared() -> None:
    assert _ranks(["7", "", "1,000", "7"]) == {0: (1, 2), 2: (2, 1), 3: (1, 2)}
    assert _ranks(["7", "seven"]) == {}
    assert [_compared([5.0], cell) for cell in ("5", "6", "4", "five")] == [1, 2, 4, 0]
    assert _compared([4.0, 6.0], "5") == 6


@pytest.mark.parametrize(
    ("operator", "texts", "shown"),
    [
        (None, ["a", "b"], "a, b"),
        ("sum", ["1", "2.5"], "3.5"),
        ("average", ["1", "2"], "1.5"),
        ("count", ["a", "b"], "2"),
        ("sum", ["1", "b"], "1, b"),
    ],
)
def test_the_operator_is_worked_out_exactly(operator: str | None, texts: list[str], shown: str) -> None:
    assert _worked_out(operator, texts) == shown


# ---------------------------------------------------------------- sounds


def test_named_sounds_are_told_apart_window_by_window(models: Path, tmp_path: Path) -> None:
    made = trial(
        "transformers-zero-shot-audio", clap(models / "clap"), "zero-shot-audio-classification", tmp_path,
        audio=recording(tmp_path / "tone.wav", 5), labels="cat, dog or house",
    )  # fmt: skip
    assert {entry["label"] for entry in made.data["labels"]} == {"cat", "dog", "house"}
    assert sum(entry["score"] for entry in made.data["labels"]) == pytest.approx(1, abs=0.001)
    assert [(one["start_s"], one["end_s"]) for one in made.data["segments"]] == [(0, 2), (2, 4), (4, 5)]


def test_one_sound_is_no_choice(models: Path, tmp_path: Path) -> None:
    folder: Any = clap(models / "clap-2")
    with pytest.raises(InvalidInput, match="Only one sound"):
        trial(
            "transformers-zero-shot-audio", folder, "zero-shot-audio-classification", tmp_path,
            audio=recording(tmp_path / "tone.wav", 1), labels="rain",
        )  # fmt: skip
