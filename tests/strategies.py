"""Generated specs: every kind of stem, block, shortcut and head in small sizes."""

from dataclasses import replace

from hypothesis import strategies as st

from resnet_viz import Head, RequestError, ResNetSpec, Stage, Stem, assemble
from resnet_viz.spec.kinds import STRIDES_IN

stems = st.builds(
    Stem,
    channels=st.integers(1, 12),
    kernel=st.sampled_from([1, 3, 7]),
    stride=st.integers(1, 2),
    pool=st.booleans(),
)


@st.composite
def stages(draw, channels_in: int) -> Stage:
    shortcut = draw(st.sampled_from(["none", "A", "B", "C", "conv"]))
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
    expansion = draw(st.sampled_from([1, 2, 4]))
    inner = draw(st.integers(-(-low // expansion), -(-low // expansion) + 4))
    return Stage(
        channels=inner * expansion,
        block="bottleneck",
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
    spec = ResNetSpec(
        stages=tuple(all_stages),
        name=draw(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)),
        input=(draw(st.integers(1, 4)), draw(st.integers(1, 40)), draw(st.integers(1, 40))),
        stem=stem,
        head=Head(
            draw(st.integers(1, 12)),
            tuple(draw(st.lists(st.integers(1, 9), max_size=2))),
            draw(st.booleans()),
        ),
        stride_in=draw(st.sampled_from(sorted(STRIDES_IN))),
        bias=draw(st.booleans()),
        preactivation=draw(st.booleans()),
        norm=draw(st.sampled_from(["batch", "batch", "none"])),
    )
    try:
        assemble(spec)
    except RequestError:  # a pool met a size of one
        bare = tuple(replace(stage, pool=False) for stage in spec.stages)
        return replace(spec, stages=bare)
    return spec
