"""The few questions that stop everything else. Each stands behind `ask`, so that tests can answer."""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QWidget

# Qt's own translation knows these two by older texts, and would leave them in English.
_WORDS_OF_QT = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
)


def _existing_file(parent: QWidget, title: str, form: str) -> Path | None:
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), form)
    return Path(chosen) if chosen else None


def _existing_folder(parent: QWidget, title: str, folder: str = "") -> Path | None:
    chosen = QFileDialog.getExistingDirectory(parent, title, folder or str(Path.home()))
    return Path(chosen) if chosen else None


def _name_asked(parent: QWidget, heading: str, field: str, name: str) -> str | None:
    text, accepted = QInputDialog.getText(parent, heading, field, QLineEdit.EchoMode.Normal, name)
    return text.strip() if accepted and text.strip() else None


class NewTitle:
    """Another title for a conversation."""

    @classmethod
    def ask(cls, parent: QWidget, title: str) -> str | None:
        """The new title, or None where the user keeps the old one."""
        heading = QCoreApplication.translate("dialogs", "Rename conversation")
        return _name_asked(parent, heading, QCoreApplication.translate("dialogs", "Title:"), title)


class WorkflowName:
    """A name for a plan that is kept."""

    @classmethod
    def ask(cls, parent: QWidget, name: str) -> str | None:
        """The name, or None where the user keeps nothing."""
        heading = QCoreApplication.translate("dialogs", "Save as workflow")
        return _name_asked(parent, heading, QCoreApplication.translate("dialogs", "Name:"), name)


class NewWorkflowName:
    """Another name for a kept plan."""

    @classmethod
    def ask(cls, parent: QWidget, name: str) -> str | None:
        """The new name, or None where the user keeps the old one."""
        heading = QCoreApplication.translate("dialogs", "Rename workflow")
        return _name_asked(parent, heading, QCoreApplication.translate("dialogs", "Name:"), name)


def export_forms() -> dict[str, str]:
    """The endings of the forms in which a conversation can be written, by what is said of them."""
    return {
        QCoreApplication.translate("dialogs", "Markdown (*.md)"): ".md",
        QCoreApplication.translate("dialogs", "Web page with pictures (*.html)"): ".html",
        QCoreApplication.translate("dialogs", "JSON (*.json)"): ".json",
        QCoreApplication.translate("dialogs", "Archive with all files (*.zip)"): ".zip",
        QCoreApplication.translate("dialogs", "Script of hgpt commands (*.sh)"): ".sh",
    }


def file_stem(title: str) -> str:
    """A conversation's title as a file's name without its ending."""
    return re.sub(r"[^\w -]+", "", title).strip()[:60] or "conversation"


class FolderToExport:
    """Where to write several conversations."""

    @classmethod
    def ask(cls, parent: QWidget) -> Path | None:
        """The folder chosen, or None."""
        return _existing_folder(
            parent, QCoreApplication.translate("dialogs", "Export conversations to a folder")
        )


class PlaceToExport:
    """Where to write a conversation, and in which form."""

    @classmethod
    def ask(cls, parent: QWidget, title: str) -> Path | None:
        """The place chosen, with an ending that says the form; or None."""
        forms = export_forms()
        dialog = QFileDialog(parent, QCoreApplication.translate("dialogs", "Export conversation"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(str(Path.home()))
        dialog.setNameFilters(list(forms))
        dialog.selectFile(f"{file_stem(title)}.md")
        dialog.filterSelected.connect(lambda form: _end_in(dialog, forms[form], set(forms.values())))
        accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
        chosen, form = dialog.selectedFiles(), dialog.selectedNameFilter()
        dialog.deleteLater()
        if not accepted or not chosen:
            return None
        place = Path(chosen[0])
        return place if place.suffix.lower() in forms.values() else place.with_name(place.name + forms[form])


def _end_in(dialog: QFileDialog, ending: str, endings: Set[str]) -> None:
    """The name that stands in the dialog takes the ending of the form that was chosen."""
    place = Path(dialog.selectedFiles()[0])
    stem = place.stem if place.suffix.lower() in endings else place.name
    dialog.selectFile(f"{stem}{ending}")


class ArchiveToImport:
    """An exported conversation."""

    @classmethod
    def ask(cls, parent: QWidget) -> Path | None:
        """The archive chosen, or None."""
        return _existing_file(
            parent,
            QCoreApplication.translate("dialogs", "Import conversation"),
            QCoreApplication.translate("dialogs", "Exported conversations (*.zip)"),
        )


class ModelsToImport:
    """Models on this machine's disk: a folder, or a single file."""

    @classmethod
    def ask(cls, parent: QWidget) -> Path | None:
        """The folder chosen, or None."""
        return _existing_folder(parent, QCoreApplication.translate("dialogs", "Import models from a folder"))


class ModelsFolder:
    """Where models live from now on."""

    @classmethod
    def ask(cls, parent: QWidget, folder: str) -> Path | None:
        """The folder chosen, or None."""
        return _existing_folder(parent, QCoreApplication.translate("dialogs", "Folder for models"), folder)


class SettingsToImport:
    """Settings that were exported."""

    @classmethod
    def ask(cls, parent: QWidget) -> Path | None:
        """The file chosen, or None."""
        return _existing_file(
            parent,
            QCoreApplication.translate("dialogs", "Import settings"),
            QCoreApplication.translate("dialogs", "JSON (*.json)"),
        )


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
