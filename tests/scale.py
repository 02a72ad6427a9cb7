"""Compare traced counts with torch's FlopCounterMode, over torchvision's and timm's models.

`make test-zoo` runs this file over several hundred architectures; the ordinary tests run a sample.
The counter runs the model on the meta device, where attention is decomposed into matrix products
that it counts (on the CPU it counts none).
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import build, report, trace
from resnet_viz.count import tally
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import entries

Case = tuple[str, Callable[[], nn.Module], tuple[int, ...]]

LARGEST = 300e6  # parameters; beyond them a case takes long and shows nothing new


def on_meta(make: Callable[[], nn.Module]) -> nn.Module:
    """Make a model without weights, or with them if its constructor reads their values."""
    try:
        with torch.device("meta"):
            return make().eval()
    except NotImplementedError:
        return make().to("meta").eval()


def differences(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> list[str]:
    """Return the differences of the traced counts from torch's own, if any."""
    module = on_meta(make)
    total = tally(trace(module, shape))
    module.requires_grad_(False)  # the counter's own hooks want gradients of what has any
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.empty(shape, device="meta"))
    expected = {
        "params": sum(parameter.numel() for parameter in module.parameters()),
        "flops": counter.get_total_flops(),
    }
    counted = {"params": total.params, "flops": 2 * total.macs}
    return [
        f"{what}: {counted[what]:,}, torch has {expected[what]:,}"
        for what in expected
        if counted[what] != expected[what]
    ]


def torchvision_cases() -> Iterator[Case]:
    """Return torchvision's models for classification and segmentation, and detection backbones."""
    models = import_beside("torchvision.models")
    for name in models.list_models(models):
        side = 299 if "inception" in name else 224
        yield name, lambda name=name: models.get_model(name, weights=None), (1, 3, side, side)
    for name in models.list_models(import_beside("torchvision.models.segmentation")):
        yield (
            name,
            lambda name=name: models.get_model(name, weights=None, weights_backbone=None),
            (1, 3, 224, 224),
        )
    for name in models.list_models(import_beside("torchvision.models.detection")):
        yield (
            f"{name}.backbone",
            lambda name=name: models.get_model(name, weights=None, weights_backbone=None).backbone,
            (1, 3, 320, 320),
        )


def family_differences() -> Iterator[tuple[str, str]]:
    """Yield timm's residual networks with the error of our outputs with timm's weights."""
    from libraries import NAMES, outputs

    for name in NAMES:
        if report(name).totals["params"] > LARGEST:
            continue
        expected, made = outputs(name)
        apart = ((made - expected).abs().max() / expected.std()).item()
        yield name, "" if apart < 1e-3 else f"outputs differ by {apart:.1e} of their deviation"


def zoo_runs() -> Iterator[tuple[str, str]]:
    """Run the zoo's networks forward and backward on the meta device; yield names and errors."""
    for name, entry in entries().items():
        with torch.device("meta"):
            net = build(entry.spec).train()
            try:
                net(torch.empty(2, *entry.spec.input)).sum().backward()
            except Exception as error:
                yield name, f"{type(error).__name__}: {error}"
                continue
        bare = [key for key, parameter in net.named_parameters() if parameter.grad is None]
        yield name, f"no gradient: {bare}" if bare else ""


def timm_cases() -> Iterator[Case]:
    """Return every architecture: the first of each of timm's files, then the second of each."""
    timm = import_beside("timm")
    files = [timm.list_models(module=module) for module in timm.list_modules()]
    for place in range(max(map(len, files))):
        for names in files:
            if place < len(names):
                name = names[place]
                size = timm.get_pretrained_cfg(name)
                shape = (1, *(size.input_size if size else (3, 224, 224)))
                yield name, lambda name=name: timm.create_model(name), shape


def main(wanted: int = 330) -> int:
    """Compare models with a progress bar; return 1 if one differs."""
    from rich.progress import Progress

    warnings.simplefilter("ignore")
    cases = list(torchvision_cases())
    target = len(cases) + wanted
    done = skipped = failed = 0
    with Progress(transient=True) as progress:
        task = progress.add_task("models", total=target)
        for name, make, shape in (*cases, *timm_cases()):
            if done + failed >= target:
                break
            progress.update(task, description=name)
            try:
                module = on_meta(make)
                if sum(parameter.numel() for parameter in module.parameters()) > LARGEST:
                    raise ValueError("too large")
                with torch.no_grad():
                    module(torch.empty(shape, device="meta"))
            except Exception:  # it does not run on the meta device: nothing to compare with
                skipped += 1
                continue
            try:
                found = differences(make, shape)
            except Exception as error:
                found = [f"{type(error).__name__}: {error}"]
            if found:
                failed += 1
                progress.console.print(f"{name}: {'; '.join(found)}", markup=False)
            else:
                done += 1
            progress.advance(task)
    for name, difference in (*zoo_runs(), *family_differences()):
        if difference:
            failed += 1
            print(f"{name}: {difference}")  # noqa: T201 - the result
        else:
            done += 1
    print(f"{done} passed, {failed} failed, {skipped} skipped")  # noqa: T201 - the result
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
