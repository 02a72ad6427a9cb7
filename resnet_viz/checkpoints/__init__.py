"""Checkpoints: files to names and shapes, and those to the specs that have them.

A file's names are brought to ours (`names`), facts are read off its shapes (`facts`), and specs
that say these facts are assembled and compared with the file, name by name (`fit`): what fits has
been compared, and what was not compared is said to be assumed.
"""

from resnet_viz.checkpoints.fit import Fit, fit, likeliest
from resnet_viz.checkpoints.read import State, is_checkpoint, read_shapes

__all__ = ["Fit", "State", "fit", "is_checkpoint", "likeliest", "read_shapes"]
