"""Fit how sure an answer is to questions that may be looked at while tuning.

Run as a program: ``python -m tests.ask.fit``, after ``python -m tests.ask.train --check``, whose
network has not learned these questions. It prints the bias and the weights that
claude_kg/ask/confidence.py holds, and what each threshold makes of the same questions.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np

from claude_kg import KnowledgeGraph
from claude_kg.ask import Asker
from claude_kg.ask.confidence import Signs
from tests.ask.score import HIDDEN, PARTS, judge, questions

HELD_OUT = Path(__file__).parents[2] / "build" / "held-out.json"
"""The questions that were not learned, and beside them the weights that were learned without."""
NAMES = [field.name for field in fields(Signs)]
ROUNDS = 3000
STEP = 0.5
RIDGE = 0.002
FOR = ("score", "rank", "lead", "likely", "distance", "said", "slots")
AGAINST = ("outside", "doubt", "unknown", "missing", "share", "idle", "undecided", "torn")
"""Which signs may but speak for an answer, or against it."""
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
FITTED = 2
"""So many of the likeliest answers to a question are taken as examples."""


@dataclass(frozen=True)
class Example:
    """An answer to a question: its signs, and whether it is right."""

    covered: bool
    signs: list[float]
    right: bool


@cache
def asker() -> Asker:
    """One for each process, with the weights that were learned without the held-out questions."""
    return Asker(KnowledgeGraph.load(), weights=HELD_OUT.with_suffix(".npz"))


def examples(entry: dict[str, Any]) -> list[Example]:
    """The answers to a question, the surest first."""
    found = []
    for answer in asker().drafts(entry["question"]):
        assert answer.signs is not None
        right = entry["covered"] and judge(entry, answer).outcome == "right"
        signs = [float(value) for value in asdict(answer.signs).values()]
        found.append(Example(entry["covered"], signs, right))
    return found or [Example(entry["covered"], [], right=False)]


def fit(found: Sequence[Example]) -> tuple[float, list[float]]:
    """Bias and weights of a logistic model, by gradient descent on scaled signs."""
    signs = np.array([e.signs for e in found])
    right = np.array([e.right for e in found], dtype=float)
    means, spread = signs.mean(axis=0), signs.std(axis=0)
    spread[spread == 0] = 1.0
    rows = (signs - means) / spread
    least = np.array([0.0 if name in FOR else -np.inf for name in NAMES])
    most = np.array([0.0 if name in AGAINST else np.inf for name in NAMES])
    bias, weights = 0.0, np.zeros(len(NAMES))
    for _ in range(ROUNDS):
        error = 1 / (1 + np.exp(-(bias + rows @ weights))) - right
        bias -= STEP * float(error.mean())
        weights -= STEP * (rows.T @ error / len(rows) + RIDGE * weights)
        weights = weights.clip(least, most)
    plain = weights / spread
    return bias - float(plain @ means), plain.tolist()


def main() -> None:
    if not HELD_OUT.exists():
        sys.exit(f"{HELD_OUT} is missing: run python -m tests.ask.train --check")
    left_out = set(json.loads(HELD_OUT.read_text(encoding="utf-8")))
    parts = [part for part in PARTS if part not in HIDDEN]
    entries = [e for part in parts for e in questions(part) if e["question"] in left_out]
    with Pool() as pool:
        answers = pool.map(examples, entries, chunksize=10)
    bias, weights = fit([e for es in answers for e in es[:FITTED] if e.signs])
    sys.stdout.write(f"BIAS = {bias:.2f}\n")
    for name, weight in zip(NAMES, weights, strict=True):
        sys.stdout.write(f'    "{name}": {weight:.2f},\n')
    for threshold in THRESHOLDS:
        counts = {"right": 0, "declined": 0, "wrong": 0}
        for of_one in answers:
            sure = [
                1
                / (1 + math.exp(-bias - sum(w * s for w, s in zip(weights, e.signs, strict=True))))
                for e in of_one
                if e.signs
            ]
            covered = of_one[0].covered
            if max(sure, default=0.0) < threshold:
                counts["declined" if covered else "right"] += 1
            else:
                counts["right" if of_one[sure.index(max(sure))].right else "wrong"] += 1
        shares = ", ".join(f"{k} {v / len(answers):.1%}" for k, v in counts.items())
        sys.stdout.write(f"at {threshold}: {shares}\n")


if __name__ == "__main__":
    main()
