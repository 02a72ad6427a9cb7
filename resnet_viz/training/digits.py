"""The handwritten digits that scikit-learn brings along: 1,797 images of 8 × 8, ten classes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from resnet_viz.errors import RequestError

__all__ = ["SIZE", "Digits", "load_digits"]

SIZE = (1, 8, 8)
"""The shape of an image."""

TRAINED = 1437
"""Images to train on, four fifths; the others are for the test."""


class Digits(NamedTuple):
    """Images `(N, 1, 8, 8)` and their classes `(N,)`, to train on and to test with."""

    images: Tensor
    classes: Tensor
    test_images: Tensor
    test_classes: Tensor


def load_digits(seed: int) -> Digits:
    """Return the digits, divided at random, with mean 0 and deviation 1 over the training images.

    Source: E. Alpaydin and C. Kaynak 1998, Optical Recognition of Handwritten Digits (UCI), the
    test part, as `sklearn.datasets.load_digits` has it.

    Raises:
        RequestError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits as load
    except ImportError:
        raise RequestError(
            "scikit-learn is not installed (its digits are what the lesson trains on: "
            "pip install 'resnet-viz[lesson]')"
        ) from None
    bundle = load()
    images = torch.tensor(bundle.images, dtype=torch.float32).unsqueeze(1)
    classes = torch.tensor(bundle.target)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    train, test = order[:TRAINED], order[TRAINED:]
    images = (images - images[train].mean()) / images[train].std()
    return Digits(images[train], classes[train], images[test], classes[test])
