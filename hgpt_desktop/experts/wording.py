"""Labels as people write them into a request."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[,;\n|、，；/]|\s+or\s+|\s+and\s+|或是|或者|還是|或|和", re.IGNORECASE)


def labels_in(text: str) -> list[str]:
    """The labels of `rain, wind or applause`, each once, in their order."""
    found = (part.strip(" \t\r\u3000.\"'") for part in _BETWEEN.split(text))
    return list(dict.fromkeys(part for part in found if part))
