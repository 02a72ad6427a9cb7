"""Networks for CIFAR: residual, pre-activation, wide, and ResNeXt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.zoo.entry import Entry, Family

__all__ = ["FAMILIES"]

_SIZE = (3, 32, 32)


def _stages(blocks: int, channels: int, **fields: object) -> tuple[Stage, ...]:
    """Return three stages, each with twice the channels and half the size of the previous one."""
    return tuple(
        Stage(blocks, channels * 2**i, 1 if i == 0 else 2, **fields)  # type: ignore[arg-type]
        for i in range(3)
    )


def _plain(depth: int) -> Entry:
    """Return 6n + 2 layers with option A (He et al. 2015, section 4.2)."""
    spec = ResNetSpec(
        name=f"cifar-resnet{depth}",
        input=_SIZE,
        stem=Stem(channels=16, kernel=3, stride=1, pool=False),
        stages=_stages((depth - 2) // 6, 16, shortcut="A"),
        head=Head(10),
    )
    return Entry(spec, "He et al. 2015 (arXiv 1512.03385), section 4.2 and Table 6")


def _preactivation(name: str, stages: tuple[Stage, ...], source: str) -> Entry:
    stem = Stem(16, kernel=3, stride=1, pool=False, activated=False)
    spec = ResNetSpec(
        stages=stages, name=name, input=_SIZE, stem=stem, head=Head(10), preactivation=True
    )
    return Entry(spec, source)


def _identity(depth: int) -> Entry:
    """Return 6n + 2 layers of basic blocks, or 9n + 2 of bottlenecks (He et al. 2016)."""
    if depth == 110:
        stages = _stages((depth - 2) // 6, 16, shortcut="A")
    else:
        stages = _stages((depth - 2) // 9, 64, block="bottleneck")
    source = "He et al. 2016 (arXiv 1603.05027), Tables 1 and 4"
    return _preactivation(f"cifar-preresnet{depth}", stages, source)


def _wide(depth: int, factor: int) -> Entry:
    """Return 6n + 4 layers, k times as wide (Zagoruyko & Komodakis 2016, Table 1)."""
    stages = _stages((depth - 4) // 6, 16 * factor)
    source = "Zagoruyko and Komodakis 2016 (arXiv 1605.07146), Tables 1 and 4"
    return _preactivation(f"wrn-{depth}-{factor}", stages, source)


def _next(groups: int) -> Entry:
    """Return a ResNeXt-29 with the given number of groups of width 64 (Xie et al. 2017, 5.3)."""
    spec = ResNetSpec(
        name=f"cifar-resnext29_{groups}x64d",
        input=_SIZE,
        stem=Stem(64, kernel=3, stride=1, pool=False),
        stages=_stages(3, 256, block="bottleneck", groups=groups),
        head=Head(10),
    )
    return Entry(spec, "Xie et al. 2017 (arXiv 1611.05431), section 5.3 and Table 7")


def _named(
    title: str, make: Callable[..., Entry], *arguments: tuple[str, tuple[int, ...]]
) -> Family:
    return Family(title, {name: partial(make, *given) for name, given in arguments})


FAMILIES = (
    _named(
        "CIFAR ResNet",
        _plain,
        *((f"cifar-resnet{depth}", (depth,)) for depth in (20, 32, 44, 56, 110, 1202)),
    ),
    _named(
        "CIFAR pre-activation ResNet",
        _identity,
        *((f"cifar-preresnet{depth}", (depth,)) for depth in (110, 164, 1001)),
    ),
    _named(
        "Wide ResNet for CIFAR",
        _wide,
        *(
            (f"wrn-{depth}-{factor}", (depth, factor))
            for depth, factors in ((40, (1, 2, 4, 8)), (28, (10, 12)), (22, (8, 10)), (16, (8, 10)))
            for factor in factors
        ),
    ),
    _named(
        "CIFAR ResNeXt",
        _next,
        *((f"cifar-resnext29_{groups}x64d", (groups,)) for groups in (8, 16)),
    ),
)
