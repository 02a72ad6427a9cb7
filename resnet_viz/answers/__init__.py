"""The verbs of the package: draw, report, compare, explain and so on, one file each.

Every answer that is a table with totals inherits from `tabular.Tabular`, which prints it in every
format.
"""
