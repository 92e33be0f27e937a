"""The graph: every task once, after what it needs; a failure skips its descendants and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_fakes import task

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.plan import Task, TaskRef
from hgpt_desktop.runtime.graph import TaskGraph, TaskState

Deps = dict[int, set[int]]


@st.composite
def dags(draw: st.DrawFn) -> tuple[list[Task], Deps]:
    """Tasks of a random acyclic graph in a random order, with ids that say nothing about it."""
    count = draw(st.integers(1, 9))
    ids = draw(st.permutations(range(20)))[:count]
    deps: Deps = {}
    for index, task_id in enumerate(ids):
        deps[task_id] = set(draw(st.lists(st.sampled_from(ids[:index]), max_size=3))) if index else set()
    tasks = [Task(one, "join", {"texts": tuple(TaskRef(d) for d in sorted(deps[one]))}) for one in ids]
    return draw(st.permutations(tasks)), deps


def descendants(deps: Deps, task_id: int) -> set[int]:
    children = {one for one, needed in deps.items() if task_id in needed}
    return children.union(*(descendants(deps, child) for child in children))


def play(
    graph: TaskGraph, draw: Callable[[int], int], fails: Callable[[int], bool]
) -> tuple[list[int], dict[int, set[int]]]:
    """Run the graph in a random order, several tasks under way; the order and what each failure skipped."""
    ran: list[int] = []
    skipped: dict[int, set[int]] = {}
    under_way: list[int] = []
    while not graph.finished:
        for one in graph.ready():
            graph.start(one.id)
            under_way.append(one.id)
        task_id = under_way.pop(draw(len(under_way) - 1))
        ran.append(task_id)
        lost = graph.complete(task_id, ok=not fails(task_id))
        if fails(task_id):
            skipped[task_id] = {one.id for one in lost}
    assert under_way == []
    return ran, skipped


@settings(max_examples=50)
@given(dags(), st.data())
def test_every_task_runs_once_after_its_dependencies(
    made: tuple[list[Task], Deps], data: st.DataObject
) -> None:
    tasks, deps = made
    ran, _ = play(TaskGraph(tasks), lambda most: data.draw(st.integers(0, most)), lambda _: False)
    assert sorted(ran) == sorted(deps)
    for task_id, needed in deps.items():
        assert all(ran.index(one) < ran.index(task_id) for one in needed)


@settings(max_examples=50)
@given(dags(), st.data())
def test_failures_skip_exactly_the_descendants(made: tuple[list[Task], Deps], data: st.DataObject) -> None:
    tasks, deps = made
    bad = data.draw(st.sets(st.sampled_from(sorted(deps))))
    graph = TaskGraph(tasks)
    ran, skipped = play(graph, lambda most: data.draw(st.integers(0, most)), bad.__contains__)
    lost = set().union(*(descendants(deps, one) for one in bad if one in ran), set())
    assert set(ran) == set(deps) - lost
    assert set().union(*skipped.values(), set()) == lost
    assert len(ran) == len(set(ran))
    for task_id in deps:
        expected = (
            TaskState.SKIPPED if task_id in lost else TaskState.FAILED if task_id in bad else TaskState.DONE
        )
        assert graph.state(task_id) is expected


def test_a_task_with_one_failed_and_one_good_parent_is_skipped_once() -> None:
    graph = TaskGraph([task(0, "chat"), task(1, "chat"), task(2, "join", 0, 1), task(3, "join", 2)])
    graph.start(0)
    graph.start(1)
    assert [one.id for one in graph.complete(0, ok=False)] == [2, 3]
    assert graph.complete(1, ok=False) == ()
    assert graph.finished


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([task(0, "chat"), task(0, "say")], "same id"),
        ([task(0, "say", 7)], "task 7, which is not in the plan"),
        ([task(0, "say", 0)], "wait for one another in a circle"),
        ([task(0, "say", 1), task(1, "say", 2), task(2, "say", 0), task(3, "chat")], "tasks 0, 1, 2 wait"),
    ],
)
def test_what_is_no_graph_is_refused(tasks: list[Task], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as raised:
        TaskGraph(tasks)
    assert raised.value.hint


def test_forward_dependencies_are_put_in_order() -> None:
    graph = TaskGraph([task(0, "say", 1), task(1, "chat")])
    assert [one.id for one in graph.ready()] == [1]


def test_an_empty_plan_is_finished() -> None:
    assert TaskGraph([]).finished
    assert TaskGraph([]).ready() == ()


def test_the_callers_list_may_change_while_it_runs() -> None:
    tasks = [task(0, "chat"), task(1, "say", 0)]
    graph = TaskGraph(tasks)
    for one in graph.ready():
        tasks.clear()
        graph.start(one.id)
        graph.complete(one.id, ok=True)
    assert [one.id for one in graph.ready()] == [1]


def test_misuse_is_a_bug() -> None:
    graph = TaskGraph([task(0, "chat"), task(1, "say", 0)])
    with pytest.raises(ValueError, match="not ready"):
        graph.start(1)
    with pytest.raises(ValueError, match="does not run"):
        graph.complete(0, ok=True)
    graph.start(0)
    with pytest.raises(ValueError, match="not ready"):
        graph.start(0)
