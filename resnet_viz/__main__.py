"""`python -m resnet_viz`: the command line without its script."""

from resnet_viz.cli import main

main()
