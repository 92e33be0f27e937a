"""HGPT Desktop: HuggingGPT on the user's own workstation."""

__version__ = "0.1.0"
