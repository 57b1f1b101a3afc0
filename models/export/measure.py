"""Measures the recogniser pack on labelled photographs: pairs, open-set decisions, and the Hamming radius.

    .rollcall/venv/bin/python models/export/measure.py       (needs ROLLCALL_SHARED, default ../shared)

Open set: galleries of random people with three photographs each, best template per person; probes are single other
photographs of these people, and photographs of everyone else as strangers. Decision: accept when the best person's
similarity reaches the threshold and leads the second-best person by the margin. Similarities are those of fp32
vectors; figures are over all galleries of one seeded run. Nothing is written: the figures go into manifests by hand.
"""

import argparse
import sys

import numpy as np

from faces import load
from pipeline import Recogniser

PHOTOS_PER_PERSON = 3
SEED = 20261122


def main():
    parser = argparse.ArgumentParser(description="Measure the recogniser on labelled photographs.")
    parser.add_argument("--people", type=int, default=100, help="people per gallery")
    parser.add_argument("--galleries", type=int, default=100, help="random galleries")
    arguments = parser.parse_args()
    faces = load()
    if faces is None:
        return 0
    recogniser = Recogniser()
    point = recogniser.manifest["operating_point"]
    vectors = recogniser.centred(faces.raw)
    print(f"{len(vectors)} photographs, {faces.n_people} people with several; single photographs as probes")
    print_pairs("centred", vectors, faces)
    print_pairs("not centred", faces.raw, faces)
    half = faces.person % 2 == 0
    other = faces.raw[~half] - faces.raw[half].mean(axis=0)
    print_pairs("centre from one half, pairs of the other", other / np.linalg.norm(other, axis=1, keepdims=True), faces, ~half)
    trials = Trials(vectors, faces, arguments.people, arguments.galleries)
    trials.print_thresholds(point["margin"])
    trials.print_point(point)
    trials.print_radii(point, recogniser.manifest["code"]["radius"])
    return 0


def print_pairs(name, vectors, faces, used=None):
    """TAR at fixed FMR over all pairs; pairs within people are genuine, all others impostor."""
    person = faces.person if used is None else faces.person[used]
    similarity = vectors @ vectors.T
    first, second = np.triu_indices(len(person), 1)
    same = person[first] == person[second]
    genuine = similarity[first[same], second[same]]
    impostor = np.sort(similarity[first[~same], second[~same]])
    line = f"pairs, {name}: {len(genuine)} genuine, {len(impostor)} impostor;"
    for rate in (1e-2, 1e-3, 1e-4):
        threshold = impostor[int(np.ceil(len(impostor) * (1 - rate)))]
        line += f"  TAR {np.mean(genuine > threshold):.4f} at FMR {rate:g} ({threshold:.3f})"
    print(line)


class Trials:
    """Every probe against its gallery: best and second-best similarity, exactly and by way of the binary codes."""

    def __init__(self, vectors, faces, n_people, n_galleries):
        self.n_people, self.n_galleries = n_people, n_galleries
        random = np.random.default_rng(SEED)
        codes = (vectors > 0).astype(np.float32)
        best, second, right, known, hamming = [], [], [], [], []
        for _ in range(n_galleries):
            chosen = random.permutation(faces.n_people)[:n_people]
            templates = np.concatenate([
                random.permutation(np.nonzero(faces.person == person)[0])[:PHOTOS_PER_PERSON] for person in chosen])
            probes = np.setdiff1d(np.arange(len(vectors)), templates)
            similarity = (vectors[probes] @ vectors[templates].T).reshape(len(probes), n_people, PHOTOS_PER_PERSON)
            # Differing bits: a + b - 2ab, exact in f32.
            a, b = codes[probes], codes[templates]
            distance = a.sum(1)[:, None] + b.sum(1)[None] - 2 * (a @ b.T)
            best_two = np.argsort(-similarity.max(axis=2), axis=1, kind="stable")[:, :2]
            rows = np.arange(len(probes))
            best.append(similarity.max(axis=2)[rows, best_two[:, 0]])
            second.append(similarity.max(axis=2)[rows, best_two[:, 1]])
            right.append(chosen[best_two[:, 0]] == faces.person[probes])
            known.append(np.isin(faces.person[probes], chosen))
            hamming.append((similarity, distance.reshape(similarity.shape).astype(np.int16)))
        self.best, self.second = np.concatenate(best), np.concatenate(second)
        self.right, self.known = np.concatenate(right), np.concatenate(known)
        self.hamming = hamming

    def rates(self, threshold, margin):
        """FPIR (strangers accepted), FNIR (enrolled people not accepted as themselves), wrong person."""
        accepted = (self.best >= threshold) & (self.best - self.second >= margin)
        return (np.mean(accepted[~self.known]), np.mean(~(accepted & self.right)[self.known]),
                np.mean((accepted & ~self.right)[self.known]))

    def print_thresholds(self, margin):
        print(f"open set: {self.n_galleries} galleries of {self.n_people} people, {PHOTOS_PER_PERSON} photographs each, "
              f"{self.known.sum()} probes of enrolled people, {(~self.known).sum()} of strangers; margin {margin}")
        print("  threshold   FPIR     FNIR     wrong person")
        for threshold in np.arange(0.48, 0.76, 0.02):
            print("  {:9.2f}   {:.4f}   {:.4f}   {:.5f}".format(threshold, *self.rates(threshold, margin)))
        for rate in (0.05, 0.01, 0.001):
            grid = np.arange(0.4, 0.9, 0.001)
            found = grid[np.argmax([self.rates(value, margin)[0] <= rate for value in grid])]
            print(f"  FPIR {rate:g} at threshold {found:.3f}: FNIR {self.rates(found, margin)[1]:.4f}; "
                  f"without the margin FPIR {self.rates(found, -1)[0]:.4f}, FNIR {self.rates(found, -1)[1]:.4f}")

    def print_point(self, point):
        fpir, fnir, wrong = self.rates(point["threshold"], point["margin"])
        review = np.mean(self.best[~self.known] >= point["review_floor"])
        lost = np.mean(self.best[self.known] < point["review_floor"])
        print(f"manifest's point (threshold {point['threshold']}, margin {point['margin']}): FPIR {fpir:.4f}, FNIR {fnir:.4f}, "
              f"wrong person {wrong:.5f}; at or above the review floor {point['review_floor']}: {review:.4f} of strangers, "
              f"{1 - lost:.4f} of enrolled people")

    def print_radii(self, point, chosen):
        """Decisions by way of the radius against exact ones: same outcome and, when accepted or reviewed, same person."""
        floor = point["review_floor"]
        expected = 512 * np.arccos(floor) / np.pi
        largest = max(int(distance[similarity >= floor].max()) for similarity, distance in self.hamming)
        print(f"radius: {expected:.0f} expected at the review floor {floor}, + 4 x 8.5 = {expected + 34:.0f}; "
              f"largest distance of a pair at or above the floor {largest}; the manifest says {chosen}")
        print("  radius   agreement of decisions   templates within the radius (strangers' probes)")
        for radius in sorted({160, 170, 180, 190, 200, 210, chosen}):
            n_same = n_probes = 0
            share = []
            start = 0
            for similarity, distance in self.hamming:
                within = np.where(distance <= radius, similarity, -1.0)
                stop = start + len(similarity)
                n_same += np.sum(outcome(similarity, point) == outcome(within, point))
                n_probes += len(similarity)
                share.append(np.mean(distance[~self.known[start:stop]] <= radius))
                start = stop
            print(f"  {radius:6d}   {n_same / n_probes:.6f} of {n_probes}      {np.mean(share):.4f}")


def outcome(similarity, point):
    """Per probe: the person's index when accepted, 1000 + it for review, -1 for unknown."""
    by_person = np.sort(similarity.max(axis=2), axis=1)
    best, second, person = by_person[:, -1], by_person[:, -2], np.argmax(similarity.max(axis=2), axis=1)
    accepted = (best >= point["threshold"]) & (best - np.maximum(second, -1) >= point["margin"])
    return np.where(accepted, person, np.where(best >= point["review_floor"], 1000 + person, -1))


if __name__ == "__main__":
    sys.exit(main())
