"""Tests of the file readers, the exporters and the reference pipeline's rules, on made-up data.

    .rollcall/venv/bin/python -m unittest discover -s models/export
"""

import os
import pickle
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import calibrate
import graphdef
import mtcnn
import pipeline
import plain
import torch_zip
import variants


class TorchFiles(unittest.TestCase):
    def read(self, data):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "weights.pt")
            path.write_bytes(data)
            return torch_zip.read_state_dict(path)

    def test_a_pickle_that_would_run_a_program_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            mark = Path(folder, "ran")

            class Evil:
                def __reduce__(self):
                    return os.mkdir, (str(mark),)

            data = b"".join(pickle.dumps(part, 2) for part in (torch_zip.LEGACY_MAGIC, 1001, {}, Evil()))
            with self.assertRaises(pickle.UnpicklingError):
                self.read(data)
            self.assertFalse(mark.exists())

    def test_another_file_is_refused(self):
        with self.assertRaises(ValueError):
            self.read(b"".join(pickle.dumps(part, 2) for part in (7, 1001, {})))

    def test_transposed_tensors_are_read_by_their_strides(self):
        storage = torch_zip._Storage(np.dtype("<f4"), "0", 6)
        storage.data = np.arange(6, dtype="<f4")
        tensor = torch_zip._rebuild_tensor(storage, 0, (2, 3), (1, 2))()
        self.assertEqual(tensor.tolist(), [[0, 2, 4], [1, 3, 5]])
        with self.assertRaises(ValueError):
            torch_zip._rebuild_tensor(storage, 1, (2, 3), (1, 2))()


class Graphs(unittest.TestCase):
    def node(self, **attributes):
        return graphdef.Node("n", "Const", [], attributes)

    def test_tensors_of_both_kinds(self):
        shape = bytes([0x12, 4, 0x12, 2, 0x08, 2])
        content = bytes([0x08, 1]) + shape + bytes([0x22, 8]) + struct.pack("<2f", 1.5, -2)
        repeated = bytes([0x08, 1]) + shape + bytes([0x2A, 4]) + struct.pack("<f", 3)
        for data, expected in ((content, [1.5, -2]), (repeated, [3, 3])):
            value = memoryview(bytes([0x42, len(data)]) + data)
            self.assertEqual(self.node(value=value).tensor().tolist(), expected)

    def test_a_truncated_file_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "graph.pb")
            path.write_bytes(bytes([0x0A, 100, 0x0A, 1, 0x61]))
            with self.assertRaises(ValueError):
                graphdef.read_graph(path)


class Rules(unittest.TestCase):
    def test_averaging_covers_whole_pixels(self):
        image = np.repeat(np.arange(5, dtype=np.uint8)[None, :, None], 3, axis=2)
        # floor(i * 5 / 2) .. ceil((i + 1) * 5 / 2): 0..3 and 2..5.
        self.assertEqual(pipeline.averaged(image, 1, 2)[0, :, 0].tolist(), [1.0, 3.0])
        self.assertEqual(pipeline.averaged(image, 1, 10)[0, :, 0].tolist(), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])

    def test_suppression_keeps_the_better_box(self):
        boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10], [2, 2, 5, 5]], np.float32)
        scores = np.array([0.8, 0.9, 0.7, 0.6], np.float32)
        self.assertEqual(pipeline.non_maximum(boxes, scores, 0.5).tolist(), [1, 2, 3])
        self.assertEqual(pipeline.non_maximum_min(boxes, scores, 0.7).tolist(), [1, 2])

    def test_square_keeps_the_centre(self):
        square = pipeline.squared(np.array([[0, 0, 10, 20]], np.float32))
        self.assertEqual(square.tolist(), [[-5, 0, 15, 20]])

    def test_crop_boxes_are_widened_then_clipped_then_truncated(self):
        recogniser = pipeline.Recogniser.__new__(pipeline.Recogniser)
        recogniser.manifest = {"align": {"size_px": 160, "margin_px": 32}}
        image = np.zeros((100, 90, 3), np.uint8)
        self.assertEqual(recogniser.crop_box(image, [10.4, 20, 50.4, 60]), [5, 15, 55, 65])
        self.assertEqual(recogniser.crop_box(image, [-3, 70, 80, 98]), [0, 66, 90, 100])


# Shapes of the published layers: outputs, inputs and side of a convolution; outputs and inputs of a dense layer.
LAYERS = {
    "pnet": {"conv1": (10, 3, 3), "conv2": (16, 10, 3), "conv3": (32, 16, 3), "conv4_1": (2, 32, 1), "conv4_2": (4, 32, 1)},
    "rnet": {"conv1": (28, 3, 3), "conv2": (48, 28, 3), "conv3": (64, 48, 2), "dense4": (128, 576), "dense5_1": (2, 128),
             "dense5_2": (4, 128)},
    "onet": {"conv1": (32, 3, 3), "conv2": (64, 32, 3), "conv3": (64, 64, 3), "conv4": (128, 64, 2), "dense5": (256, 1152),
             "dense6_1": (2, 256), "dense6_2": (4, 256), "dense6_3": (10, 256)},
}


class Detectors(unittest.TestCase):
    def test_rearranged_layers_compute_what_the_published_ones_do(self):
        random = np.random.default_rng(3)
        for name, sizes in (("pnet", [(12, 12), (13, 31), (40, 27)]), ("rnet", [(24, 24)]), ("onet", [(48, 48)])):
            weights = {}
            for layer, (n_outputs, n_inputs, *side) in LAYERS[name].items():
                shape = (n_outputs, n_inputs, *side, *side)
                weights[f"{layer}.weight"] = random.normal(0, np.prod(shape[1:]) ** -0.5, shape).astype(np.float32)
                weights[f"{layer}.bias"] = random.normal(0, 0.2, n_outputs).astype(np.float32)
                if "_" not in layer:
                    # Below 0, from 0 to 1 and above: three rules.
                    slope = random.permutation(np.linspace(-1.3, 1.4, n_outputs))
                    weights[f"prelu{layer[-1]}.weight"] = slope.astype(np.float32)
            model = mtcnn.build(name, weights)
            onnx.checker.check_model(model, full_check=True)
            session = pipeline.onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
            for height, width in sizes:
                image = random.uniform(-1, 1, (height, width, 3)).astype(np.float32)
                found = session.run(None, {"input": image.transpose(2, 0, 1)[None]})
                found = dict(zip([output.name for output in session.get_outputs()], found))
                reg, face, landmarks = plain.evaluate_mtcnn(name, weights, image)
                if name == "pnet":
                    reg = reg.transpose(0, 3, 1, 2)
                np.testing.assert_allclose(found["reg"], reg, atol=2e-5)
                np.testing.assert_allclose(found["prob"][:, 1], face, atol=2e-5)
                np.testing.assert_allclose(found["prob"].sum(axis=1), 1, atol=1e-6)
                if landmarks is not None:
                    np.testing.assert_allclose(found["landmarks"], landmarks, atol=2e-5)


def network(random):
    """Pixels, one convolution, a bottleneck and the normalisation, as the recogniser has them."""
    constants = {
        "weights": random.normal(0, 0.02, (8, 3, 3, 3)), "bias": random.normal(0, 0.1, 8), "flat_weights": random.normal(0, 0.1, (512, 16)),
        "flat_bias": random.normal(0, 0.1, 16), "smallest_square": np.array(1e-10)}
    initializers = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()]
    initializers.append(numpy_helper.from_array(np.array([1], np.int64), "norm_axes"))
    steps = [
        ("Cast", ["image"], "image_f32", {"to": TensorProto.FLOAT}), ("Transpose", ["image_f32"], "image_nchw", {"perm": [0, 3, 1, 2]}),
        ("Conv", ["image_nchw", "weights", "bias"], "conv", {}), ("Relu", ["conv"], "relu", {}),
        ("Flatten", ["relu"], "flat", {"axis": 1}), ("Gemm", ["flat", "flat_weights", "flat_bias"], "bottleneck", {}),
        ("Mul", ["bottleneck", "bottleneck"], "square", {}), ("ReduceSum", ["square", "norm_axes"], "square_sum", {"keepdims": 1}),
        ("Max", ["square_sum", "smallest_square"], "square_bounded", {}), ("Sqrt", ["square_bounded"], "length", {}),
        ("Div", ["bottleneck", "length"], "embedding", {})]
    nodes = [helper.make_node(op, inputs, [output], name=output, **more) for op, inputs, output, more in steps]
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", 10, 10, 3])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", 16])], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="rollcall")


class Variants(unittest.TestCase):
    def setUp(self):
        random = np.random.default_rng(5)
        self.model = network(random)
        self.images = random.integers(0, 256, (20, 10, 10, 3), np.uint8)
        self.table = {"ranges": calibrate.ranges(self.model, self.images)}

    def embeddings(self, model):
        onnx.checker.check_model(model)
        session = pipeline.onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(["embedding"], {"image": self.images})[0]

    def test_fewer_bits_give_nearly_the_same_embeddings(self):
        expected = self.embeddings(self.model)
        for model, least, kind in (
            (variants.half(self.model), 0.99999, TensorProto.FLOAT16),
            (variants.quantised(self.model, self.table), 0.999, TensorProto.INT8),
        ):
            cosine = np.sum(self.embeddings(model) * expected, axis=1)
            self.assertGreater(cosine.min(), least)
            self.assertIn(kind, {constant.data_type for constant in model.graph.initializer if "weights" in constant.name})

    def test_made_twice_they_are_the_same_bytes_and_the_original_is_untouched(self):
        before = self.model.SerializeToString(deterministic=True)
        for make in (variants.half, lambda model: variants.quantised(model, self.table)):
            first, second = (make(self.model).SerializeToString(deterministic=True) for _ in range(2))
            self.assertEqual(first, second)
        self.assertEqual(self.model.SerializeToString(deterministic=True), before)

    def test_a_table_that_lacks_a_value_is_refused(self):
        del self.table["ranges"]["relu"]
        with self.assertRaises(ValueError):
            variants.quantised(self.model, self.table)


if __name__ == "__main__":
    unittest.main()
