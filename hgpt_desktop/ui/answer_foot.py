"""What can be done with an answer: copy, quote, ask again, say whether it was good."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import IconButton, label


class AnswerFoot(QWidget):
    """A row of small buttons below an answer. A rating and its note stay on this computer."""

    copy_wanted = Signal()
    quote_wanted = Signal()
    again_wanted = Signal()
    workflow_wanted = Signal()
    rated = Signal(object, str)  # 1, -1 or None, and the note

    def __init__(self) -> None:
        super().__init__()
        self._rating: int | None = None
        self._kept_note = ""
        self.copy_button = IconButton("copy", self.tr("Copy the answer"), side=16)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.quote_button = IconButton("quote", self.tr("Quote in the next request"), side=16)
        self.quote_button.clicked.connect(self.quote_wanted)
        self.again_button = IconButton("retry", self.tr("Answer again"), side=16)
        self.again_button.clicked.connect(self.again_wanted)
        self.workflow_button = IconButton("workflow", self.tr("Save as workflow…"), side=16)
        self.workflow_button.clicked.connect(self.workflow_wanted)
        self.good_button = IconButton("thumb-up", self.tr("Good answer"), side=16)
        self.good_button.clicked.connect(lambda: self._rate(1))
        self.bad_button = IconButton("thumb-down", self.tr("Bad answer"), side=16)
        self.bad_button.clicked.connect(lambda: self._rate(-1))
        self._note = label("", "muted", 0.9)
        self.why = QLineEdit()
        self.why.setPlaceholderText(self.tr("Why? The note stays on this computer."))
        self.why.setAccessibleName(self.tr("Note on the answer"))
        self.why.editingFinished.connect(self._keep_note)
        self.why.returnPressed.connect(self._leave_note)
        self.why.hide()
        row = QHBoxLayout()
        row.setSpacing(2)
        for one in self._buttons:
            row.addWidget(one)
        row.addSpacing(8)
        row.addWidget(self._note)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.why)

    @property
    def _buttons(self) -> tuple[IconButton, ...]:
        return (
            self.copy_button,
            self.quote_button,
            self.again_button,
            self.workflow_button,
            self.good_button,
            self.bad_button,
        )

    def show_for(self, note: str, *, text: bool, kept: bool, planned: bool) -> None:
        """Offer what there is: a text to copy, a kept run to repeat and to rate, a plan to save."""
        self._note.setText(note)
        for one in (self.copy_button, self.quote_button):
            one.setVisible(text)
        for one in (self.again_button, self.good_button, self.bad_button):
            one.setVisible(kept)
        self.workflow_button.setVisible(kept and planned)
        self.setVisible(bool(note) or text or kept)

    def show_note(self, note: str) -> None:
        """Say in a word what became of the answer."""
        self._note.setText(note)

    def show_rating(self, rating: int | None, note: str) -> None:
        """What the user thought of it earlier."""
        self._rating, self._kept_note = rating, note
        self.why.setText(note)
        self.why.setVisible(rating is not None and bool(note))
        self._colour()

    def _colour(self) -> None:
        self.good_button.set_colour("success" if self._rating == 1 else "muted")
        self.bad_button.set_colour("danger" if self._rating == -1 else "muted")

    def _rate(self, rating: int) -> None:
        self._rating = None if self._rating == rating else rating
        self._colour()
        self.why.setVisible(self._rating is not None)
        if self._rating is not None:
            self.why.setFocus()
        # The note stays in its hidden line: another click brings the rating back with it.
        self._kept_note = "" if self._rating is None else self.why.text().strip()
        self.rated.emit(self._rating, self._kept_note)

    def _keep_note(self) -> None:
        note = self.why.text().strip()
        if self._rating is not None and note != self._kept_note:
            self._kept_note = note
            self.rated.emit(self._rating, note)

    def _leave_note(self) -> None:
        """It is written: the line is no longer the place of the keys."""
        (self.good_button if self._rating == 1 else self.bad_button).setFocus()
