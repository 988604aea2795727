"""The packaged graph, what the reference draws from it, and copies of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyoxigraph as ox
import pytest

from claude_kg.load import load
from claude_kg.reason import Reasoning, reason
from claude_kg.terms import KG

Copies = Callable[[Sequence[ox.Triple], int], list[ox.Triple]]


@pytest.fixture(scope="session")
def packaged() -> tuple[ox.Triple, ...]:
    return load().asserted


@pytest.fixture(scope="session")
def reasoning(packaged: tuple[ox.Triple, ...]) -> Reasoning:
    return reason(packaged)


@pytest.fixture(scope="session")
def copies() -> Copies:
    """The graph with its individuals once more under new names, until there are N of each."""

    def copied(triples: Sequence[ox.Triple], number: int) -> list[ox.Triple]:
        made = dict.fromkeys(triples)
        for copy in range(1, number):
            for t in triples:
                subject, object_ = t.subject, t.object
                if isinstance(subject, ox.NamedNode) and subject.value.startswith(KG):
                    subject = ox.NamedNode(f"{subject.value}--{copy}")
                if isinstance(object_, ox.NamedNode) and object_.value.startswith(KG):
                    object_ = ox.NamedNode(f"{object_.value}--{copy}")
                made[ox.Triple(subject, t.predicate, object_)] = None
        return list(made)

    return copied
