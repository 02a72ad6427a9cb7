"""Fit the table of devices to measured step times, and report how well it predicts other networks.

    python tools/fit_latency.py timm-benchmarks.csv

The CSV has the columns mode, device, model, size, batch and step_ms, from timm's result files
(github.com/huggingface/pytorch-image-models, folder results). For each mode and device, the
coefficients of `count.roofline` are fitted to all rows; the error of prediction comes from six-fold
cross-validation over networks. Writes resnet_viz/devices/table.json and
docs/latency/predicted.svg.
"""

import csv
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import spearmanr

from resnet_viz.assembly import assemble
from resnet_viz.count.roofline import COEFFICIENTS, time_of, work_of
from resnet_viz.export.svg import to_svg
from resnet_viz.layout.chart import Axis, Panel, Series, lay_out_charts
from resnet_viz.progress import progress
from resnet_viz.themes import find_theme
from resnet_viz.zoo import find

ROOT = Path(__file__).parent.parent

FOLDS = 6

WRONG = {"ecaresnext50t_32x4d"}
"""timm built this network with 26 layers when it was measured; its rows are those of the 26t."""

START = {
    "gpu": (1e14, 30, 10, 1, 5e11, 1.5e12, 1e-6, 2, 4, 12, 4, 1),
    "compiled": (1e14, 30, 10, 1, 8e11, 8e11, 1e-6, 1, 1.6, 2, 1, 1),
    "cpu": (5e11, 20, 4, 1, 2e10, 2e10, 1e-5, 1, 1.6, 2, 1, 1),
}
"""The start of a fit, towards which coefficients with few measurements are regularized."""

PULL = np.array([0, 1, 1, 1, 0, 0, 0.5, 1, 2, 1, 1, 1]) * 0.02


class Rows:
    """The measured rows of one device, with the work of their networks in arrays by kind."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows
        self.measured = np.array([float(row["step_ms"]) / 1000 for row in rows])
        self.names = np.array([row["model"] for row in rows])
        works = [(i, work) for i, row in enumerate(rows) for work in network_work(row)]
        self.kinds = []
        for kind in sorted({work.kind for _, work in works}):
            chosen = [(i, work) for i, work in works if work.kind == kind]
            fields = chosen[0][1]._fields[2:]
            arrays = {f: np.array([float(getattr(w, f)) for _, w in chosen]) for f in fields}
            index = np.array([i for i, _ in chosen])
            self.kinds.append((SimpleNamespace(kind=kind, **arrays), index))

    def predict(self, coefficients: np.ndarray, element: int, compiled: bool) -> np.ndarray:
        """Return the predicted seconds of each row, given the logarithms of the coefficients."""
        device = dict(zip(COEFFICIENTS, np.exp(coefficients), strict=True))
        total = np.zeros(len(self.rows))
        for work, index in self.kinds:
            each = work.times * time_of(work, device, element, compiled=compiled).total
            total += np.bincount(index, each, minlength=len(self.rows))
        return total

    def where(self, chosen: np.ndarray) -> "Rows":
        """Return the chosen rows."""
        return Rows([row for row, is_chosen in zip(self.rows, chosen, strict=True) if is_chosen])


_WORK: dict = {}


def network_work(row: dict[str, str]) -> tuple:
    """Return the work of a row's network at its batch and size."""
    key = (row["model"], row["size"], row["batch"])
    if key not in _WORK:
        spec, size = find(row["model"]), int(row["size"])
        _WORK[key] = work_of(assemble(spec, (int(row["batch"]), spec.input[0], size, size)))
    return _WORK[key]


def fit(rows: Rows, start: np.ndarray, element: int, compiled: bool) -> np.ndarray:
    """Return the logarithms of the coefficients that best predict the measured times."""

    def errors(coefficients: np.ndarray) -> np.ndarray:
        predicted = rows.predict(coefficients, element, compiled)
        return np.concatenate([np.log(predicted / rows.measured), PULL * (coefficients - start)])

    return least_squares(errors, start, loss="soft_l1", f_scale=0.05, max_nfev=150).x


SHOWN = {
    "RTX 3090, channels last": ("infer", "amp-nhwc-pt240-cu124-rtx3090"),
    "RTX 4090": ("infer", "amp-nchw-pt240-cu124-rtx4090"),
    "RTX 5090, compiled": ("infer", "amp-nchw-pt291-cu130-5090-dynamo"),
    "i7-12700H, compiled": ("infer", "fp32-nchw-pt240-cpu-i7_12700h-dynamo"),
    "RTX 3090, training": ("train", "amp-nchw-pt112-cu113-rtx3090"),
}
"""The devices in the figure of the docs, each with its label."""


def draw(predictions: list[tuple[str, ...]]) -> None:
    """Draw the errors of predictions by network size, with labels on the largest errors."""
    panels = []
    for title, device in SHOWN.items():
        points = {}
        for mode, name, network, size, batch, measured, predicted in predictions:
            if (mode, name) == device:
                works = network_work({"model": network, "size": size, "batch": batch})
                macs = sum(work.times * work.flops for work in works) / 2 / int(batch)
                points[macs / 1e9, 100 * (float(predicted) / float(measured) - 1)] = network
        series = [Series("", tuple(points), dots=True)]
        named: set[str] = set()
        for x, y in sorted(points, key=lambda point: -abs(point[1])):
            if points[x, y] not in named and len(named) < 2:
                named.add(points[x, y])
                series.append(Series(points[x, y], ((x, y),), colour=1, dots=True))
        panels.append(Panel(title, tuple(series)))
    scene = lay_out_charts(
        panels,
        Axis("billions of MACs an image", log=True),
        Axis("predicted too long (+) or too short (−), %"),
        find_theme("d2l"),
    )
    (ROOT / "docs/latency/predicted.svg").write_text(to_svg(scene), encoding="utf-8")


def main() -> None:
    """Fit every device, and write the table, the predictions and their figure."""
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        every = [row for row in csv.DictReader(file) if row["model"] not in WRONG]
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in every:
        groups.setdefault((row["mode"], row["device"]), []).append(row)
    table, predictions = [], []
    with progress("Fitting", len(groups) * (FOLDS + 1)) as advance:
        for (mode, name), rows in sorted(groups.items()):
            compiled = name.endswith("-dynamo")
            machine = "cpu" if "-cpu-" in name else "compiled" if compiled else "gpu"
            element = 4 if name.startswith("fp32") else 2
            start = np.log(np.array(START[machine], dtype=float))
            measured = Rows(rows)
            folds = np.array([sorted(set(measured.names)).index(n) % FOLDS for n in measured.names])
            predicted = np.zeros(len(rows))
            for fold in range(FOLDS):
                left_out = folds == fold
                found = fit(measured.where(~left_out), start, element, compiled)
                predicted[left_out] = measured.where(left_out).predict(found, element, compiled)
                advance()
            found = fit(measured, start, element, compiled)
            advance()
            off = np.log(predicted / measured.measured)
            speed = [float(row["batch"]) for row in rows]
            worst = np.argsort(-abs(off))[:3]
            table.append(
                {
                    "name": name,
                    "mode": mode,
                    "element": element,
                    "compiled": compiled,
                    "rows": len(rows),
                    "networks": len(set(measured.names)),
                    "median_error": round(float(np.median(abs(np.expm1(off)))), 4),
                    "spread": round(float(np.quantile(abs(off), 0.9)), 4),
                    "rank_correlation": round(
                        float(spearmanr(speed / predicted, speed / measured.measured)[0]), 4
                    ),
                    "worst": {
                        str(measured.names[i]): round(float(np.expm1(off[i])), 3) for i in worst
                    },
                    "coefficients": {
                        key: float(f"{value:.4g}")
                        for key, value in zip(COEFFICIENTS, np.exp(found), strict=True)
                    },
                }
            )
            print(
                mode,
                name,
                {k: table[-1][k] for k in ("median_error", "spread", "rank_correlation", "worst")},
                flush=True,
            )
            predictions += [
                (
                    mode,
                    name,
                    row["model"],
                    row["size"],
                    row["batch"],
                    row["step_ms"],
                    f"{1000 * p:.3f}",
                )
                for row, p in zip(rows, predicted, strict=True)
            ]
    draw(predictions)
    text = json.dumps({"source": "timm, folder results", "devices": table}, indent=1)
    (ROOT / "resnet_viz/devices/table.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
