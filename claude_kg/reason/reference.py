"""The reference for the rules of this package: OWL 2 RL as owlrl applies it.

The rules are those of https://www.w3.org/TR/owl2-profiles/#OWL_2_RL.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.closure import Clash, Closure, tells
from claude_kg.errors import InternalError
from claude_kg.terms import PREFIXES, compact
from claude_kg.translation import Translation, quiet_rdflib

if TYPE_CHECKING:
    from rdflib import Graph


def close_by_owlrl(
    asserted: Iterable[ox.Triple], prefixes: Mapping[str, str] = PREFIXES
) -> Closure:
    """What :func:`claude_kg.close.close` promises, by owlrl."""
    from owlrl import OWLRL_Semantics
    from rdflib import Graph

    stated = set(asserted)
    graph = Graph()
    translation = Translation()
    for triple in stated:
        graph.add(translation.to_rdflib(triple))
    with quiet_rdflib(), warnings.catch_warnings(action="ignore"):
        reasoner = OWLRL_Semantics(graph, axioms=False, daxioms=False)
        try:
            reasoner.closure()
        except Exception as error:
            raise InternalError(f"the reasoner gave up: {error}") from error
    inferred = {triple for triple in _telling(graph, translation) if triple not in stated}
    messages = {_readable(message, prefixes) for message in reasoner.error_messages}
    return Closure(
        tuple(sorted(inferred, key=str)),
        tuple(Clash(message) for message in sorted(messages)),
    )


def _telling(graph: Graph, translation: Translation) -> Iterator[ox.Triple]:
    from rdflib import Literal, URIRef

    for subject, predicate, object_ in graph:
        if not isinstance(subject, URIRef):
            continue
        if isinstance(object_, Literal):
            value: ox.NamedNode | ox.Literal = translation.literal(object_)
        elif isinstance(object_, URIRef):
            value = ox.NamedNode(object_)
        else:
            continue
        triple = ox.NamedNode(subject), ox.NamedNode(str(predicate)), value
        if tells(*triple):
            yield ox.Triple(*triple)


_IRI = re.compile(r"\b[a-z][a-z0-9+.-]*:[^\s(),'<>\"]+")
_BLANK = re.compile(r"\bf\d+b\d+\b")


def _readable(message: str, prefixes: Mapping[str, str]) -> str:
    """A reasoner's message with short names; blank nodes here are always class expressions."""
    message = _IRI.sub(lambda found: compact(found[0], prefixes), message)
    return _BLANK.sub("a class expression", " ".join(message.split()))
