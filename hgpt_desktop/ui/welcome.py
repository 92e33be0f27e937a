"""The first start: what will be fetched, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.bridge.translations import LANGUAGES
from hgpt_desktop.bridge.views import InstallView, ProblemView, StarterView
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import Choice, ElidedLabel, FlowBox, IconLabel, Sheet, button, label
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.formats import about_text, duration_text, size_text, speed_text
from hgpt_desktop.ui.set_card import set_name

_CARD_PX = 600
_USUAL_BYTES_PER_S = 6_000_000  # about 50 Mbit/s
_STEPS = 1000
_NAMED_MODELS = 8


class WelcomePage(QScrollArea):
    """Offers the starter pack or a larger set, shows its progress, and lets the user go on without it."""

    install_wanted = Signal(str)  # name of the set
    cancel_wanted = Signal()
    skip_wanted = Signal()
    import_wanted = Signal()
    folder_wanted = Signal()  # models shall live elsewhere
    language_wanted = Signal(str)
    look_wanted = Signal()  # there may be room by now

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcomePage")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._problem: ProblemCard | None = None
        self._started = False
        self._offered: tuple[StarterView, ...] = ()
        title = label(self.tr("Welcome to HGPT Desktop"), scale=1.7, bold=True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        under = label(
            self.tr(
                "A language model on this computer plans your request, expert models carry it out. "
                "The models are fetched once; after that no network is needed, "
                "and nothing leaves this computer."
            ),
            "muted",
            wrap=True,
        )
        under.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.language_box = Choice()
        self.language_box.setAccessibleName(self.tr("Language"))
        for code, name in LANGUAGES.items():
            self.language_box.addItem(name, code)
        self.language_box.setCurrentIndex(max(self.language_box.findData(QLocale().name()), 0))
        self.language_box.activated.connect(
            lambda: self.language_wanted.emit(self.language_box.currentData())
        )
        self.set_box = Choice()
        self.set_box.setAccessibleName(self.tr("Set of models to fetch"))
        self.set_box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.set_box.currentIndexChanged.connect(self._show_chosen)
        self.set_box.hide()
        self._size = label("", bold=True)
        self._models = label("", "muted", 0.95, wrap=True)
        self._time = label("", "muted", 0.95, wrap=True)
        self._room = label("", wrap=True)
        self._machine = label("", wrap=True)
        self.folder_button = button(self.tr("Another folder…"), "quiet")
        self.folder_button.clicked.connect(self.folder_wanted)
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Download of the starter models"))
        self._done = label("", scale=0.95)
        self._left = label("", "muted", 0.95)
        self._file = ElidedLabel("", "muted", 0.9)
        self._progress = QWidget()
        numbers = QHBoxLayout()
        numbers.addWidget(self._done)
        numbers.addStretch(1)
        numbers.addWidget(self._left)
        progress = QVBoxLayout(self._progress)
        progress.setContentsMargins(0, 6, 0, 0)
        progress.setSpacing(6)
        progress.addWidget(self._bar)
        progress.addLayout(numbers)
        progress.addWidget(self._file)
        self._progress.hide()
        self.install_button = button(self.tr("Fetch the starter models"), "primary", "download")
        self.install_button.clicked.connect(self._on_install)
        self.cancel_button = button(self.tr("Pause"), "", "pause")
        self.cancel_button.clicked.connect(self._on_cancel)
        self.cancel_button.hide()
        self.import_button = button(self.tr("Import from a folder…"), "", "folder")
        self.import_button.clicked.connect(self.import_wanted)
        self.skip_button = button(self.tr("Not now"), "quiet")
        self.skip_button.clicked.connect(self.skip_wanted)
        ways = FlowBox()  # a large font needs two lines
        for one in (self.install_button, self.cancel_button, self.import_button):
            ways.flow.addWidget(one)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(ways, 1)
        actions.addWidget(self.skip_button, 0, Qt.AlignmentFlag.AlignVCenter)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(22, 20, 22, 18)
        inside.setSpacing(14)
        inside.addWidget(self.set_box)
        inside.addLayout(self._fact("download", self._size, self._models, self._time))
        inside.addLayout(self._fact("folder", self._room, act=self.folder_button))
        inside.addLayout(self._fact("chip", self._machine))
        inside.addWidget(self._progress)
        inside.addSpacing(8)
        inside.addLayout(actions)
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._column.addStretch(1)
        self._column.addWidget(IconLabel("logo", "accent", 56), 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(title)
        self._column.addWidget(under)
        self._column.addSpacing(14)
        self._column.addWidget(card)
        self._column.addStretch(2)
        column = QWidget()
        column.setMaximumWidth(theme.room(_CARD_PX))
        column.setLayout(self._column)
        whole = Sheet()
        whole.setObjectName("welcomePage")
        top = QHBoxLayout()
        top.addStretch(1)
        top.addWidget(self.language_box)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(24, 16, 24, 16)
        rows.addLayout(top)
        rows.addLayout(row, 1)
        self.setWidget(whole)
        # The page grows by a problem only when its room has been found.
        self.verticalScrollBar().rangeChanged.connect(self._keep_problem_in_sight)

    @property
    def facts(self) -> tuple[str, ...]:
        """What it says about the set, the disk and the machine."""
        labels = (self._size, self._models, self._time, self._room, self._machine)
        return tuple(one.text() for one in labels)

    @staticmethod
    def _fact(icon: str, *labels: QLabel, act: QPushButton | None = None) -> QHBoxLayout:
        """An icon, what there is to know, and what can be done about it."""
        row = QHBoxLayout()
        row.setSpacing(12)
        mark = IconLabel(icon, "accent", 20)
        row.addWidget(mark)
        row.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(3)
        for one in labels:
            words.addWidget(one)
        row.addLayout(words, 1)
        if act is not None:
            row.addWidget(act)
            row.setAlignment(act, Qt.AlignmentFlag.AlignTop)
        return row

    def show_starter(self, starter: StarterView) -> None:
        """What is missing, and whether the disk has room for it; the starter pack is chosen at first."""
        chosen = self.set_box.currentData()
        self._offered = (starter,) if starter.larger is None else (starter, starter.larger)
        with QSignalBlocker(self.set_box):
            self.set_box.clear()
            for one in self._offered:
                words = self.tr("{set}: {count} models, {size}, about {time}").format(
                    set=set_name(one.set_name),
                    count=len(one.models),
                    size=size_text(one.total_bytes),
                    time=about_text(one.total_bytes / _USUAL_BYTES_PER_S),
                )
                self.set_box.addItem(words, one.set_name)
            self.set_box.setCurrentIndex(max(self.set_box.findData(chosen), 0))
        self.set_box.setVisible(len(self._offered) > 1)
        self._show_chosen()

    def _show_chosen(self) -> None:
        starter = self._offered[self.set_box.currentIndex()]
        whole = starter is not self._offered[0]
        self._size.setText(
            (
                self.tr("{count} models, the starter models first, {size}")
                if whole
                else self.tr("{count} starter models, {size}")
            ).format(count=len(starter.models), size=size_text(starter.total_bytes))
            + self._arrived_words(starter)
        )
        named = " · ".join(starter.models[:_NAMED_MODELS])
        if (more := len(starter.models) - _NAMED_MODELS) > 0:
            named = self.tr("{models} and {count} more").format(models=named, count=more)
        self._models.setText(named)
        if not self._started:
            fetch = self.tr("Fetch these models") if whole else self.tr("Fetch the starter models")
            self.install_button.setText(self.tr("Go on") if starter.arrived_bytes else fetch)
        self._time.setText(
            self.tr("About {time} at {speed}.").format(
                time=about_text(starter.missing_bytes / _USUAL_BYTES_PER_S),
                speed=speed_text(_USUAL_BYTES_PER_S),
            )
        )
        self._room.setText(
            self.tr("They are kept in {folder}, where {free} are free.").format(
                folder=starter.folder, free=size_text(starter.free_bytes)
            )
        )
        device = (
            self.tr("the CPU")
            if starter.device == "cpu"
            else self.tr("the GPU {name}").format(name=starter.device)
        )
        machine = self.tr(
            "This computer: models run on {device} and may take {size} of memory together."
        ).format(device=device, size=size_text(starter.memory_bytes))
        if starter.largest_bytes:
            machine += " " + (
                self.tr("This set fits: its largest model takes {size}.")
                if starter.largest_bytes <= starter.memory_bytes
                else self.tr("Its largest model takes {size} and will not fit; close other programs.")
            ).format(size=size_text(starter.largest_bytes))
        self._machine.setText(machine if starter.memory_bytes else "")
        self._machine.setVisible(bool(starter.memory_bytes))
        self.install_button.setEnabled(starter.fits)
        self._take_problem_away()
        if not starter.fits:
            self.show_problem(
                ProblemView(
                    self.tr("The disk has not enough room for the starter models."),
                    self.tr("Make room, or choose a folder on another disk."),
                ),
                self.tr("Look again"),
            )

    def _arrived_words(self, starter: StarterView) -> str:
        """What an earlier download has left behind."""
        if not starter.arrived_bytes:
            return ""
        return self.tr("; {arrived} are here already").format(arrived=size_text(starter.arrived_bytes))

    def show_progress(self, view: InstallView) -> None:
        """How far the download is."""
        self._set_running(True)
        share = view.done_bytes / view.total_bytes if view.total_bytes else 0.0
        self._bar.setValue(round(share * _STEPS))
        self._done.setText(
            self.tr("{done} of {all}").format(
                done=size_text(view.done_bytes), all=size_text(view.total_bytes)
            )
        )
        left = speed_text(view.bytes_per_s) if view.bytes_per_s else ""
        if view.remaining_s is not None:
            left += (" · " if left else "") + self.tr("{time} left").format(
                time=duration_text(view.remaining_s)
            )
        self._left.setText(left)
        self._file.setText(f"{view.model}: {view.file}" if view.file else view.model)

    def show_problem(self, problem: ProblemView, action: str = "") -> None:
        """What stands in the way, below the card; the action looks at the models folder again."""
        self._take_problem_away()
        self._problem = ProblemCard(problem, action)
        self._problem.action_wanted.connect(self.look_wanted)
        self._column.insertWidget(self._column.count() - 1, self._problem)
        self._keep_problem_in_sight()

    def _keep_problem_in_sight(self) -> None:
        if self._problem is not None:
            self.ensureWidgetVisible(self._problem)

    def show_stopped(self) -> None:
        """The download is not running; it can be taken up again."""
        self._set_running(False)

    def _on_install(self) -> None:
        self._take_problem_away()
        self._set_running(True)
        self._done.setText(self.tr("Connecting…"))
        self._left.setText("")
        self._file.setText("")
        self.cancel_button.setFocus()
        self.install_wanted.emit(self.set_box.currentData())

    def _on_cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.cancel_wanted.emit()

    def _set_running(self, running: bool) -> None:
        self._started = running or self._bar.value() > 0
        self._progress.setVisible(self._started)
        for one in (self.set_box, self.folder_button, self.import_button):  # the download is of these
            one.setEnabled(not running)
        self.install_button.setVisible(not running)
        self.cancel_button.setVisible(running)
        self.cancel_button.setEnabled(running)
        if self._started:
            self.install_button.setText(self.tr("Go on"))
        if not running:
            self._left.setText(self.tr("Paused; what has arrived is kept") if self._started else "")

    def _take_problem_away(self) -> None:
        if self._problem is not None:
            self._column.removeWidget(self._problem)
            self._problem.hide()
            self._problem.deleteLater()
            self._problem = None
