"""Colours, words and numbers."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import PLAN, catalogue

from hgpt_desktop.bridge.places import icons_folder, samples_folder
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.ui import formats, icons, theme
from hgpt_desktop.ui.plan_graph import PlanGraph
from hgpt_desktop.ui.task_names import plain_name

_GROUNDS = ("window", "surface", "raised", "hover")


@pytest.mark.parametrize("shades", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_text_can_be_read(shades: theme.Colours) -> None:
    named = asdict(shades)
    pairs = [(text, ground) for text in ("text", "muted") for ground in _GROUNDS]
    pairs += [
        ("accent", "surface"),
        ("accent", "raised"),
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
    ]
    pairs += [
        ("text", "accent_soft"),
        ("text", "danger_soft"),
        ("muted", "danger_soft"),
        ("danger", "raised"),
    ]
    pairs += [
        ("danger", "danger_soft"),
        ("warning", "raised"),
        ("warning", "warning_soft"),
        ("success", "raised"),
    ]
    low = {pair: theme.contrast(named[pair[0]], named[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("shades", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_the_stylesheet_names_only_colours_of_the_theme(shades: theme.Colours) -> None:
    sheet = theme.stylesheet_of(shades)
    assert "@" not in sheet
    used = set(re.findall(r"#[0-9A-Fa-f]{6}\b", sheet))
    assert used <= set(asdict(shades).values())


@pytest.mark.parametrize(("name", "shades"), [("dark", theme.DARK), ("light", theme.LIGHT)])
def test_a_theme_dresses_palette_and_stylesheet(name: str, shades: theme.Colours, qapp: QApplication) -> None:
    theme.apply_theme(name)
    assert theme.colours() is shades
    assert QGuiApplication.palette().color(QPalette.ColorRole.Text).name() == shades.text.lower()
    assert qapp.styleSheet() == theme.stylesheet_of(shades)
    theme.apply_theme("light")


def test_an_unknown_theme_is_the_desktops(qapp: QApplication) -> None:
    theme.apply_theme("purple")
    assert theme.colours() is (theme.DARK if theme.wants_dark("system") else theme.LIGHT)
    theme.apply_theme("light")


def test_with_the_largest_font_lines_have_the_room_that_they_need(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    before = QApplication.font()
    try:
        theme.set_font_scale(1.5)
        window = open_window(ScriptedEngine(shelf=list(catalogue())))
        window.show_page("models")
        qtbot.waitUntil(lambda: window.models.list.count() > 0, timeout=5000)
        button = window.sidebar.new_button
        assert button.width() >= button.minimumSizeHint().width()
        two_lines = sum(QFontMetricsF(theme.scaled_font(scale)).height() for scale in (0.98, 0.88))
        assert window.models.list.sizeHintForRow(0) > two_lines
        window.resize(1280, 800)
        window.show_setting("load_timeout_s")
        loading = window.settings.controls.loading_box
        qtbot.waitUntil(lambda: not loading.visibleRegion().isEmpty(), timeout=5000)
        assert window.settings.horizontalScrollBar().maximum() == 0
        graph = PlanGraph()
        show_plan(graph, qtbot)
        assert graph.transform().m11() > 1.0  # it would fit better if it were smaller, but not be read
        graph.deleteLater()
    finally:
        QApplication.setFont(before)


def show_plan(graph: PlanGraph, qtbot: QtBot) -> None:
    """Put a plan into a graph that is seen."""
    graph.resize(700, 300)
    graph.show_tasks(PLAN.tasks)
    graph.show()
    qtbot.waitExposed(graph)


def test_every_icon_draws_something_in_its_colour(qapp: QApplication) -> None:
    names = sorted(path.stem for path in icons_folder().glob("*.svg"))
    assert len(names) > 25
    for name in names:
        image = icons.pixmap(name, "#ff0000", 24).toImage()
        painted = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        solid = [colour for colour in painted if colour.alpha() > 120]
        assert solid, f"{name} draws nothing"
        assert all(colour.red() > 240 and colour.green() < 15 for colour in solid), name


def test_every_task_type_has_a_name_in_words() -> None:
    for name in load_vocabulary().names:
        assert plain_name(name) != name.replace("-", " ").capitalize(), name
    assert plain_name("make-tea") == "Make tea"


def test_the_samples_are_there() -> None:
    assert {"notice.png", "meeting.wav"} <= {path.name for path in samples_folder().iterdir()}


@pytest.mark.parametrize(
    ("count_bytes", "text"),
    [
        (0, "0 KB"),
        (3, "1 KB"),
        (82_900, "83 KB"),
        (63_201_294, "63 MB"),
        (1_117_320_768, "1.12 GB"),
        (12_400_000_000, "12.4 GB"),
        (16_000_000_000, "16 GB"),
        (2_500_000_000_000, "2.50 TB"),
    ],
)
def test_sizes(count_bytes: int, text: str) -> None:
    assert formats.size_text(count_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (3.44, "3.4 s"),
        (9.97, "10 s"),
        (59.4, "59 s"),
        (65, "1 min 05 s"),
        (3720, "1 h 02 min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert formats.duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(7.5, "7.5 s"), (38, "40 s"), (90, "90 s"), (242, "4 min"), (4200, "1 h 10 min")]
)
def test_guessed_times_have_no_digits_that_nobody_knows(seconds: float, text: str) -> None:
    assert formats.about_text(seconds) == text


def test_clock_speed_and_percent() -> None:
    assert [formats.clock_text(ms) for ms in (0, 7_400, 750_000, 3_723_000)] == [
        "0:00",
        "0:07",
        "12:30",
        "1:02:03",
    ]
    assert [formats.speed_text(speed) for speed in (640_000, 5_240_000)] == ["640 KB/s", "5.2 MB/s"]
    assert [formats.percent_text(part) for part in (0, 0.004, 0.125, 1)] == ["0 %", "< 1 %", "12 %", "100 %"]


@pytest.mark.parametrize(
    ("days", "group"), [(0, "Today"), (1, "Yesterday"), (3, "The last seven days"), (40, "October 2026")]
)
def test_date_groups(days: int, group: str) -> None:
    now = datetime.fromisoformat("2026-11-22T20:00:00+01:00")
    assert formats.date_group(now - timedelta(days=days), now.date()) == group
