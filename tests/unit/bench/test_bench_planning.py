"""The planning benchmark: reading, figures, both modes, with a scripted LLM."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from hgpt_desktop.bench.aligning import aligned
from hgpt_desktop.bench.mistakes import count_mistakes
from hgpt_desktop.bench.planning import Planned, figures, micro_f1, read_direct, run_planning_bench
from hgpt_desktop.bench.taskbench import (
    Link,
    Record,
    Tool,
    chosen_demonstrations,
    demonstration_of,
    files_of,
    read_records,
    read_tools,
    vocabulary_of,
)
from hgpt_desktop.controller.demonstrations import load_demonstrations
from hgpt_desktop.controller.evidence import TaskEvidence
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Choice, Generation, OnText, Prompt
from hgpt_desktop.core.plan import TaskRef
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.settings import shipped


def _tool(name: str, description: str, inputs: str, output: str) -> dict[str, object]:
    return {"id": name, "desc": description, "input-type": inputs.split(), "output-type": [output]}


TOOLS = {
    "nodes": [
        _tool("Translation", "Translation is the task of converting text.", "text", "text"),
        _tool("Question Answering", "Answers. And more.", "text text", "text"),
        _tool("Image-to-Text", "Describes.", "image", "text"),
        _tool("Text-to-Speech", "Speaks.", "text", "audio"),
    ]
}


class Scripted:
    """An LLM that takes the option with the first of the wanted words, and writes one text."""

    model_id = "scripted"
    context_tokens = 4096

    def __init__(self, wanted: Sequence[str] = (), text: str = "") -> None:
        self.wanted = list(wanted)
        self.text = text

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        index = next((i for one in self.wanted for i, option in enumerate(options) if one in option), 0)
        return Choice(index, tuple(float(i == index) for i in range(len(options))), 1, 1)

    def generate(
        self,
        prompt: Prompt,
        cancel: CancelToken,
        *,
        grammar: str | None = None,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        on_text: OnText | None = None,
    ) -> Generation:
        return Generation(self.text, "stop", 1, 7)


def record(
    nodes: list[str], links: list[tuple[str, str]], request: str = "Do it with a.jpg", kind: str = "chain"
) -> Record:
    return Record("1", kind, request, tuple(nodes), tuple(links))


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    path = tmp_path / "tools.json"
    path.write_text(json.dumps(TOOLS))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_text(
        json.dumps(
            {
                "id": "7",
                "type": "chain",
                "user_request": "Describe a.jpg and say it aloud",
                "task_nodes": [
                    {"task": "Text-to-Speech", "arguments": ["<node-1>"]},
                    {"task": "Image-to-Text", "arguments": ["a.jpg"]},
                ],
                "task_links": [{"source": "Image-to-Text", "target": "Text-to-Speech"}],
            }
        )
        + "\n\n"
    )
    return path


def test_tools_become_task_types(tools: Path) -> None:
    vocabulary = vocabulary_of(read_tools(tools))
    asked = vocabulary["Question Answering"]
    assert [spec.name for spec in asked.inputs] == ["text", "text2"]
    assert asked.description == "Answers"
    assert vocabulary["Translation"].description == "converting text"
    assert vocabulary["Image-to-Text"].inputs[0].kinds == (Kind.IMAGE,)


def test_files_are_found_in_the_request() -> None:
    assert [(f.name, f.kind) for f in files_of("With 'example.jpg', a.wav and example.jpg.")] == [
        ("example.jpg", Kind.IMAGE),
        ("a.wav", Kind.AUDIO),
    ]


def test_a_gold_plan_becomes_a_demonstration(tools: Path, data: Path) -> None:
    [gold] = read_records(data)
    shown = demonstration_of(gold, vocabulary_of(read_tools(tools)))
    assert shown is not None
    assert [task.task for task in shown.plan.tasks] == ["Image-to-Text", "Text-to-Speech"]
    assert shown.plan.tasks[1].args == {"text": (TaskRef(1),)}


def test_a_record_is_never_its_own_demonstration(tools: Path, data: Path) -> None:
    pool = read_records(data)
    vocabulary = vocabulary_of(read_tools(tools))
    assert chosen_demonstrations(pool, vocabulary, "something else")
    assert chosen_demonstrations(pool, vocabulary, pool[0].request) == ()


def test_typed_mode(tools: Path, data: Path) -> None:
    told: list[tuple[int, int]] = []
    llm = Scripted(["r1)", "text_to_speech", "image_to_text", "# say it aloud", "end"])
    # The picture is the only one, so its place needs no choice.
    found = run_planning_bench(llm, data, tools, data, None, "typed", lambda *at: told.append(at))
    assert found["node_f1"] == found["edge_f1"] == 100
    assert found["exact"] == found["valid"] == 1
    assert found["n"] == 1
    assert set(found["mistakes"].values()) == {0}
    assert found["node_f1_by_type"] == {"chain": 100}
    assert (found["llm"], found["mode"]) == ("scripted", "typed")
    assert found["sampled_tokens_per_plan"] == 1
    assert found["seconds_per_plan"] >= 0
    assert told == [(0, 1), (1, 1)]


def test_direct_mode(tools: Path, data: Path) -> None:
    plan = {"task_steps": [], "task_nodes": [{"task": "Image-to-Text", "arguments": []}], "task_links": []}
    text = f"Sure: {json.dumps(plan)}"
    found = run_planning_bench(Scripted(text=text), data, tools, None, 1, "direct", lambda *_: None)
    assert found["node_f1"] == pytest.approx(66.67)
    assert found["edge_f1"] == 0
    assert found["valid"] == 1
    assert found["exact"] == 0
    assert found["sampled_tokens_per_plan"] == 7


@pytest.mark.parametrize(
    "text", ["", "no plan", "{broken", '{"task_nodes": [{"tool": "x"}]}', '{"task_nodes": 3}']
)
def test_a_direct_plan_that_cannot_be_parsed_is_empty(tools: Path, data: Path, text: str) -> None:
    assert read_direct(text) is None
    found = run_planning_bench(Scripted(text=text), data, tools, None, None, "direct", lambda *_: None)
    assert found["valid"] == found["node_f1"] == 0


def test_an_invented_tool_is_a_false_positive_and_not_valid(tools: Path, data: Path) -> None:
    text = '{"task_nodes": [{"task": "Magic"}, {"task": "Image-to-Text"}, {"task": "Text-to-Speech"}]}'
    found = run_planning_bench(Scripted(text=text), data, tools, None, None, "direct", lambda *_: None)
    assert found["node_f1"] == 80
    assert found["valid"] == 0


def test_figures_are_micro_averaged_and_split_by_type() -> None:
    records = [record(["A", "B"], [("A", "B")]), record(["A"], [], kind="single")]
    planned = [
        Planned(frozenset({"A"}), frozenset(), True, 3, 0.5),
        Planned(frozenset({"A"}), frozenset(), True, 3, 0.5),
    ]
    found = figures(records, planned)
    assert found["node_f1"] == 80
    assert found["edge_f1"] == 0
    assert found["node_f1_by_type"] == {"chain": 66.67, "single": 100}
    assert found["exact"] == 0.5


def test_nothing_to_find_and_nothing_found_is_right() -> None:
    assert micro_f1([(frozenset(), frozenset())]) == 1


def test_the_fixed_demonstrations_fit_the_benchmarks_form() -> None:
    names = [
        ("Translation", "text", "text"), ("Automatic Speech Recognition", "audio", "text"),
        ("Summarization", "text", "text"), ("Text-to-Image", "text", "image"),
        ("Object Detection", "image", "text"), ("Depth Estimation", "image", "image"),
        ("Image-to-Text", "image", "text"), ("Image-to-Image", "image", "image"),
        ("Image Editing", "text image", "image"),
        ("Document Question Answering", "image text", "text"),
    ]  # fmt: skip
    tools = [Tool(name, name, tuple(inputs.split()), (output,)) for name, inputs, output in names]
    path = shipped("resources") / "taskbench_demonstrations.yaml"
    assert len(load_demonstrations(vocabulary_of(tools), path)) == 5


@pytest.mark.parametrize(
    ("content", "says"),
    [("not json", "Line 1"), ('{"id": 1}', "Line 1"), ("\n[1]", "Line 2"), ("", "no records")],
)
def test_bad_data_says_where(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(InvalidInput, match=says):
        run_planning_bench(Scripted(), path, None, None, None, "typed", lambda *_: None)


def test_bad_tools_and_modes_are_refused(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "tools.json"
    for content in ("[]", "{", json.dumps({"nodes": [{"id": "x"}]})):
        path.write_text(content)
        with pytest.raises(InvalidInput, match="not a list of tools"):
            run_planning_bench(Scripted(), data, path, None, None, "typed", lambda *_: None)
    path.write_text(
        json.dumps({"nodes": [{"id": "x", "desc": "y", "input-type": ["smell"], "output-type": []}]})
    )
    with pytest.raises(InvalidInput, match="cannot be used"):
        run_planning_bench(Scripted(), data, path, None, None, "typed", lambda *_: None)
    with pytest.raises(InvalidInput, match="no mode"):
        run_planning_bench(Scripted(), data, None, None, None, "magic", lambda *_: None)


def test_mistakes_are_sorted_by_kind(tools: Path) -> None:
    vocabulary = vocabulary_of(read_tools(tools))

    def plan(*names: str, links: tuple[tuple[str, str], ...] = ()) -> tuple[frozenset[str], frozenset[Link]]:
        return frozenset(names), frozenset(links)

    described, spoken = "Image-to-Text", "Text-to-Speech"
    found = count_mistakes(
        [
            (plan(described, spoken, links=((described, spoken),)), plan(described, spoken)),
            (plan(described, spoken), plan(described, spoken, links=((described, spoken),))),
            (plan(described), plan("Translation")),
            (plan(described), plan(spoken)),
            (plan(described, spoken), plan(described)),
            (plan(described), plan(described, spoken)),
        ],
        vocabulary,
    )
    assert found == dict.fromkeys(found, 1)


def test_a_record_teaches_which_demand_asks_for_which_task(tools: Path, data: Path) -> None:
    [gold] = read_records(data)
    vocabulary = vocabulary_of(read_tools(tools))
    phrases = [("describe the picture", "Image-to-Text"), ("say it aloud", "Text-to-Speech")]
    taught = aligned(gold, vocabulary, TaskEvidence(vocabulary, phrases))
    assert taught.examples == (("Describe", "Image-to-Text"), ("say it aloud", "Text-to-Speech"))
    assert (taught.chained, taught.others, taught.repeats) == (1, 0, False)
