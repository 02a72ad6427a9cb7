"""Make small models of Hugging Face's architectures, with eager attention, which counters see."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import torch
from compared import Case, NotRun, one_line

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


_HEADS = ("head_dim", "num_key_value_heads")
_COUNTS = ("layers", "layer", "depth", "experts", "vocab_size", "_token_id")
SHRINKS: tuple[Mapping[str, Any], ...] = (
    SMALL,
    {name: value for name, value in SMALL.items() if name not in _HEADS},
    {name: value for name, value in SMALL.items() if name.endswith(_COUNTS)},
)
"""What is tried in turn: all small; heads as they are; only fewer layers, experts and words."""

LARGEST = 60_000_000
"""Parameters of a model that is still made."""


def shrunk(config: Any, sizes: Mapping[str, Any]) -> Any:
    """Return a config with small sizes, also in nested configs."""
    for name, value in list(vars(config).items()):
        if name in sizes and type(value) is type(sizes[name]):
            setattr(config, name, sizes[name])
        elif hasattr(value, "to_dict") and hasattr(value, "model_type"):
            shrunk(value, sizes)
    if sizes and isinstance(getattr(config, "layer_types", None), list):
        config.layer_types = config.layer_types[: SMALL["num_hidden_layers"]]
    return config


def input_sets(model: Any) -> Iterator[dict[str, Any]]:
    """Yield possible inputs of a model's `forward`, the likeliest first."""
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
    if isinstance(main, str) and main in known:
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


def cases() -> dict[str, Callable[[], Case]]:
    """Return the function that makes each architecture with a base model in transformers."""
    import_beside("torchvision")
    from transformers.models.auto.modeling_auto import MODEL_MAPPING_NAMES

    return {name: partial(make, name) for name in sorted(MODEL_MAPPING_NAMES)}


def parameters_of(config: Any) -> int:
    """Return a model's number of parameters, or 0 if it cannot be made without memory."""
    from transformers import AutoModel

    with suppress(Exception), torch.device("meta"):
        return sum(parameter.numel() for parameter in AutoModel.from_config(config).parameters())
    return 0


def make(name: str) -> Case:
    """Return the smallest model of a type that torch can make and run on the CPU.

    Raises:
        NotRun: torch cannot run it.
    """
    import_beside("torchvision")
    reason = NotRun("no input is known that its forward takes")
    for sizes in SHRINKS:
        try:
            return made(name, sizes)
        except NotRun as error:
            reason = error
    raise reason


def made(name: str, sizes: Mapping[str, Any]) -> Case:
    """Return a model with the given sizes, and an input that its `forward` accepts.

    Raises:
        NotRun: torch cannot make it, or it accepts no known input.
    """
    from transformers import AutoModel
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    torch.manual_seed(0)
    try:
        config = shrunk(CONFIG_MAPPING[name](), sizes)
        config._attn_implementation = "eager"
        if (size := parameters_of(config)) > LARGEST:
            raise NotRun(f"has {size:,} parameters when made small")
        model = AutoModel.from_config(config, attn_implementation="eager").eval()
    except NotRun:
        raise
    except Exception as error:
        raise NotRun(f"is not made: {one_line(error)}") from error
    reason = "no input is known that its forward takes"
    for inputs in input_sets(model):
        case = Case(model, inputs)
        try:
            case.run()
        except Exception as error:
            reason = f"is not run: {one_line(error)}"
            continue
        if inputs:
            return case
    raise NotRun(reason)
