"""Define the spec of a residual network: stem, stages, head.

The defaults are those of torchvision: `ResNetSpec(stages=(Stage(2, 64), Stage(2, 128, 2),
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
"""The fields of a spec that name a kind, each with the table of its kinds."""


def _widths(part: object, name: str) -> None:
    """Check that a field is a short sequence of channel counts; make it a tuple of exact sizes."""
    given = getattr(part, name)
    sequence(name, given, None, 0, MAX_HIDDEN)
    for i, width in enumerate(given):
        integer(f"{name}[{i}]", width, 1, MAX_CHANNELS)
    object.__setattr__(part, name, tuple(map(exact, given)))


@dataclass(frozen=True, slots=True)
class Stem:
    """The part before the stages: convolutions, norms, activations and a pool of stride 2.

    The ImageNet networks begin with 7×7, 64, stride 2 and the pool (He et al. 2015, Table 1), the
    CIFAR networks with 3×3, 16, stride 1 and no pool (section 4.2), ResNet-C and -D with 3×3, 32,
    32 and 64 (He et al. 2019, arXiv 1812.01187).

    Args:
        channels: the channels of the last convolution.
        kernel: the kernel size of each convolution.
        stride: the stride of the first convolution.
        pool: whether the size is halved after the convolutions.
        hidden: the channels of convolutions before the last one, each with norm and activation.
        pooling: the operator that halves the size; see `spec.kinds.POOLINGS`.
        activated: whether norm and activation follow the last convolution. Only a pre-activation
            network may omit them; its first block then begins with its own.

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
"""The stems that have a name in pycls; a spec's `stem` may be such a name."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A sequence of blocks with equal output channels; the first one may halve the size.

    Args:
        blocks: the number of residual blocks.
        channels: the output channels of every block; `width` is the inner width of a bottleneck.
        stride: the stride of the first block; the others keep the size.
        block: `basic` (3×3, 3×3), `bottleneck` (1×1, 3×3, 1×1) or `conv` (3×3); see
            `spec.kinds.BLOCKS`.
        shortcut: the path beside a block's body; see `spec.kinds.SHORTCUTS`. The letters are the
            options of He et al. 2015, section 4.1.
        expansion: a bottleneck's output channels divided by its inner channels.
        groups: the groups of a bottleneck's 3×3 convolution (ResNeXt's cardinality).
        base_width: the base width of a bottleneck: each group of its 3×3 convolution has `channels
            / expansion · base_width / 64` channels. ResNeXt-50 32x4d has 32 groups and base width
            4, Wide ResNet-50-2 has base width 128.
        dilation: the dilation of the 3×3 convolutions. The stage's first block has the dilation of
            the previous stage, as in torchvision.
        pool: whether a 2×2 max pool of stride 2 follows the blocks, as in VGG.
        group_width: the channels of one group of a bottleneck's 3×3 convolution, instead of
            `groups` (AnyNet; Radosavovic et al. 2020, arXiv 2003.13678).
        bottleneck_width: a bottleneck's inner channels, instead of `expansion` and `base_width`.

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

        For a bottleneck: `bottleneck_width`, or `channels / expansion · base_width / 64`, rounded
        down, for each group (Xie et al. 2017, Table 1; torchvision's rule). For a basic block:
        `channels`.
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
    """The part after the stages: global average pooling and one fully connected layer.

    Args:
        classes: the output features of the last layer.
        hidden: the widths of fully connected layers before it, each with an activation (VGG: 4096
            and 4096).
        pool: whether the average pooling comes first; without it, the first layer reads every
            pixel, and the network takes only its own input size.
        dropout: the dropout rate before the last layer.

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
    """A residual network: stem, stages, head, and the settings that they share.

    Args:
        stages: one or more stages.
        name: the name in reports and figures.
        input: `(C, H, W)`, the input channels and the image size that it is designed for.
        stem: the stem, or its name in pycls (`STEMS`).
        stride_in: the convolution of a bottleneck that has the stride: `3x3` (torchvision, "v1.5")
            or `1x1` (the first one: the paper, "v1").
        bias: whether the convolutions have a bias.
        norm: the norm; see `spec.kinds.NORMS`.
        activation: the activation; see `spec.kinds.ACTIVATIONS`.
        preactivation: norm and activation before each convolution instead of after it (He et al.
            2016, arXiv 1603.05027, Figure 1b and the appendix: the first block reads the activated
            output of the stem, a projection reads the activated tensor, and one more activation
            follows the last block).
        functional: whether blocks call activations as functions, as in the d2l chapter's code,
            instead of modules; some tools count the two differently.
        attention: the attention at the end of each block's body; see `spec.kinds.ATTENTIONS`.
        reduction: the reduction of squeeze-and-excitation: a block's output channels (`se`) or
            input channels (`se_inner`) divided by the squeezed channels.
        downsampler: the operator that replaces strides in a block's body and the stem's pool; see
            `spec.kinds.DOWNSAMPLERS`.
        norm_groups: the number of groups of group norm and EvoNorm.
        standardized: whether the weights of convolutions are standardized before use (Qiao et al.
            2019, arXiv 1903.10520; BiT).
        dropout: the dropout rate before the last convolution of each block (Zagoruyko & Komodakis
            2016, arXiv 1605.07146, section 2.4).
        drop_path: the stochastic depth rate of the last block; the rate grows linearly from 0 at
            the first block (Huang et al. 2016, arXiv 1603.09382, equation 4).

    Raises:
        SpecError: a value is not legal; the error's `path` is the place.

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
        """Check that fields which no chosen kind reads have their defaults."""
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
        """Check that the stem fits `preactivation` and the downsampler."""
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
        """Check that no option A shortcut reduces channels, because zero-padding only adds them."""
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
