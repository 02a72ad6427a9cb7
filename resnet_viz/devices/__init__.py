"""Devices: what each reaches of its peaks, fitted to measured networks, by name.

`table.json` is written by `make fit-latency`; what `resnet-viz measure --calibrate` finds for the
user's own machine stands beside it in the user's configuration folder.
"""

from resnet_viz.devices.device import Device, devices, find_device, own_folder, parse_device

__all__ = ["Device", "devices", "find_device", "own_folder", "parse_device"]
