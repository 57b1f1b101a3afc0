"""Reads a frozen TensorFlow graph (GraphDef) without TensorFlow: just the wire format and the few messages needed.

Sources of the field numbers: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto.
This file must not know what the graph computes.
"""

import dataclasses
import struct

import numpy as np

DTYPES = {1: np.dtype("<f4"), 3: np.dtype("<i4")}


@dataclasses.dataclass
class Node:
    """One operation; `inputs` are names of nodes without output index, control inputs left out."""

    name: str
    op: str
    inputs: list
    attributes: dict

    def text(self, key):
        return bytes(_only(self.attributes[key], 2)).decode()

    def integers(self, key):
        """A list of integers (`AttrValue.list.i`)."""
        values = []
        for number, value in _fields(_only(self.attributes[key], 1)):
            if number == 3:
                values += _packed(value) if isinstance(value, memoryview) else [value]
        return values

    def real(self, key):
        return struct.unpack("<f", _only(self.attributes[key], 4))[0]

    def tensor(self):
        """The value of a Const as an array."""
        return _tensor(_only(self.attributes["value"], 8))


def read_graph(path):
    """The nodes in the file's order."""
    with open(path, "rb") as handle:
        data = memoryview(handle.read())
    return [_node(value) for number, value in _fields(data) if number == 1]


def _node(data):
    node = Node("", "", [], {})
    for number, value in _fields(data):
        if number == 1:
            node.name = bytes(value).decode()
        elif number == 2:
            node.op = bytes(value).decode()
        elif number == 3 and bytes(value[:1]) != b"^":
            node.inputs.append(bytes(value).decode().removesuffix(":0"))
        elif number == 5:
            node.attributes[bytes(_only(value, 1)).decode()] = _only(value, 2)
    return node


def _tensor(data):
    """A TensorProto: `dtype` 1, `tensor_shape` 2, `tensor_content` 4, `float_val` 5, `int_val` 7."""
    dtype, shape, content, values = None, [], None, []
    for number, value in _fields(data):
        if number == 1:
            dtype = DTYPES[value]
        elif number == 2:
            shape = [_only(extent, 1) for field, extent in _fields(value) if field == 2]
        elif number == 4:
            content = value
        elif number == 5:
            values += np.frombuffer(value, "<f4").tolist()
        elif number == 7:
            values += _packed(value) if isinstance(value, memoryview) else [value]
    if content is not None:
        return np.frombuffer(content, dtype).reshape(shape)
    # A constant of equal values is written as one value.
    return np.full(shape, values[0], dtype) if len(values) == 1 else np.array(values, dtype).reshape(shape)


def _only(data, wanted):
    """The last value of one field, as protobuf has it."""
    found = [value for number, value in _fields(data) if number == wanted]
    if not found:
        raise ValueError(f"field {wanted} is missing in the graph file")
    return found[-1]


def _fields(data):
    """All fields of a message as `(number, value)`: integers, or the bytes of the other wire types."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        kind = key & 7
        if kind == 0:
            value, position = _varint(data, position)
        else:
            if kind == 2:
                n_bytes, position = _varint(data, position)
            elif kind in (1, 5):
                n_bytes = 8 if kind == 1 else 4
            else:
                raise ValueError(f"unknown wire type {kind} in the graph file")
            if position + n_bytes > len(data):
                raise ValueError("the graph file ends inside a field")
            value, position = data[position:position + n_bytes], position + n_bytes
        yield key >> 3, value


def _packed(data):
    values, position = [], 0
    while position < len(data):
        value, position = _varint(data, position)
        values.append(value)
    return values


def _varint(data, position):
    """A signed 64-bit varint."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return (value - (1 << 64) if value >> 63 else value), position
