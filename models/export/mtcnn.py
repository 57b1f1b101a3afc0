"""MTCNN's three networks as ONNX graphs, built from the weights of facenet-pytorch 2.6.0.

Input `input`: f32 `[n, 3, h, w]`, RGB, `(x - 127.5) * 0.0078125`; P-Net takes any height and width from 12, R-Net
24x24, O-Net 48x48. Outputs: `reg` (box offsets), `prob` (class 1 is face), O-Net also `landmarks`
(x1..x5, y1..y5 relative to the box). Source of the layers: `models/mtcnn.py` of that package.
This file must not know how the networks are used.

The graphs compute the same function as the published layers, in operations that ONNX Runtime 1.32 is quick at on
processors, which takes less than half the time of a conversion layer by layer (models/README.md). There PRelu is computed
number by number, and leaves the layout in blocks of channels in which convolutions and poolings work:

- PReLU with slope a is x + relu((a - 1) x), and x - relu((1 - a) x) for the few slopes above 1: a product and a sum;
- channels are filled up to whole blocks, with weights of zero;
- behind P-Net's first convolution PReLU waits until after the pooling, where there are a quarter of the numbers;
- a softmax over two is a sigmoid of the difference.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# Channels of a block of ONNX Runtime's layout with AVX-512; with AVX2 it is half as many.
BLOCK = 16

# One entry per layer: kind, name of the weights, then kernel and stride of a pooling.
PNET = [("pooled", "conv1", "prelu1", 2, 2), ("conv", "conv2"), ("prelu", "prelu2"), ("conv", "conv3"), ("prelu", "prelu3")]
RNET = [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 3, 2), ("conv", "conv2"), ("prelu", "prelu2"),
        ("pool", 3, 2), ("conv", "conv3"), ("prelu", "prelu3"), ("dense", "dense4", (64, 3, 3)), ("prelu", "prelu4")]
ONET = [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 3, 2), ("conv", "conv2"), ("prelu", "prelu2"),
        ("pool", 3, 2), ("conv", "conv3"), ("prelu", "prelu3"), ("pool", 2, 2), ("conv", "conv4"),
        ("prelu", "prelu4"), ("dense", "dense5", (128, 3, 3)), ("prelu", "prelu5")]

# Per network: body, input size (None is any), kind of the heads, which are output, weights and numbers per item.
NETWORKS = {
    "pnet": (PNET, None, "conv", [("reg", "conv4_2", 4), ("prob", "conv4_1", 2)]),
    "rnet": (RNET, 24, "dense", [("reg", "dense5_2", 4), ("prob", "dense5_1", 2)]),
    "onet": (ONET, 48, "dense", [("reg", "dense6_2", 4), ("landmarks", "dense6_3", 10), ("prob", "dense6_1", 2)]),
}


def build(name, weights):
    """The ONNX model of one network; `weights` is its state dict."""
    body, size, heads_kind, heads = NETWORKS[name]
    builder = _Builder(weights)
    value = "input"
    for index, (kind, *what) in enumerate(body):
        value = getattr(builder, kind)(value, f"{kind}_{index}", *what)
    getattr(builder, f"{heads_kind}_heads")(value, heads)
    outputs = [
        helper.make_tensor_value_info(
            output, TensorProto.FLOAT,
            ["batch", n_channels] + (["out_height", "out_width"] if heads_kind == "conv" else []))
        for output, _, n_channels in heads]
    image = helper.make_tensor_value_info(
        "input", TensorProto.FLOAT, ["batch", 3, size or "height", size or "width"])
    graph = helper.make_graph(builder.nodes, f"mtcnn_{name}", [image], outputs, builder.initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="rollcall", producer_version="2")
    model.ir_version = 8
    return model


def filled(array, axis, n):
    """`array` with zeros behind it along `axis`, up to `n`."""
    missing = [(0, 0)] * array.ndim
    missing[axis] = (0, n - array.shape[axis])
    return np.pad(array, missing)


def whole_blocks(n_channels):
    return -(-n_channels // BLOCK) * BLOCK


class _Builder:
    """Nodes and weights in the order in which they are added."""

    def __init__(self, weights):
        self.weights, self.nodes, self.initializers = weights, [], []
        # Channels of each map, those that fill its last block among them.
        self.n_channels = {"input": 3}

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name, array, dtype=np.float32):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=dtype), name))
        return name

    def layer(self, layer):
        """Weight and bias of a layer; those of two classes as differences between them, which is all that counts."""
        weight, bias = self.weights[f"{layer}.weight"], self.weights[f"{layer}.bias"]
        if len(bias) == 2:
            weight, bias = weight - weight[::-1], bias - bias[::-1]
        return weight, bias

    def convolve(self, value, output, weight, bias=None):
        weight = filled(weight, 1, self.n_channels[value])
        constants = [self.constant(f"{output}.weight", weight)]
        if bias is not None:
            constants.append(self.constant(f"{output}.bias", bias))
        self.n_channels[output] = len(weight)
        return self.add("Conv", [value, *constants], output, kernel_shape=list(weight.shape[2:]))

    def conv(self, value, output, layer):
        weight, bias = self.layer(layer)
        n = whole_blocks(len(bias))
        return self.convolve(value, output, filled(weight, 0, n), filled(bias, 0, n))

    def prelu(self, value, output, layer):
        slope = self.weights[f"{layer}.weight"]
        if value not in self.n_channels:
            return self.add("PRelu", [value, self.constant(f"{layer}.slope", slope)], output)
        slope = filled(slope, 0, self.n_channels[value])
        factor = self.constant(f"{output}.factor", -np.abs(slope - 1).reshape(-1, 1, 1))
        return self.bent(value, output, self.add("Mul", [value, factor], f"{output}_rest"), slope)

    def bent(self, value, output, rest, slope):
        """`value` + relu(`rest`), or less it where the slope is above 1."""
        rest = self.add("Relu", [rest], f"{output}_relu")
        if np.any(slope > 1):
            sign = self.constant(f"{output}.sign", np.where(slope > 1, -1, 1).reshape(-1, 1, 1))
            rest = self.add("Mul", [rest, sign], f"{output}_signed")
        self.n_channels[output] = self.n_channels[value]
        return self.add("Add", [value, rest], output)

    def pooled(self, value, output, conv, prelu, kernel, stride):
        """Convolution, PReLU and pooling, with PReLU behind the pooling.

        PReLU is max(x, a x) for a slope up to 1. With a slope from 0 on it grows with x, so the largest x has the largest
        answer; one above 1 as well. With a slope below 0 the largest answer is max(largest x, -a * largest -x), for which
        the convolution also gives -x, in channels that would be empty.
        """
        weight, bias = self.layer(conv)
        slope = self.weights[f"{prelu}.weight"]
        falls = np.flatnonzero(slope < 0)
        weight, bias = np.concatenate([weight, -weight[falls]]), np.concatenate([bias, -bias[falls]])
        n = whole_blocks(len(bias))
        value = self.convolve(value, f"{output}_conv", filled(weight, 0, n), filled(bias, 0, n))
        value = self.pool(value, f"{output}_pool", kernel, stride)
        mix = np.zeros((n, n, 1, 1))
        for channel, a in enumerate(slope):
            mix[channel, channel] = -1 if a < 0 else -abs(a - 1)
        for copy, channel in enumerate(falls):
            mix[channel, len(slope) + copy] = -slope[channel]
        rest = self.convolve(value, f"{output}_rest", mix)
        return self.bent(value, output, rest, filled(slope, 0, n))

    def pool(self, value, output, kernel, stride):
        self.n_channels[output] = self.n_channels[value]
        return self.add("MaxPool", [value], output, kernel_shape=[kernel] * 2, strides=[stride] * 2, ceil_mode=1)

    def dense(self, value, output, layer, flattened=None):
        """A fully connected layer; behind a map `(c, h, w)` its columns are put from (w, h, c) into that order."""
        weight, bias = self.layer(layer)
        if flattened:
            channels, height, width = flattened
            weight = weight.reshape(-1, width, height, channels).transpose(0, 3, 2, 1)
            weight = filled(weight, 1, self.n_channels[value]).reshape(len(weight), -1)
            value = self.add("Flatten", [value], f"{output}_flat", axis=1)
        return self.add(
            "Gemm", [value, self.constant(f"{output}.weight", weight), self.constant(f"{output}.bias", bias)], output,
            transB=1)

    def dense_heads(self, value, heads):
        for output, layer, _ in heads:
            if output == "prob":
                self.add("Sigmoid", [self.dense(value, "prob_difference", layer)], output)
            else:
                self.dense(value, output, layer)

    def conv_heads(self, value, heads):
        """All heads as one convolution."""
        weights, biases = zip(*(self.layer(layer) for _, layer, _ in heads))
        together = self.convolve(value, "heads", np.concatenate(weights), np.concatenate(biases))
        sizes = self.constant("heads.sizes", [n for _, _, n in heads], np.int64)
        parts = ["prob_difference" if output == "prob" else output for output, _, _ in heads]
        self.nodes.append(helper.make_node("Split", [together, sizes], parts, name="split", axis=1))
        self.add("Sigmoid", ["prob_difference"], "prob")
