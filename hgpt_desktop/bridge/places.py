"""Where the window finds the files that come with the program."""

from __future__ import annotations

from pathlib import Path

from hgpt_desktop.settings import shipped


def icons_folder() -> Path:
    """The SVG icons."""
    return shipped("resources") / "icons"


def samples_folder() -> Path:
    """The files of the sample requests."""
    return shipped("resources") / "samples"
