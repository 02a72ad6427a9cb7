"""What differs between two specs, from what to what."""

from resnet_viz.app.spec_changes import spec_changes
from resnet_viz.zoo import find


def said(before, after, lang="en"):
    return [
        f"{one.part}, {one.field}: {one.old} → {one.new}"
        for one in spec_changes(find(before), find(after), lang)
    ]


def test_the_shortcut_is_what_plain_and_residual_networks_differ_in():
    assert said("plain34", "resnet34") == [
        f"Stage {number}, Shortcut: none → B" for number in (1, 2, 3, 4)
    ]


def test_numbers_of_blocks_and_stages_are_said_in_both_languages():
    assert "Stage 3, Blocks: 6 → 23" in said("resnet50", "resnet101")
    assert "阶段 3，块数：6 → 23".replace("，", ", ").replace("：", ": ") in said(
        "resnet50", "resnet101", "zh"
    )
    assert "Stage 4, Stage: – → 2 × 512" in said("cifar-resnet20", "resnet18")


def test_equal_networks_differ_in_nothing():
    assert said("resnet50", "resnet50") == []
