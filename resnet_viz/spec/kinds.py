"""The kinds of part a spec may name: one table each, and a sentence for each entry.

What a kind means is written where it is read: its convolutions in `spec.plan`, its operators in
`ops`, its labels in `labels`.
"""

from __future__ import annotations

__all__ = ["ACTIVATIONS", "BLOCKS", "NORMS", "SHORTCUTS", "STRIDES_IN"]

BLOCKS = {
    "basic": "3x3, 3x3 (He et al. 2015, Figure 5 left)",
    "bottleneck": "1x1, 3x3, 1x1 (He et al. 2015, Figure 5 right)",
    "conv": "one 3x3 (VGG, Simonyan & Zisserman 2014, arXiv 1409.1556)",
}

SHORTCUTS = {
    "none": "no shortcut: a plain network",
    "A": "identity; where the shape changes, every stride-th pixel and zeros for new channels",
    "B": "identity; where the shape changes, a 1x1 convolution and norm",
    "C": "a 1x1 convolution and norm beside every block",
    "conv": "identity; where the shape changes, a bare 1x1 convolution (the d2l chapter)",
}

NORMS = {"batch": "batch normalization (arXiv 1502.03167)", "none": "no normalization"}

ACTIVATIONS = {"relu": "max(x, 0)"}

STRIDES_IN = {
    "3x3": "stride in a bottleneck's 3x3 convolution (torchvision, v1.5)",
    "1x1": "stride in a bottleneck's first 1x1 convolution (the paper, v1)",
}
