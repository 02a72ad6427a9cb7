"""Count a graph's parameters, cost terms, layers, receptive fields, memory and work."""

from resnet_viz.count.conventions import CONVENTIONS, Convention, weigh, weigh_activations
from resnet_viz.count.layers import Layers, count_layers
from resnet_viz.count.receptive_field import receptive_fields
from resnet_viz.count.tally import Cost, Costs, Tally, tally

__all__ = [
    "CONVENTIONS",
    "Convention",
    "Cost",
    "Costs",
    "Layers",
    "Tally",
    "count_layers",
    "receptive_fields",
    "tally",
    "weigh",
    "weigh_activations",
]
