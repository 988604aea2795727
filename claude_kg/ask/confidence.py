"""Tell how sure an answer is, from signs that it is what was asked for.

A logistic model of few signs: its weights are fitted by ``make ask-fit`` to the questions that may
be looked at while tuning, and say how often answers with such signs are right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Signs:
    """What speaks for and against an answer."""

    score: float
    """How near the phrasing is to the question."""
    rank: float
    """The same, together with how likely the form is."""
    lead: float
    """How much nearer than that of any other query, at most 0.4."""
    likely: float
    """How likely the form is to be meant by the whole text, from 0 to 1."""
    outside: float
    """How likely something is meant that is known not to be covered, from 0 to 1."""
    distance: float
    """How much nearer than any question that is known not to be covered, at most 0.6."""
    doubt: float
    """1 where such a question is as near, 0 where it is clearly farther."""
    missing: float
    """How much of the question neither the form nor the answer speaks of."""
    share: float
    """The part of the question that is missing."""
    said: float
    """How much of what the phrasing says the question says too."""
    slots: float
    """How many things of the question the phrasing takes up."""
    idle: float
    """How many things of the question it leaves aside."""
    tool: float
    """Whether the question names a program of which the graph does not know, but people do."""
    unknown: float
    """Whether the question names something else that the graph does not know."""
    undecided: float
    """Whether yes or no is asked for and the form gives neither."""
    torn: float
    """Whether something that says the contrary is about as near."""
    words: float
    """How long the question is, as a logarithm."""
    cued: float
    """Whether it was recognised by a few words, wherever they are."""


BIAS = 0.70
WEIGHTS: Mapping[str, float] = {
    "score": 0.28,
    "rank": 0.00,
    "lead": 0.00,
    "likely": 1.87,
    "outside": -1.83,
    "distance": 1.22,
    "doubt": -0.09,
    "missing": 0.00,
    "share": -1.66,
    "said": 0.28,
    "slots": 0.00,
    "idle": 0.00,
    "tool": 0.93,
    "unknown": -0.53,
    "undecided": -3.04,
    "torn": -2.19,
    "words": -0.08,
    "cued": -0.46,
}


def confidence(signs: Signs) -> float:
    """How often answers with these signs are right, between 0 and 1."""
    total = BIAS + sum(WEIGHTS[name] * value for name, value in asdict(signs).items())
    return 1 / (1 + math.exp(-total))
