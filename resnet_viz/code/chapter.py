"""Write a spec as code in the form of the d2l.ai ResNet chapter (8.6): `Residual`, b1 to b5."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import resnet_viz
from resnet_viz.assembly import assemble
from resnet_viz.code.text import call, docstring
from resnet_viz.errors import RequestError
from resnet_viz.spec import Head, ResNetSpec, Stage, Stem

__all__ = ["write_chapter"]


def write_chapter(spec: ResNetSpec, title: Sequence[str]) -> str:
    """Return the source of the file, which defines `net` at its end.

    Raises:
        RequestError: the chapter's form cannot express this network.
    """
    if not _can_say(spec):
        raise RequestError(
            "style: 'chapter' cannot say {name} (must be basic blocks of biased convolutions and "
            "bare 1x1 shortcuts, the first stage of stride 1 and the others of 2, as d2l-resnet18)",
            name=spec.name,
        )
    lines = [*docstring(title), "", "from torch import Tensor, nn"]
    lines += ["from torch.nn import functional as F"]
    for source in _sources():
        lines += ["", "", *source.split("\n")]
    channels = spec.stem.channels
    b1 = f"nn.Conv2d({spec.input[0]}, {channels}, kernel_size=7, stride=2, padding=3)"
    pool = "nn.MaxPool2d(kernel_size=3, stride=2, padding=1)"
    lines += ["", ""]
    lines += call(
        "b1 = nn.Sequential(", [b1, f"nn.BatchNorm2d({channels})", "nn.ReLU()", pool], ")"
    )
    for number, stage in enumerate(spec.stages):
        first = ", first_block=True" if number == 0 else ""
        block = f"resnet_block({channels}, {stage.channels}, {stage.blocks}{first})"
        lines.append(f"b{number + 2} = nn.Sequential(*{block})")
        channels = stage.channels
    parts = [f"b{number}" for number in range(1, len(spec.stages) + 2)]
    head = ["nn.AdaptiveAvgPool2d((1, 1))", "nn.Flatten()"]
    head.append(f"nn.Linear({channels}, {spec.head.classes})")
    return "\n".join([*lines, *call("net = nn.Sequential(", [*parts, *head], ")")]) + "\n"


def _can_say(spec: ResNetSpec) -> bool:
    """Return whether a spec differs from the chapter's networks only by numbers."""
    stages = tuple(
        Stage(stage.blocks, stage.channels, 1 if i == 0 else 2, shortcut="conv")
        for i, stage in enumerate(spec.stages)
    )
    form = ResNetSpec(
        stages=stages,
        name=spec.name,
        input=spec.input,
        stem=Stem(spec.stem.channels),
        head=Head(spec.head.classes),
        bias=True,
        functional=True,
    )
    same = replace(spec.stages[0], channels=spec.stem.channels) == spec.stages[0]
    return same and assemble(form) == assemble(spec)


def _sources() -> list[str]:
    """Return the source of `Residual` and `resnet_block`, with one-line docstrings."""
    path = Path(resnet_viz.__file__).parent / "nn" / "chapter.py"
    text = path.read_text(encoding="utf-8")
    sources = []
    for node in ast.parse(text).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name in (
            "Residual",
            "resnet_block",
        ):
            source = ast.get_source_segment(text, node) or ""
            long = ast.get_docstring(node, clean=False) or ""
            sources.append(source.replace(long, long.split("\n")[0], 1))
    return sources
