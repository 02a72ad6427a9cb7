"""Find every spec that fits names and shapes, and the fields that they leave open."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice, product
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.assembly import assemble
from resnet_viz.checkpoints.facts import head_of, read_specs, sized, unpooled
from resnet_viz.checkpoints.found import Found, find_parts, names_of, shapes_of
from resnet_viz.checkpoints.names import Translation, translate
from resnet_viz.checkpoints.read import read_shapes
from resnet_viz.checkpoints.shapes import Shapes
from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.kinds import (
    ACTIVATIONS,
    DOWNSAMPLERS,
    NORMS,
    POOLINGS,
    SHORTCUTS,
    STRIDES_IN,
)
from resnet_viz.zoo import entries

__all__ = ["Fit", "file_stem", "fit", "likeliest", "value_of"]

_LISTED: Mapping[str, Iterable[Any]] = MappingProxyType(
    {"stride_in": STRIDES_IN, "downsampler": DOWNSAMPLERS}
)
"""The fields for which every fitting value gives a separate spec in the result."""

_SHAPED = (1, 2, 3)

_PROBED: Mapping[str, Iterable[Any]] = MappingProxyType(
    {
        "activation": ACTIVATIONS,
        "functional": (False, True),
        "dropout": (0.0, 0.5),
        "drop_path": (0.0, 0.5),
        "head.dropout": (0.0, 0.5),
        "preactivation": (False, True),
        "norm": NORMS,
        "norm_groups": (1, 2, 32),
        "standardized": (False, True),
        "stem.stride": _SHAPED,
        "stem.pool": (False, True),
        "stem.pooling": POOLINGS,
        "stem.activated": (False, True),
        "stages.stride": _SHAPED,
        "stages.dilation": _SHAPED,
        "stages.pool": (False, True),
        "stages.shortcut": SHORTCUTS,
    }
)
"""The fields that a file may leave open, with values to try; if another fits, it is assumed."""


class Fit(NamedTuple):
    """The specs that fit the names and shapes of a network's tensors.

    Attributes:
        specs: all specs that fit, most likely first.
        names: the names of the zoo networks that fit, ignoring the number of classes and of input
            channels.
        undecided: the fields in which the specs differ, with the values that fit.
        assumed: the fields that the file cannot show, with the value in every spec.
        unmatched: the file's names of tensors that are in no spec, or, if none fits, not in the
            nearest one.
        nearest: if no spec fits, the spec that shares the most tensors with the file; None if none
            shares any.
        dialect: the libraries whose parameter names the file uses.
    """

    specs: tuple[ResNetSpec, ...]
    names: tuple[str, ...]
    undecided: Mapping[str, tuple[Any, ...]]
    assumed: Mapping[str, Any]
    unmatched: tuple[str, ...]
    nearest: ResNetSpec | None
    dialect: str


def fit(shapes: Shapes, name: str = "resnet") -> Fit:
    """Return the specs whose assembled networks have these tensors.

    Args:
        shapes: the shapes of parameters and buffers, by name.
        name: the name for specs that are not in the zoo.
    """
    translated = translate(shapes)
    found = find_parts(translated.shapes, translated.dialect)
    names, fitting = _fitting(found, name)
    if not found.statistics:  # perhaps the parameters alone of a network with batch norm
        alone = found._replace(parameters_only=True)
        others, more = _fitting(alone, name)
        if others or not fitting:
            found, names = alone, names or others
            fitting = [*fitting, *more]
    specs = _distinct(fitting)
    if not specs:
        nearest = _nearest(found)
        known = _merged(nearest, found) if nearest else {}
        left = _unmatched(translated, known)
        return Fit(
            specs=(),
            names=(),
            undecided={},
            assumed={},
            unmatched=left,
            nearest=nearest,
            dialect=translated.dialect.owner,
        )
    undecided = {
        path: tuple(dict.fromkeys(value_of(spec, path) for spec in specs))
        for path in (*_LISTED, *_PROBED)
    }
    undecided = {path: values for path, values in undecided.items() if len(values) > 1}
    assumed = _assumed(specs[0], found, undecided)
    left = _unmatched(translated, _merged(specs[0], found))
    return Fit(
        specs=specs,
        names=names,
        undecided=undecided,
        assumed=assumed,
        unmatched=left,
        nearest=None,
        dialect=translated.dialect.owner,
    )


def _fitting(found: Found, name: str) -> tuple[tuple[str, ...], list[ResNetSpec]]:
    """Return the names of the networks of the zoo that fit, and all specs that fit."""
    listed = [*_of_the_zoo(found)]
    likely = listed or list(
        islice((spec for spec in read_specs(found, name) if _fits(spec, found)), 1)
    )
    variants = (other for spec in likely[:1] for other in _variants(spec, found))
    return tuple(spec.name for spec in listed), [*likely, *variants]


def likeliest(path: str | os.PathLike[str]) -> ResNetSpec:
    """Return the spec that fits a checkpoint best; `fit` returns all.

    Raises:
        RequestError: the file cannot be read, or no spec fits it.
    """
    found = fit(read_shapes(path), file_stem(path))
    if not found.specs:
        raise RequestError(
            "{path}: no residual network that a spec can say has its tensors (nearest: {nearest}; "
            "resnet-viz identify says which fit nothing)",
            path=path,
            nearest=found.nearest.name if found.nearest else "none",
        )
    return found.specs[0]


def file_stem(path: str | os.PathLike[str]) -> str:
    """Return the name of a network that is known only by its file.

    >>> file_stem("runs/model.safetensors.index.json")
    'model'
    """
    stem = os.path.basename(os.fspath(path)).partition(".")[0]
    return stem if stem.isprintable() and 0 < len(stem) <= 100 else "resnet"


def _merged(spec: ResNetSpec, found: Found) -> Shapes:
    return shapes_of(assemble(spec), found)


def _fits(spec: ResNetSpec, found: Found) -> bool:
    """Return whether the file has every tensor of a spec, and no others in stem and stages."""
    if tuple(stage.blocks for stage in spec.stages) != found.blocks or not found.even:
        return False
    try:
        own = _merged(spec, found)
    except RequestError:
        return False
    if head_of(found).classes is None:
        own = {name: shape for name, shape in own.items() if not name.startswith("fc")}
    compared = ("layer", "conv1.", "bn1.", "maxpool.", "norm.")
    return own.items() <= found.shapes.items() and not any(
        name.startswith(compared) for name in found.shapes.keys() - own.keys()
    )


def _of_the_zoo(found: Found) -> Iterator[ResNetSpec]:
    """Yield the networks of the zoo that fit, with the file's classes and input channels."""
    first = next(iter(_first_conv(found)), None)
    classes = head_of(found).classes
    for entry in entries().values():
        spec = entry.spec
        if first is None or tuple(stage.blocks for stage in spec.stages) != found.blocks:
            continue
        try:
            if classes is not None:
                spec = replace(spec, head=replace(spec.head, classes=classes))
            spec = replace(spec, input=(first, *spec.input[1:]))
        except RequestError:
            continue
        if _fits(spec, found):
            yield spec


def _first_conv(found: Found) -> Iterator[int]:
    """Yield the input channels of the stem's first convolution, if the file has it."""
    for name in ("conv1.weight", "conv1.0.weight"):
        shape = found.shapes.get(name, ())
        if len(shape) == 4:
            yield shape[1]


def _variants(spec: ResNetSpec, found: Found) -> Iterator[ResNetSpec]:
    """Yield the variants of a spec in fields that a file does not determine."""
    for shortcut in (None, *SHORTCUTS):
        for values in product(*_LISTED.values()):
            changed = dict(zip(_LISTED, values, strict=True))
            other = _changed(spec, changed, shortcut)
            if other is not None and _fits(other := sized(other, found), found):
                yield other


def _changed(
    spec: ResNetSpec, values: Mapping[str, Any], shortcut: str | None
) -> ResNetSpec | None:
    """Return a spec with other values, named after them; None if they are not legal together."""
    other = {name: value for name, value in values.items() if getattr(spec, name) != value}
    words = [f"{name} {value}" for name, value in other.items()]
    try:
        if shortcut is not None:
            other["stages"] = tuple(replace(stage, shortcut=shortcut) for stage in spec.stages)
            words.append(f"shortcut {shortcut}")
        made = replace(spec, **other)
    except RequestError:
        return None
    return replace(made, name=f"{spec.name} ({', '.join(words)})"[:200]) if words else made


def _distinct(specs: Iterable[ResNetSpec]) -> tuple[ResNetSpec, ...]:
    """Return the specs without those that make the same network as an earlier one."""
    kept: list[tuple[ResNetSpec, Graph]] = []
    for spec in specs:
        graph = assemble(spec)
        if all(graph != other for _, other in kept):
            kept.append((spec, graph))
    return tuple(spec for spec, _ in kept)


# Fields that the file cannot show


def _assumed(spec: ResNetSpec, found: Found, undecided: Mapping[str, object]) -> dict[str, Any]:
    """Return the fields for which another value fits as well, each with the assumed value."""
    graph = assemble(spec)
    assumed: dict[str, Any] = {"input": spec.input[1:]}
    if head_of(found).classes is None:
        assumed["head"] = "fully connected, 1000 classes"
    if (
        spec.norm == "group" and "norm" not in undecided
    ):  # batch norm has the same parameters and also running statistics
        assumed["norm"] = spec.norm
    strided = _strided(spec, found)  # the kind of stride matters only where there are strides
    bases = dict.fromkeys(_LISTED, (strided, assemble(strided)))
    early = replace(spec, preactivation=True)
    if _fits(early, found):  # only then can a stem end without an activation
        bases["stem.activated"] = (early, assemble(early))
    for path, values in {**_PROBED, **_LISTED}.items():
        base, same = bases.get(path, (spec, graph))
        others = _others(base, path, values)
        alone = path not in undecided or path == "stages.shortcut"  # try each stage separately
        if alone and any(_is_another(other, same, found) for other in others):
            assumed[path] = value_of(spec, path)
    if spec.head.pool and _fits(unpooled(spec, 1, 1), found):
        assumed["head.pool"] = True
    return assumed


def _strided(spec: ResNetSpec, found: Found) -> ResNetSpec:
    """Return the spec with a stride of 2 in every stage where the file allows it."""
    for i, stage in enumerate(spec.stages):
        stages = (*spec.stages[:i], replace(stage, stride=2), *spec.stages[i + 1 :])
        other = sized(replace(spec, stages=stages), found)
        spec = other if _fits(other, found) else spec
    return spec


def _is_another(spec: ResNetSpec, graph: Graph, found: Found) -> bool:
    spec = sized(spec, found)
    return _fits(spec, found) and assemble(spec) != graph


def _others(spec: ResNetSpec, path: str, values: Iterable[Any]) -> Iterator[ResNetSpec]:
    """Yield the spec with each other value of a field; for a field of stages, stage by stage.

    A shortcut is tried with every stride, on which its parameters depend.
    """
    part, _, name = path.rpartition(".")
    strides: tuple[dict[str, int], ...] = ({},)
    if path == "stages.shortcut":
        strides = tuple({"stride": stride} for stride in _SHAPED)
    for value, more in product(values, strides):
        owners = spec.stages if part == "stages" else (getattr(spec, part) if part else spec,)
        for i, owner in enumerate(owners):
            if getattr(owner, name) == value:
                continue
            try:
                made: Any = replace(owner, **{name: value}, **more)
                if part == "stages":
                    made = (*spec.stages[:i], made, *spec.stages[i + 1 :])
                yield replace(spec, **{part: made}) if part else made
            except RequestError:
                continue


def value_of(spec: ResNetSpec, path: str) -> Any:
    """Return the value of a field such as `stem.pool`; for `stages.stride`, that of each stage."""
    part, _, name = path.rpartition(".")
    if part == "stages":
        return tuple(getattr(stage, name) for stage in spec.stages)
    return getattr(getattr(spec, part) if part else spec, name)


# Files that fit no spec


def _nearest(found: Found) -> ResNetSpec | None:
    """Return the zoo network that shares the most tensors with the file."""
    best, most = None, 0.0
    for entry in entries().values():
        own = _merged(entry.spec, found)
        shared = len(own.items() & found.shapes.items())
        score = shared / len(own.keys() | found.shapes.keys())
        if score > most:
            best, most = entry.spec, score
    return best


def _unmatched(translated: Translation, own: Shapes) -> tuple[str, ...]:
    """Return the file's names of tensors that are not in `own`."""
    return tuple(
        key
        for name, key in translated.keys.items()
        if not name.endswith("num_batches_tracked")
        and own.get(names_of(name)) != translated.shapes[name]
    )
