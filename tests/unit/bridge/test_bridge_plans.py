"""What a plan would cost, how it is changed, and the part that is run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hgpt_desktop.bridge.plans import (
    chosen,
    descendants,
    estimate,
    run_again,
    sources_for,
    with_task,
    without,
)
from hgpt_desktop.bridge.views import CandidateView, PlanKit, ResidentView
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

GB = 10**9
VOCABULARY = Vocabulary(
    (
        TaskType("read", "", (InputSpec("image", (Kind.IMAGE,)),), (Kind.TEXT,)),
        TaskType("sum-up", "", (InputSpec("text", (Kind.TEXT,), many=True),), (Kind.TEXT,)),
        TaskType("speak", "", (InputSpec("text", (Kind.TEXT,)),), (Kind.AUDIO,)),
    )
)
READ = Task(1, "read", {"image": (FileRef("a.png"),)})
SUM = Task(2, "sum-up", {"text": (TaskRef(1), "and this")})
SPEAK = Task(3, "speak", {"text": (TaskRef(2),)})
APART = Task(4, "read", {"image": (FileRef("b.png"),)})
PLAN = Plan((READ, SUM, SPEAK, APART))


def file(name: str, kind: Kind) -> Resource:
    return Resource(name, kind, Path("/files") / name, "x/y", 1)


def kit(resident: tuple[ResidentView, ...] = (), seconds: float | None = 10.0) -> PlanKit:
    return PlanKit(
        VOCABULARY,
        {
            "read": (
                CandidateView("ocr", "OCR", GB, 1.0),
                CandidateView("ocr-xl", "OCR XL", 7 * GB, seconds),
            ),
            "sum-up": (CandidateView("llm", "LLM", 2 * GB, 5.0),),
            "speak": (CandidateView("piper", "Piper", GB, 2.0),),
        },
        8 * GB,
        resident,
    )


def test_descendants_are_all_that_need_a_task() -> None:
    assert descendants(PLAN, 1) == {1, 2, 3}
    assert descendants(PLAN, 3) == {3}


def test_what_took_the_result_of_a_removed_task_takes_what_that_task_took() -> None:
    files = (file("a.png", Kind.IMAGE),)
    left = without(PLAN, 2, files, VOCABULARY)
    assert left.tasks == (READ, Task(3, "speak", {"text": (TaskRef(1),)}), APART)
    bare = Plan((READ, replace(SUM, args={"text": (TaskRef(1),)}), SPEAK))
    assert without(bare, 1, files, VOCABULARY).tasks == (), "no text is left to sum up, and none to speak"
    kept = Plan((READ, SUM, SPEAK))
    assert without(kept, 1, files, VOCABULARY).tasks == (replace(SUM, args={"text": ("and this",)}), SPEAK)
    assert without(PLAN, 3, files, VOCABULARY).tasks == (READ, SUM, APART)


def test_a_task_is_replaced_or_added() -> None:
    other = Task(3, "speak", {"text": ("Hello",)})
    assert with_task(PLAN, other).tasks == (READ, SUM, other, APART)
    added = Task(5, "speak", {"text": (TaskRef(1),)})
    assert with_task(PLAN, added).tasks[-1] is added


def test_arguments_connect_to_files_and_earlier_results_only() -> None:
    files = (file("a.png", Kind.IMAGE), file("note.txt", Kind.TEXT))
    assert sources_for(PLAN, 2, (Kind.TEXT,), files, VOCABULARY) == (
        FileRef("note.txt"), TaskRef(1), TaskRef(4),
    )  # fmt: skip
    assert sources_for(PLAN, 1, (Kind.IMAGE,), files, VOCABULARY) == (FileRef("a.png"),)


def test_the_cost_is_time_memory_and_who_would_leave() -> None:
    cost = estimate(PLAN, kit(), {})
    assert (cost.seconds, cost.memory_bytes, cost.leaving, cost.costly) == (9.0, 2 * GB, (), False)
    llm, old = ResidentView("LLM", 2 * GB, "llm", True), ResidentView("Old", 3 * GB, "old")
    full = kit((llm, old, ResidentView("Older", 3 * GB, "older")))
    assert estimate(PLAN, full, {}).leaving == ("Older",)
    large = estimate(PLAN, full, {4: "ocr-xl"})
    assert large.leaving == ("Older", "Old")
    assert large.costly
    assert large.seconds == 18.0
    assert estimate(PLAN, kit(seconds=None), {1: "ocr-xl"}).seconds is None


def test_what_is_taken_only_at_work_is_taken_once() -> None:
    tasks = (Task(1, "read", {}), Task(2, "shorten", {}), Task(3, "speak", {}))
    candidates = {
        task.task: (CandidateView(task.task, task.task, 2 * GB, 1.0, GB + GB // 2),) for task in tasks
    }
    old = ResidentView("Old", GB, "old")
    # Three times half of it for the weights, and the rest once: 3 of 4 GB, of which one is taken.
    roomy = PlanKit(VOCABULARY, candidates, 4 * GB, (old,))
    assert estimate(Plan(tasks), roomy, {}).leaving == ()
    tight = PlanKit(VOCABULARY, candidates, 4 * GB - 1, (old,))
    assert estimate(Plan(tasks), tight, {}).leaving == ("Old",)


def test_an_unknown_model_is_not_chosen() -> None:
    assert chosen(READ, kit(), {1: "gone"}) == CandidateView("ocr", "OCR", GB, 1.0)
    assert chosen(Task(9, "draw", {}), kit(), {}) is None


def test_running_again_uses_what_was_made_before() -> None:
    read, summed = file("1-read.txt", Kind.TEXT), file("2-sum.txt", Kind.TEXT)
    results = (
        TaskResult(READ, TaskStatus.DONE, "ocr", {"image": (file("a.png", Kind.IMAGE),)}, (read,)),
        TaskResult(
            SUM, TaskStatus.DONE, "llm", {"text": (read, "and this")}, (summed, file("x.wav", Kind.AUDIO))
        ),
        TaskResult(SPEAK, TaskStatus.SKIPPED),
    )
    again = run_again(PLAN, results, 2, VOCABULARY)
    assert again.files == (read.path,)
    assert again.plan.tasks == (
        Task(2, "sum-up", {"text": (FileRef(str(read.path)), "and this")}),
        SPEAK,
    )
    last = run_again(PLAN, results, 3, VOCABULARY)
    assert last.plan.tasks == (Task(3, "speak", {"text": (FileRef(str(summed.path)),)}),)
    assert last.files == (summed.path,), "the recording is no text"
    first = run_again(PLAN, results, 1, VOCABULARY)
    assert first.files == (Path("/files/a.png"),)
    assert [task.id for task in first.plan.tasks] == [1, 2, 3]
