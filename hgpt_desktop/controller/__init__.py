"""The LLM's work: planning, selection, response and the text tasks. Knows a ChatModel, not llama.cpp."""
