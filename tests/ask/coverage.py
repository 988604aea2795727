"""List the terms of the vocabulary that no question of the catalogue with phrasings uses."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyoxigraph as ox
import yaml

from claude_kg import KnowledgeGraph
from claude_kg.query.catalogue import REPORT_FOLDER, Catalogue
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of
from claude_kg.terms import CKG, RDF_TYPE

_TERM = re.compile(r"\bckg:(\w+)")


def used_terms(graph: KnowledgeGraph, catalogue: Catalogue) -> set[str]:
    """The terms of the queries that a person can ask in words, and of what they answer."""
    types: dict[str, set[str]] = {}
    for triple in graph.asserted:
        if triple.predicate.value == RDF_TYPE and isinstance(triple.object, ox.NamedNode):
            types.setdefault(str(triple.subject), set()).add(triple.object.value)
    used: set[str] = set()
    for query in catalogue.queries():
        if query.name.startswith(f"{REPORT_FOLDER}/") or not query.header.get("phrasings"):
            continue
        used |= {CKG + name for name in _TERM.findall(query.text)}
        if all(parameter.optional for parameter in parameters_of(inspect(query.text))):
            for row in graph.query(query).rows:
                for term in row.values():
                    used |= {term.value} if isinstance(term, ox.NamedNode) else set()
                    used |= types.get(str(term), set())
    return {term for term in used if term.startswith(CKG)}


def declared_terms(graph: KnowledgeGraph) -> set[str]:
    """The terms that the vocabulary declares."""
    return {
        triple.subject.value
        for triple in graph.asserted
        if triple.predicate.value == RDF_TYPE
        and isinstance(triple.subject, ox.NamedNode)
        and triple.subject.value.startswith(CKG)
    }


def unused_terms(graph: KnowledgeGraph) -> set[str]:
    """The declared terms that no question uses."""
    return declared_terms(graph) - used_terms(graph, Catalogue())


def reasons() -> dict[str, str]:
    """Why a term is in no question, for each of which that is written down."""
    entries = yaml.safe_load((Path(__file__).parent / "unasked.yaml").read_text(encoding="utf-8"))
    return {CKG + term: entry["reason"] for entry in entries for term in entry["terms"]}


def main() -> None:
    graph = KnowledgeGraph.load()
    unused, known = unused_terms(graph), reasons()
    for term in sorted(unused):
        reason = known.get(term, "NO REASON: add a question, or write it down in unasked.yaml")
        sys.stdout.write(f"ckg:{term.removeprefix(CKG)}: {reason}\n")
    total = len(declared_terms(graph))
    open_ = len(unused - known.keys())
    sys.stdout.write(
        f"{len(unused)} of {total} terms are in no question, {open_} without a reason\n"
    )


if __name__ == "__main__":
    main()
