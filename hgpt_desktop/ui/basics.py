"""Small widgets that the others are made of."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from hgpt_desktop.ui import icons, theme
from hgpt_desktop.ui.setting_texts import as_markup

_RESTYLED = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
_ICON_GAP_PX = 8  # between the icon of a button and its words
_POPUP_EDGE_PX = 12  # beside the words of a drop-down list


def label(
    text: str = "", role: str = "", scale: float = 1.0, *, bold: bool = False, wrap: bool = False
) -> QLabel:
    """A plain-text label; what comes from models and files is never read as markup.

    A sentence that wraps may have commands and keys of settings between backticks; see `say_in`.

    Args:
        role: `muted`, `danger`, `success`, `warning`, `badge` or nothing.
        scale: of the application's font size.
    """
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if scale != 1.0 or bold:
        made.setFont(theme.scaled_font(scale, bold))
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        say_in(made, text)
    else:
        made.setText(text)
    return made


def say_in(where: QLabel, sentence: str) -> None:
    """Put a sentence into a label that wraps.

    What stands between backticks is shown in the fixed-width font, the key of a setting as a link.
    """
    links = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    markup = as_markup(sentence) if "`" in sentence else ""
    where.setTextFormat(Qt.TextFormat.RichText if markup else Qt.TextFormat.PlainText)
    where.setText(markup or sentence)
    linked = "<a href" in markup
    flags = where.textInteractionFlags()
    where.setTextInteractionFlags(flags | links if linked else flags & ~links)
    where.setOpenExternalLinks(linked)


def restyle(widget: QWidget) -> None:
    """Make the stylesheet look again at a widget whose dynamic property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class ElidedLabel(QLabel):
    """One line that ends in … where it does not fit; the whole text is the tooltip then."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        scale: float = 1.0,
        *,
        bold: bool = False,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setFont(theme.scaled_font(scale, bold))
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(" ".join(text.split()))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self.fontMetrics().horizontalAdvance("MMM…")), hint.height())

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(self.text() if cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = QFontMetrics(self.font()).elidedText(self.text(), self._mode, self.contentsRect().width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self.font())
        side = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        painter.drawText(self.contentsRect(), int(side | Qt.AlignmentFlag.AlignVCenter), shown)


def draw_line(
    painter: QPainter, place: QRect, text: str, font: QFont, colour: str, direction: Qt.LayoutDirection
) -> None:
    """One line, cut with … where it does not fit, from the side on which one begins to read."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    side = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
    painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)


class IconLabel(QWidget):
    """An icon that follows the theme and the screen. Decoration: it has no name for a screen reader."""

    def __init__(self, name: str, colour: str = "muted", side: int = 18) -> None:
        super().__init__()
        self._name, self._colour, self._side = name, colour, side
        self.setFixedSize(side, side)

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._name, self._colour = name, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = getattr(theme.colours(), self._colour)
        drawn = icons.pixmap(self._name, colour, self._side, self.devicePixelRatioF())
        corner = QPoint((self.width() - self._side) // 2, (self.height() - self._side) // 2)
        QPainter(self).drawPixmap(corner, drawn)


class IconButton(QToolButton):
    """A button with an icon that follows the theme; `name` is what it does, for tooltip and screen reader."""

    def __init__(
        self, icon: str, name: str, colour: str = "muted", role: str = "", side: int = 20, extent: int = 0
    ) -> None:
        super().__init__()
        self._icon_name, self._colour = icon, colour
        self._drawn: tuple[str, ...] = ()
        if role:
            self.setProperty("role", role)
        self.setIconSize(QSize(side, side))
        if extent:
            self.setFixedSize(extent, extent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_action(icon, name)

    def set_action(self, icon: str, name: str) -> None:
        """Show another icon and do another thing."""
        self._icon_name = icon
        self.setToolTip(name)
        self.setAccessibleName(name)
        self._draw()

    def set_colour(self, colour: str) -> None:
        """Draw the icon in another colour of the theme."""
        self._colour = colour
        self._draw()

    def _draw(self) -> None:
        shades = theme.colours()
        dimmed = shades.line if self._colour == "muted" else shades.muted
        wanted = (self._icon_name, getattr(shades, self._colour), dimmed)
        if self._drawn != wanted:
            self._drawn = wanted
            self.setIcon(icons.icon(*wanted))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _RESTYLED:
            self._draw()


def button(text: str, role: str = "", icon: str = "") -> QPushButton:
    """A push button with a text; `role` is `primary`, `quiet` or nothing."""
    made = IconTextButton(text, icon, role) if icon else QPushButton(text)
    if role:
        made.setProperty("role", role)
    made.setAccessibleName(text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


class IconTextButton(QPushButton):
    """A push button with an icon in the colour of its text."""

    def __init__(self, text: str, icon: str, role: str) -> None:
        super().__init__(text)
        self._icon_name = icon
        self._drawn: tuple[str, ...] = ()
        self._colour = {"primary": "on_accent", "quiet": "muted", "link": "muted"}.get(role, "text")
        self.setIconSize(QSize(16 + _ICON_GAP_PX, 16))
        self._draw()

    def _draw(self) -> None:
        shades = theme.colours()
        wanted = (self._icon_name, getattr(shades, self._colour), shades.muted)
        if self._drawn != wanted:
            self._drawn = wanted
            self.setIcon(icons.icon(*wanted, gap=_ICON_GAP_PX))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _RESTYLED:
            self._draw()


def search_field(words: str) -> QLineEdit:
    """A field to look for something, with a button that empties it."""
    made = QLineEdit()
    made.setPlaceholderText(words)
    made.setAccessibleName(words)
    made.setClearButtonEnabled(True)
    for inside in made.findChildren(QToolButton):
        inside.setAccessibleName(QCoreApplication.translate("basics", "Empty the field"))
    return made


class Choice(QComboBox):
    """A drop-down list with the program's own arrow, which opens below and scrolls where it is long."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))  # one that the stylesheet reaches
        self.setMaxVisibleItems(12)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        words = self.currentText()
        option.currentText = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())

    def showPopup(self) -> None:
        wanted = self.view().sizeHintForColumn(0) + 2 * _POPUP_EDGE_PX
        self.view().window().setMinimumWidth(max(wanted, self.width()))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = 14
        arrow = icons.pixmap("chevron-down", theme.colours().muted, side, self.devicePixelRatioF())
        x = 10 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self.width() - side - 10
        painter.drawPixmap(x, (self.height() - side) // 2, arrow)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls; a value is not changed in passing


class Tick(QCheckBox):
    """A check box with the program's own tick."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isChecked():
            option = QStyleOptionButton()
            self.initStyleOption(option)
            place = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
            side = 14
            tick = icons.pixmap("check", theme.colours().on_accent, side, self.devicePixelRatioF())
            corner = place.center() - QPoint(side // 2 - 1, side // 2 - 1)
            QPainter(self).drawPixmap(corner, tick)


class Sheet(QWidget):
    """The inside of a scroll area: as high as its texts need at the width that it has, and no higher."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)  # Qt reckons with texts that are narrower


def separator() -> QFrame:
    """A thin horizontal line."""
    line = QFrame()
    line.setObjectName("rowLine")
    return line


def copy_text(text: str) -> None:
    """Put the text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


class FlowLayout(QLayout):
    """Puts its widgets side by side and begins a new line where one does not fit."""

    def __init__(self, gap_px: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap_px = gap_px
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insert_widget(self, at: int, widget: QWidget) -> None:
        """Put a widget before the one that stands at this place."""
        self.addWidget(widget)
        self._items.insert(at, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _direction(self) -> Qt.LayoutDirection:
        owner = self.parentWidget()
        return owner.layoutDirection() if owner is not None else QGuiApplication.layoutDirection()

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, line_height = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, line_height = rect.x(), y + line_height + self._gap_px, 0
            if move:
                place = QRect(QPoint(x, y), size)
                item.setGeometry(QStyle.visualRect(self._direction(), rect, place))
            x += size.width() + self._gap_px
            line_height = max(line_height, size.height())
        return y + line_height - rect.y()


class FlowBox(QWidget):
    """A widget that is filled by a `FlowLayout` and as high as that needs at the width it gets."""

    def __init__(self, gap_px: int = 8) -> None:
        super().__init__()
        self.flow = FlowLayout(gap_px)
        self.setLayout(self.flow)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        # Else its least height is that of the narrowest form, with every widget on a line of its own.
        self.setMinimumHeight(1)


def lay_out_around(widget: QWidget) -> None:
    """Let all that is around a widget whose height has changed find its place before anything is painted.

    Each layout would wait for an event of its own; what stands beside the widget was squeezed until then.
    """
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QAbstractScrollArea):
        if (layout := around.layout()) is not None:
            layout.activate()
        around = around.parentWidget()
    if around is not None:
        QApplication.sendEvent(around, QEvent(QEvent.Type.LayoutRequest))
