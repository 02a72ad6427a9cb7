"""Graphs to source code: parts that look alike become one class, what differs its parameters.

`unify` finds the classes, whatever the framework; `torch` writes them for PyTorch, `text` breaks
lines as ruff and black do.
"""
