"""Measure the legibility of default figures, ours beside torchview's: `make figures-check`.

For every network of the zoo, every classifier of torchvision and a hundred of timm's, this measures
the size of the smallest text on a letter page, the share of boxes with words, the aspect ratio,
edges that enter at an output side, lines through boxes, and text outside boxes. The exit code is 1
if a figure misses a goal.
"""

import argparse
import itertools
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from rich.progress import track

from resnet_viz import ResNetVizError, draw
from resnet_viz.layout.page import LEGIBLE, LETTER, least_text
from resnet_viz.scene import Box, Circle, Line, Scene, Text
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import names

SHAPE = (1, 3, 224, 224)
CLOSE = 0.02  # points
PATIENCE = 20  # seconds for Graphviz to place a graph of torchview's


class Row(NamedTuple):
    """The measurements of a figure; see the module's docstring."""

    name: str
    points: float
    labelled: float
    ratio: float
    back: int
    through: int
    outside: int

    @property
    def at_goal(self) -> bool:
        faults = self.back + self.through + self.outside
        return self.points >= LEGIBLE - CLOSE and self.labelled == 1 and not faults


def measured(name: str, scene: Scene) -> Row:
    """Measure a figure that flows upwards."""
    items = list(scene.walk())
    boxes = [item for item in items if isinstance(item, (Box, Circle)) and item.id]
    texts = [item for item in items if isinstance(item, Text)]
    lines = [item for item in items if isinstance(item, Line)]
    signs = sum(isinstance(box, Circle) for box in boxes)
    bearing = sum(any(meets(box.bounds, text.bounds) for text in texts) for box in boxes) + signs
    has_legend = len(texts) > 0 and any(isinstance(i, Box) and not i.id and i.fill for i in items)
    return Row(
        name=name,
        points=least_text(scene, LETTER),
        labelled=1.0 if has_legend else bearing / len(boxes),
        ratio=max(scene.width / scene.height, scene.height / scene.width),
        back=sum(enters_from_above(line, boxes) for line in lines if line.target),
        through=sum(crosses(line, boxes) for line in lines),
        outside=sum(leaves(text, boxes) for text in texts),
    )


def meets(a, b) -> bool:
    return (
        a[0] < b[2] - CLOSE and b[0] < a[2] - CLOSE and a[1] < b[3] - CLOSE and b[1] < a[3] - CLOSE
    )


def enters_from_above(line: Line, boxes) -> bool:
    """Return whether an arrow ends at the upper side of its box, the output side."""
    target = next(box for box in boxes if box.id == line.target)
    return isinstance(target, Box) and line.points[-1][1] < target.bounds[1] + CLOSE


def crosses(line: Line, boxes) -> bool:
    """Return whether one of nine points along a segment of a line is inside an unrelated box."""
    others = [box.bounds for box in boxes if box.id not in (line.source, line.target)]
    left, top, right, bottom = line.bounds
    near = [box for box in others if meets(box, (left, top, right + 0.1, bottom + 0.1))]
    for (x0, y0), (x1, y1) in itertools.pairwise(line.path()) if near else ():
        for k in range(1, 10):
            x, y = x0 + (x1 - x0) * k / 10, y0 + (y1 - y0) * k / 10
            if any(b[0] + 0.5 < x < b[2] - 0.5 and b[1] + 0.5 < y < b[3] - 0.5 for b in near):
                return True
    return False


def leaves(text: Text, boxes) -> bool:
    around = [box.bounds for box in boxes if meets(box.bounds, text.bounds)]
    return any(text.bounds[0] < b[0] - CLOSE or text.bounds[2] > b[2] + CLOSE for b in around)


def networks(timm_models: int) -> Iterator[tuple[str, Callable[[], object], object]]:
    for name in names():
        yield name, lambda name=name: name, None
    models = import_beside("torchvision.models")
    for name in models.list_models(models):
        yield f"torchvision {name}", lambda name=name: models.get_model(name, weights=None), SHAPE
    import timm

    every = timm.list_models()
    for name in every[:: max(1, len(every) // timm_models)][:timm_models]:
        size = (1, *timm.get_pretrained_cfg(name).input_size) if timm.is_model(name) else SHAPE
        yield f"timm {name}", lambda name=name: timm.create_model(name), size


def built(make: Callable[[], object]) -> object:
    """Return the module made, without weights unless its constructor reads them."""
    try:
        with torch.device("meta"):
            return make()
    except NotImplementedError:
        return make()


def torchview_points(module, shape) -> float | None:
    """Return the size of torchview's text on a letter page; NaN if it cannot draw the module."""
    if module is None or shutil.which("dot") is None:
        return None
    import torchview

    try:
        graph = torchview.draw_graph(module, input_size=shape, device="meta").visual_graph
        answer = subprocess.run(
            ["dot", "-Tplain"],
            input=graph.source,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        ).stdout
    except (RuntimeError, NotImplementedError, subprocess.SubprocessError):
        return float("nan")
    _, _, width, height = answer.split(None, 4)[:4]
    size = float(graph.node_attr.get("fontsize", 10))
    page = min(1, LETTER.width / 72 / float(width), LETTER.height / 72 / float(height))
    return size * page


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--timm", type=int, default=100, help="how many of timm's models")
    parser.add_argument("--only", default="", help="networks whose name has this")
    parser.add_argument("--peer", action="store_true", help="draw with torchview as well")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    heads = (
        f"{'network':48} {'pt':>5} {'words':>6} {'ratio':>6} {'back':>5} {'lines':>6} {'texts':>6}"
    )
    print(heads + ("  torchview pt" if args.peer else ""))
    missed = refused = total = 0
    peers: list[float] = []
    chosen = [one for one in networks(args.timm) if args.only in one[0]]
    for name, make, shape in track(chosen, disable=not sys.stdout.isatty()):
        try:
            made = built(make)
            module = made if isinstance(made, torch.nn.Module) else None
            if module is not None:
                module.eval()
            row = measured(name, draw(made, input=shape).scene)
        except (ResNetVizError, NotImplementedError, RuntimeError) as error:
            refused += 1
            print(f"{name:48} {type(error).__name__}: {str(error)[:90]}")
            continue
        total += 1
        missed += not row.at_goal
        mark = "" if row.at_goal else "  *"
        peer = torchview_points(module, shape) if args.peer else None
        peers += [] if peer is None else [peer]
        print(
            f"{name:48} {row.points:5.1f} {row.labelled:6.0%} {row.ratio:6.1f} {row.back:5} "
            f"{row.through:6} {row.outside:6}{'' if peer is None else f'  {peer:5.1f}'}{mark}",
            flush=True,
        )
    print(f"{total} drawn, {total - missed} at goal, {missed} not, {refused} could not be traced")
    if peers:
        legible = sum(points >= LEGIBLE - CLOSE for points in peers)
        print(f"torchview: {len(peers)} asked for, {legible} with text of {LEGIBLE:g} points")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
