"""Define short captions on networks and figures; `app.sections.notes` chooses those that apply."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["NOTES"]

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "residual": (
            "A block that ought to compute *f*(**x**) learns only the rest, "
            "*g*(**x**) = *f*(**x**) − **x**; the shortcut adds **x** again. Where the best "
            "*f* is near the identity, the rest is near zero, and that is easy to learn."
        ),
        "anynet": (
            "Stem, body and head: the stem shrinks the image, a stage of stride 2 halves it again, "
            "later stages are wider, the head makes classes of what is left."
        ),
        "bottleneck": (
            "A bottleneck narrows with a 1×1 convolution, works on fewer channels with the 3×3, "
            "and widens with another 1×1: three layers for about the multiply-adds of two."
        ),
        "groups": (
            "Groups split the 3×3 convolution into branches that see only their own channels: "
            "g groups take a g-th of its weights and multiply-adds."
        ),
        "se": (
            "The gate beside the body averages each channel over the whole image, squeezes them "
            "through two small layers, and multiplies each channel by a number from 0 to 1."
        ),
        "eca": (
            "A gate with hardly any weights: one short convolution along the channels looks at a "
            "few neighbours of each."
        ),
        "shortcut_d": (
            "ResNet-D averages before the 1×1 on the shortcut, so that no pixel is thrown away "
            "where the size is halved."
        ),
        "deep_stem": (
            "A deep stem (ResNet-C): three 3×3 convolutions in the place of one 7×7, each "
            "followed by a nonlinearity."
        ),
        "antialias": (
            "The convolution keeps its size and a small pool behind it takes the stride: what is "
            "smoothed before it is sampled does not alias."
        ),
        "plain": (
            "A plain network: nothing is added. Beyond some twenty layers its training error "
            "grows with depth, which is what shortcuts mend."
        ),
        "preactivation": (
            "Norm and activation come before each convolution, so that the shortcut runs from "
            "end to end with nothing on it but projections."
        ),
        "option_a": (
            "Option A needs no weights: where the shape changes, the shortcut takes every "
            "stride-th pixel and fills the new channels with zeros."
        ),
        "base_width": (
            "The base width sets how wide a bottleneck is inside, and leaves what it puts out."
        ),
        "stride_1x1": (
            "The stride sits in the first 1×1, as the paper has it: three quarters of the pixels "
            "are never read there. torchvision moved it to the 3×3: 6 % more multiply-adds in "
            "ResNet-50."
        ),
        "shortcut": (
            "The thin line beside a block is its shortcut. Where size or channels change, a 1×1 "
            "convolution stands on it, so that both sides of ⊕ have one shape."
        ),
        "bracket": (
            "A bracket with n × stands for n equal blocks or stages in a row. Each is counted."
        ),
        "layers": (
            "Layers are convolutions and fully connected layers on the main path; projections "
            "on shortcuts do not count, nor do norms and pooling."
        ),
    }
)
"""The captions by topic, each one or two sentences of Markdown."""
