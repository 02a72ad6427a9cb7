"""Checkpoints: read names and shapes of tensors from files, and find the specs that have them.

`names` translates a file's names to ours, `facts` reads a first spec from the shapes, and `fit`
assembles candidate specs and compares them with the file, name by name. Fields that this comparison
cannot check are reported as assumed.
"""

from resnet_viz.checkpoints.fit import Fit, fit, likeliest
from resnet_viz.checkpoints.read import State, is_checkpoint, read_shapes

__all__ = ["Fit", "State", "fit", "is_checkpoint", "likeliest", "read_shapes"]
