"""What of a set of models is still to be fetched, offered above the composer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.bridge.views import InstallView, StarterView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, button, label
from hgpt_desktop.ui.download_queue import progress_words
from hgpt_desktop.ui.formats import size_text
from hgpt_desktop.ui.progress import ThinBar


def set_name(name: str) -> str:
    """A set of models in words."""
    return {
        "starter": QCoreApplication.translate("WelcomePage", "Starter"),
        "speech": QCoreApplication.translate("WelcomePage", "Starter and speech"),
        "images": QCoreApplication.translate("WelcomePage", "Starter and pictures"),
        "everything-24gb": QCoreApplication.translate("WelcomePage", "Everything for 24 GB"),
    }.get(name, name)


class SetCard(QFrame):
    """The rest of a set, or of the starter pack: fetched, paused and dismissed here. Else it is not seen."""

    said = Signal(str)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.setObjectName("card")
        self._workbench = workbench
        self._offer: StarterView | None = None
        self._fetching: str | None = None
        self._title = label("", bold=True, wrap=True)
        self._words = ElidedLabel("", "muted", 0.95)
        self._bar = ThinBar()
        self._bar.setAccessibleName(self.tr("Download of these models"))
        self.fetch_button = button(self.tr("Get the rest"), "", "download")
        self.fetch_button.clicked.connect(self._fetch)
        self.pause_button = button(self.tr("Pause"), "", "pause")
        self.pause_button.clicked.connect(self._pause)
        self.close_button = IconButton("close", self.tr("Do not offer it again"), side=16)
        self.close_button.clicked.connect(self._dismiss)
        self._build()
        workbench.opened.connect(self._on_opened)
        workbench.install_progressed.connect(self._on_progress)
        workbench.install_finished.connect(self._on_finished)
        self.hide()

    def _build(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._words)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(IconLabel("download", "accent", 20))
        line.addLayout(texts, 1)
        line.addWidget(self.fetch_button)
        line.addWidget(self.pause_button)
        line.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._bar)

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._title.text()} {self._words.text()}".strip()

    def refresh(self) -> None:
        """Look anew what is missing."""
        self._workbench.ask("engine", self, lambda engine: engine.rest(), self._show)

    def _on_opened(self, _: object) -> None:
        self.refresh()

    def _show(self, offer: StarterView | None) -> None:
        self._offer = offer
        if offer is None:
            if self._fetching is not None and not self._workbench.installing:
                self.said.emit(
                    self.tr("All models of “{set}” are here.").format(set=set_name(self._fetching))
                )
                self._fetching = None
            self.hide()
            return
        running = self._workbench.installing
        self._title.setText(
            self.tr("The starter models are not all here.")
            if offer.set_name == "starter"
            else self.tr("“{set}” is not complete.").format(set=set_name(offer.set_name))
        )
        if not running:
            self._words.setText(self._missing_words(offer))
        self.setAccessibleName(self.words)
        self.fetch_button.setVisible(not running)
        self.fetch_button.setEnabled(offer.fits)
        self.pause_button.setVisible(running)
        self.pause_button.setEnabled(running)
        self.close_button.setVisible(not running)
        self._bar.setVisible(running)
        self.show()

    def _missing_words(self, offer: StarterView) -> str:
        size, several = size_text(offer.missing_bytes), len(offer.models) > 1
        words = self.tr("{count} models, {size}").format(count=len(offer.models), size=size)
        if not several:
            words = self.tr("{name}, {size}").format(name=offer.models[0], size=size)
        if not offer.fits:
            return self.tr("{models}; the disk has room for {free}.").format(
                models=words, free=size_text(offer.free_bytes)
            )
        return f"{words}: {', '.join(offer.models)}" if several else words

    def _fetch(self) -> None:
        if self._offer is None:
            return
        self._fetching = self._offer.set_name
        self._workbench.install_set(self._offer.set_name)
        self._bar.set_value(None)
        self._words.setText(self.tr("Connecting…"))
        self._show(self._offer)
        self.pause_button.setFocus()

    def _pause(self) -> None:
        self.pause_button.setEnabled(False)
        self._workbench.cancel_install()

    def _dismiss(self) -> None:
        self.hide()
        self._workbench.ask("engine", self, lambda engine: engine.drop_rest())

    def _on_progress(self, view: InstallView) -> None:
        self._bar.set_value(view.done_bytes / view.total_bytes if view.total_bytes else None)
        self._words.setText(f"{view.model}: {progress_words(view)}")
        if self._offer is not None and not self._bar.isVisibleTo(self):
            self._show(self._offer)  # it was begun on the first page

    def _on_finished(self, _: object) -> None:
        self.refresh()
