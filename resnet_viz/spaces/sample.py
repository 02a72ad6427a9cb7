"""Sample networks of a space uniformly at random, with their costs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from resnet_viz.errors import RequestError, show
from resnet_viz.spaces.columns import METRICS, Columns
from resnet_viz.spaces.space import Space
from resnet_viz.spaces.tables import Setting, settings
from resnet_viz.spec import ResNetSpec

__all__ = ["Sample", "sample"]

MAX_SAMPLE = 10_000_000
MAX_DRAWS = 1_000
"""The most rounds of drawing; a space that needs more has too few legal combinations."""

Array = Any


@dataclass(frozen=True, eq=False)
class Sample:
    """A sample of networks.

    Attributes:
        totals: `params`, `macs`, `activations` and `layers` of each network, as counted by
            `report`, in arrays of 64-bit integers.
    """

    totals: Mapping[str, Array]
    _space: Space
    _tables: tuple[Setting, ...]
    _choices: tuple[Array, Array, Array]

    def __len__(self) -> int:
        return len(self._choices[0])

    def __getitem__(self, number: int) -> ResNetSpec:
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        setting, shapes, blocks = (column[number] for column in self._choices)
        chosen = zip(map(int, shapes), map(int, blocks), strict=True)
        return self._space.at(self._tables[int(setting)].values(tuple(chosen)))

    def __iter__(self) -> Iterator[ResNetSpec]:
        return (self[number] for number in range(len(self)))

    def edf(self, total: str) -> tuple[Array, Array]:
        """Return the empirical distribution of a total: sorted values, and shares up to each.

        Source: Radosavovic et al. 2020 (arXiv 2003.13678), equation 1, for a cost.
        """
        values = np.sort(self.totals[total])
        return values, np.arange(1, len(values) + 1) / len(values)


def sample(
    space: Space | Mapping[str, Any] | str | os.PathLike[str], n: int, seed: int = 0
) -> Sample:
    """Return n networks of a space, drawn uniformly with replacement.

    Args:
        space: a space, its data, or the path of its file.
        n: the number of networks.
        seed: the random seed; equal seeds draw equal networks.

    Raises:
        RequestError: n is no integer from 1 to ten million, or too few combinations are legal.

    >>> space = Space({"stages": [{"blocks": [1, 2], "channels": [32, 64]}]})
    >>> drawn = sample(space, 100, seed=1)
    >>> len(drawn), len(set(drawn))
    (100, 4)
    """
    for name, value, low, high in (("n", n, 1, MAX_SAMPLE), ("seed", seed, 0, 1 << 62)):
        if type(value) is not int or not low <= value <= high:
            raise RequestError(
                "{name}: {value} (must be an integer from {low} to {high})",
                name=name,
                value=show(value),
                low=low,
                high=high,
            )
    space = Space.of(space)
    tables = tuple(settings(space, Columns()))
    if not tables:
        raise RequestError("space: no network in it is legal")
    random = np.random.default_rng(seed)
    sizes = np.array(
        [float(prod(len(s.shapes) * len(s.blocks) for s in table.stages)) for table in tables]
    )
    parts: list[tuple[Array, ...]] = []
    found = 0
    for _ in range(MAX_DRAWS):
        which = _which(sizes, n, random)
        for number in np.unique(which):
            for size in _chunks(int((which == number).sum())):
                drawn = _drawn(tables[number], size, random)
                parts.append((np.full(len(drawn[0]), number), *drawn))
                found += len(drawn[0])
        if found >= n:
            break
    else:
        raise RequestError("space: hardly any combination of its values is a legal network")
    chosen, shapes, blocks, costs = (np.concatenate(column) for column in zip(*parts, strict=True))
    # draws from a single table are already in random order
    order = random.permutation(found)[:n] if len(tables) > 1 else slice(n)
    return Sample(
        totals={name: costs[order, i] for i, name in enumerate(METRICS)},
        _space=space,
        _tables=tables,
        _choices=(chosen[order], shapes[order], blocks[order]),
    )


def _which(sizes: Array, n: int, random: Any) -> Array:
    """Draw the number of the table of each network, by how many combinations each has."""
    if len(sizes) == 1:
        return np.zeros(n, dtype=np.intp)
    return random.choice(len(sizes), size=n, p=sizes / sizes.sum())


CHUNK = 1 << 15
"""Networks that are drawn at once: their costs fit into the processor's cache."""


def _chunks(n: int) -> list[int]:
    """Return sizes of chunks that sum to n."""
    return [min(CHUNK, n - start) for start in range(0, n, CHUNK)]


def _drawn(setting: Setting, n: int, random: Any) -> tuple[Array, Array, Array]:
    """Draw n combinations; return the stages' shapes and blocks and the costs of the legal ones."""
    costs = np.tile(setting.base, (n, 1))
    states = np.zeros(n, dtype=np.intp)
    legal = np.ones(n, dtype=bool)
    columns: list[tuple[Array, Array]] = []
    for stage in setting.stages:
        shapes = random.integers(len(stage.shapes), size=n, dtype=np.uint32)
        blocks = stage.blocks[random.integers(len(stage.blocks), size=n, dtype=np.uint32)]
        pairs = states * len(stage.shapes) + shapes
        if not stage.legal.all():
            legal &= stage.legal.ravel().take(pairs)
        costs += stage.first.reshape(-1, costs.shape[1]).take(pairs, axis=0)
        costs += stage.rest.take(shapes, axis=0) * (blocks - 1)[:, None]
        states = stage.states.take(shapes)
        columns.append((shapes, blocks))
    if legal.all():
        shapes, blocks = (np.stack(column, axis=1) for column in zip(*columns, strict=True))
        return shapes, blocks, costs
    shapes, blocks = (np.stack(column, axis=1)[legal] for column in zip(*columns, strict=True))
    return shapes, blocks, costs[legal]
