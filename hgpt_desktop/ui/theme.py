"""Colours, sizes and the one stylesheet. Nothing else in the window names a colour."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from hgpt_desktop.ui.stylesheet import STYLESHEET

THEMES = ("system", "light", "dark", "contrast")

_DRAWN_FOR_PX = 17.0  # the height of a line of the font in which widths and heights were found


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. Each text colour has a contrast of at least 4.5 on each ground it stands on."""

    window: str  # the sidebar and the status line
    surface: str  # behind the conversation
    raised: str  # cards, panels, buttons
    hover: str  # a raised thing under the mouse
    line: str  # borders and separators
    text: str
    muted: str  # secondary text
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str  # the user's bubble, the chosen conversation
    danger: str
    danger_soft: str
    success: str
    warning: str
    warning_soft: str


LIGHT = Colours(
    window="#F4F5F7",
    surface="#FFFFFF",
    raised="#F7F8FA",
    hover="#E9ECF0",
    line="#DCE1E7",
    text="#1A222C",
    muted="#566170",
    accent="#0B7069",
    accent_hover="#095C56",
    on_accent="#FFFFFF",
    accent_soft="#DFF1EF",
    danger="#B3261E",
    danger_soft="#FCEEED",
    success="#1C6E36",
    warning="#7F5200",
    warning_soft="#FFF5DF",
)

DARK = Colours(
    window="#14171C",
    surface="#1A1E24",
    raised="#222830",
    hover="#2C343E",
    line="#353E4A",
    text="#E6EAF0",
    muted="#A4AFBC",
    accent="#4CC9BF",
    accent_hover="#6AD8CF",
    on_accent="#06211F",
    accent_soft="#173B3B",
    danger="#FF8F86",
    danger_soft="#3B2224",
    success="#7FD695",
    warning="#F0C368",
    warning_soft="#382D18",
)

CONTRAST = Colours(
    window="#000000",
    surface="#050505",
    raised="#101010",
    hover="#2B2B2B",
    line="#A8A8A8",
    text="#FFFFFF",
    muted="#E2E2E2",
    accent="#FFD84D",
    accent_hover="#FFE68A",
    on_accent="#000000",
    accent_soft="#3A3208",
    danger="#FF9D96",
    danger_soft="#33100E",
    success="#8CF2A6",
    warning="#FFC766",
    warning_soft="#332505",
)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.2, relative luminance)."""

    def luminance(name: str) -> float:
        colour = QColor(name)
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def on_colour(ground: QColor) -> str:
    """Black or white, whichever is read better on the ground."""
    name = ground.name()
    return max("#000000", "#FFFFFF", key=lambda one: contrast(one, name))


def colours() -> Colours:
    """The theme in use."""
    ground = QGuiApplication.palette().color(QPalette.ColorRole.Base).name().upper()
    return {DARK.surface: DARK, CONTRAST.surface: CONTRAST}.get(ground, LIGHT)


def wants_dark(theme: str) -> bool:
    """Whether the theme is dark, which `system` leaves to the desktop."""
    if theme == "system":
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return theme == "dark"


def apply_theme(theme: str) -> None:
    """Dress the application in one of `THEMES`; an unknown name counts as `system`."""
    scheme = {
        "light": Qt.ColorScheme.Light,
        "dark": Qt.ColorScheme.Dark,
        "contrast": Qt.ColorScheme.Dark,
    }.get(theme, Qt.ColorScheme.Unknown)
    QGuiApplication.styleHints().setColorScheme(scheme)
    if theme == "contrast":
        dress(CONTRAST)
    else:
        dress(DARK if wants_dark(theme if theme in THEMES else "system") else LIGHT)


def set_font_scale(scale: float) -> None:
    """Make the application's font this many times as large as the desktop's, 0.8 to 1.6.

    Widgets that were made before keep their sizes.
    """
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    base = application.property("desktopPointSize")
    if base is None:
        base = QGuiApplication.font().pointSizeF()
        application.setProperty("desktopPointSize", base)
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(float(base) * min(max(scale, 0.8), 1.6))
    application.setFont(font)


def dress(chosen: Colours) -> None:
    """Palette and stylesheet of a theme."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    sheet = stylesheet_of(chosen)
    if application.styleSheet() == sheet:
        return  # every widget would be dressed anew for nothing
    application.setPalette(palette_of(chosen))
    application.setStyleSheet(sheet)


def palette_of(chosen: Colours) -> QPalette:
    """The theme for whatever Qt paints without the stylesheet."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, chosen.surface),
        (role.WindowText, chosen.text),
        (role.Base, chosen.surface),
        (role.AlternateBase, chosen.raised),
        (role.Text, chosen.text),
        (role.PlaceholderText, chosen.muted),
        (role.Button, chosen.raised),
        (role.ButtonText, chosen.text),
        (role.BrightText, chosen.danger),
        (role.Highlight, chosen.accent),
        (role.HighlightedText, chosen.on_accent),
        (role.Accent, chosen.accent),
        (role.Link, chosen.accent),
        (role.LinkVisited, chosen.accent),
        (role.ToolTipBase, chosen.raised),
        (role.ToolTipText, chosen.text),
        (role.Mid, chosen.line),
        (role.Midlight, chosen.hover),
        (role.Light, chosen.raised),
        (role.Dark, chosen.line),
        (role.Shadow, chosen.line),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(chosen.muted))
    return palette


def stylesheet_of(chosen: Colours) -> str:
    """The stylesheet with the theme's colours in place of their names (`@accent`)."""
    sheet = STYLESHEET
    # Longer names first, so that @accent does not take the beginning of @accent_soft.
    for field in sorted(fields(Colours), key=lambda one: -len(one.name)):
        sheet = sheet.replace(f"@{field.name}", getattr(chosen, field.name))
    return sheet


def mono_font(scale: float = 1.0) -> QFont:
    """The system's fixed-width font in the size of the text around it."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QGuiApplication.font().pointSizeF() * scale)
    return font


def growth() -> float:
    """How much larger the font is than the one that sizes in pixels were drawn for; 1 or more."""
    return max(1.0, QFontMetricsF(QGuiApplication.font()).height() / _DRAWN_FOR_PX)


def room(pixels: int) -> int:
    """A size in pixels that grows with the font."""
    return round(pixels * growth())


def scaled_font(scale: float, bold: bool = False) -> QFont:
    """The application's font in another size."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font
