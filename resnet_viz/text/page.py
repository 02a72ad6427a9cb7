"""Define the texts of the app's page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from resnet_viz.text.catalogue import lookup
from resnet_viz.text.labels import LABELS, SCOPES, label, name_of

if TYPE_CHECKING:
    from resnet_viz.count import Layers

__all__ = ["FIELDS", "VIEWER", "WORDS"]
__all__ += ["derivation", "field_name", "kind_name", "pattern", "translate", "viewer_words"]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "language": "Language",
        # Start
        "tagline": "Shape a residual network; watch its figure and its exact costs.",
        "preset:chapter": "The chapter's ResNet-18",
        "preset:plain": "34 layers, plain or residual",
        "preset:bottleneck": "Bottleneck",
        "preset:fit": "Fit 1 GMAC and 5 M parameters",
        "preset:deep": "ResNet-152",
        "preset_help:chapter": "The network of Dive into Deep Learning, section 8.6",
        "preset_help:plain": "What the shortcuts of He et al. 2015 add to 34 layers",
        "preset_help:bottleneck": "The blocks of ResNet-50, drawn closely",
        "preset_help:fit": "A budget, and the networks that keep it",
        "preset_help:deep": "The deepest network of the paper's Table 1",
        "network": "Start from",
        "layers_of": "{0} layers",
        "network_help": (
            "Begin with a network of the zoo. What you edit below stays until you choose again."
        ),
        "upload": "Or a file",
        "spec_file": "A spec (YAML, TOML, JSON; 100 kB) or a graph (JSON; 4 MB)",
        "upload_help": (
            "A spec in YAML, TOML or JSON, at most 100 kB, or the graph of a traced model in JSON, "
            "at most 4 MB. It is read as data and kept nowhere."
        ),
        "trace_help": "The graph of any PyTorch module is written on your machine by",
        "own_model": "Your own model",
        "own_graph": "The graph of your own model. It is no part of the link to this page.",
        "unknown_operators": "At least: what these operators cost is not known: {0}",
        "back_to": "Back to {0}",
        "checkpoint": "Or a file of weights (.safetensors, .pth)",
        "checkpoint_help": (
            "Your browser reads the names and shapes of its tensors, and sends nothing else; no "
            "code in it is run. `resnet-viz identify FILE` reads older files, on your machine."
        ),
        "too_long": "Its header is longer than 50 MB.",
        "no_header": "It has no names and shapes of tensors that can be read.",
        "identified_none": "No network that a spec can say has these tensors. Not matched: {0}",
        "identified_many": "{0} networks fit, which the file cannot tell apart: {1}",
        "undo": "Undo",
        "undo_help": "Ctrl+Z",
        "redo": "Redo",
        "redo_help": "Ctrl+Shift+Z",
        "reset": "Reset",
        "reset_help": "Back to {0} as it is in the zoo",
        "own": "(your own)",
        # Vary
        "stages": "Stages",
        "stage": "Stage {0}",
        "of_part": "{0}: {1}",
        "of_stage": "Stage {0}: {1}",
        "stem": "Stem",
        "head": "Head",
        "whole": "Whole network",
        "more": "More",
        "change_stage": "Stage {0}: more fields, move, remove",
        "kinds_of": "{0}: what each kind is",
        "up": "Move up",
        "down": "Move down",
        "copy": "Duplicate",
        "remove": "Remove",
        "add": "Add a stage",
        "input": "Input",
        "every": "All",
        "every_field": "All stages: {0}",
        "every_help": "A value for every stage, or a factor as ×1.5",
        "lost": "No connection to the server. What you type is kept here and sent when it is back.",
        "share_of_params": "{0:.1%} of parameters",
        "share_of_macs": "{0:.1%} of MACs",
        "below_one_pixel": "The image is smaller than this stride: it shrinks below one pixel.",
        "input_channels": "Input channels",
        "input_height": "Input height",
        "input_width": "Input width",
        "hidden_help": "Widths of layers before the last, with commas: 4096, 4096",
        "wrong": "{0}. The figure still shows the last network that was right.",
        "still": "Something in the form is wrong. This is the last network that was right.",
        "refused": "Not opened: {0}",
        # Totals
        "layers": "Layers",
        "params": "Parameters",
        "macs": "MACs",
        "flops": "FLOPs",
        "activations": "Activations",
        "layers_help": (
            "Convolutions and fully connected layers on the main path, as He et al. 2015 count "
            "them: {0}."
        ),
        "params_help": (
            "Every weight and bias that training changes; running means and variances are none."
        ),
        "macs_help": (
            "Multiply-adds of convolutions and fully connected layers, what papers print as "
            '"FLOPs". Two operations each: {0:,} FLOPs.'
        ),
        "activations_help": (
            "Elements that convolutions and fully connected layers put out (Radosavovic et al. "
            "2020, section 4, for convolutions)."
        ),
        "memory": "Memory",
        "memory_help": (
            "What a step of training holds at most, weights and optimizer with it: batch {batch}, "
            "{dtype}, {optimizer}. Workspaces and what an allocator loses are not counted. "
            "“Reach a goal” sets these."
        ),
        "time": "Time",
        "time_help": (
            "Predicted for a forward pass of {batch} images on {device}: {low:.3g} to {high:.3g} "
            "ms, {rate:,.0f} images a second. “Reach a goal” sets batch and device."
        ),
        "at_input": "for an input of {0}",
        "yours": "Your own network.",
        # Look
        "figure": "Figure",
        "direction": "Direction",
        "depth": "Depth",
        "none": "None",
        "theme": "Theme",
        "annotate": "Numbers",
        "layout": "Layout",
        "page": "Page",
        "page:": "This screen",
        "page:a4": "A4",
        "page:letter": "Letter",
        "page:column": "Column of a paper",
        "page:slide": "Slide",
        "unroll": "Every block",
        "unroll_help": "Draw every block instead of folding equal ones under a bracket.",
        "figure:network": "Network",
        "figure:blocks": "Blocks",
        "figure:residual": "Residual block",
        "figure:groups": "Groups",
        "figure:anynet": "AnyNet",
        "figure:shortcut": "Shortcut",
        "figure:bodies": "Block bodies",
        "figure:layers": "Layer by layer",
        "figure:volumes": "Feature maps to scale",
        "figure:stem": "Stem",
        "color": "Colour",
        "color:": "By operator",
        "color:params": "Parameters",
        "color:macs": "MACs",
        "color:memory": "Memory",
        "color:time": "Time",
        "color:intensity": "Arithmetic intensity",
        "color:receptive-field": "Receptive field",
        "direction:up": "Up",
        "direction:down": "Down",
        "direction:right": "Right",
        "direction:left": "Left",
        "depth:": "Legible",
        "depth:book": "As in the book",
        "depth:network": "Network",
        "depth:stage": "Stages",
        "depth:block": "Blocks",
        "depth:op": "Operators",
        "theme:": "As the page",
        "theme:d2l": "Book",
        "theme:paper": "Paper",
        "theme:mono": "Print",
        "theme:dark": "Dark",
        "fact:shape": "Shapes",
        "fact:params": "Parameters",
        "fact:macs": "MACs",
        "fact:memory": "Memory",
        "fact:time": "Time",
        "layout:auto": "Automatic",
        "layout:figure": "Textbook",
        "layout:dot": "Graphviz",
        "not_drawn": "This figure cannot be drawn: {0}",
        "hint": "Click a box or a block to open it here.",
        "stage_of": "{0}: {1} × {2}",
        "puts_out": "Puts out {0}",
        "sees": "Each element sees {0} pixels of the image across",
        # Opened
        "opened": "Opened",
        "close": "Close",
        "operators": "Operators",
        "share": "{0} of the network",
        "times": "× {0} in the network",
        "path": "Path",
        "operator": "Operator",
        "kind": "Kind",
        "output": "Output",
        "weights": "Parameters with shapes",
        "none_found": "The network has no {0} any more.",
        "first_shown": "The first {0:,} of {1:,}.",
        # Sections
        "section": "Below the figure",
        "section:shapes": "Shapes",
        "section:costs": "Costs",
        "section:conventions": "Why counters differ",
        "section:goal": "Reach a goal",
        "section:compare": "Compare",
        "section:lesson": "Why residual?",
        "section:download": "Take away",
        "field": "Receptive field",
        "pixels": "{0:,} px",
        "whole_image": "whole image",
        "rows": "Rows",
        "per_stage": "Where it goes, stage by stage",
        "derived": "Where the {0} layers come from",
        "derivation": (
            "{convolutions:,} convolutions − {aside:,} on shortcuts{gates} + {linear:,} fully "
            "connected = {total:,} layers"
        ),
        "in_gates": " − {0:,} in gates",
        "part": "Part",
        "tool": "Tool",
        "prints": "Prints",
        "made_of": "Which is",
        "why": "What it counts",
        "multiply_adds": "multiply-adds",
        "explain_intro": (
            "One network, one run, and yet each tool prints another total: they agree on the "
            "multiply-adds and differ in what they add to them."
        ),
        # Reach a goal
        "limit:macs": "MACs at most",
        "limit:params": "Parameters at most",
        "limit:memory": "Memory at most",
        "limit:time": "Time at most",
        "device": "Device",
        "batch": "Batch",
        "dtype": "Number format",
        "optimizer": "Optimizer",
        "no_limit": "no limit",
        "set_a_limit": "Set a limit: gauges above the figure then follow each edit.",
        "nearest_of_family": "This network, wider or narrower, deeper or shallower",
        "nearest_of_zoo": ("Networks of the zoo with this input that take most of the budget"),
        "search_exactly": "Search exactly",
        "search_exactly_help": (
            "Every member of the family, and every choice of the stages' widths and depths. "
            "It takes a second or two."
        ),
        "searching": "Searching",
        "exact_family": "Nearest of the family",
        "exact_space": "Largest of the space, each stage on its own",
        "front": "Exact front around this network",
        "front_help": "No network with these stages has more parameters for as few MACs.",
        "nothing_fits": (
            "Nothing in the zoo is as small: its smallest has {0} MACs and {1} parameters."
        ),
        "explore": "Networks of this image size by their costs; a click opens one",
        "over_macs": "Above their MACs",
        "top1": "Published top-1, %",
        "weights_of": "Weights",
        "point:zoo": "zoo",
        "point:kept": "zoo, within the budget",
        "point:front": "front",
        "point:mine": "yours, before",
        "point:now": "shown now",
        "show_network": "Show {0}",
        "costs_of": "{layers} layers · {params} parameters · {macs} MACs",
        "in_budget": "{name}: {amount} of {limit} ({share:.0%}), {rest} left",
        "over_budget": "{name}: {amount} of {limit} ({share:.0%}), {rest} too many",
        # Why residual?
        "lesson:training": "Training error",
        "lesson:test": "Test error",
        "lesson:gradients": "Gradients",
        "lesson:outputs": "Outputs",
        "lesson_text:training": (
            "Plain and residual networks of 20, 56 and 110 layers, trained alike on images of "
            "digits. Without shortcuts, more layers leave a larger error on the very images that "
            "the network learns from; with them, depth does no harm."
        ),
        "lesson_text:test": (
            "On images that were not learned from, the order is the same: what the deep plain "
            "networks lack is not generalization, they were never trained well."
        ),
        "lesson_text:gradients": (
            "Before training: how large the gradient is in the weights of each layer. Through a "
            "chain of plain layers it changes from layer to layer; each shortcut hands it on as "
            "it is, beside what the body makes of it."
        ),
        "lesson_text:outputs": (
            "Before training: how large the values are that leave each block. A residual block "
            "adds to what it was given, a plain one replaces it."
        ),
        "lesson_source": (
            "Measured with `resnet-viz lesson`; small images and few epochs, so that it shows how "
            "hard networks are to train, and no accuracy to compare with other data."
        ),
        # Compare
        "stop_comparing": "Stop comparing",
        "old_to_new": "Old → new",
        "whole_stage": "Stage",
        "repeats": "{0} → {1} blocks",
        "change:kind": "kind",
        "change:repeat": "number of blocks",
        "change:operators": "operators",
        "change:stride": "stride",
        "change:kernel": "kernel",
        "change:padding": "padding",
        "change:groups": "groups",
        "change:dilation": "dilation",
        "change:channels": "channels",
        "change:features": "features",
        "change:standardized": "standardized weights",
        "change:functional": "function or module",
        "change:connections": "connections",
        "change:input": "input",
        "change:bias": "bias",
        "change:params": "parameters",
        "change:macs": "MACs",
        "change:activations": "activations",
        "change:output": "output",
        "in_python": "In Python",
        "code": "The network as code, which needs nothing of this package",
        "notebook": "Notebook",
        "against": "against {0}",
        "compare_with": "Compare with",
        "pin": "Pin this version",
        "pin_help": "Remember the network as it is now, then go on editing and see what changed.",
        "pinned": "pinned: {0}",
        "pinned_before": "Pinned before",
        "against_this": "Compare with this",
        "choose_one": "Choose a network of the zoo, or pin this one and go on editing.",
        "same": "Nothing differs.",
        "marked": "What differs is marked.",
        "before": "Before",
        "after": "After",
        "difference": "Difference",
        "quantity": "Quantity",
        "status": "Status",
        "status:changed": "changed",
        "status:added": "added",
        "status:removed": "removed",
        "changes": "What differs",
        "part_by_part": "Part by part",
        # Take away
        "figures": "This figure",
        "width_points": "Width in points",
        "width_help": (
            "72 points are an inch; a column of a two-column paper has 243. 0: as it comes."
        ),
        "caption": "Caption",
        "transparent": "Transparent background",
        "not_offered": "No {0}: {1}",
        "reports": "The report",
        "specs": "The spec",
        "link": "A link to this page",
        "link_help": "Whoever opens it sees this very network and figure; nothing is stored here.",
    }
)
"""The texts of the page, by name."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "Name",
        "blocks": "Blocks",
        "channels": "Channels",
        "stride": "Stride",
        "block": "Block",
        "shortcut": "Shortcut",
        "expansion": "Expansion",
        "groups": "Groups",
        "base_width": "Base width",
        "group_width": "Group width",
        "bottleneck_width": "Bottleneck width",
        "dilation": "Dilation",
        "pool": "Pooling",
        "kernel": "Kernel",
        "classes": "Classes",
        "hidden": "Hidden layers",
        "stride_in": "Stride in",
        "bias": "Biases",
        "norm": "Norm",
        "activation": "Activation",
        "preactivation": "Pre-activation",
        "functional": "Activations as functions",
        "attention": "Attention",
        "reduction": "Reduction",
        "downsampler": "Downsampler",
        "norm_groups": "Groups of the norm",
        "standardized": "Standardized weights",
        "dropout": "Dropout",
        "drop_path": "Drop path",
        "pooling": "Kind of pool",
        "activated": "Norm and activation at the end",
        "input": "Input",
        "stages": "Stages",
    }
)
"""The labels of a spec's fields."""

VIEWER: Mapping[str, str] = MappingProxyType(
    {
        "search": "Search",
        "search_figure": "Search the figure",
        "found": "{current} of {all}",
        "found_none": "none",
        "view": "View",
        "zoom_in": "Zoom in",
        "zoom_out": "Zoom out",
        "show_all": "Show the whole figure",
        "full_screen": "Full screen",
        "flow": "Let data flow",
        "lecture": "Lecture view",
        "previous": "Previous step",
        "next": "Next step",
        "end": "End the lecture",
        "copy": "Copy the figure",
        "copied": "Copied as a picture",
        "not_copied": "The browser does not allow copying",
        "press": "Click for details",
        "wheel": "Click the figure to zoom it with the wheel, or hold Ctrl or ⌘",
        "touch": "Tap the figure to move it with one finger",
        "keys": "Arrow keys go from part to part, Enter chooses one, + and − zoom, "
        "0 shows all, / searches",
    }
)
"""The texts of the figure's buttons, hints and labels."""


def translate(lang: str, name: str, /, *values: object, **named: object) -> str:
    """Return a translated text of the page with its values.

    >>> translate("zh", "stage", 2)
    '阶段 2'
    """
    return pattern(lang, name).format(*values, **named)


def pattern(lang: str, name: str) -> str:
    """Return a translated text of the page with placeholders for its values.

    >>> pattern("en", "stage")
    'Stage {0}'
    """
    return lookup(WORDS[name], lang, "page")


def field_name(lang: str, name: str) -> str:
    """Return the label of a spec's field; by default, the words of its name.

    >>> field_name("en", "base_width"), field_name("en", "se_ratio")
    ('Base width', 'Se ratio')
    """
    if name in FIELDS:
        return lookup(FIELDS[name], lang, "field")
    return name.replace("_", " ").capitalize()


def viewer_words(lang: str) -> dict[str, str]:
    """Return the translated texts of the figure's buttons, hints and labels."""
    return {name: lookup(text, lang, "viewer") for name, text in VIEWER.items()}


def kind_name(lang: str, kind: str, path: str) -> str:
    """Return the label of a network's part; a kind without a label is its own label.

    >>> kind_name("en", "stage", "layer2"), kind_name("en", "conv2d", "conv1")
    ('Stage 2', 'Conv')
    """
    if kind in SCOPES:
        return name_of(kind, path, lang)
    return label(kind, {}, lang).strip() if kind in LABELS else kind


def derivation(lang: str, layers: Layers) -> str:
    """Return the translated derivation of a layer count.

    >>> from resnet_viz.count import Layers
    >>> derivation("zh", Layers(50, 53, 1))
    '53 个卷积层 − 捷径上的 4 个 + 1 个全连接层 = 50 层'
    """
    return translate(
        lang,
        "derivation",
        convolutions=layers.convolutions,
        aside=layers.aside,
        gates=translate(lang, "in_gates", layers.gates) if layers.gates else "",
        linear=layers.linear,
        total=layers.total,
    )
