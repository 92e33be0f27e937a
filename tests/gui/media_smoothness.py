"""Measures how long the GUI thread is away from its events while files are looked at.

python tests/gui/media_smoothness.py [CASE…]        prints a table in Markdown, as smoothness.py does
"""

from __future__ import annotations

import os
import sys
import wave
from collections.abc import Callable, Sequence
from functools import partial

import av
import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from scripted_engine import ScriptedEngine
from smoothness import Figure, print_figures, track
from stories import resource, write_pdf

from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.document_viewer import DocumentViewer
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.table_viewer import TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer
from hgpt_desktop.ui.video_player import VideoPlayer


def large_picture_zoomed(figures: list[Figure]) -> None:
    """A JPEG of 40 megapixels beside its original: opened, zoomed to 16 times and back, moved."""
    with track(ScriptedEngine()) as (made, folder):
        noise = np.random.default_rng(1).integers(0, 255, (648, 968, 3), dtype=np.uint8)
        path, other = folder / "large.jpg", folder / "original.jpg"
        for place in (path, other):
            Image.fromarray(noise).resize((7744, 5184)).save(place, quality=90)
        with made.measured("a picture of 40 megapixels beside its original, zoomed and moved", figures):
            viewer = ImageViewer(made.window, path, other, beside=True)
            viewer.show()
            made.until(lambda: bool(viewer._result and viewer._before))
            for turned in (*[120] * 16, *[-120] * 16):
                wheel(viewer.canvas, turned)
                made.rest(10)
            viewer.canvas.full_size()
            for step in range(40):
                viewer.canvas._move_by(QPointF(30 * (-1) ** (step // 20), 20))
                made.rest(10)
        viewer.close()


def wheel(widget: QWidget, turned: int) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def large_table(figures: list[Figure]) -> None:
    """300,000 rows, 20 MB: opened, scrolled, sorted twice."""
    with track(ScriptedEngine()) as (made, folder):
        path = folder / "large.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("id,name,value,note\n")
            file.writelines(
                f"{n},name {n % 977},{n * 7919 % 100003},some words on it {n}\n" for n in range(300_000)
            )
        viewer = TableViewer(made.window, path)
        viewer.show()
        with made.measured("a table of 300,000 rows opened and scrolled", figures):
            made.until(lambda: viewer.sheet is not None)
            assert viewer.sheet is not None
            bar = viewer.sheet.verticalScrollBar()
            for place in range(0, bar.maximum(), bar.maximum() // 60):
                bar.setValue(place)
                made.rest(8)
        model = viewer._model()
        assert model is not None
        with made.measured("the same sorted by two columns", figures):
            for column in (2, 1):
                viewer.sort_by(column)
                before = model._order
                made.until(partial(lambda old: model._order is not old, before))
        viewer.close()


def large_text(figures: list[Figure]) -> None:
    """20 MB of text: opened, and scrolled to its end for some seconds."""
    with track(ScriptedEngine()) as (made, folder):
        path = folder / "large.txt"
        path.write_text(
            "A line of a text that goes on and on, with words in it.\n" * 350_000, encoding="utf-8"
        )
        viewer = TextViewer(made.window, path)
        viewer.show()
        with made.measured("a text of 20 MB opened and scrolled", figures):
            made.until(lambda: viewer.shown_characters > 0)
            bar = viewer.page.verticalScrollBar()
            for _ in range(60):
                bar.setValue(bar.maximum())
                made.rest(10)
        viewer.close()


def long_recording(figures: list[Figure]) -> None:
    """The waveform of an hour of sound."""
    with track(ScriptedEngine()) as (made, folder):
        path = folder / "hour.wav"
        second = (np.sin(np.arange(16_000) / 8) * 20_000).astype("<i2").tobytes()
        with wave.open(str(path), "wb") as recording:
            recording.setnchannels(1)
            recording.setsampwidth(2)
            recording.setframerate(16_000)
            for _ in range(3600):
                recording.writeframesraw(second)
        player = AudioPlayer(resource(path, Kind.AUDIO, "audio/wav"))
        player.setParent(made.window.chat)
        player.show()
        with made.measured("the waveform of an hour of sound", figures):
            made.until(lambda: player.waveform.drawn)
            made.rest(100)
        player.deleteLater()


def large_film(figures: list[Figure]) -> None:
    """A film in full HD, played for three seconds with a jump."""
    with track(ScriptedEngine()) as (made, folder):
        path = folder / "film.mp4"
        with av.open(str(path), "w") as film:
            pictures = film.add_stream("mpeg4", rate=25)
            pictures.width, pictures.height, pictures.pix_fmt = 1920, 1080, "yuv420p"
            for number in range(100):
                drawn = np.full((1080, 1920, 3), number * 2, dtype=np.uint8)
                film.mux(pictures.encode(av.VideoFrame.from_ndarray(drawn, "rgb24")))
            film.mux(pictures.encode())
        player = VideoPlayer(resource(path, Kind.VIDEO, "video/mp4"))
        player.setParent(made.window.chat)
        player.show()
        with made.measured("a film of 1920 x 1080 shown, played for 3 s", figures):
            made.until(lambda: not player.screen_.image.isNull())
            player.toggle()
            made.until(lambda: player.playing)
            made.rest(1500)
            player._seek(500)
            made.rest(1500)
            player.toggle()
        player.deleteLater()


def long_document(figures: list[Figure]) -> None:
    """A PDF of 40 pages: opened, its thumbnails scrolled, ten pages turned."""
    with track(ScriptedEngine()) as (made, folder):
        viewer = DocumentViewer(made.window, write_pdf(folder / "long.pdf", 40))
        viewer.show()
        with made.measured("a PDF of 40 pages opened, scrolled and turned", figures):
            made.until(lambda: not viewer.canvas.picture_size.isEmpty())
            bar = viewer.pages.verticalScrollBar()
            for place in range(0, bar.maximum(), 150):
                bar.setValue(place)
                made.rest(15)
            for _ in range(10):
                viewer.show_next()
                made.rest(60)
        viewer.close()


def pasted_picture(figures: list[Figure]) -> None:
    """A picture of a screen of 3840 x 2160, pasted."""
    with track(ScriptedEngine()) as (made, _):
        picture = QImage(3840, 2160, QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.darkCyan)
        with made.measured("a picture of 3840 x 2160 pasted", figures):
            made.window.composer.text.picture_pasted.emit(picture)
            made.until(lambda: bool(made.window.composer.paths))
            made.rest(200)


CASES: dict[str, Callable[[list[Figure]], None]] = {
    case.__name__: case
    for case in (
        large_picture_zoomed, large_table, large_text, long_recording, large_film, long_document,
        pasted_picture,
    )
}  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 where the GUI thread worked longer than 50 ms at a time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    theme.apply_theme("light")
    return print_figures(CASES, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
