"""The spec: what a residual network is, as plain values; `spec.files` reads and writes them."""

from resnet_viz.spec.dilate import with_output_stride
from resnet_viz.spec.model import Head, ResNetSpec, Stage, Stem

__all__ = ["Head", "ResNetSpec", "Stage", "Stem", "with_output_stride"]
