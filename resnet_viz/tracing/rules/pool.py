"""Rules of pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.tracing.rules.arguments import Rule, check_rank, expand, lift

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["RULES"]


def _window(
    recorder: Recorder,
    op: str,
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    name: str,
) -> Any:
    """Record a pool whose window has `rank` dimensions."""
    (x,) = lift(recorder, input)
    check_rank(recorder, name or op, x, rank + 1, rank + 2)
    kernel = expand(kernel_size, rank)
    attrs: dict[str, Any] = {
        "kernel": kernel,
        "stride": kernel if stride is None or stride == [] else expand(stride, rank),
        "padding": expand(padding, rank),
        "dilation": expand(dilation, rank),
    }
    if ceil_mode:
        attrs["ceil_mode"] = True
    return recorder.node(op, [x], attrs, name=name)


def _max(rank: int) -> Rule:
    op = f"max_pool{rank}d"

    def rule(
        recorder: Recorder,
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
        *,
        name: str = "",
    ) -> Any:
        if return_indices:
            return NotImplemented
        sizes = (kernel_size, stride, padding, dilation)
        return _window(recorder, op, rank, input, *sizes, ceil_mode, name)

    return rule


def _average(rank: int) -> Rule:
    op = f"avg_pool{rank}d"

    def rule(
        recorder: Recorder,
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
        *,
        name: str = "",
    ) -> Any:
        sizes = (kernel_size, stride, padding, 1)
        return _window(recorder, op, rank, input, *sizes, ceil_mode, name)

    return rule


def _adaptive(kind: str, rank: int) -> Rule:
    op = f"adaptive_{kind}_pool{rank}d"

    def rule(
        recorder: Recorder,
        input: Any,
        output_size: Any,
        return_indices: bool = False,
        *,
        name: str = "",
    ) -> Any:
        if return_indices:
            return NotImplemented
        (x,) = lift(recorder, input)
        check_rank(recorder, name or op, x, rank + 1, rank + 2)
        requested: tuple[Any, ...] = expand(output_size, rank)
        size = tuple(
            given if wanted is None else wanted
            for given, wanted in zip(x.shape[-rank:], requested, strict=True)
        )
        return recorder.node(op, [x], {"size": size}, name=name)

    return rule


_RANKS = (1, 2, 3)

RULES: dict[Any, Rule] = {
    **{getattr(F, f"max_pool{rank}d"): _max(rank) for rank in _RANKS},
    **{getattr(F, f"avg_pool{rank}d"): _average(rank) for rank in _RANKS},
    **{
        getattr(F, f"adaptive_{kind}_pool{rank}d"): _adaptive(kind, rank)
        for kind in ("avg", "max")
        for rank in _RANKS
    },
}
