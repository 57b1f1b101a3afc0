"""FaceNet (Inception-ResNet v1, 20180408-102900) from its frozen TensorFlow graph to ONNX opset 17.

Input `image`: uint8 `[batch, 160, 160, 3]`, RGB; the normalisation `(x - 127.5) / 128` is folded into the first
convolution, which has no padding, so that the borders are right too. Output `embedding`: f32 `[batch, 512]`, unit
norm, not centred. The graph carries batch normalisation already folded, except in the bottleneck, where it is folded
here. The reshapes that fix the batch at 1 are replaced by one that does not.
This file must not know how the embedding is used.
"""

import graphlib
import math

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
SIZE_PX = 160
MEAN, DEVIATION = 127.5, 128.0
# Guards the division of the L2 normalisation; from the graph's `embeddings/Maximum/y`.
SMALLEST_SQUARE = 1e-10


def build(graph):
    """The ONNX model of the nodes that `graphdef.read_graph` gives."""
    converter = _Converter(graph)
    value = converter.body()
    converter.head(value)
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", SIZE_PX, SIZE_PX, 3])
    embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", 512])
    onnx_graph = helper.make_graph(converter.nodes, "facenet", [image], [embedding], converter.initializers)
    model = helper.make_model(
        onnx_graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="rollcall", producer_version="1")
    model.ir_version = 8
    return model


class _Converter:
    """Walks the nodes up to the pooling; from NHWC and HWIO to NCHW and OIHW."""

    def __init__(self, graph):
        self.graph = graph
        self.by_name = {node.name: node for node in graph}
        self.nodes, self.initializers = [], []
        # TensorFlow name to the ONNX value that holds it.
        self.values = {}

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
        return name

    def body(self):
        """Everything before the bottleneck; returns the pooled map `[batch, 1792, 1, 1]`."""
        self.add("Cast", ["image"], "image_f32", to=TensorProto.FLOAT)
        self.add("Transpose", ["image_f32"], "image_nchw", perm=[0, 3, 1, 2])
        for node in self.in_order():
            if node.op == "Placeholder":
                self.values[node.name] = "image_nchw"
            elif node.op == "BiasAdd":
                self.values[node.name] = self.convolution(node)
            elif node.op == "Relu":
                self.values[node.name] = self.add("Relu", [self.values[node.inputs[0]]], node.name)
            elif node.op == "MaxPool":
                self.values[node.name] = self.pool("MaxPool", node)
            elif node.op == "ConcatV2":
                *parts, axis = node.inputs
                if self.by_name[axis].tensor() != 3:
                    raise ValueError(f"`{node.name}` does not concatenate channels")
                self.values[node.name] = self.add("Concat", [self.values[part] for part in parts], node.name, axis=1)
            elif node.op == "Mul" and node.name.endswith("/mul"):
                scale, value = node.inputs
                scale_name = self.constant(scale, self.by_name[scale].tensor())
                self.values[node.name] = self.add("Mul", [self.values[value], scale_name], node.name)
            elif node.op == "Add":
                self.values[node.name] = self.add("Add", [self.values[name] for name in node.inputs], node.name)
            elif node.op == "AvgPool":
                return self.pool("AveragePool", node)
            elif node.op not in ("Const", "Conv2D"):
                raise ValueError(f"`{node.name}` is a `{node.op}`, which this converter does not know")
        raise ValueError("the graph has no final pooling")

    def in_order(self):
        """The nodes with every input before its use; the file has them in another order."""
        sorter = graphlib.TopologicalSorter({node.name: node.inputs for node in self.graph})
        return [self.by_name[name] for name in sorter.static_order()]

    def convolution(self, bias_node):
        """Conv2D and BiasAdd as one node."""
        node = self.by_name[bias_node.inputs[0]]
        source, weights = node.inputs
        weight = self.by_name[weights].tensor().astype(np.float64)
        bias = self.by_name[bias_node.inputs[1]].tensor().astype(np.float64)
        strides = node.integers("strides")[1:3]
        same = node.text("padding") == "SAME"
        if same and strides != [1, 1]:
            raise ValueError(f"`{node.name}` pads with a stride, which is not symmetric")
        if self.values[source] == "image_nchw":
            if same:
                raise ValueError("the first convolution pads: the normalisation cannot be folded into it")
            # Summed exactly, so that the file is the same on every machine.
            sums = [math.fsum(weight[..., channel].ravel()) for channel in range(weight.shape[3])]
            bias = bias - np.array(sums) * (MEAN / DEVIATION)
            weight = weight / DEVIATION
        height, width = weight.shape[:2]
        pads = [(height - 1) // 2, (width - 1) // 2, height // 2, width // 2] if same else [0, 0, 0, 0]
        return self.add(
            "Conv",
            [self.values[source], self.constant(weights, weight.transpose(3, 2, 0, 1)),
             self.constant(bias_node.inputs[1], bias)],
            bias_node.name, kernel_shape=[height, width], strides=strides, pads=pads)

    def pool(self, op, node):
        if node.text("padding") != "VALID":
            raise ValueError(f"`{node.name}` pads")
        return self.add(op, [self.values[node.inputs[0]]], node.name,
                        kernel_shape=node.integers("ksize")[1:3], strides=node.integers("strides")[1:3])

    def head(self, value):
        """Bottleneck with its batch normalisation folded, then the L2 normalisation."""
        weight = self.by_name["InceptionResnetV1/Bottleneck/weights"].tensor().astype(np.float64)
        (norm,) = [node for node in self.graph if node.op == "FusedBatchNorm"]
        gamma, beta, mean, variance = (self.by_name[name].tensor().astype(np.float64) for name in norm.inputs[1:])
        factor = gamma / np.sqrt(variance + norm.real("epsilon"))
        flat = self.add("Flatten", [value], "bottleneck_input", axis=1)
        raw = self.add(
            "Gemm", [flat, self.constant("bottleneck/weights", weight * factor),
                     self.constant("bottleneck/bias", beta - mean * factor)], "bottleneck")
        square = self.add("Mul", [raw, raw], "square")
        axes = numpy_helper.from_array(np.array([1], dtype=np.int64), "norm_axes")
        self.initializers.append(axes)
        total = self.add("ReduceSum", [square, "norm_axes"], "square_sum", keepdims=1)
        bounded = self.add("Max", [total, self.constant("smallest_square", np.array(SMALLEST_SQUARE))], "square_bounded")
        length = self.add("Sqrt", [bounded], "length")
        self.add("Div", [raw, length], "embedding")
