"""Runs a request: the four stages, the graph of tasks, the lanes, and who may be in memory."""
