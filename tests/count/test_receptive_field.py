"""Receptive fields of named networks, in pixels of the input."""

import pytest

from resnet_viz import assemble
from resnet_viz.count import receptive_fields
from resnet_viz.zoo import find


@pytest.mark.parametrize(
    ("name", "pixels"), [("resnet18", 435), ("resnet50", 427), ("resnet50-v1", 483)]
)
def test_receptive_fields_after_the_last_stage(name: str, pixels: int) -> None:
    fields = receptive_fields(assemble(find(name)))

    assert max(size for size in fields.values() if size is not None) == pixels
    assert fields["avgpool"] is None
