"""Compare the bytes saved for backward with those that torch saves, over the zoo and torchvision.

    python tests/saved.py [NAME...]

Each network is built on the meta device and run once in training; hooks see what autograd saves.
"""

import sys
from collections.abc import Iterator
from itertools import chain, product

import torch
from torch import nn

from resnet_viz.assembly import assemble
from resnet_viz.count.memory import footprint, sizes
from resnet_viz.errors import ResNetVizError
from resnet_viz.nn import build
from resnet_viz.tracing import trace
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import entries, find

DTYPES = ("float32", "bfloat16", "float16")
BATCHES = (1, 8)


def saved_by_torch(module: nn.Module, x: torch.Tensor) -> int:
    """Return the bytes of the storages that autograd saves, without parameters and buffers."""
    known = {t.untyped_storage()._cdata for t in (*module.parameters(), *module.buffers())}
    storages = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in known:
            storages[storage._cdata] = storage  # kept, so that no other takes its address
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        module(x)
    return sum(storage.nbytes() for storage in storages.values())


def zoo(names: list[str]) -> Iterator[tuple[str, int, int]]:
    for name in names:
        spec = find(name)
        for batch in BATCHES:
            graph = assemble(spec, (batch, *spec.input))
            for dtype in DTYPES:
                with torch.device("meta"):
                    module = build(spec).to(getattr(torch, dtype)).train()
                    x = torch.empty(batch, *spec.input, dtype=getattr(torch, dtype))
                ours = footprint(graph, sizes(dtype), training=True).root.saved
                yield f"{name} {batch} {dtype}", ours, saved_by_torch(module, x)


def torchvisions() -> Iterator[tuple[str, int, int]]:
    models = import_beside("torchvision.models")
    for name, batch, dtype in product(models.list_models(models), BATCHES, DTYPES):
        kind = getattr(torch, dtype)
        try:
            with torch.device("meta"):
                module = models.get_model(name, weights=None).train().to(kind)
            x = torch.empty(batch, 3, 224, 224, device="meta", dtype=kind)
            graph = trace(module, x)
            theirs = saved_by_torch(module, x)
        except (ResNetVizError, NotImplementedError, RuntimeError, ValueError):
            continue  # it cannot be made or run on the meta device, or asks for other sizes
        made = footprint(graph, sizes(dtype), training=True).root
        yield f"torchvision {name} {batch} {dtype}", made.saved, theirs


def main() -> None:
    names = sys.argv[1:]
    wrong = total = 0
    for what, ours, theirs in chain(zoo(names or list(entries())), () if names else torchvisions()):
        total += 1
        if ours != theirs:
            wrong += 1
            print(f"{what}: {ours:,}, not {theirs:,}")  # noqa: T201 - the result
    print(f"{total - wrong} of {total} are equal")  # noqa: T201 - the result


if __name__ == "__main__":
    main()
