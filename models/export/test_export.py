"""Tests of the file readers and of the reference pipeline's rules, on made-up data.

    .rollcall/venv/bin/python -m unittest discover -s models/export
"""

import os
import pickle
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np

import graphdef
import pipeline
import torch_zip


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


if __name__ == "__main__":
    unittest.main()
