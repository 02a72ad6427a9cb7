"""The kinds of part that a spec may name: one file and one table for each.

An entry is all that the project knows of its kind: what it is, in a sentence; the spec fields that
it reads; the operators that it is made of, written once, as calls on a `Net`; what figures call it.
The graph, the counts, the figures and the torch module all come from these calls.
"""

from resnet_viz.spec.kinds.activation import ACTIVATIONS
from resnet_viz.spec.kinds.attention import ATTENTIONS
from resnet_viz.spec.kinds.block import BLOCKS, STRIDES_IN
from resnet_viz.spec.kinds.downsampler import DOWNSAMPLERS
from resnet_viz.spec.kinds.kind import Conv, Net
from resnet_viz.spec.kinds.norm import NORMS
from resnet_viz.spec.kinds.shortcut import SHORTCUTS
from resnet_viz.spec.kinds.stem import POOLINGS

SCOPES = (BLOCKS, ATTENTIONS)
"""The tables whose kinds stand as scopes in a graph, each with a `label`."""

__all__ = [
    "ACTIVATIONS",
    "ATTENTIONS",
    "BLOCKS",
    "DOWNSAMPLERS",
    "NORMS",
    "POOLINGS",
    "SCOPES",
    "SHORTCUTS",
    "STRIDES_IN",
    "Conv",
    "Net",
]
