"""The window keeps answering in the heaviest cases of normal use."""

from __future__ import annotations

from collections.abc import Callable

import media_smoothness
import pytest
from PySide6.QtWidgets import QApplication
from smoothness import CASES, Figure

_LIMIT_MS = 100.0
"""Twice the limit of `smoothness.LIMIT_MS`: this machine may do other work at the same time."""


@pytest.mark.usefixtures("qapp")
@pytest.mark.qt_log_ignore(
    "PulseAudio", "pa_context", "No HW decoder", "No RHI", "propagateSizeHints", "raise"
)
@pytest.mark.parametrize(
    "case",
    [
        CASES["streamed_answer"], CASES["long_conversation"], CASES["busy_plan"], CASES["large_picture"],
        CASES["large_library"], media_smoothness.pasted_picture,
        media_smoothness.large_table, media_smoothness.large_text, media_smoothness.long_document,
    ],
)  # fmt: skip
def test_the_gui_thread_is_never_away_for_long(case: Callable[[list[Figure]], None]) -> None:
    figures: list[Figure] = []
    case(figures)
    QApplication.processEvents()
    assert figures
    assert {one.case: one.work_ms for one in figures if one.work_ms > _LIMIT_MS} == {}
