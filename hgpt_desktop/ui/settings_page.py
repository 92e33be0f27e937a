"""The settings, with a search over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hgpt_desktop.bridge.connections import open_connections
from hgpt_desktop.bridge.preferences import NEEDS_RESTART, Preferences
from hgpt_desktop.bridge.translations import LANGUAGES
from hgpt_desktop.bridge.views import ModelView, ProblemView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.ui.basics import Choice, Tick, button, label, search_field
from hgpt_desktop.ui.dialogs import ModelsFolder, PlaceToSave, SettingsToImport
from hgpt_desktop.ui.pages import ScrolledPage, card
from hgpt_desktop.ui.privacy_card import PrivacyCard
from hgpt_desktop.ui.shortcut_card import ShortcutCard

_FONT_STEPS = (0.9, 1.0, 1.15, 1.3, 1.5)
_MARGIN_PX = 9
_CONTROL_PX = 240
_CONTEXTS = (4096, 8192, 16384, 32768)


@dataclass(frozen=True, slots=True)
class _Row:
    widget: QWidget
    words: str


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
        self._showing = False
        self._rows: list[_Row] = []
        self._sections: list[tuple[QFrame, list[_Row]]] = []
        self.search_field = search_field(self.tr("Search settings"))
        self.search_field.textChanged.connect(self._filter)
        self.body.addWidget(self.search_field)
        self._nothing = label(self.tr("No setting by that name."), "muted")
        self._nothing.hide()
        self.body.addWidget(self._nothing)
        self._looks()
        self._plans()
        self._engine()
        self._cards()
        self._all()
        self.body.addStretch(1)

    # ------------------------------------------------------------ sections

    def _looks(self) -> None:
        self.language_box = self._choice({"system": self.tr("As the desktop"), **LANGUAGES})
        self.theme_box = self._choice(
            {
                "system": self.tr("As the desktop"),
                "light": self.tr("Light"),
                "dark": self.tr("Dark"),
                "contrast": self.tr("High contrast"),
            }
        )
        self.font_box = self._choice({step: f"{round(step * 100)} %" for step in _FONT_STEPS})
        self.notify_box = Tick(self.tr("Shown"))
        self._section(
            self.tr("Looks"),
            (
                (self.tr("Language"), self.tr("Of the window; requests may be in any."), self.language_box),
                (self.tr("Theme"), self.tr("Light, dark, or with strong contrasts."), self.theme_box),
                (self.tr("Font size"), self.tr("Of all texts in the window."), self.font_box),
                (
                    self.tr("Icon in the tray"),
                    self.tr(
                        "It tells you when a long request or a batch has ended while you work elsewhere."
                    ),
                    self.notify_box,
                ),
            ),
        )
        self.language_box.activated.connect(lambda: self._set(language=self.language_box.currentData()))
        self.theme_box.activated.connect(lambda: self._set(theme=self.theme_box.currentData()))
        self.notify_box.toggled.connect(lambda wanted: self._set(notify=wanted))
        self.font_box.activated.connect(lambda: self._set(font_scale=self.font_box.currentData()))

    def _plans(self) -> None:
        self.approve_box = self._choice(
            {
                "never": self.tr("Run it at once"),
                "costly": self.tr("Ask when it is long or costly"),
                "always": self.tr("Always ask"),
            }
        )
        self.llm_box = Choice()
        self.top_k_box = QSpinBox()
        self.top_k_box.setRange(1, 20)
        self._section(
            self.tr("Plans"),
            (
                (
                    self.tr("Before a plan runs"),
                    self.tr("When asked, you can change tasks, models and arguments first."),
                    self.approve_box,
                ),
                (
                    self.tr("Language model"),
                    self.tr("It plans, chooses models and writes answers."),
                    self.llm_box,
                ),
                (
                    self.tr("Candidates"),
                    self.tr("How many models the language model chooses among for a task."),
                    self.top_k_box,
                ),
            ),
        )
        self.approve_box.activated.connect(lambda: self._set(approve_plans=self.approve_box.currentData()))
        self.llm_box.activated.connect(lambda: self._set(llm=self.llm_box.currentData()))
        self.top_k_box.editingFinished.connect(lambda: self._set(top_k=self.top_k_box.value()))

    def _engine(self) -> None:
        self.device_box = self._choice(
            {"auto": self.tr("Automatic"), "cpu": self.tr("CPU"), "cuda:0": self.tr("First GPU")}
        )
        self.budget_box = QDoubleSpinBox()
        self.budget_box.setRange(0.0, 4096.0)
        self.budget_box.setDecimals(1)
        self.budget_box.setSuffix(" GB")
        self.budget_box.setSpecialValueText(self.tr("Automatic"))
        self.reserve_box = QDoubleSpinBox()
        self.reserve_box.setRange(0.0, 1024.0)
        self.reserve_box.setDecimals(1)
        self.reserve_box.setSuffix(" GB")
        self.reserve_box.setSpecialValueText(self.tr("Automatic"))
        self.alive_box = QSpinBox()
        self.alive_box.setRange(0, 24 * 60)
        self.alive_box.setSuffix(" min")
        self.alive_box.setSpecialValueText(self.tr("Until its room is needed"))
        self.cache_box = QDoubleSpinBox()
        self.cache_box.setRange(0.0, 1000.0)
        self.cache_box.setDecimals(1)
        self.cache_box.setSuffix(" GB")
        self.context_box = self._choice({size: f"{size}" for size in _CONTEXTS})
        self.timeout_box = QSpinBox()
        self.timeout_box.setRange(1, 24 * 60)
        self.timeout_box.setSuffix(" min")
        self.loading_box = QSpinBox()
        self.loading_box.setRange(1, 24 * 60)
        self.loading_box.setSuffix(" min")
        self.network_box = Tick(self.tr("Allowed"))
        self.folder_button = button("…", "", "folder")
        self.folder_button.clicked.connect(self._choose_folder)
        self._section(
            self.tr("Models and memory"),
            (
                (
                    self.tr("Models folder"),
                    self.tr("Where models live; those in the folder before stay there."),
                    self.folder_button,
                ),
                (self.tr("Device"), self.tr("Where models run."), self.device_box),
                (
                    self.tr("Memory budget"),
                    self.tr("What all models together may take; others leave when one needs room."),
                    self.budget_box,
                ),
                (
                    self.tr("Reserve"),
                    self.tr("Memory that is left to other programs."),
                    self.reserve_box,
                ),
                (
                    self.tr("Keep alive"),
                    self.tr("How long a model that nobody uses stays in memory."),
                    self.alive_box,
                ),
                (
                    self.tr("Kept results"),
                    self.tr("Disk room for results that are used again instead of being made anew."),
                    self.cache_box,
                ),
                (
                    self.tr("Context"),
                    self.tr("Tokens that the language model can see at once; more takes more memory."),
                    self.context_box,
                ),
                (
                    self.tr("Time limit of a task"),
                    self.tr("A task that runs longer is ended."),
                    self.timeout_box,
                ),
                (
                    self.tr("Time limit of loading"),
                    self.tr("A model that takes longer to load, without a sign of life, is given up."),
                    self.loading_box,
                ),
                (self.tr("Downloads"), self.tr("Whether models may be fetched at all."), self.network_box),
            ),
        )
        self.device_box.activated.connect(lambda: self._set(device=self.device_box.currentData()))
        self.budget_box.editingFinished.connect(self._take_budget)
        self.reserve_box.editingFinished.connect(
            lambda: self._set(memory_reserve_bytes=round(self.reserve_box.value() * 1e9) or None)
        )
        self.alive_box.editingFinished.connect(
            lambda: self._set(keep_alive_s=self.alive_box.value() * 60.0 or None)
        )
        self.cache_box.editingFinished.connect(
            lambda: self._set(result_cache_bytes=round(self.cache_box.value() * 1e9))
        )
        self.context_box.activated.connect(lambda: self._set(context_tokens=self.context_box.currentData()))
        self.timeout_box.editingFinished.connect(
            lambda: self._set(task_timeout_s=self.timeout_box.value() * 60.0)
        )
        self.loading_box.editingFinished.connect(
            lambda: self._set(load_timeout_s=self.loading_box.value() * 60.0)
        )
        self.network_box.toggled.connect(lambda allowed: self._set(network=allowed))

    def _take_budget(self) -> None:
        wanted = round(self.budget_box.value() * 1e9)
        self._set(memory_budget_bytes=wanted or None)

    def _cards(self) -> None:
        self.shortcuts = ShortcutCard()
        self.shortcuts.changed.connect(lambda chosen: self._set(shortcuts=chosen))
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
        row = _Row(box, self.tr("All settings export import reset").casefold())
        self._sections.append((box, [row]))
        self.body.addWidget(box)

    def _section(self, title: str, rows: Sequence[tuple[str, str, QWidget]]) -> None:
        box, inside = card()
        inside.addWidget(label(title, scale=1.15, bold=True))
        made = []
        for name, words, control in rows:
            control.setAccessibleName(name)
            if isinstance(control, QAbstractSpinBox):
                control.lineEdit().setAccessibleName(name)
                control.lineEdit().setTextMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
            control.setFixedWidth(_CONTROL_PX)
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 4, 0, 4)
            row.setSpacing(16)
            texts = QVBoxLayout()
            texts.setSpacing(2)
            texts.addStretch(1)
            texts.addWidget(label(name))
            texts.addWidget(label(words, "muted", 0.92, wrap=True))
            texts.addStretch(1)
            row.addLayout(texts, 1)
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            inside.addWidget(line)
            made.append(_Row(line, f"{title} {name} {words}".casefold()))
        self._sections.append((box, made))
        self.body.addWidget(box)

    @staticmethod
    def _choice(options: Mapping[Any, str]) -> QComboBox:
        box = Choice()
        for value, name in options.items():
            box.addItem(name, value)
        return box

    # ------------------------------------------------------------ showing

    @property
    def shown_sections(self) -> int:
        """How many sections the search leaves."""
        return sum(not box.isHidden() for box, _ in self._sections)

    def refresh(self) -> None:
        """Read what is set, which language models there are, and where things are."""
        self._workbench.ask("history", self, lambda engine: engine.preferences(), self.show_preferences)
        self._workbench.ask("history", self, lambda engine: engine.models(), self._show_llms)
        self._workbench.ask("history", self, lambda engine: engine.places(), self._show_places)
        self._look_at_connections()

    def show_preferences(self, preferences: Preferences) -> None:
        """Show what is set."""
        self._preferences = preferences
        self._showing = True
        try:
            for box, value in (
                (self.language_box, preferences.language),
                (self.theme_box, preferences.theme),
                (self.font_box, preferences.font_scale),
                (self.approve_box, preferences.approve_plans),
                (self.device_box, preferences.device),
                (self.context_box, preferences.context_tokens),
                (self.llm_box, preferences.llm),
            ):
                if box.findData(value) < 0 and value is not None:
                    box.addItem(str(value), value)
                box.setCurrentIndex(max(box.findData(value), 0))
            self.top_k_box.setValue(preferences.top_k)
            self.budget_box.setValue((preferences.memory_budget_bytes or 0) / 1e9)
            self.reserve_box.setValue((preferences.memory_reserve_bytes or 0) / 1e9)
            self.alive_box.setValue(round((preferences.keep_alive_s or 0) / 60))
            self.cache_box.setValue(preferences.result_cache_bytes / 1e9)
            self.timeout_box.setValue(round(preferences.task_timeout_s / 60))
            self.loading_box.setValue(round(preferences.load_timeout_s / 60))
            self.network_box.setChecked(preferences.network)
            self.notify_box.setChecked(preferences.notify)
            self.shortcuts.show_chosen(preferences.shortcuts)
        finally:
            self._showing = False

    def _show_llms(self, models: tuple[ModelView, ...]) -> None:
        self.llm_box.clear()
        self.llm_box.addItem(self.tr("The best installed one"), None)
        for model in models:
            if model.controller and model.installed:
                self.llm_box.addItem(model.name, model.id)
        self.llm_box.setCurrentIndex(max(self.llm_box.findData(self._preferences.llm), 0))

    def _show_places(self, places: Mapping[str, str]) -> None:
        self.privacy.show_places(places)
        self._show_folder(places.get("models", ""))

    def _show_folder(self, place: str) -> None:
        room = _CONTROL_PX - 64
        shown = self.folder_button.fontMetrics().elidedText(place, Qt.TextElideMode.ElideMiddle, room)
        self.folder_button.setText(shown)
        self.folder_button.setToolTip(place)

    def _look_at_connections(self) -> None:
        self._workbench.ask(
            "history", self, lambda _engine: open_connections(), self.privacy.show_connections
        )

    def _filter(self) -> None:
        words = self.search_field.text().casefold().split()
        for box, rows in self._sections:
            found = 0
            for row in rows:
                fits = all(word in row.words for word in words)
                found += fits
                if row.widget is not box:
                    row.widget.setVisible(fits)
            box.setVisible(found > 0)
        self._nothing.setVisible(self.shown_sections == 0)

    def note_theme(self, name: str) -> None:
        """It was set elsewhere."""
        self.show_preferences(replace(self._preferences, theme=name))

    # ------------------------------------------------------------ changing

    def _set(self, **changes: Any) -> None:
        if not self._showing:
            self._keep(replace(self._preferences, **changes))

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
        self.preferences_changed.emit(before, now)
        changed = {name for name, value in asdict(now).items() if value != asdict(before)[name]}
        if then is not None:
            then()
        elif changed & NEEDS_RESTART:
            self.undo_offered.emit(
                self.tr("Kept; it counts from the next start of the program."),
                self.tr("Apply it now"),
                self.reopen_wanted.emit,
            )
        self._workbench.refresh_status()

    def _replace_all(self, wanted: Preferences, sentence: str) -> None:
        """All settings at once; those that were set before can be had back."""
        before = self._preferences
        if wanted == before:
            return

        def bring_back() -> None:
            self._keep(before)
            self.show_preferences(before)

        self._keep(wanted, lambda: self.undo_offered.emit(sentence, self.tr("Undo"), bring_back))
        self.show_preferences(wanted)

    def reset(self) -> None:
        """Set everything as it was at first."""
        self._replace_all(Preferences(), self.tr("All settings are as they were at first."))

    def set_models_folder(self, folder: Path, then: Callable[[], None] | None = None) -> None:
        """Let models live there; `then` is called when it is kept."""
        self._keep(replace(self._preferences, models_folder=str(folder)), then)

    def _choose_folder(self) -> None:
        if (folder := ModelsFolder.ask(self, self.folder_button.toolTip())) is not None:
            self._show_folder(str(folder))
            self.set_models_folder(folder)

    def _export(self) -> None:
        if (place := PlaceToSave.ask(self, "hgpt-settings.json")) is not None:
            self.export_to(place)

    def export_to(self, place: Path) -> None:
        """Write all settings to a file."""
        self._with_file(
            lambda: place.write_text(json.dumps(asdict(self._preferences), indent=2), encoding="utf-8")
        )

    def _import(self) -> None:
        if (place := SettingsToImport.ask(self)) is not None:
            self.import_from(place)

    def import_from(self, place: Path) -> None:
        """Take all settings from a file that `export_to` wrote."""

        def take() -> None:
            kept = json.loads(place.read_text(encoding="utf-8"))
            known = asdict(Preferences())
            wanted = replace(Preferences(), **{name: value for name, value in kept.items() if name in known})
            if wrong := wanted.wrong():
                raise ValueError(wrong)
            self._replace_all(wanted, self.tr("The settings of {name} are in use.").format(name=place.name))

        self._with_file(take)

    def _with_file(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (OSError, ValueError, TypeError, AttributeError) as error:
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("The settings could not be read or written."),
                    self.tr("Choose another file; it must be one that this program exported."),
                    str(error),
                )
            )
