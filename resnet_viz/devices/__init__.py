"""Devices by name, with coefficients fitted to measured networks.

`make fit-latency` writes the shipped `table.json`; `resnet-viz measure --calibrate` saves the
user's own machine in the user's configuration folder.
"""

from resnet_viz.devices.device import Device, devices, find_device, own_folder, parse_device

__all__ = ["Device", "devices", "find_device", "own_folder", "parse_device"]
