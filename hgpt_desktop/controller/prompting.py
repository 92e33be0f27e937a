"""Prompt files: texts with `{{name}}` places, kept as data in `prompts/`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from hgpt_desktop.core.errors import EnvironmentFault
from hgpt_desktop.settings import shipped

PROMPTS_FOLDER = shipped("prompts")
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def fill_prompt(folder: Path, name: str, **fields: str) -> str:
    """The prompt file `<name>.txt` with its places filled. What is filled in is not searched for places.

    Raises:
        EnvironmentFault: the file cannot be read, or it has a place for which nothing is given.
    """
    try:
        template = _read(folder / f"{name}.txt")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFault(
            f"The prompt file {folder / name}.txt cannot be read.", "Reinstall the program.", str(error)
        ) from error
    if unknown := sorted({match[1] for match in _PLACE.finditer(template)} - fields.keys()):
        raise EnvironmentFault(
            f"The prompt file {folder / name}.txt has the place {{{{{unknown[0]}}}}}, which nothing fills.",
            f"Take it out; known places are {', '.join(sorted(fields)) or 'none'}.",
        )
    return _PLACE.sub(lambda match: fields[match[1]], template).strip()


@lru_cache(maxsize=64)
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
