"""Write graphs as source code: similar scopes become one class, their differences its parameters.

`unify` finds the classes, independent of a framework. A `Dialect` has a framework's expressions:
`torch`, `flax` and `keras` define one each. `text` breaks lines as ruff and black do.
"""
