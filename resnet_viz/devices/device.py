"""Names of devices to their coefficients."""

from __future__ import annotations

import json
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
"""The formats of measurements that a dtype asks for; `amp` is autocast, which names its dtype."""


class Device(NamedTuple):
    """A device as it was measured: number format, memory layout, version of torch and machine.

    Attributes:
        name: all of this, as in timm's result files: `amp-nchw-pt240-cu124-rtx4090-dynamo`.
        machine: the short name: `rtx4090`.
        mode: `infer` or `train`.
        format: of the numbers: `amp`, `bf16`, `amp_bf16` or `fp32`.
        layout: `nchw`, or `nhwc` for channels last.
        torch: its version without dots; 0 if it is not told.
        compiled: whether the networks were compiled (torch.compile).
        element: the bytes of an element.
        rows: how many measurements the coefficients are fitted to.
        networks: of how many networks.
        median_error: how far predictions are off, in the median, of networks left out of the fit.
        spread: the logarithm of the factor within which nine in ten of them lie.
        rank_correlation: of predicted and measured images per second (Spearman).
        coefficients: see `count.roofline.COEFFICIENTS`.
        source: who measured.
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
    """Return a device of a row of the table; its long name says what it is.

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
        RequestError: platformdirs, which knows where it is, is not installed.
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


def _own() -> tuple[Device, ...]:
    """Return the user's own devices; none where nothing was calibrated or can be read."""
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
            continue  # no file of ours, or one that was spoilt
    return tuple(found)


def devices() -> tuple[Device, ...]:
    """Return all devices that are known: the shipped ones, and the user's own."""
    return (*_shipped(), *_own())


def find_device(name: object, *, mode: str = "infer", dtype: str | None = None) -> Device:
    """Return the device of a name; of a machine's, the one measured eagerly with the newest torch.

    Raises:
        RequestError: there is none, or it was not measured in that mode or dtype.

    >>> find_device("rtx4090").name
    'amp-nchw-pt291-cu128-4090'
    """
    choose("mode", mode, MODES)
    if dtype is not None:
        choose("dtype", dtype, DTYPES)
    known = devices()
    wanted = str(name).lower().replace("_", "-") if isinstance(name, str) else ""
    found = [d for d in known if wanted in (d.machine, d.name.lower().replace("_", "-"))]
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


def _preference(device: Device) -> tuple[bool, int, bool, bool]:
    """Order devices of one machine: eager, the newest torch, autocast, channels first."""
    return (device.compiled, -device.torch, device.format != "amp", device.layout != "nchw")
