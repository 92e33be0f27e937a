"""`hgpt conversations …`: the history."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from hgpt_desktop.core.errors import ExitCode
from hgpt_desktop.history.export import to_json
from hgpt_desktop.history.store import HistoryStore
from hgpt_desktop.settings import Folders


@contextmanager
def _history() -> Iterator[HistoryStore]:
    folders = Folders.of_user()
    store = HistoryStore(folders.history_db)
    try:
        yield store
    finally:
        store.close()


def list_conversations(arguments: argparse.Namespace) -> int:
    """All conversations, newest first."""
    with _history() as history:
        return _show(list(history.conversations()), arguments.json)


def search(arguments: argparse.Namespace) -> int:
    """Conversations whose titles, texts, file names or models match."""
    with _history() as history:
        return _show(list(history.search(arguments.text)), arguments.json)


def show(arguments: argparse.Namespace) -> int:
    """One conversation with its files."""
    with _history() as history:
        conversation = history.conversation(arguments.id)
    if arguments.json:
        print(json.dumps(to_json(conversation), ensure_ascii=False))
        return ExitCode.DONE
    print(conversation.title)
    for message in conversation.messages:
        print(f"\n[{message.role}]\n{message.text}")
        for file in message.files:
            print(f"  {file.kind.value:9} {file.path}")
    return ExitCode.DONE


def export(arguments: argparse.Namespace) -> int:
    """Write one conversation as Markdown or JSON."""
    with _history() as history:
        history.export(arguments.id, arguments.file)
    print(f"Exported to {arguments.file}.", file=sys.stderr)
    return ExitCode.DONE


def delete(arguments: argparse.Namespace) -> int:
    """Delete one conversation with all that it made."""
    with _history() as history:
        history.delete(arguments.id)
    print("Deleted.", file=sys.stderr)
    return ExitCode.DONE


def _show(conversations: list[Any], as_json: bool) -> int:
    if as_json:
        print(json.dumps([asdict(one) for one in conversations], ensure_ascii=False, default=str))
    elif not conversations:
        print("There is no such conversation.", file=sys.stderr)
    else:
        for one in conversations:
            print(f"{one.id}  {one.updated_at:%Y-%m-%d %H:%M}  {one.title}")
    return ExitCode.DONE
