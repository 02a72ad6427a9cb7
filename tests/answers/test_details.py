"""A part of a network, looked at closely."""

import pytest

from resnet_viz import RequestError, details


def test_a_block_has_what_its_convolutions_and_norms_have():
    block = details("resnet18", "layer2.0")

    assert (block.inputs, block.output) == (((64, 56, 56),), (128, 28, 28))
    # 3x3 from 64 to 128 and from 128 to 128, the 1x1 projection, three norms of 128
    weights = 64 * 128 * 9 + 128 * 128 * 9 + 64 * 128
    assert block.params == weights + 3 * 2 * 128
    assert block.macs == weights * 28 * 28
    assert (block.total_params, block.total_macs) == (11_689_512, 1_814_073_344)  # torchvision's


def test_operations_sum_to_the_part():
    part = details("resnet50", "layer3.0")

    assert sum(row.macs for row in part.operations) == part.macs
    assert part.operations[-2].inputs == ((1024, 14, 14), (1024, 14, 14))  # the addition


def test_repeats_are_counted_as_often_as_they_stand():
    blocks = details("resnet34", "layer1.1")

    assert blocks.repeat == 2
    assert blocks.params == 2 * (2 * 64 * 64 * 9 + 4 * 64)


def test_a_copy_of_a_repeat_is_found_by_its_own_path():
    assert details("resnet34", "layer1.2").params == 2 * 64 * 64 * 9 + 4 * 64


def test_an_unknown_part_is_refused_with_a_near_one():
    with pytest.raises(RequestError, match="unknown scope: 'layer2.0.conv9'.*did you mean"):
        details("resnet18", "layer2.0.conv9")
