"""How the tests run an expert: through the registry, as the host does; each of its promises is checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.experts.base import Expert
from hgpt_desktop.experts.registry import FAMILIES, load_expert

_KINDS = {
    ".png": Kind.IMAGE,
    ".jpg": Kind.IMAGE,
    ".wav": Kind.AUDIO,
    ".csv": Kind.TABLE,
    ".txt": Kind.TEXT,
    ".mp4": Kind.VIDEO,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run gave back, and what it said on the way."""

    outputs: tuple[Resource, ...]
    progress: tuple[float, ...]

    @property
    def text(self) -> str:
        """The text of the text output."""
        return next(output.text for output in self.outputs if output.kind is Kind.TEXT and output.text)

    @property
    def data(self) -> Any:
        """The structured result of the first output."""
        return self.outputs[0].data


def card_for(loader: str, folder: Path | None, *, name: str = "tiny", **options: Any) -> ModelCard:
    """An installed model of a family."""
    return ModelCard(
        id=name,
        name=f"The {name} model",
        tasks=tuple(sorted(FAMILIES[loader].tasks)),
        description="",
        loader=loader,
        files=(),
        licence="apache-2.0",
        options=options,
        folder=folder,
        installed=True,
    )


def call_for(task: str, out_dir: Path, seed: int | None = 7, **inputs: Path | str) -> ExpertCall:
    """A call: a path is handed over as a file, a str as a literal."""
    out_dir.mkdir(parents=True, exist_ok=True)
    values: dict[str, tuple[Resource | str, ...]] = {
        name: (value if isinstance(value, str) else attached(value),) for name, value in inputs.items()
    }
    return ExpertCall(task, values, out_dir, "result", seed)


def attached(path: Path) -> Resource:
    """A file as the user attaches it."""
    kind = _KINDS[path.suffix]
    return Resource(path.name, kind, path, "application/octet-stream", path.stat().st_size)


def run(expert: Expert, call: ExpertCall, should_stop: Callable[[], bool] = lambda: False) -> Trial:
    """Run it; the files must exist, the data be ready for JSON, the progress never fall."""
    seen: list[float] = []

    def on_progress(part: float | None, message: str) -> None:
        assert message
        if part is not None:
            assert 0.0 <= part <= 1.0
            assert not seen or part >= seen[-1] - 1e-9, f"progress fell from {seen[-1]} to {part}"
            seen.append(part)

    outputs = expert.run(call, on_progress, should_stop)
    assert outputs
    for output in outputs:
        assert output.path.parent == call.out_dir
        assert output.path.name.startswith("result")
        assert output.path.stat().st_size == output.size_bytes > 0
        json.dumps(output.data, allow_nan=False)
        if output.kind is Kind.TEXT:
            assert output.path.read_text(encoding="utf-8") == output.text
    assert {path.name for path in call.out_dir.iterdir()} == {output.path.name for output in outputs}
    return Trial(outputs, tuple(seen))


def trial(
    loader: str, folder: Path, task: str, out: Path, options: dict[str, Any] | None = None, **inputs: Any
) -> Trial:
    """A family's model loaded, run once and put away."""
    expert = load_expert(card_for(loader, folder, **(options or {})), "cpu")
    assert expert.resident_bytes > 100
    made = run(expert, call_for(task, out / "out", **inputs))
    expert.close()
    return made


class StopAfter:
    """`should_stop` that says yes from the n-th question on."""

    def __init__(self, questions: int) -> None:
        self.left = questions
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        self.left -= 1
        return self.left < 0
