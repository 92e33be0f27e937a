"""The controls of the settings: each shows a value and tells when the user, and nobody else, changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.translations import LANGUAGES
from hgpt_desktop.bridge.views import ModelView
from hgpt_desktop.ui.basics import Choice, Tick, button
from hgpt_desktop.ui.formats import percent_text

_FONT_STEPS = (0.9, 1.0, 1.15, 1.3, 1.45, 1.6)
_CONTEXTS = (4096, 8192, 16384, 32768)
_GB = 1e9
_MIN_S = 60.0
_DAY_MIN = 24 * 60.0
CONTROL_PX = 240

_Control = TypeVar("_Control", "ChoiceControl", "SwitchControl", "AmountControl")


class ChoiceControl(Choice):
    """One of several values; one that is not among them is added to them."""

    chosen = Signal(object)

    def __init__(self, options: Mapping[Any, str], name_of: Callable[[Any], str] = str) -> None:
        super().__init__()
        self._name_of = name_of
        self.offer(options)
        self.activated.connect(lambda: self.chosen.emit(self.currentData()))

    def offer(self, options: Mapping[Any, str]) -> None:
        """These values, by name, instead of the ones before."""
        self.clear()
        for value, name in options.items():
            self.addItem(name, value)

    def show_value(self, value: object) -> None:
        """Show what is set."""
        if self.findData(value) < 0 and value is not None:
            self.addItem(self._name_of(value), value)
        self.setCurrentIndex(max(self.findData(value), 0))


class SwitchControl(Tick):
    """Yes or no."""

    chosen = Signal(object)

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.clicked.connect(lambda: self.chosen.emit(self.isChecked()))

    def show_value(self, value: object) -> None:
        """Show what is set."""
        self.setChecked(bool(value))


class AmountControl(QDoubleSpinBox):
    """A number in a unit. A value that it cannot show in full stays as it is until the user writes another.

    Args:
        size: how much of the setting one unit is.
        none: what 0 stands for, where the setting may be left open.
        whole: the setting is a whole number.
    """

    chosen = Signal(object)

    def __init__(
        self,
        unit: str,
        size: float,
        least: float,
        most: float,
        *,
        decimals: int = 2,
        none: str = "",
        whole: bool = False,
    ) -> None:
        super().__init__()
        self._size, self._none, self._whole = size, none, whole
        self._shown = 0.0
        self.setDecimals(decimals)
        self.setRange(least, most)
        self.setSuffix(f" {unit}" if unit else "")
        self.setSpecialValueText(none)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editingFinished.connect(self._take)

    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls; a value is not changed in passing

    def show_value(self, value: float | None) -> None:
        """Show what is set."""
        shown = (value or 0) / self._size
        self.setMaximum(max(self.maximum(), shown))
        self.setValue(shown)
        self._shown = self.value()

    def _take(self) -> None:
        if self.value() == self._shown:
            return
        self._shown = self.value()
        value = self.value() * self._size
        self.chosen.emit(None if self._none and not value else round(value) if self._whole else value)


class SettingControls(QObject):
    """A control for each setting that has one of its own, by key."""

    changed = Signal(str, object)  # key and value

    def __init__(self) -> None:
        super().__init__()
        self._by_key: dict[str, ChoiceControl | SwitchControl | AmountControl] = {}
        self._looks()
        self._plans()
        self._engine()
        self.folder_button = button("…", "", "folder")

    def __getitem__(self, key: str) -> QWidget:
        """The control of that setting."""
        return self.folder_button if key == "models_folder" else self._by_key[key]

    def _looks(self) -> None:
        as_desktop = self.tr("As the desktop")
        self.language_box = self._add("language", ChoiceControl({"system": as_desktop, **LANGUAGES}))
        themes = {"light": self.tr("Light"), "dark": self.tr("Dark"), "contrast": self.tr("High contrast")}
        self.theme_box = self._add("theme", ChoiceControl({"system": as_desktop, **themes}))
        steps = {step: percent_text(step) for step in _FONT_STEPS}
        self.font_box = self._add("font_scale", ChoiceControl(steps, percent_text))
        self.notify_box = self._add("notify", SwitchControl(self.tr("Shown")))

    def _plans(self) -> None:
        words = {
            "never": self.tr("Run it at once"),
            "costly": self.tr("Ask when it is long or costly"),
            "always": self.tr("Always ask"),
        }
        self.approve_box = self._add("approve_plans", ChoiceControl(words))
        self.llm_box = self._add("llm", ChoiceControl({None: self.tr("The best installed one")}))
        self.top_k_box = self._add("top_k", AmountControl("", 1, 1, 20, decimals=0, whole=True))

    def _engine(self) -> None:
        automatic, minutes = self.tr("Automatic"), self.tr("min")
        devices = {"auto": automatic, "cpu": self.tr("CPU"), "cuda:0": self.tr("First GPU")}
        self.device_box = self._add("device", ChoiceControl(devices))
        self.budget_box = self._add(
            "memory_budget_bytes", AmountControl("GB", _GB, 0, 4096, none=automatic, whole=True)
        )
        self.reserve_box = self._add(
            "memory_reserve_bytes", AmountControl("GB", _GB, 0, 1024, none=automatic, whole=True)
        )
        until_needed = self.tr("Until its room is needed")
        self.alive_box = self._add(
            "keep_alive_s", AmountControl(minutes, _MIN_S, 0, _DAY_MIN, none=until_needed)
        )
        self.cache_box = self._add("result_cache_bytes", AmountControl("GB", _GB, 0, 1000, whole=True))
        self.context_box = self._add("context_tokens", ChoiceControl({one: f"{one}" for one in _CONTEXTS}))
        self.timeout_box = self._add("task_timeout_s", AmountControl(minutes, _MIN_S, 0.01, _DAY_MIN))
        self.loading_box = self._add("load_timeout_s", AmountControl(minutes, _MIN_S, 0.01, _DAY_MIN))
        self.network_box = self._add("network", SwitchControl(self.tr("Allowed")))

    def show(self, preferences: Preferences) -> None:
        """Show what is set."""
        for key, control in self._by_key.items():
            control.show_value(getattr(preferences, key))

    def offer_llms(self, models: Sequence[ModelView], chosen: str | None) -> None:
        """The installed language models that can plan."""
        found = {model.id: model.name for model in models if model.controller and model.installed}
        self.llm_box.offer({None: self.tr("The best installed one"), **found})
        self.llm_box.show_value(chosen)

    def show_folder(self, place: str) -> None:
        """Where models live."""
        room = CONTROL_PX - 64
        shown = self.folder_button.fontMetrics().elidedText(place, Qt.TextElideMode.ElideMiddle, room)
        self.folder_button.setText(shown)
        self.folder_button.setToolTip(place)

    def _add(self, key: str, control: _Control) -> _Control:
        self._by_key[key] = control
        control.chosen.connect(lambda value: self.changed.emit(key, value))
        return control
