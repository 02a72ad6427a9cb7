"""Look up the published ImageNet accuracy of networks of the zoo."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["Accuracy", "published"]


class Accuracy(NamedTuple):
    """The accuracy of one set of weights on ImageNet's 50,000 validation images.

    Attributes:
        weights: timm's name of the weights.
        size: the side of the images, in pixels.
        top1: the share of images whose first answer is right, in percent.
        top5: the share of images with the right one among five answers, in percent.
        crop: the share of the image that is cropped from its centre.
    """

    weights: str
    size: int
    top1: float
    top5: float
    crop: float


@cache
def published() -> Mapping[str, tuple[Accuracy, ...]]:
    """Return the published accuracies by network, those of the best weights first.

    Source: timm (Wightman 2019), `results/results-imagenet.csv`, August 2026. The weights differ
    in training data and recipe, which explains more than the architecture does.

    >>> published()["resnet50"][0].top1 > 80
    True
    """
    found: dict[str, list[Accuracy]] = {}
    table = files(__package__).joinpath("accuracy.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        accuracy = Accuracy(
            weights=row["weights"],
            size=int(row["size"]),
            top1=float(row["top1"]),
            top5=float(row["top5"]),
            crop=float(row["crop"]),
        )
        found.setdefault(row["model"], []).append(accuracy)
    ordered = {
        name: tuple(sorted(rows, key=lambda row: row.top1, reverse=True))
        for name, rows in found.items()
    }
    return MappingProxyType(ordered)
