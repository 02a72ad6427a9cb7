"""Checkpoints: files to names and shapes, and those to the specs that have them.

A file's names are brought to ours (`names`), facts are read off its shapes (`facts`), and specs that
say these facts are assembled and compared with the file, name by name (`fit`). What is not compared
is not claimed.
"""

from resnet_viz.checkpoints.fit import Fit, fit
from resnet_viz.checkpoints.read import State, is_checkpoint, read_shapes

__all__ = ["Fit", "State", "fit", "is_checkpoint", "read_shapes"]
