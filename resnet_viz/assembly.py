"""Assemble the graph of a spec: all its operators, with PyTorch's module paths and order."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any

from resnet_viz.arithmetic import Size, differ, exact
from resnet_viz.errors import RequestError, SpecError, show
from resnet_viz.graph import Builder, Graph, Value
from resnet_viz.ops.operator import spell
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.check import integer
from resnet_viz.spec.kinds import ATTENTIONS, DOWNSAMPLERS, NORMS, Conv
from resnet_viz.spec.kinds.stem import stem
from resnet_viz.spec.model import MAX_CHANNELS, MAX_SIDE
from resnet_viz.spec.plan import BlockPlan, ShortcutPlan, plan
from resnet_viz.zoo import find_spec

__all__ = ["assemble"]

MAX_BATCH = 1_000_000


def assemble(
    spec: str | os.PathLike[str] | ResNetSpec, input: tuple[Size, ...] | None = None
) -> Graph:
    """Return the graph of a spec; the blocks of a stage after its first are one repeated scope.

    Args:
        spec: the network, or its name in the zoo, or the path of its file.
        input: `(C, H, W)`, or `(N, C, H, W)` for a batch; by default the spec's own. Shapes in the
            graph have a batch dimension if the input has one.

    Raises:
        RequestError: the network is unknown, or the input has the wrong rank, channels or size.

    >>> from resnet_viz.zoo import find
    >>> assemble(find("resnet18"), (3, 64, 64)).outputs
    ('fc',)
    """
    spec = find_spec(spec)
    shape = spec.input if input is None else input
    _check_input(spec, shape)
    return _Assembly(spec, Builder(tuple(map(exact, shape)))).graph()


def _check_input(spec: ResNetSpec, shape: object) -> None:
    if not isinstance(shape, (tuple, list)) or len(shape) not in (3, 4):
        raise RequestError(
            "input: {shape} (must be channels x height x width, as {example}, or with a batch "
            "size before them)",
            shape=show(shape),
            example="x".join(map(str, spec.input)),
        )
    names = ("batch size", "channels", "height", "width")[-len(shape) :]
    limits = (MAX_BATCH, MAX_CHANNELS, MAX_SIDE, MAX_SIDE)[-len(shape) :]
    for name, size, limit in zip(names, shape, limits, strict=True):
        try:
            integer(name, size, 1, limit)
        except SpecError as error:
            raise RequestError("input: {error}", error=error) from None
    if not spec.head.pool and any(map(differ, shape[-2:], spec.input[-2:])):
        raise RequestError(
            "input: {shape} ({name} has a head without pooling and takes {input} only)",
            shape=spell(tuple(shape)),
            name=spec.name,
            input=spell(spec.input),
        )
    if differ(shape[-3], spec.input[0]):
        raise RequestError(
            "input: {shape} has {channels} channels ({name} takes {needed}, as {input})",
            shape=spell(tuple(shape)),
            channels=shape[-3],
            name=spec.name,
            needed=spec.input[0],
            input=spell(spec.input),
        )


class _Assembly:
    """Assembles one spec; it is the `Net` on which the kinds of part call their operators."""

    def __init__(self, spec: ResNetSpec, builder: Builder) -> None:
        self.spec = spec
        self.builder = builder

    def graph(self) -> Graph:
        x = self.stem(*self.builder.inputs)
        for number, stage in enumerate(plan(self.spec), start=1):
            with self.scope(f"layer{number}", "stage"):
                x = self.block("0", stage.first, x)
                if type(stage.repeat) is not int or stage.repeat > 0:
                    entry = x
                    x = self.block("1", stage.rest, x)
                    if type(stage.repeat) is not int or stage.repeat > 1:
                        self.builder.repeat_last(stage.repeat, entry, x)
                if stage.pool:
                    x = self.pool("pool", x, 2, 0)
        return self.builder.graph(self.spec.name, self.head(x))

    def stem(self, x: Value) -> Value:
        with self.builder.scope("stem", "stem", prefix=""):
            out: Value = stem(self, x)
        return out

    def block(self, name: str, block: BlockPlan, x: Value) -> Value:
        with self.scope(name, block.kind):
            return (self.before if self.spec.preactivation else self.after)(block, x)

    def after(self, block: BlockPlan, x: Value) -> Value:
        """Convolution, norm, activation, …, convolution, norm, add, activation."""
        out, functional, last = x, self.spec.functional, len(block.convs)
        for i, conv in enumerate(block.convs, start=1):
            if i == last:
                out = self.attend(out, x, inside=True)
                out = self.drop("dropout", self.spec.dropout, out)
            out = self.conv(f"conv{i}", self.unstrided(conv), out)
            if i < last:
                out = self.norm_act(f"bn{i}", out, functional=functional)
            else:
                out = self.norm(f"bn{i}", out)
            out = self.antialias(conv, out)
        return self.activation(self.join(block.shortcut, out, x), functional=functional)

    def before(self, block: BlockPlan, x: Value) -> Value:
        """Norm, activation, convolution, …, add (He et al. 2016, arXiv 1603.05027)."""
        out, functional, last = x, self.spec.functional, len(block.convs)
        for i, conv in enumerate(block.convs, start=1):
            if i > 1 or block.activated:
                out = self.norm_act(f"bn{i}", out, functional=functional)
            if i == 1 and block.shortcut.way.convolves:
                x = out
            elif i > 1:
                out = self.antialias(block.convs[i - 2], out)
            if i == last:
                out = self.attend(out, x, inside=True)
                out = self.drop("dropout", self.spec.dropout, out)
            out = self.conv(f"conv{i}", self.unstrided(conv), out)
        return self.join(block.shortcut, self.antialias(block.convs[-1], out), x)

    def unstrided(self, conv: Conv) -> Conv:
        """Return a convolution, without its stride if the downsampler has the stride instead."""
        moved = DOWNSAMPLERS[self.spec.downsampler].run is not None
        return conv._replace(stride=1) if moved else conv

    def antialias(self, conv: Conv, x: Value) -> Value:
        """Call the downsampler that has a convolution's stride."""
        run = DOWNSAMPLERS[self.spec.downsampler].run
        return x if run is None or conv.stride == 1 else run(self, "aa", conv.stride, x)

    def drop(self, op: str, rate: float, x: Value) -> Value:
        return self.call(op, op, x) if rate else x

    def attend(self, out: Value, entry: Value, *, inside: bool) -> Value:
        """Call the attention of a block with input `entry`, if its place is here."""
        kind = self.spec.attention
        attention = ATTENTIONS[kind]
        if attention.gate is None or attention.inside != inside:
            return out
        with self.scope(kind, kind):
            gated: Value = attention.gate(self, out, entry.shape[-3])
        return gated

    def join(self, shortcut: ShortcutPlan, out: Value, x: Value) -> Value:
        way = shortcut.way
        out = self.attend(out, x, inside=False)
        if not way.adds:
            return out
        out = self.drop("drop_path", self.spec.drop_path, out)
        if way.run is not None:
            entry = x
            with self.scope("downsample", "shortcut"):
                x = way.run(self, shortcut.join, x)
            if type(shortcut.times) is not int:
                self.builder.repeat_last(shortcut.times, entry, x)
        return self.call("add", "add", out, x)

    def head(self, x: Value) -> Value:
        with self.builder.scope("head", "head", prefix=""):
            if self.spec.preactivation:
                x = self.norm_act("norm", x)
            head = self.spec.head
            if head.pool:
                x = self.call("avgpool", "adaptive_avg_pool2d", x, size=(1, 1))
            x = self.call("flatten", "flatten", x, start=-3)
            for i, width in enumerate(head.hidden, start=1):
                x = self.call(f"fc{i}", "linear", x, out_features=width, bias=True)
                x = self.activation(x)
            x = self.drop("dropout", head.dropout, x)
            return self.call("fc", "linear", x, out_features=head.classes, bias=True)

    # Methods that the kinds call

    def call(self, name: str, op: str, *inputs: Value, **attrs: Any) -> Value:
        return self.builder.call(name, op, *inputs, **attrs)

    def scope(self, name: str, kind: str) -> AbstractContextManager[None]:
        return self.builder.scope(name, kind)

    def pool(self, name: str, x: Value, kernel: int, padding: int) -> Value:
        return self.call(
            name,
            "max_pool2d",
            x,
            kernel=(kernel, kernel),
            stride=(2, 2),
            padding=(padding, padding),
            dilation=(1, 1),
        )

    def conv(self, name: str, conv: Conv, x: Value) -> Value:
        return self.call(
            name,
            "conv2d",
            x,
            out_channels=conv.channels,
            kernel=(conv.kernel, conv.kernel),
            stride=(conv.stride, conv.stride),
            padding=(conv.padding, conv.padding),
            dilation=(conv.dilation, conv.dilation),
            groups=conv.groups,
            bias=self.spec.bias,
            **({"standardized": True} if self.spec.standardized else {}),
        )

    def norm(self, name: str, x: Value) -> Value:
        out: Value = NORMS[self.spec.norm].run(self, name, x, False)
        return out

    def norm_act(
        self, name: str, x: Value, activation: str = "", functional: bool = False
    ) -> Value:
        norm = NORMS[self.spec.norm]
        x = norm.run(self, name, x, True)
        return x if norm.activates else self.activation(x, activation, functional)

    def activation(self, x: Value, name: str = "", functional: bool = False) -> Value:
        attrs = {"functional": True} if functional else {}
        op = self.spec.activation
        return self.call(name or op, op, x, **attrs)
