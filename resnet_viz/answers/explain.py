"""Explain why tools print different totals: count a network by every convention, term by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.arithmetic import Size
from resnet_viz.count import CONVENTIONS, Convention, tally, weigh
from resnet_viz.count.tally import MACS
from resnet_viz.errors import RequestError, check_flag
from resnet_viz.ops import TERMS, Shape
from resnet_viz.ops.operator import spell
from resnet_viz.sources import (
    Network,
    find_module,
    find_spec,
    is_callable_name,
    is_module,
    to_graph,
    torch_corner,
)

__all__ = ["Explanation", "Line", "explain"]


class Line(NamedTuple):
    """The count of one tool.

    Attributes:
        total: the predicted count.
        scale: the weight of a multiply-add, 1 or 2.
        terms: the terms that it adds to the multiply-adds or leaves out: weight and amount of each.
        printed: the count that the tool printed, if it was run.
        problem: why the tool failed, if it was run and did.
    """

    convention: Convention
    total: Size
    scale: int
    terms: Mapping[str, tuple[int, Size]]
    printed: int | None = None
    problem: str = ""

    def to_text(self, macs: Size, ran: bool) -> str:
        """Return the total and its summands, one per line."""
        name, unit = self.convention.name, self.convention.unit
        out = [f"{name:<10}{self.total:>18,}  {unit}"]
        if self.scale != 1:
            out.append(f"{'=':>12}{self.scale * macs:>16,}  {self.scale} × multiply-adds")
        elif self.terms:
            out.append(f"{'=':>12}{macs:>16,}  multiply-adds")
        for term, (weight, amount) in self.terms.items():
            if type(amount) is not int or amount:
                times = f"{abs(weight)} × {amount:,} " if abs(weight) != 1 else ""
                sign = "+" if weight > 0 else "−"
                out.append(f"{sign:>12}{abs(weight) * amount:>16,}  {times}{TERMS[term]}")
        if ran and self.printed is not None:
            verdict = "the same" if self.printed == self.total else "NOT what was predicted"
            out.append(f"{'run':>12}{self.printed:>16,}  {verdict}")
        elif ran and self.problem:
            out.append(f"{'run':>12}{'':>16}  {self.problem}")
        return "\n".join(out)


@dataclass(frozen=True, slots=True)
class Explanation(Tabular):
    """The counts of one network by every tool; the text format lists them term by term.

    Attributes:
        network: the name of the network.
        inputs: the shape of each input.
        lines: the count of each tool.
        macs: the multiply-adds of the network.
        ran: whether tools were run.
    """

    network: str
    inputs: tuple[Shape, ...]
    macs: Size
    lines: tuple[Line, ...]
    ran: bool = False

    OWN_FORMATS = MappingProxyType({"text": lambda made: made.to_text()})

    def to_table(self) -> Table:
        """Return the count of each tool as a table.

        Raises:
            RequestError: the network has arrays as sizes.
        """
        if type(self.macs) is not int:
            raise RequestError("an explanation of many networks has no text (use its lines)")
        return Table(
            title=f"{self.network}, input {', '.join(map(spell, self.inputs))}",
            columns=(
                Column("tool", "tool", attrgetter("convention.name")),
                Column("total", "total", right=True),
                Column("unit", "unit", attrgetter("convention.unit")),
                *(Column(name, heading, right=True) for name, heading in self._measured()),
                Column("counts", "counts", attrgetter("convention.source")),
            ),
            rows=self.lines,
            sentences=(f"{self.macs:,} multiply-adds",),
            facts={"network": self.network, "inputs": self.inputs, "macs": self.macs},
        )

    def _measured(self) -> tuple[tuple[str, str], ...]:
        """Return the name and heading of each column that is filled only if tools were run."""
        return (("printed", "printed"), ("problem", "problem")) if self.ran else ()

    @property
    def agrees(self) -> bool:
        """Whether every tool that was run printed what was predicted."""
        return all(line.printed in (None, line.total) for line in self.lines)

    def to_text(self) -> str:
        """Return the explanation for a screen."""
        shapes = ", ".join(map(spell, self.inputs))
        out = [f"{self.network}, input {shapes}: {self.macs:,} multiply-adds", ""]
        out += [line.to_text(self.macs, self.ran) for line in self.lines]
        out += ["", "What each counts:"]
        out += [f"  {line.convention.name:<10} {line.convention.source}" for line in self.lines]
        return "\n".join(out) + "\n"


def explain(
    network: Network, input: Any = None, *, run: bool = False, means: str | None = None
) -> Explanation:
    """Count a network by every convention and show where the totals differ.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        input: as for `resnet_viz.report`.
        run: also run the installed tools on the module (for a spec, on that of
            `resnet_viz.build`).
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: the network is unknown, or the input does not fit it.

    >>> fvcore = explain("resnet50").lines[3]
    >>> fvcore.total - fvcore.terms["norm_outputs"][0] * fvcore.terms["norm_outputs"][1]
    4089284608
    """
    check_flag("run", run)
    graph = to_graph(network, input, means=means)
    total = tally(graph)
    if run and len(graph.inputs) > 1:
        raise RequestError(
            "run: {name} takes {count} inputs (must take one)",
            name=graph.name,
            count=len(graph.inputs),
        )
    printed: dict[str, int | str] = _referees(network, graph.input, input) if run else {}
    lines = []
    for convention in CONVENTIONS.values():
        scale = convention.weights["conv_macs"]
        weights = {name: convention.weights.get(name, 0) - scale for name in MACS}
        weights |= {name: w for name, w in convention.weights.items() if name not in MACS}
        terms = {name: (w, total.terms.get(name, 0)) for name, w in weights.items() if w}
        answer = printed.get(convention.name, "")
        lines.append(
            Line(
                convention=convention,
                total=weigh(total.terms, convention),
                scale=scale,
                terms=terms,
                printed=answer if isinstance(answer, int) else None,
                problem=answer if isinstance(answer, str) else "",
            )
        )
    return Explanation(
        network=graph.name, inputs=graph.inputs, macs=total.macs, lines=tuple(lines), ran=run
    )


def _referees(network: Network, shape: Shape, input: Any) -> dict[str, int | str]:
    """Run the referees on the module of a network."""
    if is_module(network):
        module: Any = network
    elif is_callable_name(network):
        module = find_module(network, real=True)
    else:
        module = torch_corner("nn").build(find_spec(network))
        shape = shape if len(shape) == 4 else (1, *shape)
    if not all(type(size) is int for size in shape):
        raise RequestError("run: not for many networks at once (needs one input size)")
    answers: dict[str, int | str] = torch_corner("referees").run(module, shape)
    return answers
