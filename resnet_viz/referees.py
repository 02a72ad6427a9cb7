"""Run the referees: other tools that count FLOPs or MACs, each on a copy of the module."""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from types import MappingProxyType

import torch
from torch import nn

from resnet_viz.tracing.torchvision import import_beside

__all__ = ["REFEREES", "run"]

Shape = tuple[int, ...]


def _torch(module: nn.Module, shape: Shape) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        module.to("meta")(torch.empty(shape, device="meta"))
    return int(counter.get_total_flops())


def _fvcore(module: nn.Module, shape: Shape) -> int:
    from fvcore.nn import FlopCountAnalysis

    logging.getLogger("fvcore").setLevel(logging.ERROR)
    analysis = FlopCountAnalysis(module, torch.zeros(shape))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())


def _torchinfo(module: nn.Module, shape: Shape) -> int:
    from torchinfo import summary

    return int(summary(module, input_size=shape, device="cpu", verbose=0).total_mult_adds)


def _thop(module: nn.Module, shape: Shape) -> int:
    from thop import profile

    macs, _ = profile(module, inputs=(torch.zeros(shape),), verbose=False)
    return int(macs)


def _ptflops(module: nn.Module, shape: Shape) -> int:
    get_model_complexity_info = import_beside("ptflops").get_model_complexity_info

    def inputs(size: Shape) -> dict[str, torch.Tensor]:
        name = next(iter(module.forward.__code__.co_varnames[1:2]), "x")
        return {name: torch.zeros(shape)}

    macs, _ = get_model_complexity_info(
        module,
        tuple(shape[1:]),
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        verbose=False,
        input_constructor=inputs if shape[0] != 1 else None,
    )
    if macs is None:
        raise RuntimeError("ptflops gave no answer")
    return int(macs)


REFEREES: Mapping[str, Callable[[nn.Module, Shape], int]] = MappingProxyType(
    {
        "torch": _torch,
        "fvcore": _fvcore,
        "torchinfo": _torchinfo,
        "thop": _thop,
        "ptflops": _ptflops,
    }
)
"""The function that returns a tool's count of a module, by the name of the tool's convention."""


def run(module: nn.Module, shape: Shape) -> dict[str, int | str]:
    """Return the count of each installed tool, or the reason why it failed.

    Each tool gets its own copy in eval mode, because some leave buffers or hooks behind.
    """
    answers: dict[str, int | str] = {}
    for name, referee in REFEREES.items():
        if find_spec(name) is None:
            answers[name] = f"not installed (pip install {name})"
            continue
        quiet, silent = (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        )
        try:
            with warnings.catch_warnings(), quiet, silent, torch.no_grad():
                warnings.simplefilter("ignore")
                answers[name] = referee(copy.deepcopy(module).eval(), shape)
        except Exception as error:  # a referee may fail in any way; the others go on
            first = (str(error).strip().splitlines() or [""])[0]
            answers[name] = f"raised {type(error).__name__}: {first}"
    return answers
