"""Attached files as chips, with a thumbnail where there is something to see."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout

from hgpt_desktop.bridge.media import LookedAt, look, look_closely
from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui import sound
from hgpt_desktop.ui.basics import ElidedLabel, FlowBox, IconButton, IconLabel
from hgpt_desktop.ui.document_viewer import show_page
from hgpt_desktop.ui.files import ICONS, DragOut, FileActions, icon_by_name
from hgpt_desktop.ui.formats import size_text
from hgpt_desktop.ui.opening import open_viewer
from hgpt_desktop.ui.pictures import read_picture, rounded
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.sound import Poster

MOST_FILES = 20
_THUMBNAIL_PX = 40
_LEAST_NAME_PX, _NAME_PX = 96, 168
_MOST_LINES, _GAP_PX = 3, 8
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class AttachmentChip(QFrame):
    """One attached file; a double click or Enter shows it, and where `removable` it can be taken away."""

    removed = Signal()
    all_removed = Signal()  # it, and the others with it
    found_bad = Signal(object)  # ProblemView: it cannot be used

    def __init__(self, path: Path, *, removable: bool) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.path = path
        self.problem: ProblemView | None = None
        self.quiet = False  # whether what is wrong was said elsewhere already
        self._removable = removable
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Attached file {name}").format(name=path.name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._icon = IconLabel(icon_by_name(path), side=22)
        self._icon.setFixedSize(_THUMBNAIL_PX, _THUMBNAIL_PX)
        self._thumbnail = QLabel()
        self._thumbnail.setFixedSize(_THUMBNAIL_PX, _THUMBNAIL_PX)
        self._thumbnail.hide()
        name = ElidedLabel(path.name, scale=0.95, mode=Qt.TextElideMode.ElideMiddle)
        advance = name.fontMetrics().horizontalAdvance(path.name) + 4
        name.setFixedWidth(min(max(advance, _LEAST_NAME_PX), _NAME_PX))
        name.setToolTip(str(path))
        self._under = ElidedLabel("", "muted", 0.85)
        self._under.setFixedWidth(name.width())
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(self._under)
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 5, 5 if removable else 10, 5)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._thumbnail)
        row.addLayout(words)
        if removable:
            remove = IconButton("close", self.tr("Remove {name}").format(name=path.name), side=14)
            remove.clicked.connect(self.removed)
            row.addWidget(remove)
        DragOut(self, path)
        try:
            self._under.setText(size_text(path.stat().st_size))
        except PermissionError:
            pass  # it is said below which of the folders may not be looked into
        except OSError:
            self._mark(self.tr("no longer there"), path.name)
            return
        # What was sent was looked at closely then.
        read_for(self, lambda: (look_closely if removable else look)(path), self._on_look, self._on_bad)

    def _on_look(self, found: LookedAt) -> None:
        self._icon.show_icon(ICONS[found.kind], "muted")
        side = round(_THUMBNAIL_PX * 3 * self.devicePixelRatioF())
        path = self.path
        if found.kind is Kind.IMAGE:
            read_for(self, lambda: read_picture(path, QSize(side, side)), self._show_thumbnail)
        elif found.is_pdf:
            show_page(self, path, 1, QSize(side, side), self._on_page, self._on_bad)
        elif found.kind is Kind.VIDEO and sound.multimedia() is not None:
            sound.show_poster(self, path, QSize(side, side), self._on_poster)

    def _on_poster(self, poster: Poster) -> None:
        self._show_thumbnail(poster.image)

    def _on_page(self, image: QImage, count: int) -> None:
        self._show_thumbnail(image)
        one, several = self.tr("1 page"), self.tr("{count} pages").format(count=count)
        self._under.setText(one if count == 1 else several)

    def _on_bad(self, problem: ProblemView) -> None:
        self.problem = problem
        self._mark(self.tr("cannot be used"), f"{problem.message} {problem.hint}".strip())
        if not self.quiet:
            self.found_bad.emit(problem)

    def _mark(self, words: str, whole: str) -> None:
        """Say in place what is wrong, in few words; the whole sentence is the tooltip."""
        self._under.setProperty("role", "danger")
        self._under.setText(words)
        self._under.style().polish(self._under)
        self._icon.show_icon("alert", "danger")
        self.setToolTip(whole)
        self.setAccessibleDescription(whole)

    def _show_thumbnail(self, image: QImage) -> None:
        if image.isNull():
            return
        size = QSize(_THUMBNAIL_PX, _THUMBNAIL_PX)
        self._thumbnail.setPixmap(rounded(image, size, self.devicePixelRatioF()))
        self._thumbnail.show()
        self._icon.hide()

    # ------------------------------------------------------------ events

    def mouseDoubleClickEvent(self, event: object) -> None:
        open_viewer(self, self.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            open_viewer(self, self.path)
        elif self._removable and event.key() in _REMOVES:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._removable
            and event.key() in _REMOVES
        ):
            event.accept()  # the file is meant, not the conversation that the window's shortcut deletes
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        actions = FileActions(self.path)
        actions.setParent(self)
        actions.hide()
        menu = actions.menu(self, attached=self._removable)
        if self._removable:
            menu.addSeparator()
            menu.addAction(self.tr("Remove")).triggered.connect(self.removed)
            menu.addAction(self.tr("Remove all files")).triggered.connect(self.all_removed)
        menu.aboutToHide.connect(actions.deleteLater)
        menu.popup(event.globalPos())


def _is_gone(path: Path) -> bool:
    """Whether there is no such file, as far as one may look."""
    try:
        path.stat()
    except PermissionError:
        return False
    except OSError:
        return True
    return False


class AttachmentStrip(QScrollArea):
    """The files of the next request; where they take more than a few lines, they are scrolled."""

    changed = Signal()
    taken_away = Signal(object, int)  # list of Path, where the first stood: `attach` takes them back
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self) -> None:
        super().__init__()
        self._chips: list[AttachmentChip] = []
        self._box = FlowBox(_GAP_PX)
        self._box.installEventFilter(self)
        self.setWidget(self._box)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._box.setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._show_newest)
        self._added = False
        self.hide()

    @property
    def chips(self) -> tuple[AttachmentChip, ...]:
        """The files' widgets, in order."""
        return tuple(self._chips)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The attached files."""
        return tuple(chip.path for chip in self._chips)

    def attach(self, paths: Sequence[Path], at: int | None = None, *, quiet: bool = False) -> None:
        """Add files; what cannot be attached is said in one sentence, the rest is added.

        Args:
            at: where the first of them is to stand; at the end where None.
            quiet: a file that cannot be used is marked, and nothing more is said about it.
        """
        place = len(self._chips) if at is None else min(at, len(self._chips))
        problem: ProblemView | None = None
        for path in paths:
            if path in self.paths:
                continue
            if len(self._chips) >= MOST_FILES:
                problem = ProblemView(
                    self.tr("A request takes up to {count} files; {left} were left out.").format(
                        count=MOST_FILES, left=len(set(paths) - set(self.paths))
                    ),
                    self.tr("Send them with another request, or run a workflow on all of them."),
                )
                break
            if os.path.isdir(path):
                problem = ProblemView(
                    self.tr("{name} is a folder.").format(name=path.name or str(path)),
                    self.tr("Attach the files that are in it."),
                )
            elif _is_gone(path):
                problem = ProblemView(
                    self.tr("{name} is not there.").format(name=path.name),
                    self.tr("It may have been moved or deleted; attach it from where it is now."),
                )
            else:
                self._add(path, place, quiet)
                place += 1
                self._added = at is None
        self._refresh()
        if problem is not None:
            self.problem_arrived.emit(problem)

    def _add(self, path: Path, place: int, quiet: bool) -> None:
        chip = AttachmentChip(path, removable=True)
        chip.quiet = quiet
        chip.removed.connect(partial(self._remove, chip))
        chip.all_removed.connect(self._remove_all)
        chip.found_bad.connect(self.problem_arrived)
        self._chips.insert(place, chip)
        self._box.flow.insert_widget(place, chip)

    def _remove(self, chip: AttachmentChip) -> None:
        place = self._chips.index(chip)
        self._drop(chip)
        self._refresh()
        self.taken_away.emit([chip.path], place)

    def _remove_all(self) -> None:
        paths = list(self.paths)
        self.clear()
        self.taken_away.emit(paths, 0)

    def _drop(self, chip: AttachmentChip) -> None:
        self._chips.remove(chip)
        chip.found_bad.disconnect(self.problem_arrived)  # the request that took the file says it itself
        self._box.flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def clear(self) -> None:
        """Take all away."""
        for chip in self.chips:
            self._drop(chip)
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(bool(self._chips))
        self.changed.emit()
        self._fit()

    def _fit(self) -> None:
        """As high as the files need, up to three lines, and less in a low window."""
        if not self._chips:
            return
        line = self._chips[0].sizeHint().height()
        room = max(min(_MOST_LINES * (line + _GAP_PX) - _GAP_PX, self.window().height() // 4), line)
        needed = self._box.flow.heightForWidth(self.width())
        self.setFixedHeight(min(needed, room))

    def _show_newest(self, _: int, end: int) -> None:
        """What has just been added is seen."""
        if self._added:
            self._added = False
            self.verticalScrollBar().setValue(end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._box and event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a chip has another size, with another font for one
        return super().eventFilter(watched, event)
