"""Files to keep in a history."""

from __future__ import annotations

from pathlib import Path

from hgpt_desktop.core.resources import Kind, Resource


class FileMaker:
    """Makes resources whose files exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, name: str, kind: Kind = Kind.IMAGE, text: str | None = None, data: object = None
    ) -> Resource:
        path = self.folder / name
        self.folder.mkdir(exist_ok=True)
        path.write_text(text or name, encoding="utf-8")
        return Resource(name, kind, path, "text/plain", path.stat().st_size, text, data)
