"""Fit how sure an answer is to the questions that may be looked at while tuning.

Run as a program: ``python -m tests.ask.fit``. It prints the bias and the weights that
claude_kg/ask/confidence.py holds, and what each threshold makes of the same questions.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from claude_kg import KnowledgeGraph
from claude_kg.ask import Asker
from claude_kg.ask.confidence import Signs
from tests.ask.score import HIDDEN, PARTS, judge, questions

NAMES = [field.name for field in fields(Signs)]
ROUNDS = 3000
STEP = 0.5
RIDGE = 0.002
FOR = ("score", "lead", "distance", "said", "slots")
AGAINST = ("doubt", "unknown", "missing", "share", "idle", "undecided", "torn")
"""Which signs may but speak for an answer, or against it."""
FITTED = 2
"""So many of the likeliest answers to a question are taken as examples."""


@dataclass(frozen=True)
class Example:
    """An answer to a question: its signs, and whether it is right."""

    question: int
    covered: bool
    signs: list[float]
    right: bool


def examples(asker: Asker) -> list[Example]:
    """The answers to all questions that may be looked at."""
    found: list[Example] = []
    entries = [entry for part in PARTS if part not in HIDDEN for entry in questions(part)]
    for number, entry in enumerate(entries):
        for answer in asker.drafts(entry["question"]):
            assert answer.signs is not None
            right = judge(entry, answer).outcome == "right"
            signs = [float(value) for value in asdict(answer.signs).values()]
            found.append(Example(number, entry["covered"], signs, right and entry["covered"]))
    return found


def fit(found: Sequence[Example]) -> tuple[float, list[float]]:
    """Bias and weights of a logistic model, by gradient descent on scaled signs."""
    size = len(NAMES)
    means = [sum(e.signs[k] for e in found) / len(found) for k in range(size)]
    spread = [
        math.sqrt(sum((e.signs[k] - means[k]) ** 2 for e in found) / len(found)) or 1.0
        for k in range(size)
    ]
    rows = [([(e.signs[k] - means[k]) / spread[k] for k in range(size)], e.right) for e in found]
    bias, weights = 0.0, [0.0] * size
    for _ in range(ROUNDS):
        slope, slopes = 0.0, [RIDGE * len(rows) * weight for weight in weights]
        for signs, right in rows:
            total = bias + sum(w * s for w, s in zip(weights, signs, strict=True))
            error = 1 / (1 + math.exp(-total)) - right
            slope += error
            for k, sign in enumerate(signs):
                slopes[k] += error * sign
        bias -= STEP * slope / len(rows)
        weights = [w - STEP * s / len(rows) for w, s in zip(weights, slopes, strict=True)]
        weights = [
            max(w, 0.0) if name in FOR else min(w, 0.0) if name in AGAINST else w
            for name, w in zip(NAMES, weights, strict=True)
        ]
    plain = [w / d for w, d in zip(weights, spread, strict=True)]
    return bias - sum(w * m for w, m in zip(plain, means, strict=True)), plain


def main() -> None:
    found = examples(Asker(KnowledgeGraph.load()))
    by_question: dict[int, list[Example]] = {}
    for example in found:
        by_question.setdefault(example.question, []).append(example)
    bias, weights = fit([e for es in by_question.values() for e in es[:FITTED]])
    sys.stdout.write(f"BIAS = {bias:.2f}\n")
    for name, weight in zip(NAMES, weights, strict=True):
        sys.stdout.write(f'    "{name}": {weight:.2f},\n')
    for threshold in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
        counts = {"right": 0, "declined": 0, "wrong": 0}
        for answers in by_question.values():
            sure = [bias + sum(map(float.__mul__, weights, e.signs)) for e in answers]
            best = max(range(len(answers)), key=sure.__getitem__)
            covered = answers[0].covered
            if 1 / (1 + math.exp(-sure[best])) < threshold:
                counts["declined" if covered else "right"] += 1
            else:
                counts["right" if answers[best].right else "wrong"] += 1
        shares = ", ".join(f"{k} {v / len(by_question):.0%}" for k, v in counts.items())
        sys.stdout.write(f"at {threshold}: {shares}\n")


if __name__ == "__main__":
    main()
