"""Networks with squeeze-and-excitation or efficient channel attention.

timm's `ecaresnet50d_pruned` and `ecaresnet101d_pruned` are left out: pruning gave each of their
convolutions its own width, which a spec cannot express.
"""

from __future__ import annotations

from resnet_viz.zoo.variants import rows

__all__ = ["FAMILIES"]

_SE = "Hu et al. 2018 (arXiv 1709.01507)"
_ECA = "Wang et al. 2020 (arXiv 1910.03151)"

FAMILIES = (
    rows(
        "SE-ResNet",
        lambda name: f"timm; {_SE}",
        {
            **{f"seresnet{depth}": f"{depth} se" for depth in (18, 34, 50, 101, 152)},
            "seresnet50t": "50 t se",
            **{f"seresnet{depth}d": f"{depth} d se @256" for depth in (152, 200, 269)},
        },
    ),
    rows(
        "SE-ResNet",
        lambda name: f"{_SE}, Table 2: stride in the first 1x1 convolution",
        {f"seresnet{depth}-v1": f"{depth} v1 se" for depth in (50, 101, 152)},
    ),
    rows(
        "SE-ResNeXt",
        lambda name: f"timm; {_SE}",
        {
            "seresnext26d_32x4d": "26 d se 32x4d",
            "seresnext26t_32x4d": "26 t se 32x4d",
            "seresnext50_32x4d": "50 se 32x4d",
            "seresnext101_32x4d": "101 se 32x4d",
            "seresnext101_32x8d": "101 se 32x8d",
            "seresnext101_64x4d": "101 se 64x4d",
            "seresnext101d_32x8d": "101 d se 32x8d",
        },
    ),
    rows(
        "SENet",
        lambda name: f"timm; {_SE}, appendix: SENet-154",
        {"senet154": "152 s senet se 64x4d"},
    ),
    rows(
        "ECA-ResNet",
        lambda name: f"timm; {_ECA}",
        {
            "ecaresnet26t": "26 t eca @256",
            "ecaresnet50t": "50 t eca @256",
            "ecaresnet50d": "50 d eca",
            "ecaresnet101d": "101 d eca",
            "ecaresnet200d": "200 d eca @256",
            "ecaresnet269d": "269 d eca @320",
            "ecaresnetlight": "50light average eca",
            "ecaresnext26t_32x4d": "26 t eca 32x4d",
            "ecaresnext50t_32x4d": "50 t eca 32x4d",
        },
    ),
)
