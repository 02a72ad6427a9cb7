"""Generate specs with every kind of part, in small sizes."""

from dataclasses import replace

from hypothesis import strategies as st

from resnet_viz import Head, RequestError, ResNetSpec, Stage, Stem, assemble
from resnet_viz.spec.kinds import (
    ACTIVATIONS,
    ATTENTIONS,
    DOWNSAMPLERS,
    NORMS,
    POOLINGS,
    SHORTCUTS,
    STRIDES_IN,
)

stems = st.builds(
    Stem,
    channels=st.integers(1, 12),
    kernel=st.sampled_from([1, 3, 7]),
    stride=st.integers(1, 2),
    pool=st.booleans(),
    hidden=st.lists(st.integers(1, 9), max_size=2).map(tuple),
)


@st.composite
def stages(draw, channels_in: int) -> Stage:
    shortcut = draw(st.sampled_from(sorted(SHORTCUTS)))
    common = {
        "blocks": draw(st.integers(1, 5)),
        "stride": draw(st.integers(1, 3)),
        "shortcut": shortcut,
        "dilation": draw(st.integers(1, 2)),
        "pool": draw(st.integers(0, 9)) == 0,
    }
    low = channels_in if shortcut == "A" else 1
    if draw(st.booleans()):
        block = draw(st.sampled_from(["basic", "conv"]))
        return Stage(channels=draw(st.integers(low, low + 8)), block=block, **common)
    if draw(st.integers(0, 3)) == 0:  # widths said by themselves
        group = draw(st.integers(1, 3))
        return Stage(
            channels=draw(st.integers(low, low + 8)),
            block="bottleneck",
            group_width=group,
            bottleneck_width=group * draw(st.integers(1, 4)),
            **common,
        )
    expansion = draw(st.sampled_from([1, 2, 4]))
    block = draw(st.sampled_from(["bottleneck", "bottleneck", "senet"]))
    inner = draw(st.integers(-(-low // expansion), -(-low // expansion) + 4))
    even = 2 if block == "senet" else 1  # its first convolution is half as wide
    return Stage(
        channels=inner * expansion * even,
        block=block,
        expansion=expansion,
        groups=draw(st.integers(1, 3)),
        base_width=draw(st.sampled_from([64, 128])),
        **common,
    )


@st.composite
def specs(draw) -> ResNetSpec:
    stem = draw(stems)
    channels, all_stages = stem.channels, []
    for _ in range(draw(st.integers(1, 4))):
        all_stages.append(draw(stages(channels)))
        channels = all_stages[-1].channels
    preactivation = draw(st.booleans())
    norm = draw(st.sampled_from(["batch", "batch", *sorted(NORMS)]))
    attention = draw(st.sampled_from(["none", *sorted(ATTENTIONS)]))
    downsampler = draw(st.sampled_from(["stride", "stride", *sorted(DOWNSAMPLERS)]))
    softens = ["max", "conv"] if downsampler != "stride" else sorted(POOLINGS)
    stem = replace(
        stem,
        activated=not preactivation or draw(st.booleans()),
        pooling=draw(st.sampled_from(softens)) if stem.pool else "max",
    )
    spec = ResNetSpec(
        stages=tuple(all_stages),
        name=draw(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)),
        input=(draw(st.integers(1, 4)), draw(st.integers(1, 40)), draw(st.integers(1, 40))),
        stem=stem,
        head=Head(
            draw(st.integers(1, 12)),
            tuple(draw(st.lists(st.integers(1, 9), max_size=2))),
            draw(st.booleans()),
            draw(st.sampled_from([0.0, 0.5])),
        ),
        stride_in=draw(st.sampled_from(sorted(STRIDES_IN))),
        bias=draw(st.booleans()),
        preactivation=preactivation,
        norm=norm,
        norm_groups=1 if norm in ("group", "evo") else 32,
        activation=draw(st.sampled_from(sorted(ACTIVATIONS))),
        functional=draw(st.booleans()),
        attention=attention,
        reduction=draw(st.integers(1, 4)) if attention.startswith("se") else 16,
        downsampler=downsampler,
        standardized=draw(st.booleans()),
        dropout=draw(st.sampled_from([0.0, 0.5])),
        drop_path=draw(st.sampled_from([0.0, 0.5])),
    )
    try:
        assemble(spec)
    except RequestError:  # a pool met a size of one, or rounds a size down where another rounds up
        bare = tuple(replace(stage, pool=False) for stage in spec.stages)
        plain = replace(spec.stem, pooling="max")
        spec = replace(spec, stem=plain, stages=bare, downsampler="stride")
    try:
        assemble(spec)
    except RequestError:  # groups that do not divide half a width
        bare = tuple(replace(stage, groups=1) for stage in spec.stages)
        return replace(spec, stages=bare)
    return spec
