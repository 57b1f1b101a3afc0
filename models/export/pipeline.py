"""The reference pipeline: MTCNN cascade, crop, FaceNet, centring, in Python with numpy, OpenCV and onnxruntime.

It follows facenet-pytorch 2.6.0 (`models/utils/detect_face.py`) and is written apart from the Rust pipeline, which
must reproduce it. These are the rules, in this order; all box arithmetic is f32, boxes are (x1, y1, x2, y2).

1. Images are u8 RGB. The detector resizes by adaptive averaging, as torch's `interpolate(mode="area")` does: output i
   of n is the plain mean of the inputs floor(i * in / n) .. ceil((i + 1) * in / n) (exclusive), in both directions,
   not rounded to u8 (OpenCV's INTER_AREA moves boxes by some px). Then x -> (x - 127.5) * 0.0078125 in f32.
2. Pyramid: m = 12 / min_face_px; scale_k = m * factor^k as long as min(h, w) * scale_k >= 12; the size of a level
   is int(h * scale + 1) by int(w * scale + 1), truncated, in f64.
3. P-Net cell (row, column) with prob >= 0.6 (not only above): x1 = floor((2 * column + 1) / scale),
   x2 = floor((2 * column + 12) / scale), rows likewise, in f32. NMS 0.5 within the level, on these boxes; then NMS
   0.7 over the survivors of all levels. Only then the regression: x1 + reg0 * w ..., with w = x2 - x1 (no + 1).
4. Square: the longer side l, around the centre: x1 = x1 + w / 2 - l / 2, x2 = x1 + l.
5. Crop for R-Net and O-Net: coordinates truncated toward zero; x1, y1 at least 1; x2, y2 at most w, h; the pixels
   are columns x1 - 1 .. x2 (exclusive), rows likewise, so a crop has x2 - x1 + 1 columns; resized to 24 or 48. A box
   with an empty crop is dropped (facenet-pytorch would come out of step there).
6. R-Net: score > 0.7, NMS 0.7, then the regression with w = x2 - x1 + 1: x1 + reg0 * w ..., then square.
7. O-Net: score > 0.7; landmarks x = w * p + x1 - 1 with w = x2 - x1 + 1 of the box before its regression; then the
   regression as in 6 (not made square); then NMS 0.7 "min".
8. NMS of 3 and 6 is torchvision's: overlap = inter / (a + b - inter) without any + 1, a box is dropped if its overlap
   with a better one is > threshold. NMS "min" of 7: sides with + 1, inter / min(a, b). Equal scores: the earlier first
   (in 7 the later first). The order of the result is by falling score.
9. Crop for the recogniser (margin): extra = margin * side / (size - margin) for each axis; x1 = int(max(x1 - extra/2,
   0)), x2 = int(min(x2 + extra/2, w)), likewise y: clipped, then truncated; columns x1 .. x2 (exclusive); resized to
   160x160 by OpenCV's INTER_AREA on u8. In f64.
10. embedding = normalise(raw - mean); both in f32, sums in f64.

This file must not know about clips, photographs or measurements.
"""

import json
import os
import tomllib
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

MODELS = Path(__file__).resolve().parent.parent
ASSETS = Path(os.environ.get("ROLLCALL_ASSETS") or MODELS.parent / ".rollcall")


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def read_rgb(path):
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"cannot read the image `{path}`")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def averaged(image, height, width):
    """Rule 1: f32 `[height, width, 3]`; the sums are exact integers."""
    sums = np.zeros((image.shape[0] + 1, image.shape[1] + 1, 3), np.int64)
    sums[1:, 1:] = image.astype(np.int64).cumsum(axis=0).cumsum(axis=1)
    (top, bottom), (left, right) = covered(image.shape[0], height), covered(image.shape[1], width)
    total = sums[bottom][:, right] - sums[top][:, right] - sums[bottom][:, left] + sums[top][:, left]
    n_pixels = (bottom - top)[:, None] * (right - left)[None]
    return (total / n_pixels[..., None]).astype(np.float32)


def covered(n_in, n_out):
    """First input and the one after the last of each output."""
    index = np.arange(n_out)
    return index * n_in // n_out, -(-(index + 1) * n_in // n_out)


def planes(images):
    """`[n, h, w, 3]`, 0 to 255, to normalised f32 `[n, 3, h, w]`."""
    values = (np.asarray(images, dtype=np.float32) - np.float32(127.5)) * np.float32(0.0078125)
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def non_maximum(boxes, scores, threshold):
    """Indices kept, best first: rule 8, plain overlap."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order, kept = np.argsort(-scores, kind="stable"), []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        width = np.maximum(0, np.minimum(boxes[best, 2], boxes[rest, 2]) - np.maximum(boxes[best, 0], boxes[rest, 0]))
        height = np.maximum(0, np.minimum(boxes[best, 3], boxes[rest, 3]) - np.maximum(boxes[best, 1], boxes[rest, 1]))
        inter = width * height
        order = rest[~(inter / (area[best] + area[rest] - inter) > threshold)]
    return np.array(kept, dtype=int)


def non_maximum_min(boxes, scores, threshold):
    """Indices kept, best first: rule 8, overlap relative to the smaller box, sides with + 1."""
    area = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    order, kept = np.argsort(scores, kind="stable")[::-1], []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        width = np.maximum(0, np.minimum(boxes[best, 2], boxes[rest, 2]) - np.maximum(boxes[best, 0], boxes[rest, 0]) + 1)
        height = np.maximum(0, np.minimum(boxes[best, 3], boxes[rest, 3]) - np.maximum(boxes[best, 1], boxes[rest, 1]) + 1)
        order = rest[width * height / np.minimum(area[best], area[rest]) <= threshold]
    return np.array(kept, dtype=int)


def squared(boxes):
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    side = np.maximum(width, height)
    half = np.float32(0.5)
    x1 = boxes[:, 0] + width * half - side * half
    y1 = boxes[:, 1] + height * half - side * half
    return np.stack([x1, y1, x1 + side, y1 + side], axis=1)


def regressed(boxes, offsets, extra):
    """Boxes moved by `offsets` times their sides; `extra` is added to the sides."""
    width = boxes[:, 2] - boxes[:, 0] + np.float32(extra)
    height = boxes[:, 3] - boxes[:, 1] + np.float32(extra)
    return boxes + offsets * np.stack([width, height, width, height], axis=1)


class Detector:
    """The cascade; `detect` gives boxes f32 `[n, 4]`, landmarks f32 `[n, 5, 2]` (x, y), scores f32 `[n]`."""

    def __init__(self, folder=ASSETS / "models" / "mtcnn"):
        self.manifest = tomllib.loads((MODELS / "mtcnn" / "manifest.toml").read_text())
        self.pnet, self.rnet, self.onet = (session(folder / f"{name}.onnx") for name in ("pnet", "rnet", "onet"))
        self.threshold = self.manifest["thresholds"]

    def detect(self, image, min_face_px=None):
        boxes = self.propose(image, min_face_px or self.manifest["pyramid"]["min_face_px"])
        boxes, crops = self.crops(image, boxes, 24)
        if not crops:
            return self.nothing()
        offsets, probability = self.rnet.run(["reg", "prob"], {"input": planes(crops)})
        kept = probability[:, 1] > np.float32(self.threshold["rnet"])
        boxes, offsets, scores = boxes[kept], offsets[kept], probability[kept, 1]
        kept = non_maximum(boxes, scores, 0.7)
        boxes = squared(regressed(boxes[kept], offsets[kept], 1))
        boxes, crops = self.crops(image, boxes, 48)
        if not crops:
            return self.nothing()
        offsets, points, probability = self.onet.run(["reg", "landmarks", "prob"], {"input": planes(crops)})
        kept = probability[:, 1] > np.float32(self.threshold["onet"])
        boxes, offsets, points, scores = boxes[kept], offsets[kept], points[kept], probability[kept, 1]
        side = boxes[:, 2:] - boxes[:, :2] + np.float32(1)
        landmarks = np.stack([points[:, :5], points[:, 5:]], axis=2) * side[:, None] + boxes[:, None, :2] - np.float32(1)
        boxes = regressed(boxes, offsets, 1)
        kept = non_maximum_min(boxes, scores, 0.7)
        return boxes[kept], landmarks[kept], scores[kept]

    @staticmethod
    def nothing():
        return np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32)

    def propose(self, image, min_face_px):
        """P-Net over the pyramid, square boxes."""
        height, width = image.shape[:2]
        scale = 12.0 / min_face_px
        shorter = min(height, width) * scale
        found = [np.zeros((0, 9), np.float32)]
        while shorter >= 12:
            level = averaged(image, int(height * scale + 1), int(width * scale + 1))
            offsets, probability = self.pnet.run(["reg", "prob"], {"input": planes(level[None])})
            rows, columns = np.nonzero(probability[0, 1] >= np.float32(self.threshold["pnet"]))
            start = np.stack([columns, rows], axis=1).astype(np.float32) * 2
            boxes = np.floor(np.concatenate([start + 1, start + 12], axis=1) / np.float32(scale))
            scores = probability[0, 1, rows, columns]
            kept = non_maximum(boxes, scores, 0.5)
            found.append(np.concatenate([boxes, scores[:, None], offsets[0, :, rows, columns]], axis=1)[kept])
            scale *= self.manifest["pyramid"]["factor"]
            shorter *= self.manifest["pyramid"]["factor"]
        found = np.concatenate(found)
        found = found[non_maximum(found[:, :4], found[:, 4], 0.7)]
        return squared(regressed(found[:, :4], found[:, 5:], 0))

    @staticmethod
    def crops(image, boxes, size):
        """The boxes that have pixels, and these pixels resized."""
        height, width = image.shape[:2]
        whole = np.trunc(boxes).astype(int)
        whole[:, :2] = np.maximum(whole[:, :2], 1)
        whole[:, 2] = np.minimum(whole[:, 2], width)
        whole[:, 3] = np.minimum(whole[:, 3], height)
        kept = (whole[:, 2] > whole[:, 0] - 1) & (whole[:, 3] > whole[:, 1] - 1)
        cut = [averaged(image[y1 - 1:y2, x1 - 1:x2], size, size) for x1, y1, x2, y2 in whole[kept]]
        return boxes[kept], cut


class Recogniser:
    """Crop, network and centring of the pack `facenet-casia`."""

    def __init__(self, folder=ASSETS / "models" / "facenet-casia"):
        pack = MODELS / "facenet-casia"
        self.manifest = tomllib.loads((pack / "manifest.toml").read_text())
        self.network = session(folder / self.manifest["files"]["recogniser"]["path"])
        centre = pack / "mean.json"
        self.mean = np.array(json.loads(centre.read_text())["mean"], np.float32) if centre.exists() else None

    def crop_box(self, image, box):
        """Rule 9: whole pixels (x1, y1, x2, y2)."""
        size, margin = self.manifest["align"]["size_px"], self.manifest["align"]["margin_px"]
        height, width = image.shape[:2]
        x1, y1, x2, y2 = (float(value) for value in box)
        extra_x, extra_y = margin * (x2 - x1) / (size - margin), margin * (y2 - y1) / (size - margin)
        return [int(max(x1 - extra_x / 2, 0)), int(max(y1 - extra_y / 2, 0)),
                int(min(x2 + extra_x / 2, width)), int(min(y2 + extra_y / 2, height))]

    def crop(self, image, crop_box):
        x1, y1, x2, y2 = crop_box
        size = self.manifest["align"]["size_px"]
        return cv2.resize(image[y1:y2, x1:x2], (size, size), interpolation=cv2.INTER_AREA)

    def raw(self, crops):
        """Raw embeddings f32 `[n, 512]` of u8 RGB crops."""
        return self.network.run(["embedding"], {"image": np.ascontiguousarray(crops)})[0]

    def centred(self, raw):
        """Rule 10."""
        moved = np.asarray(raw, np.float32) - self.mean
        length = np.sqrt(np.sum(moved.astype(np.float64) ** 2, axis=-1, keepdims=True))
        return (moved / length).astype(np.float32)
