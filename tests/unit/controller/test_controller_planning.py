"""Typed decoding: what the LLM is offered, and that whatever it prefers, the plan can be executed."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from controller_fakes import FakeLLM, option_with, random_llm, resource
from hypothesis import given, settings
from hypothesis import strategies as st

from hgpt_desktop.controller.demonstrations import load_demonstrations
from hgpt_desktop.controller.evidence import TaskEvidence, load_phrases
from hgpt_desktop.controller.grammar import part_of
from hgpt_desktop.controller.planning import Habits, TypedPlanner
from hgpt_desktop.controller.vocabulary import load_stand_ins, load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, InvalidInput, PlanningFailed
from hgpt_desktop.core.events import Event, TaskPlanned
from hgpt_desktop.core.interfaces import Prompt
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef, Unavailable, check_plan
from hgpt_desktop.core.request import Request, Turn
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.tasks import TaskType, Vocabulary

VOCABULARY = load_vocabulary()
DEMONSTRATIONS = load_demonstrations(VOCABULARY)
UNTAUGHT = Habits(None)  # then everything is asked of the LLM
STAND_INS = load_stand_ins()
EVERYTHING = frozenset(VOCABULARY.names)
PICTURE = resource("notice.png", Kind.IMAGE)
NOTES = resource("notes.txt", Kind.TEXT, "Anna met Paul.")


def planned(
    llm: FakeLLM,
    request: Request,
    runnable: frozenset[str] = EVERYTHING,
    events: list[Event] | None = None,
    habits: Habits = UNTAUGHT,
) -> Plan:
    emit = (events if events is not None else []).append
    planner = TypedPlanner(llm, VOCABULARY, demonstrations=DEMONSTRATIONS, stand_ins=STAND_INS, habits=habits)
    plan, cost = planner.plan(request, runnable, emit, CancelToken())
    assert cost.seconds >= 0
    return plan


def test_a_chain_over_a_picture() -> None:
    llm = FakeLLM(
        option_with(
            "r1 = optical_character_recognition",
            "# sum it up",
            "r2 = summarization",
            "r1",
            "# say it",
            "r3 = text_to_speech",
            "r2",
            "end",
        )
    )
    events: list[Event] = []
    plan = planned(llm, Request("Read it, sum it up, say it", (PICTURE,)), events=events)
    assert plan.tasks == (
        Task(1, "optical-character-recognition", {"image": (FileRef("notice.png"),)}),
        Task(2, "summarization", {"text": (TaskRef(1),)}),
        Task(3, "text-to-speech", {"text": (TaskRef(2),)}),
    )
    assert [event.task for event in events if isinstance(event, TaskPlanned)] == list(plan.tasks)


def test_the_prompt_prefix_is_stable_and_the_request_comes_last() -> None:
    llm = FakeLLM(option_with("conversational"))
    planner = TypedPlanner(llm, VOCABULARY, habits=UNTAUGHT)
    for text in ("Hello", "Good evening"):
        llm.chooser = option_with("conversational")
        planner.plan(Request(text), EVERYTHING, lambda _event: None, CancelToken())
    first, second = llm.prompts
    assert first.messages[: first.stable] == second.messages[: second.stable] == planner.prefix
    assert first.stable == len(first.messages) - 1
    assert "Good evening" in second.messages[-1].content


def test_only_what_the_files_allow_is_offered() -> None:
    llm = FakeLLM(option_with("conversational"))
    planned(llm, Request("What is in the picture?"))
    offered = {option.split()[-1].removesuffix("(") for option in llm.options[0]}
    assert "image_to_text" not in offered
    assert {"text_to_image", "summarization", "conversational"} <= offered


def test_the_first_step_offers_no_end_and_later_ones_no_conversation() -> None:
    llm = FakeLLM(option_with("optical_character_recognition", "end"))
    planned(llm, Request("Read this", (PICTURE,)))
    assert "end" not in llm.options[0]
    assert llm.options[1][-1] == "end"
    assert not any("conversational" in option for option in llm.options[1])


def test_conversation_is_one_task_with_the_request_and_what_was_said() -> None:
    llm = FakeLLM(option_with("conversational"))
    plan = planned(llm, Request("Thanks!\n", turns=(Turn("Hello", "Hi there,\nfriend."),)))
    [task] = plan.tasks
    assert task.args == {"text": ("Thanks!",), "history": ("User: Hello\nAssistant: Hi there, friend.",)}
    assert llm.generations == 0


def test_the_end_wins_where_it_is_a_fifth_as_likely_as_the_best_task() -> None:
    wanted = ["optical_character_recognition", "image_to_text", "depth_estimation"]

    def chooser(_prompt: Prompt, options: Sequence[str]) -> Sequence[float]:
        ends = 0.16 if options[0].startswith("r2 ") else 0.17
        weights = [1.0 if wanted[0] in option else 0.0 for option in options]
        if options[-1] == "end":
            weights = [weight * (1 - ends) for weight in weights[:-1]] + [ends]
        if "=" not in options[0].partition("(")[0]:
            return [1.0] * len(options)
        wanted.pop(0)
        return weights

    plan = planned(FakeLLM(chooser), Request("Read this", (PICTURE,)))
    assert [task.task for task in plan.tasks] == ["optical-character-recognition", "image-to-text"]


def test_several_files_can_go_into_one_task() -> None:
    files = tuple(resource(f"{name}.jpg", Kind.IMAGE) for name in "ab")
    llm = FakeLLM(option_with("image_classification", "[image1, image2]", "end"))
    [task] = planned(llm, Request("Classify both", files)).tasks
    assert task.args == {"image": (FileRef("a.jpg"), FileRef("b.jpg"))}
    assert "image1)\n" in llm.options[1]


def test_a_task_is_not_planned_twice_with_the_same_arguments() -> None:
    llm = FakeLLM(option_with("optical_character_recognition", "r2 = optical_character_recognition"))
    plan = planned(llm, Request("Read this", (PICTURE,)))
    assert len(plan.tasks) == 1


def test_a_second_file_may_follow_the_first() -> None:
    files = tuple(resource(f"{name}.jpg", Kind.IMAGE) for name in "ab")
    llm = FakeLLM(option_with("image_to_text", "image1)", "r2 = image_to_text", "image2", "end"))
    plan = planned(llm, Request("Describe a, then b", files))
    assert [task.args["image"] for task in plan.tasks] == [(FileRef("a.jpg"),), (FileRef("b.jpg"),)]
    assert "image1)\n" not in llm.options[3]


def test_a_plan_ends_at_ten_tasks() -> None:
    counter = iter(range(1000))

    def chooser(_prompt: Prompt, options: Sequence[str]) -> int:
        return next(
            (i for i, option in enumerate(options) if "= text_generation" in option), len(options) - 1
        )

    plan = planned(FakeLLM(chooser, lambda _prompt: f'text {next(counter)}"'), Request("Write on and on"))
    assert len(plan.tasks) == 10


def test_the_files_of_earlier_turns_can_be_used() -> None:
    earlier = resource("sum.txt", Kind.TEXT, "The hall is old.", made_by="summarization")
    llm = FakeLLM(option_with("text_to_speech", "text1", "end"))
    request = Request("Say it aloud", earlier=(earlier,), turns=(Turn("Sum it up", "The hall is old."),))
    [task] = planned(llm, request).tasks
    assert task.args == {"text": (FileRef("sum.txt"),)}
    shown = llm.prompts[0].messages[-1].content
    assert 'text1 (newest, made by summarization: "The hall is old.")' in shown
    assert "Before: Sum it up" in shown


# ---------------------------------------------------------------- free texts


def test_a_text_is_pointed_at_after_its_first_words() -> None:
    text = "the quick brown fox jumps over the lazy dog near the river bank while the old farmer sleeps"
    llm = FakeLLM(
        option_with("text_to_speech", "end"), lambda _prompt: "the quick brown fox jumps over the lazy x x"
    )
    [task] = planned(llm, Request(f"Say aloud: {text}")).tasks
    assert task.args == {"text": (text,)}
    assert llm.generations == 1


def test_a_quotation_is_taken_as_it_stands() -> None:
    text = "the quick brown fox jumps over the lazy dog near the river bank"
    llm = FakeLLM(option_with("text_to_speech", "end"))
    [task] = planned(llm, Request(f"Say '{text}' aloud")).tasks
    assert task.args == {"text": (text,)}
    assert llm.generations == 0


def test_a_long_text_is_neither_shown_nor_copied_in_full() -> None:
    text = " ".join(f"word{i}" for i in range(500))
    llm = FakeLLM(
        option_with("summarization", "end"),
        lambda _prompt: "word0 word1 word2 word3 word4 word5 word6 word7 x x x",
    )
    [task] = planned(llm, Request(f"Summarise: {text}")).tasks
    assert task.args == {"text": (text,)}
    assert len(llm.prompts[0].messages[-1].content) < 400
    assert len(llm.prompts[-1].continuation) < 500  # the demand and the text, both by their beginnings


def test_own_words_are_written_anew_to_the_closing_quote() -> None:
    answer = 'my \\"old\\" cat with very long whiskers on a sofa"'
    llm = FakeLLM(option_with("text_to_image", "end"), lambda _prompt: answer)
    [task] = planned(llm, Request('Draw my "old" cat with very long whiskers on a sofa')).tasks
    assert task.args == {"text": ('my "old" cat with very long whiskers on a sofa',)}
    assert llm.generations == 2


def test_a_text_to_work_on_is_a_part_of_the_request() -> None:
    llm = FakeLLM(option_with("translation", "end"), lambda _prompt: 'Dutch"')
    planned(llm, Request("Translate good morning into Dutch"))
    text_grammar, language_grammar = llm.grammars
    assert text_grammar == part_of("Translate good morning into Dutch")
    assert language_grammar == part_of("Translate good morning into Dutch", or_words=True)


def test_options_are_read_from_the_demand_and_not_asked_for() -> None:
    llm = FakeLLM(
        option_with("text_to_image", '"', "# shorten", "summarization", "text1", "end"),
        lambda _prompt: 'a cat"',
    )
    request = Request("Draw a cat at 512 by 768, shorten the notes to ten words", (NOTES,))
    drawn, shortened = planned(llm, request).tasks
    assert drawn.args == {"text": ("a cat",), "width": ("512",), "height": ("768",)}
    assert shortened.args == {"text": (FileRef("notes.txt"),), "words": ("10",)}


def test_apostrophes_and_quotes_of_the_user_survive() -> None:
    said = "It's the dogs' \"best\" day"

    def writer(prompt: Prompt) -> str:
        asks_language = prompt.continuation.endswith('language="')
        return 'French"' if asks_language else "It's the dogs' " + r'\"best\" day"'

    llm = FakeLLM(option_with("translation", "end"), writer)
    [task] = planned(llm, Request(f"Translate into French: {said}")).tasks
    assert task.args == {"text": (said,), "language": ("French",)}


def test_where_the_llm_writes_nothing_the_request_is_the_text() -> None:
    [task] = planned(
        FakeLLM(option_with("= text_generation", "end"), lambda _prompt: '"'), Request("A poem")
    ).tasks
    assert task.args == {"text": ("A poem",)}


# ---------------------------------------------------------------- what cannot run here


def test_what_cannot_run_is_left_out_with_all_that_needs_it() -> None:
    llm = FakeLLM(
        option_with(
            "text_to_image", "# describe it", "r2 = image_to_text", "# say", "r3 = text_to_speech", '"', "end"
        ),
        lambda _prompt: 'hello"',
    )
    runnable = frozenset({"image-to-text", "text-to-speech", "conversational"})
    events: list[Event] = []
    plan = planned(llm, Request("Draw a cat, describe it, and say 'hello'"), runnable, events)
    assert [task.task for task in plan.tasks] == ["text-to-speech"]
    assert plan.unavailable == (Unavailable("text-to-image"),)
    assert len(events) == 1


def test_a_plan_may_be_empty_where_nothing_can_run() -> None:
    llm = FakeLLM(option_with("text_to_image", "end"), lambda _prompt: 'a cat"')
    plan = planned(llm, Request("Draw a cat"), frozenset({"summarization"}))
    assert plan == Plan((), (Unavailable("text-to-image"),))


def test_a_near_neighbour_takes_the_place_of_what_cannot_run() -> None:
    def chooser(_prompt: Prompt, options: Sequence[str]) -> Sequence[float]:
        weights = {"image_to_text": 0.6, "image_classification": 0.3, "end": 0.9}
        return [next((w for name, w in weights.items() if name in option), 0.0) for option in options]

    plan = planned(FakeLLM(chooser), Request("What is this?", (PICTURE,)), EVERYTHING - {"image-to-text"})
    assert [task.task for task in plan.tasks] == ["image-classification"]
    assert plan.unavailable == (Unavailable("image-to-text", "image-classification"),)


def test_what_is_no_stand_in_does_not_take_its_place_however_probable() -> None:
    def chooser(_prompt: Prompt, options: Sequence[str]) -> Sequence[float]:
        weights = {"image_to_text": 0.6, "optical_character_recognition": 0.5, "end": 0.9}
        return [next((w for name, w in weights.items() if name in option), 0.0) for option in options]

    plan = planned(FakeLLM(chooser), Request("What is this?", (PICTURE,)), EVERYTHING - {"image-to-text"})
    assert plan == Plan((), (Unavailable("image-to-text"),))


# ---------------------------------------------------------------- bad input, cancel, properties


def test_an_empty_request_is_refused() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        planned(FakeLLM(), Request("  \n"))


def test_cancel_ends_planning() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        TypedPlanner(FakeLLM(), VOCABULARY).plan(Request("Hi"), EVERYTHING, lambda _event: None, cancel)


def _can_be_met(task_type: TaskType, request: Request) -> bool:
    """Whether there are as many files as its inputs want, two different ones for two inputs of a kind."""
    wanted = [set(spec.kinds) for spec in task_type.inputs if spec.required and Kind.TEXT not in spec.kinds]
    return all(
        sum(one.kind in kinds for one in request.resources) >= sum(bool(kinds & other) for other in wanted)
        for kinds in wanted
    )


FILES = st.lists(st.sampled_from(list(Kind)), max_size=4)


PHRASES = sorted({phrase for phrase, _ in load_phrases()})
TEXTS = st.one_of(
    st.text(min_size=1, max_size=80).filter(lambda text: bool(text.strip())),
    st.lists(st.sampled_from(PHRASES), min_size=1, max_size=6).map(", then ".join),
)


@settings(max_examples=int(os.environ.get("HGPT_EXAMPLES", "200")), deadline=None)
@given(
    seed=st.integers(0, 10**9),
    attached=FILES,
    before=FILES,
    text=TEXTS,
    known=st.sets(st.sampled_from(sorted(EVERYTHING)), min_size=1, max_size=24),
    runnable=st.sets(st.sampled_from(sorted(EVERYTHING))),
    taught=st.booleans(),
)
def test_whatever_the_llm_prefers_the_plan_can_be_executed(
    seed: int,
    attached: list[Kind],
    before: list[Kind],
    text: str,
    known: set[str],
    runnable: set[str],
    taught: bool,
) -> None:
    files = tuple(resource(f"f{i}.x", kind) for i, kind in enumerate(attached))
    earlier = tuple(resource(f"e{i}.x", kind, "some text", "translation") for i, kind in enumerate(before))
    request = Request(text, files, earlier)
    vocabulary = Vocabulary(tuple(one for one in VOCABULARY if one.name in known))
    habits = Habits(TaskEvidence(vocabulary, load_phrases()), chain_prior=seed % 4) if taught else UNTAUGHT
    planner = TypedPlanner(
        random_llm(seed), vocabulary, demonstrations=(), stand_ins=STAND_INS, habits=habits
    )
    try:
        plan, _ = planner.plan(request, frozenset(runnable), lambda _event: None, CancelToken())
    except PlanningFailed:
        assert not any(_can_be_met(one, request) for one in vocabulary)
        return
    assert check_plan(plan, vocabulary, request.resources) == plan
    assert len(plan.tasks) <= 10
    assert {task.task for task in plan.tasks} <= runnable
    assert plan.tasks or plan.unavailable
    assert len({(task.task, str(task.args)) for task in plan.tasks}) == len(plan.tasks)
