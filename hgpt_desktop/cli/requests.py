"""`hgpt run` and `hgpt plan`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from hgpt_desktop.cli.engine import opened
from hgpt_desktop.core.errors import ExitCode, HgptError, InvalidInput
from hgpt_desktop.core.events import (
    Event,
    ModelEvicted,
    ModelLoading,
    PlanReady,
    RequestFinished,
    ResponseChunk,
    ResponseWithdrawn,
    Stage,
    StageStarted,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskSelected,
    TaskSkipped,
    TaskStarted,
)


def run(arguments: argparse.Namespace) -> int:
    """The four stages on one request."""
    shown = _JsonLines() if arguments.json else _Terminal()
    show = shown.show if not arguments.json and sys.stdout.isatty() else _Settled(shown.show).show
    try:
        plan = _read_plan(arguments.plan) if arguments.plan else None
        with opened(arguments) as (application, cancel):
            request = application.request(
                arguments.request,
                arguments.files,
                conversation_id=arguments.conversation,
                plan=plan,
                seed=arguments.seed,
                out_dir=arguments.out,
            )
            finished = application.run(request, show, cancel)
    except HgptError as error:
        # A request that never began ends like any other, so that a script need look in one place only.
        finished = RequestFinished("", (), 0.0, error.exit_code, error.message, error.hint)
        show(finished)
    if not arguments.json:
        if finished.message and finished.exit_code != ExitCode.CANCELLED:
            print(f"hgpt: {finished.message}\n      {finished.hint}".rstrip(), file=sys.stderr)
        for output in (output for result in finished.results for output in result.outputs):
            print(f"  {output.kind.value:9} {output.path}", file=sys.stderr)
        if finished.exit_code == ExitCode.CANCELLED:
            print("Stopped.", file=sys.stderr)
    return finished.exit_code


def plan(arguments: argparse.Namespace) -> int:
    """Stage one only."""
    with opened(arguments) as (application, cancel):
        request = application.request(
            arguments.request, arguments.files, conversation_id=arguments.conversation
        )
        made, cost = application.session.plan(request, lambda event: None, cancel)
        llm = application.llm_card().id
        candidates = [application.catalogue.candidates(task.task) for task in made.tasks]
        fit = application.fit_plan(cards[0] for cards in candidates if cards)
    files = {resource.name: resource for resource in request.resources}
    tasks = made.to_wire(files)
    if arguments.json:
        shown = {
            "tasks": tasks,
            "llm": llm,
            "seconds": round(cost.seconds, 3),
            "sampled_tokens": cost.sampled_tokens,
            "prompt_tokens": cost.prompt_tokens,
            "fit": asdict(fit),
        }
        if made.unavailable:
            shown["unavailable"] = [
                {"task": one.task, "replaced_by": one.replaced_by} for one in made.unavailable
            ]
        print(json.dumps(shown, ensure_ascii=False))
    else:
        for line in _plan_lines(tasks):
            print(line)
        print(f"hgpt: {fit.reason} {fit.mend}".rstrip(), file=sys.stderr)
    for one in made.unavailable:
        if one.lacks:
            print(f"hgpt: {one.task} needs a file of the kind {one.lacks.value}; attach one", file=sys.stderr)
            continue
        suggestion = application.catalogue.suggestion(one.task)
        mend = (
            f"`hgpt models install {suggestion.id}`" if suggestion else "no model of the catalogue can do it"
        )
        print(f"hgpt: no model is installed for {one.task}: {mend}", file=sys.stderr)
    if tasks:
        return ExitCode.DONE
    return ExitCode.BAD_INPUT if all(one.lacks for one in made.unavailable) else ExitCode.ENVIRONMENT


def _read_plan(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(
            f"The plan {path} cannot be read.", "Give the path of a plan file.", str(error)
        ) from error
    except ValueError as error:
        raise InvalidInput(
            f"The plan {path} is not JSON.", "Write it as `hgpt plan --json` prints it.", str(error)
        ) from error


def _plan_lines(tasks: list[dict[str, object]]) -> list[str]:
    lines = []
    for task in tasks:
        args = task["args"]
        assert isinstance(args, dict)
        listed = ", ".join(f"{name}={_short(value)}" for name, value in args.items())
        lines.append(f"  {task['id']}  {task['task']}({listed})")
    return lines


def _short(value: object) -> str:
    values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    text = ", ".join(Path(one).name if one.startswith("/") else one for one in values)
    return text if len(text) <= 60 else f"{text[:57]}…"


class _Settled:
    """Passes events on for who cannot take a word back: of the answer only what can no longer be withdrawn.

    That is decided once response generation adds to what a task has written, or at the end.
    """

    def __init__(self, show: Callable[[Event], None]) -> None:
        self._show = show
        self._waiting = ""
        self._responding = False

    def show(self, event: Event) -> None:
        match event:
            case ResponseChunk() if not self._responding:
                self._waiting += event.text
                return
            case ResponseWithdrawn():
                self._waiting = ""
            case StageStarted(stage=Stage.RESPONSE):
                self._responding = True
            case ResponseChunk() | RequestFinished() if self._waiting:
                self._show(ResponseChunk(self._waiting))
                self._waiting = ""
            case _:
                pass
        self._show(event)


class _JsonLines:
    """One event a line, for scripts."""

    def show(self, event: Event) -> None:
        if event.wire_name:
            print(json.dumps(event.to_json(), ensure_ascii=False, default=str), flush=True)


class _Terminal:
    """The plan and its progress on standard error, the answer on standard output."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._bar = sys.stderr.isatty()
        self._telling = False  # standard output stands within a line of the answer
        self._later: list[str] = []

    def show(self, event: Event) -> None:
        match event:
            case PlanReady():
                self._names = {task.id: task.task for task in event.plan.tasks}
                self._say("Plan")
                for line in _plan_lines(event.plan.to_wire(event.resources)):
                    self._say(line)
            case TaskSelected():
                self._say(f"  {event.task_id}  {event.model_id}: {event.reason}")
            case ModelLoading():
                self._say(f"     loading {event.model_id} ({event.bytes / 1e9:.1f} GB)")
            case ModelEvicted():
                self._say(f"     unloaded {event.model_id}")
            case TaskStarted():
                self._say(f"  {event.task_id}  {self._names.get(event.task_id, '')} …")
            case TaskProgressed() if self._bar:
                share = "" if event.progress is None else f"{event.progress:4.0%} "
                print(f"\r\x1b[K     {share}{event.message[:60]}", end="", file=sys.stderr, flush=True)
            case TaskFinished():
                self._say(f"  {event.result.task.id}  done in {event.result.run_s:.1f} s")
            case TaskFailed():
                self._say(f"  {event.task_id}  failed: {event.message} {event.hint}".rstrip())
            case TaskSkipped():
                self._say(f"  {event.task_id}  skipped: {event.because}")
            case ResponseChunk():
                if self._bar:
                    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
                    self._bar = False
                self._telling = True
                print(event.text, end="", flush=True)
            case ResponseWithdrawn():
                print(flush=True)
                self._telling = False
                self._say("  the text so far was broken off; it is written anew")
            case RequestFinished():
                if event.answer:
                    print(flush=True)
                self._telling = False
                for line in self._later:
                    self._say(line)

    def _say(self, line: str) -> None:
        """A line on standard error; not within the answer, which may share the screen with it."""
        if self._telling:
            self._later.append(line)
            return
        print(f"\r\x1b[K{line}" if self._bar else line, file=sys.stderr, flush=True)
