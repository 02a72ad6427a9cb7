"""The networks of the book, as it writes them, count as torch counts them, and are drawn."""

from collections.abc import Callable
from typing import Any

import book
import pytest
import torch
from compared import Case, compare
from torch import nn
from torch.nn.parameter import is_lazy

from resnet_viz import report

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

WORDS = torch.randint(0, 20, (2, 6))
LENGTHS = torch.tensor([3, 5])


def image(side: int, channels: int = 1) -> tuple[torch.Tensor]:
    return (torch.rand(1, channels, side, side),)


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[Any, ...]]] = {
    "LeNet": (book.lenet, image(28)),
    "AlexNet": (book.alexnet, image(224)),
    "VGG": (book.vgg, image(224)),
    "NiN": (book.nin, image(224)),
    "GoogLeNet": (book.googlenet, image(96)),
    "ResNet": (book.resnet, image(96)),
    "ResNeXt": (book.resnext, image(96)),
    "DenseNet": (book.densenet, image(96)),
    "AnyNet": (book.anynet, image(96)),
    "RNN from scratch": (book.RNNScratch, (torch.rand(5, 2, 28),)),
    **{
        kind.__name__: (lambda kind=kind: book.LanguageModel(kind), (torch.randint(0, 28, (2, 7)),))
        for kind in (nn.RNN, nn.GRU, nn.LSTM)
    },
    "encoder-decoder": (
        lambda: book.EncoderDecoder(book.Seq2SeqEncoder(), book.Seq2SeqDecoder()),
        (WORDS, WORDS),
    ),
    "Bahdanau attention": (
        lambda: book.EncoderDecoder(book.Seq2SeqEncoder(), book.BahdanauDecoder()),
        (WORDS, WORDS, LENGTHS),
    ),
    "Transformer": (
        lambda: book.EncoderDecoder(book.TransformerEncoder(), book.TransformerDecoder()),
        (WORDS, WORDS, LENGTHS),
    ),
    "ViT": (book.ViT, image(96)),
    "BERT": (book.BERT, (WORDS, WORDS % 2, LENGTHS, torch.tensor([[1, 3], [0, 2]]))),
}


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_the_book_counts_as_torch_counts_it(name: str, training: bool) -> None:
    make, inputs = NETWORKS[name]
    if training and name in ("AlexNet", "VGG"):
        pytest.skip("costs what it costs in eval mode, and takes long")
    net = make().train(training)
    lazy = [parameter for parameter in net.parameters() if is_lazy(parameter)]

    result = compare(Case(net, inputs), drawn=not training)

    assert (result["status"], result["why"]) == ("equal", "")
    assert lazy or name == "RNN from scratch"


def test_a_lazy_network_stays_lazy() -> None:
    net = book.lenet()

    before = [is_lazy(parameter) for parameter in net.parameters()]
    assert report(net, (1, 1, 28, 28)).totals["params"] == 61706
    assert [is_lazy(parameter) for parameter in net.parameters()] == before
