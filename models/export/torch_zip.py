"""Reads the state dict of a PyTorch file without PyTorch, and without running anything that the file says.

Both layouts are read: the zip of today and the older one of five pickles followed by raw storages (which the MTCNN
weights use). The unpickler knows three names and refuses every other. This file must not know any network.
"""

import collections
import io
import pickle
import struct
import zipfile

import numpy as np

DTYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8"}
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def read_state_dict(path):
    """All tensors of a file as `{name: array}` (C order, float32 or as stored)."""
    with open(path, "rb") as handle:
        head = handle.read(4)
        handle.seek(0)
        tensors = _read_zip(handle) if head == b"PK\x03\x04" else _read_legacy(handle)
    return {name: np.ascontiguousarray(tensor()) for name, tensor in tensors.items() if callable(tensor)}


class _Storage:
    """A storage named by the pickle; its numbers arrive later."""

    def __init__(self, dtype, key, n_elements):
        self.dtype, self.key, self.n_elements, self.data = dtype, key, n_elements, None


class _Unpickler(pickle.Unpickler):
    def __init__(self, handle, storages):
        super().__init__(handle, encoding="utf-8")
        self.storages = storages

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in DTYPES:
            return np.dtype(DTYPES[name])
        raise pickle.UnpicklingError(f"refused to load `{module}.{name}` from a weights file")

    def persistent_load(self, identity):
        kind, dtype, key, _, n_elements = identity[:5]
        if kind != "storage":
            raise pickle.UnpicklingError(f"unknown reference `{kind}` in a weights file")
        return self.storages.setdefault(key, _Storage(dtype, key, n_elements))


def _rebuild_tensor(storage, offset, shape, strides, *_):
    """Tensors are views: some weights of MTCNN are stored transposed, which only the strides tell."""

    def tensor():
        size = storage.data.itemsize
        last = offset + sum((extent - 1) * stride for extent, stride in zip(shape, strides))
        if last >= storage.data.size:
            raise ValueError("a tensor reaches beyond its storage in a weights file")
        return np.lib.stride_tricks.as_strided(
            storage.data[offset:], shape=shape, strides=[stride * size for stride in strides], writeable=False,
        )

    return tensor


def _read_legacy(handle):
    storages = {}
    magic, _, _ = (_Unpickler(handle, storages).load() for _ in range(3))
    if magic != LEGACY_MAGIC:
        raise ValueError("not a PyTorch file")
    state = _Unpickler(handle, storages).load()
    for key in _Unpickler(handle, storages).load():
        storage = storages[key]
        (n_elements,) = struct.unpack("<q", handle.read(8))
        if n_elements != storage.n_elements:
            raise ValueError("a storage of a PyTorch file has another length than its pickle says")
        storage.data = np.frombuffer(handle.read(n_elements * storage.dtype.itemsize), storage.dtype)
    return state


def _read_zip(handle):
    storages = {}
    with zipfile.ZipFile(handle) as archive:
        (pickle_name,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        folder = pickle_name.removesuffix("data.pkl")
        state = _Unpickler(io.BytesIO(archive.read(pickle_name)), storages).load()
        for key, storage in storages.items():
            storage.data = np.frombuffer(archive.read(f"{folder}data/{key}"), storage.dtype)
    return state
