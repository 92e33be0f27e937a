"""`hgpt models …`: the catalogue and the files behind it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from tqdm import tqdm

from hgpt_desktop.catalog.progress import InstallProgress
from hgpt_desktop.catalog.records import missing_packages
from hgpt_desktop.cli.engine import opened
from hgpt_desktop.core.errors import ExitCode, InvalidInput
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.wiring import Application


def list_models(arguments: argparse.Namespace) -> int:
    """The catalogue, narrowed by task, installed state and memory."""
    with opened(arguments) as (application, _):
        if arguments.task and arguments.task not in application.vocabulary:
            raise InvalidInput(
                f"There is no task type {arguments.task}.",
                f"Known are {', '.join(application.vocabulary.names)}.",
            )
        cards = (
            application.catalogue.for_task(arguments.task)
            if arguments.task
            else application.catalogue.cards()
        )
        cards = tuple(
            card
            for card in cards
            if (card.installed or not arguments.installed)
            and (not arguments.fits or application.catalogue.fits(card))
        )
        _show_cards(application, cards, arguments.json)
    return ExitCode.DONE


def search(arguments: argparse.Namespace) -> int:
    """Models that the text names or describes."""
    with opened(arguments) as (application, _):
        _show_cards(application, application.catalogue.search(arguments.text), arguments.json)
    return ExitCode.DONE


def show(arguments: argparse.Namespace) -> int:
    """One model with its files."""
    with opened(arguments) as (application, _):
        card = application.catalogue.card(arguments.id)
        shown = {
            **application.catalogue.to_json(card),
            "name": card.name,
            "description": card.description,
            "loader": card.loader,
            "memory_bytes": card.memory_bytes,
            "folder": str(card.folder) if card.folder else None,
            "files": [
                {
                    "path": file.path,
                    "size_bytes": file.size_bytes,
                    "sha256": file.sha256,
                    "sources": list(file.sources),
                }
                for file in card.files
            ],
        }
        fit = application.fit(card)
    if arguments.json:
        print(json.dumps(shown | {"fit": asdict(fit)}, ensure_ascii=False))
        return ExitCode.DONE
    files = shown.pop("files")
    shown["memory"] = f"{fit.reason} {fit.mend}".strip()
    assert isinstance(files, list)
    for key, value in shown.items():
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        print(f"{key.replace('_', ' '):13} {text}")
    for file in files:
        size = "size unknown" if file["size_bytes"] is None else f"{file['size_bytes']:,} bytes"
        print(f"{'file':13} {file['path']} ({size})")
    return ExitCode.DONE


def install(arguments: argparse.Namespace) -> int:
    """Fetch models; what is there already costs nothing."""
    with opened(arguments) as (application, cancel):
        cards = _wanted(application, arguments.ids)
        missing = [card for card in cards if not card.installed]
        if not missing:
            print("Everything asked for is installed already.", file=sys.stderr)
            return ExitCode.DONE
        unverified = [card.id for card in missing if not card.hashes_known]
        if unverified:
            print(
                f"Note: the catalogue cannot vouch for {', '.join(unverified)}; "
                "what arrives first is recorded and checked from then on.",
                file=sys.stderr,
            )
        with _progress() as report:
            application.store.install_all(missing, report, cancel)
    for card in missing:
        print(f"Installed {card.id}.", file=sys.stderr)
        if packages := " ".join(missing_packages(card)):
            print(f"Note: {card.id} also needs `pip install {packages}`.", file=sys.stderr)
    return ExitCode.DONE


def import_model(arguments: argparse.Namespace) -> int:
    """Take a model from this machine's disk."""
    with opened(arguments) as (application, cancel), _progress() as report:
        cards = application.store.import_all(arguments.path, report, cancel)
    print(f"Imported {', '.join(card.id for card in cards)}.", file=sys.stderr)
    return ExitCode.DONE


def export(arguments: argparse.Namespace) -> int:
    """Copy installed models to a folder that `import` takes."""
    with opened(arguments) as (application, cancel), _progress() as report:
        cards = [card for card in _wanted(application, arguments.ids) if card.files]
        application.store.export(cards, arguments.folder, report, cancel)
    print(f"Exported {', '.join(card.id for card in cards)} to {arguments.folder}.", file=sys.stderr)
    return ExitCode.DONE


def verify(arguments: argparse.Namespace) -> int:
    """Compare files with the catalogue's sizes and hashes."""
    damaged = 0
    with opened(arguments) as (application, cancel):
        for card in _chosen_or_installed(application, arguments.id):
            problems = application.store.verify(card, cancel=cancel)
            print(f"{card.id}: {'ok' if not problems else f'{len(problems)} file(s) not as they should be'}")
            for problem in problems:
                damaged += 1
                print(f"  {problem.path}: {problem.reason}")
    if damaged:
        print("hgpt: `hgpt models repair` fetches the damaged files again.", file=sys.stderr)
    return ExitCode.ENVIRONMENT if damaged else ExitCode.DONE


def repair(arguments: argparse.Namespace) -> int:
    """Fetch what is missing or damaged, and nothing else."""
    with opened(arguments) as (application, cancel), _progress() as report:
        for card in _chosen_or_installed(application, arguments.id):
            application.store.repair(card, report, cancel)
            print(f"{card.id}: ok", file=sys.stderr)
    return ExitCode.DONE


def remove(arguments: argparse.Namespace) -> int:
    """Delete a model's files."""
    with opened(arguments) as (application, _):
        application.store.remove(application.catalogue.card(arguments.id))
    print(f"Removed {arguments.id}.", file=sys.stderr)
    return ExitCode.DONE


def _wanted(application: Application, ids: Sequence[str]) -> list[ModelCard]:
    """The cards of model ids and set names, each once, in the order named."""
    cards: dict[str, ModelCard] = {}
    for name in ids:
        for card in application.catalogue.in_set(name) or (application.catalogue.card(name),):
            cards.setdefault(card.id, card)
    return list(cards.values())


def _chosen_or_installed(application: Application, model_id: str | None) -> tuple[ModelCard, ...]:
    if model_id is not None:
        return (application.catalogue.card(model_id),)
    return tuple(card for card in application.catalogue.cards() if card.installed and card.files)


def _show_cards(application: Application, cards: Sequence[ModelCard], as_json: bool) -> None:
    rows = [application.catalogue.to_json(card) for card in cards]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        print("No model matches.", file=sys.stderr)
    for card, row in zip(cards, rows, strict=True):
        state = "installed" if row["installed"] else ("fits" if row["fits"] else "too large")
        print(f"{card.id:38} {row['size_bytes'] / 1e9:7.2f} GB  {state:10} {', '.join(card.tasks)}")


@contextmanager
def _progress() -> Iterator[Callable[[InstallProgress], None]]:
    """A bar with size, speed and time left on standard error."""
    bar: Any = None  # tqdm's own type cannot be written without an item type

    def report(progress: InstallProgress) -> None:
        nonlocal bar
        if bar is None or bar.total != progress.total_bytes:
            if bar is not None:
                bar.close()
            bar = tqdm(
                total=progress.total_bytes, unit="B", unit_scale=True, dynamic_ncols=True, file=sys.stderr
            )
        bar.set_description(progress.model_id, refresh=False)
        bar.update(max(0, progress.done_bytes - int(bar.n)))

    try:
        yield report
    finally:
        if bar is not None:
            bar.close()
