"""What the settings are called, and sentences that name one by its key."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QCoreApplication

LINK_SCHEME = "hgpt-setting"
"""Of links in sentences; `hgpt-setting:device` leads to that row of the settings."""

_CODE = re.compile(r"`([^`]+)`")


def setting_texts() -> dict[str, tuple[str, str]]:
    """The name of each setting and a sentence about it, by its key."""
    translate = QCoreApplication.translate
    return {
        "language": (
            translate("SettingsPage", "Language"),
            translate("SettingsPage", "Of the window; requests may be in any."),
        ),
        "theme": (
            translate("SettingsPage", "Theme"),
            translate("SettingsPage", "Light, dark, or with strong contrasts."),
        ),
        "font_scale": (
            translate("SettingsPage", "Font size"),
            translate("SettingsPage", "Of all texts in the window."),
        ),
        "notify": (
            translate("SettingsPage", "Icon in the tray"),
            translate(
                "SettingsPage",
                "It tells you when a long request or a batch has ended while you work elsewhere.",
            ),
        ),
        "approve_plans": (
            translate("SettingsPage", "Before a plan runs"),
            translate("SettingsPage", "When asked, you can change tasks, models and arguments first."),
        ),
        "llm": (
            translate("SettingsPage", "Language model"),
            translate("SettingsPage", "It plans, chooses models and writes answers."),
        ),
        "top_k": (
            translate("SettingsPage", "Candidates"),
            translate("SettingsPage", "How many models the language model chooses among for a task."),
        ),
        "models_folder": (
            translate("SettingsPage", "Models folder"),
            translate("SettingsPage", "Where models live; those in the folder before stay there."),
        ),
        "device": (
            translate("SettingsPage", "Device"),
            translate("SettingsPage", "Where models run."),
        ),
        "memory_budget_bytes": (
            translate("SettingsPage", "Memory budget"),
            translate("SettingsPage", "What all models together may take; others leave when one needs room."),
        ),
        "memory_reserve_bytes": (
            translate("SettingsPage", "Reserve"),
            translate("SettingsPage", "Memory that is left to other programs."),
        ),
        "keep_alive_s": (
            translate("SettingsPage", "Keep alive"),
            translate("SettingsPage", "How long a model that nobody uses stays in memory."),
        ),
        "result_cache_bytes": (
            translate("SettingsPage", "Kept results"),
            translate(
                "SettingsPage", "Disk room for results that are used again instead of being made anew."
            ),
        ),
        "context_tokens": (
            translate("SettingsPage", "Context"),
            translate(
                "SettingsPage", "Tokens that the language model can see at once; more takes more memory."
            ),
        ),
        "task_timeout_s": (
            translate("SettingsPage", "Time limit of a task"),
            translate("SettingsPage", "A task that runs longer is ended."),
        ),
        "load_timeout_s": (
            translate("SettingsPage", "Time limit of loading"),
            translate(
                "SettingsPage", "A model that takes longer to load, without a sign of life, is given up."
            ),
        ),
        "network": (
            translate("SettingsPage", "Downloads"),
            translate("SettingsPage", "Whether models may be fetched at all."),
        ),
    }


def setting_names() -> dict[str, str]:
    """The name of each setting by its key."""
    return {key: name for key, (name, _) in setting_texts().items()}


def as_markup(sentence: str) -> str:
    """A plain sentence as rich text: settings as links, commands in the fixed-width font."""
    names = setting_names()

    def shown(found: re.Match[str]) -> str:
        code = found[1]
        if html.unescape(code) in names:
            return f'<a href="{LINK_SCHEME}:{code}">{html.escape(names[code])}</a>'
        return f"<code>{code}</code>"

    return _CODE.sub(shown, html.escape(sentence))


def as_markdown(text: str) -> str:
    """Markdown in which the keys of settings are links; only those that are no word of a language."""
    names = setting_names()

    def shown(found: re.Match[str]) -> str:
        key = found[1]
        return f"[{names[key]}]({LINK_SCHEME}:{key})" if key in names and "_" in key else found[0]

    return _CODE.sub(shown, text)


def in_words(sentence: str) -> str:
    """A sentence for where no link can stand: settings by their names."""
    names = setting_names()
    quoted = QCoreApplication.translate("SettingsPage", "“{name}”")
    return _CODE.sub(
        lambda found: quoted.format(name=names[found[1]]) if found[1] in names else found[0], sentence
    )
