"""What is stored where, and which connections are open now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import IconButton, button, label
from hgpt_desktop.ui.files import show_in_folder


class PrivacyCard(QFrame):
    """Says what stays on this computer, shows where it is, and looks at the connections when asked."""

    look_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(10)
        inside.addWidget(label(self.tr("Privacy"), scale=1.15, bold=True))
        inside.addWidget(
            label(
                self.tr(
                    "Requests, files, plans and answers stay on this computer. "
                    "The program opens a connection only while it fetches models that you asked for. "
                    "The processes that run the models open none."
                ),
                wrap=True,
            )
        )
        line = QHBoxLayout()
        self._connections = label("", "muted", wrap=True)
        check = button(self.tr("Look now"), "", "shield")
        check.clicked.connect(self.look_wanted)
        line.addWidget(self._connections, 1)
        line.addWidget(check)
        inside.addLayout(line)
        self._places = QVBoxLayout()
        self._places.setSpacing(8)
        inside.addLayout(self._places)

    def words(self) -> str:
        """What it is found by."""
        return self.tr("Privacy storage folders network connection")

    @property
    def connections(self) -> str:
        """What it says about them."""
        return self._connections.text()

    def show_places(self, places: Mapping[str, str]) -> None:
        """Where things are stored."""
        names = {
            "models": self.tr("Models"),
            "runs": self.tr("Results, a folder for each run"),
            "history": self.tr("Conversations"),
            "pasted": self.tr("Pasted pictures and recordings"),
            "settings": self.tr("Settings"),
            "logs": self.tr("Logs"),
            "cache": self.tr("What can be made anew at any time"),
        }
        while (item := self._places.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for key, place in places.items():
            self._places.addWidget(self._line(names.get(key, key), place))

    def _line(self, name: str, place: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(label(name))
        texts.addWidget(label(place, "muted", 0.92, wrap=True))
        row.addLayout(texts, 1)
        look = IconButton("folder", self.tr("Show in folder: {name}").format(name=name), side=16)
        look.clicked.connect(lambda: show_in_folder(Path(place)))
        row.addWidget(look)
        return line

    def show_connections(self, found: tuple[str, ...]) -> None:
        """Which are open now."""
        if found:
            self._connections.setText(self.tr("Open now: {where}").format(where=", ".join(found)))
        else:
            self._connections.setText(self.tr("Right now no connection is open."))
