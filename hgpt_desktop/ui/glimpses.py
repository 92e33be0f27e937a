"""A first look into attached office files."""

from __future__ import annotations

import stat
from pathlib import Path

from PySide6.QtWidgets import QWidget

from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.ui.office_viewer import OfficeCard
from hgpt_desktop.ui.table_viewer import TableCard

_TABLES = {".xlsx", ".ods", ".csv", ".tsv"}
_DOCUMENTS = {".docx", ".odt", ".pptx", ".odp"}


def glimpse_of(path: Path) -> QWidget | None:
    """A card with the first rows or lines of a table or document; None for other files, and those gone.

    A pipe by such a name is left alone: whoever opens it waits for ever.

    By the name, as the message is shown at once; where the content is something else, the card says so.
    """
    ending = path.suffix.lower()
    if ending not in _TABLES | _DOCUMENTS:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    kind = Kind.TABLE if ending in _TABLES else Kind.DOCUMENT
    resource = Resource(path.name, kind, path, "", status.st_size)
    return TableCard(resource) if kind is Kind.TABLE else OfficeCard(resource)
