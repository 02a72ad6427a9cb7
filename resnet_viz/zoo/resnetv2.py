"""Pre-activation networks for ImageNet, and BiT."""

from __future__ import annotations

from resnet_viz.zoo.variants import rows

__all__ = ["FAMILIES"]

FAMILIES = (
    rows(
        "ResNetV2",
        lambda name: "timm; He et al. 2016 (arXiv 1603.05027)",
        {
            **{f"resnetv2_{depth}": f"{depth} v2" for depth in (18, 34, 50, 101, 152)},
            **{f"resnetv2_{depth}d": f"{depth} v2 d" for depth in (18, 34, 50, 101, 152)},
            "resnetv2_50t": "50 v2 t",
            "resnetv2_50d_gn": "50 v2 d gn",
            "resnetv2_50d_frn": "50 v2 d frn",
            "resnetv2_50d_evos": "50 v2 d evo",
        },
    ),
    rows(
        "BiT",
        lambda name: "timm; Kolesnikov et al. 2020 (arXiv 1912.11370)",
        {
            "resnetv2_50x1_bit": "50 v2 bit",
            "resnetv2_50x3_bit": "50 v2 bit x3 @448",
            "resnetv2_101x1_bit": "101 v2 bit @448",
            "resnetv2_101x3_bit": "101 v2 bit x3 @448",
            "resnetv2_152x2_bit": "152 v2 bit x2",
            "resnetv2_152x4_bit": "152 v2 bit x4 @480",
        },
    ),
)
