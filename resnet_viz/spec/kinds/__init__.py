"""The kinds of norm, activation, block and so on that a spec may name: one file and table each.

An entry is everything that the project knows of a kind: its description, the spec fields that it
reads, its operators, as calls on a `Net`, and its label in figures. The graph, the counts, the
figures and the torch module all come from these calls.
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
"""The tables whose kinds are scopes in a graph; each entry has a `label`."""

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
