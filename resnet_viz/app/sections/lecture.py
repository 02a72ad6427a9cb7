"""Make the steps of a lecture on a network: the whole, its parts in order, and captions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from resnet_viz.answers.report import Row
from resnet_viz.app.answers import graph_of, report_of
from resnet_viz.app.sections.notes import Note, fitting
from resnet_viz.app.state import Config
from resnet_viz.graph import Scope
from resnet_viz.ops.operator import spell
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import lookup
from resnet_viz.text.notes import NOTES as TEXTS
from resnet_viz.text.page import kind_name, translate

__all__ = ["lecture_steps"]

Step = dict[str, object]


def lecture_steps(config: Config) -> list[Step]:
    """Return the steps: titles, lines, and the paths of the parts that they show."""
    notes = [_caption_step(note, config.lang) for note in fitting(config)]
    return [*_parts(config.spec, config.lang), *notes]


def _caption_step(note: Note, lang: str) -> Step:
    """Return the step of a caption, with Markdown removed."""
    text = re.sub(r"\*+", "", lookup(TEXTS[note.name], lang, "page"))
    return {"title": note.source.partition(",")[0], "lines": [text, note.source], "paths": []}


@lru_cache(maxsize=64)
def _parts(spec: ResNetSpec, lang: str) -> list[Step]:
    """Return a step for the network and for each of its parts."""
    report = report_of(spec, "stage")
    totals = {word: f"{translate(lang, word)}: {report.totals[word]:,}" for word in WORDS}
    whole = [translate(lang, "at_input", spell(spec.input)), *totals.values()]
    steps: list[Step] = [{"title": spec.name, "lines": whole, "paths": []}]
    scopes = {part.path: part for part in graph_of(spec).root.children if isinstance(part, Scope)}
    for row in report.rows:
        scope = scopes.get(row.path)
        is_stage = row.kind == "stage"
        paths = [row.path] if is_stage or scope is None else [one.path for one in scope.children]
        title = _title(spec, row, lang)
        steps.append({"title": title, "lines": _lines(row, report.totals, lang), "paths": paths})
    return steps


WORDS = ("layers", "params", "macs")


def _title(spec: ResNetSpec, row: Row, lang: str) -> str:
    name = kind_name(lang, row.kind, row.path)
    if row.kind != "stage":
        return name
    stage = spec.stages[int(row.path.removeprefix("layer")) - 1]
    return translate(lang, "stage_of", name, stage.blocks, kind_name(lang, stage.block, row.path))


def _lines(row: Row, totals: Mapping[str, Any], lang: str) -> list[str]:
    lines = [translate(lang, "puts_out", spell(row.output))]
    if row.receptive_field is not None:
        lines.append(translate(lang, "sees", row.receptive_field))
    for word in ("params", "macs"):
        amount = getattr(row, word)
        share = amount / totals[word] if totals[word] else 0.0
        lines.append(f"{translate(lang, word)}: {amount:,} ({share:.1%})")
    return lines
