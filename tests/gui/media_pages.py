"""Pages of the screenshots that show files: in the conversation, in viewers, and on their way in."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from office_files import write_book, write_letter
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from scripted_engine import ScriptedEngine
from sounds import Source
from stories import resource, write_film, write_pdf

from hgpt_desktop.bridge.places import samples_folder
from hgpt_desktop.bridge.views import ConversationView, ExchangeView
from hgpt_desktop.core.plan import FileRef, Plan, Task
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.ui import microphone
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.document_viewer import DocumentViewer
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.marks import marks_in
from hgpt_desktop.ui.microphone import RATE_HZ, Stream
from hgpt_desktop.ui.office_viewer import OfficeViewer
from hgpt_desktop.ui.reading import wait_for_readings
from hgpt_desktop.ui.screen_region import RegionPicker
from hgpt_desktop.ui.table_viewer import TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer
from hgpt_desktop.ui.viewer import Viewer

_MASK = 120, 80


class Studio(Protocol):
    """As in screenshots.py."""

    folder: Path
    engine: ScriptedEngine
    window: MainWindow

    def opened(self) -> Any:
        """The window on the engine."""

    def settle(self, for_ms: int = ...) -> None:
        """Let everything arrive that is on its way."""


# ---------------------------------------------------------------- files


def _ellipse(box: Sequence[int]) -> dict[str, Any]:
    """The mask of an ellipse in a picture of 600 x 400."""
    width, height = _MASK
    left, top, right, bottom = box
    counts, inside, run = [], False, 0
    for row in range(height):
        for column in range(width):
            x = (column * 600 / width - (left + right) / 2) / ((right - left) / 2)
            y = (row * 400 / height - (top + bottom) / 2) / ((bottom - top) / 2)
            if (x * x + y * y <= 1) != inside:
                counts.append(run)
                inside, run = not inside, 0
            run += 1
    return {"width": width, "height": height, "counts": [*counts, run]}


def _found(with_masks: bool) -> dict[str, Any]:
    things = [
        ("saucer", 0.91, (78, 70, 480, 388)),
        ("cup", 0.98, (172, 18, 410, 285)),
        ("spoon", 0.87, (322, 66, 428, 328)),
    ]
    listed = []
    for label, score, box in things:
        thing: dict[str, Any] = {
            "label": label,
            "score": score,
            "box": dict(zip(("left", "top", "right", "bottom"), box, strict=True)),
        }
        if with_masks:
            thing["mask"] = _ellipse(box)
        listed.append(thing)
    return {"width_px": 600, "height_px": 400, "regions" if with_masks else "objects": listed}


def detected(folder: Path) -> Resource:
    """The cup with the boxes drawn into the picture, as the expert makes it."""
    picture = Image.open(samples_folder() / "coffee.jpg").convert("RGB")
    pen = ImageDraw.Draw(picture)
    for thing, shade in zip(_found(False)["objects"], ("#f2553d", "#3dd3f2", "#f2c53d"), strict=True):
        pen.rectangle(tuple(thing["box"].values()), outline=shade, width=3)
    picture.save(folder / "task-1.png")
    return resource(folder / "task-1.png", Kind.IMAGE, "image/png", data=_found(False))


def depth(folder: Path) -> Resource:
    """A grey picture, near is bright."""
    picture = ImageOps.grayscale(Image.open(samples_folder() / "coffee.jpg"))
    near = Image.linear_gradient("L").resize(picture.size)
    Image.blend(picture.filter(ImageFilter.GaussianBlur(9)), near, 0.6).save(folder / "task-2.png")
    data = {"width_px": 600, "height_px": 400, "unit": "metres", "nearest": 0.3, "farthest": 1.4}
    return resource(folder / "task-2.png", Kind.IMAGE, "image/png", data=data)


def speech(path: Path, seconds: float = 9.0) -> Path:
    """Something that swells and pauses as a voice does."""
    samples = array("h")
    for at in range(round(seconds * 8000)):
        t = at / 8000
        loud = max(0.0, math.sin(t * 2.1) * math.sin(t * 0.9 + 0.4)) * (0.6 + 0.4 * math.sin(t * 23))
        samples.append(round(22000 * loud * math.sin(t * 1200)))
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(samples.tobytes())
    return path


CITIES = (
    ("Oslo", "Norway", 709_037, 59.91), ("Bergen", "Norway", 291_940, 60.39),
    ("Reykjavík", "Iceland", 139_875, 64.15), ("Tromsø", "Norway", 77_992, 69.65),
    ("Gothenburg", "Sweden", 604_616, 57.71), ("Aarhus", "Denmark", 290_598, 56.16),
    ("Turku", "Finland", 201_863, 60.45), ("Uppsala", "Sweden", 185_816, 59.86),
    ("Tampere", "Finland", 255_050, 61.50), ("Odense", "Denmark", 183_763, 55.40),
)  # fmt: skip


def cities(folder: Path, times: int = 1) -> Resource:
    """A table of towns."""
    lines = [f"{town},{land},{people},{north}\n" for town, land, people, north in CITIES] * times
    text = "town,country,inhabitants,latitude\n" + "".join(lines)
    return resource(folder / "cities.csv", Kind.TABLE, "text/csv", text)


def _conversation(
    studio: Studio, request: str, files: Sequence[Resource], outputs: Sequence[Resource]
) -> None:
    coffee = resource(samples_folder() / "coffee.jpg", Kind.IMAGE, "image/jpeg")
    tasks = tuple(
        Task(number, name, {"image": (FileRef("coffee.jpg"),)})
        for number, name in enumerate(
            ("object-detection", "depth-estimation", "text-to-video")[: len(outputs)], 1
        )
    )
    results = tuple(
        TaskResult(
            task,
            TaskStatus.DONE,
            f"model-{task.id}",
            inputs={"image": (coffee,)},
            outputs=(output,),
            run_s=1.2,
        )
        for task, output in zip(tasks, outputs, strict=True)
    )
    view = ConversationView("m", request[:40], datetime.now().astimezone(), False, "")
    exchange = ExchangeView(
        request, tuple(files), Plan(tasks), results, "Here is what I found.", 0, 5.1, "rm"
    )
    studio.engine.kept["m"] = (view, (exchange,))


def _rest(studio: Studio) -> None:
    studio.settle()
    assert wait_for_readings(20.0)
    studio.settle()


# ---------------------------------------------------------------- pages


def media_pictures(studio: Studio) -> Iterator[QWidget]:
    coffee = resource(samples_folder() / "coffee.jpg", Kind.IMAGE, "image/jpeg")
    outputs = [detected(studio.folder), depth(studio.folder)]
    _conversation(studio, "What is on this table, and how far away is it?", [coffee], outputs)
    with studio.opened():
        studio.window.open_conversation("m")
        _rest(studio)
        yield studio.window


def media_sound(studio: Studio) -> Iterator[QWidget]:
    paper = resource(write_pdf(studio.folder / "minutes.pdf", 12), Kind.DOCUMENT, "application/pdf")
    recording = resource(speech(studio.folder / "answer.wav"), Kind.AUDIO, "audio/wav")
    film = resource(write_film(studio.folder / "walk.mp4"), Kind.VIDEO, "video/mp4")
    _conversation(studio, "Read it to me, and make a short film of it", [paper], [recording, film])
    with studio.opened():
        studio.window.open_conversation("m")
        _rest(studio)
        player = studio.window.page.answers[0].findChildren(AudioPlayer)[0]
        player.waveform.setValue(player.duration_ms // 3)
        player.waveform.sliderMoved.emit(player.waveform.value())
        _rest(studio)
        yield studio.window


def media_files(studio: Studio) -> Iterator[QWidget]:
    paper = resource(write_pdf(studio.folder / "minutes.pdf", 12), Kind.DOCUMENT, "application/pdf")
    _conversation(studio, "Make a table of the towns in this paper", [paper], [cities(studio.folder), paper])
    with studio.opened():
        studio.window.open_conversation("m")
        _rest(studio)
        yield studio.window


def _book(folder: Path) -> Path:
    towns: list[list[str | float]] = [[town, land, float(people)] for town, land, people, _ in CITIES]
    return write_book(
        folder / "towns.xlsx",
        {
            "Towns": [["town", "country", "inhabitants"], *towns],
            "Rain": [["day", "mm"], ["Monday", 3.5], ["Tuesday", 0.0]],
            "Sources": [["where from"], ["The towns' own pages"]],
        },
    )


def _minutes(folder: Path, times: int = 1) -> Path:
    words = "We went through the letters of the week, and agreed on who answers which of them. "
    part = (
        ("heading 2", "Letters"),
        ("", words * 3),
        ("heading 2", "To do"),
        ("List", "Ask the town hall about the water"),
        ("List", "Order two chairs for the blue room"),
    )
    return write_letter(folder / "minutes.docx", [("heading 1", "Minutes of 3 March"), *part * times])


def media_office(studio: Studio) -> Iterator[QWidget]:
    book = resource(_book(studio.folder), Kind.TABLE, "")
    minutes = resource(_minutes(studio.folder), Kind.DOCUMENT, "")
    _conversation(studio, "Which of these towns is in the minutes?", [book, minutes], [])
    with studio.opened():
        studio.window.open_conversation("m")
        _rest(studio)
        yield studio.window


def viewer_sheets(studio: Studio) -> Iterator[QWidget]:
    book = _book(studio.folder)
    yield from _viewer(studio, lambda window: TableViewer(window, book))


def viewer_office(studio: Studio) -> Iterator[QWidget]:
    minutes = _minutes(studio.folder, 4)
    yield from _viewer(studio, lambda window: OfficeViewer(window, minutes))


def _viewer(studio: Studio, make: Callable[[QWidget], Viewer]) -> Iterator[QWidget]:
    with studio.opened():
        viewer = make(studio.window)
        viewer.resize(studio.window.size() * 0.86)
        viewer.show()
        _rest(studio)
        yield viewer
        viewer.close()
        studio.settle()


def viewer_boxes(studio: Studio) -> Iterator[QWidget]:
    made, coffee = detected(studio.folder), samples_folder() / "coffee.jpg"

    def make(window: QWidget) -> Viewer:
        return ImageViewer(window, made.path, coffee, marks_in(_found(True)))

    for viewer in _viewer(studio, make):
        assert isinstance(viewer, ImageViewer)
        viewer.canvas.zoom_by(1.6)
        studio.settle()
        QTest.keyClick(viewer.canvas, Qt.Key.Key_N)
        QTest.keyClick(viewer.canvas, Qt.Key.Key_N)
        yield viewer


def viewer_depth(studio: Studio) -> Iterator[QWidget]:
    made, coffee = depth(studio.folder), samples_folder() / "coffee.jpg"
    yield from _viewer(studio, lambda window: ImageViewer(window, made.path, coffee, beside=True))


def viewer_table(studio: Studio) -> Iterator[QWidget]:
    table = cities(studio.folder, 120)
    for viewer in _viewer(studio, lambda window: TableViewer(window, table.path)):
        assert isinstance(viewer, TableViewer)
        viewer.sort_by(2)
        _rest(studio)
        yield viewer


def viewer_text(studio: Studio) -> Iterator[QWidget]:
    text = (samples_folder() / "meeting.txt").read_text(encoding="utf-8") * 12
    place = studio.folder / "meeting.txt"
    place.write_text(text, encoding="utf-8")
    for viewer in _viewer(studio, lambda window: TextViewer(window, place)):
        assert isinstance(viewer, TextViewer)
        viewer.field.setText("the")
        viewer.find_next()
        yield viewer


def viewer_document(studio: Studio) -> Iterator[QWidget]:
    paper = write_pdf(studio.folder / "minutes.pdf", 12)
    yield from _viewer(studio, lambda window: DocumentViewer(window, paper, 2))


def recording(studio: Studio) -> Iterator[QWidget]:
    sources: list[Source] = []

    def open_one(parent: QObject) -> Stream:
        sources.append(Source(parent))
        return Stream(sources[-1], RATE_HZ, 1, sources[-1].close)

    real = microphone.open_microphone
    microphone.open_microphone = open_one
    try:
        with studio.opened():
            broken = studio.folder / "notes.bin"
            broken.write_bytes(bytes(range(256)) * 8)
            paper = write_pdf(studio.folder / "minutes.pdf", 3)
            talk = speech(studio.folder / "talk.wav")
            studio.window.composer.attach([samples_folder() / "coffee.jpg", paper, talk, broken])
            studio.window.composer.text.setPlainText("Compare what I say with the minutes")
            studio.window.composer.record()
            for number in range(34):
                loud = abs(math.sin(number * 0.7)) * (0.15 + 0.5 * abs(math.sin(number * 0.19)))
                sources[0].give([round(32000 * loud * math.sin(at * 0.2)) for at in range(RATE_HZ // 10)])
            _rest(studio)
            yield studio.window
            studio.window.composer.recorder.discard()
    finally:
        microphone.open_microphone = real


def screen_part(studio: Studio) -> Iterator[QWidget]:
    with studio.opened():
        shown = studio.window.grab()
        picker = RegionPicker(studio.window)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("PySide6.QtGui.QScreen.grabWindow", lambda self, window=0: shown)
            picker.start()
            studio.settle(500)
            (pane,) = picker.panes
            pane.setGeometry(0, 0, studio.window.width(), studio.window.height())
            QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=QPoint(420, 180))
            picker.reach(QPoint(980, 520))
            QApplication.processEvents()
            yield pane
            picker.cancel()
        studio.settle()


def tray(studio: Studio) -> Iterator[QWidget]:
    """The menu of the icon in the tray; the notification itself is drawn by the desktop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
        patch.setattr(QSystemTrayIcon, "show", lambda icon: None)
        with studio.opened():
            icon = studio.window.announcer.tray
            assert icon is not None
            menu = icon.contextMenu()
            menu.popup(QPoint(40, 40))
            menu.setActiveAction(menu.actions()[0])
            yield menu
            menu.close()


MEDIA_PAGES: Sequence[Callable[[Any], Iterator[QWidget]]] = (
    media_pictures, media_sound, media_files, viewer_boxes, viewer_depth, viewer_table, viewer_text,
    viewer_document, media_office, viewer_sheets, viewer_office, recording, screen_part, tray,
)  # fmt: skip
