"""Print, for given updates, every question of the catalogue whose answer they change.

An update is a claim of a later edition, or a page: then all claims that are stated on it are meant.
The latest edition is asked every question twice, with the updates and without them: each named
question with the parameters of the competency questions, and each section of the report.

    python benchmarks/updates.py UPDATE... [--with PATH] [--facts PATH]
"""

# ruff: noqa: T201
# A script prints what it finds.

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import yaml

from claude_kg import KnowledgeGraph
from claude_kg.compose import STATED_IN
from claude_kg.editions import LATEST, SUBJECT, Choice
from claude_kg.errors import InputError, KgError
from claude_kg.load import LoadedGraph, Source
from claude_kg.query.catalogue import REPORT_FOLDER, Catalogue, Query

COMPETENCY = Path(__file__).parents[1] / "tests" / "competency"


def main() -> int:
    """Print the changes; 0 in any case but bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("updates", nargs="+", help="claims or pages, by IRI, CURIE or name")
    parser.add_argument("--with", dest="overlays", action="append", default=[], metavar="PATH")
    parser.add_argument("--facts", action="append", metavar="PATH")
    chosen = parser.parse_args()
    try:
        graph = KnowledgeGraph.load(chosen.facts, chosen.overlays, edition=LATEST)
        updates = {claim for text in chosen.updates for claim in claims(graph, text)}
        for line in changes(graph, without(graph, updates)):
            print(line)
    except KgError as error:
        parser.exit(error.exit_code, f"{error}\n")
    return 0


def claims(graph: KnowledgeGraph, text: str) -> list[ox.NamedNode]:
    """The later claims that a name means: itself, or those that are stated on a page.

    Raises InputError where it means none.
    """
    named = {ox.NamedNode(iri) for tier in graph.names.bearers(text) for iri in tier}
    editions = graph.loaded.editions
    found = [
        node
        for node in editions.said
        if isinstance(node, ox.NamedNode)
        and editions.values(node, SUBJECT)
        and editions.edition_of(node)
        and named.intersection({node, *editions.values(node, STATED_IN)})
    ]
    if not found:
        raise InputError(f"{text!r} is no update", "Name a claim of a later edition, or a page")
    return found


def without(graph: KnowledgeGraph, updates: set[ox.NamedNode]) -> KnowledgeGraph:
    """The latest edition as it would be if nobody had made some updates."""
    kept = [t for t in graph.loaded.stated if not updates.intersection({t.subject, t.object})]
    data = ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES) or b""
    source = Source("without the updates", "facts", "nt", data)
    return KnowledgeGraph(LoadedGraph((source,), Choice(LATEST)), cache=False)


def changes(graph: KnowledgeGraph, before: KnowledgeGraph) -> Iterator[str]:
    """The questions that both graphs answer differently, a line each."""
    for question, query, parameters in questions(Catalogue()):
        try:
            new, old = (
                {frozenset(row.items()) for row in one.query(query, parameters, limits=None).rows}
                for one in (graph, before)
            )
        except InputError:
            # What a question is about may be known to one of the two only.
            yield f"{query.name}: {question} (answered by one of both)"
            continue
        if new != old:
            yield f"{query.name}: {question} ({len(new - old)} rows more, {len(old - new)} less)"


def questions(catalogue: Catalogue) -> Iterator[tuple[str, Query, dict[str, str]]]:
    """Every question with its query and parameters, in the order of the files."""
    for path in sorted(COMPETENCY.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            query = catalogue.find(entry["query"])
            yield entry["question"], query, entry.get("parameters", {})
    for name in catalogue.names:
        if name.startswith(f"{REPORT_FOLDER}/"):
            query = catalogue.find(name)
            yield query.summary, query, {}


if __name__ == "__main__":
    raise SystemExit(main())
