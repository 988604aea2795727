"""Check a graph against shapes by native engines, core SHACL by one and SPARQL by another.

Each SPARQL constraint is asked once, of all focus nodes. What these engines cannot do, or might not
do exactly as the reference, is left to the reference.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from claude_kg.check.constraints import check_constraints
from claude_kg.check.core import check_core
from claude_kg.check.data import Data
from claude_kg.check.narrow import Additions
from claude_kg.check.rulebook import SH, Node, Result, Rulebook
from claude_kg.check.vocabulary import KNOWN, NESTING
from claude_kg.terms import RDF, RDF_TYPE, RDFS

PARTS = ("core", "sparql")
"""What each of the two engines does."""


def check_fast(
    data: Data,
    rules: Rulebook,
    parts: Sequence[str] = PARTS,
    added: Additions | None = None,
) -> list[Result]:
    """What native engines, and where they cannot the reference, find in a graph.

    Each of the ``parts`` may be done apart from the other. Where nothing was found by SPARQL
    before statements were ``added``, it is enough to look at what rests on them. Raises InputError
    where the shapes cannot be used.
    """
    results: list[Result] = []
    left: list[ox.Triple] = []
    if not is_known(rules):
        left += rules.triples if PARTS[0] in parts else ()
    else:
        for part in parts:
            found, too_hard = (
                check_core(data, rules) if part == "core" else check_constraints(data, rules, added)
            )
            results += found
            left += too_hard
    if left:
        from claude_kg.check.reference import check_by_pyshacl

        results += check_by_pyshacl(data, Rulebook(list(dict.fromkeys(left))))
    return results


def is_known(rules: Rulebook) -> bool:
    """Whether the shapes hold core SHACL, and SPARQL constraints of node shapes, and no more."""
    for triple in rules.triples:
        name = triple.predicate.value
        if name.startswith(SH) and name not in KNOWN:
            return False
        if name == RDF_TYPE and triple.object == ox.NamedNode(RDFS + "Class"):
            return False
    for shape in rules.subjects(SH + "sparql"):
        if rules.path_of(shape) is not None or _is_part(shape, rules):
            return False
    return True


def _is_part(shape: Node, rules: Rulebook) -> bool:
    """Whether a shape is part of another, so that its results are not results of the whole."""
    return any(
        shape in terms
        for around in rules.around(shape)
        for name, terms in rules.about(around).items()
        if name in NESTING or name == RDF + "first"
    )
