"""Train a network on the digits, and record the errors after each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from resnet_viz.nn import build
from resnet_viz.spec import ResNetSpec
from resnet_viz.training.digits import Digits, load_digits

__all__ = ["BATCH", "Curve", "one_thread", "train"]

BATCH = 128
MOMENTUM, DECAY = 0.9, 1e-4
"""As He et al. 2015 (arXiv 1512.03385), section 4.2."""

WARM_UP = 5
"""The number of warm-up epochs (Goyal et al. 2017, arXiv 1706.02677, 2.2); He et al. start their
110-layer network with a tenth of the rate."""


class Curve(NamedTuple):
    """The errors in per cent on training and test images, for each epoch.

    The training error is measured on each batch during training.
    """

    training_errors: tuple[float, ...]
    test_errors: tuple[float, ...]


def train(
    spec: ResNetSpec, *, epochs: int, lr: float, seed: int, advance: Callable[[], None]
) -> Curve:
    """Train a network on the digits by stochastic gradient descent.

    The rate grows to `lr`, and is divided by ten after half and after three quarters of the epochs.
    Equal arguments give equal curves, because it uses one thread and its own random generator.

    Args:
        spec: a network for images of 1×8×8.
        epochs: the number of passes over the images.
        lr: the learning rate.
        seed: the seed of the split of the images, the weights and the order.
        advance: the function to call after each epoch.
    """
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        digits = load_digits(seed)
        net = build(spec)
        descent = torch.optim.SGD(net.parameters(), lr, MOMENTUM, weight_decay=DECAY)
        training, test = [], []
        for epoch in range(epochs):
            for group in descent.param_groups:
                group["lr"] = lr * _share(epoch, epochs)
            training.append(_train_epoch(net, descent, digits))
            test.append(_error(net, digits.test_images, digits.test_classes))
            advance()
    return Curve(tuple(training), tuple(test))


def _share(epoch: int, epochs: int) -> float:
    """Return the learning rate of an epoch as a fraction of the full rate."""
    if 4 * epoch >= 3 * epochs:
        return 0.01
    if 2 * epoch >= epochs:
        return 0.1
    return min(1.0, (epoch + 1) / WARM_UP)


def _train_epoch(net: nn.Module, descent: torch.optim.Optimizer, digits: Digits) -> float:
    """Train on every image once, and return the error in per cent."""
    net.train()
    wrong = 0
    for part in torch.split(torch.randperm(len(digits.images)), BATCH):
        descent.zero_grad()
        scores = net(digits.images[part])
        torch.autograd.backward(functional.cross_entropy(scores, digits.classes[part]))
        descent.step()
        wrong += int((scores.argmax(1) != digits.classes[part]).sum())
    return _percent(wrong, len(digits.images))


def _error(net: nn.Module, images: Tensor, classes: Tensor) -> float:
    net.eval()
    with torch.no_grad():
        return _percent(int((net(images).argmax(1) != classes).sum()), len(classes))


def _percent(wrong: int, of: int) -> float:
    return round(100 * wrong / of, 2)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, so that sums have the same order on every machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
