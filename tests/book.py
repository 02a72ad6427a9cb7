"""The networks of the book, as it writes them: lazy layers, `nn.Sequential` and `init_cnn`."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def init_cnn(module: nn.Module) -> None:
    """Fill the weights of layers that have some."""
    if type(module) in (nn.Linear, nn.Conv2d):
        nn.init.xavier_uniform_(module.weight)


class Classifier(nn.Module):
    """A network in `net`, as the book's classifiers have it."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.net = nn.Sequential(*layers)
        self.net.apply(init_cnn)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def conv(channels: int, kernel: int, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    return [nn.LazyConv2d(channels, kernel, stride=stride, padding=padding), nn.ReLU()]


def dense(*widths: int) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Flatten()]
    for width in widths:
        layers += [nn.LazyLinear(width), nn.ReLU(), nn.Dropout(0.5)]
    return [*layers, nn.LazyLinear(10)]


def mean_pool() -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()]


def lenet() -> nn.Module:
    return Classifier(
        *(nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2, stride=2)),
        *(nn.LazyConv2d(16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(2, stride=2)),
        *(nn.Flatten(), nn.LazyLinear(120), nn.Sigmoid(), nn.LazyLinear(84), nn.Sigmoid()),
        nn.LazyLinear(10),
    )


def alexnet() -> nn.Module:
    return Classifier(
        *(*conv(96, 11, 4, 1), nn.MaxPool2d(3, 2), *conv(256, 5, padding=2), nn.MaxPool2d(3, 2)),
        *(*conv(384, 3, padding=1), *conv(384, 3, padding=1), *conv(256, 3, padding=1)),
        *(nn.MaxPool2d(3, 2), *dense(4096, 4096)),
    )


def vgg() -> nn.Module:
    def block(convs: int, channels: int) -> nn.Module:
        layers = [layer for _ in range(convs) for layer in conv(channels, 3, padding=1)]
        return nn.Sequential(*layers, nn.MaxPool2d(2, 2))

    arch = ((1, 16), (1, 32), (2, 64), (2, 128), (2, 128))
    return Classifier(*(block(*row) for row in arch), *dense(4096, 4096))


def nin() -> nn.Module:
    def block(channels: int, kernel: int, stride: int, padding: int) -> nn.Module:
        return nn.Sequential(
            *conv(channels, kernel, stride, padding), *conv(channels, 1), *conv(channels, 1)
        )

    return Classifier(
        *(block(96, 11, 4, 0), nn.MaxPool2d(3, 2), block(256, 5, 1, 2), nn.MaxPool2d(3, 2)),
        *(block(384, 3, 1, 1), nn.MaxPool2d(3, 2), nn.Dropout(0.5), block(10, 3, 1, 1)),
        *mean_pool(),
    )


class Inception(nn.Module):
    def __init__(self, c1: int, c2: tuple[int, int], c3: tuple[int, int], c4: int) -> None:
        super().__init__()
        self.b1_1 = nn.LazyConv2d(c1, kernel_size=1)
        self.b2_1 = nn.LazyConv2d(c2[0], kernel_size=1)
        self.b2_2 = nn.LazyConv2d(c2[1], kernel_size=3, padding=1)
        self.b3_1 = nn.LazyConv2d(c3[0], kernel_size=1)
        self.b3_2 = nn.LazyConv2d(c3[1], kernel_size=5, padding=2)
        self.b4_1 = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.b4_2 = nn.LazyConv2d(c4, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        b1 = F.relu(self.b1_1(x))
        b2 = F.relu(self.b2_2(F.relu(self.b2_1(x))))
        b3 = F.relu(self.b3_2(F.relu(self.b3_1(x))))
        b4 = F.relu(self.b4_2(self.b4_1(x)))
        return torch.cat((b1, b2, b3, b4), dim=1)


def googlenet() -> nn.Module:
    return Classifier(
        nn.Sequential(*conv(64, 7, 2, 3), nn.MaxPool2d(3, 2, 1)),
        nn.Sequential(*conv(64, 1), *conv(192, 3, padding=1), nn.MaxPool2d(3, 2, 1)),
        nn.Sequential(
            *(Inception(64, (96, 128), (16, 32), 32), Inception(128, (128, 192), (32, 96), 64)),
            nn.MaxPool2d(3, 2, 1),
        ),
        nn.Sequential(Inception(256, (160, 320), (32, 128), 128), *mean_pool()),
        nn.LazyLinear(10),
    )


class Residual(nn.Module):
    def __init__(self, channels: int, use_1x1conv: bool = False, strides: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.LazyConv2d(channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.LazyConv2d(channels, kernel_size=3, padding=1)
        self.conv3 = nn.LazyConv2d(channels, 1, stride=strides) if use_1x1conv else None
        self.bn1, self.bn2 = nn.LazyBatchNorm2d(), nn.LazyBatchNorm2d()

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.conv3:
            x = self.conv3(x)
        y += x
        return F.relu(y)


class ResNeXtBlock(nn.Module):
    def __init__(self, channels: int, groups: int, strides: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.LazyConv2d(channels, kernel_size=1)
        self.conv2 = nn.LazyConv2d(channels, 3, strides, 1, groups=channels // groups)
        self.conv3 = nn.LazyConv2d(channels, kernel_size=1)
        self.bn1, self.bn2, self.bn3 = (nn.LazyBatchNorm2d() for _ in range(3))
        self.conv4 = nn.LazyConv2d(channels, 1, stride=strides) if strides > 1 else None
        self.bn4 = nn.LazyBatchNorm2d() if strides > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(y)))))
        return F.relu(y + (self.bn4(self.conv4(x)) if self.conv4 else x))


def stem() -> nn.Module:
    norm = [nn.LazyBatchNorm2d(), nn.ReLU()]
    return nn.Sequential(nn.LazyConv2d(64, 7, 2, 3), *norm, nn.MaxPool2d(3, 2, 1))


def resnet() -> nn.Module:
    def stage(channels: int, first: bool) -> nn.Module:
        head = Residual(channels) if first else Residual(channels, use_1x1conv=True, strides=2)
        return nn.Sequential(head, Residual(channels))

    stages = [stage(channels, channels == 64) for channels in (64, 128, 256, 512)]
    return Classifier(stem(), *stages, *mean_pool(), nn.LazyLinear(10))


def anynet() -> nn.Module:
    def stage(depth: int, channels: int) -> nn.Module:
        return nn.Sequential(*(ResNeXtBlock(channels, 16, 2 - (i > 0)) for i in range(depth)))

    first = nn.Sequential(nn.LazyConv2d(32, 3, 2, 1), nn.LazyBatchNorm2d(), nn.ReLU())
    return Classifier(first, stage(4, 32), stage(6, 80), *mean_pool(), nn.LazyLinear(10))


def resnext() -> nn.Module:
    blocks = (ResNeXtBlock(64, 16), ResNeXtBlock(128, 32, strides=2))
    return Classifier(stem(), *blocks, *mean_pool(), nn.LazyLinear(10))


class DenseBlock(nn.Module):
    def __init__(self, convs: int, channels: int) -> None:
        super().__init__()
        self.net = nn.Sequential(*(normed(channels, 3, 1) for _ in range(convs)))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.net:
            x = torch.cat((x, block(x)), dim=1)
        return x


def normed(channels: int, kernel: int, padding: int = 0) -> nn.Sequential:
    layers = (nn.LazyBatchNorm2d(), nn.ReLU(), nn.LazyConv2d(channels, kernel, padding=padding))
    return nn.Sequential(*layers)


def densenet() -> nn.Module:
    narrower = nn.Sequential(*normed(48, 1), nn.AvgPool2d(2, 2))
    end = (nn.LazyBatchNorm2d(), nn.ReLU(), *mean_pool(), nn.LazyLinear(10))
    return Classifier(stem(), DenseBlock(2, 32), narrower, DenseBlock(2, 32), *end)


class LanguageModel(nn.Module):
    """One-hot characters through a recurrent network, states first in time, to scores."""

    def __init__(self, kind: type[nn.RNNBase], words: int = 28, hidden: int = 32) -> None:
        super().__init__()
        self.words = words
        self.rnn, self.linear = kind(words, hidden), nn.LazyLinear(words)

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        hidden, _ = self.rnn(F.one_hot(x.T, self.words).float(), state)
        return self.linear(hidden).swapaxes(0, 1)


class RNNScratch(nn.Module):
    """A recurrent network of bare parameters, step by step."""

    def __init__(self, words: int = 28, hidden: int = 32) -> None:
        super().__init__()
        self.w_xh = nn.Parameter(torch.randn(words, hidden) * 0.01)
        self.w_hh = nn.Parameter(torch.randn(hidden, hidden) * 0.01)
        self.b_h = nn.Parameter(torch.zeros(hidden))

    def forward(self, inputs: Tensor) -> tuple[list[Tensor], Tensor]:
        state = torch.zeros((inputs.shape[1], self.b_h.shape[0]), device=inputs.device)
        outputs = []
        for x in inputs:
            state = torch.tanh(
                torch.matmul(x, self.w_xh) + torch.matmul(state, self.w_hh) + self.b_h
            )
            outputs.append(state)
        return outputs, state


class Seq2SeqEncoder(nn.Module):
    def __init__(self, words: int = 20, embed: int = 8, hidden: int = 16) -> None:
        super().__init__()
        self.embedding, self.rnn = nn.Embedding(words, embed), nn.GRU(embed, hidden, 2)

    def forward(self, x: Tensor, *args: object) -> tuple[Tensor, Tensor]:
        outputs, state = self.rnn(self.embedding(x.t().type(torch.int64)))
        return outputs, state


class Seq2SeqDecoder(nn.Module):
    def __init__(self, words: int = 20, embed: int = 8, hidden: int = 16) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, embed)
        self.rnn, self.dense = nn.GRU(embed + hidden, hidden, 2), nn.LazyLinear(words)

    def init_state(self, outputs: tuple[Tensor, Tensor], *args: object) -> tuple[Tensor, Tensor]:
        return outputs

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, object]:
        embs = self.embedding(x.t().type(torch.int32))
        enc_output, hidden_state = state
        context = enc_output[-1].repeat(embs.shape[0], 1, 1)
        outputs, hidden_state = self.rnn(torch.cat((embs, context), -1), hidden_state)
        return self.dense(outputs).swapaxes(0, 1), [enc_output, hidden_state]


class EncoderDecoder(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, enc_x: Tensor, dec_x: Tensor, *args: object) -> Tensor:
        state = self.decoder.init_state(self.encoder(enc_x, *args), *args)
        return self.decoder(dec_x, state)[0]


def masked_softmax(scores: Tensor, valid_lens: Tensor | None) -> Tensor:
    """Softmax over the last axis; what is beyond a row's valid length gets no weight."""
    if valid_lens is None:
        return F.softmax(scores, dim=-1)
    shape = scores.shape
    if valid_lens.dim() == 1:
        valid_lens = torch.repeat_interleave(valid_lens, shape[1])
    else:
        valid_lens = valid_lens.reshape(-1)
    flat = scores.reshape(-1, shape[-1])
    mask = torch.arange(flat.size(1), dtype=torch.float32)[None, :] < valid_lens[:, None]
    flat[~mask] = -1e6
    return F.softmax(flat.reshape(shape), dim=-1)


class AdditiveAttention(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.w_k, self.w_q = (nn.LazyLinear(hidden, bias=False) for _ in range(2))
        self.w_v, self.dropout = nn.LazyLinear(1, bias=False), nn.Dropout(0.1)

    def forward(self, q: Tensor, k: Tensor, v: Tensor, valid_lens: Tensor | None) -> Tensor:
        features = torch.tanh(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1))
        weights = masked_softmax(self.w_v(features).squeeze(-1), valid_lens)
        return torch.bmm(self.dropout(weights), v)


class BahdanauDecoder(nn.Module):
    def __init__(self, words: int = 20, embed: int = 8, hidden: int = 16) -> None:
        super().__init__()
        self.attention, self.embedding = AdditiveAttention(hidden), nn.Embedding(words, embed)
        self.rnn, self.dense = nn.GRU(embed + hidden, hidden, 2), nn.LazyLinear(words)

    def init_state(
        self, enc: tuple[Tensor, Tensor], valid_lens: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        return enc[0].permute(1, 0, 2), enc[1], valid_lens

    def forward(
        self, x: Tensor, state: tuple[Tensor, Tensor, Tensor | None]
    ) -> tuple[Tensor, object]:
        enc_outputs, hidden_state, valid_lens = state
        outputs = []
        for word in self.embedding(x).permute(1, 0, 2):
            query = torch.unsqueeze(hidden_state[-1], dim=1)
            context = self.attention(query, enc_outputs, enc_outputs, valid_lens)
            step = torch.cat((context, torch.unsqueeze(word, dim=1)), dim=-1)
            out, hidden_state = self.rnn(step.permute(1, 0, 2), hidden_state)
            outputs.append(out)
        scores = self.dense(torch.cat(outputs, dim=0))
        return scores.permute(1, 0, 2), [enc_outputs, hidden_state, valid_lens]


class MultiHeadAttention(nn.Module):
    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.heads, self.dropout = heads, nn.Dropout(0.1)
        self.w_q, self.w_k, self.w_v, self.w_o = (
            nn.LazyLinear(hidden, bias=False) for _ in range(4)
        )

    def forward(self, q: Tensor, k: Tensor, v: Tensor, valid_lens: Tensor | None) -> Tensor:
        q, k, v = self.split(self.w_q(q)), self.split(self.w_k(k)), self.split(self.w_v(v))
        if valid_lens is not None:
            valid_lens = torch.repeat_interleave(valid_lens, repeats=self.heads, dim=0)
        scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.shape[-1])
        out = torch.bmm(self.dropout(masked_softmax(scores, valid_lens)), v)
        out = out.reshape(-1, self.heads, out.shape[1], out.shape[2]).permute(0, 2, 1, 3)
        return self.w_o(out.reshape(out.shape[0], out.shape[1], -1))

    def split(self, x: Tensor) -> Tensor:
        x = x.reshape(x.shape[0], x.shape[1], self.heads, -1).permute(0, 2, 1, 3)
        return x.reshape(-1, x.shape[2], x.shape[3])


class PositionalEncoding(nn.Module):
    def __init__(self, hidden: int, longest: int = 100) -> None:
        super().__init__()
        self.dropout, self.p = nn.Dropout(0.1), torch.zeros((1, longest, hidden))
        place = torch.arange(longest, dtype=torch.float32).reshape(-1, 1)
        angle = place / torch.pow(10000, torch.arange(0, hidden, 2).float() / hidden)
        self.p[:, :, 0::2], self.p[:, :, 1::2] = torch.sin(angle), torch.cos(angle)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.p[:, : x.shape[1], :].to(x.device)
        return self.dropout(x)


class AddNorm(nn.Module):
    def __init__(self, shape: int) -> None:
        super().__init__()
        self.dropout, self.ln = nn.Dropout(0.1), nn.LayerNorm(shape)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.ln(self.dropout(y) + x)


class EncoderBlock(nn.Module):
    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(hidden, heads)
        self.addnorm1, self.addnorm2 = AddNorm(hidden), AddNorm(hidden)
        self.ffn = nn.Sequential(nn.LazyLinear(2 * hidden), nn.ReLU(), nn.LazyLinear(hidden))

    def forward(self, x: Tensor, valid_lens: Tensor | None) -> Tensor:
        y = self.addnorm1(x, self.attention(x, x, x, valid_lens))
        return self.addnorm2(y, self.ffn(y))


class TransformerEncoder(nn.Module):
    def __init__(self, words: int = 20, hidden: int = 16, heads: int = 4, blocks: int = 2) -> None:
        super().__init__()
        self.hidden, self.embedding = hidden, nn.Embedding(words, hidden)
        self.pos, self.blks = PositionalEncoding(hidden), nn.Sequential()
        for i in range(blocks):
            self.blks.add_module(f"block{i}", EncoderBlock(hidden, heads))

    def forward(self, x: Tensor, valid_lens: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        x = self.pos(self.embedding(x) * math.sqrt(self.hidden))
        for block in self.blks:
            x = block(x, valid_lens)
        return x, valid_lens


class DecoderBlock(nn.Module):
    def __init__(self, hidden: int, heads: int, i: int) -> None:
        super().__init__()
        self.i = i
        self.attention1, self.attention2 = (MultiHeadAttention(hidden, heads) for _ in range(2))
        self.addnorm1, self.addnorm2, self.addnorm3 = (AddNorm(hidden) for _ in range(3))
        self.ffn = nn.Sequential(nn.LazyLinear(2 * hidden), nn.ReLU(), nn.LazyLinear(hidden))

    def forward(self, x: Tensor, state: list) -> tuple[Tensor, list]:
        enc_outputs, enc_valid_lens = state[0], state[1]
        past = state[2][self.i]
        keys = x if past is None else torch.cat((past, x), dim=1)
        state[2][self.i] = keys
        lens = torch.arange(1, x.shape[1] + 1).repeat(x.shape[0], 1) if self.training else None
        y = self.addnorm1(x, self.attention1(x, keys, keys, lens))
        z = self.addnorm2(y, self.attention2(y, enc_outputs, enc_outputs, enc_valid_lens))
        return self.addnorm3(z, self.ffn(z)), state


class TransformerDecoder(nn.Module):
    def __init__(self, words: int = 20, hidden: int = 16, heads: int = 4, blocks: int = 2) -> None:
        super().__init__()
        self.hidden, self.embedding = hidden, nn.Embedding(words, hidden)
        self.pos, self.blks = PositionalEncoding(hidden), nn.Sequential()
        for i in range(blocks):
            self.blks.add_module(f"block{i}", DecoderBlock(hidden, heads, i))
        self.dense = nn.LazyLinear(words)

    def init_state(self, enc: tuple[Tensor, Tensor | None], *args: object) -> list:
        return [*enc, [None] * len(self.blks)]

    def forward(self, x: Tensor, state: list) -> tuple[Tensor, list]:
        x = self.pos(self.embedding(x) * math.sqrt(self.hidden))
        for block in self.blks:
            x, state = block(x, state)
        return self.dense(x), state


class ViTBlock(nn.Module):
    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.attention = MultiHeadAttention(hidden, heads)
        self.mlp = nn.Sequential(nn.LazyLinear(2 * hidden), nn.GELU(), nn.LazyLinear(hidden))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(*([self.ln1(x)] * 3), None)
        return x + self.mlp(self.ln2(x))


class ViT(nn.Module):
    def __init__(self, patch: int = 16, hidden: int = 32, patches: int = 36) -> None:
        super().__init__()
        self.patches = nn.LazyConv2d(hidden, kernel_size=patch, stride=patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, hidden))
        self.pos_embedding = nn.Parameter(torch.randn(1, patches + 1, hidden))
        self.blks = nn.Sequential(*(ViTBlock(hidden, 4) for _ in range(2)))
        self.head = nn.Sequential(nn.LayerNorm(hidden), nn.Linear(hidden, 10))

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), 1) + self.pos_embedding
        for block in self.blks:
            x = block(x)
        return self.head(x[:, 0])


class BERT(nn.Module):
    """The encoder, the masked language model that picks positions, and the next sentence."""

    def __init__(self, words: int = 40, hidden: int = 16) -> None:
        super().__init__()
        self.token, self.segment = nn.Embedding(words, hidden), nn.Embedding(2, hidden)
        self.blks = nn.Sequential(*(EncoderBlock(hidden, 4) for _ in range(2)))
        self.pos = nn.Parameter(torch.randn(1, 100, hidden))
        self.hidden = nn.Sequential(nn.LazyLinear(hidden), nn.Tanh())
        self.mlm = nn.Sequential(
            nn.LazyLinear(hidden), nn.ReLU(), nn.LayerNorm(hidden), nn.LazyLinear(words)
        )
        self.nsp = nn.LazyLinear(2)

    def forward(
        self, tokens: Tensor, segments: Tensor, valid_lens: Tensor, positions: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        x = self.token(tokens) + self.segment(segments)
        x = x + self.pos[:, : x.shape[1], :]
        for block in self.blks:
            x = block(x, valid_lens)
        count = positions.shape[1]
        rows = torch.repeat_interleave(torch.arange(0, x.shape[0]), count)
        masked = x[rows, positions.reshape(-1)].reshape((x.shape[0], count, -1))
        return x, self.mlm(masked), self.nsp(self.hidden(x[:, 0, :]))
