"""Where requests are written: text, attached files, and the button that sends or stops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import DraftView, ProblemView
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label, restyle
from hgpt_desktop.ui.chips import AttachmentStrip
from hgpt_desktop.ui.dialogs import FilesToAttach
from hgpt_desktop.ui.microphone import RecordingStrip, broken_off
from hgpt_desktop.ui.pictures import keep_picture
from hgpt_desktop.ui.screen_region import RegionPicker

MOST_LINES = 8


def local_files(data: QMimeData) -> list[Path]:
    """The local files that were dropped or pasted."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class ComposerText(QTextEdit):
    """Plain text, one to eight lines high. Enter sends, Shift+Enter begins a new line."""

    send_wanted = Signal()
    files_pasted = Signal(object)  # list of Path
    picture_pasted = Signal(QImage)
    focus_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("composerText")
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptDrops(True)  # words and pictures; files go to the window, wherever they land
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.viewport().setAutoFillBackground(False)
        self.textChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.send_wanted.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if files := local_files(source):
            self.files_pasted.emit(files)
        elif source.hasImage():
            self.picture_pasted.emit(QImage(source.imageData()))
        else:
            self.insertPlainText(source.text())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        wanted = int(self.document().size().height()) + 2
        most = line * MOST_LINES + 6
        self.setFixedHeight(max(min(wanted, most), line + 6))
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted > most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)


class Composer(QWidget):
    """The next request. While one runs, what is sent is queued behind it."""

    send_wanted = Signal(str, object)  # text, list of Path
    stop_wanted = Signal()
    revision_left = Signal(str, object)  # run id, DraftView: `revise` takes it up again
    changed = Signal()
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, pasted_folder: Path) -> None:
        super().__init__()
        self._pasted_folder = pasted_folder
        self._keeping = 0  # pictures that are being written
        self._picker: RegionPicker | None = None
        self._running = False
        self._blocked = self.tr("The program is still starting.")
        self._last_folder = ""
        self._beside: str | None = None
        self.text = ComposerText()
        self.text.setPlaceholderText(self.tr("Ask for something, or drop files here"))
        self.text.setAccessibleName(self.tr("Request"))
        self.text.send_wanted.connect(self.send)
        self.text.files_pasted.connect(self.attach)
        self.text.picture_pasted.connect(self._attach_picture)
        self.text.focus_changed.connect(self._on_focus)
        self.text.textChanged.connect(self._refresh)
        self.strip = AttachmentStrip()
        self.strip.changed.connect(self._refresh)
        self.strip.problem_arrived.connect(self.problem_arrived)
        self.recorder = RecordingStrip(pasted_folder)
        self.recorder.begun.connect(self._on_recording)
        self.recorder.finished.connect(self._attach_one)
        self.recorder.ended.connect(self._on_recorded)
        self.recorder.problem_arrived.connect(self.problem_arrived)
        self.attach_button = IconButton("attach", self.tr("Attach files"), role="round", extent=36)
        self.attach_button.clicked.connect(self.choose_files)
        self.region_button = IconButton(
            "crop", self.tr("Picture of a part of the screen"), role="round", extent=36
        )
        self.region_button.clicked.connect(self.take_region)
        self.record_button = IconButton("mic", self.tr("Record from the microphone"), role="round", extent=36)
        self.record_button.clicked.connect(self.record)
        self.send_button = IconButton("send", self.tr("Send (Enter)"), "on_accent", "send", extent=36)
        self.send_button.clicked.connect(self._on_send_button)
        self._hint = ElidedLabel("", "muted", 0.88)
        box = QFrame()
        box.setObjectName("composerBox")
        self._box = box
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for act in (self.attach_button, self.region_button, self.record_button):
            foot.addWidget(act)
        foot.addSpacing(6)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self.recorder, 1)
        foot.addSpacing(6)
        foot.addWidget(self.send_button)
        inside = QVBoxLayout(box)
        inside.setContentsMargins(8, 10, 8, 8)
        inside.setSpacing(6)
        inside.addWidget(self._make_revising())
        inside.addWidget(self.strip)
        text_line = QHBoxLayout()
        text_line.setContentsMargins(8, 0, 8, 0)
        text_line.addWidget(self.text)
        inside.addLayout(text_line)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(box)
        box.installEventFilter(self)
        self._refresh()

    def _make_revising(self) -> QWidget:
        self._revising = QWidget()
        row = QHBoxLayout(self._revising)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconLabel("branch", "accent", 16))
        words = self.tr("You edit an earlier request; the earlier version and its answer stay.")
        row.addWidget(label(words, "muted", 0.9), 1)
        leave = IconButton("close", self.tr("Do not edit it"), side=14)
        leave.clicked.connect(self._leave_revision)
        row.addWidget(leave)
        self._revising.hide()
        return self._revising

    # ------------------------------------------------------------ what it holds

    @property
    def beside(self) -> str | None:
        """The run whose request is being edited, if one is."""
        return self._beside

    @property
    def draft(self) -> DraftView:
        """What is written and attached."""
        return DraftView(self.text.toPlainText(), self.paths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The attached files."""
        return self.strip.paths

    def attach(self, paths: Sequence[Path], at: int | None = None) -> None:
        """Add files, at the end or at a place; what cannot be attached is said, the rest is added."""
        self.strip.attach(paths, at)

    def _attach_one(self, path: Path) -> None:
        self.attach([path])

    def _attach_picture(self, picture: QImage) -> None:
        self._keep(picture, "pasted")

    def _keep(self, picture: QImage, stem: str) -> None:
        self._keeping += 1
        self._refresh()
        keep_picture(self, picture, self._pasted_folder, stem, self._on_kept, self._on_not_kept)

    def _on_kept(self, path: Path) -> None:
        self._keeping -= 1
        self.attach([path])

    def _on_not_kept(self, problem: ProblemView) -> None:
        self._keeping -= 1
        self._refresh()
        self.problem_arrived.emit(problem)

    def choose_files(self) -> None:
        """Ask for files and attach them."""
        if files := FilesToAttach.ask(self, self._last_folder):
            self._last_folder = str(files[0].parent)
            self.attach(files)

    # ------------------------------------------------------------ screen and microphone

    def take_region(self) -> None:
        """Let the user choose a part of the screen, and attach its picture."""
        if self._picker is None:
            self._picker = RegionPicker(self.window())
            self._picker.picked.connect(self._on_region)
            self._picker.refused.connect(self.problem_arrived)
        self._picker.start()

    @property
    def picker(self) -> RegionPicker | None:
        """What takes pictures of the screen, once it was wanted."""
        return self._picker

    def _on_region(self, picture: QImage) -> None:
        self._keep(picture, "screen")
        self.text.setFocus()

    def record(self) -> None:
        """Begin a recording, or end the one under way and attach it."""
        if self.recorder.recording:
            self.recorder.stop()
        else:
            self.recorder.start()

    def _on_recording(self) -> None:
        self._make_room(True)
        self._refresh()

    def _on_recorded(self) -> None:
        self._make_room(False)
        self._refresh()
        self.text.setFocus()

    def _make_room(self, recording: bool) -> None:
        for one in (self._hint, self.attach_button, self.region_button, self.record_button):
            one.setVisible(not recording)

    def end_recording(self) -> None:
        """Attach what is being recorded: the window closes."""
        self.recorder.stop()

    def bring_back_recordings(self) -> None:
        """Attach what was being recorded when the program died."""
        self.attach(broken_off(self._pasted_folder))

    # ------------------------------------------------------------ drafts

    def set_draft(self, text: str, paths: Sequence[Path], *, quiet: bool = False) -> None:
        """Put a request here, in place of what was written; `quiet` where its files were complained of."""
        self.clear()
        self.text.setPlainText(text)
        self.strip.attach(paths, quiet=quiet)
        self.text.setFocus()
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)

    def revise(self, run_id: str, text: str, paths: Sequence[Path]) -> None:
        """Put an earlier request here to be changed and sent in a branch of its own."""
        self.set_draft(text, paths)
        self._beside = run_id
        self._revising.show()

    def _leave_revision(self) -> None:
        left = self._beside, self.draft
        self.clear()
        self.revision_left.emit(*left)

    def quote(self, text: str) -> None:
        """Put a text here as a quotation, before what is written."""
        quoted = "\n".join(f"> {line}" for line in text.strip().splitlines())
        written = self.text.toPlainText()
        self.text.setPlainText(f"{quoted}\n\n{written}")
        self.text.setFocus()
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)

    def clear(self) -> None:
        """Empty it."""
        self._beside = None
        self._revising.hide()
        self.text.clear()
        self.strip.clear()

    # ------------------------------------------------------------ sending and stopping

    def send(self) -> None:
        """Send what is written, if it can be sent now."""
        if self.can_send:
            self.send_wanted.emit(self.text.toPlainText().strip(), list(self.paths))

    @property
    def can_send(self) -> bool:
        """Whether there is something to send and nothing is in the way."""
        busy = self._keeping > 0 or self.recorder.recording
        return not self._blocked and not busy and bool(self.text.toPlainText().strip())

    def set_running(self, running: bool) -> None:
        """Whether a request is under way: then the button stops it."""
        self._running = running
        self._refresh()

    def set_blocked(self, reason: str) -> None:
        """Why nothing can be sent now; empty where it can."""
        self._blocked = reason
        self._refresh()

    def _on_send_button(self) -> None:
        if self._running and not self.can_send:
            self.stop_wanted.emit()
        else:
            self.send()

    def _refresh(self) -> None:
        written = bool(self.text.toPlainText().strip())
        self.changed.emit()
        if self._running:
            if written:
                self.send_button.set_action("send", self.tr("Send after the running request (Enter)"))
            else:
                self.send_button.set_action("stop", self.tr("Stop (Esc)"))
            self.send_button.setEnabled(True)
            waiting = self.tr(
                "Enter sends this as soon as the running request has ended; Esc stops that one."
            )
            self._hint.setText(waiting if written else "")
            return
        self.send_button.set_action("send", self.tr("Send (Enter)"))
        self.send_button.setEnabled(self.can_send)
        if self._blocked:
            self._hint.setText(self._blocked)
        elif self._keeping:
            self._hint.setText(self.tr("Keeping the picture…"))
        elif self.paths and not written:
            self._hint.setText(self.tr("Say what to do with it."))
        elif written:
            self._hint.setText(self.tr("Enter sends, Shift+Enter begins a new line"))
        else:
            self._hint.setText("")

    # ------------------------------------------------------------ looks

    def show_dropping(self, dropping: bool) -> None:
        """Whether files hang over the window."""
        self._box.setProperty("dropping", dropping)
        restyle(self._box)

    def _on_focus(self, focused: bool) -> None:
        self._box.setProperty("focused", focused)
        restyle(self._box)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._box and event.type() == QEvent.Type.MouseButtonPress:
            self.text.setFocus()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(640, super().sizeHint().height())
