"""A file of weights is identified by names and shapes, and nothing else of it is believed."""

import pytest

from resnet_viz.app.components.checkpoint import check_tensors

FORGED = [
    None,
    5,
    {},
    {"a": 1},
    {"a": [1.5]},
    {"a": [True]},
    {"a": [-1]},
    {"a": [2**40]},
    {"a": [1] * 9},
    {"a" * 301: [1]},
    {f"{i}": [1] for i in range(20_001)},
]


@pytest.mark.parametrize("sent", FORGED, ids=range(len(FORGED)))
def test_what_no_header_would_hold_is_not_taken(sent):
    assert check_tensors(sent) is None
