"""Problems, in place: a sentence and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.ui.basics import IconButton, IconLabel, button, label
from hgpt_desktop.ui.setting_texts import in_words
from hgpt_desktop.ui.task_names import in_plain_words


class ProblemCard(QFrame):
    """One problem, and what is offered: `action_wanted` or `other_wanted` is emitted at a click."""

    action_wanted = Signal()
    other_wanted = Signal()
    dismissed = Signal()

    def __init__(
        self, problem: ProblemView, action: str = "", *, other: str = "", closable: bool = False
    ) -> None:
        super().__init__()
        self.setObjectName("dangerCard")
        self.problem = problem
        said = in_plain_words(problem.message)
        self.setAccessibleName(in_words(f"{said} {problem.hint}".strip()))
        words = QVBoxLayout()
        words.setSpacing(4)
        message = label(said, wrap=True)
        words.addWidget(message)
        if problem.hint:
            words.addWidget(label(problem.hint, "muted", wrap=True))
        if problem.detail:
            message.setToolTip(problem.detail)
        if action:
            act = button(action)
            act.clicked.connect(self.action_wanted)
            words.addSpacing(6)
            line = QHBoxLayout()
            line.addWidget(act)
            if other:
                second = button(other)
                second.clicked.connect(self.other_wanted)
                line.addWidget(second)
            line.addStretch(1)
            words.addLayout(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 12, 12)
        row.setSpacing(12)
        icon = IconLabel("alert", "danger", 20)
        row.addWidget(icon, 0)
        row.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if closable:
            close = IconButton("close", self.tr("Dismiss"), side=16)
            close.clicked.connect(self.dismissed)
            row.addWidget(close)
            row.setAlignment(close, Qt.AlignmentFlag.AlignTop)
