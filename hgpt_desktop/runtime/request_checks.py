"""What a request must be before anything is done with it."""

from __future__ import annotations

from dataclasses import replace

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import unique_name

MAX_WORDS = 3000


def check_request(request: Request) -> None:
    """Let a request pass that can be planned.

    Raises:
        InvalidInput: it is empty, or longer than 3,000 words.
    """
    words = len(request.text.split())
    if words == 0:
        raise InvalidInput("The request is empty.", "Say in a sentence what is to be done.")
    if words > MAX_WORDS:
        raise InvalidInput(
            f"The request has {words:,} words; it may have up to {MAX_WORDS:,}.",
            "Put the long text into a file, attach it, and say in a sentence what to do with it.",
        )


def with_unique_names(request: Request) -> Request:
    """The request with earlier files renamed where a new one has the same name."""
    names = {file.name for file in request.files}
    earlier = []
    for file in request.earlier:
        name = unique_name(file.name, names)
        names.add(name)
        earlier.append(file if name == file.name else replace(file, name=name))
    return replace(request, earlier=tuple(earlier))
