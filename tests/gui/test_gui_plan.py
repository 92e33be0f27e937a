"""The plan: as a graph while it runs, changed before it runs, run again afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine, Step
from stories import LLM_ID, MODELS, PLAN, SAMPLE_VOCABULARY, Story, big_plan

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import (
    CandidateView,
    ConversationView,
    ExchangeView,
    PlanFit,
    PlanKit,
    Proposal,
    ResidentView,
    RunOptions,
)
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import (
    PlanReady,
    RequestFinished,
    TaskFinished,
    TaskPlanned,
    TaskProgressed,
    TaskSelected,
    TaskStarted,
)
from hgpt_desktop.core.plan import FileRef, Plan, TaskRef
from hgpt_desktop.core.resources import Kind, Provenance, Resource
from hgpt_desktop.core.results import LogLine
from hgpt_desktop.ui.dialogs import WorkflowName
from hgpt_desktop.ui.graph_items import NODE, Bead, NodeView
from hgpt_desktop.ui.graph_layout import Layout, lay_out
from hgpt_desktop.ui.large_plan import LargePlan
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.outputs import PictureView
from hgpt_desktop.ui.plan_editor import PlanEditor
from hgpt_desktop.ui.plan_graph import PlanGraph
from hgpt_desktop.ui.progress import RowState
from hgpt_desktop.ui.text_viewer import TextViewer

BenchOf = Callable[[MainWindow], Workbench]
Show = Callable[[QWidget], None]
NOTICE = Resource("notice.png", Kind.IMAGE, Path("/notice.png"), "image/png", 10)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


def kit() -> PlanKit:
    return PlanKit(
        SAMPLE_VOCABULARY,
        {
            name: (
                CandidateView(f"{name}-a", f"{name} A", 10**9, 30.0),
                CandidateView(f"{name}-b", "B", 2 * 10**9),
            )
            for name in SAMPLE_VOCABULARY.names
        },
        16 * 10**9,
    )


# ---------------------------------------------------------------- the layout


@given(st.integers(1, 30), st.randoms(use_true_random=False))
def test_trees_of_up_to_thirty_tasks_are_drawn_without_crossings(count: int, chance: object) -> None:
    edges = [(chance.randrange(node), node) for node in range(1, count)]  # type: ignore[attr-defined]
    assert lay_out(range(count), edges).crossings == 0


@given(st.integers(1, 30), st.randoms(use_true_random=False))
def test_nothing_overlaps_and_edges_go_to_the_right(count: int, chance: object) -> None:
    edges = [
        (chance.randrange(node), node)  # type: ignore[attr-defined]
        for node in range(1, count)
        for _ in range(chance.randint(0, 3))  # type: ignore[attr-defined]
    ]
    layout = lay_out(range(count), edges)
    assert set(layout.places) == set(range(count))
    for source, target in edges:
        route = layout.routes[source, target]
        assert route[0] == layout.places[source]
        assert route[-1] == layout.places[target]
        assert [after[0] - before[0] for before, after in pairwise(route)] == [1] * (len(route) - 1)
    by_layer: dict[int, list[float]] = {}
    for layer, row in layout.places.values():
        by_layer.setdefault(layer, []).append(row)
    assert all(
        after - before >= 0.999 for rows in by_layer.values() for before, after in pairwise(sorted(rows))
    )


@st.composite
def drawable_plans(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """Plans of up to 30 tasks that can be drawn without a crossing, with their tasks in no helpful order.

    Between two layers, edges are taken from a path that zigzags from one end to the other; no two edges of
    such a path cross. Some tasks are taken out in favour of one long edge.
    """
    chance = draw(st.randoms(use_true_random=False))
    wanted, kept = draw(st.integers(2, 30)), draw(st.sampled_from((0.3, 0.6, 0.9, 1.0)))
    layers = [list(range(min(chance.randint(1, 6), wanted)))]
    count = len(layers[0])
    edges: list[tuple[int, int]] = []
    while count < wanted:
        above, layer = layers[-1], list(range(count, count + min(chance.randint(1, 6), wanted - count)))
        count += len(layer)
        left, right, path = 0, 0, [(above[0], layer[0])]
        while left + 1 < len(above) or right + 1 < len(layer):
            if right + 1 == len(layer) or (left + 1 < len(above) and chance.random() < 0.5):
                left += 1
            else:
                right += 1
            path.append((above[left], layer[right]))
        taken = [edge for edge in path if chance.random() < kept]
        bare = set(layer) - {target for _, target in taken}
        edges += taken + [next(edge for edge in path if edge[1] == node) for node in sorted(bare)]
        layers.append(layer)
    gone, layer_of = set(), {node: at for at, layer in enumerate(layers) for node in layer}
    for node in range(count):
        into, out = [a for a, b in edges if b == node], [b for a, b in edges if a == node]
        if len(into) != 1 or len(out) != 1:
            continue
        # What it leads to stays in its layer only with another source in the layer before.
        others = [a for a, b in edges if b == out[0] and a != node and layer_of[a] == layer_of[b] - 1]
        if others and chance.random() < 0.5:
            edges = [edge for edge in edges if node not in edge] + [(into[0], out[0])]
            gone.add(node)
    waiting, order = [node for node in range(count) if node not in gone], []
    while waiting:  # any order in which each task comes after its sources
        ready = [one for one in waiting if not any(b == one and a in waiting for a, b in edges)]
        order.append(chance.choice(ready))
        waiting.remove(order[-1])
    number = {node: place for place, node in enumerate(order)}
    edges = [(number[a], number[b]) for a, b in dict.fromkeys(edges)]
    chance.shuffle(edges)
    return len(order), edges


def crossings_in(layout: Layout) -> int:
    """Counted anew, from what is drawn: pieces of edges between the same two layers that change sides."""
    pieces = [pair for route in layout.routes.values() for pair in pairwise(route)]
    return sum(
        one[0][0] == other[0][0] and (one[0][1] - other[0][1]) * (one[1][1] - other[1][1]) < -1e-6
        for one, other in combinations(pieces, 2)
    )


@settings(max_examples=150, deadline=None)
@given(drawable_plans())
def test_plans_that_can_be_drawn_without_crossings_are(plan: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = plan
    layout = lay_out(range(count), edges)
    assert crossings_in(layout) == 0
    assert layout.crossings == 0


def test_where_a_crossing_cannot_be_helped_there_are_few() -> None:
    """Three tasks that each need the same three: nine edges, nine crossings at the least."""
    layout = lay_out(range(6), [(a, b) for a in range(3) for b in range(3, 6)])
    assert layout.crossings == crossings_in(layout) == 9


def test_an_empty_plan_has_no_places() -> None:
    assert lay_out([], []).size == (0, 0.0)


# ---------------------------------------------------------------- the graph


def test_the_graph_grows_and_follows_the_run(open_window: OpenWindow, qtbot: QtBot, story: Story) -> None:
    hold, more = threading.Event(), threading.Event()
    tasks = big_plan(30).tasks
    script: list[Step] = [TaskPlanned(tasks[0]), TaskPlanned(tasks[1]), more]
    script += [*map(TaskPlanned, tasks[2:]), PlanReady(Plan(tasks))]
    script += [
        TaskSelected(1, "blip", "the best", ("blip", "git")),
        TaskStarted(1),
        TaskProgressed(1, 0.4, ""),
    ]
    window = open_window(ScriptedEngine([*script, hold]))
    window.chat.send("Go", [])
    qtbot.waitUntil(lambda: bool(window.page.answers) and len(window.page.answers[0].panel.graph.nodes) == 2)
    graph = window.page.answers[0].panel.graph
    more.set()
    qtbot.waitUntil(lambda: len(graph.nodes) == 30, timeout=5000)
    qtbot.waitUntil(lambda: graph.nodes[1].view.progress == 0.4, timeout=5000)
    assert graph.nodes[1].view.state is RowState.RUNNING
    assert graph.nodes[1].view.model == "blip"
    assert graph.nodes[30].view.state is RowState.WAITING
    assert graph.crossings == 0
    boxes = [node.sceneBoundingRect().adjusted(3, 3, -3, -3) for node in graph.nodes.values()]
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)
    hold.set()


def test_the_graph_comes_to_rest_at_every_size(show: Show) -> None:
    """Its scroll bars must not change the scale that brings them up."""
    graph = PlanGraph()
    resized: list[int] = []
    show(graph)
    for count in range(1, 31):
        graph.show_tasks(big_plan(count).tasks)
        before = graph.height()
        for _ in range(6):
            QApplication.processEvents()
            resized.append(abs(graph.height() - before))
            before = graph.height()
        assert resized[-3:] == [0, 0, 0], count


def test_a_long_name_takes_two_lines_and_all_nodes_stay_alike(show: Show) -> None:
    graph = PlanGraph()
    graph.show_tasks(PLAN.tasks)
    show(graph)
    assert " ".join(graph.nodes[1].title) == "1. Read the text in the picture"
    assert [len(node.title) for node in graph.nodes.values()] == [2, 1, 1]
    assert len({node.size.toTuple() for node in graph.nodes.values()}) == 1
    graph.show_tasks(PLAN.tasks[1:2])
    assert graph.nodes[2].size == NODE


def test_a_task_that_is_chosen_comes_into_sight(show: Show) -> None:
    graph = PlanGraph()
    graph.setFixedWidth(260)
    graph.show_tasks(PLAN.tasks)
    show(graph)

    def seen(task_id: int) -> bool:
        place = graph.mapFromScene(graph.nodes[task_id].sceneBoundingRect().center())
        return graph.viewport().rect().contains(place)

    graph.choose(3)
    assert seen(3)
    assert not seen(1)
    graph.choose(1)
    assert seen(1)


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager
def test_the_file_on_an_edge_is_named_and_shown_at_a_click(show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    made = tmp_path / "1-optical-character-recognition.txt"
    made.write_text("Closed on Friday.")
    graph = PlanGraph()
    graph.show_tasks(PLAN.tasks)
    show(graph)
    for task in PLAN.tasks:
        graph.show_view(task.id, NodeView(RowState.DONE, output=made))
    (first, second) = [one for one in graph.scene().items() if isinstance(one, Bead) and one.isVisible()]
    assert first.toolTip() == made.name
    left, right = (graph.nodes[task].sceneBoundingRect() for task in (1, 2))
    between = graph.mapFromScene(QPointF((left.right() + right.left()) / 2, left.center().y()))
    bead = graph.itemAt(between)
    assert bead in (first, second)
    QTest.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=between)

    def viewers() -> list[TextViewer]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, TextViewer)]

    qtbot.waitUntil(lambda: len(viewers()) == 1)
    viewers()[0].close()
    graph.show_view(1, NodeView(RowState.RUNNING))
    assert isinstance(bead, Bead)
    assert not bead.isVisible()


def test_a_task_is_chosen_by_mouse_and_by_keys(show: Show, qtbot: QtBot) -> None:
    graph = PlanGraph()
    graph.show_tasks(PLAN.tasks)
    show(graph)
    chosen: list[int] = []
    graph.task_chosen.connect(chosen.append)
    place = graph.mapFromScene(graph.nodes[2].sceneBoundingRect().center())
    QTest.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == [2]
    QTest.keyClick(graph, Qt.Key.Key_Right)
    QTest.keyClick(graph, Qt.Key.Key_Return)
    assert chosen == [2, 3]
    QTest.keyClick(graph, Qt.Key.Key_Left)
    QTest.keyClick(graph, Qt.Key.Key_Left)
    QTest.keyClick(graph, Qt.Key.Key_Left)
    assert graph.chosen == 1


# ---------------------------------------------------------------- one task in detail


def labels_in(widget: QWidget) -> set[str]:
    QApplication.processEvents()
    return {label.text() for label in widget.findChildren(QLabel) if label.isVisible()}


def opened(open_window: OpenWindow, qtbot: QtBot, story: Story) -> tuple[MainWindow, ScriptedEngine]:
    engine = ScriptedEngine()
    view = ConversationView("c", "Notice", datetime.now(UTC).astimezone())
    engine.kept["c"] = (
        view,
        (ExchangeView("Read it", (), PLAN, story.results, "Closed", 0, 6.0, "r1", ("r1",)),),
    )
    window = open_window(engine)
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 1 and not window.page.filling, timeout=5000)
    return window, engine


def test_a_click_shows_all_about_a_task_and_runs_it_again_with_another_model(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    window, engine = opened(open_window, qtbot, story)
    panel = window.page.answers[0].panel
    qtbot.waitUntil(lambda: len(panel.graph.nodes) == 3, timeout=5000)
    panel.graph.task_chosen.emit(2)
    assert window.inspector.task_id == 2
    assert {"Summarise", LLM_ID, "done", "1.5 s", "Closed on Friday."} <= labels_in(window.inspector)
    qtbot.waitUntil(lambda: window.inspector.models.count() == 2, timeout=5000)
    window.inspector.models.setCurrentText("model-b")
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        window.inspector.again_button.click()
    assert ("again", ("c", "r1", 2, {2: "model-b"})) in engine.calls
    assert not window.inspector.isVisible()
    assert window.page.requests[0].siblings == ("r1", "run-1")


def test_the_log_of_a_task_is_kept_while_it_runs(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    made = Provenance(2, "summarization", LLM_ID, 7)
    outputs = tuple(replace(one, provenance=made) for one in story.results[1].outputs)
    script: list[Step] = [
        *story.planned(),
        TaskStarted(2),
        TaskProgressed(2, 0.5, "half of it"),
        TaskProgressed(2, 0.6, "half of it"),
        TaskFinished(replace(story.results[1], outputs=outputs)),
        RequestFinished("Closed", (), 1.0, 0),
    ]
    window = open_window(ScriptedEngine(script))
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        window.chat.send("Go", [])
    answer = window.page.answers[0]
    row = answer.panel.row(2)
    assert row is not None
    assert [sentence for _, sentence in row.log] == [
        f"{LLM_ID}: the only one",
        "running",
        "half of it",
        "done",
    ]
    answer.task_wanted.emit(2)
    shown = labels_in(window.inspector)
    assert {"Log", "half of it"} <= shown
    assert f"Task 2, Summarise, by {LLM_ID}\nSeed 7\n{outputs[0].path.parent}" in shown


def test_the_details_follow_a_task_at_work_and_esc_closes_them_first(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    go, end = threading.Event(), threading.Event()
    script: list[Step] = [
        *story.planned(),
        go,
        TaskStarted(2),
        TaskProgressed(2, 0.5, "half of it"),
        TaskFinished(story.results[1]),
        end,
        RequestFinished("Closed", (), 1.0, 0),
    ]
    window = open_window(ScriptedEngine(script))
    window.chat.send("Go", [])
    qtbot.waitUntil(lambda: bool(window.page.answers) and len(window.page.answers[0].panel.rows) == 3)
    window.page.answers[0].task_wanted.emit(2)
    assert {"Nothing yet.", "waiting"} <= labels_in(window.inspector)
    go.set()
    qtbot.waitUntil(lambda: {"half of it", "done", "Closed on Friday."} <= labels_in(window.inspector))
    assert not window.inspector.can_run_again
    end.set()
    qtbot.waitUntil(lambda: window.inspector.can_run_again)

    end.clear()
    window.chat.send("Go again", [])
    qtbot.waitUntil(lambda: len(window.page.answers) == 2 and window.page.answers[1].panel.row(2) is not None)
    window.page.answers[1].task_wanted.emit(2)
    QTest.keyClick(window.inspector, Qt.Key.Key_Escape)
    assert not window.inspector.isVisible()
    assert window.chat.is_busy
    with qtbot.waitSignal(bench_of(window).run_ended):
        end.set()
    row = window.page.answers[1].panel.row(2)
    assert row is not None
    assert row.state is RowState.DONE


def test_models_for_a_task_that_is_shown_no_more_are_not_offered(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    window, _ = opened(open_window, qtbot, story)
    panel = window.page.answers[0].panel
    panel.graph.task_chosen.emit(2)
    qtbot.waitUntil(lambda: window.inspector.models.findText("model-b") >= 0)
    second, third = panel.row(2), panel.row(3)
    assert second is not None
    assert third is not None
    panel.graph.task_chosen.emit(3)
    window.inspector.show_candidates(second, ("late",))
    assert window.inspector.models.findText("late") < 0
    window.inspector.show_candidates(third, ("in-time",))
    assert window.inspector.models.findText("in-time") >= 0


def test_pictures_are_seen_in_the_details(open_window: OpenWindow, qtbot: QtBot, story: Story) -> None:
    first = replace(story.results[0], inputs={"image": (NOTICE,)})
    window, _ = opened(open_window, qtbot, replace(story, results=(first, *story.results[1:])))
    window.page.answers[0].panel.graph.task_chosen.emit(1)
    assert [view.accessibleName() for view in window.inspector.findChildren(PictureView)] == [
        f"Picture {NOTICE.path.name}"
    ]


def test_an_old_task_shows_the_log_that_was_kept_and_why_its_model_was_chosen(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    log = (
        LogLine(at, "task_selected", f"{LLM_ID}: the best at it"),
        LogLine(at, "model_loading"),
        LogLine(at, "task_started"),
        LogLine(at, "task_progressed", "half of it"),
        LogLine(at, "done"),
    )
    kept = replace(story.results[1], reason="the best at it", candidates=(LLM_ID, "other"), log=log)
    results = (story.results[0], kept, story.results[2])
    window, _ = opened(open_window, qtbot, replace(story, results=results))
    panel = window.page.answers[0].panel
    qtbot.waitUntil(lambda: len(panel.graph.nodes) == 3, timeout=5000)
    panel.graph.task_chosen.emit(2)
    row = panel.row(2)
    assert row is not None
    assert [sentence for _, sentence in row.log] == [
        f"{LLM_ID}: the best at it",
        "loading the model",
        "running",
        "half of it",
        "done",
    ]
    shown = labels_in(window.inspector)
    assert {"Log", "half of it", "Why this model", "the best at it", f"{LLM_ID}, other"} <= shown
    assert f"{at.astimezone():%H:%M:%S}" in shown
    # What can do it now is offered, not what could have done it then.
    qtbot.waitUntil(lambda: window.inspector.models.findText("model-b") >= 0, timeout=5000)
    assert window.inspector.models.findText("other") < 0


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager
def test_the_plan_is_shown_large_and_follows(open_window: OpenWindow, qtbot: QtBot, story: Story) -> None:
    window, _ = opened(open_window, qtbot, story)
    window.page.answers[0].panel.large_wanted.emit()
    large = next(one for one in QApplication.topLevelWidgets() if isinstance(one, LargePlan))
    assert set(large.graph.nodes) == {1, 2, 3}
    assert large.graph.nodes[1].view.model == MODELS[1]
    large.graph.task_chosen.emit(3)
    assert window.inspector.task_id == 3
    large.close()


def test_a_plan_is_saved_as_workflow(
    open_window: OpenWindow, qtbot: QtBot, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, engine = opened(open_window, qtbot, story)
    monkeypatch.setattr(WorkflowName, "ask", classmethod(lambda cls, parent, name: "Notices"))
    window.page.answers[0].foot.workflow_button.click()
    qtbot.waitUntil(lambda: ("workflow", ("Notices", "c", "r1")) in engine.calls, timeout=5000)
    qtbot.waitUntil(lambda: window.chat.toast.text == "“Notices” is kept under Workflows.", timeout=5000)
    QTest.mouseClick(window.chat.toast.action_button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.workflows


def test_the_name_offered_for_a_workflow_says_what_it_does(
    open_window: OpenWindow, qtbot: QtBot, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, _ = opened(open_window, qtbot, story)
    offered = []
    monkeypatch.setattr(WorkflowName, "ask", classmethod(lambda cls, parent, name: offered.append(name)))
    window.page.answers[0].foot.workflow_button.click()
    assert offered == ["Read the text in the picture, summarise, say it aloud"]


# ---------------------------------------------------------------- before it runs


@pytest.fixture
def editor(show: Show) -> PlanEditor:
    made = PlanEditor(Proposal(PLAN, (NOTICE,), kit()))
    show(made)
    return made


def test_tasks_are_removed_with_all_that_have_nothing_to_work_on_then(editor: PlanEditor) -> None:
    editor.remove(2)
    assert [task.id for task in editor.plan.tasks] == [1, 3]
    assert editor.plan.task(3).args["text"] == (TaskRef(1),), "what was read is said without a summary"
    assert editor.run_button.isEnabled()
    editor.remove(1)
    assert editor.fault == "The plan has no tasks."
    assert not editor.run_button.isEnabled()


def test_a_task_is_added_and_connected(editor: PlanEditor) -> None:
    editor.add_menu.aboutToShow.emit()
    names = [action.text() for action in editor.add_menu.actions()]
    assert "Summarise" in names
    next(action for action in editor.add_menu.actions() if action.text() == "Summarise").trigger()
    assert editor.plan.task(4).args["text"] == (TaskRef(2),)
    editor.set_argument(4, "text", (TaskRef(1),))
    editor.set_argument(4, "length", ("short",))
    assert editor.plan.task(4).args == {"text": (TaskRef(1),), "length": ("short",)}
    editor.set_argument(4, "length", ())
    assert "length" not in editor.plan.task(4).args


def test_what_cannot_run_is_said_and_can_be_mended(editor: PlanEditor) -> None:
    editor.set_argument(1, "image", (FileRef("gone.png"),))
    assert "gone.png" in editor.fault
    assert not editor.run_button.isEnabled()
    editor.set_argument(1, "image", (FileRef("notice.png"),))
    assert editor.fault == ""


def test_the_cost_follows_the_models(editor: PlanEditor) -> None:
    assert editor.cost.startswith("About 90 s, ")
    editor.set_model(2, "summarization-b")
    assert "is not known yet" in editor.cost


def test_the_fit_of_the_whole_plan_is_told_and_follows_the_models(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    engine = asking_engine(story)
    assert engine.proposal is not None
    resident = (ResidentView("An idle model", 15 * 10**9, "idle"),)
    engine.proposal = replace(engine.proposal, kit=replace(kit(), resident=resident))

    def fit_of(models: Sequence[str]) -> PlanFit:
        large = sum(one.endswith("-b") for one in models)
        if large > 1:
            return PlanFit("cuda:0", 9 * 10**9, 4 * 10**9, refused="Summariser XL")
        return PlanFit("cpu", 2 * 10**9, 4 * 10**9, (3 + 2 * large) * 10**9)

    engine.fit_of = fit_of
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.chat._preferences.approve_plans == "always", timeout=5000)
    editor = send_and_be_asked(window, qtbot)
    qtbot.waitUntil(lambda: editor.fit.startswith("The plan fits: "), timeout=5000)
    assert "together take 3.00 GB; models may take 4.00 GB on the CPU" in editor.fit
    assert editor.cost.endswith("Will leave the memory: An idle model.")
    editor.set_model(1, "optical-character-recognition-b")
    qtbot.waitUntil(lambda: "loaded in turn" in editor.fit, timeout=5000)
    assert "would take 5.00 GB" in editor.fit
    assert "5.00 GB as “Memory budget”" in editor.fit
    editor.set_model(2, "summarization-b")
    qtbot.waitUntil(lambda: "does not fit" in editor.fit, timeout=5000)
    assert "Summariser XL takes 9.00 GB, and models may take 4.00 GB on the GPU cuda:0" in editor.fit
    assert "“CPU” as “Device”, or 9.00 GB or more as “Memory budget”" in editor.fit
    with qtbot.waitSignal(window.chat.run_ended, timeout=5000):
        editor.dismiss_button.click()


def test_a_literal_is_typed_into_the_plan(editor: PlanEditor, qtbot: QtBot) -> None:
    editor.graph.task_chosen.emit(3)
    box = [one for one in editor.findChildren(QComboBox) if one.accessibleName() == "Text"][-1]
    edit = box.lineEdit()
    assert edit is not None
    edit.selectAll()
    QTest.keyClicks(edit, "Hello there")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert editor.plan.task(3).args["text"] == ("Hello there",)


def asking_engine(story: Story, approve: str = "always") -> ScriptedEngine:
    engine = ScriptedEngine(list(story.whole()), preferences_view=Preferences(approve_plans=approve))
    engine.proposal = Proposal(PLAN, (NOTICE,), kit())
    return engine


def send_and_be_asked(window: MainWindow, qtbot: QtBot) -> PlanEditor:
    window.chat.send("Read it", [])
    qtbot.waitUntil(lambda: bool(window.findChildren(PlanEditor)), timeout=5000)
    QApplication.processEvents()
    return window.findChildren(PlanEditor)[0]


def test_a_plan_waits_for_the_users_word_and_runs_as_changed(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    engine = asking_engine(story)
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.chat._preferences.approve_plans == "always", timeout=5000)
    asked = send_and_be_asked(window, qtbot)
    assert window.chat.is_busy
    assert not [call for call in engine.calls if call[0] == "run"]
    asked.set_model(1, "optical-character-recognition-b")
    asked.remove(3)
    with qtbot.waitSignal(window.chat.run_ended, timeout=5000):
        asked.run_button.click()
    plan = Plan(PLAN.tasks[:2])
    assert ("options", RunOptions(None, plan, {1: "optical-character-recognition-b"})) in engine.calls
    assert window.page.answers[0].finished
    assert not window.chat.is_busy


def test_a_plan_that_is_dismissed_leaves_the_queue_going(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    engine = asking_engine(story)
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.chat._preferences.approve_plans == "always", timeout=5000)
    send_and_be_asked(window, qtbot)
    window.chat.send("Second", [])
    assert len(window.chat.queue.waiting) == 1
    QTest.keyClick(window.composer.text, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(PlanEditor)), timeout=5000)
    assert [what for name, what in engine.calls if name == "propose"] == ["Read it", "Second"]
    assert len(window.page.answers) == 2
    window.stop()
    qtbot.waitUntil(lambda: not window.chat.is_busy, timeout=5000)


def test_only_costly_plans_are_asked_about_where_so_set(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    engine = asking_engine(story, "costly")
    assert engine.proposal is not None
    quick = PlanKit(SAMPLE_VOCABULARY, {}, 16 * 10**9)
    engine.proposal = Proposal(PLAN, (NOTICE,), quick)
    engine.propose_events = [PlanReady(PLAN)]
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.chat._preferences.approve_plans == "costly", timeout=5000)
    with qtbot.waitSignal(window.chat.run_ended, timeout=5000):
        window.chat.send("Read it", [])
    assert not window.findChildren(PlanEditor)
    assert ("options", RunOptions(None, PLAN, {})) in engine.calls
