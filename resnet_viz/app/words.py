"""The words of the page, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resnet_viz.count import Layers
from resnet_viz.labels import KINDS, name_of

__all__ = [
    "CONVENTIONS_ZH",
    "FIELDS",
    "IN_FIGURE",
    "KINDS_ZH",
    "TERMS_ZH",
    "WORDS",
    "derivation",
    "field_name",
    "kind_name",
    "meaning",
    "pattern",
    "say",
]

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "language": ("Language", "语言"),
        # Start
        "network": ("Start from", "起始网络"),
        "network_help": (
            "Begin with a network of the zoo. What you edit below stays until you choose again.",
            "从网络库里选一个开始。下面的修改会保留到下次选择。",
        ),
        "upload": ("Or a spec file", "或上传配置文件"),
        "upload_help": (
            "A spec in YAML, TOML or JSON, at most 100 kB. It is read as data and kept nowhere.",
            "YAML、TOML 或 JSON 格式的配置，至多 100 kB。只作为数据读取，不保存。",
        ),
        "undo": ("Undo", "撤销"),
        "redo": ("Redo", "重做"),
        "own": ("(your own)", "（自定）"),
        # Vary
        "stages": ("Stages", "阶段"),
        "stage": ("Stage {0}", "阶段 {0}"),
        "of_part": ("{0}: {1}", "{0}：{1}"),
        "of_stage": ("Stage {0}: {1}", "阶段 {0}：{1}"),
        "stem": ("Stem", "主干"),
        "head": ("Head", "头部"),
        "whole": ("Whole network", "整个网络"),
        "more": ("More", "更多"),
        "change_stage": ("Stage {0}: more fields, move, remove", "阶段 {0}：更多字段、移动、删除"),
        "kinds_of": ("{0}: what each kind is", "{0}：各选项的含义"),
        "up": ("Move up", "上移"),
        "down": ("Move down", "下移"),
        "copy": ("Duplicate", "复制"),
        "remove": ("Remove", "删除"),
        "add": ("Add a stage", "添加阶段"),
        "input_channels": ("Input channels", "输入通道"),
        "input_height": ("Input height", "输入高度"),
        "input_width": ("Input width", "输入宽度"),
        "hidden_help": (
            "Widths of layers before the last, with commas: 4096, 4096",
            "最后一层之前各层的宽度，用逗号分隔：4096, 4096",
        ),
        "wrong": (
            "{0}. The figure still shows the last network that was right.",
            "{0}。图中仍是上一个正确的网络。",
        ),
        "still": (
            "Something in the form is wrong. This is the last network that was right.",
            "表单中有错误。这里仍是上一个正确的网络。",
        ),
        "refused": ("Not opened: {0}", "未打开：{0}"),
        # Totals
        "layers": ("Layers", "层数"),
        "params": ("Parameters", "参数"),
        "macs": ("MACs", "乘加次数"),
        "flops": ("FLOPs", "浮点运算次数"),
        "activations": ("Activations", "激活元素"),
        "layers_help": (
            "Convolutions and fully connected layers on the main path, as He et al. 2015 count "
            "them: {0}.",
            "主路径上的卷积层与全连接层，按 He 等（2015）的算法：{0}。",
        ),
        "params_help": (
            "Every weight and bias that training changes; running means and variances are none.",
            "训练所改变的全部权重与偏置；滑动均值和方差不算。",
        ),
        "macs_help": (
            "Multiply-adds of convolutions and fully connected layers, what papers print as "
            '"FLOPs". Two operations each: {0:,} FLOPs.',
            "卷积层与全连接层的乘加次数，即论文所写的“FLOPs”。每次两步运算：{0:,} 次浮点运算。",
        ),
        "activations_help": (
            "Elements that convolutions and fully connected layers put out (Radosavovic et al. "
            "2020, section 4, for convolutions).",
            "卷积层与全连接层输出的元素个数（Radosavovic 等，2020，第 4 节，就卷积层而言）。",
        ),
        "at_input": ("for an input of {0}", "输入为 {0}"),
        "yours": ("Your own network.", "自定网络。"),
        # Look
        "figure": ("Figure", "图"),
        "direction": ("Direction", "方向"),
        "depth": ("Depth", "深度"),
        "none": ("None", "无"),
        "theme": ("Theme", "主题"),
        "annotate": ("Numbers", "标注"),
        "layout": ("Layout", "布局"),
        "unroll": ("Every block", "画出每一块"),
        "unroll_help": (
            "Draw every block instead of folding equal ones under a bracket.",
            "画出每一块，不把相同的块折叠在括号下。",
        ),
        "figure:network": ("Network", "网络"),
        "figure:blocks": ("Blocks", "块"),
        "figure:residual": ("Residual block", "残差块"),
        "figure:groups": ("Groups", "分组"),
        "figure:anynet": ("AnyNet", "AnyNet"),
        "figure:shortcut": ("Shortcut", "捷径"),
        "figure:bodies": ("Block bodies", "块主体"),
        "figure:layers": ("Layer by layer", "逐层"),
        "figure:stem": ("Stem", "主干"),
        "direction:up": ("Up", "向上"),
        "direction:down": ("Down", "向下"),
        "direction:right": ("Right", "向右"),
        "direction:left": ("Left", "向左"),
        "depth:": ("As in the book", "与书一致"),
        "depth:network": ("Network", "网络"),
        "depth:stage": ("Stages", "阶段"),
        "depth:block": ("Blocks", "块"),
        "depth:op": ("Operators", "算子"),
        "theme:d2l": ("Book", "教材"),
        "theme:paper": ("Paper", "论文"),
        "theme:mono": ("Print", "黑白"),
        "theme:dark": ("Dark", "深色"),
        "fact:shape": ("Shapes", "形状"),
        "fact:params": ("Parameters", "参数"),
        "fact:macs": ("MACs", "乘加"),
        "layout:auto": ("Automatic", "自动"),
        "layout:figure": ("Textbook", "教科书"),
        "layout:dot": ("Graphviz", "Graphviz"),
        "not_drawn": ("This figure cannot be drawn: {0}", "此图无法绘制：{0}"),
        "hint": (
            "Click a box or a block to open it here.",
            "点击方框或块，在此查看。",
        ),
        # Opened
        "opened": ("Opened", "已打开"),
        "close": ("Close", "关闭"),
        "operators": ("Operators", "算子"),
        "share": ("{0} of the network", "占网络的 {0}"),
        "times": ("× {0} in the network", "网络中共 {0} 次"),
        "path": ("Path", "路径"),
        "operator": ("Operator", "算子"),
        "kind": ("Kind", "类型"),
        "output": ("Output", "输出"),
        "weights": ("Parameters with shapes", "参数与形状"),
        "none_found": ("The network has no {0} any more.", "网络中已没有 {0}。"),
        "first_shown": ("The first {0:,} of {1:,}.", "前 {0:,} 个，共 {1:,} 个。"),
        # Sections
        "section": ("Below the figure", "图下内容"),
        "section:shapes": ("Shapes", "形状"),
        "section:costs": ("Costs", "开销"),
        "section:conventions": ("Why counters differ", "计数为何不同"),
        "section:compare": ("Compare", "对比"),
        "section:download": ("Take away", "下载与分享"),
        "field": ("Receptive field", "感受野"),
        "pixels": ("{0:,} px", "{0:,} 像素"),
        "whole_image": ("whole image", "整幅图像"),
        "rows": ("Rows", "粒度"),
        "per_stage": ("Where it goes, stage by stage", "各阶段的开销"),
        "derived": ("Where the {0} layers come from", "{0} 层从何而来"),
        "derivation": (
            "{convolutions:,} convolutions − {aside:,} on shortcuts{gates} + {linear:,} fully "
            "connected "
            "= {total:,} layers",
            "{convolutions:,} 个卷积层 − 捷径上的 {aside:,} 个{gates} + {linear:,} 个全连接层 "
            "= {total:,} 层",
        ),
        "in_gates": (" − {0:,} in gates", " − 门控中的 {0:,} 个"),
        "part": ("Part", "部分"),
        "tool": ("Tool", "工具"),
        "prints": ("Prints", "输出"),
        "made_of": ("Which is", "构成"),
        "why": ("What it counts", "计入内容"),
        "multiply_adds": ("multiply-adds", "次乘加"),
        "explain_intro": (
            "One network, one run, and yet each tool prints another total: they agree on the "
            "multiply-adds and differ in what they add to them.",
            "同一个网络，各个工具给出的总数却不同：乘加次数一致，差别在于额外计入了什么。",
        ),
        # Compare
        "compare_with": ("Compare with", "对比对象"),
        "pin": ("Pin this version", "固定当前版本"),
        "pin_help": (
            "Remember the network as it is now, then go on editing and see what changed.",
            "记住当前的网络，然后继续修改，查看变化。",
        ),
        "pinned": ("pinned: {0}", "已固定：{0}"),
        "choose_one": (
            "Choose a network of the zoo, or pin this one and go on editing.",
            "选择网络库中的一个，或固定当前网络后继续修改。",
        ),
        "same": ("Nothing differs.", "没有差别。"),
        "marked": ("What differs is marked.", "差别已标出。"),
        "before": ("Before", "之前"),
        "after": ("After", "之后"),
        "difference": ("Difference", "差"),
        "quantity": ("Quantity", "量"),
        "status": ("Status", "状态"),
        "status:changed": ("changed", "改变"),
        "status:added": ("added", "新增"),
        "status:removed": ("removed", "删除"),
        "changes": ("What differs", "差别"),
        "part_by_part": ("Part by part", "逐部分"),
        # Take away
        "figures": ("This figure", "这张图"),
        "not_offered": ("No {0}: {1}", "无法提供 {0}：{1}"),
        "reports": ("The report", "报告"),
        "specs": ("The spec", "配置"),
        "link": ("A link to this page", "本页链接"),
        "link_help": (
            "Whoever opens it sees this very network and figure; nothing is stored here.",
            "打开链接即可看到同一网络与图；此处不保存任何数据。",
        ),
    }
)
"""Each word or sentence of the page: English, Chinese."""

FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "name": ("Name", "名称"),
        "blocks": ("Blocks", "块数"),
        "channels": ("Channels", "通道"),
        "stride": ("Stride", "步幅"),
        "block": ("Block", "块类型"),
        "shortcut": ("Shortcut", "捷径"),
        "expansion": ("Expansion", "扩张倍数"),
        "groups": ("Groups", "组数"),
        "base_width": ("Base width", "基础宽度"),
        "dilation": ("Dilation", "空洞率"),
        "pool": ("Pooling", "汇聚"),
        "kernel": ("Kernel", "卷积核"),
        "classes": ("Classes", "类别数"),
        "hidden": ("Hidden layers", "隐藏层"),
        "stride_in": ("Stride in", "步幅位于"),
        "bias": ("Biases", "偏置"),
        "norm": ("Norm", "规范化"),
        "activation": ("Activation", "激活函数"),
        "preactivation": ("Pre-activation", "预激活"),
        "functional": ("Activations as functions", "函数式激活"),
        "attention": ("Attention", "注意力"),
        "reduction": ("Reduction", "压缩倍数"),
        "downsampler": ("Downsampler", "下采样方式"),
        "norm_groups": ("Groups of the norm", "规范化组数"),
        "standardized": ("Standardized weights", "权重标准化"),
        "dropout": ("Dropout", "暂退法"),
        "drop_path": ("Drop path", "随机深度"),
        "pooling": ("Kind of pool", "汇聚方式"),
        "activated": ("Norm and activation at the end", "末尾规范化与激活"),
        "input": ("Input", "输入"),
        "stages": ("Stages", "阶段"),
    }
)
"""What the fields of a spec are called: English, Chinese."""

KINDS_ZH: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "block": {
            "basic": "3×3、3×3（He 等，2015，图 5 左）",
            "bottleneck": "1×1、3×3、1×1（He 等，2015，图 5 右）",
            "senet": "一半宽度的 1×1、3×3、1×1（SENet-154，Hu 等，2018，arXiv 1709.01507）",
            "conv": "一个 3×3（VGG，Simonyan 与 Zisserman，2014，arXiv 1409.1556）",
        },
        "shortcut": {
            "none": "没有捷径：普通网络",
            "A": "恒等；形状改变处按步幅取像素，新增通道补零",
            "B": "恒等；形状改变处用 1×1 卷积与规范化",
            "C": "每个块旁都有 1×1 卷积与规范化",
            "D": "恒等；形状改变处先按步幅做平均汇聚，再用 1×1 卷积与规范化"
            "（He 等，2019，arXiv 1812.01187，ResNet-D）",
            "3x3": "恒等；形状改变处用 3×3 卷积（尺寸不变时用 1×1）与规范化（SENet-154）",
            "conv": "恒等；形状改变处只用 1×1 卷积（d2l 本章）",
        },
        "pooling": {
            "max": "步幅为 2 的 3×3 最大汇聚",
            "conv": "步幅为 2 的 3×3 卷积、规范化与激活（ResNet-RS）",
            "padded": "四周补零，再做步幅为 2 的 3×3 最大汇聚（BiT，arXiv 1912.11370）",
        },
        "stride_in": {
            "3x3": "步幅在瓶颈块的 3×3 卷积上（torchvision，v1.5）",
            "1x1": "步幅在瓶颈块的第一个 1×1 卷积上（论文，v1）",
        },
        "norm": {
            "batch": "批量规范化（arXiv 1502.03167）",
            "group": "组规范化（arXiv 1803.08494）",
            "frn": "滤波器响应规范化及其带阈值的激活（arXiv 1911.09737）",
            "evo": "EvoNorm-S0，规范化与激活合一（arXiv 2004.02967）",
            "none": "不做规范化",
        },
        "activation": {
            "relu": "max(x, 0)",
            "relu6": "min(max(x, 0), 6)",
            "leaky_relu": "x，小于零时为 0.01 x",
            "elu": "x，小于零时为 exp(x) − 1（arXiv 1511.07289）",
            "selu": "按比例缩放的 ELU（arXiv 1706.02515）",
            "gelu": "x 乘以 x 处的正态分布函数（arXiv 1606.08415）",
            "silu": "x sigmoid(x)，又称 swish（arXiv 1702.03118）",
            "mish": "x tanh(softplus(x))（arXiv 1908.08681）",
            "hardswish": "x min(max(x + 3, 0), 6) / 6（arXiv 1905.02244）",
            "softplus": "log(1 + exp(x))",
        },
        "attention": {
            "none": "无",
            "se": "压缩与激励（Hu 等，2018，arXiv 1709.01507）",
            "eca": "高效通道注意力（Wang 等，2020，arXiv 1910.03151）",
        },
        "downsampler": {
            "stride": "步幅在卷积上",
            "blur": "激活之后做模糊，按步幅取像素（Zhang，2019，arXiv 1904.11486）",
            "average": "激活之后做平均汇聚，并代替最大汇聚（timm）",
        },
    }
)
"""The sentences for kinds (`spec.kinds`, `spec.model.TABLES`) in Chinese, by field and kind."""

IN_FIGURE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {},
        "zh": {
            "search": "搜索",
            "search_figure": "在图中搜索",
            "found": "{current} / {all}",
            "found_none": "无",
            "view": "视图",
            "zoom_in": "放大",
            "zoom_out": "缩小",
            "show_all": "显示全图",
            "full_screen": "全屏",
            "press": "点击查看详情",
            "wheel": "点击图后可用滚轮缩放，或按住 Ctrl 或 ⌘",
            "touch": "轻触图后可用单指移动",
            "keys": "方向键逐个移动，回车选中，+ 与 − 缩放，0 显示全图，/ 搜索",
        },
    }
)
"""What the figure's own controls say where it is not English (`figure.WORDS`)."""

TERMS_ZH: Mapping[str, str] = MappingProxyType(
    {
        "conv_macs": "卷积层的乘加",
        "std_conv_macs": "权重标准化卷积层的乘加",
        "blur_macs": "模糊滤波（固定权重）的乘加",
        "linear_macs": "全连接层的乘加",
        "matmul_macs": "矩阵乘法与注意力的乘加",
        "conv_outputs": "卷积层的输出元素",
        "linear_outputs": "全连接层的输出元素",
        "conv_bias_adds": "卷积层的偏置加法",
        "std_conv_bias_adds": "权重标准化卷积层的偏置加法",
        "linear_bias_adds": "全连接层的偏置加法",
        "norm_outputs": "规范化层的输出元素",
        "group_norm_outputs": "组规范化层的输出元素",
        "fused_norm_outputs": "自带激活的规范化层的输出元素",
        "norm_params": "规范化层的缩放与偏移，每幅图像计一次",
        "activation_outputs": "激活模块的输出元素",
        "rare_activation_outputs": "较少见激活模块的输出元素",
        "other_activation_outputs": "其他激活的输出元素",
        "average_pool_outputs": "窗口平均汇聚的输出元素",
        "functional_activation_outputs": "激活函数的输出元素",
        "pool_inputs": "窗口汇聚读取的元素，每个计一次",
        "pool_outputs": "窗口汇聚的输出元素",
        "adaptive_pool_inputs": "自适应汇聚读取的元素，每个计一次",
        "adaptive_pool_outputs": "自适应汇聚的输出元素",
        "merge_outputs": "两个张量相加的输出元素",
        "unknown_calls": "开销未知的算子调用",
    }
)
"""The cost terms (`ops.TERMS`) in Chinese."""

CONVENTIONS_ZH: Mapping[str, str] = MappingProxyType(
    {
        "macs": "卷积层与矩阵乘法的乘加次数，即论文所写的“FLOPs”（He 等，2015，表 1）",
        "flops": "每次乘加计两步运算",
        "torch": "torch.utils.flop_counter.FlopCounterMode：卷积与矩阵乘法",
        "fvcore": "fvcore.nn.FlopCountAnalysis（评估模式）：乘加计一次，规范化每个元素计两次，"
        "组规范化五次，"
        "自适应汇聚计其读取的元素",
        "torchinfo": "torchinfo.summary：每个权重与偏置乘以卷积输出的位置数；"
        "规范化的每幅图像计一次",
        "thop": "thop.profile：规范化每个元素计四次；自适应汇聚计其加法与除法",
        "ptflops": "ptflops.get_model_complexity_info（pytorch 后端）：激活与汇聚在模块处计一次，"
        "在模块调用的函数处再计一次",
    }
)
"""What each convention counts (`count.CONVENTIONS`), in Chinese."""

_COLUMN = {"en": 0, "zh": 1}


def say(lang: str, name: str, *values: object, **named: object) -> str:
    """Return a word or a sentence with its values.

    >>> say("zh", "stage", 2)
    '阶段 2'
    """
    return pattern(lang, name).format(*values, **named)


def pattern(lang: str, name: str) -> str:
    """Return a word or a sentence with the places of its values.

    >>> pattern("en", "stage")
    'Stage {0}'
    """
    return WORDS[name][_COLUMN[lang]]


def field_name(lang: str, name: str) -> str:
    """Return what a field of a spec is called; one without a name by its own.

    >>> field_name("en", "base_width"), field_name("en", "se_ratio")
    ('Base width', 'Se ratio')
    """
    if name in FIELDS:
        return FIELDS[name][_COLUMN[lang]]
    return name.replace("_", " ").capitalize()


def meaning(lang: str, field: str, kind: str, english: object) -> str:
    """Return the sentence for a kind that a field can name.

    >>> meaning("zh", "norm", "none", "no normalization")
    '不做规范化'
    """
    chinese = KINDS_ZH.get(field, {}).get(kind)
    return chinese if lang == "zh" and chinese is not None else str(english)


def kind_name(lang: str, kind: str, path: str) -> str:
    """Return what a part of a network is called; a kind that has no name by its own.

    >>> kind_name("en", "stage", "layer2"), kind_name("en", "conv2d", "conv1")
    ('Stage 2', 'conv2d')
    """
    return name_of(kind, path, lang) if kind in KINDS else kind


def derivation(lang: str, layers: Layers) -> str:
    """Return where a number of layers comes from.

    >>> derivation("zh", Layers(50, 53, 1))
    '53 个卷积层 − 捷径上的 4 个 + 1 个全连接层 = 50 层'
    """
    return say(
        lang,
        "derivation",
        convolutions=layers.convolutions,
        aside=layers.aside,
        gates=say(lang, "in_gates", layers.gates) if layers.gates else "",
        linear=layers.linear,
        total=layers.total,
    )
