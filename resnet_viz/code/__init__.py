"""Write graphs as source code: similar scopes become one class, their differences its parameters.

`unify` finds the classes, independent of a framework; `network`, `stages` and `classes` write them
in the words of a `dialect` (`torch`, `keras`, `flax`); `text` breaks lines as ruff and black do.
"""
