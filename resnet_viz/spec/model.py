"""The words in which a residual network is described: stem, stages, head.

The defaults describe torchvision's networks: `ResNetSpec(stages=(Stage(2, 64), Stage(2, 128, 2),
Stage(2, 256, 2), Stage(2, 512, 2)))` is ResNet-18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from resnet_viz.arithmetic import Size, exact, largest, smallest
from resnet_viz.errors import Message, SpecError, show
from resnet_viz.spec.check import (
    boolean,
    divides,
    integer,
    integers,
    one_of,
    rate,
    sequence,
    single,
    text,
)
from resnet_viz.spec.kinds import (
    ACTIVATIONS,
    ATTENTIONS,
    BLOCKS,
    DOWNSAMPLERS,
    NORMS,
    POOLINGS,
    SHORTCUTS,
    STRIDES_IN,
)
from resnet_viz.spec.kinds.block import Place

__all__ = ["STEMS", "TABLES", "Head", "ResNetSpec", "Stage", "Stem"]

MAX_CHANNELS = 1_000_000
MAX_BLOCKS = 100_000
MAX_STAGES = 64
MAX_HIDDEN = 16
MAX_SIDE = 100_000
MAX_KERNEL = 1_001


TABLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "stride_in": STRIDES_IN,
        "norm": NORMS,
        "activation": ACTIVATIONS,
        "attention": ATTENTIONS,
        "downsampler": DOWNSAMPLERS,
    }
)
"""The fields of a spec that name a kind, each with its table."""


def _widths(part: object, name: str) -> None:
    """Check that a field holds a few channel counts; make them a tuple of exact ones."""
    given = getattr(part, name)
    sequence(name, given, None, 0, MAX_HIDDEN)
    for i, width in enumerate(given):
        integer(f"{name}[{i}]", width, 1, MAX_CHANNELS)
    object.__setattr__(part, name, tuple(map(exact, given)))


@dataclass(frozen=True, slots=True)
class Stem:
    """What comes before the stages: convolutions, norms, activations and a pool of stride 2.

    The ImageNet networks begin with 7×7, 64, stride 2 and the pool (He et al. 2015, Table 1), the
    CIFAR networks with 3×3, 16, stride 1 and no pool (section 4.2), ResNet-C and -D with 3×3, 32,
    32 and 64 (He et al. 2019, arXiv 1812.01187).

    Args:
        channels: of the last convolution.
        kernel: of each convolution.
        stride: of the first one.
        pool: whether the size is halved after them.
        hidden: the channels of convolutions before the last one, each with norm and activation.
        pooling: what halves the size; see `spec.kinds.POOLINGS`.
        activated: whether norm and activation follow the last convolution. In a pre-activation
            network they need not: its first block then begins with its own.

    Raises:
        SpecError: a value is of the wrong type or out of range.

    >>> Stem(channels=16, kernel=3, stride=1, pool=False)
    Stem(channels=16, kernel=3, stride=1, pool=False, hidden=(), pooling='max', activated=True)
    """

    channels: Size = 64
    kernel: int = 7
    stride: int = 2
    pool: bool = True
    hidden: tuple[Size, ...] = ()
    pooling: str = "max"
    activated: bool = True

    def __post_init__(self) -> None:
        limits = {"channels": MAX_CHANNELS, "kernel": MAX_KERNEL, "stride": MAX_KERNEL}
        integers(self, limits)
        single(self, "kernel", "stride")
        if self.kernel % 2 == 0:
            raise SpecError("kernel", "{kernel} (must be odd)", kernel=self.kernel)
        boolean("pool", self.pool)
        _widths(self, "hidden")
        one_of("pooling", self.pooling, POOLINGS)
        if self.pooling != "max" and not self.pool:
            raise SpecError(
                "pooling", "{pooling!r} (there is no pool; must be 'max')", pooling=self.pooling
            )
        boolean("activated", self.activated)


STEMS: Mapping[str, Stem] = MappingProxyType(
    {
        "res_stem_in": Stem(),
        "simple_stem_in": Stem(channels=32, kernel=3, pool=False),
        "res_stem_cifar": Stem(channels=16, kernel=3, stride=1, pool=False),
    }
)
"""Stems by the names that pycls gives them; a spec's `stem` may be such a name."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Blocks of one width, one after the other; the first one may halve the size.

    Args:
        blocks: how many residual blocks.
        channels: what the stage puts out. How wide a bottleneck is inside, `width` says.
        stride: of the first block; the others keep the size.
        block: `basic` (3×3, 3×3), `bottleneck` (1×1, 3×3, 1×1) or `conv` (3×3); see
            `spec.kinds.BLOCKS`.
        shortcut: what runs beside a block's body; see `spec.kinds.SHORTCUTS`. The letters are the
            options of He et al. 2015, section 4.1.
        expansion: of a bottleneck, the channels that come out over those inside.
        groups: of a bottleneck's 3×3 convolution, its groups (ResNeXt's cardinality).
        base_width: of a bottleneck, 64ths of its inner width, per group: ResNeXt-50 32x4d has 32
            groups and base width 4, Wide ResNet-50-2 has base width 128.
        dilation: of the 3×3 convolutions. The stage's first block keeps the dilation of the stage
            before, as in torchvision.
        pool: whether a 2×2 max pool of stride 2 follows the blocks, as in VGG.
        group_width: of a bottleneck, the channels of one group of its 3×3 convolution, in place of
            `groups` (AnyNet; Radosavovic et al. 2020, arXiv 2003.13678).
        bottleneck_width: of a bottleneck, the channels inside, in place of `expansion` and
            `base_width`.

    Raises:
        SpecError: a value is of the wrong type, out of range, or does not fit the others.

    >>> Stage(3, 256, block="bottleneck").width
    64
    >>> Stage(3, 64, block="bottleneck", expansion=1, group_width=16).conv_groups
    4
    """

    blocks: Size
    channels: Size
    stride: int = 1
    block: str = "basic"
    shortcut: str = "B"
    expansion: int = 4
    groups: int = 1
    base_width: Size = 64
    dilation: int = 1
    pool: bool = False
    group_width: Size | None = None
    bottleneck_width: Size | None = None

    def __post_init__(self) -> None:
        limits = {"blocks": MAX_BLOCKS, "channels": MAX_CHANNELS, "stride": MAX_KERNEL}
        limits |= {"expansion": MAX_CHANNELS, "groups": MAX_CHANNELS, "base_width": MAX_CHANNELS}
        integers(self, limits | {"dilation": MAX_KERNEL})
        single(self, "stride", "expansion", "groups", "dilation")
        one_of("block", self.block, BLOCKS)
        one_of("shortcut", self.shortcut, SHORTCUTS)
        boolean("pool", self.pool)
        for name in ("group_width", "bottleneck_width"):
            if getattr(self, name) is not None:
                integers(self, {name: MAX_CHANNELS})
        if BLOCKS[self.block].bottleneck:
            self._bottleneck_fits()
        else:
            self._must_be_default(
                Message("a {block} block has no bottleneck", block=self.block),
                *("expansion", "groups", "base_width", "group_width", "bottleneck_width"),
            )

    def _bottleneck_fits(self) -> None:
        if self.bottleneck_width is None:
            divides("expansion", self.expansion, "channels", self.channels)
        else:
            given = Message("bottleneck_width says how wide it is")
            self._must_be_default(given, "expansion", "base_width")
        if self.group_width is not None:
            self._must_be_default(Message("group_width says how many there are"), "groups")
            if largest(self.width % self.group_width) != 0:
                raise SpecError(
                    "group_width",
                    "{value} (must divide the bottleneck's width, {width})",
                    value=show(self.group_width),
                    width=show(self.width),
                )
        place = Place(1, "3x3", 1)
        inside = BLOCKS[self.block].convs(self, place)
        if any(smallest(conv.channels) < 1 for conv in inside):
            raise SpecError(
                "base_width",
                "{base_width} (leaves no channels inside the bottleneck of {channels} channels "
                "and expansion {expansion})",
                base_width=self.base_width,
                channels=smallest(self.channels),
                expansion=self.expansion,
            )
        if largest(self.width) > MAX_CHANNELS:
            raise SpecError(
                "groups",
                "{groups} (makes the bottleneck {value} channels wide; must leave at most {most})",
                groups=self.groups,
                value=largest(self.width),
                most=MAX_CHANNELS,
            )

    def _must_be_default(self, reason: Message, *names: str) -> None:
        for name in names:
            value, legal = getattr(self, name), type(self).__dataclass_fields__[name].default
            if type(value) is not type(legal) or value != legal:
                message = "{value} ({reason}; must be {legal})"
                if legal is None:
                    message = "{value} ({reason}; must be left out)"
                raise SpecError(name, message, value=show(value), reason=reason, legal=legal)

    @property
    def width(self) -> Size:
        """The channels of the 3×3 convolutions.

        Of a bottleneck: `bottleneck_width`, or `channels / expansion · base_width / 64`, rounded
        down, per group (Xie et al. 2017, Table 1; torchvision's rule). Of a basic block: its
        channels.
        """
        if not BLOCKS[self.block].bottleneck:
            return self.channels
        if self.bottleneck_width is not None:
            return self.bottleneck_width
        return self.channels // self.expansion * self.base_width // 64 * self.groups

    @property
    def conv_groups(self) -> Size:
        """The groups of a bottleneck's 3×3 convolution."""
        return self.groups if self.group_width is None else self.width // self.group_width


@dataclass(frozen=True, slots=True)
class Head:
    """What comes after the stages: global average pooling and one fully connected layer.

    Args:
        classes: what the last layer puts out.
        hidden: the widths of fully connected layers before it, each with an activation (VGG: 4096
            and 4096).
        pool: whether the average pooling comes first; without, the first layer takes every pixel,
            and the network no other input size than its own.
        dropout: before the last layer, the share of features left out in training.

    Raises:
        SpecError: a value is of the wrong type or out of range.

    >>> Head(classes=10)
    Head(classes=10, hidden=(), pool=True, dropout=0.0)
    """

    classes: Size = 1000
    hidden: tuple[Size, ...] = ()
    pool: bool = True
    dropout: float = 0.0

    def __post_init__(self) -> None:
        integers(self, {"classes": MAX_CHANNELS})
        _widths(self, "hidden")
        boolean("pool", self.pool)
        rate("dropout", self.dropout)


@dataclass(frozen=True, slots=True)
class ResNetSpec:
    """A residual network: stem, stages, head, and what holds for all of them.

    Args:
        stages: at least one.
        name: what reports and figures call it.
        input: `(C, H, W)`, the channels it takes and the image size it is made for.
        stem: what comes before the stages, or its name in pycls (`STEMS`).
        stride_in: which convolution of a bottleneck carries the stride: `3x3` (torchvision, "v1.5")
            or `1x1` (the first one: the paper, "v1").
        bias: whether the convolutions have one.
        norm: see `spec.kinds.NORMS`.
        activation: see `spec.kinds.ACTIVATIONS`.
        preactivation: norm and activation before each convolution instead of after it (He et al.
            2016, arXiv 1603.05027, Figure 1b and the appendix: the first block takes what the stem
            has activated, a projection takes the activated tensor, one more activation follows the
            last block).
        functional: whether blocks call their activations as functions, as the d2l chapter's code
            does, and not as modules: some counters see the difference.
        attention: what each block's body ends with; see `spec.kinds.ATTENTIONS`.
        reduction: of squeeze-and-excitation, the channels of a block (`se`: that it puts out,
            `se_inner`: that it takes) over those inside its gate.
        downsampler: what a block's body and the stem's pool do with a stride; see
            `spec.kinds.DOWNSAMPLERS`.
        norm_groups: of group norm and EvoNorm, into how many groups channels are divided.
        standardized: whether the weights of convolutions are standardized before use (Qiao et al.
            2019, arXiv 1903.10520; BiT).
        dropout: in each block before its last convolution, the share of values left out in training
            (Zagoruyko & Komodakis 2016, arXiv 1605.07146, section 2.4).
        drop_path: the share of images whose last block is left out in training; it grows from 0 at
            the first block (Huang et al. 2016, arXiv 1603.09382, equation 4).

    Raises:
        SpecError: a value is wrong; its `path` says where.

    >>> spec = ResNetSpec(stages=(Stage(2, 64), Stage(2, 128, stride=2)), head=Head(10))
    >>> spec.stages[1].channels
    128
    """

    stages: tuple[Stage, ...]
    name: str = "resnet"
    input: tuple[Size, Size, Size] = (3, 224, 224)
    stem: Stem = field(default_factory=Stem)
    head: Head = field(default_factory=Head)
    stride_in: str = "3x3"
    bias: bool = False
    norm: str = "batch"
    activation: str = "relu"
    preactivation: bool = False
    functional: bool = False
    attention: str = "none"
    reduction: int = 16
    downsampler: str = "stride"
    norm_groups: int = 32
    standardized: bool = False
    dropout: float = 0.0
    drop_path: float = 0.0

    def __post_init__(self) -> None:
        sequence("stages", self.stages, Stage, 1, MAX_STAGES)
        object.__setattr__(self, "stages", tuple(self.stages))
        text("name", self.name)
        sequence("input", self.input, None, 3, 3, Message("(channels, height, width)"))
        integer("input[0]", self.input[0], 1, MAX_CHANNELS)
        integer("input[1]", self.input[1], 1, MAX_SIDE)
        integer("input[2]", self.input[2], 1, MAX_SIDE)
        object.__setattr__(self, "input", tuple(map(exact, self.input)))
        if isinstance(self.stem, str):
            one_of("stem", self.stem, STEMS)
            object.__setattr__(self, "stem", STEMS[self.stem])
        for name, kind in (("stem", Stem), ("head", Head)):
            if not isinstance(getattr(self, name), kind):
                raise SpecError(
                    name,
                    "{value!r} (must be a {kind})",
                    value=getattr(self, name),
                    kind=kind.__name__,
                )
        for name, table in TABLES.items():
            one_of(name, getattr(self, name), table)
        for name in ("bias", "preactivation", "functional", "standardized"):
            boolean(name, getattr(self, name))
        integers(self, {"reduction": MAX_CHANNELS, "norm_groups": MAX_CHANNELS})
        single(self, "reduction", "norm_groups")
        rate("dropout", self.dropout)
        rate("drop_path", self.drop_path)
        self._fields_are_read()
        self._stem_fits()
        self._option_a_only_widens()

    def _fields_are_read(self) -> None:
        """What no kind reads that was chosen has to stay at its default."""
        for kind, table in TABLES.items():
            read = {name: getattr(entry, "reads_fields", ()) for name, entry in table.items()}
            for field_name in {one for names in read.values() for one in names}:
                value, chosen = getattr(self, field_name), getattr(self, kind)
                default = type(self).__dataclass_fields__[field_name].default
                if value != default and field_name not in read[chosen]:
                    readers = [name for name, names in read.items() if field_name in names]
                    raise SpecError(
                        field_name,
                        "{value} ({kind} {chosen!r} has no use for it; must be {default}, or "
                        "{kind} one of {readers})",
                        value=value,
                        kind=kind,
                        chosen=chosen,
                        default=default,
                        readers=readers,
                    )

    def _stem_fits(self) -> None:
        """A bare stem is for blocks that begin with a norm; not every pool has a softer form."""
        if not self.stem.activated and not self.preactivation:
            raise SpecError(
                "stem.activated",
                "False (only where preactivation is true, so that the first block activates)",
            )
        if self.downsampler != "stride" and not POOLINGS[self.stem.pooling].follows_downsampler:
            legal = [name for name, pooling in POOLINGS.items() if pooling.follows_downsampler]
            raise SpecError(
                "stem.pooling",
                "{pooling!r} (cannot follow downsampler {downsampler!r}; must be one of {legal})",
                pooling=self.stem.pooling,
                downsampler=self.downsampler,
                legal=legal,
            )

    def _option_a_only_widens(self) -> None:
        """Zero-padding adds channels; it cannot take any away."""
        channels = self.stem.channels
        for i, stage in enumerate(self.stages):
            if stage.shortcut == "A" and smallest(stage.channels - channels) < 0:
                raise SpecError(
                    f"stages[{i}].channels",
                    "{channels} (shortcut A pads with zeros and cannot go down from {least} "
                    "channels; must be at least {least}, or shortcut B)",
                    channels=stage.channels,
                    least=channels,
                )
            channels = stage.channels
