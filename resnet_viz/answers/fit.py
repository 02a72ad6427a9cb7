"""A network and budgets to the members of its family that come nearest to them."""

from __future__ import annotations

from typing import Any

from resnet_viz.answers.budgets import QUANTITIES, Budgets, Running, count
from resnet_viz.answers.search import Search, check_k, needs_numpy
from resnet_viz.errors import RequestError
from resnet_viz.sources import find_spec
from resnet_viz.spec import ResNetSpec

__all__ = ["fit"]


def fit(
    network: str | ResNetSpec,
    *,
    k: int = 1,
    batch: int = 1,
    device: str = "rtx4090",
    **budgets: Any,
) -> Search:
    """Return the members of a network's family that come closest to the budgets within them.

    A member multiplies the channels of all stages by one factor and their blocks by another.
    Channels are rounded to multiples of 8 that lose at most a tenth (Sandler et al. 2018, arXiv
    1801.04381, as in their code). The closest member is the one whose least used budget is used
    the most.

    Args:
        network: a zoo name, the path of a spec file, or a spec.
        k: the number of networks to return.
        batch: as for `search`.
        device: as for `search`.
        **budgets: as for `search`; at least one.

    Raises:
        RequestError: an argument is not legal, or no member fits; the message names the limits.

    >>> fit("resnet50", macs="1G", params="10M").rows[0].macs <= 10**9
    True
    """
    check_k(k)
    spec = find_spec(network)
    allowed = Budgets.of(budgets)
    if not allowed.ranges:
        raise RequestError("fit: no budget is given (needs one of {names})", names=[*QUANTITIES])
    needs_numpy()
    from resnet_viz.spaces.family import count_family, family

    columns = Running(batch, device).columns({*allowed.ranges})
    members, costs = count_family(family(spec), columns)
    stages = len(spec.stages)
    totals = {t: costs[:, columns.of(t, stages)].max(axis=1) for t in allowed.ranges}
    shares = [
        tuple(int(totals[t][i]) / high for t, (_, high) in allowed.ranges.items())
        for i in range(len(members))
    ]
    fitting = [
        i
        for i in range(len(members))
        if all((low or 0) <= totals[t][i] <= high for t, (low, high) in allowed.ranges.items())
    ]
    if not fitting:
        smallest = [
            f"{of.show(int(totals[of.total].min()) * of.units)} {name}"
            for name in allowed.given
            for of in [QUANTITIES[name]]
        ]
        raise RequestError(
            "no member of the family of {name} fits (smallest in this space: {smallest})",
            name=spec.name,
            smallest=", ".join(smallest),
        )
    nearest = sorted(fitting, key=lambda i: (min(shares[i]), sum(shares[i])), reverse=True)[:k]
    return Search(
        request=f"{spec.name} made to fit {allowed.words}",
        rows=tuple(count(members[i], columns) for i in nearest),
        among="family",
    )
