"""A history in a temporary folder, and values to keep in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.history.store import HistoryStore

MakeFile = Callable[..., Resource]


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.db"


@pytest.fixture
def store(db_path: Path) -> Iterator[HistoryStore]:
    opened = HistoryStore(db_path)
    yield opened
    opened.close()


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Makes a resource whose file exists."""

    def make(name: str, kind: Kind = Kind.IMAGE, text: str | None = None, data: object = None) -> Resource:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text or name, encoding="utf-8")
        return Resource(name, kind, path, "text/plain", path.stat().st_size, text, data)

    return make
