"""Texts from the page to texts for it; runs in the browser, by Pyodide."""

import json

import resnet_viz
from resnet_viz.spec.files import dumps, loads
from resnet_viz.zoo import families, find

STAGE = ("blocks", "channels", "stride", "block")


def names() -> str:
    """Return the names of the zoo, family by family, as JSON."""
    groups = [(family.title, list(family.makers)) for family in families()]
    return json.dumps(groups)


def spec_of(name: str) -> str:
    """Return a network of the zoo as JSON, every stage with the values that the page edits."""
    spec = find(name)
    data = json.loads(dumps(spec, "json"))
    for stage, values in zip(spec.stages, data["stages"], strict=True):
        values.update({field: getattr(stage, field) for field in STAGE})
    data["input"] = list(spec.input)
    return json.dumps(data)


def answer(text: str, options: str) -> str:
    """Return figure, totals and rows of a network as JSON, or what is wrong with it."""
    try:
        spec = loads(text, "json")
        report = resnet_viz.report(spec, depth="stage")
        drawing = resnet_viz.draw(spec, **json.loads(options))
    except resnet_viz.ResNetVizError as error:
        return json.dumps({"wrong": str(error)})
    return json.dumps(
        {
            "svg": drawing.to_svg(),
            "totals": dict(report.totals),
            "layers": report.layers.derive(),
            "rows": [
                [row.path, "×".join(map(str, row.output)), row.params, row.macs]
                for row in report.rows
            ],
        }
    )
