"""Print how many questions are answered right, declined, or answered wrong, part by part.

Run as a program: ``python tests/ask/score.py [PART…] [--show]``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from claude_kg import KnowledgeGraph
from claude_kg.ask import Answer, Asker
from claude_kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
PARTS = (
    *("tuning", "tuning-2", "tuning-3", "tuning-4", "tuning-5", "tuning-6"),
    *("tuning-7", "tuning-8", "tuning-9", "tuning-10", "tuning-11"),
    *("unseen", "unseen-2", "unseen-3", "unseen-4", "own"),
)
# Whoever tunes sees of this part the score alone.
HIDDEN = ("unseen", "unseen-2", "unseen-3", "unseen-4")


@dataclass(frozen=True)
class Scored:
    """A question, what came of it (right, declined or wrong), and why."""

    question: str
    outcome: str
    reason: str


def questions(part: str) -> list[dict[str, Any]]:
    path = HERE / f"{part}.yaml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8")) or ()) if path.exists() else []


def judge(entry: dict[str, Any], answer: Answer) -> Scored:
    """Compare an answer with what is expected of it."""
    question = entry["question"]
    if not entry["covered"]:
        outcome = "wrong" if answer.covered else "right"
        return Scored(question, outcome, f"not covered, answered: {answer.answer[:150]}")
    if not answer.covered:
        return Scored(question, "declined", "covered")
    expected = entry["verdict"]
    if expected not in ("any", answer.verdict or "none"):
        return Scored(question, "wrong", f"verdict {answer.verdict}: {answer.answer[:250]}")
    tables = (answer.evidence, *answer.further)
    cells = (cell for table in tables for row in table.rows for cell in row)
    text = "\n".join((answer.answer, *answer.notes, *cells)).casefold()
    for mention in entry.get("mentions", ()):
        alternatives = mention if isinstance(mention, list) else [mention]
        if not any(alternative.casefold() in text for alternative in alternatives):
            return Scored(question, "wrong", f"no {mention} in: {answer.answer[:250]}")
    for never in entry.get("never", ()):
        if never.casefold() in text:
            return Scored(question, "wrong", f"{never!r} in: {answer.answer[:250]}")
    return Scored(question, "right", "")


def score(asker: Asker, entries: Iterable[dict[str, Any]]) -> list[Scored]:
    scored = []
    for entry in entries:
        try:
            answer = asker.ask(entry["question"])
        except InputError:
            answer = Answer(entry["question"], covered=False, answer="")
        scored.append(judge(entry, answer))
    return scored


def main(arguments: list[str]) -> None:
    parts = [argument for argument in arguments if not argument.startswith("-")] or PARTS
    overlays = [a.removeprefix("--with=") for a in arguments if a.startswith("--with=")]
    asker = Asker(KnowledgeGraph.load(overlays=overlays))
    for part in parts:
        scored = score(asker, questions(part))
        if "--show" in arguments and part not in HIDDEN:
            for entry in scored:
                if entry.outcome != "right":
                    sys.stdout.write(f"{entry.outcome}: {entry.question}\n    {entry.reason}\n")
        counts = {o: sum(s.outcome == o for s in scored) for o in ("right", "declined", "wrong")}
        total = len(scored) or 1
        shares = ", ".join(f"{name} {n} ({n / total:.0%})" for name, n in counts.items())
        sys.stdout.write(f"{part}: {len(scored)} questions: {shares}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
