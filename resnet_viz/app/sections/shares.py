"""Compute each stage's share of the network's costs, for the bars in the form."""

from __future__ import annotations

from functools import lru_cache

from resnet_viz.app.answers import report_of
from resnet_viz.spec import ResNetSpec
from resnet_viz.text.page import translate

__all__ = ["stage_shares"]


@lru_cache(maxsize=256)
def stage_shares(spec: ResNetSpec, lang: str) -> list[dict[str, object]]:
    """Return the bars of each stage, and a warning if its stride cannot halve the size further.

    >>> from resnet_viz.zoo import find
    >>> stage_shares(find("resnet50"), "en")[3]["bars"][0]["text"]
    '58.6% of parameters'
    """
    report = report_of(spec, "stage")
    rows = {row.path: row for row in report.rows}
    found: list[dict[str, object]] = []
    sides = min(spec.input[1:]) // (spec.stem.stride * (2 if spec.stem.pool else 1))
    for number, stage in enumerate(spec.stages, 1):
        row = rows[f"layer{number}"]
        bars = [_bar(word, getattr(row, word), report.totals[word], lang) for word in WORDS]
        found.append({"bars": bars})
        if stage.stride > max(sides, 1):
            found[-1]["warning"] = translate(lang, "below_one_pixel")
        sides //= stage.stride
    return found


WORDS = ("params", "macs")


def _bar(word: str, amount: int, total: int, lang: str) -> dict[str, object]:
    share = amount / total if total else 0.0
    return {"share": round(share, 4), "text": translate(lang, f"share_of_{word}", share)}
