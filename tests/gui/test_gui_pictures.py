"""The picture viewer: zoom, pan, overlays, the original beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from stories import resource

from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.ui import pictures, theme
from hgpt_desktop.ui.basics import FlowBox
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.marks import depth_in, mark_at, marks_in, mask_picture
from hgpt_desktop.ui.outputs import PictureView, media_view
from hgpt_desktop.ui.picture_canvas import PictureCanvas
from hgpt_desktop.ui.pictures import levels_of, read_levels

Show = Callable[[QWidget], None]


def picture(path: Path, width: int, height: int, colour: str = "darkCyan") -> Resource:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return resource(path, Kind.IMAGE, "image/png")


DETECTED = {
    "width_px": 900,
    "height_px": 600,
    "objects": [
        {"label": "sofa", "score": 0.8, "box": {"left": 0, "top": 0, "right": 900, "bottom": 600}},
        {"label": "cat", "score": 0.93, "box": {"left": 450, "top": 300, "right": 900, "bottom": 600}},
        {"label": "broken", "box": {"left": 0}},
    ],
}
SEGMENTED = {
    "width_px": 8,
    "height_px": 4,
    "regions": [
        {
            "label": "sky",
            "score": None,
            "box": {"left": 0, "top": 0, "right": 8, "bottom": 2},
            "mask": {"width": 4, "height": 2, "counts": [0, 4, 4]},
        },
        {
            "label": "tree",
            "score": 0.7,
            "box": {"left": 0, "top": 2, "right": 2, "bottom": 4},
            "mask": {"width": 4, "height": 2, "counts": [4, 1, 3]},
        },
    ],
}


@pytest.fixture
def open_large(qtbot: QtBot, show: Show) -> Callable[..., ImageViewer]:
    """Clicks on a result and waits for the picture in the viewer."""

    def open_one(result: Resource, original: Path | None = None) -> ImageViewer:
        view = media_view(result, original)
        assert isinstance(view, PictureView)
        show(view)
        QTest.mouseClick(view, Qt.MouseButton.LeftButton)
        viewer = next(one for one in QApplication.topLevelWidgets() if isinstance(one, ImageViewer))
        qtbot.waitExposed(viewer)
        qtbot.waitUntil(lambda: bool(viewer._result), timeout=5000)
        if original is not None and original.exists():
            qtbot.waitUntil(lambda: bool(viewer._before), timeout=5000)
        return viewer

    return open_one


def colour_at(canvas: PictureCanvas, place: QPoint) -> QColor:
    return canvas.grab().toImage().pixelColor(place)


def wheel(canvas: PictureCanvas, place: QPoint, turned: int) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(canvas.mapToGlobal(place)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def hover(canvas: PictureCanvas, place: QPointF) -> None:
    """As the desktop tells it; QTest would move the pointer, and another window of the test may be above."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        canvas.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)


# ---------------------------------------------------------------- zoom and pan


def test_a_long_screenshot_keeps_its_pixels_and_a_huge_picture_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = picture(tmp_path / "page.png", 300, 20_000).path
    assert [level.size() for level in read_levels(long)][:2] == [QSize(300, 20_000), QSize(150, 10_000)]
    monkeypatch.setattr(pictures, "_MOST_PIXELS", 1_000_000)
    size = read_levels(picture(tmp_path / "huge.png", 2000, 1500).path)[0].size()
    assert 950_000 < size.width() * size.height() <= 1_000_000
    assert size.width() / size.height() == pytest.approx(4 / 3, abs=0.01)


def test_wheel_keys_and_double_click_zoom(tmp_path: Path, open_large: Callable[..., ImageViewer]) -> None:
    viewer = open_large(picture(tmp_path / "cat.png", 3000, 2000))
    canvas = viewer.canvas
    assert viewer.windowTitle() == "cat.png"
    fitting = canvas.zoom
    assert canvas.fitted
    assert canvas.rect().contains(canvas.shown.toAlignedRect())
    corner = QPoint(100, 80)
    under = canvas.share_at(QPointF(corner))
    for _ in range(6):
        wheel(canvas, corner, 120)
    assert canvas.zoom > 3 * fitting
    now = canvas.share_at(QPointF(corner))
    assert abs(now.x() - under.x()) < 0.02, "what is under the mouse stays there"
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom < fitting * 1.25**6
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.fitted
    QTest.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.zoom == pytest.approx(1.0)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=corner)
    assert canvas.fitted
    viewer.close()


def test_the_mouse_and_the_arrows_move_the_picture_within_its_edges(
    tmp_path: Path, open_large: Callable[..., ImageViewer]
) -> None:
    viewer = open_large(picture(tmp_path / "cat.png", 3000, 2000))
    canvas = viewer.canvas
    canvas.full_size()
    before = canvas.shown.topLeft()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseMove(canvas, QPoint(260, 280))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, 280))
    assert canvas.shown.topLeft() - before == QPointF(-40, -20)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.shown.x() == before.x() - 100
    for _ in range(60):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.shown.right() == pytest.approx(canvas.width()), "never pushed out of sight"
    viewer.close()


def test_a_picture_that_cannot_be_read_says_so(tmp_path: Path, qtbot: QtBot) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    behind = QWidget()
    viewer = ImageViewer(behind, broken)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.canvas._said == "This picture cannot be read.", timeout=5000)
    viewer.grab()
    viewer.close()
    behind.deleteLater()


def test_levels_halve_a_large_picture_and_keep_its_colours(tmp_path: Path) -> None:
    large = picture(tmp_path / "large.png", 5000, 3001, "#336699")
    levels = read_levels(large.path)
    assert [level.size() for level in levels] == [
        QSize(5000, 3001), QSize(2500, 1500), QSize(1250, 750), QSize(625, 375),
    ]  # fmt: skip
    assert {level.pixelColor(300, 300).name() for level in levels} == {"#336699"}
    clear = QImage(40, 30, QImage.Format.Format_ARGB32)
    clear.fill(Qt.GlobalColor.transparent)
    (same,) = levels_of(clear)
    assert same.pixelColor(5, 5).alpha() == 0
    assert levels_of(QImage()) == ()


# ---------------------------------------------------------------- overlays


def test_boxes_are_drawn_over_the_original_and_switched_off(
    tmp_path: Path, open_large: Callable[..., ImageViewer], qtbot: QtBot
) -> None:
    made, before = (
        picture(tmp_path / "made.png", 900, 600),
        picture(tmp_path / "before.png", 450, 300, "white"),
    )
    viewer = open_large(replace(made, data=DETECTED), before.path)
    canvas = viewer.canvas
    assert canvas.picture_size == QSize(450, 300)
    assert viewer.boxes_button.isVisible()
    assert not viewer.masks_button.isVisible()
    edge = canvas.place_of(QPointF(0.75, 0.5)).toPoint()  # on the upper edge of the cat's box
    assert colour_at(canvas, edge).name() != "#ffffff"
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert not viewer.boxes_button.isChecked()
    assert colour_at(canvas, edge).name() == "#ffffff"
    QTest.mouseClick(viewer.boxes_button, Qt.MouseButton.LeftButton)
    assert colour_at(canvas, edge).name() != "#ffffff"
    viewer.close()


@pytest.mark.parametrize("data", [DETECTED, {"nearest": 0.5, "farthest": 2.0, "unit": "metres"}])
def test_the_frame_of_the_focused_picture_leaves_the_picture_to_be_seen(
    data: dict[str, Any], tmp_path: Path, open_large: Callable[..., ImageViewer], qtbot: QtBot
) -> None:
    made = picture(tmp_path / "made.png", 900, 600, "white")
    before = picture(tmp_path / "before.png", 900, 600, "white")
    viewer = open_large(replace(made, data=data), before.path)
    viewer.activateWindow()
    viewer.canvas.setFocus()
    qtbot.waitUntil(viewer.canvas.hasFocus, timeout=5000)
    inside = viewer.canvas.place_of(QPointF(0.25, 0.75)).toPoint()  # in no tag
    assert colour_at(viewer.canvas, inside).name() == "#ffffff"
    left = viewer.canvas.rect().center()
    left.setX(1)
    assert colour_at(viewer.canvas, left).name() == theme.colours().accent.lower(), "but the frame is there"
    viewer.close()


@pytest.mark.qt_log_ignore(r"raise\(\)")  # the offscreen platform cannot lift the tooltip
def test_the_mouse_over_a_thing_tells_label_and_score(
    tmp_path: Path, open_large: Callable[..., ImageViewer], qtbot: QtBot
) -> None:
    made, before = picture(tmp_path / "made.png", 900, 600), picture(tmp_path / "before.png", 450, 300)
    viewer = open_large(replace(made, data=DETECTED), before.path)
    canvas = viewer.canvas
    for share, words in ((QPointF(0.8, 0.8), "cat · 93 %"), (QPointF(0.2, 0.2), "sofa · 80 %")):
        hover(canvas, canvas.place_of(share))
        qtbot.waitUntil(partial(lambda told: QToolTip.text() == told, words), timeout=5000)
        assert canvas.hovered_mark is not None
        assert canvas.hovered_mark.told == words
        assert viewer._told.text() == words
    QTest.keyClick(canvas, Qt.Key.Key_N)  # without a mouse
    assert canvas.hovered_mark is not None
    assert canvas.hovered_mark.label == "cat"
    QTest.keyClick(canvas, Qt.Key.Key_P)
    assert canvas.hovered_mark.label == "sofa"
    assert "cat · 93 %" in canvas.accessibleDescription()
    QToolTip.hideText()
    viewer.close()
    qtbot.waitUntil(lambda: not QToolTip.isVisible(), timeout=5000)


def test_masks_are_laid_over_the_original(
    tmp_path: Path, open_large: Callable[..., ImageViewer], qtbot: QtBot
) -> None:
    made, before = (
        picture(tmp_path / "made.png", 800, 400),
        picture(tmp_path / "before.png", 800, 400, "white"),
    )
    viewer = open_large(replace(made, data=SEGMENTED), before.path)
    canvas = viewer.canvas
    assert viewer.masks_button.isVisible()
    QTest.keyClick(canvas, Qt.Key.Key_B)
    sky, nothing = canvas.place_of(QPointF(0.7, 0.2)).toPoint(), canvas.place_of(QPointF(0.9, 0.95)).toPoint()
    qtbot.waitUntil(lambda: colour_at(canvas, nothing).name() == "#ffffff", timeout=5000)
    assert colour_at(canvas, sky).name() != "#ffffff"
    QTest.keyClick(canvas, Qt.Key.Key_M)
    assert colour_at(canvas, sky).name() == "#ffffff"
    viewer.close()


def test_a_depth_picture_stands_beside_its_original_and_moves_with_it(
    tmp_path: Path, open_large: Callable[..., ImageViewer], qtbot: QtBot
) -> None:
    depth = {"width_px": 900, "height_px": 600, "unit": "metres", "nearest": 1.0, "farthest": 4.0}
    made, before = picture(tmp_path / "made.png", 900, 600), picture(tmp_path / "before.png", 1800, 1200)
    viewer = open_large(replace(made, data=depth), before.path)
    assert viewer.other.picture_size == QSize(1800, 1200)
    assert viewer.other.isVisible()
    grey = viewer._result[0].pixelColor(100, 100).lightness()
    hover(viewer.other, viewer.other.place_of(QPointF(0.5, 0.5)))
    assert viewer._told.text() == f"About {4 - 3 * grey / 255:.2f} m away"
    viewer.canvas.zoom_by(4)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Right)
    assert viewer.other.shown.width() == pytest.approx(viewer.canvas.shown.width())
    assert viewer.other.share_at(QPointF(50, 50)).x() == pytest.approx(
        viewer.canvas.share_at(QPointF(50, 50)).x(), abs=0.02
    )
    QTest.keyClick(viewer.canvas, Qt.Key.Key_S)
    assert not viewer.other.isVisible()
    QTest.mouseClick(viewer.original_button, Qt.MouseButton.LeftButton)
    assert viewer.canvas.picture_size == QSize(1800, 1200)
    QTest.mouseClick(viewer.original_button, Qt.MouseButton.LeftButton)
    assert viewer.canvas.picture_size == QSize(900, 600)
    viewer.close()


def test_an_original_that_went_leaves_the_result(
    tmp_path: Path, open_large: Callable[..., ImageViewer], qtbot: QtBot
) -> None:
    made = picture(tmp_path / "made.png", 900, 600)
    viewer = open_large(replace(made, data=DETECTED), tmp_path / "gone.png")
    qtbot.waitUntil(lambda: not viewer.beside_button.isVisible(), timeout=5000)
    assert not viewer.boxes_button.isVisible(), "they are drawn into the result"
    assert viewer.canvas.picture_size == QSize(900, 600)
    viewer.close()


# ---------------------------------------------------------------- what the data says


def test_marks_come_from_the_structured_result() -> None:
    assert [mark.label for mark in marks_in(DETECTED)] == ["sofa", "cat"]
    tree = mark_at(marks_in(SEGMENTED), QPointF(0.1, 0.9))
    assert tree is not None
    assert (tree.label, tree.told) == ("tree", "tree · 70 %")
    assert mark_at(marks_in(SEGMENTED), QPointF(0.4, 0.9)) is None, "within the box, outside the mask"
    assert marks_in(SEGMENTED)[0].told == "sky"
    assert marks_in(SEGMENTED)[0].box == QRectF(0, 0, 1, 0.5)
    shown = mask_picture(marks_in(SEGMENTED))
    assert shown.size() == QSize(4, 2)
    assert shown.pixelColor(3, 0).alpha() > 0
    assert shown.pixelColor(3, 1).alpha() == 0
    assert mask_picture(marks_in(DETECTED)).isNull()


def test_greys_of_a_depth_picture_are_distances() -> None:
    depth = depth_in({"unit": "metres", "nearest": 1.0, "farthest": 5.0})
    assert depth is not None
    assert [depth.metres(grey) for grey in (255, 0)] == [1.0, 5.0]
    assert depth_in({"unit": "relative", "nearest": 1.0, "farthest": 5.0}) is None
    assert depth_in({"unit": "metres"}) is depth_in([]) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [1],
        {"objects": []},
        {"width_px": 0, "height_px": 1, "objects": [{"box": {}}]},
        {"width_px": 8, "height_px": 8, "objects": "many"},
        {"width_px": 8, "height_px": 8, "objects": [{"label": "a", "box": {"left": True}}]},
    ],
)
def test_malformed_data_marks_nothing(data: Any) -> None:
    assert marks_in(data) == ()


@pytest.mark.parametrize(
    "mask",
    [
        [],
        {"width": 2, "height": 2, "counts": [1]},
        {"width": 2, "height": 2, "counts": [-1, 5]},
        {"width": 10**6, "height": 10**6, "counts": [10**12]},
        {"width": "2", "height": 2, "counts": [4]},
    ],
)
def test_a_malformed_mask_leaves_the_box(mask: Any) -> None:
    box = {"left": 0, "top": 0, "right": 1, "bottom": 1}
    (mark,) = marks_in({"width_px": 2, "height_px": 2, "regions": [{"label": "a", "box": box, "mask": mask}]})
    assert mark.mask is None
    assert mark.contains(QPointF(0.2, 0.2))


def test_pictures_side_by_side_take_no_more_room_than_one(show: Show, qtbot: QtBot) -> None:
    box = FlowBox(10)
    for _ in range(3):
        tile = QWidget()
        tile.setFixedSize(150, 300)
        box.flow.addWidget(tile)
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(box)
    column.addStretch(1)
    column.addWidget(QLabel("below"))
    show(page)  # 700 x 500: the three stand in one line, and nothing has to be scrolled
    qtbot.waitUntil(lambda: box.height() == 300, timeout=5000)
    assert page.height() <= 500
