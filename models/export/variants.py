"""The same network in other precisions: fp16, and int8 by a table of ranges that is in git.

Nothing is run here, so that the files are the same on every machine: the ranges come from `calibrate.py`, weights are
only scaled and rounded. This file must not know the layers of any network, nor photographs.
"""

import json
import logging

import numpy as np
from onnx import TensorProto, helper, numpy_helper, shape_inference
from onnxruntime.quantization import CalibrationMethod, QuantType
from onnxruntime.quantization.calibrate import TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

# The node with which the L2 normalisation at the end begins, and what is computed in whole numbers before it.
NORMALISED_FROM = "square"
QUANTISED = ("Conv", "Gemm", "MaxPool", "AveragePool", "Concat", "Add", "Mul", "Relu", "Flatten")


def half(model):
    """Weights and all between in fp16, images and embeddings as before. The L2 normalisation stays in fp32: a sum of
    squares in fp16 keeps three digits."""
    found = _copy(model)
    in_single = {name for node in found.graph.node if node.name in normalisation(model) for name in node.input}
    for constant in found.graph.initializer:
        if constant.data_type == TensorProto.FLOAT and constant.name not in in_single:
            constant.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(constant).astype(np.float16), constant.name))
    nodes = list(found.graph.node)
    first, last = nodes[0], nodes[[node.name for node in nodes].index(NORMALISED_FROM) - 1]
    if first.op_type != "Cast":
        raise ValueError(f"the network begins with a `{first.op_type}`, expected the cast of the pixels")
    del first.attribute[:]
    first.attribute.append(helper.make_attribute("to", TensorProto.FLOAT16))
    (raw,) = last.output
    last.output[0] = f"{raw}_f16"
    nodes.insert(nodes.index(last) + 1, helper.make_node("Cast", [f"{raw}_f16"], [raw], name=raw, to=TensorProto.FLOAT))
    last.name = f"{raw}_f16"
    del found.graph.node[:]
    found.graph.node.extend(nodes)
    return found


def quantised(model, table):
    """Static int8 in QDQ form: u8 between the layers with the ranges of `table`, i8 weights per channel."""
    ranges = {name: tuple(np.array(end, np.float32) for end in ends) for name, ends in table["ranges"].items()}
    known = shape_inference.infer_shapes(_copy(model))
    left_out = normalisation(model)
    # The quantiser warns that it would rather have a model without batch normalisation; this one has none.
    logging.disable(logging.WARNING)
    try:
        quantiser = QDQQuantizer(
            known, per_channel=True, reduce_range=False, weight_qType=QuantType.QInt8, activation_qType=QuantType.QUInt8,
            tensors_range=TensorsData(CalibrationMethod.MinMax, ranges), nodes_to_quantize=[],
            nodes_to_exclude=left_out, op_types_to_quantize=list(QUANTISED), extra_options={})
        quantiser.quantize_model()
    finally:
        logging.disable(logging.NOTSET)
    quantiser.model.topological_sort()
    found = quantiser.model.model
    # What the quantiser says about itself.
    found.producer_name, found.producer_version = model.producer_name, model.producer_version
    del found.metadata_props[:]
    return found


def normalisation(model):
    """Names of the nodes from the first square on: `embedding = raw / |raw|`."""
    names = [node.name for node in model.graph.node]
    return names[names.index(NORMALISED_FROM):]


def measured(model):
    """Names of the f32 values whose ranges `quantised` needs."""
    left_out = set(normalisation(model))
    constants = {constant.name for constant in model.graph.initializer}
    names = []
    for node in model.graph.node:
        if node.op_type in QUANTISED and node.name not in left_out:
            names += [name for name in (*node.input, *node.output) if name not in constants and name not in names]
    return names


def read_table(path):
    return json.loads(path.read_text())


def _copy(model):
    copy = type(model)()
    copy.CopyFrom(model)
    return copy
