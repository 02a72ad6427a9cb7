"""Write graphs as source code: similar scopes become one class, their differences its parameters.

`unify` finds the classes, independent of a framework; `torch` writes them for PyTorch, and `text`
breaks lines as ruff and black do.
"""
