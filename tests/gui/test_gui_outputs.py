"""Results: pictures, recordings, texts, scores and files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDrag, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import resource, write_film, write_pdf, write_wav

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.ui import sound
from hgpt_desktop.ui.audio_player import AudioPlayer, duration_of
from hgpt_desktop.ui.dialogs import PlaceToSave
from hgpt_desktop.ui.document_viewer import DocumentCard, PageButton
from hgpt_desktop.ui.files import FileActions, save_copy
from hgpt_desktop.ui.outputs import (
    FileView,
    PictureView,
    ScoresView,
    TextView,
    media_view,
    scores_in,
    text_view,
)
from hgpt_desktop.ui.pictures import read_picture
from hgpt_desktop.ui.reading import read_for
from hgpt_desktop.ui.table_viewer import TableCard
from hgpt_desktop.ui.video_player import VideoPlayer
from hgpt_desktop.ui.viewer import Viewer

Show = Callable[[QWidget], None]


def picture(path: Path, width: int, height: int) -> Resource:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    assert image.save(str(path))
    return resource(path, Kind.IMAGE, "image/png")


def named(widget: QWidget, name: str) -> QToolButton:
    """The button whose accessible name begins so."""
    return next(one for one in widget.findChildren(QToolButton) if one.accessibleName().startswith(name))


# ---------------------------------------------------------------- pictures


def test_large_pictures_are_read_no_larger_than_shown(tmp_path: Path) -> None:
    wide = picture(tmp_path / "wide.png", 4000, 1000)
    small = picture(tmp_path / "small.png", 30, 20)
    assert read_picture(wide.path, QSize(400, 300)).size() == QSize(400, 100)
    assert read_picture(small.path, QSize(400, 300)).size() == QSize(30, 20)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"])
def test_what_is_no_picture_is_said_and_not_raised(
    content: bytes, tmp_path: Path, qtbot: QtBot, show: Show
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(content)
    view = PictureView(Resource("broken.png", Kind.IMAGE, broken, "image/png", len(content)))
    show(view)
    qtbot.waitUntil(
        lambda: any(label.text() == "Not readable" for label in view.findChildren(QLabel)), timeout=5000
    )


def test_a_reader_whose_widget_went_is_forgotten(tmp_path: Path, qtbot: QtBot) -> None:
    shown = picture(tmp_path / "a.png", 2000, 2000)
    owner, staying = QWidget(), QWidget()
    read: list[QImage] = []
    read_for(owner, lambda: read_picture(shown.path, QSize(100, 100)), read.append)
    owner.deleteLater()
    read_for(staying, lambda: read_picture(shown.path, QSize(50, 50)), read.append)
    qtbot.waitUntil(lambda: bool(read), timeout=5000)
    assert [image.size() for image in read] == [QSize(50, 50)]
    staying.deleteLater()


# ---------------------------------------------------------------- recordings


def test_length_of_a_recording_is_known_before_it_is_played(tmp_path: Path, show: Show) -> None:
    player = AudioPlayer(resource(write_wav(tmp_path / "a.wav", 7.25), Kind.AUDIO, "audio/wav"))
    show(player)
    assert player.duration_ms == 7250
    assert any(label.text() == "0:00 / 0:07" for label in player.findChildren(QLabel))


def test_length_of_another_format_is_left_to_the_player(tmp_path: Path) -> None:
    other = tmp_path / "a.mp3"
    other.write_bytes(b"ID3")
    assert duration_of(other) == 0
    assert duration_of(tmp_path / "gone.wav") == 0


def test_without_multimedia_a_recording_is_a_file(
    tmp_path: Path, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "multimedia", lambda: None)
    player = AudioPlayer(resource(write_wav(tmp_path / "a.wav"), Kind.AUDIO, "audio/wav"))
    show(player)
    player.toggle()
    names = {one.accessibleName() for one in player.findChildren(QToolButton)}
    assert names == {
        "Open: a.wav", "Save as…: a.wav", "Show in folder: a.wav", "Use in the next request: a.wav",
    }  # fmt: skip


def test_a_machine_without_the_libraries_of_multimedia_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *args: object, **keywords: object) -> ModuleType:
        if name == "PySide6" and args[2] == ("QtMultimedia",):
            raise ImportError("libpulse.so.0: cannot open shared object file")
        return real(name, *args, **keywords)  # type: ignore[arg-type]

    sound.multimedia.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    assert sound.multimedia() is None
    sound.multimedia.cache_clear()


@pytest.fixture
def sound_libraries() -> None:
    """QtMultimedia can be imported; where it cannot, the test fails and says what to do."""
    if sound.multimedia() is None:
        pytest.fail("QtMultimedia lacks a library. Install libpulse0.", pytrace=False)


@pytest.mark.usefixtures("sound_libraries")
def test_a_recording_that_went_is_said(tmp_path: Path, show: Show) -> None:
    path = write_wav(tmp_path / "a.wav")
    player = AudioPlayer(resource(path, Kind.AUDIO, "audio/wav"))
    show(player)
    path.unlink()
    named(player, "Play").click()
    assert any(label.text() == "The file is no longer there." for label in player.findChildren(QLabel))


@pytest.mark.usefixtures("sound_libraries")
@pytest.mark.qt_log_ignore("PulseAudio", "pa_context", "ALSA")  # a machine without sound says so
def test_a_recording_plays_and_pauses(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = AudioPlayer(resource(write_wav(tmp_path / "a.wav", 20.0), Kind.AUDIO, "audio/wav"))
    show(player)
    named(player, "Play").click()
    qtbot.waitUntil(lambda: player.playing, timeout=10_000)
    named(player, "Pause").click()
    qtbot.waitUntil(lambda: not player.playing, timeout=10_000)
    assert named(player, "Play").isVisible()


# ---------------------------------------------------------------- texts and scores


def test_a_text_unfolds_and_is_copied(tmp_path: Path, show: Show) -> None:
    text = "First line\n" + "word " * 300
    view = text_view(resource(tmp_path / "a.txt", Kind.TEXT, "text/plain", text))
    assert isinstance(view, TextView)
    show(view)
    states = [view.unfolded]
    view.toggle()
    states.append(view.unfolded)
    next(one for one in view.findChildren(QPushButton) if one.text() == "Copy").click()
    assert QApplication.clipboard().text() == text
    view.toggle()
    states.append(view.unfolded)
    assert states == [False, True, False]


def test_an_empty_text_takes_no_room(tmp_path: Path) -> None:
    assert text_view(resource(tmp_path / "a.txt", Kind.TEXT, "text/plain", "  \n")) is None


def test_scores_are_shown_best_first(tmp_path: Path, show: Show) -> None:
    data = [{"label": "dog", "score": 0.1}, {"label": "cat", "score": 0.87}, {"label": "fox", "score": 0.004}]
    view = text_view(resource(tmp_path / "a.txt", Kind.TEXT, "text/plain", "cat", data))
    assert isinstance(view, ScoresView)
    show(view)
    assert [label.text() for label in view.findChildren(QLabel)] == [
        "cat", "87 %", "dog", "10 %", "fox", "< 1 %",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        [1],
        [{"label": "a"}],
        [{"label": 1, "score": 1}],
        [{"label": "a", "score": 1, "box": []}],
    ],
)
def test_other_data_is_no_list_of_scores(data: object) -> None:
    assert scores_in(data) == ()


# ---------------------------------------------------------------- files


def test_a_file_is_opened_saved_and_shown(
    tmp_path: Path, qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def keep(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", keep)
    place = tmp_path / "copies" / "kept.xlsx"
    place.parent.mkdir()
    monkeypatch.setattr(PlaceToSave, "ask", classmethod(lambda cls, parent, name: place))
    view = media_view(resource(tmp_path / "a.xlsx", Kind.TABLE, "application/x-sheet", "a,b\n1,2\n"))
    assert isinstance(view, FileView)
    show(view)
    for name in ("Open", "Show in folder", "Save as…"):
        named(view, name).click()
    assert opened == [str(tmp_path / "a.xlsx"), str(tmp_path)]
    qtbot.waitUntil(place.exists, timeout=5000)
    assert place.read_text(encoding="utf-8") == "a,b\n1,2\n"


@pytest.mark.qt_log_ignore(r"raise\(\)", "requestActivate")  # the offscreen platform has no window manager
def test_a_result_is_used_in_the_next_request(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(ScriptedEngine())
    view = media_view(resource(tmp_path / "a.csv", Kind.TABLE, "text/csv", "a,b\n1,2\n"))
    view.setParent(window.chat)
    named(view, "Use in the next request").click()
    assert window.composer.paths == (tmp_path / "a.csv",)


def test_a_picture_is_dragged_out(tmp_path: Path, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[QUrl] = []

    def carry(self: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        carried.extend(self.mimeData().urls())
        assert 50 < self.pixmap().deviceIndependentSize().width() <= 200, "it hangs at the mouse"
        return action

    monkeypatch.setattr(QDrag, "exec", carry)
    view = media_view(picture(tmp_path / "cat.png", 900, 600))
    show(view)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    for x in (40, 60, 80):
        QTest.mouseMove(view, QPoint(x, 30))
        QApplication.processEvents()
    assert carried == [QUrl.fromLocalFile(str(tmp_path / "cat.png"))]


def every_output(folder: Path) -> list[QWidget]:
    """One of each kind that a task may give."""
    scores = [{"label": "dog", "score": 0.1}]
    made = [
        text_view(resource(folder / "a.txt", Kind.TEXT, "text/plain", "words")),
        text_view(resource(folder / "b.txt", Kind.TEXT, "text/plain", "dog", scores)),
        media_view(picture(folder / "a.png", 90, 60)),
        media_view(resource(write_wav(folder / "a.wav"), Kind.AUDIO, "audio/wav")),
        media_view(resource(write_film(folder / "a.mp4", 1), Kind.VIDEO, "video/mp4")),
        media_view(resource(folder / "a.csv", Kind.TABLE, "text/csv", "a,b\n1,2\n")),
        media_view(resource(folder / "a.json", Kind.TABLE, "application/json", "[[1, 2], [3, 4]]")),
        media_view(resource(write_pdf(folder / "a.pdf", 1), Kind.DOCUMENT, "application/pdf")),
        media_view(resource(folder / "a.docx", Kind.DOCUMENT, "application/x-words", "PK")),
    ]
    return [one for one in made if one is not None]


@pytest.mark.qt_log_ignore("PulseAudio", "pa_context", "No RHI", "No HW decoder", "not accepted by")
def test_every_output_can_be_opened_saved_found_used_again_and_dragged_out(
    tmp_path: Path, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[str] = []

    def carry(self: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        carried.extend(url.toLocalFile() for url in self.mimeData().urls())
        return action

    monkeypatch.setattr(QDrag, "exec", carry)
    views = every_output(tmp_path)
    assert len(views) == 9
    for view in views:
        show(view)
        if isinstance(view, TextView):
            view.toggle()
        names = [one.accessibleName() for one in view.findChildren(QToolButton)]
        for act in ("Open: ", "Save as…: ", "Show in folder: ", "Use in the next request: "):
            assert any(name.startswith(act) for name in names), (view, act)
        corner = QPoint(3, view.height() - 3)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corner)
        for x in (20, 60, 90):
            QTest.mouseMove(view, corner + QPoint(x, 0))
            QApplication.processEvents()
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corner)
    assert [Path(name).suffix for name in carried] == [
        ".txt", ".txt", ".png", ".wav", ".mp4", ".csv", ".json", ".pdf", ".docx",
    ]  # fmt: skip


@pytest.mark.qt_log_ignore(
    "Using Qt multimedia", "PulseAudio", "pa_context", "No RHI backend", "No HW decoder"
)
def test_what_is_seen_of_a_file_is_dragged_out_too(
    tmp_path: Path, qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture of a film, the rows of a table and the pages of a document, and none of them is clicked."""
    carried: list[str] = []

    def carry(self: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        carried.extend(Path(url.toLocalFile()).name for url in self.mimeData().urls())
        return action

    monkeypatch.setattr(QDrag, "exec", carry)
    film = media_view(resource(write_film(tmp_path / "a.mp4", 1), Kind.VIDEO, "video/mp4"))
    table = media_view(resource(tmp_path / "a.csv", Kind.TABLE, "text/csv", "a,b\n1,2\n"))
    paper = media_view(resource(write_pdf(tmp_path / "a.pdf", 2), Kind.DOCUMENT, "application/pdf"))
    for view in (film, table, paper):
        show(view)
    assert isinstance(film, VideoPlayer)
    assert isinstance(table, TableCard)
    assert isinstance(paper, DocumentCard)
    qtbot.waitUntil(lambda: table.sheet is not None, timeout=10_000)
    qtbot.waitUntil(lambda: len(paper.findChildren(PageButton)) == 2, timeout=10_000)
    assert table.sheet is not None
    for seen in (film.screen_, table.sheet.viewport(), paper.findChildren(PageButton)[1]):
        QTest.mousePress(seen, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
        for x in (20, 40, 60):
            QTest.mouseMove(seen, QPoint(x, 12))
            QApplication.processEvents()
        QTest.mouseRelease(seen, Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    assert carried == ["a.mp4", "a.csv", "a.pdf"]
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, Viewer)]


class _Window(QMainWindow):
    """Keeps the problems that its children report, as the real one shows them."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[ProblemView] = []

    def show_problem(self, problem: ProblemView) -> None:
        self.problems.append(problem)


def test_a_file_that_went_is_a_problem_in_place(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        PlaceToSave, "ask", classmethod(lambda cls, parent, name: tmp_path / "no" / "such" / "folder")
    )
    window = _Window()
    actions = FileActions(tmp_path / "gone" / "a.csv")
    window.setCentralWidget(actions)
    actions.open()
    actions.show_folder()
    actions.save()
    qtbot.waitUntil(lambda: len(window.problems) == 3, timeout=5000)
    assert window.problems[2].message == "a.csv is no longer there."
    assert all(problem.message and problem.hint for problem in window.problems)
    window.deleteLater()


def test_a_copy_onto_a_full_or_forbidden_place_says_so(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"a\.txt could not be saved\."):
        save_copy(source, tmp_path / "nowhere" / "a.txt")
    kept = tmp_path / "b.txt"
    kept.write_text("older", encoding="utf-8")
    save_copy(source, kept)
    assert kept.read_text(encoding="utf-8") == "x"
    assert {one.name for one in tmp_path.iterdir()} == {"a.txt", "b.txt"}
