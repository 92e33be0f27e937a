"""One model: what it is, whether it fits, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
)

from hgpt_desktop.bridge.downloads import DownloadState, DownloadView
from hgpt_desktop.bridge.views import Fit, ModelView
from hgpt_desktop.ui.basics import FlowBox, Sheet, button, label, restyle
from hgpt_desktop.ui.formats import language_text, size_text
from hgpt_desktop.ui.task_names import plain_name

_STEPS = 1000


def fit_colour(model: ModelView) -> str:
    """`success`, `warning` or `danger`."""
    if not model.loadable:
        return "danger"
    return {Fit.FITS: "success", Fit.TOO_LARGE: "danger"}.get(model.fit, "warning")


def fit_words(model: ModelView) -> str:
    """Whether the model fits this machine, and why."""
    sentences = {
        Fit.FITS: QCoreApplication.translate("fit", "Fits: needs {needs} of memory, models may take {has}."),
        Fit.TIGHT: QCoreApplication.translate(
            "fit", "Fits when others leave: needs {needs} of memory, models may take {has}."
        ),
        Fit.OFFLOAD: QCoreApplication.translate(
            "fit",
            "Fits with offload: needs {needs} of memory, models may take {has}. "
            "With parts of it elsewhere it needs {least}, and is slower.",
        ),
        Fit.TOO_LARGE: QCoreApplication.translate(
            "fit", "Does not fit: needs {least} of memory, but models may take only {has}."
        ),
    }
    words = sentences[model.fit].format(
        needs=size_text(model.memory_bytes),
        least=size_text(model.frugal_bytes or model.memory_bytes),
        has=size_text(model.capacity_bytes),
    )
    if model.loadable:
        return words
    return f"{words} {QCoreApplication.translate('fit', 'A library that it needs is not installed.')}"


class ModelDetails(QScrollArea):
    """The right side of the models page."""

    fetch_wanted = Signal(str)
    pause_wanted = Signal(str)
    remove_wanted = Signal(str)
    verify_wanted = Signal(str)
    llm_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model: ModelView | None = None
        self.state: DownloadState | None = None  # of the download that is shown
        self._name = label("", scale=1.2, bold=True, wrap=True)
        self._description = label("", wrap=True)
        self._fit = label("", "success", wrap=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Download of this model"))
        self._progress = label("", "muted", 0.95, wrap=True)
        self.fetch_button = button(self.tr("Fetch"), "primary", "download")
        self.fetch_button.clicked.connect(lambda: self._say(self.fetch_wanted))
        self.pause_button = button(self.tr("Pause"), "", "pause")
        self.pause_button.clicked.connect(lambda: self._say(self.pause_wanted))
        self.llm_button = button(self.tr("Plan with this one"), "", "plan")
        self.llm_button.clicked.connect(lambda: self._say(self.llm_wanted))
        self.verify_button = button(self.tr("Check its files"), "", "shield")
        self.verify_button.clicked.connect(lambda: self._say(self.verify_wanted))
        self.remove_button = button(self.tr("Remove"), "", "delete")
        self.remove_button.clicked.connect(lambda: self._say(self.remove_wanted))
        self._buttons = (
            self.fetch_button, self.pause_button, self.llm_button, self.verify_button, self.remove_button,
        )  # fmt: skip
        self._build()
        self.setVisible(False)

    def _build(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self.fetch_button)
        actions.addWidget(self.pause_button)
        actions.addWidget(self.llm_button)
        actions.addStretch(1)
        self._more = FlowBox()
        self._more.flow.addWidget(self.verify_button)
        self._more.flow.addWidget(self.remove_button)
        box = QFrame()
        box.setObjectName("card")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(20, 18, 20, 18)
        inside.setSpacing(10)
        for widget in (self._name, self._description, self._fit):
            inside.addWidget(widget)
        inside.addLayout(actions)
        inside.addWidget(self._bar)
        inside.addWidget(self._progress)
        inside.addLayout(self._facts)
        inside.addWidget(self._more)
        whole = Sheet()
        whole.setObjectName("page")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(box)
        column.addStretch(1)
        self.setWidget(whole)

    def _say(self, signal: object) -> None:
        if self._model is not None:
            signal.emit(self._model.id)  # type: ignore[attr-defined]  # a bound signal

    @property
    def fit(self) -> str:
        """What it says about the memory."""
        return self._fit.text()

    @property
    def progress(self) -> str:
        """What it says about the download."""
        return self._progress.text()

    def show_model(
        self,
        model: ModelView,
        download: DownloadView | None,
        words: str,
        llm: str | None,
        *,
        damaged: bool = False,
    ) -> None:
        """Show this model; `words` say how far its download is."""
        self.state = download.state if download is not None else None
        same = self._model is not None and self._model.id == model.id
        place = self.verticalScrollBar().value() if same else 0
        held = next((one for one in self._buttons if one.hasFocus()), None)
        self._model = model
        self._name.setText(model.name)
        self._description.setText(model.description)
        self._show_fit(model)
        self._show_facts(model)
        running = download is not None and download.state in (DownloadState.RUNNING, DownloadState.WAITING)
        lacking = damaged or not model.installed
        self.fetch_button.setVisible(lacking and not running and model.removable)
        fetch = self.tr("Fetch damaged files") if damaged else self.tr("Fetch")
        self.fetch_button.setText(self.tr("Go on") if download is not None else fetch)
        self.fetch_button.setAccessibleName(self.fetch_button.text())
        self.pause_button.setVisible(running)
        self.llm_button.setVisible(model.installed and model.controller)
        self.llm_button.setEnabled(model.name != llm)
        plans = self.tr("It plans now") if model.name == llm else self.tr("Plan with this one")
        self.llm_button.setText(plans)
        self.llm_button.setAccessibleName(plans)
        self._more.setVisible(model.installed and model.removable)
        self.show_download(download, words)
        self.setVisible(True)
        if held is not None and not (held.isVisibleTo(self) and held.isEnabled()):
            usable = (one for one in self._buttons if one.isVisibleTo(self) and one.isEnabled())
            if (nearest := next(usable, None)) is not None:
                nearest.setFocus()
        self.verticalScrollBar().setValue(place)  # a focus that went elsewhere takes the view along

    def _show_fit(self, model: ModelView) -> None:
        self._fit.setText(fit_words(model))
        self._fit.setProperty("role", fit_colour(model))
        restyle(self._fit)

    def _show_facts(self, model: ModelView) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        known = self.tr("yes, every file") if model.verified else self.tr("not every file")
        facts = (
            (self.tr("Does"), ", ".join(plain_name(task) for task in model.tasks)),
            (self.tr("Download"), size_text(model.size_bytes) if model.size_bytes else self.tr("none")),
            (self.tr("Licence"), model.licence),
            (self.tr("Languages"), ", ".join(map(language_text, model.languages)) or self.tr("any")),
            (self.tr("Meant for"), self._tier_text(model.tier)),
            (self.tr("Source"), model.source or self.tr("this machine")),
            (self.tr("Checksums known"), known),
        )
        for line, (name, value) in enumerate(facts):
            self._facts.addWidget(label(name, "muted", 0.95), line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(label(value, scale=0.95, wrap=True), line, 1)

    def _tier_text(self, tier: str) -> str:
        """`8`: for a graphics card of 8 GB."""
        if tier == "cpu":
            return self.tr("CPU")
        return self.tr("a graphics card of {size} GB").format(size=tier) if tier.isdigit() else tier

    def show_download(self, download: DownloadView | None, words: str) -> None:
        """How far its download is."""
        view = download.progress if download else None
        self._bar.setVisible(download is not None and download.state is not DownloadState.FAILED)
        self._progress.setVisible(download is not None)
        if view is not None and view.total_bytes:
            self._bar.setValue(round(_STEPS * view.done_bytes / view.total_bytes))
        else:
            self._bar.setValue(0)
        self._progress.setText(words)
        role = "danger" if download is not None and download.state is DownloadState.FAILED else "muted"
        if self._progress.property("role") != role:
            self._progress.setProperty("role", role)
            restyle(self._progress)
