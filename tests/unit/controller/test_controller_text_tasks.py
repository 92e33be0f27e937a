"""The text tasks, with a scripted LLM."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from controller_fakes import FakeLLM, card, resource
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.text_tasks import TEXT_TASKS, UNKNOWN, TextTasks, names_in
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, DiskFull, ExecutionFailed, InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall, Prompt
from hgpt_desktop.core.resources import Kind, Resource

CARD = card("llm", *sorted(TEXT_TASKS))
LONG = "\n\n".join(f"Paragraph {i} says that thing {i} is blue. " * 40 for i in range(60))


def run(
    llm: FakeLLM,
    folder: Path,
    task: str,
    cancel: CancelToken | None = None,
    progress: list[float | None] | None = None,
    **inputs: str | Resource,
) -> Resource:
    call = ExpertCall(task, {name: (value,) for name, value in inputs.items()}, folder, f"{task}-1", seed=3)

    def on_progress(share: float | None, _message: str) -> None:
        if progress is not None:
            progress.append(share)

    outcome = TextTasks(llm).run(CARD, call, on_progress, cancel or CancelToken())
    [output] = outcome.outputs
    assert output.path.read_text(encoding="utf-8").strip() == output.text
    assert output.kind is Kind.TEXT
    assert output.size_bytes == output.path.stat().st_size
    assert output.name == f"{task}-1.txt"
    return output


def test_every_text_task_is_in_the_vocabulary() -> None:
    assert set(load_vocabulary().names) >= TEXT_TASKS
    assert len(TEXT_TASKS) == 10


def test_a_summary_of_a_text_file(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: " It is old. ")
    progress: list[float | None] = []
    made = run(
        llm, tmp_path, "summarization", progress=progress,
        text=resource("a.txt", Kind.TEXT, "The hall is old."), words="3",
    )  # fmt: skip
    assert made.text == "It is old."
    system, question = llm.prompts[0].messages
    assert "in exactly 3 words" in question.content
    assert "The hall is old." in question.content
    assert system.role == "system"
    assert progress
    assert all(share is None or 0 <= share <= 1 for share in progress)


def test_a_summary_that_is_too_long_is_asked_for_again_and_cut(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: "It is old. It is grey. It is cold.")
    made = run(llm, tmp_path, "summarization", text=LONG, sentences="2")
    assert made.text == "It is old. It is grey."
    assert "Text:\nIt is old. It is grey. It is cold." in llm.prompts[-1].messages[-1].content


def test_a_long_text_is_summarised_in_pieces_and_then_together(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: "Something is blue.")
    made = run(llm, tmp_path, "summarization", text=LONG)
    assert made.text == "Something is blue."
    assert llm.generations > 2
    assert llm.prompts[-1].messages[-1].content.count("Something is blue.") == llm.generations - 1
    asked = max(llm.count_tokens(prompt.messages[-1].content) for prompt in llm.prompts)
    assert asked < llm.context_tokens


def test_an_llm_that_makes_nothing_shorter_does_not_loop_for_ever(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda prompt: prompt.messages[-1].content.replace(" ", "  "))
    assert run(llm, tmp_path, "summarization", text=LONG).text


def test_a_long_translation_comes_out_whole_and_in_order(tmp_path: Path) -> None:
    text = "\n\n".join(f"Part {i}. " + " ".join(f"word{n}" for n in range(200)) for i in range(5))
    llm = FakeLLM(writer=lambda prompt: prompt.messages[-1].content.partition("\n\n")[2].upper())
    made = run(llm, tmp_path, "translation", text=text, language="German")
    assert made.text is not None
    assert [line.split(".")[0] for line in made.text.split("\n\n")] == [f"PART {i}" for i in range(5)]
    assert "German" in llm.prompts[0].messages[0].content
    assert made.data == {"language": "German"}


def test_an_answer_from_the_text(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: "In 1890.")
    made = run(llm, tmp_path, "question-answering", text="Built in 1890.", question="When?")
    assert made.text == "In 1890."
    assert made.data == {"question": "When?", "found": True}
    assert "Built in 1890." in llm.prompts[0].messages[-1].content


def test_a_text_that_does_not_tell_is_said_to(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: f'"{UNKNOWN}" ')
    made = run(llm, tmp_path, "question-answering", text="Built in 1890.", question="By whom?")
    assert made.text == UNKNOWN
    assert made.data["found"] is False


def test_of_a_long_text_only_the_pieces_that_tell_answer(tmp_path: Path) -> None:
    def writer(prompt: Prompt) -> str:
        return "It is thing 41." if "Paragraph 41" in prompt.messages[-1].content else UNKNOWN

    llm = FakeLLM(writer=writer)
    assert run(llm, tmp_path, "question-answering", text=LONG, question="Which?").text == "It is thing 41."


def test_labels_are_scored_not_written(tmp_path: Path) -> None:
    llm = FakeLLM(lambda _prompt, options: [1.0 if "sports" in option else 0.5 for option in options])
    made = run(llm, tmp_path, "text-classification", text="A goal!", labels="politics, sports or weather")
    assert made.text == "sports"
    assert made.data == [
        {"label": "sports", "score": 0.5},
        {"label": "politics", "score": 0.25},
        {"label": "weather", "score": 0.25},
    ]
    assert llm.generations == 0


def test_without_labels_it_is_the_sentiment(tmp_path: Path) -> None:
    made = run(FakeLLM(), tmp_path, "text-classification", text="Lovely.")
    assert {one["label"] for one in made.data} == {"positive", "negative", "neutral"}


def test_names_have_their_places_in_the_text_and_invented_ones_are_dropped(tmp_path: Path) -> None:
    text = "Anna met Paul in Rome. Annabel saw Anna."
    listed = {"person": ["Anna", "Paul", "Nobody"], "place": ["Rome"], "organisation": [], "date": []}
    llm = FakeLLM(writer=lambda _prompt: json.dumps(listed))
    made = run(llm, tmp_path, "token-classification", text=text)
    assert [(one["label"], text[one["start"] : one["end"]]) for one in made.data["entities"]] == [
        ("person", "Anna"), ("person", "Paul"), ("place", "Rome"), ("person", "Anna"),
    ]  # fmt: skip
    assert made.text == "Anna: person\nPaul: person\nRome: place"


def test_names_in_chinese_text_are_found(tmp_path: Path) -> None:
    listed = {"person": ["王小明"], "place": ["台北"], "organisation": [], "date": []}
    llm = FakeLLM(writer=lambda _prompt: json.dumps(listed, ensure_ascii=False))
    made = run(llm, tmp_path, "token-classification", text="王小明住在台北。")
    assert [(one["start"], one["end"]) for one in made.data["entities"]] == [(0, 3), (5, 7)]


def test_a_list_of_names_that_was_cut_off_gives_what_is_complete() -> None:
    assert names_in('{"person": ["Anna", "Pau') == [("person", "Anna")]
    assert names_in("nonsense") == []
    assert names_in("[1]") == []


def test_the_conversation_so_far_is_part_of_the_chat(tmp_path: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: "You are welcome.")
    run(llm, tmp_path, "conversational", text="Thanks!", history="User: Hello\nAssistant: Hi there")
    assert [(m.role, m.content) for m in llm.prompts[0].messages[1:]] == [
        ("user", "Hello"), ("assistant", "Hi there"), ("user", "Thanks!"),
    ]  # fmt: skip


@pytest.mark.parametrize("task", sorted(TEXT_TASKS))
def test_an_empty_text_is_refused(tmp_path: Path, task: str) -> None:
    with pytest.raises(InvalidInput, match="empty") as caught:
        run(
            FakeLLM(writer=lambda _prompt: "x"), tmp_path, task, text="  ", question="Why?", language="French"
        )
    assert caught.value.hint


@pytest.mark.parametrize(
    "task",
    sorted(TEXT_TASKS - {name for name in TEXT_TASKS if name.endswith(("classification", "answering"))}),
)
def test_an_llm_that_writes_nothing_is_an_error(tmp_path: Path, task: str) -> None:
    with pytest.raises(ExecutionFailed, match="wrote nothing"):
        run(FakeLLM(writer=lambda _prompt: " "), tmp_path, task, text="A text.", language="French")


def test_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExecutionFailed, match="cannot do text-to-image"):
        run(FakeLLM(), tmp_path, "text-to-image", text="a cat")


def test_cancel_stops_a_task_under_way(tmp_path: Path) -> None:
    cancel = CancelToken()

    def writer(_prompt: Prompt) -> str:
        cancel.cancel()
        return "too late"

    with pytest.raises(Cancelled):
        run(FakeLLM(writer=writer), tmp_path, "text-generation", cancel, text="A story")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="cannot be written"):
        run(FakeLLM(writer=lambda _prompt: "x"), tmp_path / "missing", "text-generation", text="A story")


@given(st.text(max_size=80))
def test_whatever_is_written_as_names_it_can_be_read(text: str) -> None:
    for kind, name in names_in(text):
        assert kind
        assert name.strip()


def test_a_label_may_begin_another_one(tmp_path: Path) -> None:
    def chooser(_prompt: Prompt, options: Sequence[str]) -> int:
        return len(options) - 1

    made = run(FakeLLM(chooser), tmp_path, "text-classification", text="x", labels="sport, sports")
    assert made.text == "sports"


def test_labels_that_are_named_are_chosen_among(tmp_path: Path) -> None:
    llm = FakeLLM(lambda _prompt, options: options.index(" sport."))
    made = run(llm, tmp_path, "zero-shot-classification", text="A goal!", labels="politics or sport")
    assert made.text == "sport"
    with pytest.raises(InvalidInput, match="Fewer than two labels"):
        run(llm, tmp_path, "zero-shot-classification", text="A goal!", labels="sport")


def test_a_long_table_is_asked_piece_by_piece_below_its_header(tmp_path: Path) -> None:
    rows = "\n".join(f"town {number},{number}" for number in range(3000))
    table = Resource(
        "t.csv", Kind.TABLE, tmp_path / "t.csv", "text/csv", 1, text=f"town,people\n{rows}\nRome,3000000"
    )
    llm = FakeLLM(writer=lambda prompt: "Rome." if "Rome" in prompt.messages[-1].content else UNKNOWN)
    made = run(llm, tmp_path, "table-question-answering", table=table, question="Which is largest?")
    assert made.text == "Rome."
    assert len(llm.prompts) > 3
    assert all("Text:\ntown,people\n" in prompt.messages[-1].content for prompt in llm.prompts)


# ---------------------------------------------------------------- told while it is written


def told(llm: FakeLLM, folder: Path, task: str) -> tuple[list[str], str]:
    """What was told of a task, piece by piece, and the text of its output."""
    pieces: list[str] = []
    call = ExpertCall(task, {"text": ("Tell me.",)}, folder, "1")
    made = TextTasks(llm).run_telling(CARD, call, lambda share, message: None, pieces.append, CancelToken())
    return pieces, made.outputs[0].text or ""


@pytest.mark.parametrize("task", ["conversational", "text-generation"])
def test_an_answer_is_told_word_by_word(tmp_path: Path, task: str) -> None:
    pieces, text = told(
        FakeLLM(writer=lambda _prompt: "  The sea is wide. \n\nIt is deep.\n"), tmp_path, task
    )
    assert text == "The sea is wide. \n\nIt is deep."
    assert "".join(pieces) == text
    assert pieces[0] == "The"
    assert len(pieces) > 4


@pytest.mark.parametrize(
    "loop", ["and on and on it goes, ", "Yes. ", "The waves come in and the waves go out. "]
)
def test_nothing_of_a_loop_is_told(tmp_path: Path, loop: str) -> None:
    pieces, text = told(FakeLLM(writer=lambda _prompt: "It began. " + loop * 60), tmp_path, "conversational")
    assert len(text) < 10 + 3 * len(loop)
    assert "".join(pieces) == text


@given(st.lists(st.text("ab., \n", min_size=1, max_size=12), min_size=1, max_size=6), st.integers(1, 40))
def test_what_is_told_is_the_text_whatever_is_written(parts: list[str], rounds: int) -> None:
    written = " ".join(parts) + " " + parts[-1] * rounds
    if not written.strip(" ,.\n"):
        return
    with TemporaryDirectory() as folder:
        pieces, text = told(FakeLLM(writer=lambda _prompt: written), Path(folder), "conversational")
    assert "".join(pieces) == text


def test_what_is_put_together_or_cut_is_not_told() -> None:
    tasks = TextTasks(FakeLLM())
    assert not any(tasks.tells(CARD, task) for task in TEXT_TASKS - {"conversational", "text-generation"})
