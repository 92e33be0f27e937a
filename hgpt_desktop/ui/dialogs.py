"""The few questions that stop everything else. Each stands behind `ask`, so that tests can answer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget


class ConfirmDelete:
    """Whether a conversation may be deleted for good."""

    @classmethod
    def ask(cls, parent: QWidget, title: str) -> bool:
        """True where the user says yes."""
        box = QMessageBox(parent)
        box.setWindowTitle(QCoreApplication.translate("dialogs", "Delete conversation"))
        box.setText(QCoreApplication.translate("dialogs", "Delete “{title}”?").format(title=title))
        box.setInformativeText(
            QCoreApplication.translate("dialogs", "Its messages and results are removed from this computer.")
        )
        delete = box.addButton(
            QCoreApplication.translate("dialogs", "Delete"), QMessageBox.ButtonRole.DestructiveRole
        )
        keep = box.addButton(QCoreApplication.translate("dialogs", "Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        return box.clickedButton() is delete


class NewTitle:
    """Another title for a conversation."""

    @classmethod
    def ask(cls, parent: QWidget, title: str) -> str | None:
        """The new title, or None where the user keeps the old one."""
        text, accepted = QInputDialog.getText(
            parent,
            QCoreApplication.translate("dialogs", "Rename conversation"),
            QCoreApplication.translate("dialogs", "Title:"),
            QLineEdit.EchoMode.Normal,
            title,
        )
        return text.strip() if accepted and text.strip() else None


class FilesToAttach:
    """Files for the next request."""

    @classmethod
    def ask(cls, parent: QWidget, folder: str) -> list[Path]:
        """The files chosen, perhaps none."""
        names, _ = QFileDialog.getOpenFileNames(
            parent, QCoreApplication.translate("dialogs", "Attach files"), folder
        )
        return [Path(name) for name in names]


class PlaceToSave:
    """Where to keep a copy of a result."""

    @classmethod
    def ask(cls, parent: QWidget, name: str) -> Path | None:
        """The place chosen, or None."""
        chosen, _ = QFileDialog.getSaveFileName(
            parent, QCoreApplication.translate("dialogs", "Save a copy"), str(Path.home() / name)
        )
        return Path(chosen) if chosen else None
