"""Make the figures of the textbook and the papers: a block or a network, drawn as in the source.

Each is made from a graph like any other figure. Where the source shows only convolutions, pools,
fully connected layers and shortcuts, other operators are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope, unroll
from resnet_viz.ops import OPERATORS, category_of
from resnet_viz.scene import Run
from resnet_viz.text.labels import phrase
from resnet_viz.view.compose import compose, compose_graph
from resnet_viz.view.figures import Column, Figure, X, blocks_of
from resnet_viz.view.network import changes_shape
from resnet_viz.view.parts import (
    Arc,
    Chain,
    Fold,
    Frame,
    Leaf,
    Mark,
    Module,
    Note,
    Part,
    Split,
    Tick,
    Words,
    leaves,
    mapped,
)
from resnet_viz.view.request import FigureRequest

__all__ = ["anynet", "bodies", "groups", "layers", "residual", "shortcut"]

DOTS = Mark((Run("· · ·", "serif-bold"),))


_MATH = re.compile(
    r"\*(?P<bold>[^*]+)\*|_\{(?P<long>[^}]+)\}|_(?P<low>\w)|ℱ|(?P<letters>[^\W\d_]+)|[^\w*]+|\d+"
)


def _math(text: str) -> Words:
    """Return a formula: letters italic, ℱ upright, `*x*` bold, `c_i` and `c_{i-1}` subscripts.

    >>> [run.text for run in _math("f(*x*), c_{i-1}")]
    ['f', '(', 'x', '), ', 'c', 'i-1']
    """
    runs = []
    for match in _MATH.finditer(text):
        bold, index = match["bold"], match["long"] or match["low"]
        if bold or index:
            runs.append(Run(bold or index, "serif-bold" if bold else "serif-italic", bool(index)))
        else:
            runs.append(Run(match[0], "serif-italic" if match["letters"] else "serif"))
    return tuple(runs)


def _words(name: str, language: str, *values: object) -> Words:
    return (Run(phrase(name, language, *values)),)


def _body(graph: Graph, wanted: str) -> tuple[Split, list[Leaf]]:
    """Return the split of a block with an identity shortcut, and the boxes after the split.

    Raises:
        RequestError: the network has no such block.
    """
    for block in blocks_of(graph):
        parts = compose(block).parts
        for i, part in enumerate(parts):
            if isinstance(part, Split) and len(part.branches) == 2 and not part.branches[1].parts:
                return part, list(leaves(Chain(parts[i + 1 :])))
    raise RequestError(
        "{name}: has no block with an identity shortcut ({wanted} needs one)",
        name=graph.name,
        wanted=wanted,
    )


def residual(graph: Graph, options: FigureRequest) -> Figure:
    """Return a regular and a residual block, their last activations in line: d2l, Figure 8.6.2."""
    split, after = _body(graph, "a residual figure")
    body = Frame(Chain(tuple(_generic(split.branches[0], options.lang))))
    behind = tuple(_generic(Chain(tuple(after)), options.lang))
    lower, upper = Tick((Run("", "sans"),), size=2), Tick((Run("", "serif"),), size=1)
    regular = Chain((lower, body, Note(other=_math("f(*x*)")), upper, *behind))
    with_shortcut = split._replace(
        branches=(Chain((body, Note(other=_math("g(*x*)")))), Chain()), arriving=X
    )
    sum_of_both = Note(other=_math("f(*x*) = g(*x*) + *x*"))
    residual = Chain((lower, with_shortcut, sum_of_both, upper, *behind))
    columns = (Column(regular, X), Column(residual, X))
    return Figure(f"{graph.name}: a regular and a residual block", columns)


def _category(leaf: Leaf) -> str:
    return category_of(leaf.item.op) if isinstance(leaf.item, Node) else "scope"


def _generic(chain: Chain, language: str) -> Iterator[Leaf]:
    """Yield weight layers and activation functions with these generic names and without ids."""
    names = {"conv": "weight_layer", "linear": "weight_layer", "activation": "activation_function"}
    for leaf in leaves(chain):
        if _category(leaf) in names and isinstance(leaf.item, Node):
            words = _words(names[_category(leaf)], language)
            yield Leaf(leaf.item._replace(path=""), (words,))


def shortcut(graph: Graph, options: FigureRequest) -> Figure:
    """Return the building block of residual learning: He et al. 2015, Figure 2."""
    split, after = _body(graph, "a shortcut figure")
    parts: list[Part] = []
    named = False
    for leaf in _generic(split.branches[0], options.lang):
        if _category(leaf) == "activation":
            between = any(isinstance(part, Leaf) for part in parts) and not named
            named = named or between
            parts.append(Note(_activation(leaf), _math("ℱ(*x*)") if between else ()))
        else:
            parts.append(leaf)
    identity = Chain((Note((*X, Run(" " + phrase("identity_word", options.lang)))),))
    joined = split._replace(branches=(Chain(tuple(parts)), identity))
    relu = [_activation(leaf) for leaf in after if _category(leaf) == "activation"]
    chain = Chain((joined, Note(relu[0] if relu else (), _math("ℱ(*x*) + *x*"))))
    return Figure(f"{graph.name}: residual learning", (Column(chain, X),))


def _activation(leaf: Leaf) -> Words:
    return (Run(leaf.item.op if isinstance(leaf.item, Node) else ""),)


def bodies(graphs: Iterable[Graph], options: FigureRequest) -> Figure:
    """Return a block of each network side by side: He et al. 2015, Figure 5."""
    columns = []
    names = []
    for graph in graphs:
        split, after = _body(graph, "a figure of bodies")
        parts: list[Part] = []
        for leaf in leaves(split.branches[0]):
            if _category(leaf) == "conv":
                words = _conv_words(leaf, "short_conv", options.lang)
                parts.append(leaf._replace(lines=(words,)))
            elif _category(leaf) == "activation":
                parts.append(Note(_activation(leaf)))
        relu = [Note(_activation(leaf)) for leaf in after if _category(leaf) == "activation"]
        joined = split._replace(branches=(Chain(tuple(parts)), Chain()))
        assert isinstance(split.join.item, Node)
        foot = _words("wide", options.lang, split.join.item.output[-3])
        columns.append(
            Column(Chain((joined, *relu)), foot, (Run(graph.name),), prefix=f"{graph.name}/")
        )
        names.append(graph.name)
    return Figure(f"{', '.join(names)}: the bodies of their blocks", tuple(columns))


def _conv_words(leaf: Leaf, name: str, language: str) -> Words:
    """Return a paper's label of a convolution: `3x3 conv, 64, /2`."""
    assert isinstance(leaf.item, Node)
    attrs = leaf.item.attrs
    kernel = "x".join(map(str, attrs["kernel"]))
    text = phrase(name, language, kernel, attrs["out_channels"])
    if attrs["groups"] > 1:
        text += ", " + phrase("groups_word", language, attrs["groups"])
    stride = max(attrs["stride"])
    return (Run(f"{text}, /{stride}" if stride > 1 else text),)


def layers(graphs: Iterable[Graph], options: FigureRequest) -> Figure:
    """Return networks layer by layer, in rows of one output size: He et al. 2015, Figure 3.

    The layers of a row have the same colour.
    """
    networks = [
        (graph.name, [_image(graph, options.lang), *_layers(_unrolled(graph), options.lang)])
        for graph in graphs
    ]
    sizes = sorted({_height(part) for _, parts in networks for part in parts}, reverse=True)
    columns = []
    for name, parts in networks:
        row: list[Part] = []
        for size, same in groupby(parts, key=_height):
            shade = 1 + sizes.index(size)
            row.append(Tick(_words("output_size", options.lang, size), size))
            row += mapped(Chain(tuple(same)), partial(_shaded, shade)).parts
        columns.append(Column(Chain(tuple(row)), title=(Run(name),), prefix=f"{name}/"))
    return Figure(", ".join(name for name, _ in networks), tuple(columns))


def _unrolled(graph: Graph) -> Chain:
    return compose_graph(unroll(graph))


def _image(graph: Graph, language: str) -> Leaf:
    """Return the box of the input image."""
    return Leaf(Node("", "input", (), (graph.input,)), (_words("paper_image", language),))


def _shaded(shade: int, leaf: Leaf) -> Leaf:
    return leaf._replace(shade=shade) if _category(leaf) == "conv" else leaf


def _height(part: Part) -> int:
    """Return the output height of a part; 1 after a fully connected layer."""
    last = part.body.parts[-1] if isinstance(part, Arc) else part
    assert isinstance(last, Leaf)
    assert isinstance(last.item, Node)
    output = last.item.output
    return int(output[-2]) if len(output) > 2 else 1


def _layers(chain: Chain, language: str) -> Iterator[Leaf | Arc]:
    """Yield the layers of a chain that papers draw; a block with a shortcut gets an arc."""
    for part in chain.parts:
        if isinstance(part, Leaf):
            words = _layer_words(part, language)
            if words:
                yield part._replace(lines=(words,))
        elif isinstance(part, Split) and _is_gated(part):
            yield from _layers(part.branches[0], language)
        elif isinstance(part, Split):
            body = Chain(tuple(_layers(part.branches[0], language)))
            if part.even or len(part.branches) != 2 or not body.parts:
                path = part.join.item.path
                raise RequestError("{path}: joins what a figure of layers cannot show", path=path)
            yield Arc(body, dotted=changes_shape(part.branches[1]))
        elif isinstance(part, (Module, Fold, Frame)):
            yield from _layers(part.body, language)


def _is_gated(split: Split) -> bool:
    """Return whether a split joins a value with its gate, whose layers papers do not draw."""
    return isinstance(split.join.item, Node) and split.join.item.op == "mul" and not split.even


def _layer_words(leaf: Leaf, language: str) -> Words:
    """Return a paper's label of a layer; empty if papers do not draw it."""
    item = leaf.item
    if not isinstance(item, Node):
        raise RequestError(
            "{path}: cannot be shown as layers (no series-parallel graph)", path=item.path
        )
    category = category_of(item.op)
    if category == "conv":
        return _conv_words(leaf, "paper_conv", language)
    if category == "linear":
        return _words("paper_fc", language, item.attrs["out_features"])
    if category == "pool":
        if item.op.startswith("adaptive"):
            return _words("paper_average", language)
        return _words("paper_pool", language, max(item.attrs["stride"]))
    return ()


def groups(graph: Graph, options: FigureRequest) -> Figure:
    """Return a block with its groups drawn separately, and in short form: d2l, Figure 8.6.5.

    Raises:
        RequestError: no block has groups.
    """
    language = options.lang
    join, convs = _grouped(graph)
    first, grouped, last = (Leaf(conv) for conv in convs)
    apart = _groups_apart(convs, language)
    wide = Note(_symbol_words("channels_out", language, "c"))
    drawn = Chain(
        (
            Note(_symbol_words("groups_word", language, "g")),
            apart,
            Note(_symbol_words("channels_inner", language, "b")),
            _without_id(last),
        )
    )
    inside = Note(_symbol_words("channels", language, "b"))
    lines = (
        _conv_words_long(grouped),
        _symbol_words("groups_line", language, "g"),
    )
    short = Chain(
        (
            _without_id(first),
            inside,
            _without_id(grouped)._replace(lines=lines),
            inside,
            _without_id(last),
        )
    )

    def column(body: Chain, title: str) -> Column:
        joined = Split((body, Chain()), Leaf(join._replace(path="")), level=drawn)
        foot = _symbol_words("channels_in", language, "c")
        return Column(Chain((joined, wide)), foot, _words(title, language))

    columns = (column(drawn, "groups_title"), column(short, "short_title"))
    return Figure(f"{graph.name}: a block with groups", columns, compact=True)


def _symbol_words(name: str, language: str, symbols: str) -> Words:
    """Return a phrase with a formula in the place of its value."""
    before, _, after = phrase(name, language, "\0").partition("\0")
    ends = [(Run(text),) if text else () for text in (before, after)]
    return (*ends[0], *_math(symbols), *ends[1])


def _grouped(graph: Graph) -> tuple[Node, list[Node]]:
    """Return the addition and the three convolutions of a block whose middle one has groups.

    Raises:
        RequestError: the network has no such block.
    """
    for block in blocks_of(graph):
        convs = [node for node in block.nodes() if category_of(node.op) == "conv"]
        for part in compose(block).parts:
            join = part.join.item if isinstance(part, Split) else None
            if not isinstance(join, Node) or join.op != "add" or len(convs) != 3:
                continue
            if convs[1].attrs["groups"] > 1:
                return join, convs
    raise RequestError("{name}: has no blocks with groups to draw", name=graph.name)


def _no_path(leaf: Leaf) -> Node:
    assert isinstance(leaf.item, Node)
    return leaf.item._replace(path="")


def _without_id(leaf: Leaf) -> Leaf:
    """Return a box without an id, which must be unique in a figure, and without groups."""
    assert isinstance(leaf.item, Node)
    return Leaf(leaf.item._replace(path=""), (_conv_words_long(leaf),))


def _conv_words_long(leaf: Leaf) -> Words:
    assert isinstance(leaf.item, Node)
    kernel = " × ".join(map(str, leaf.item.attrs["kernel"]))
    return (Run(f"{kernel} Conv"),)


def _groups_apart(convs: list[Node], language: str) -> Split:
    """Return the first two convolutions for some of the groups, with dots for the others."""
    first, second = convs[0], convs[1]
    number = second.attrs["groups"]
    width = first.attrs["out_channels"] // number
    entry = (first.params[0].shape[1], *first.output[-2:])
    each = Note(_symbol_words("channels_each", language, "b/g"))
    one = _one_group(first, entry, width)
    two = _one_group(second, one.output, second.attrs["out_channels"] // number)
    branch = Chain((_without_id(Leaf(one)), each, _without_id(Leaf(two))))
    quiet = Chain((_without_id(Leaf(one)), Note(), _without_id(Leaf(two))))
    dots = Chain((DOTS,))
    quiets = (quiet,) * min(number - 1, 2)
    shown = (*quiets, dots, branch) if number > 3 else (*quiets, branch)
    outcome = OPERATORS["cat"].rule(*(two.output for _ in range(number)), axis=-3)
    join = Node(
        path="",
        op="cat",
        inputs=(),
        outputs=outcome.outputs,
        attrs={"axis": -3},
        params=(),
        terms=outcome.terms,
    )
    return Split(shown, Leaf(join), even=True)


def _one_group(conv: Node, entry: tuple[int, ...], channels: int) -> Node:
    """Return the part of a convolution that belongs to one group."""
    attrs = {**conv.attrs, "out_channels": channels, "groups": 1}
    if conv.attrs["stride"] != (1, 1) and entry[-2:] == conv.output[-2:]:
        entry = (entry[0], *(n * s for n, s in zip(entry[-2:], attrs["stride"], strict=True)))
    outcome = OPERATORS[conv.op].rule(entry, **attrs)
    return Node(
        path="",
        op=conv.op,
        inputs=(),
        outputs=outcome.outputs,
        attrs=attrs,
        params=(),
        terms=outcome.terms,
    )


def anynet(graph: Graph, options: FigureRequest) -> Figure:
    """Return stem, body and head of an AnyNet, stages and blocks, in symbols: d2l, Figure 8.8.1."""
    language = options.lang
    scopes = [child for child in graph.root.children if isinstance(child, Scope)]
    stages = [scope for scope in scopes if scope.kind not in ("stem", "head")]
    ends = {scope.kind: scope for scope in scopes}
    if not stages or "stem" not in ends or "head" not in ends:
        raise RequestError("{name}: has no stem, stages and head to draw", name=graph.name)

    def size(scope: Scope) -> str:
        last = list(scope.nodes())[-1].output
        shrunk = graph.input[-1] / last[-1]
        return f"r/{shrunk:g}" if shrunk != 1 else "r"

    n = len(stages)
    entry = f"{graph.input[-3]}, r"
    after_stem, after_body = f"c_0, {size(ends['stem'])}", f"c_{n}, {size(stages[-1])}"
    body = Scope("", "body", tuple(stages))
    whole = _labelled(
        [(ends["stem"], after_stem), (body, after_body), (ends["head"], "n, 1")], language
    )
    each = _labelled(
        [(stage, f"c_{i}, {size(stage)}") for i, stage in enumerate(stages, 1)], language
    )
    first, last = _block_words(language, "1"), _block_words(language, "d_i")
    block = next(blocks_of(graph))._replace(path="")
    stage = Chain(
        (
            Leaf(block, (first,)),
            Note(other=_math("c_i, r_i")),
            Leaf(block, (_block_words(language, "2"),)),
            Note(other=_math("c_i, r_i")),
            DOTS,
            Leaf(block, (last,)),
            Note(other=_math("c_i, r_i")),
        )
    )
    columns = [
        Column(whole, _math(entry), (Run("AnyNet"),)),
        Column(each, _math(after_stem), _words("body_title", language)),
        Column(stage, _math("c_{i−1}, 2r_i"), _words("stage_title", language)),
    ]
    columns += _block_columns(graph, language)
    return Figure(f"{graph.name}: stem, body and head", tuple(columns), compact=True)


def _labelled(scopes: list[tuple[Scope, str]], language: str) -> Chain:
    parts: list[Part] = []
    for scope, symbols in scopes:
        parts += [Leaf(scope), Note(other=_math(symbols))]
    return Chain(tuple(parts))


def _block_words(language: str, number: str) -> Words:
    return (Run(phrase("block_word", language) + " "), *_math(number))


def _block_columns(graph: Graph, language: str) -> Iterator[Column]:
    """Yield columns for a block without and a block with a projection, as convolutions."""
    kinds: dict[bool, Column] = {}
    for block in blocks_of(graph):
        split = next((part for part in compose(block).parts if isinstance(part, Split)), None)
        if split is None:
            continue
        projects = bool(split.branches[1].parts)
        body = _symbols(split.branches[0], projects, language)
        beside = _symbols(split.branches[1], False, language) if projects else Chain()
        joined = Split((body, beside), split.join._replace(item=_no_path(split.join)))
        title = _words("block_down_title" if projects else "block_title", language)
        if not projects or _strides(split):
            kinds.setdefault(projects, Column(Chain((joined,)), _math("c_i, r_i"), title))
    for projects in sorted(kinds):
        foot = _math("c_{i−1}, 2r_i") if projects else _math("c_i, r_i")
        yield kinds[projects]._replace(foot=foot)


def _strides(split: Split) -> bool:
    return any(max(node.attrs.get("stride", (1,))) > 1 for node in _convs(split.branches[1]))


def _convs(chain: Chain) -> list[Node]:
    items = [leaf.item for leaf in leaves(chain)]
    return [item for item in items if isinstance(item, Node) and category_of(item.op) == "conv"]


def _symbols(chain: Chain, down: bool, language: str) -> Chain:
    """Return the convolutions of a chain, with the symbols of the values between them."""
    parts: list[Part] = []
    convs = _convs(chain)
    for i, conv in enumerate(convs):
        lines: tuple[Words, ...] = (_conv_words_long(Leaf(conv)),)
        detail = phrase("stride_word", language, max(conv.attrs["stride"]))
        if conv.attrs["groups"] > 1:
            lines += ((*_math("g_i"), Run(" " + phrase("groups_stride", language, detail))),)
        else:
            lines += ((Run(detail),),)
        parts.append(Leaf(conv._replace(path=""), lines))
        inner = "c_i/k_i" if len(convs) > 2 and i < len(convs) - 1 else "c_i"
        before = down and not any(max(one.attrs["stride"]) > 1 for one in convs[: i + 1])
        parts.append(Note(other=_math(f"{inner}, {'2' if before else ''}r_i")))
    return Chain(tuple(parts))
