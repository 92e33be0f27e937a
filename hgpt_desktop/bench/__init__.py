"""Measurements of the program, as commands that anybody can repeat."""
