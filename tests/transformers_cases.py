"""Traced counts against torch's FlopCounterMode, over Hugging Face's architectures, made small.

`make test-transformers` runs this file over all of them; the ordinary tests run a sample. The
counter runs each model on the CPU with eager attention, whose products it sees.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import trace
from resnet_viz.count import tally
from resnet_viz.tracing.torchvision import import_beside

SMALL: dict[str, Any] = {
    **dict.fromkeys(("hidden_size", "d_model", "n_embd", "embed_dim", "dim", "d_embed"), 32),
    **dict.fromkeys(("embedding_size", "emb_dim", "decoder_hidden_size", "width"), 32),
    **dict.fromkeys(("num_hidden_layers", "num_layers", "n_layer", "n_layers", "depth"), 2),
    **dict.fromkeys(("encoder_layers", "decoder_layers", "num_encoder_layers"), 2),
    **dict.fromkeys(("num_decoder_layers", "decoder_num_hidden_layers"), 2),
    **dict.fromkeys(("num_attention_heads", "n_head", "n_heads", "num_heads"), 4),
    **dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads"), 4),
    **dict.fromkeys(("decoder_num_attention_heads",), 4),
    "num_key_value_heads": 2,
    **dict.fromkeys(("intermediate_size", "encoder_ffn_dim", "decoder_ffn_dim", "d_ff"), 48),
    **dict.fromkeys(
        ("ffn_dim", "d_inner", "decoder_intermediate_size", "moe_intermediate_size"), 48
    ),
    **dict.fromkeys(("head_dim", "d_kv"), 8),
    "vocab_size": 120,
    **dict.fromkeys(("max_position_embeddings", "n_positions", "max_source_positions"), 64),
    "max_target_positions": 64,
    **dict.fromkeys(("image_size", "input_size"), 32),
    "patch_size": 8,
    **dict.fromkeys(("num_experts", "num_local_experts", "n_routed_experts"), 4),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk"), 2),
    "projection_dim": 16,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
"""Sizes that make a model small, by the names that configs have for them."""


UNSEEN = {
    torch.ops.aten._grouped_mm: lambda a, b, *_, **__: 2 * a[0] * a[1] * b[-1],
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: lambda q, k, v, *_, **__: (
        2 * prod(q[:-1]) * k[-2] * (q[-1] + v[-1])
    ),
    torch.ops.aten.mkldnn_rnn_layer: lambda x, w, r, *_, **__: (
        2 * x[0] * x[1] * (prod(w) + prod(r))
    ),
    torch.ops.aten.mv: lambda a, b, **_: 2 * prod(a),
    torch.ops.aten.dot: lambda a, b, **_: 2 * prod(a),
}
"""Products that the counter leaves out on the CPU, with what they cost.

In a grouped product each row of the first matrix meets one of the others; attention, where a model
has it in spite of all, is scores and values.
"""


class Case(NamedTuple):
    """A model in eval mode and the arguments of its forward, by name."""

    name: str
    model: nn.Module
    inputs: dict[str, Any]


def shrunk(config: Any) -> Any:
    """Return a config with small sizes, and small ones in the configs that it holds."""
    for name, value in list(vars(config).items()):
        if name in SMALL and type(value) is type(SMALL[name]):
            setattr(config, name, SMALL[name])
        elif hasattr(value, "to_dict") and hasattr(value, "model_type"):
            shrunk(value)
    if isinstance(getattr(config, "layer_types", None), list):
        config.layer_types = config.layer_types[: SMALL["num_hidden_layers"]]
    return config


def input_sets(model: Any) -> Iterator[dict[str, Any]]:
    """Yield what the forward of a model may take, the likelier first."""
    names = inspect.signature(model.forward).parameters
    ids = torch.arange(3, 11)[None]
    image = getattr(model.config, "image_size", None) or 32
    image = image if type(image) is int else 32
    channels = getattr(model.config, "num_channels", 3) or 3
    mels = getattr(model.config, "num_mel_bins", None) or 80
    known = {
        "input_ids": ids,
        "decoder_input_ids": ids[:, :5],
        "pixel_values": torch.rand(1, channels if type(channels) is int else 3, image, image),
        "input_values": torch.rand(1, 4000),
        "input_features": torch.rand(1, mels, 128),
        "bbox": torch.zeros(1, 8, 4, dtype=torch.long),
        "past_values": torch.rand(1, 64, 1),
    }
    main = getattr(model, "main_input_name", "input_ids")
    own = {name: known[name] for name in names if name in known}
    yield own
    if main in known:
        yield {main: known[main]}
        if "decoder_input_ids" in names:
            yield {main: known[main], "decoder_input_ids": known["decoder_input_ids"]}
    if "input_ids" in names:
        yield {"input_ids": ids}
    if "pixel_values" in names:
        for side in (64, 224):
            yield {**own, "pixel_values": torch.rand(1, 3, side, side)}
    if "input_features" in names:
        yield {**own, "input_features": torch.rand(1, 128, mels)}


def architectures() -> list[str]:
    """Return the model types that transformers has a base model for."""
    import_beside("torchvision")
    from transformers.models.auto.modeling_auto import MODEL_MAPPING_NAMES

    return sorted(MODEL_MAPPING_NAMES)


def make(name: str) -> Case | None:
    """Return a small model of a type that torch runs on the CPU; None if it does not."""
    import_beside("torchvision")
    from transformers import AutoModel
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    torch.manual_seed(0)
    try:
        config = shrunk(CONFIG_MAPPING[name]())
        config._attn_implementation = "eager"
        model = AutoModel.from_config(config, attn_implementation="eager").eval()
    except Exception:
        return None
    if sum(parameter.numel() for parameter in model.parameters()) > 200e6:
        return None
    for inputs in input_sets(model):
        try:
            with torch.no_grad():
                model(**inputs)
        except Exception:
            continue
        if inputs:
            return Case(name, model, inputs)
    return None


def differences(case: Case) -> list[str]:
    """Return where traced counts differ from torch's own; none if they do not."""
    total = tally(trace(case.model, case.inputs))
    case.model.requires_grad_(False)  # the counter's own hooks want gradients of what has any
    with FlopCounterMode(display=False, custom_mapping=UNSEEN) as counter, torch.no_grad():
        case.model(**case.inputs)
    expected = {
        "params": sum(parameter.numel() for parameter in case.model.parameters()),
        "macs": counter.get_total_flops() // 2,
    }
    counted = {"params": total.params, "macs": total.macs}
    return [
        f"{what}: {counted[what]:,}, torch has {expected[what]:,}"
        for what in expected
        if counted[what] != expected[what]
    ]


def main(*wanted: str) -> int:
    """Compare all models, or those that are named, with a progress bar; return 1 if one differs."""
    from rich.progress import Progress
    from transformers.utils import logging

    warnings.simplefilter("ignore")
    logging.set_verbosity_error()
    names = list(wanted) or architectures()
    done = skipped = failed = 0
    with Progress(transient=True) as progress:
        task = progress.add_task("models", total=len(names))
        for name in names:
            progress.update(task, description=name)
            case = make(name)
            if case is None:
                skipped += 1
            else:
                try:
                    found = differences(case)
                except Exception as error:
                    found = [f"{type(error).__name__}: {error}"]
                failed += bool(found)
                done += not found
                if found:
                    progress.console.print(f"{name}: {'; '.join(found)}", markup=False)
            progress.advance(task)
    print(f"{done} equal, {failed} not, {skipped} that torch does not run when made small")  # noqa: T201 - the result
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
