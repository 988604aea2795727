"""An invented vendor with three editions, and ways to look at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from claude_kg import KnowledgeGraph

LATER = Path(__file__).with_name("later.ttl")
EX = "https://example.org/examplia/"

At = Callable[..., KnowledgeGraph]
Values = Callable[[KnowledgeGraph, str, str], set[str]]


@pytest.fixture(scope="session")
def later() -> Path:
    """What Examplia says later, in two more editions."""
    return LATER


@pytest.fixture(scope="session")
def at(cache_folder: Path, vendor: Path) -> At:
    """The graph of Examplia at an edition or a date."""

    def load(edition: str | None = None, as_of: str | None = None) -> KnowledgeGraph:
        return KnowledgeGraph.load(facts=[vendor], overlays=[LATER], edition=edition, as_of=as_of)

    return load


@pytest.fixture(scope="session")
def values() -> Values:
    """What a graph states of a thing by one property, as short names and texts."""

    def ask(graph: KnowledgeGraph, thing: str, prop: str) -> set[str]:
        query = f"SELECT ?value WHERE {{ <{EX}{thing}> {prop} ?value }}"
        rows = graph.query(query, asserted=True, limits=None).rows
        terms = [row["value"] for row in rows if not isinstance(row["value"], ox.Triple)]
        return {term.value.rpartition("/")[2].rpartition("#")[2] for term in terms}

    return ask
