"""Evaluates the published networks directly in numpy, from their own files: the witness that the conversion is right.

It shares nothing with the exporters but the file readers: no ONNX, no folding, TensorFlow's NHWC layout as it stands.
Slow, and meant to be: one face takes about a second.
"""

import graphlib

import numpy as np


def windows(values, height, width, stride_y, stride_x):
    """Sliding windows of `[n, h, w, c]` as `[n, h', w', c, height, width]`."""
    view = np.lib.stride_tricks.sliding_window_view(values, (height, width), axis=(1, 2))
    return view[:, ::stride_y, ::stride_x]


def convolution(values, weight, strides, same):
    """TensorFlow's Conv2D; `weight` is `[height, width, in, out]`."""
    height, width = weight.shape[:2]
    if same:
        values = np.pad(values, [(0, 0), ((height - 1) // 2, height // 2), ((width - 1) // 2, width // 2), (0, 0)])
    return np.einsum("nyxchw,hwco->nyxo", windows(values, height, width, *strides), weight, optimize=True)


def evaluate_graph(graph, image):
    """The embedding that the frozen graph gives for one normalised image, f32 `[160, 160, 3]`."""
    by_name = {node.name: node for node in graph}
    values = {}
    for name in graphlib.TopologicalSorter({node.name: node.inputs for node in graph}).static_order():
        node = by_name[name]
        values[name] = image[None] if node.op == "Placeholder" else compute(node, [values[key] for key in node.inputs])
    return values["embeddings"][0]


def compute(node, inputs):
    """One operation of the frozen graph."""
    if node.op == "Const":
        return node.tensor()
    if node.op == "Conv2D":
        return convolution(*inputs, node.integers("strides")[1:3], node.text("padding") == "SAME")
    if node.op in ("MaxPool", "AvgPool"):
        view = windows(inputs[0], *node.integers("ksize")[1:3], *node.integers("strides")[1:3])
        return view.max(axis=(4, 5)) if node.op == "MaxPool" else view.mean(axis=(4, 5))
    if node.op == "ConcatV2":
        return np.concatenate(inputs[:-1], axis=int(inputs[-1]))
    if node.op == "FusedBatchNorm":
        values, gamma, beta, mean, variance = inputs
        return (values - mean) / np.sqrt(variance + np.float32(node.real("epsilon"))) * gamma + beta
    if node.op == "Sum":
        return inputs[0].sum(axis=int(inputs[1]), keepdims=True)
    return PLAIN[node.op](*inputs)


PLAIN = {
    "BiasAdd": np.add, "Add": np.add, "Mul": np.multiply, "MatMul": np.matmul, "Maximum": np.maximum,
    "Square": np.square, "Relu": lambda values: np.maximum(values, 0), "Rsqrt": lambda values: 1 / np.sqrt(values),
    "Reshape": lambda values, shape: values.reshape(shape),
}


def evaluate_mtcnn(name, weights, image):
    """Outputs `(reg, probability of face, landmarks or None)` of one MTCNN network, as facenet-pytorch computes them.

    `image` is normalised f32 `[h, w, 3]`.
    """
    values = image[None].astype(np.float32)
    kernels = {"pnet": [2], "rnet": [3, 3], "onet": [3, 3, 2]}[name]
    n_convolutions = {"pnet": 3, "rnet": 3, "onet": 4}[name]
    for index in range(1, n_convolutions + 1):
        values = torch_convolution(values, weights, f"conv{index}")
        values = prelu(values, weights[f"prelu{index}.weight"])
        if index <= len(kernels):
            values = ceiling_pool(values, kernels[index - 1])
    if name == "pnet":
        logits, reg = torch_convolution(values, weights, "conv4_1"), torch_convolution(values, weights, "conv4_2")
        return reg, softmax(logits)[..., 1], None
    # facenet-pytorch flattens in the order width, height, channel.
    values = values.transpose(0, 2, 1, 3).reshape(1, -1)
    number = {"rnet": 4, "onet": 5}[name]
    values = prelu(dense(values, weights, f"dense{number}"), weights[f"prelu{number}.weight"])
    heads = [dense(values, weights, f"dense{number + 1}_{head}") for head in range(1, 3 if name == "rnet" else 4)]
    return heads[1], softmax(heads[0])[..., 1], heads[2] if name == "onet" else None


def torch_convolution(values, weights, layer):
    return convolution(values, weights[f"{layer}.weight"].transpose(2, 3, 1, 0), [1, 1], False) + weights[f"{layer}.bias"]


def dense(values, weights, layer):
    return values @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"]


def prelu(values, slope):
    return np.where(values > 0, values, values * slope)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def ceiling_pool(values, kernel):
    """Max-pooling with stride 2 that keeps the last, partial window."""
    height, width = values.shape[1:3]
    missing = [(0, (extent - kernel) % 2) for extent in (height, width)]
    padded = np.pad(values, [(0, 0), *missing, (0, 0)], constant_values=-np.inf)
    return windows(padded, kernel, kernel, 2, 2).max(axis=(4, 5))
