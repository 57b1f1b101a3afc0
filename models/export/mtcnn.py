"""MTCNN's three networks as ONNX graphs, built from the weights of facenet-pytorch 2.6.0.

Input `input`: f32 `[n, 3, h, w]`, RGB, `(x - 127.5) * 0.0078125`; P-Net takes any height and width from 12, R-Net
24x24, O-Net 48x48. Outputs: `reg` (box offsets), `prob` (softmax; class 1 is face), O-Net also `landmarks`
(x1..x5, y1..y5 relative to the box). Source of the layers: `models/mtcnn.py` of that package.
This file must not know how the networks are used.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 17

# One entry per layer: kind, name of the weights, then kernel and stride of a pooling.
PNET = [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 2, 2), ("conv", "conv2"), ("prelu", "prelu2"),
        ("conv", "conv3"), ("prelu", "prelu3")]
RNET = [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 3, 2), ("conv", "conv2"), ("prelu", "prelu2"),
        ("pool", 3, 2), ("conv", "conv3"), ("prelu", "prelu3"), ("dense", "dense4", (64, 3, 3)), ("prelu", "prelu4")]
ONET = [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 3, 2), ("conv", "conv2"), ("prelu", "prelu2"),
        ("pool", 3, 2), ("conv", "conv3"), ("prelu", "prelu3"), ("pool", 2, 2), ("conv", "conv4"),
        ("prelu", "prelu4"), ("dense", "dense5", (128, 3, 3)), ("prelu", "prelu5")]

# Per network: body, input size (None is any), heads as output name, kind, weights, per-item shape.
NETWORKS = {
    "pnet": (PNET, None, [("reg", "conv", "conv4_2", 4), ("prob", "conv", "conv4_1", 2)]),
    "rnet": (RNET, 24, [("reg", "dense", "dense5_2", 4), ("prob", "dense", "dense5_1", 2)]),
    "onet": (ONET, 48, [("reg", "dense", "dense6_2", 4), ("landmarks", "dense", "dense6_3", 10),
                        ("prob", "dense", "dense6_1", 2)]),
}


def build(name, weights):
    """The ONNX model of one network; `weights` is its state dict."""
    body, size, heads = NETWORKS[name]
    builder = _Builder(weights)
    value = "input"
    for index, (kind, *what) in enumerate(body):
        value = getattr(builder, kind)(value, f"{kind}_{index}", *what)
    outputs = []
    for output, kind, layer, n_channels in heads:
        if output == "prob":
            logits = getattr(builder, kind)(value, "prob_logits", layer)
            builder.add("Softmax", [logits], output, axis=1)
        else:
            getattr(builder, kind)(value, output, layer)
        shape = ["batch", n_channels] + (["out_height", "out_width"] if kind == "conv" else [])
        outputs.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, shape))
    image = helper.make_tensor_value_info(
        "input", TensorProto.FLOAT, ["batch", 3, size or "height", size or "width"])
    graph = helper.make_graph(builder.nodes, f"mtcnn_{name}", [image], outputs, builder.initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="rollcall", producer_version="1")
    model.ir_version = 8
    return model


class _Builder:
    """Nodes and weights in the order in which they are added."""

    def __init__(self, weights):
        self.weights, self.nodes, self.initializers = weights, [], []

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name, array):
        array = np.ascontiguousarray(array, dtype=np.float32)
        if all(existing.name != name for existing in self.initializers):
            self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def conv(self, value, output, layer):
        weight = self.weights[f"{layer}.weight"]
        return self.add(
            "Conv",
            [value, self.constant(f"{layer}.weight", weight),
             self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])],
            output, kernel_shape=list(weight.shape[2:]))

    def prelu(self, value, output, layer):
        slope = self.weights[f"{layer}.weight"]
        after_dense = value.startswith("dense")
        return self.add("PRelu", [value, self.constant(f"{layer}.slope", slope if after_dense else
                                                       slope.reshape(-1, 1, 1))], output)

    def pool(self, value, output, kernel, stride):
        return self.add("MaxPool", [value], output, kernel_shape=[kernel] * 2, strides=[stride] * 2, ceil_mode=1)

    def dense(self, value, output, layer, flattened=None):
        """A fully connected layer; behind a map `(c, h, w)` its columns are put from (w, h, c) into that order."""
        weight = self.weights[f"{layer}.weight"]
        if flattened:
            channels, height, width = flattened
            weight = weight.reshape(-1, width, height, channels).transpose(0, 3, 2, 1).reshape(len(weight), -1)
            value = self.add("Flatten", [value], f"{output}_flat", axis=1)
        return self.add(
            "Gemm",
            [value, self.constant(f"{layer}.weight", weight),
             self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])],
            output, transB=1)
