"""The settings, with a search over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.bridge.connections import open_connections
from hgpt_desktop.bridge.preferences import NEEDS_RESTART, Preferences
from hgpt_desktop.bridge.views import ModelView, ProblemView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.ui.basics import button, label, restyle, search_field
from hgpt_desktop.ui.dialogs import ModelsFolder, PlaceToSave, SettingsToImport
from hgpt_desktop.ui.notices import Notices
from hgpt_desktop.ui.pages import ScrolledPage, card
from hgpt_desktop.ui.privacy_card import PrivacyCard
from hgpt_desktop.ui.setting_controls import CONTROL_PX, SettingControls
from hgpt_desktop.ui.setting_texts import setting_texts
from hgpt_desktop.ui.shortcut_card import ShortcutCard

_MARGIN_PX = 9
_AROUND_PX = 120  # what is seen above and below a setting that is named
# A row has a ground of its own where it is marked, and its words stand in line with those of other cards.
_SECTION_MARGINS, _HEAD_MARGINS, _ROW_MARGINS = (8, 16, 8, 12), (10, 0, 10, 6), (10, 6, 10, 6)


@dataclass(frozen=True, slots=True)
class Replaced:
    """All settings, before others took their place: those of a file, or those of the beginning."""

    before: Preferences
    file_name: str = ""


def _differing(one: Preferences, other: Preferences) -> bool:
    """Whether the engine would have to begin anew to go from one to the other."""
    return any(getattr(one, name) != getattr(other, name) for name in NEEDS_RESTART)


def _words_of(control: QWidget, about: str) -> str:
    """What a setting is found by: what is said of it, and what can be chosen."""
    if not isinstance(control, QComboBox):
        return about
    return " ".join((about, *(control.itemText(at) for at in range(control.count()))))


@dataclass(frozen=True, slots=True)
class _Row:
    widget: QWidget
    words: Callable[[], str]
    key: str = ""
    section: str = ""


class SettingsPage(ScrolledPage):
    """Every change is kept at once. What the engine reads at its start says so."""

    preferences_changed = Signal(object, object)  # Preferences before and now
    reopen_wanted = Signal()  # the engine shall begin anew on what is set
    said = Signal(str)
    undo_offered = Signal(str, str, object)  # what happened, what can be done, how
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(self.tr("Settings"))
        self._workbench = workbench
        self._preferences = Preferences()
        self.replaced: Replaced | None = None  # it can be had back, also from a window made anew
        self._sections: list[tuple[QFrame, list[_Row]]] = []
        self.search_field = search_field(self.tr("Search settings"))
        self.search_field.textChanged.connect(self._filter)
        place = QVBoxLayout()
        self.notices = Notices(place)
        self.body.addLayout(place)
        self.body.addWidget(self.search_field)
        self._make_waiting()
        self._nothing = label(self.tr("No setting by that name."), "muted")
        self._nothing.hide()
        self.body.addWidget(self._nothing)
        self._marked: QWidget | None = None
        self.verticalScrollBar().rangeChanged.connect(self._stay_there)
        self.controls = SettingControls()
        self._sections_of_controls()
        self._cards()
        self._all()
        self.body.addStretch(1)

    def _make_waiting(self) -> None:
        """What is kept and not in use yet is said as long as that is so."""
        self.waiting = QFrame()
        self.waiting.setObjectName("warningCard")
        words = label(self.tr("What was changed here counts from the next start of the program."), wrap=True)
        apply = button(self.tr("Apply it now"))
        apply.clicked.connect(self.reopen_wanted)
        line = QHBoxLayout(self.waiting)
        line.setContentsMargins(14, 8, 8, 8)
        line.addWidget(words, 1)
        line.addWidget(apply)
        self.body.addWidget(self.waiting)
        self._workbench.opened.connect(self._show_waiting)
        self._show_waiting()

    def _show_waiting(self) -> None:
        applied = self._workbench.applied
        self.waiting.setVisible(applied is not None and _differing(applied, self._preferences))

    # ------------------------------------------------------------ sections

    def _sections_of_controls(self) -> None:
        for title, keys in (
            (self.tr("Looks"), ("language", "theme", "font_scale", "notify")),
            (self.tr("Plans"), ("approve_plans", "llm", "top_k")),
            (
                self.tr("Models and memory"),
                (
                    "models_folder", "device", "memory_budget_bytes", "memory_reserve_bytes", "keep_alive_s",
                    "result_cache_bytes", "context_tokens", "task_timeout_s", "load_timeout_s", "network",
                ),
            ),
        ):  # fmt: skip
            self._section(title, keys)
        self.controls.folder_button.clicked.connect(self._choose_folder)
        self.controls.changed.connect(self._set)

    def _cards(self) -> None:
        self.shortcuts = ShortcutCard()
        self.shortcuts.changed.connect(lambda chosen: self._set("shortcuts", chosen))
        self.privacy = PrivacyCard()
        self.privacy.look_wanted.connect(self._look_at_connections)
        for box in (self.shortcuts, self.privacy):
            self._sections.append((box, [_Row(box, box.words)]))
            self.body.addWidget(box)

    def _all(self) -> None:
        box, inside = card()
        inside.addWidget(label(self.tr("All settings"), scale=1.15, bold=True))
        line = QHBoxLayout()
        line.setSpacing(8)
        for name, icon, slot in (
            (self.tr("Export…"), "export", self._export),
            (self.tr("Import…"), "download", self._import),
            (self.tr("Reset"), "undo", self.reset),
        ):
            act = button(name, "", icon)
            act.clicked.connect(slot)
            line.addWidget(act)
        line.addStretch(1)
        inside.addLayout(line)
        words = self.tr("All settings export import reset")
        self._sections.append((box, [_Row(box, lambda: words)]))
        self.body.addWidget(box)

    def _section(self, title: str, keys: Sequence[str]) -> None:
        box, inside = card()
        inside.setContentsMargins(*_SECTION_MARGINS)
        inside.setSpacing(2)
        head = label(title, scale=1.15, bold=True)
        head.setContentsMargins(*_HEAD_MARGINS)
        inside.addWidget(head)
        texts, made = setting_texts(), []
        for key in keys:
            name, words = texts[key]
            control = self.controls[key]
            control.setAccessibleName(name)
            if isinstance(control, QAbstractSpinBox):
                control.lineEdit().setAccessibleName(name)
                control.lineEdit().setTextMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
            control.setFixedWidth(CONTROL_PX)
            line = QFrame()
            line.setObjectName("settingRow")
            row = QHBoxLayout(line)
            row.setContentsMargins(*_ROW_MARGINS)
            row.setSpacing(16)
            about = QVBoxLayout()
            about.setSpacing(2)
            about.addStretch(1)
            about.addWidget(label(name))
            about.addWidget(label(words, "muted", 0.92, wrap=True))
            about.addStretch(1)
            row.addLayout(about, 1)
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            inside.addWidget(line)
            made.append(_Row(line, partial(_words_of, control, f"{name} {words} {key}"), key, title))
        self._sections.append((box, made))
        self.body.addWidget(box)

    # ------------------------------------------------------------ showing

    @property
    def shown_sections(self) -> int:
        """How many sections the search leaves."""
        return sum(not box.isHidden() for box, _ in self._sections)

    def refresh(self) -> None:
        """Read what is set, which language models there are, and where things are."""
        self._mark(None)
        self._workbench.ask("history", self, lambda engine: engine.preferences(), self.show_preferences)
        self._workbench.ask("history", self, lambda engine: engine.models(), self._show_llms)
        self._workbench.ask("history", self, lambda engine: engine.places(), self._show_places)
        self._look_at_connections()

    def show_preferences(self, preferences: Preferences) -> None:
        """Show what is set."""
        self._preferences = preferences
        self.controls.show(preferences)
        self.shortcuts.show_chosen(preferences.shortcuts)
        self._show_waiting()

    def _show_llms(self, models: tuple[ModelView, ...]) -> None:
        self.controls.offer_llms(models, self._preferences.llm)

    def _show_places(self, places: Mapping[str, str]) -> None:
        self.privacy.show_places(places)
        self.controls.show_folder(places.get("models", ""))

    def _look_at_connections(self) -> None:
        self._workbench.ask(
            "history", self, lambda _engine: open_connections(), self.privacy.show_connections
        )

    def _filter(self) -> None:
        words = self.search_field.text().casefold().split()
        self._mark(None)
        for box, rows in self._sections:
            found = [row for row in rows if all(word in row.words().casefold() for word in words)]
            if not found and all(word in rows[0].section.casefold() for word in words):
                found = rows  # no setting is called so, but all of them together are
            for row in rows:
                if row.widget is not box:
                    row.widget.setVisible(row in found)
            box.setVisible(bool(found))
        self._nothing.setVisible(self.shown_sections == 0)

    def show_setting(self, key: str) -> None:
        """Lead to that setting: its row is marked until something else is looked for."""
        self.search_field.clear()
        row = next(row for _, rows in self._sections for row in rows if row.key == key)
        self._mark(row.widget)
        self.controls[key].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._stay_there()

    def _stay_there(self) -> None:
        """Keep the setting that is marked in sight while the page still grows."""
        if self._marked is not None:
            self.ensureWidgetVisible(self._marked, 0, _AROUND_PX)

    def _mark(self, wanted: QWidget | None) -> None:
        self._marked = wanted
        for _, rows in self._sections:
            for row in rows:
                if bool(row.widget.property("named")) != (row.widget is wanted):
                    row.widget.setProperty("named", row.widget is wanted)
                    restyle(row.widget)

    def show_problem(self, problem: ProblemView) -> None:
        """Say it above the settings, until it is dismissed or something else is begun."""
        self.notices.show(problem)
        self.verticalScrollBar().setValue(0)

    def note_theme(self, name: str) -> None:
        """It was set elsewhere."""
        self.show_preferences(replace(self._preferences, theme=name))

    # ------------------------------------------------------------ changing

    def _set(self, key: str, value: object) -> None:
        self.replaced = None
        self._keep(replace(self._preferences, **{key: value}))  # type: ignore[arg-type]  # as its control says

    def _keep(self, wanted: Preferences, then: Callable[[], None] | None = None) -> None:
        before = self._preferences
        if wanted == before:
            return
        self._preferences = wanted
        self._workbench.ask(
            "history",
            self,
            lambda engine: engine.keep_preferences(wanted),
            lambda _: self._on_kept(before, wanted, then),
        )

    def _on_kept(self, before: Preferences, now: Preferences, then: Callable[[], None] | None) -> None:
        self._workbench.applied = self._workbench.applied or before
        self._show_waiting()
        self.preferences_changed.emit(before, now)
        if then is not None:
            then()
        elif _differing(before, now):
            self.undo_offered.emit(
                self.tr("Kept; it counts from the next start of the program."),
                self.tr("Apply it now"),
                self.reopen_wanted.emit,
            )
        self._workbench.refresh_status()

    def _replace_all(self, wanted: Preferences, file_name: str = "") -> None:
        """All settings at once; those that were set before can be had back."""
        before = self._preferences
        if wanted == before:
            return
        self.replaced = Replaced(before, file_name)
        self._keep(wanted, lambda: self.offer_back(Replaced(before, file_name)))
        self.show_preferences(wanted)

    def offer_back(self, replaced: Replaced) -> None:
        """Say that all settings are others now, and offer those from before."""

        def bring_back() -> None:
            self.replaced = None
            self._keep(replaced.before)
            self.show_preferences(replaced.before)

        in_use = self.tr("The settings of {name} are in use.").format(name=replaced.file_name)
        sentence = in_use if replaced.file_name else self.tr("All settings are as they were at first.")
        self.undo_offered.emit(sentence, self.tr("Undo"), bring_back)

    def reset(self) -> None:
        """Set everything as it was at first."""
        self._replace_all(Preferences())

    def set_models_folder(self, folder: Path, then: Callable[[], None] | None = None) -> None:
        """Let models live there; `then` is called when it is kept."""
        self._keep(replace(self._preferences, models_folder=str(folder)), then)

    def _choose_folder(self) -> None:
        if (folder := ModelsFolder.ask(self, self.controls.folder_button.toolTip())) is not None:
            self.controls.show_folder(str(folder))
            self.set_models_folder(folder)

    def _export(self) -> None:
        if (place := PlaceToSave.ask(self, "hgpt-settings.json")) is not None:
            self.export_to(place)

    def export_to(self, place: Path) -> None:
        """Write all settings to a file."""
        self.notices.dismiss()
        try:
            place.write_text(json.dumps(asdict(self._preferences), indent=2), encoding="utf-8")
        except OSError as error:
            fault = self.tr("The settings cannot be kept in {place}.").format(place=place)
            self.problem_arrived.emit(ProblemView(fault, self.tr("Choose another folder."), str(error)))
        else:
            self.said.emit(self.tr("The settings are kept in {name}.").format(name=place.name))

    def _import(self) -> None:
        if (place := SettingsToImport.ask(self)) is not None:
            self.import_from(place)

    def import_from(self, place: Path) -> None:
        """Take all settings from a file that `export_to` wrote."""
        self.notices.dismiss()
        try:
            wanted = Preferences.load(place)
        except HgptError as error:
            self.problem_arrived.emit(ProblemView.of(error))
        else:
            self._replace_all(wanted, place.name)
