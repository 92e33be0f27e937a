"""The menu of themes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from hgpt_desktop.ui import theme


def make_theme_menu(parent: QWidget, current: str, choose: Callable[[str], None]) -> QMenu:
    """One entry for each theme, the current one checked."""
    menu = QMenu(parent)
    group = QActionGroup(menu)
    names = {
        "system": QCoreApplication.translate("themes", "As the desktop"),
        "light": QCoreApplication.translate("themes", "Light"),
        "dark": QCoreApplication.translate("themes", "Dark"),
        "contrast": QCoreApplication.translate("themes", "High contrast"),
    }
    for name in theme.THEMES:
        action = menu.addAction(names[name])
        action.setCheckable(True)
        action.setChecked(name == current)
        action.setData(name)
        group.addAction(action)
    group.triggered.connect(lambda action: choose(action.data()))
    return menu
