"""What the user may set, as the window sees it."""

from __future__ import annotations

from hgpt_desktop.settings import Settings as Preferences
from hgpt_desktop.settings import parse_size

__all__ = ["NEEDS_RESTART", "Preferences", "parse_size"]

NEEDS_RESTART = frozenset(
    {
        "device", "memory_budget_bytes", "memory_reserve_bytes", "keep_alive_s", "result_cache_bytes",
        "context_tokens", "task_timeout_s", "load_timeout_s", "top_k", "network",
        "models_folder",
    }
)  # fmt: skip
"""Settings that the engine reads when it is opened."""
