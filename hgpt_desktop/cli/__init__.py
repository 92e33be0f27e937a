"""`hgpt`: the engine without Qt.

Exit codes: 0 done, 1 a task failed, 2 bad input, 3 environment, 130 cancelled.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hgpt_desktop import __version__
from hgpt_desktop.core.errors import Cancelled, ExitCode, HgptError, InvalidInput


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in a sentence, and where help is."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise InvalidInput(f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`.")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; each command names the module and function that carry it out."""
    parser = _Parser(prog="hgpt", description="HuggingGPT on your own workstation, without the window.")
    parser.add_argument("--version", action="version", version=f"hgpt {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    run = commands.add_parser("run", help="plan a request, choose models, run them and answer")
    _request_arguments(run)
    run.add_argument("--out", type=Path, metavar="DIR", help="where the results go")
    run.add_argument("--plan", type=Path, metavar="FILE", help="run this plan instead of making one")
    run.add_argument("--seed", type=int, metavar="N", help="makes random tasks repeatable")
    run.set_defaults(function="requests:run")

    plan = commands.add_parser("plan", help="only plan a request")
    _request_arguments(plan)
    plan.set_defaults(function="requests:plan")

    _models_commands(commands.add_parser("models", help="the catalogue of models"))
    _conversation_commands(commands.add_parser("conversations", help="the history"))

    doctor = commands.add_parser("doctor", help="what this machine can do, and what mends the rest")
    _json_argument(doctor)
    doctor.set_defaults(function="doctor:doctor")

    _bench_commands(commands.add_parser("bench", help="measurements"))
    return parser


def _json_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def _engine_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--llm", metavar="ID", help="the language model that plans and answers")
    parser.add_argument("--device", metavar="auto|cpu|cuda:N", help="where models run")
    parser.add_argument("--memory-budget", metavar="SIZE", help="what models may take together, like 8GB")


def _request_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST", help="what to do, in your own words")
    parser.add_argument(
        "--file",
        dest="files",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="a file (repeatable)",
    )
    parser.add_argument("--conversation", metavar="ID", help="go on with this conversation")
    _engine_arguments(parser)
    _json_argument(parser)


def _models_commands(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_Parser)
    listed = actions.add_parser("list", help="the models of the catalogue")
    listed.add_argument("--task", metavar="T", help="only those for this task type")
    listed.add_argument("--installed", action="store_true", help="only installed ones")
    listed.add_argument("--fits", action="store_true", help="only those that this machine has the memory for")
    _json_argument(listed)
    listed.set_defaults(function="models:list_models")

    shown = actions.add_parser("show", help="all about one model")
    shown.add_argument("id", metavar="ID")
    _json_argument(shown)
    shown.set_defaults(function="models:show")

    found = actions.add_parser("search", help="models by name, task or description")
    found.add_argument("text", metavar="TEXT")
    _json_argument(found)
    found.set_defaults(function="models:search")

    install = actions.add_parser("install", help="fetch models")
    install.add_argument("ids", nargs="+", metavar="ID|SET", help="model ids, or a set such as `starter`")
    install.set_defaults(function="models:install")

    imported = actions.add_parser("import", help="take a model from a file or folder of this machine")
    imported.add_argument("path", type=Path, metavar="PATH")
    imported.set_defaults(function="models:import_model")

    exported = actions.add_parser("export", help="copy models to a folder, for a machine without network")
    exported.add_argument("ids", nargs="+", metavar="ID")
    exported.add_argument("folder", type=Path, metavar="DIR")
    exported.set_defaults(function="models:export")

    for name, text in (
        ("verify", "check the files of installed models"),
        ("repair", "fetch damaged files again"),
    ):
        checked = actions.add_parser(name, help=text)
        checked.add_argument("id", nargs="?", metavar="ID", help="all installed models where left out")
        checked.set_defaults(function=f"models:{name}")

    removed = actions.add_parser("remove", help="delete a model's files")
    removed.add_argument("id", metavar="ID")
    removed.set_defaults(function="models:remove")


def _conversation_commands(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_Parser)
    listed = actions.add_parser("list", help="newest first")
    _json_argument(listed)
    listed.set_defaults(function="conversations:list_conversations")
    found = actions.add_parser("search", help="by title, text, file name or model")
    found.add_argument("text", metavar="TEXT")
    _json_argument(found)
    found.set_defaults(function="conversations:search")
    shown = actions.add_parser("show", help="one conversation")
    shown.add_argument("id", metavar="ID")
    _json_argument(shown)
    shown.set_defaults(function="conversations:show")
    exported = actions.add_parser("export", help="write one to a .md or .json file")
    exported.add_argument("id", metavar="ID")
    exported.add_argument("file", type=Path, metavar="FILE")
    exported.set_defaults(function="conversations:export")
    deleted = actions.add_parser("delete", help="delete one with all that it made")
    deleted.add_argument("id", metavar="ID")
    deleted.set_defaults(function="conversations:delete")


def _bench_commands(parser: argparse.ArgumentParser) -> None:
    benches = parser.add_subparsers(dest="bench", required=True, metavar="BENCH", parser_class=_Parser)
    planning = benches.add_parser("planning", help="plans against gold plans (TaskBench form)")
    planning.add_argument("--data", type=Path, required=True, metavar="FILE", help="records, JSON Lines")
    planning.add_argument("--tools", type=Path, metavar="FILE", help="the vocabulary of the records")
    planning.add_argument("--demos", type=Path, metavar="FILE", help="a pool to take demonstrations from")
    planning.add_argument("--limit", type=int, metavar="N", help="only the first N records")
    planning.add_argument("--mode", choices=("typed", "direct"), default="typed")
    planning.set_defaults(function="benches:planning")
    pipeline = benches.add_parser("pipeline", help="seconds and LLM calls per stage for the sample request")
    pipeline.set_defaults(function="benches:pipeline")
    startup = benches.add_parser("startup", help="cold start of the command line and of the window")
    startup.set_defaults(function="benches:startup")
    selection = benches.add_parser("selection", help="how often the fitting model is chosen")
    selection.set_defaults(function="benches:selection")
    memory = benches.add_parser("memory", help="memory management on traces, against blind policies")
    memory.add_argument("--trace", type=Path, metavar="FILE", help="a trace; random ones where it is missing")
    memory.add_argument("--traces", type=int, default=20, metavar="N", help="how many random traces")
    memory.add_argument("--plans", type=int, default=200, metavar="N", help="how many small random plans")
    memory.add_argument("--long-plans", type=int, default=100, metavar="N", help="how many plans of 20 tasks")
    memory.add_argument("--varied", type=int, default=100, metavar="N", help="how many traces of any kind")
    memory.add_argument("--faults", type=int, metavar="N", help="instead: N runs in which things go wrong")
    memory.add_argument("--seed", type=int, default=0, metavar="N", help="of the random traces")
    memory.set_defaults(function="benches:memory")
    for bench in (planning, pipeline, selection):
        _engine_arguments(bench)
    for bench in (planning, pipeline, startup, selection, memory):
        _json_argument(bench)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Every error ends as a sentence on standard error."""
    wants_json = "--json" in (sys.argv if argv is None else argv)
    try:
        arguments = build_parser().parse_args(argv)
        module, function = arguments.function.split(":")
        command = getattr(import_module(f"hgpt_desktop.cli.{module}"), function)
        code = int(command(arguments))
        sys.stdout.flush()
    except (Cancelled, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return ExitCode.CANCELLED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except HgptError as error:
        _show_error(error, wants_json)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the border: a bug ends as a report, not as a traceback on the screen
        _report_bug()
        return ExitCode.ENVIRONMENT
    return code


def _show_error(error: HgptError, wants_json: bool) -> None:
    print(f"hgpt: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"      {error.hint}", file=sys.stderr)
    if error.detail:
        print(f"      ({error.detail.strip().splitlines()[-1]})", file=sys.stderr)
    if wants_json:
        shown = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        print(json.dumps({**shown, "exit_code": int(error.exit_code)}, ensure_ascii=False))


def _report_bug() -> None:
    from hgpt_desktop.settings import Folders

    report = traceback.format_exc()
    log = Folders.of_user().logs / "hgpt-bug.log"
    print("hgpt: This is a bug in the program, not in your request.", file=sys.stderr)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"hgpt {__version__}\n{report}", encoding="utf-8")
    except OSError:
        print(report, file=sys.stderr)
    else:
        print(f"      A report that you can read and send is in {log}.", file=sys.stderr)
