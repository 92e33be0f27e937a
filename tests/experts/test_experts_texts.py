"""The families that read texts and tables, on tiny checkpoints of the real architectures."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from expert_trials import StopAfter, Trial, call_for, card_for, run
from tiny_checkpoints import library
from tiny_texts import bart, bert

from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, InvalidInput
from hgpt_desktop.experts.languages import english_name, language_code, written_in
from hgpt_desktop.experts.registry import load_expert
from hgpt_desktop.experts.spans import best_spans, distinct
from hgpt_desktop.experts.tables import read_table
from hgpt_desktop.experts.token_classification import _joined, _merged

LONG = "Marie Curie lives in Paris and works at the CNRS. The cat is red, the dog is blue. " * 20


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny checkpoints of this file stand."""
    return tmp_path_factory.mktemp("text-models")


def trial(
    loader: str,
    folder: Path | None,
    task: str,
    out: Path,
    options: dict[str, Any] | None = None,
    **inputs: Any,
) -> Trial:
    return run(
        load_expert(card_for(loader, folder, **(options or {})), "cpu"), call_for(task, out / "out", **inputs)
    )


# ---------------------------------------------------------------- labels


def test_a_text_gets_its_labels(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "mood", "BertForSequenceClassification", "negative", "positive")
    made = trial("transformers-text-classification", folder, "text-classification", tmp_path, text=LONG * 8)
    assert {entry["label"] for entry in made.data} == {"negative", "positive"}
    assert sum(entry["score"] for entry in made.data) == pytest.approx(1, abs=0.001)
    assert len(made.progress) > 3  # several windows at once, several times
    assert made.progress[-1] == 1


def test_labels_that_a_model_does_not_know_are_refused(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "mood-2", "BertForSequenceClassification", "negative", "positive")
    with pytest.raises(ExecutionFailed, match="other labels") as refused:
        trial(
            "transformers-text-classification",
            folder,
            "text-classification",
            tmp_path,
            text="the cat",
            labels="work, private",
        )
    assert "negative" in refused.value.hint


def test_a_model_of_inference_takes_any_labels(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "nli", "BertForSequenceClassification", "contradiction", "neutral", "entailment")
    made = trial(
        "transformers-text-classification",
        folder,
        "text-classification",
        tmp_path,
        text=LONG,
        labels="work, private; house",
    )
    assert {entry["label"] for entry in made.data} == {"work", "private", "house"}
    assert sum(entry["score"] for entry in made.data) == pytest.approx(1, abs=0.001)
    with pytest.raises(ExecutionFailed, match="told the labels"):
        trial("transformers-text-classification", folder, "text-classification", tmp_path / "b", text="cat")


# ---------------------------------------------------------------- names


def test_entities_stand_where_they_are_said_to(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "names", "BertForTokenClassification", "O", "B-PER", "I-PER", "B-LOC")
    made = trial("transformers-token-classification", folder, "token-classification", tmp_path, text=LONG)
    entities = made.data["entities"]
    assert entities
    places = [(entity["start"], entity["end"]) for entity in entities]
    assert places == sorted(places)
    assert all(
        LONG.strip()[start:end] == entity["text"]
        for entity, (start, end) in zip(entities, places, strict=True)
    )
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert {entity["label"] for entity in entities} <= {"person", "place"}
    assert max(end for _, end in places) > len(LONG) // 2  # all windows were read


def test_pieces_of_a_name_become_one_entity() -> None:
    text = "Marie Curie, Paris"
    tokens = [
        (0, 3, "B-PER", 0.8),
        (3, 5, "B-PER", 0.4),
        (6, 11, "I-PER", 0.6),
        (11, 12, "O", 0.9),
        (13, 18, "B-LOC", 1.0),
    ]
    assert [(text[start:end], label) for start, end, label, _ in _joined(text, tokens)] == [
        ("Marie Curie", "PER"),
        ("Paris", "LOC"),
    ]
    assert [score for *_, score in _joined(text, tokens)] == pytest.approx([0.7, 1.0])
    side_by_side = [(0, 5, "B-PER", 1.0), (6, 11, "B-PER", 1.0)]
    assert len(list(_joined(text, side_by_side))) == 2


def test_windows_change_over_in_the_middle() -> None:
    before = [(number, number + 1, "A", 1.0) for number in range(10)]
    after = [(number, number + 1, "B", 1.0) for number in range(6, 14)]
    merged = _merged(before, after)
    assert [token[0] for token in merged] == list(range(14))
    assert "".join(token[2] for token in merged) == "AAAAAAA" + "BBBBBBB"


# ---------------------------------------------------------------- answers


def test_an_answer_is_a_piece_of_the_text(models: Path, tmp_path: Path) -> None:
    folder = bert(models / "answers", "BertForQuestionAnswering")
    made = trial(
        "transformers-question-answering",
        folder,
        "question-answering",
        tmp_path,
        {"may_be_silent": False},
        text=LONG,
        question="who works at the cnrs",
    )
    assert made.data["answered"]
    assert made.text == made.data["answers"][0]["text"]
    for answer in made.data["answers"]:
        assert LONG[answer["start"] : answer["end"]] == answer["text"]
    assert 0 < sum(answer["score"] for answer in made.data["answers"]) <= 1


def test_spans_stay_inside_and_do_not_run_backwards() -> None:
    torch = library("torch")
    starts, ends = torch.zeros(6), torch.zeros(6)
    starts[4], ends[2], ends[5], starts[0] = 5.0, 9.0, 3.0, 50.0
    spans = best_spans(starts, ends, [False, True, True, True, True, True], [(n, n + 1) for n in range(6)], 2)
    assert spans[0] == (1, 3, 9.0) or spans[0] == (2, 3, 9.0)
    assert (4, 6, 8.0) in spans
    assert all(0 < end - start <= 2 and start > 0 for start, end, _ in spans)
    kept = distinct(spans)
    assert all(a[1] <= b[0] or b[1] <= a[0] for a in kept for b in kept if a is not b)


# ---------------------------------------------------------------- new texts


def test_a_long_text_is_summarised_in_rounds(models: Path, tmp_path: Path) -> None:
    folder = bart(models / "summary")
    made = trial("transformers-seq2seq", folder, "summarization", tmp_path, {"most_tokens": 16}, text=LONG)
    assert made.text
    assert made.progress[-1] == 1


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"sentences": "2"}, "The cat lives. The dog is blue."),
        ({"points": "1"}, "- The cat lives."),
        ({"words": "7"}, "The cat lives. The dog is blue."),
        ({}, "The cat lives. The dog is blue. Paris is red."),
    ],
)
def test_a_summary_is_as_long_as_it_is_wanted(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str], kept: str
) -> None:
    """What the tiny model would write is laid down, so that there are sentences to be counted."""
    expert = load_expert(
        card_for("transformers-seq2seq", bart(models / f"length-{len(kept)}-{asked}")), "cpu"
    )
    rooms: list[int] = []

    def written(text: str, prefix: str, tokens: int, *_: object) -> str:
        rooms.append(tokens)
        return "The cat lives. The dog is blue. Paris is red."

    monkeypatch.setattr(expert, "_summary", written)
    assert run(expert, call_for("summarization", tmp_path / "out", 7, text=LONG, **asked)).text == kept
    assert rooms == [{"sentences": 80, "points": 40, "words": 16}.get(next(iter(asked), ""), 256)]


def test_a_text_over_the_models_length_is_rewritten_piece_by_piece(models: Path, tmp_path: Path) -> None:
    folder = bart(models / "rewrite")
    expert = load_expert(
        card_for("transformers-seq2seq", folder, most_tokens=4, prefix="{instruction} : "), "cpu"
    )
    pieces = expert._pieces(LONG, "work : ")  # type: ignore[attr-defined]
    assert "".join(pieces) == LONG
    assert all(expert._length(piece) <= 64 for piece in pieces)  # type: ignore[attr-defined]
    run(expert, call_for("text2text-generation", tmp_path / "out", text=LONG, instruction="work"))


def test_writing_stops_within_a_token(models: Path, tmp_path: Path) -> None:
    expert = load_expert(card_for("transformers-seq2seq", bart(models / "stop"), most_tokens=30), "cpu")
    stop = StopAfter(5)
    with pytest.raises(Cancelled):
        expert.run(call_for("summarization", tmp_path / "out", text=LONG), lambda part, message: None, stop)
    assert stop.asked == 6


def test_a_translation_begins_with_its_language(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bart(models / "translate", "__de__", "__fr__")
    expert = load_expert(
        card_for("transformers-seq2seq", folder, most_tokens=6, target_token="__{code}__"), "cpu"
    )
    model = expert.model  # type: ignore[attr-defined]
    begun: list[int | None] = []
    own = model.generate

    def generate(*args: Any, **options: Any) -> Any:
        begun.append(options.get("forced_bos_token_id"))
        return own(*args, **options)

    monkeypatch.setattr(model, "generate", generate)
    run(expert, call_for("translation", tmp_path / "out", text="the cat is red", language="into German"))
    token = expert.processor.convert_tokens_to_ids("__de__")  # type: ignore[attr-defined]
    assert begun == [token]
    with pytest.raises(ExecutionFailed, match="Spanish"):
        run(expert, call_for("translation", tmp_path / "b", text="the cat", language="Spanish"))


def test_a_model_of_one_pair_refuses_other_languages(models: Path, tmp_path: Path) -> None:
    folder = bart(models / "pair")
    options = {"target": "de", "most_tokens": 5}
    assert trial(
        "transformers-seq2seq", folder, "translation", tmp_path, options, text="cat", language="Deutsch"
    ).text
    with pytest.raises(ExecutionFailed, match="French") as refused:
        trial(
            "transformers-seq2seq",
            folder,
            "translation",
            tmp_path / "b",
            options,
            text="cat",
            language="French",
        )
    assert "German" in refused.value.hint


def test_a_text_in_a_script_that_the_model_lacks_is_refused(models: Path, tmp_path: Path) -> None:
    card = replace(card_for("transformers-seq2seq", bart(models / "latin"), most_tokens=4), languages=("en",))
    expert = load_expert(card, "cpu")
    with pytest.raises(ExecutionFailed, match="script of this text") as refused:
        run(expert, call_for("summarization", tmp_path / "out", text="圖書館六月一日開放。"))
    assert "English" in refused.value.hint
    assert run(expert, call_for("summarization", tmp_path / "b", text="the cat, 貓, lives in paris .")).text


@pytest.mark.parametrize(
    ("text", "languages", "can_be"),
    [
        ("The cat", ("en",), True),
        ("你好，世界", ("en", "de"), False),
        ("你好，世界", ("zh",), True),
        ("こんにちは世界", ("ja",), True),
        ("こんにちは", ("zh",), False),
        ("Привет, мир", ("ru",), True),
        ("Привет, мир", ("pl",), False),
        ("Привет, мир", (), True),
        ("12 + 7 = 19 🙂", ("en",), True),
    ],
)
def test_scripts_are_told_apart(text: str, languages: tuple[str, ...], can_be: bool) -> None:
    assert written_in(text, languages) is can_be


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("German", "de"),
        ("de-AT", "de"),
        ("into german", "de"),
        ("Brazilian Portuguese", "pt"),
        ("zh", "zh"),
        ("Français", "fr"),
        ("英文", "en"),
        ("繁體中文", "zh"),
        ("简体中文", "zh"),
        ("俄语", "ru"),
        ("翻成日文", "ja"),
        ("文", None),
        ("Klingon", None),
        ("", None),
        ("deep", None),
    ],
)
def test_languages_are_known_by_any_of_their_names(written: str, code: str | None) -> None:
    assert language_code(written) == code
    if code:
        assert language_code(english_name(code)) == code


# ---------------------------------------------------------------- tables


def _table(path: Path, rows: int, *, blank: int = 0, delimiter: str = ",") -> list[str]:
    """Flowers whose kind follows from two of their measures; the kinds that were left out come back."""
    draw = random.Random(4)
    hidden = []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["name", "length", "width", "colour", "species"])
        for number in range(rows):
            kind = ("rose", "lily", "iris")[number % 3]
            middle = {"rose": 2.0, "lily": 5.0, "iris": 8.0}[kind]
            length, width = draw.gauss(middle, 0.4), draw.gauss(middle / 2, 0.2)
            colour = draw.choice(["red", "blue", ""])
            shown = "" if number < blank else kind
            hidden += [kind] if number < blank else []
            writer.writerow([f"plant {number}", f"{length:.2f}", f"{width:.2f}", colour, shown])
    return hidden


def test_rows_without_a_class_get_one(tmp_path: Path) -> None:
    hidden = _table(tmp_path / "flowers.csv", 60, blank=6)
    made = trial("table-learning", None, "tabular-classification", tmp_path, table=tmp_path / "flowers.csv")
    data = made.data
    assert data["target"] == "species"
    assert data["accuracy"] > 0.95 > 0.4 > data["baseline"]
    told = [row["label"] for row in data["rows"] if row["given"] is None]
    assert told == hidden
    assert made.text.count("\nRow ") == 6
    assert made.progress[-1] == 1


def test_the_same_seed_learns_the_same(tmp_path: Path) -> None:
    _table(tmp_path / "flowers.csv", 30, delimiter=";")
    first, second = (
        trial(
            "table-learning", None, "tabular-classification", tmp_path / name, table=tmp_path / "flowers.csv"
        )
        for name in "ab"
    )
    assert first.data == second.data


def test_learning_can_be_stopped(tmp_path: Path) -> None:
    _table(tmp_path / "flowers.csv", 30)
    expert = load_expert(card_for("table-learning", None), "cpu")
    call = call_for("tabular-classification", tmp_path / "out", table=tmp_path / "flowers.csv")
    with pytest.raises(Cancelled):
        expert.run(call, lambda part, message: None, StopAfter(4))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "table"),
        ("one\n1\n2\n", "table"),
        ("\0\1\2", "binary"),
        ("a,b\n1.5,2.5\n3.5,4.5\n", "classes"),
        ("x,class\n" + "1,a\n2,b\n" * 3, "Only 6 rows"),
    ],
)
def test_what_is_no_table_to_learn_from_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "odd.csv").write_text(content)
    with pytest.raises(InvalidInput, match=said) as refused:
        trial("table-learning", None, "tabular-classification", tmp_path, table=tmp_path / "odd.csv")
    assert refused.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b'[{"x": 1, "y": 2}, {"x": 3',  # torn JSON
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00 a workbook, called CSV",
        b"\xff\xfea\x00,\x00b\x00\n",  # torn UTF-16
        b"a,b\n",
        b"a,b\n\n \n",
        b'a,b\n"' + b"x" * 2_000_000,  # a quotation that never ends
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
    ids=["json", "workbook", "utf-16", "no row", "empty rows", "quotation", "picture"],
)
def test_a_corrupt_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.csv").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"odd\.csv (cannot be read as a table|is damaged)") as refused:
        trial("tools", None, "table-to-text", tmp_path, table=tmp_path / "odd.csv")
    assert refused.value.hint
    assert not list((tmp_path / "out").iterdir())


def test_tables_are_read_in_any_dialect(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes('name;größe\n"a;b";1,5\nc;NA\n'.encode("cp1252"))
    assert read_table(path).columns == ("name", "größe")
    assert read_table(path).rows == (("a;b", "1,5"), ("c", ""))
    path.write_text('[{"x": 1, "y": "a"}, {"y": null, "z": true}]')
    assert read_table(path).columns == ("x", "y", "z")
    assert read_table(path).rows == (("1", "a", ""), ("", "", "true"))
