"""The tracer: right on what other counters get wrong, and the module is left as it was."""

import threading
from dataclasses import dataclass

import pytest
import torch
from scale import differences, timm_cases, torchvision_cases
from torch import nn
from torch.nn import functional as F

from resnet_viz import RequestError, fold, report, summary, trace, unroll
from resnet_viz.count import tally


def macs(module: nn.Module, *shapes: tuple[int, ...]) -> int:
    return tally(trace(module, shapes[0] if len(shapes) == 1 else shapes)).macs


def params(module: nn.Module, shape: tuple[int, ...]) -> int:
    return tally(trace(module, shape)).params


class Calls(nn.Module):
    """A module whose forward is a function of itself and its inputs."""

    def __init__(self, forward, **parts) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self._run = forward

    def forward(self, *args, **kwargs):
        return self._run(self, *args, **kwargs)


def test_a_linear_layer_runs_once_for_each_token() -> None:
    assert macs(nn.Linear(32, 64), (2, 10, 32)) == 2 * 10 * 32 * 64 == 40_960


def test_one_relu_in_several_places_changes_no_parameter_count() -> None:
    relu = nn.ReLU()
    net = nn.Sequential(nn.Linear(8, 16), relu, nn.Linear(16, 16), relu, nn.Linear(16, 4), relu)

    assert params(net, (1, 8)) == 8 * 16 + 16 + 16 * 16 + 16 + 16 * 4 + 4


def test_a_convolution_that_is_called_twice_has_its_parameters_once_and_its_macs_twice() -> None:
    conv = nn.Conv2d(4, 4, 3, padding=1)
    net = Calls(lambda self, x: self.conv(self.conv(x)), conv=conv)
    graph = trace(net, (1, 4, 8, 8))

    assert [node.path for node in graph.nodes()] == ["conv", "conv:2"]
    assert tally(graph).params == 4 * 4 * 9 + 4
    assert tally(graph).macs == 2 * (8 * 8 * 4 * 4 * 9)


def test_functions_with_bare_parameters_are_counted() -> None:
    net = Calls(
        lambda self, x: F.conv2d(x, self.kernel).flatten(1) @ self.matrix,
        kernel=nn.Parameter(torch.rand(2, 3, 3, 3)),
        matrix=nn.Parameter(torch.rand(2 * 6 * 6, 5)),
    )
    total = tally(trace(net, (1, 3, 8, 8)))

    assert total.macs == 6 * 6 * 2 * 3 * 9 + 2 * 6 * 6 * 5
    assert total.params == 2 * 3 * 9 + 72 * 5


def test_a_function_with_another_modules_weight_is_counted() -> None:
    net = Calls(lambda self, x: F.linear(x, self.a.weight), a=nn.Linear(8, 4, bias=False))

    assert macs(net, (1, 8)) == 8 * 4
    assert params(net, (1, 8)) == 8 * 4


def test_attention_is_projections_scores_and_values() -> None:
    # four projections of 64 × 64 for each of 10 tokens; scores and values 10 · 10 · 64 each
    attention = nn.MultiheadAttention(64, 4, batch_first=True)
    x = (1, 10, 64)

    for mode in (attention.train(), attention.eval()):
        assert macs(mode, x, x, x) == 4 * 64 * 64 * 10 + 2 * 10 * 10 * 64 == 176_640


def test_scaled_dot_product_attention_costs_scores_and_values() -> None:
    net = Calls(lambda self, q, k, v: F.scaled_dot_product_attention(q, k, v))
    x = (1, 4, 16, 32)

    assert macs(net, x, x, x) == 2 * 4 * 16 * 16 * 32 == 65_536


def test_in_a_transposed_convolution_each_input_meets_each_weight_once() -> None:
    net = nn.ConvTranspose2d(4, 8, 3, stride=2)
    graph = trace(net, (1, 4, 8, 8))

    assert tally(graph).macs == 8 * 8 * 4 * 8 * 9 == 18_432
    assert next(graph.nodes()).output == tuple(net(torch.zeros(1, 4, 8, 8)).shape)


@dataclass
class Output:
    logits: torch.Tensor
    hidden: tuple[torch.Tensor, ...]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda a, b: Output(a, (b,)),
        lambda a, b: {"logits": a, "hidden": [b]},
        lambda a, b: (a, (b, None)),
    ],
)
def test_outputs_may_be_dataclasses_dicts_and_nested_tuples(wrap) -> None:
    net = Calls(lambda self, x: wrap(self.a(x), self.b(x)), a=nn.Linear(8, 4), b=nn.Linear(8, 2))

    assert trace(net, (1, 8)).outputs == ("a", "b")


def test_an_operator_that_nobody_knows_makes_the_total_at_least() -> None:
    net = Calls(lambda self, x: torch.linalg.inv(self.a(x)), a=nn.Linear(8, 8))
    counted = report(net, (8, 8))

    assert counted.unknown == ("linalg_inv",)
    assert "at least 512 MACs" in str(counted)
    assert "nobody knows the cost of linalg_inv" in str(counted)


def test_an_lstm_costs_its_matrix_products() -> None:
    # four gates, input and hidden: 4 · 16 · (8 + 16) for each of 5 steps
    assert macs(nn.LSTM(8, 16, batch_first=True), (1, 5, 8)) == 5 * 4 * 16 * (8 + 16)


def test_einsum_and_matrix_by_vector() -> None:
    assert macs(
        Calls(lambda self, a, b: torch.einsum("bij,bjk->bik", a, b)), (2, 3, 4), (2, 4, 5)
    ) == (2 * 3 * 4 * 5)
    assert macs(Calls(lambda self, a, b: a @ b), (3, 4), (4,)) == 12


def test_inputs_may_be_examples_several_and_by_name() -> None:
    net = Calls(lambda self, x, *, y: self.e(x).sum(1) + y, e=nn.Embedding(10, 4))
    given = {"x": torch.zeros(1, 3, dtype=torch.long), "y": (1, 4)}
    graph = trace(net, given)

    assert graph.inputs == ((1, 3), (1, 4))
    assert tally(graph).params == 40


def test_parameters_that_nothing_reads_are_counted_in_a_row_of_their_own() -> None:
    net = Calls(lambda self, x: self.a(x), a=nn.Linear(8, 4), b=nn.Linear(8, 2))
    counted = report(net, (1, 8))

    assert counted.totals["params"] == 36 + 18
    assert counted.rows[-1].path == "unused parameters"
    assert sum(row.params for row in counted.rows) == 54


def test_frozen_and_tied_parameters() -> None:
    net = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    net[1].weight = net[0].weight
    net[0].weight.requires_grad_(False)
    counted = report(net, (1, 8))

    assert counted.totals["params"] == 64 + 8 + 8
    assert counted.totals["trainable_params"] == 16


def test_batch_norm_in_training_keeps_its_running_statistics() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).train()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    trace(net, (2, 3, 8, 8))

    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())


class Restless(nn.Module):
    """Changes everything that a forward pass can change."""

    def __init__(self, fails: bool) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.register_buffer("steps", torch.zeros(()))
        self.cache: dict[str, object] = {}
        self.fails = fails

    def forward(self, x):
        self.steps += 1
        self.steps = self.steps + 1
        self.cache["x"] = x
        self.last = x
        self.fc.weight.data.mul_(2)
        self.eval()
        x = self.fc(x)
        if self.fails:
            raise ValueError("on purpose")
        return x


@pytest.mark.parametrize("fails", [False, True])
def test_the_module_and_torch_are_afterwards_what_they_were(fails: bool) -> None:
    net = Restless(fails)
    handle = net.fc.register_forward_hook(lambda *_: None)
    state = {key: value.clone() for key, value in net.state_dict().items()}
    held = dict(net.__dict__)
    call = nn.Module.__call__
    if fails:
        with pytest.raises(RequestError, match="Restless: its forward raised ValueError: on purp"):
            trace(net, (1, 4))
    else:
        trace(net, (1, 4))

    assert net.training
    assert all(torch.equal(state[key], value) for key, value in net.state_dict().items())
    assert net.__dict__.keys() == held.keys()
    assert net.cache == {}
    assert len(net.fc._forward_hooks) == 1
    assert nn.Module.__call__ is call
    assert torch.is_grad_enabled()
    handle.remove()


def test_a_module_on_the_meta_device_needs_no_weights() -> None:
    with torch.device("meta"):
        net = nn.Linear(1_000_000, 1_000_000)

    assert macs(net, (1, 1_000_000)) == 10**12


def test_other_threads_run_modules_as_ever_while_one_traces() -> None:
    net, x = nn.Sequential(nn.Linear(4, 4), nn.ReLU()), torch.rand(2, 4)
    expected, stop, wrong = net(x), threading.Event(), []

    def run() -> None:
        while not stop.is_set():
            if not torch.equal(net(x), expected):
                wrong.append(1)

    thread = threading.Thread(target=run)
    thread.start()
    graphs = [trace(net, (2, 4)) for _ in range(50)]
    stop.set()
    thread.join()

    assert not wrong
    assert all(graph == graphs[0] for graph in graphs)


def test_encoder_layers_fold() -> None:
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
    net = nn.TransformerEncoder(layer, 6, enable_nested_tensor=False).eval()
    graph = trace(net, (1, 10, 32))
    folded = fold(graph)

    assert len(list(folded.nodes())) * 6 == len(list(graph.nodes()))
    assert unroll(folded) == graph
    # six layers of 4 · 32² projections, scores and values, and 2 · 32 · 64, for 10 tokens
    assert tally(folded).macs == 6 * (10 * 4 * 32 * 32 + 2 * 10 * 10 * 32 + 10 * 2 * 32 * 64)


def test_shape_arithmetic_slices_and_views() -> None:
    def forward(self, x):
        n, c, h, w = x.shape
        y = x.view(n, c, h * w).permute(0, 2, 1)
        y = torch.cat([y[:, : h * w // 2], y[:, h * w // 2 :]], dim=1)
        return y.reshape(-1, c) @ self.m

    net = Calls(forward, m=nn.Parameter(torch.rand(3, 5)))

    assert macs(net, (2, 3, 4, 4)) == 2 * 16 * 3 * 5


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (nn.Sequential(nn.Conv2d(3, 8, 3)), (1, 1, 8, 8), r"^0: input 1×1×8×8 has 1 channels .*3"),
        (
            nn.Sequential(nn.Linear(8, 2)),
            (1, 7),
            r"^0: input 1×7 has 7 features .its weight takes 8",
        ),
        (nn.Sequential(nn.Conv2d(3, 8, 3)), (1, 3, 2, 2), "^0: the size reaches zero: 1×3×2×2"),
        (nn.Sequential(nn.Conv2d(3, 8, 3)), (1, 3, 0, 2), "^input: .*sizes must be 1 or more"),
        (Calls(lambda self, x: x.view(3, 5)), (1, 4), "^reshape: 1×4 cannot become 3×5"),
        (Calls(lambda self, x: None), (1, 4), "^Calls: its forward returned None"),
        (Calls(lambda self, x: 3), (1, 4), "^Calls: its forward returned 3"),
        (Calls(lambda self, x: self(x)), (1, 4), "^Calls: its forward calls itself without end"),
        (Calls(lambda self, x: 1 / 0), (1, 4), "^Calls: its forward raised ZeroDivisionError"),
        (Calls(lambda self, x, y: x), (4,), "^Calls: its forward raised TypeError"),
    ],
)
def test_what_cannot_be_traced_is_said_with_the_module(module, shape, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        trace(module, shape)


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(RequestError, match=r"^module: 3 \(must be a torch\.nn\.Module\)"):
        trace(3, (1, 4))


def test_summary_is_the_table_that_torchinfo_users_know(capsys) -> None:
    torchinfo = pytest.importorskip("torchinfo")
    net = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4))
    ours = summary(net, (2, 3, 8, 8), verbose=0)
    theirs = torchinfo.summary(net, (2, 3, 8, 8), verbose=0)

    assert ours.total_params == theirs.total_params
    assert ours.trainable_params == theirs.trainable_params
    assert ours.total_mult_adds == theirs.total_mult_adds - 2 * 4  # it counts the bias, too
    for line in ("├─Conv2d: 1-1", "├─Linear: 1-4", "[2, 8, 6, 6]"):
        assert line in str(ours)
        assert line in str(theirs)
    summary(net, (2, 3, 8, 8), col_names=("num_params", "mult_adds"))
    assert "Mult-Adds" in capsys.readouterr().out
    with pytest.raises(RequestError, match="^unknown column: 'macs'"):
        summary(net, (2, 3, 8, 8), col_names=("macs",))
    with pytest.raises(RequestError, match="one of the two must be given"):
        summary(net)


SAMPLE = {name: (make, shape) for name, make, shape in torchvision_cases()}
OF_TORCHVISION = (
    *("alexnet", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "maxvit_t"),
    *("mnasnet0_5", "mobilenet_v3_small", "resnet18", "shufflenet_v2_x0_5", "squeezenet1_0"),
    *("swin_t", "swin_v2_t", "vgg11_bn", "vit_b_32", "convnext_tiny", "deeplabv3_resnet50"),
    *("fasterrcnn_resnet50_fpn.backbone", "ssdlite320_mobilenet_v3_large.backbone"),
)
OF_TIMM = (
    *("beit_base_patch16_224", "botnet26t_256", "cait_xxs24_224", "coat_tiny", "convmixer_768_32"),
    *("crossvit_tiny_240", "cspresnet50", "davit_tiny", "dla34", "dpn68", "edgenext_xx_small"),
    *("efficientformer_l1", "ese_vovnet19b_dw", "gcvit_xxtiny", "ghostnet_100", "hrnet_w18_small"),
    *(
        "levit_128",
        "mixer_s32_224",
        "mobilevit_xxs",
        "nfnet_f0",
        "poolformer_s12",
        "gemma4_vit_167m",
    ),
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OF_TORCHVISION)
def test_torchvisions_models_count_as_torch_counts_them(name: str) -> None:
    assert differences(*SAMPLE[name]) == []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OF_TIMM)
def test_timms_models_count_as_torch_counts_them(name: str) -> None:
    cases = {case: (make, shape) for case, make, shape in timm_cases()}

    assert differences(*cases[name]) == []


# What a forward may do to its own parts


def test_a_leaf_that_is_set_up_anew_between_calls_is_traced_as_it_is_then() -> None:
    def forward(self, x):
        first = self.conv(x)
        self.conv.dilation = (3, 3)
        return first.flatten(1).sum(1) + self.conv(x).flatten(1).sum(1)

    net = Calls(forward, conv=nn.Conv2d(4, 4, 3))
    nodes = {node.path: node.output for node in trace(net, (1, 4, 16, 16)).nodes()}

    assert nodes["conv"] == (1, 4, 14, 14)
    assert nodes["conv:2"] == (1, 4, 10, 10)
    assert net.conv.dilation == (1, 1)


def test_a_leafs_own_forward_and_hooks_count() -> None:
    net = nn.Sequential(nn.Linear(3, 4))
    net[0].forward = lambda x: x * 2  # type: ignore[method-assign]

    assert macs(net, (2, 3)) == 0


def test_what_a_forward_does_to_its_leaves_is_put_back() -> None:
    def forward(self, x):
        self.bn.running_mean.mul_(0.5)
        self.bn.weight.data = torch.zeros(3)
        self.bn.weight.requires_grad_(False)
        self.drop.p = 0.9
        self.drop.seen = x
        self.drop.eval()
        torch.manual_seed(0)
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return self.drop(self.bn(x))

    net = Calls(forward, bn=nn.BatchNorm1d(3), drop=nn.Dropout(0.1))
    net.bn.running_mean.fill_(8.0)
    random = torch.get_rng_state()
    trace(net, (2, 3))

    assert torch.equal(net.bn.running_mean, torch.full((3,), 8.0))
    assert torch.equal(net.bn.weight, torch.ones(3))
    assert net.bn.weight.requires_grad
    assert net.drop.p == 0.1
    assert net.drop.training
    assert not hasattr(net.drop, "seen")
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.get_default_dtype() is torch.float32
    assert torch.is_grad_enabled()


def test_a_submodule_may_be_called_input() -> None:
    net = Calls(lambda self, x: x + self.c(self.input(x)), input=nn.Linear(4, 4), c=nn.Linear(4, 4))
    nodes = {node.path: node.inputs for node in trace(net, (1, 4)).nodes()}

    assert nodes == {"input:2": ("input",), "c": ("input:2",), "add": ("input", "c")}


def test_devices_dtypes_and_buffers_are_there() -> None:
    def forward(self, x):
        x = x.to(self.a.weight.device).to("cpu").to(x.device, torch.float32).cpu()
        return self.a(x)[:, : int(self.sizes[1])] if (self.sizes > 0).any() else x

    net = Calls(forward, a=nn.Linear(4, 4))
    net.register_buffer("sizes", torch.tensor([1, 2]))
    graph = trace(net, (3, 4))

    assert list(graph.nodes())[-1].output == (3, 2)


def test_products_of_buffers_are_counted() -> None:
    net = Calls(lambda self, x: x + self.table @ self.table)
    net.register_buffer("table", torch.rand(4, 4))

    assert macs(net, (4, 4)) == 4 * 4 * 4


def test_padding_same_with_an_even_kernel_pads_more_on_the_right() -> None:
    net = nn.Sequential(nn.Conv2d(4, 4, 4, padding="same"))
    total = tally(trace(net, (1, 4, 8, 8)))

    assert total.macs == 8 * 8 * 4 * 4 * 16
    assert total.activations == 8 * 8 * 4


def test_a_norm_of_a_vector_is_not_an_unknown_cost() -> None:
    assert report(Calls(lambda self, x: F.normalize(x)), (2, 3)).unknown == ()


def test_an_embedding_needs_no_integers_to_be_traced() -> None:
    total = tally(trace(nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 2)), (2, 5)))

    assert total.macs == 2 * 5 * 4 * 2
    assert total.params == 40 + 10


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (
            nn.Sequential(nn.Conv2d(3, 4, 1)),
            (1, 1, 3, 4, 4),
            "^0: .*5 dimensions .must have 3 or 4",
        ),
        (nn.Sequential(nn.MaxPool2d(2)), (4, 4), "^0: input 4×4 has 2 dimensions"),
        (nn.Sequential(nn.BatchNorm2d(3)), (2, 3, 4), "^0: input 2×3×4 has 3 dimensions"),
        (nn.Sequential(nn.BatchNorm2d(3, affine=False)), (2, 5, 4, 4), "^0: .*has 5 channels"),
        (nn.Sequential(nn.LayerNorm(3)), (2, 6), r"^0: input 2×6 \(normalizes 3\)"),
        (nn.Sequential(nn.GroupNorm(3, 9)), (2, 3, 4), "^0: input 2×3×4 has 3 channels"),
        (Calls(lambda self, x: x.transpose(1, 5)), (2, 3), "^transpose: .*given 2×3"),
        (Calls(lambda self, x: torch.cat([x, x], 9)), (2, 3), "^cat: .*given 2×3, 2×3"),
        (Calls(lambda self, x: torch.mm(x, x)), (2, 3, 3), "^mm: .*given 2×3×3"),
        (nn.Linear(4, 4), (2**40, 2**40), "^input: .*elements 1000000000000 at most"),
        (
            nn.Sequential(nn.Sequential(nn.ReLU(), Calls(lambda self, x: 1 / 0))),
            (1, 4),
            r"^0\.1: its forward raised ZeroDivisionError",
        ),
        (Calls(lambda self, x: exit(3)), (1, 4), "^Calls: its forward raised SystemExit"),
        (
            Calls(lambda self, x: self.w * 2, w=nn.Parameter(torch.rand(3))),
            (1, 4),
            "depends on the",
        ),
    ],
)
def test_what_torch_would_refuse_is_refused(module, shape, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        trace(module, shape)


def test_a_module_without_an_input_has_its_parameters_counted_alone() -> None:
    counted = report(nn.Linear(4, 4))

    assert counted.totals["params"] == 20
    assert counted.unknown == ("Linear",)
    assert "Linear, parameters alone" in str(counted)
