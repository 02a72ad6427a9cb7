"""The spec: a residual network as plain values; `spec.files` reads and writes it."""

from resnet_viz.spec.dilate import with_output_stride
from resnet_viz.spec.model import Head, ResNetSpec, Stage, Stem

__all__ = ["Head", "ResNetSpec", "Stage", "Stem", "with_output_stride"]
