"""Answers: what users ask of a network. A file has one verb; the function has the file's name.

An answer that is a table with totals describes itself once, as `tabular` says, and so has every
format.
"""
