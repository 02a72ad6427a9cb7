"""Define devices and find them by name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from resnet_viz.errors import RequestError, choose, show, unknown

__all__ = ["DTYPES", "MODES", "Device", "devices", "find_device", "own_folder", "parse_device"]

MODES = {"infer": "forward passes in inference", "train": "training steps"}

DTYPES: Mapping[str, tuple[str, ...]] = {
    "float32": ("fp32",),
    "float16": ("amp",),
    "bfloat16": ("bf16", "amp_bf16"),
    "amp": ("amp", "amp_bf16"),
}
"""The number formats of measurements that match each dtype; `amp` is autocast."""


class Device(NamedTuple):
    """A measured configuration: machine, number format, memory layout and version of torch.

    Attributes:
        name: the full name, as in timm's result files: `amp-nchw-pt240-cu124-rtx4090-dynamo`.
        machine: the short name: `rtx4090`.
        mode: `infer` or `train`.
        format: the number format: `amp`, `bf16`, `amp_bf16` or `fp32`.
        layout: `nchw`, or `nhwc` for channels last.
        torch: the version of torch without dots; 0 if it is unknown.
        compiled: whether the networks were compiled (torch.compile).
        element: the bytes of an element.
        rows: the number of measurements to which the coefficients are fitted.
        networks: the number of networks measured.
        median_error: the median relative error of predictions for networks left out of the fit.
        spread: the logarithm of the error factor that 90 % of these networks do not exceed.
        rank_correlation: Spearman's correlation of predicted and measured images per second.
        coefficients: the coefficients by name; see `count.roofline.COEFFICIENTS`.
        source: the source of the measurements.
    """

    name: str
    machine: str
    mode: str
    format: str
    layout: str
    torch: int
    compiled: bool
    element: int
    rows: int
    networks: int
    median_error: float
    spread: float
    rank_correlation: float
    coefficients: Mapping[str, float]
    source: str

    @property
    def dtype(self) -> str:
        """The dtype of activations."""
        return {"fp32": "float32", "amp": "float16"}.get(self.format, "bfloat16")


def parse_device(row: Mapping[str, Any], source: str) -> Device:
    """Return the device of a row of the table; its properties are parsed from its full name.

    >>> row = {"name": "fp32-nchw-pt240-cpu-i7_12700h-dynamo", "mode": "infer", "element": 4,
    ...     "compiled": True, "rows": 121, "networks": 64, "median_error": 0.05, "spread": 0.2,
    ...     "rank_correlation": 0.99, "coefficients": {}}
    >>> parse_device(row, "timm").machine
    'i7-12700h'
    """
    format, layout, *rest = row["name"].removesuffix("-dynamo").split("-")
    machine = rest[-1].replace("_", "-")
    version = next((part[2:] for part in rest if part.startswith("pt")), "0")
    known = {key: row[key] for key in Device._fields if key in row}
    return Device(
        **known,
        machine=f"rtx{machine}" if machine.isdigit() else machine,
        format=format,
        layout=layout,
        torch=int(version),
        source=source,
    )


def own_folder() -> Path:
    """Return the folder of the devices that the user has calibrated.

    Raises:
        RequestError: platformdirs, which determines the folder, is not installed.
    """
    try:
        from platformdirs import user_config_path
    except ImportError:
        raise RequestError(
            "platformdirs is not installed (calibrations need it: pip install platformdirs)"
        ) from None
    return user_config_path("resnet-viz", appauthor=False) / "devices"


@cache
def _shipped() -> tuple[Device, ...]:
    text = Path(__file__).with_name("table.json").read_text(encoding="utf-8")
    table = json.loads(text)
    return tuple(parse_device(row, table["source"]) for row in table["devices"])


def _calibrated() -> tuple[Device, ...]:
    """Return the user's own devices; empty if no calibration exists or can be read."""
    try:
        files = sorted(own_folder().glob("*.json"))
    except (RequestError, OSError):
        return ()
    found = []
    for file in files:
        try:
            fields = json.loads(file.read_text(encoding="utf-8"))
            coefficients = {name: float(value) for name, value in fields["coefficients"].items()}
            found.append(Device(**{**fields, "coefficients": coefficients}))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            continue  # another file, or a damaged one
    return tuple(found)


def devices() -> tuple[Device, ...]:
    """Return all known devices: the shipped ones and the user's own."""
    return (*_shipped(), *_calibrated())


def find_device(name: object, *, mode: str = "infer", dtype: str | None = None) -> Device:
    """Return the device with the given name.

    For the name of a machine, the device measured without compilation and with the newest torch is
    preferred.

    Raises:
        RequestError: the name is unknown, or the device was not measured in that mode or dtype.

    >>> find_device("rtx4090").name
    'amp-nchw-pt291-cu128-4090'
    """
    choose("mode", mode, MODES)
    if dtype is not None:
        choose("dtype", dtype, DTYPES)
    known = devices()
    wanted = _plain(name) if isinstance(name, str) else ""
    found = [d for d in known if wanted in map(_plain, (d.machine, d.name))]
    if not found:
        names = list(dict.fromkeys([*(d.machine for d in known), *(d.name for d in known)]))
        raise unknown("device", name, names)
    in_mode = [device for device in found if device.mode == mode]
    if not in_mode:
        raise RequestError(
            "mode: {mode} ({name} was measured in {legal} only)",
            mode=show(mode),
            name=name,
            legal=" and ".join(sorted({device.mode for device in found})),
        )
    of_dtype = [d for d in in_mode if dtype is None or d.format in DTYPES[dtype]]
    if not of_dtype:
        raise RequestError(
            "dtype: {dtype} ({name} was not measured with it; must be one of {legal})",
            dtype=show(dtype),
            name=name,
            legal=sorted({device.dtype for device in in_mode}),
        )
    return min(of_dtype, key=_preference)


def _plain(name: str) -> str:
    """Return a device's name normalized for comparison: without case, maker, spaces and dashes.

    >>> _plain("NVIDIA GeForce RTX 4090"), _plain("4090"), _plain("i7_12700H")
    ('4090', '4090', 'i712700h')
    """
    letters = re.sub("[^a-z0-9]", "", name.lower())
    return re.sub("^(nvidia)?(geforce)?(rtx)?(?=.)", "", letters)


def _preference(device: Device) -> tuple[bool, int, bool, bool]:
    """Return the sort key of a machine's devices: eager, newest torch, autocast, channels first."""
    return (device.compiled, -device.torch, device.format != "amp", device.layout != "nchw")
