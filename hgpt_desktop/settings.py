"""Typed settings and the folders that the program uses."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from hgpt_desktop.core.errors import InvalidInput

_PACKAGE = Path(__file__).resolve().parent
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30,
          "K": 2**10, "M": 2**20, "G": 2**30}  # fmt: skip


def shipped(name: str) -> Path:
    """A file or folder that comes with the program: `models.yaml`, `prompts`, `resources`.

    It stands beside the package in a checkout and inside it once installed from a wheel.
    """
    inside = _PACKAGE / "_data" / name
    return inside if inside.exists() else _PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the program keeps things. HGPT_HOME puts all of it below one folder.

    Args:
        own_models: the models' place where the user has set one.
    """

    config: Path
    data: Path
    cache: Path
    own_models: Path | None = None

    @staticmethod
    def of_user() -> Folders:
        """The user's folders by the platform's custom."""
        if home := os.environ.get("HGPT_HOME"):
            root = Path(home).expanduser().resolve()
            return Folders(config=root / "config", data=root / "data", cache=root / "cache")
        return Folders(
            config=Path(platformdirs.user_config_dir("hgpt-desktop", appauthor=False)),
            data=Path(platformdirs.user_data_dir("hgpt-desktop", appauthor=False)),
            cache=Path(platformdirs.user_cache_dir("hgpt-desktop", appauthor=False)),
        )

    @property
    def models(self) -> Path:
        """Installed models, a folder each. HGPT_MODELS, or else a setting, names another place."""
        if elsewhere := os.environ.get("HGPT_MODELS"):
            return Path(elsewhere).expanduser().resolve()
        return self.own_models or self.data / "models"

    def with_models(self, folder: str | None) -> Folders:
        """The same with the models in the folder that the settings name; None: in the usual place."""
        return replace(self, own_models=Path(folder).expanduser().resolve() if folder else None)

    @property
    def runs(self) -> Path:
        """Results, a folder for each run."""
        return self.data / "runs"

    @property
    def pasted(self) -> Path:
        """Pictures that were pasted and recordings that were made for requests."""
        return self.data / "pasted"

    @property
    def history_db(self) -> Path:
        """Conversations and runs."""
        return self.data / "history.db"

    @property
    def own_catalogue(self) -> Path:
        """A catalogue of the user's own, in the form of models.yaml; it need not be there."""
        return self.config / "models.yaml"

    @property
    def catalogue_db(self) -> Path:
        """The index of models.yaml; it can be made anew at any time."""
        return self.cache / "catalogue.db"

    @property
    def prompt_states(self) -> Path:
        """Evaluated prompt prefixes of the LLM; they can be made anew at any time."""
        return self.cache / "prompt_states"

    @property
    def checked_files(self) -> Path:
        """Which files of models were found to be the installed ones; it can be made anew at any time."""
        return self.cache / "checked_files.json"

    @property
    def measurements_db(self) -> Path:
        """What models were seen to take in memory and time; it can be made anew at any time."""
        return self.cache / "measurements.db"

    @property
    def results(self) -> Path:
        """Results of tasks, kept so that a task that was done once need not run again."""
        return self.cache / "results"

    @property
    def logs(self) -> Path:
        """What the hosts print, and reports of bugs."""
        return self.data / "logs"


DEVICE = re.compile(r"auto|cpu|cuda:\d+")
"""What may be given as the device to run models on."""

_TYPES_OF_NONE = {
    "llm": str,
    "memory_budget_bytes": int,
    "memory_reserve_bytes": int,
    "keep_alive_s": float,
    "models_folder": str,
}  # of settings that may be left open
_KINDS_OF_VALUES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
_ABOVE_ZERO = (
    "memory_budget_bytes",
    "context_tokens",
    "task_timeout_s",
    "load_timeout_s",
    "keep_alive_s",
    "top_k",
    "font_scale",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may set; kept as JSON in the config folder.

    Args:
        llm: id of the controller LLM; None takes the best installed one.
        device: `auto`, `cpu` or `cuda:N`.
        memory_budget_bytes: what models may take together; None takes what the machine has.
        context_tokens: the LLM's context.
        task_timeout_s: after so long without an end a task's host is ended.
        top_k: how many candidates the LLM chooses among.
        theme: `system`, `light`, `dark` or `contrast`.
        network: whether downloads are allowed at all.
        language: `system`, or the code of a translation that comes with the program (`en`, `zh_TW`).
        font_scale: of the desktop's font size, 0.8 to 1.6.
        memory_reserve_bytes: left to other programs; None: 512 MiB, or 4 % of the device where that is more.
        keep_alive_s: how long a model that nobody uses stays in memory; None: until its room is needed.
        load_timeout_s: after so long without an end of a load, or any word of it, its host is ended.
        result_cache_bytes: what kept results of tasks may take on the disk; 0 keeps none.
        approve_plans: whether the window asks before it runs a plan: `never`, `costly` or `always`.
        models_folder: where models live; None: below the data folder. HGPT_MODELS goes before it.
        notify: whether the window has an icon in the tray, and says there when a long run has ended.
        shortcuts: keys that the user gave to commands of the window, by the command's name; "" for none.
    """

    llm: str | None = None
    device: str = "auto"
    memory_budget_bytes: int | None = None
    context_tokens: int = 8192
    task_timeout_s: float = 1800.0
    top_k: int = 5
    theme: str = "system"
    network: bool = True
    language: str = "system"
    font_scale: float = 1.0
    approve_plans: str = "never"
    memory_reserve_bytes: int | None = None
    keep_alive_s: float | None = None
    load_timeout_s: float = 600.0
    result_cache_bytes: int = 2 * 10**9
    models_folder: str | None = None
    notify: bool = True
    shortcuts: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def load(path: Path) -> Settings:
        """The settings kept at `path`; the defaults where there are none.

        Raises:
            InvalidInput: the file is not what this program wrote.
        """
        if not path.exists():
            return Settings()
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            known = {one.name for one in fields(Settings)}
            settings = replace(Settings(), **{key: value for key, value in kept.items() if key in known})
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise InvalidInput(
                f"The settings file {path} cannot be read.", "Mend it or delete it.", str(error)
            ) from error
        if wrong := settings.wrong():
            raise InvalidInput(
                f"The settings file {path} is not right: {wrong}.",
                "Correct it, or delete the file to begin anew.",
            )
        return settings

    def wrong(self) -> str:
        """What cannot be right about these values, as half a sentence; "" where nothing is."""
        for one in fields(Settings):
            value, default = getattr(self, one.name), one.default
            if one.name == "shortcuts" or (value is None and default is None):
                continue
            wanted = _TYPES_OF_NONE.get(one.name) or type(default)
            # In JSON a number without a fraction may stand for one with it, but true is no number.
            fits = type(value) is wanted or (wanted is float and type(value) is int)
            if not fits:
                return f"`{one.name}` is {value!r}, which is not {_KINDS_OF_VALUES[wanted]}"
        if not _are_texts(self.shortcuts):
            return f"`shortcuts` is {self.shortcuts!r}, which is not a list of commands with their keys"
        for name in _ABOVE_ZERO:
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                return f"`{name}` is {value!r}; it has to be above 0"
        if not DEVICE.fullmatch(self.device):
            return f"`device` is {self.device!r}; it may be auto, cpu or cuda:0"
        return ""

    def save(self, path: Path) -> None:
        """Keep the settings at `path`; the file is replaced as a whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(self.to_json(), indent=2), encoding="utf-8")
        draft.replace(path)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def _are_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


def parse_size(text: str) -> int:
    """Bytes from `8GB`, `512 MiB`, `1.5G`, `1000000`.

    Raises:
        InvalidInput: it is not a size.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if match is None or match[2].upper() not in _UNITS:
        raise InvalidInput(f"{text!r} is not a size.", "Write it like 8GB, 512MiB or 1.5G.")
    return int(float(match[1]) * _UNITS[match[2].upper()])
