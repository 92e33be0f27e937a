"""Planning with what the words of a demand say: where the LLM is asked, and where not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from controller_fakes import FakeLLM, option_with, resource

from hgpt_desktop.controller.planning import TypedPlanner
from hgpt_desktop.controller.vocabulary import load_stand_ins, load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.interfaces import Prompt
from hgpt_desktop.core.plan import FileRef, Plan, TaskRef, Unavailable
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind

VOCABULARY = load_vocabulary()
PICTURE = resource("notice.png", Kind.IMAGE)
SCAN = resource("scan.pdf", Kind.DOCUMENT)
TALK = resource("talk.wav", Kind.AUDIO)
EVERYTHING = frozenset(VOCABULARY.names)


def planned(llm: FakeLLM, request: Request, runnable: frozenset[str] = EVERYTHING) -> Plan:
    planner = TypedPlanner(llm, VOCABULARY, stand_ins=load_stand_ins())
    return planner.plan(request, runnable, lambda _event: None, CancelToken())[0]


def preferring(*parts: str) -> FakeLLM:
    """Takes the option with the first of these parts that any option has."""

    def chooser(_prompt: Prompt, options: Sequence[str]) -> int:
        return next((i for part in parts for i, option in enumerate(options) if part in option), 0)

    return FakeLLM(chooser)


def test_what_the_words_leave_no_doubt_of_is_not_asked() -> None:
    llm = FakeLLM()
    plan = planned(llm, Request("Read the text in this picture", (PICTURE,)))
    assert [task.task for task in plan.tasks] == ["optical-character-recognition"]
    assert llm.prompts == []


def test_what_has_to_be_read_first_is_read_first() -> None:
    plan = planned(
        preferring("optical_character_recognition", "r1"), Request("Read this page to me", (PICTURE,))
    )
    assert [task.task for task in plan.tasks] == ["optical-character-recognition", "text-to-speech"]
    assert plan.tasks[1].args == {"text": (TaskRef(1),)}


def test_a_scan_is_read_where_only_reading_can_run() -> None:
    runnable = frozenset({"optical-character-recognition", "summarization", "conversational"})
    plan = planned(
        preferring("optical_character_recognition", "r1"),
        Request("Summarise this", (SCAN,)),
        runnable,
    )
    assert [task.task for task in plan.tasks] == ["optical-character-recognition", "summarization"]


def test_a_transcript_is_not_made_again() -> None:
    transcript = resource("transcript.txt", Kind.TEXT, "We meet on Monday.", "automatic-speech-recognition")
    llm = FakeLLM(
        lambda _prompt, options: [1.0 if "text1" in one else 0.5 for one in options], lambda _: 'German"'
    )
    plan = planned(llm, Request("Now translate it into German", earlier=(TALK, transcript)))
    [task] = plan.tasks
    assert task.args == {"text": (FileRef("transcript.txt"),), "language": ("German",)}


def test_the_newest_result_is_meant_and_what_is_attached_comes_before_it() -> None:
    older = resource("older.txt", Kind.TEXT, "old", "translation")
    newer = resource("newer.txt", Kind.TEXT, "new", "translation")
    even = FakeLLM(lambda _prompt, options: [1.0] * len(options))
    assert planned(even, Request("Say it aloud", earlier=(older, newer))).tasks[0].args["text"] == (
        FileRef("newer.txt"),
    )
    fresh = resource("fresh.wav", Kind.AUDIO)
    [task] = planned(even, Request("Transcribe this recording", (fresh,), earlier=(TALK,))).tasks
    assert task.args["audio"] == (FileRef("fresh.wav"),)


@pytest.mark.parametrize("text", ["Describe each of these", "描述這些照片"])
def test_all_files_are_meant_where_the_request_says_so(text: str) -> None:
    pictures = (resource("a.jpg", Kind.IMAGE), resource("b.jpg", Kind.IMAGE))
    first = FakeLLM(lambda _prompt, options: [0.6 if "image1)" in one else 0.2 for one in options])
    [task] = planned(first, Request(text, pictures)).tasks
    assert task.args == {"image": (FileRef("a.jpg"), FileRef("b.jpg"))}
    [task] = planned(first, Request("Describe it", pictures)).tasks
    assert task.args == {"image": (FileRef("a.jpg"),)}


@pytest.mark.parametrize(
    ("text", "task", "kind"),
    [
        ("Remove the background of the picture", "background-removal", Kind.IMAGE),
        ("Transcribe this recording", "automatic-speech-recognition", Kind.AUDIO),
    ],
)
def test_work_on_a_file_that_is_not_there_is_said_and_not_planned(text: str, task: str, kind: Kind) -> None:
    plan = planned(FakeLLM(), Request(text))
    assert plan == Plan((), (Unavailable(task, lacks=kind),))


@pytest.mark.parametrize(
    "question",
    [
        "What colour is a banana?",
        "How far away is the moon?",
        "What is the due date for taxes in Spain?",
        "How do I remove noise from my recording?",
        "Which species of owls live in Norway?",
        "這是什麼動物",
        "When was the Eiffel tower built?",
        "Are cats and dogs similar?",
        "Who is mentioned in the Bible first?",
        "艾菲爾鐵塔是什麼時候建造的？",
    ],
)
def test_a_question_about_the_world_is_left_to_the_llm(question: str) -> None:
    [task] = planned(preferring("conversational"), Request(question)).tasks
    assert task.task == "conversational"


def test_what_can_be_done_is_done_beside_what_cannot() -> None:
    llm = FakeLLM(option_with("joke", ")"), lambda _prompt: 'a joke about cats"')
    plan = planned(llm, Request("Remove the background of the picture and tell me a joke about cats"))
    assert [task.task for task in plan.tasks] == ["text-generation"]
    assert plan.unavailable == (Unavailable("background-removal", lacks=Kind.IMAGE),)
