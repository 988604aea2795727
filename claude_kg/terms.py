"""The namespaces of the graph, and the way between an IRI and its short name."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CKG = "https://w3id.org/claude-kg/ontology#"
KG = "https://w3id.org/claude-kg/id/"
ONTOLOGY = "https://w3id.org/claude-kg/ontology"
INFERRED_GRAPH = "https://w3id.org/claude-kg/graph/inferred"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"

RDF_TYPE = RDF + "type"

NAMING = frozenset(
    {
        *(SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel", "definition")),
        *(SKOS + name for name in ("scopeNote", "example")),
        RDFS + "label",
        RDFS + "isDefinedBy",
    }
)
"""The properties that name and define a thing and state no fact about it."""

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "ckg": CKG,
        "kg": KG,
        "graph": "https://w3id.org/claude-kg/graph/",
        "rdf": RDF,
        "rdfs": RDFS,
        "owl": OWL,
        "xsd": XSD,
        "skos": SKOS,
        "dcterms": "http://purl.org/dc/terms/",
        "prov": "http://www.w3.org/ns/prov#",
        "schema": "https://schema.org/",
        "sh": "http://www.w3.org/ns/shacl#",
        "vann": "http://purl.org/vocab/vann/",
    }
)
"""The prefixes that queries, exports and rendered names know without declaring them."""

_PLAIN_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


def compact(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The short form of an IRI, or the IRI itself where no prefix fits.

    >>> compact("https://w3id.org/claude-kg/ontology#Product")
    'ckg:Product'
    >>> compact("https://example.org/other")
    'https://example.org/other'
    """
    best = ""
    for prefix, namespace in prefixes.items():
        if (
            iri.startswith(namespace)
            and len(namespace) > len(prefixes.get(best, ""))
            and _PLAIN_LOCAL_NAME.fullmatch(iri, len(namespace))
        ):
            best = prefix
    return f"{best}:{iri[len(prefixes[best]) :]}" if best else iri


def expand(curie: str, prefixes: Mapping[str, str] = PREFIXES) -> str | None:
    """The IRI of a short name, or None where its prefix is not known.

    >>> expand("ckg:Product")
    'https://w3id.org/claude-kg/ontology#Product'
    >>> expand("nothing:Product") is None
    True
    """
    prefix, colon, local = curie.partition(":")
    namespace = prefixes.get(prefix) if colon else None
    return None if namespace is None or local.startswith("//") else namespace + local
