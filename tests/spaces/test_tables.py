"""Test that tabulated costs of stages add up to those of whole networks."""

from itertools import product
from random import Random

from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from resnet_viz import RequestError, Space, SpecError, memory
from resnet_viz.spaces.columns import Columns
from resnet_viz.spaces.tables import settings as tabulated


@st.composite
def spaces(draw) -> Space:
    """Draw a space in whose stages memory could depend on what is before and after them."""
    stages = []
    for _ in range(draw(st.integers(1, 3))):
        block = draw(st.sampled_from(["basic", "bottleneck", "conv", ["basic", "bottleneck"]]))
        shortcut = draw(st.sampled_from(["A", "A", "B", "D", "none", ["A", "B"]]))
        stages.append(
            {
                "blocks": draw(st.sampled_from([1, [1, 3], [1, 2, 4]])),
                "channels": draw(st.sampled_from([[8, 16], [16, 32], [8, 64]])),
                "stride": draw(st.integers(1, 2)),
                "block": block,
                "shortcut": "none" if block == "conv" else shortcut,
                "pool": draw(st.sampled_from([False, True, [False, True]])),
            }
        )
    stem = {"channels": 8, "kernel": 3, "stride": 1, "pool": draw(st.booleans())}
    data = {"stages": stages, "stem": stem, "head": {"classes": 10}}
    side = draw(st.sampled_from([15, 32]))
    data["input"] = [3, side, side]
    for name, values in (
        ("preactivation", [False, True]),
        ("attention", ["none", "se_inner"]),
        ("activation", ["relu", "silu"]),
        ("norm", ["batch", "none"]),
        ("downsampler", ["stride", "blur"]),
    ):
        data[name] = draw(st.sampled_from(values))
    try:
        return Space(data)
    except SpecError:  # no network of it is legal
        reject()


PADDED = Space(
    {
        "stages": [
            {
                "blocks": [1, 3],
                "channels": [8, 16],
                "stride": 2,
                "block": "bottleneck",
                "shortcut": "A",
                "pool": True,
            }
        ],
        "stem": {"channels": 8, "kernel": 3, "stride": 1, "hidden": [8]},
        "head": {"classes": 10},
        "input": [3, 33, 21],
        "activation": "softplus",
        "attention": "se_inner",
        "norm": "none",
        "stride_in": "1x1",
        "downsampler": "blur",
    }
)
"""A space in which one network pads zeros for new channels and another one has none."""


@settings(max_examples=6)
@given(spaces(), st.randoms(use_true_random=False))
@example(PADDED, Random(0))
def test_the_memory_of_each_network_is_the_largest_sum_over_its_stages(space, random) -> None:
    columns = Columns(batch=2, memory=True)
    try:
        tables = list(tabulated(space, columns))
    except RequestError:  # an image that is too small for all pools
        return
    bytes_ = columns.of("memory", space.stages)
    for setting in tables:
        options = [
            [(shape, int(blocks)) for shape in range(len(stage.shapes)) for blocks in stage.blocks]
            for stage in setting.stages
        ]
        networks = list(product(*options))
        for chosen in random.sample(networks, min(len(networks), 12)):
            try:
                spec = space.at(setting.values(chosen))
                counted = memory(spec, batch=2).totals["total_training"]
            except RequestError:  # zeros are padded for more channels, never for fewer
                continue
            assert max(setting.cost(chosen)[list(bytes_)]) == counted
