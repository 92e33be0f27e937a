"""The languages of the window. QtCore only."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from hgpt_desktop.bridge import sentences
from hgpt_desktop.settings import shipped

LANGUAGES = {"en": "English", "zh_TW": "繁體中文"}
"""Codes of the languages that the window speaks, with their own names."""


def language_for(setting: str) -> str:
    """The language of the setting; for `system` that of the desktop, or else English."""
    if setting in LANGUAGES:
        return setting
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh") and any(part in name for part in ("TW", "HK", "Hant")):
            return "zh_TW"
        if name.startswith("en"):
            return "en"
    return "en"


def speak(setting: str) -> str:
    """Let the application speak this language from now on, also in numbers and dates; its code.

    Widgets that were made before keep their words. Threads: the GUI thread.
    """
    application = QCoreApplication.instance()
    assert application is not None
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()
    language = language_for(setting)
    sentences.speak_in(language)
    QLocale.setDefault(QLocale(language if language != "en" else "en_GB"))
    if language != "en":
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        own_folder = str(shipped("resources") / "translations")
        for name, folder in ((f"qtbase_{language}", qt_folder), (f"hgpt_{language}", own_folder)):
            translator = QTranslator(application)
            if translator.load(name, folder):
                application.installTranslator(translator)
            else:
                translator.deleteLater()
    return language
