"""Plays a film in the conversation."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui import icons, sound, theme
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.files import DragOut
from hgpt_desktop.ui.sound import Poster

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink

log = logging.getLogger(__name__)

_LARGEST = QSize(720, 405)
_BEFORE_READ = QSize(480, 270)
_SIGN_PX = 28


class Screen(QWidget):
    """The pictures of a film, as large as there is room and never larger than they are."""

    clicked = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._image = QImage()
        self._frame: QVideoFrame | None = None
        self._grows = False
        self.playing = False

    @property
    def image(self) -> QImage:
        """What is seen now."""
        if self._frame is not None:
            self._image, self._frame = self._frame.toImage(), None
        return self._image

    def show_image(self, image: QImage) -> None:
        """Show a picture; where it has another form than the last one, the widget takes that."""
        fresh = self._natural() if self._image.isNull() else None
        self._image, self._frame = image, None
        if fresh != self._natural():
            self.updateGeometry()
        self.update()

    def show_frame(self, frame: QVideoFrame) -> None:
        """Show the next picture of the film; it is converted when it is painted."""
        if frame.isValid():
            self._frame = frame
            self.update()

    def grow(self) -> None:
        """Take all the room there is."""
        self._grows = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return not self._grows

    def _natural(self) -> QSize:
        if self._image.isNull():
            return _BEFORE_READ
        size = self._image.size()
        least = QSize(320, 180)  # small films are shown larger, or their controls would not fit below
        if size.width() < least.width():  # an upright one may be higher than that
            size = size.scaled(least, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        return size.scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio) if _over(size) else size

    def sizeHint(self) -> QSize:
        return self._natural()

    def heightForWidth(self, width: int) -> int:
        size = self._natural()
        return min(size.height(), size.height() * width // max(size.width(), 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shades = theme.colours()
        image = self.image
        if image.isNull():
            painter.fillRect(self.rect(), QColor(shades.hover))
        else:
            size = QSizeF(image.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(QRectF(self.rect()).center())
            painter.drawImage(place, image)
        if not self.playing:
            middle = QRectF(self.rect()).center()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(shades.accent))
            painter.drawEllipse(middle, _SIGN_PX, _SIGN_PX)
            sign = icons.pixmap("play", shades.on_accent, _SIGN_PX, self.devicePixelRatioF())
            painter.drawPixmap(round(middle.x() - _SIGN_PX / 2) + 1, round(middle.y() - _SIGN_PX / 2), sign)


def _over(size: QSize) -> bool:
    return size.width() > _LARGEST.width() or size.height() > _LARGEST.height()


class VideoPlayer(AudioPlayer):
    """A film: its pictures above the controls of a recording; a click on them plays and pauses."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource)
        self.screen_ = Screen(self.tr("Pictures of {name}").format(name=resource.path.name))
        if sound.multimedia() is None:
            return
        self._sink: QVideoSink | None = None
        self.screen_.clicked.connect(self.toggle)
        self.column.insertWidget(0, self.screen_)
        DragOut(self.screen_, resource.path)
        ratio = self.devicePixelRatioF()
        sound.show_poster(self, resource.path, _LARGEST * ratio, self._on_poster)

    def _describe(self) -> str:
        return self.tr("Film {name}").format(name=self.path.name)

    def _on_poster(self, poster: Poster) -> None:
        if poster.image.isNull():
            self.say(self.tr("This film cannot be shown here; open it in another program."))
            self.screen_.hide()
            return
        self.screen_.show_image(poster.image)
        self._sounds = poster.sounds
        self.mute_button.setVisible(poster.sounds)
        self.volume.setVisible(poster.sounds)
        self._on_duration(poster.duration_ms)

    def _prepare(self, player: QMediaPlayer) -> None:
        media = sound.multimedia()
        assert media is not None
        self._sink = media.QVideoSink(self)
        self._sink.videoFrameChanged.connect(self.screen_.show_frame)
        player.setVideoSink(self._sink)

    def _on_state(self, state: object) -> None:
        super()._on_state(state)
        self.screen_.playing = self.playing
        if self.playing:
            self.screen_.show()  # its first picture was only late
        self.screen_.update()

    def _on_error(self, error: object, text: str) -> None:
        log.warning("%s cannot be played: %s", self.path, text)
        self.say(self.tr("This film cannot be shown here; open it in another program."))
