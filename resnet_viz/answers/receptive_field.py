"""Draw the receptive fields of a network's stages on the grid of the input image."""

from __future__ import annotations

from typing import Any

from resnet_viz.answers.picture import Picture
from resnet_viz.count import receptive_fields
from resnet_viz.errors import RequestError, check_flag, choose, show
from resnet_viz.graph import Scope
from resnet_viz.layout.field import Field, lay_out_fields
from resnet_viz.sources import Network, find_spec, to_graph, torch_corner
from resnet_viz.text import LANGUAGES
from resnet_viz.text.labels import phrase
from resnet_viz.themes import Theme, find_theme
from resnet_viz.view.figures import is_stage

__all__ = ["receptive_field"]

CELLS = 28
"""The number of cells per axis for which gradients are averaged."""

INPUTS = 4
"""The number of random images over which gradients are averaged."""


def receptive_field(
    network: Network,
    input: Any = None,
    *,
    effective: bool = False,
    seed: int = 0,
    lang: str = "en",
    theme: str | Theme = "d2l",
) -> Picture:
    """Draw the receptive field of one output element of each stage.

    The square is the theoretical receptive field (Araujo et al. 2019, doi 10.23915/distill.00021),
    which may be larger than the image. With `effective`, cells are shaded by the gradient of the
    stage's central output element, with random weights (Luo et al. 2016, arXiv 1701.04128).

    Args:
        network: as for `resnet_viz.report`.
        input: as for `resnet_viz.report`.
        effective: whether to measure gradients as well; needs torch and a network with a spec.
        seed: the seed of the random weights and images.
        lang: the language of the title: `en` or `zh`.
        theme: a theme, its name, or the path of its file.

    Raises:
        RequestError: the network has no stages with a receptive field, or an argument is wrong.

    >>> "layer4" in receptive_field("resnet18").to_svg()
    True
    """
    palette = find_theme(theme)
    choose("language", lang, LANGUAGES)
    check_flag("effective", effective)
    if type(seed) is not int or seed < 0:
        raise RequestError("seed: {seed} (must be an integer of 0 or more)", seed=show(seed))
    graph = to_graph(network, input)
    sizes = receptive_fields(graph)
    stages: dict[str, tuple[int, int]] = {}
    for child in graph.root.children:
        if isinstance(child, Scope) and is_stage(child):
            *_, last = child.nodes()
            field = sizes[last.path]
            if field is not None:
                stages[child.path] = (int(field), int(last.output[-1]))
    image = int(graph.input[-1])
    if not stages or len(graph.input) < 3:
        raise RequestError("{name}: has no stages with a receptive field", name=graph.name)
    strengths = {}
    if effective:
        measure = torch_corner("training.effective_field").effective_fields
        shape = tuple(map(int, graph.input[-3:]))
        strengths = measure(find_spec(network), shape, list(stages), CELLS, INPUTS, seed)
    return Picture(
        lay_out_fields(
            [
                Field(
                    title=path,
                    size=f"{size} × {size}",
                    share=size / image,
                    middle=(elements // 2) / elements + 1 / (2 * image),
                    strengths=strengths.get(path, ()),
                )
                for path, (size, elements) in stages.items()
            ],
            palette,
            phrase("receptive_field_title", lang, graph.name, image),
        )
    )
