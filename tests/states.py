"""Make state dicts without weights: the names and shapes of a spec's module."""

from resnet_viz import ResNetSpec, assemble, unroll

Shapes = dict[str, tuple[int, ...]]


def state_of(spec: ResNetSpec) -> Shapes:
    """Return the names and shapes of `build(spec).state_dict()`, from the graph."""
    state: Shapes = {}
    for node in unroll(assemble(spec)).nodes():
        state.update({param.name: tuple(param.shape) for param in node.params})
        if node.op == "batch_norm":
            features = (node.attrs["features"],)
            state[f"{node.path}.running_mean"] = state[f"{node.path}.running_var"] = features
            state[f"{node.path}.num_batches_tracked"] = ()
    return state
