"""Short captions on what is on the screen, each with the table or equation that it comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from resnet_viz.app.session import Session
from resnet_viz.app.state import Config
from resnet_viz.app.words import say
from resnet_viz.spec import ResNetSpec

__all__ = ["NOTES", "Note", "show"]

MOST_NOTES = 3


class Note(NamedTuple):
    """A caption.

    Attributes:
        fits: tells whether it is about what is shown.
        texts: English, Chinese.
        source: where it stands.
    """

    fits: Callable[[Config], bool]
    texts: tuple[str, str]
    source: str


def _any(**values: object) -> Callable[[Config], bool]:
    """Return a test for stages in which one of some fields has that value."""
    return lambda config: any(
        getattr(stage, name) == value
        for stage in config.spec.stages
        for name, value in values.items()
    )


def _figure(*names: str) -> Callable[[Config], bool]:
    return lambda config: config.look.figure in names


def _adds(spec: ResNetSpec) -> bool:
    return any(stage.shortcut != "none" for stage in spec.stages)


def _projects(spec: ResNetSpec) -> bool:
    """Tell whether every shortcut has a convolution where the shape changes: option A has none."""
    return _adds(spec) and all(stage.shortcut != "A" for stage in spec.stages)


def _strides_in_1x1(spec: ResNetSpec) -> bool:
    return spec.stride_in == "1x1" and any(
        stage.block == "bottleneck" and stage.stride == 2 for stage in spec.stages
    )


HE = "He et al. 2015, arXiv 1512.03385"
D2L = "Dive into Deep Learning, 8.6"

NOTES: tuple[Note, ...] = (
    Note(
        _figure("residual", "shortcut"),
        (
            "A block that ought to compute *f*(**x**) learns only the rest, "
            "*g*(**x**) = *f*(**x**) − **x**; the shortcut adds **x** again. Where the best "
            "*f* is near the identity, the rest is near zero, and that is easy to learn.",
            "块本应拟合 *f*(**x**)，现在只需学习残差 *g*(**x**) = *f*(**x**) − **x**，"
            "再由捷径加回 **x**。若最好的 *f* 接近恒等映射，残差便接近零，容易学习。",
        ),
        f"{HE}, equation 1 and Figure 2",
    ),
    Note(
        _figure("anynet"),
        (
            "Stem, body and head: the stem shrinks the image, a stage of stride 2 halves it again, "
            "later stages are wider, the head makes classes of what is left.",
            "主干、主体与头部：主干缩小图像，步幅为 2 的阶段再将其减半，越靠后的阶段越宽，"
            "头部由此得出类别。",
        ),
        "Radosavovic et al. 2020, arXiv 2003.13678, Figure 3",
    ),
    Note(
        _any(block="bottleneck"),
        (
            "A bottleneck narrows with a 1×1 convolution, works on fewer channels with the 3×3, "
            "and widens with another 1×1: three layers for about the multiply-adds of two.",
            "瓶颈块先用 1×1 卷积收窄，在较少的通道上做 3×3 卷积，再用 1×1 卷积加宽："
            "三层的乘加次数与两层相近。",
        ),
        f"{HE}, section 4.1 and Figure 5",
    ),
    Note(
        lambda config: any(stage.groups > 1 for stage in config.spec.stages),
        (
            "Groups split the 3×3 convolution into branches that see only their own channels: "
            "g groups take a g-th of its weights and multiply-adds.",
            "分组把 3×3 卷积分成只看各自通道的支路：g 个组使权重和乘加次数降为 g 分之一。",
        ),
        "Xie et al. 2017, arXiv 1611.05431, Figure 3 and equation 4",
    ),
    Note(
        lambda config: config.spec.attention == "se",
        (
            "The gate beside the body averages each channel over the whole image, squeezes them "
            "through two small layers, and multiplies each channel by a number from 0 to 1.",
            "主体旁的门控把每个通道在整幅图像上取平均，经两个小层压缩与还原，"
            "再给每个通道乘上 0 到 1 之间的数。",
        ),
        "Hu et al. 2018, arXiv 1709.01507, Figure 3 and equations 2 to 4",
    ),
    Note(
        lambda config: config.spec.attention == "eca",
        (
            "A gate with hardly any weights: one short convolution along the channels looks at a "
            "few neighbours of each.",
            "几乎没有参数的门控：沿通道做一个很短的一维卷积，只看每个通道的几个邻居。",
        ),
        "Wang et al. 2020, arXiv 1910.03151, Figure 2 and equation 12",
    ),
    Note(
        lambda config: any(stage.shortcut == "D" for stage in config.spec.stages),
        (
            "ResNet-D averages before the 1×1 on the shortcut, so that no pixel is thrown away "
            "where the size is halved.",
            "ResNet-D 在捷径的 1×1 卷积之前先取平均，尺寸减半时不丢弃任何像素。",
        ),
        "He et al. 2019, arXiv 1812.01187, Figure 2",
    ),
    Note(
        lambda config: len(config.spec.stem.hidden) == 2,
        (
            "A deep stem (ResNet-C): three 3×3 convolutions in the place of one 7×7, each "
            "followed by a nonlinearity.",
            "深主干（ResNet-C）：用三个 3×3 卷积代替一个 7×7 卷积，每个之后都有非线性激活。",
        ),
        "He et al. 2019, arXiv 1812.01187, Figure 2",
    ),
    Note(
        lambda config: config.spec.downsampler != "stride",
        (
            "The convolution keeps its size and a small pool behind it takes the stride: what is "
            "smoothed before it is sampled does not alias.",
            "卷积保持尺寸，由其后的小汇聚承担步幅：先平滑再取样，避免混叠。",
        ),
        "Zhang 2019, arXiv 1904.11486, section 3",
    ),
    Note(
        lambda config: not _adds(config.spec),
        (
            "A plain network: nothing is added. Beyond some twenty layers its training error "
            "grows with depth, which is what shortcuts mend.",
            "普通网络：没有相加。约二十层以上，训练误差随深度增大，捷径正是为此而设。",
        ),
        f"{HE}, Figure 1 and Table 2",
    ),
    Note(
        lambda config: config.spec.preactivation,
        (
            "Norm and activation come before each convolution, so that the shortcut runs from "
            "end to end with nothing on it but projections.",
            "规范化和激活放在每个卷积之前，捷径因此贯通全网，其上除投影外别无他物。",
        ),
        "He et al. 2016, arXiv 1603.05027, Figure 1 and section 3",
    ),
    Note(
        _any(shortcut="A"),
        (
            "Option A needs no weights: where the shape changes, the shortcut takes every "
            "stride-th pixel and fills the new channels with zeros.",
            "选项 A 不需要参数：形状改变处，捷径按步幅取像素，新增通道补零。",
        ),
        f"{HE}, section 3.3",
    ),
    Note(
        lambda config: any(stage.base_width != 64 for stage in config.spec.stages),
        (
            "The base width sets how wide a bottleneck is inside, and leaves what it puts out.",
            "基础宽度决定瓶颈块内部的宽度，不改变其输出。",
        ),
        "Xie et al. 2017, arXiv 1611.05431, Table 1; torchvision.models.wide_resnet50_2",
    ),
    Note(
        lambda config: _strides_in_1x1(config.spec),
        (
            "The stride sits in the first 1×1, as the paper has it: three quarters of the pixels "
            "are never read there. torchvision moved it to the 3×3: 6 % more multiply-adds in "
            "ResNet-50.",
            "步幅在第一个 1×1 卷积上，与论文一致：四分之三的像素未被读取。torchvision 把它移到"
            " 3×3 卷积，ResNet-50 的乘加次数因此增加 6 %。",
        ),
        f"{HE}, Table 1; torchvision.models.resnet, Bottleneck",
    ),
    Note(
        lambda config: _projects(config.spec) and config.look.figure in ("network", "blocks"),
        (
            "The thin line beside a block is its shortcut. Where size or channels change, a 1×1 "
            "convolution stands on it, so that both sides of ⊕ have one shape.",
            "块旁的细线是捷径。尺寸或通道改变处，其上有 1×1 卷积，使 ⊕ 两侧形状相同。",
        ),
        f"{D2L}; {HE}, equation 2",
    ),
    Note(
        lambda config: not config.look.unroll and config.look.figure == "network",
        (
            "A bracket with n × stands for n equal blocks or stages in a row. Each is counted.",
            "带 n × 的括号代表连续 n 个相同的块或阶段，每一个都计入。",
        ),
        f"{HE}, Table 1",
    ),
    Note(
        lambda config: True,
        (
            "Layers are convolutions and fully connected layers on the main path; projections "
            "on shortcuts do not count, nor do norms and pooling.",
            "层数只计主路径上的卷积层与全连接层；捷径上的投影、规范化与汇聚都不算。",
        ),
        f"{HE}, section 3.3 and Table 1",
    ),
)
"""From the particular to the general: the first ones that fit are shown."""


def show(session: Session) -> None:
    """Show the captions that fit what is on the screen."""
    config = session.config
    st.caption(say(config.lang, "hint"))
    fitting = [note for note in NOTES if note.fits(config)][:MOST_NOTES]
    for column, note in zip(st.columns(MOST_NOTES, gap="medium"), fitting, strict=False):
        with column:
            st.markdown(note.texts[config.lang == "zh"])
            st.caption(note.source)
