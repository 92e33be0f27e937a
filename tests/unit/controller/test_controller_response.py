"""Answers: what the LLM is told, what it may not say, and what is said without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from controller_fakes import FakeLLM
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.honesty import HonestStream
from hgpt_desktop.controller.note_words import CHINESE, ENGLISH, NoteWords, words_for
from hgpt_desktop.controller.response import AnswerWriter
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, HostDied
from hgpt_desktop.core.plan import Plan, Task, TaskRef, Unavailable
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import ExecutionReport, MissingModel, TaskResult, TaskStatus

REQUEST = Request("Read the text, tell me what the picture shows and say that aloud")


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    made = tmp_path / "speech-3.wav"
    made.write_bytes(b"RIFF")
    return made


@pytest.fixture
def several(speech: Path) -> ExecutionReport:
    """Reading and looking went well; so did saying it aloud."""
    return report(
        result(1, "optical-character-recognition", text="The hall was built in 1890."),
        result(2, "image-to-text", text="An old hall."),
        result(3, "text-to-speech", path=speech, kind=Kind.AUDIO, args={"text": (TaskRef(2),)}),
    )


def result(
    task_id: int,
    task: str,
    status: TaskStatus = TaskStatus.DONE,
    text: str | None = None,
    data: object = None,
    path: Path | None = None,
    kind: Kind = Kind.TEXT,
    args: dict[str, tuple[TaskRef | str, ...]] | None = None,
    message: str = "",
    hint: str = "",
) -> TaskResult:
    where = path or Path(f"/nowhere/{task}-{task_id}.txt")
    output = Resource(where.name, kind, where, "", 1, text=text, data=data)
    return TaskResult(
        Task(task_id, task, dict(args or {})),
        status,
        "a-model",
        outputs=(output,) if status is TaskStatus.DONE else (),
        message=message,
        hint=hint,
    )


def report(
    *results: TaskResult,
    missing: tuple[MissingModel, ...] = (),
    unavailable: tuple[Unavailable, ...] = (),
) -> ExecutionReport:
    return ExecutionReport(Plan(tuple(one.task for one in results), unavailable), results, missing)


def respond(llm: FakeLLM, told: ExecutionReport, request: Request = REQUEST) -> str:
    pieces: list[str] = []
    answer = AnswerWriter(llm).respond(request, told, pieces.append, CancelToken())
    assert "".join(pieces) == answer
    return answer


def test_the_llm_puts_the_results_into_words_and_the_files_are_listed(several: ExecutionReport) -> None:
    llm = FakeLLM(writer=lambda _prompt: "It says the hall is from 1890. I said it aloud.")
    assert respond(llm, several) == "It says the hall is from 1890. I said it aloud.\n\nMade: `speech-3.wav`"
    told = llm.prompts[0].messages[-1].content
    assert REQUEST.text in told
    assert "The hall was built in 1890." in told
    assert "An old hall." in told


def test_a_request_in_another_script_is_answered_in_it(several: ExecutionReport) -> None:
    llm = FakeLLM(writer=lambda _prompt: "好的。")
    respond(llm, several, Request("讀出圖片中的文字"))
    assert "中文" in llm.prompts[0].messages[-1].content


def test_sentences_with_files_or_links_that_do_not_exist_are_left_out(several: ExecutionReport) -> None:
    said = (
        "The hall is from 1890. I saved it as summary.mp3 for you. The sound is in speech-3.wav. "
        "See [here](http://example.com/x). It is old."
    )
    answer = respond(FakeLLM(writer=lambda _prompt: said), several)
    assert "summary.mp3" not in answer
    assert "example.com" not in answer
    assert answer.startswith("The hall is from 1890. The sound is in speech-3.wav. It is old.")


def test_names_that_stand_in_the_results_may_be_said() -> None:
    told = report(
        result(1, "optical-character-recognition", text="Visit https://hall.example or open plan.pdf"),
        result(2, "text-classification", text="neutral"),
    )
    answer = respond(
        FakeLLM(writer=lambda _prompt: "It says: open plan.pdf at https://hall.example today."), told
    )
    assert answer == "It says: open plan.pdf at https://hall.example today."


def test_what_a_chain_of_texts_leads_to_is_the_answer_word_for_word(speech: Path) -> None:
    llm = FakeLLM(writer=lambda _prompt: "never asked")
    read = result(1, "optical-character-recognition", text="The hall was built in 1890.")
    translated = result(2, "translation", text="Der Saal ist\nvon 1890.", args={"text": (TaskRef(1),)})
    said = result(3, "text-to-speech", path=speech, kind=Kind.AUDIO, args={"text": (TaskRef(2),)})
    failed = result(3, "text-to-speech", TaskStatus.FAILED, message="No voice.", args={"text": (TaskRef(2),)})
    assert respond(llm, report(read, translated)) == "Der Saal ist\nvon 1890."
    assert respond(llm, report(read, translated, said)) == "Der Saal ist\nvon 1890.\n\nMade: `speech-3.wav`"
    assert respond(llm, report(read, translated, failed)).startswith(
        "Der Saal ist\nvon 1890.\n\nText to speech"
    )
    assert llm.prompts == []


def test_results_that_stand_side_by_side_and_judgements_are_put_into_words() -> None:
    read = result(1, "optical-character-recognition", text="I love this hall.")
    for others in (
        (result(2, "text-classification", text="positive", args={"text": (TaskRef(1),)}),),
        (result(2, "translation", text="Hallo"),),
        (result(2, "visual-question-answering", text="red"), result(3, "image-to-text", text="a hall")),
    ):
        llm = FakeLLM(writer=lambda _prompt: "In words.")
        assert respond(llm, report(read, *others)) == "In words."
        assert len(llm.prompts) == 1


def test_a_long_transcript_is_cut_and_its_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "1-automatic-speech-recognition.txt"
    path.write_text("spoken")
    words = " ".join(f"word{number}" for number in range(1, 2000))
    answer = respond(FakeLLM(), report(result(1, "automatic-speech-recognition", text=words, path=path)))
    assert answer.startswith("word1 word2 ")
    assert answer.endswith(f" word600 …\n\nMade: `{path.name}`")


def test_where_nothing_was_read_the_llm_says_so() -> None:
    llm = FakeLLM(writer=lambda _prompt: "There is no text in the picture.")
    nothing = report(result(1, "optical-character-recognition", text=" "))
    assert respond(llm, nothing) == "There is no text in the picture."


@pytest.mark.parametrize("task", ["conversational", "text-generation", "translation", "question-answering"])
def test_a_single_text_is_the_answer_itself(task: str) -> None:
    llm = FakeLLM(writer=lambda _prompt: "never asked")
    assert respond(llm, report(result(1, task, text="Line one.\n\nLine two."))) == "Line one.\n\nLine two."
    assert llm.prompts == []


def test_what_failed_and_what_was_left_out_is_said_with_hints() -> None:
    told = report(
        result(1, "optical-character-recognition", text="Words."),
        result(2, "text-to-speech", TaskStatus.FAILED, message="The voice broke.", hint="Repair it."),
        result(3, "audio-classification", TaskStatus.SKIPPED, message="It needs task 2."),
        result(4, "summarization", TaskStatus.CANCELLED),
    )
    answer = respond(FakeLLM(writer=lambda _prompt: "never asked"), told)
    assert answer.startswith("Words.\n\n")
    assert "Text to speech did not work: The voice broke. Repair it." in answer
    assert "Audio classification was left out: It needs task 2." in answer
    assert "Summarization was stopped." in answer


def test_an_empty_plan_names_the_models_without_the_llm() -> None:
    llm = FakeLLM(writer=lambda _prompt: "never asked")
    told = report(
        missing=(MissingModel("text-to-image", "tiny-painter"), MissingModel("text-to-video", None)),
        unavailable=(
            Unavailable("text-to-image"),
            Unavailable("text-to-video"),
            Unavailable("image-to-text"),
        ),
    )
    answer = respond(llm, told)
    assert (
        "No model for text to image is installed, so this part was not done, nor what builds on it." in answer
    )
    assert "`hgpt models install tiny-painter`" in answer
    assert MissingModel("text-to-video", None).hint in answer
    assert llm.prompts == []


def test_a_replaced_task_is_said_to_be_one() -> None:
    told = report(
        result(1, "image-classification", text="cat", data=[{"label": "cat", "score": 0.873}]),
        missing=(MissingModel("image-to-text", "captioner", "image-classification"),),
        unavailable=(Unavailable("image-to-text", "image-classification"),),
    )
    llm = FakeLLM(writer=lambda _prompt: "It is a cat, I am 87% sure.")
    answer = respond(llm, told)
    assert "so image classification was used instead" in answer
    assert "cat (87%)" in llm.prompts[0].messages[-1].content


def test_where_the_llm_fails_everything_made_still_reaches_the_user(several: ExecutionReport) -> None:
    answer = respond(FakeLLM(error=HostDied("It died.")), several)
    for part in ("The hall was built in 1890.", "An old hall.", "speech-3.wav"):
        assert part in answer


def test_where_the_llm_says_nothing_the_plain_summary_is_the_answer(several: ExecutionReport) -> None:
    assert "An old hall." in respond(FakeLLM(writer=lambda _prompt: "I wrote fake.png"), several)


def test_a_file_that_is_not_there_is_not_listed() -> None:
    told = report(result(1, "text-to-speech", path=Path("/nowhere/x.wav"), kind=Kind.AUDIO))
    assert "x.wav" not in respond(FakeLLM(writer=lambda _prompt: "Said."), told)


def test_subtitles_are_a_file_and_not_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "automatic-speech-recognition-1.srt"
    path.write_text("1", encoding="utf-8")
    spoken = "1\n00:00:00,000 --> 00:00:03,000\nGood morning, everybody.\n" * 30
    made = Resource(path.name, Kind.TEXT, path, "application/x-subrip", 1, text=spoken)
    done = replace(result(1, "automatic-speech-recognition"), outputs=(made,))
    llm = FakeLLM(writer=lambda _prompt: "I wrote the subtitles.")
    assert respond(llm, report(done)) == f"I wrote the subtitles.\n\nMade: `{path.name}`"
    told = llm.prompts[0].messages[-1].content
    assert f"subtitles were made, the file {path.name}" in told
    assert told.count("Good morning") == 1
    failing = respond(FakeLLM(error=HostDied("It died.")), report(done))
    assert "subtitles were made" in failing
    assert failing.count("Good morning") == 1


def test_what_was_left_out_is_said_once_below_the_answer(several: ExecutionReport) -> None:
    note = "The end of the description was left out."
    noted = tuple(
        replace(one, outputs=tuple(replace(output, note=note) for output in one.outputs))
        for one in several.results
    )
    llm = FakeLLM(writer=lambda _prompt: "It is done.")
    answer = respond(llm, replace(several, results=noted))
    assert answer == f"It is done.\n\nMade: `speech-3.wav`\n\n{note}"


def test_what_the_engine_says_beside_an_answer_is_in_the_language_of_the_request(
    several: ExecutionReport,
) -> None:
    """A note and an error are kept in English; the answer to a Chinese request has them in Chinese."""
    note = (
        "Flan reads only the beginning of so long a question: 12 words, from “and then…” on, were left out."
    )
    noted = replace(
        several.results[0], outputs=tuple(replace(one, note=note) for one in several.results[0].outputs)
    )
    failed = result(9, "depth-estimation", TaskStatus.FAILED, message="The model depth is not installed.")
    both = report(noted, failed)
    llm = FakeLLM(writer=lambda _prompt: "好了。")
    answer = respond(llm, both, Request("請讀出這張圖片中的文字"))
    assert "問題這麼長，Flan 只讀開頭：從「and then…」開始的 12 個單字沒有讀取。" in answer
    assert "is not installed" not in answer
    assert note in respond(llm, both, REQUEST)


def test_long_results_are_told_by_their_ends() -> None:
    text = " ".join(f"w{i}" for i in range(5000))
    llm = FakeLLM(writer=lambda _prompt: "Long.")
    respond(
        llm,
        report(
            result(1, "optical-character-recognition", text=text), result(2, "text-classification", text="x")
        ),
    )
    assert len(llm.prompts[0].messages[-1].content) < 2000


def test_nothing_to_do_is_said() -> None:
    assert respond(FakeLLM(), report()) == "There was nothing to do."


def test_cancel_stops_the_answer(several: ExecutionReport) -> None:
    cancel = CancelToken()
    pieces: list[str] = []

    def on_text(piece: str) -> None:
        pieces.append(piece)
        cancel.cancel()

    llm = FakeLLM(writer=lambda _prompt: "One. Two. Three. Four.")
    with pytest.raises(Cancelled):
        AnswerWriter(llm).respond(REQUEST, several, on_text, cancel)
    assert pieces == ["One."]


@given(st.lists(st.text(max_size=12), max_size=12))
def test_harmless_text_passes_unchanged_however_it_is_cut(pieces: list[str]) -> None:
    whole = "".join(pieces)
    cut: list[str] = []
    once: list[str] = []
    for sink, parts in ((cut, pieces), (once, [whole])):
        stream = HonestStream(sink.append, (), whole)
        for part in parts:
            stream.add(part)
        stream.end()
    assert "".join(cut) == "".join(once)


@pytest.mark.parametrize(
    ("request_text", "words"),
    [
        ("Read it", ENGLISH),
        ("請讀出這張圖片中的文字", CHINESE),
        ("請讀出 notice.png 的文字", CHINESE),
        ("Translate 圖書館 into English", ENGLISH),
        ("この絵を説明して", ENGLISH),
        ("이 그림을 설명해", ENGLISH),
    ],
)
def test_notes_are_in_the_language_of_the_request(request_text: str, words: NoteWords) -> None:
    assert words_for(request_text) is words
    told = report(
        result(1, "text-to-speech", TaskStatus.FAILED, message="The voice broke.", hint="Repair it."),
        missing=(MissingModel("text-to-image", "tiny-painter"),),
    )
    answer = respond(FakeLLM(writer=lambda _prompt: ""), told, Request(request_text))
    failed = words.failed.format(task="Text to speech", reason=": The voice broke. Repair it.")
    assert failed in answer
    assert words.no_model.format(task="text to image", instead=words.not_done) in answer
