"""Reports: what a network costs, row by row, and the tables that say so."""

from resnet_viz.reports.formats import FORMATS
from resnet_viz.reports.report import DEPTHS, Report, Row, report

__all__ = ["DEPTHS", "FORMATS", "Report", "Row", "report"]
