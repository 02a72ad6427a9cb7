"""Load the handwritten digits in scikit-learn: 1,797 images of 8 × 8 in ten classes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from resnet_viz.errors import RequestError

__all__ = ["SIZE", "Digits", "load_digits"]

SIZE = (1, 8, 8)
"""The shape of an image."""

TRAINED = 1437
"""The number of training images, four fifths; the others are test images."""


class Digits(NamedTuple):
    """Images `(N, 1, 8, 8)` and their classes `(N,)`, for training and for testing."""

    images: Tensor
    classes: Tensor
    test_images: Tensor
    test_classes: Tensor


def load_digits(seed: int) -> Digits:
    """Return the digits, split at random and normalized by the training images' mean and deviation.

    Source: E. Alpaydin and C. Kaynak 1998, Optical Recognition of Handwritten Digits (UCI), the
    test set, as in `sklearn.datasets.load_digits`.

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
