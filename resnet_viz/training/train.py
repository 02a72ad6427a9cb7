"""A spec to its curves: the errors of each epoch while it is trained on the digits."""

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
"""Epochs over which the rate grows to its full size (Goyal et al. 2017, arXiv 1706.02677, 2.2);
He et al. begin their 110 layers with a tenth of it."""


class Curve(NamedTuple):
    """Errors in per cent, one for each epoch, on the images trained on and on the others.

    The training error is of the images as they were met while the network learned.
    """

    training_errors: tuple[float, ...]
    test_errors: tuple[float, ...]


def train(
    spec: ResNetSpec, *, epochs: int, lr: float, seed: int, advance: Callable[[], None]
) -> Curve:
    """Train a network on the digits by stochastic gradient descent.

    The rate grows to `lr`, and is divided by ten after half and after three quarters of the epochs.
    Equal arguments give equal curves: one thread, and random numbers of its own.

    Args:
        spec: a network for images of 1×8×8.
        epochs: how often every image is seen.
        lr: the learning rate.
        seed: of the division of the images, the weights and the order.
        advance: called after each epoch.
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
            training.append(_learn(net, descent, digits))
            test.append(_error(net, digits.test_images, digits.test_classes))
            advance()
    return Curve(tuple(training), tuple(test))


def _share(epoch: int, epochs: int) -> float:
    """Return the part of the full learning rate that an epoch has."""
    if 4 * epoch >= 3 * epochs:
        return 0.01
    if 2 * epoch >= epochs:
        return 0.1
    return min(1.0, (epoch + 1) / WARM_UP)


def _learn(net: nn.Module, descent: torch.optim.Optimizer, digits: Digits) -> float:
    """Show every image once, and return the error in per cent."""
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
    """Let torch use one thread, so that sums have one order on every machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
