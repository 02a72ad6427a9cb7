"""Networks with anti-aliased downsampling: blur pools or average pools."""

from __future__ import annotations

from resnet_viz.zoo.variants import rows

__all__ = ["FAMILIES"]

FAMILIES = (
    rows(
        "blurred",
        lambda name: "timm; Zhang 2019 (arXiv 1904.11486)",
        {
            "resnetblur18": "18 blur",
            "resnetblur50": "50 blur",
            "resnetblur50d": "50 d blur",
            "resnetblur101d": "101 d blur",
        },
    ),
    rows(
        "averaged",
        lambda name: "timm: average pooling in place of strides",
        {
            "resnetaa34d": "34 d aa",
            "resnetaa50": "50 aa",
            "resnetaa50d": "50 d aa",
            "resnetaa101d": "101 d aa",
            "seresnetaa50d": "50 d aa se",
            "seresnextaa101d_32x8d": "101 d aa se 32x8d @288",
            "seresnextaa201d_32x8d": "201 s average aa se 32x8d @384",
        },
    ),
)
