"""Show the output shape and receptive field of each part of the network."""

from __future__ import annotations

from resnet_viz.answers.report import Row
from resnet_viz.app.answers import report_of
from resnet_viz.app.components import tables
from resnet_viz.app.sections.rows import choose_depth, row_name
from resnet_viz.app.session import Session
from resnet_viz.ops.operator import spell
from resnet_viz.text.page import kind_name, translate

__all__ = ["show"]


def show(session: Session) -> None:
    """Show the output shape of each part."""
    lang = session.config.lang
    depth = choose_depth(session, "block")
    report = report_of(session.config.spec, depth, open_head=True)
    rows = report.rows
    tables.show(
        {
            translate(lang, "part"): [
                translate(lang, "input"),
                *(row_name(row, lang) for row in rows),
            ],
            translate(lang, "kind"): ["", *(kind_name(lang, row.kind, row.path) for row in rows)],
            translate(lang, "output"): [spell(report.input), *(spell(row.output) for row in rows)],
            translate(lang, "field"): [
                translate(lang, "pixels", 1),
                *(_pixels(row, lang) for row in rows),
            ],
        },
        alt=translate(lang, "section:shapes"),
    )


def _pixels(row: Row, lang: str) -> str:
    if row.receptive_field is None:
        return translate(lang, "whole_image")
    return translate(lang, "pixels", row.receptive_field)
