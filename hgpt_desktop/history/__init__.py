"""Conversations, runs and what they made, kept in SQLite with full-text search."""
