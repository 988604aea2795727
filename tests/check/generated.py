"""Make up small graphs, shapes and constraints about nothing in particular."""

from __future__ import annotations

from random import Random

HEAD = """
@prefix ex: <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PREFIXES = """
ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] ,
    [ sh:prefix "rdfs" ; sh:namespace "http://www.w3.org/2000/01/rdf-schema#"^^xsd:anyURI ] .
"""

_NODES = [f"ex:n{number}" for number in range(6)]
_CLASSES = ["ex:A", "ex:B", "ex:C"]
_PROPERTIES = ["ex:p", "ex:q", "ex:r"]
_NUMBERS = ["1", "2", "3.0", "-1.5", "1e0", '"2"^^xsd:nonNegativeInteger', "7"]
_LITERALS = [
    *_NUMBERS,
    *('"a"', '"b"@en', '"c"@en', '"a"@de', '"b"@en-GB', '"abc"', '""', "true"),
    *('"1"^^xsd:boolean', '"x"^^xsd:integer', '"300"^^xsd:byte', '"foo"^^ex:own'),
    *('"2026-01-01"^^xsd:date', '"2026-13-01"^^xsd:date', '"2026-01-01T00:00:00Z"^^xsd:dateTime'),
]
_TARGETS = [
    *("sh:targetClass ex:A", "sh:targetClass ex:B", "sh:targetSubjectsOf ex:p"),
    *("sh:targetObjectsOf ex:q", "sh:targetNode ex:n1 , ex:nowhere , ex:n2"),
]
_DATATYPES = ["xsd:integer", "xsd:string", "rdf:langString", "xsd:date", "xsd:decimal", "xsd:byte"]
_NODE_KINDS = ["sh:IRI", "sh:Literal", "sh:BlankNodeOrIRI", "sh:IRIOrLiteral", "sh:BlankNode"]

PATTERNS = [
    "$this ex:p ?value",
    "$this ex:p ?value . FILTER (?value != $this)",
    "$this ex:p ?value ; ex:q ?other . FILTER (?value != ?other)",
    "?value ex:q $this . FILTER NOT EXISTS { $this ex:p ?value }",
    "$this a ?value . FILTER NOT EXISTS { $this ex:p ?x . ?x a ?value }",
    "$this ex:p ?value . FILTER NOT EXISTS { ?value ex:q/ex:r|^ex:p ?x . FILTER (?x != $this) }",
    "$this a ?value . FILTER NOT EXISTS { ?value rdfs:subClassOf+ ex:A . ?x a ?value . }",
    "$this a ?kind . FILTER NOT EXISTS { $this ex:p ?x , ?y . FILTER (?x != ?y) }",
    """$this ex:p|ex:q ?value .
       FILTER NOT EXISTS {
           $this ex:p ?x . OPTIONAL { ?x ex:q ?y } FILTER (COALESCE(?y, ?value) = ?value) }""",
    "{ $this ex:p ?value } UNION { ?value ex:q $this . FILTER NOT EXISTS { $this ex:p ?x } }",
    """{ $this ex:p ?value . FILTER (isIRI($this)) }
       UNION { BIND (ex:A AS ?value) FILTER NOT EXISTS { $this ex:q/ex:q ?value } }""",
    "OPTIONAL { $this ex:p ?value . ?value ex:q ?x } FILTER (!BOUND(?x))",
    "?x ex:p ?value . FILTER (?x = $this) FILTER NOT EXISTS { ?x ex:q ?y . ?y ex:r ?value }",
    """{ SELECT DISTINCT $this ?kind WHERE { $this ex:p/a ?kind } }
       ?value a ?kind . FILTER NOT EXISTS { $this ex:q ?value ; ex:r ?z }""",
    """$this ex:p ?value . { BIND (ex:p AS ?path) } UNION { BIND (ex:r AS ?path) }
       FILTER NOT EXISTS { ?value ?path ?x . ?x ?path $this }""",
    """$this ?path ?value . FILTER (STRSTARTS(STR(?path), STR(ex:)))
       FILTER NOT EXISTS { ?x a ?kind . ?kind rdfs:subClassOf* ex:A . ?x ?path ?value .
                           FILTER NOT EXISTS { ?x ex:r true } FILTER (?x != $this) }""",
    "$this ex:p ?value ; ex:q ?note . FILTER (isLITERAL(?note))",
    "FILTER NOT EXISTS { $this ex:p ?x . ?x ex:q ?y }",
    "$this ex:p ?value . FILTER EXISTS { ?value ex:p ?x . ?x ex:p ?y }",
    "$this ex:p ?value . FILTER (EXISTS { ?value a ex:A } || !EXISTS { $this ex:q ?value })",
]
"""What a SPARQL constraint may ask: each way to say that something is not there among it."""


def graph(random: Random, *, ordered: bool = False) -> str:
    """A graph of six nodes; one that is ``ordered`` has values that can all be compared."""
    lines = [HEAD, "ex:B rdfs:subClassOf ex:A ."]
    values = _NUMBERS if ordered else [*_LITERALS, *_NODES, *_NODES]
    for node in _NODES:
        if random.random() < 0.8:
            lines.append(f"{node} a {random.choice(_CLASSES)} .")
        lines += (
            f"{node} {random.choice(_PROPERTIES)} {random.choice(values)} ."
            for _ in range(random.randrange(5))
        )
    return "\n".join(lines)


def links(random: Random) -> str:
    """A graph of six nodes that are mostly linked to each other."""
    lines = [HEAD, "ex:B rdfs:subClassOf ex:A ."]
    values = [*_NODES, *_NODES, "true", '"a"', "1.50"]
    for node in _NODES:
        lines.append(f"{node} a {random.choice(_CLASSES)} .")
        lines += (
            f"{node} {random.choice(_PROPERTIES)} {random.choice(values)} ."
            for _ in range(random.randrange(6))
        )
    return "\n".join(lines)


def shape(random: Random) -> str:
    """A shape of core SHACL."""
    body = (
        f"sh:property [ sh:path {_path(random)} ; {_of_property(random)} ]"
        if random.random() < 0.7
        else random.choice([_of_value(random), _CLOSED])
    )
    return f"{HEAD}\nex:S a sh:NodeShape ; {_head(random)} {body} ."


def order(random: Random) -> str:
    """A shape that compares values."""
    body = random.choice(
        [
            *(
                f"sh:{name} {random.choice(_PROPERTIES)}"
                for name in ("lessThan", "lessThanOrEquals")
            ),
            *(f"sh:{end}{kind} 2" for end in ("min", "max") for kind in ("Inclusive", "Exclusive")),
        ]
    )
    return f"{HEAD}\nex:S {_head(random)} sh:property [ sh:path {_path(random)} ; {body} ] ."


def constraint(random: Random, pattern: str) -> str:
    """A shape with a SPARQL constraint."""
    path = "?path" if "?path" in pattern else "(ex:p AS ?path)"
    return f"""{HEAD}{PREFIXES}
ex:S a sh:NodeShape ; {_head(random)} sh:sparql ex:constraint .
ex:constraint sh:prefixes ex:prefixes ; sh:message "{{$this}} {{?path}} {{?value}} {{?note}}" ;
    sh:select \"\"\"SELECT $this {path} ?value ?note WHERE {{ {pattern} }}\"\"\" ."""


_CLOSED = "sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ]"


def _head(random: Random) -> str:
    severity = random.choice(["", "sh:severity sh:Warning ;"])
    return f"{random.choice(_TARGETS)} ; {severity}"


def _path(random: Random) -> str:
    one, two = random.choice(_PROPERTIES), random.choice(_PROPERTIES)
    return random.choice(
        [
            *(one, one, one, f"( {one} {two} )", f"[ sh:inversePath {one} ]"),
            *(f"[ sh:alternativePath ( {one} {two} ) ]", f"[ sh:zeroOrMorePath {one} ]"),
            *(f"[ sh:oneOrMorePath {one} ]", f"[ sh:zeroOrOnePath ( {one} {two} ) ]"),
        ]
    )


def _of_property(random: Random) -> str:
    number, inner = random.randrange(3), _of_value(random)
    return random.choice(
        [
            *(_of_value(random), _of_value(random), _of_value(random), "sh:uniqueLang true"),
            *(f"sh:minCount {number}", f"sh:maxCount {number}"),
            f"sh:qualifiedValueShape [ {inner} ] ; sh:qualifiedMinCount 1",
            f"sh:qualifiedValueShape [ {inner} ] ; sh:qualifiedMaxCount 1",
        ]
    )


def _of_value(random: Random) -> str:
    values = " ".join(random.choice([*_LITERALS, *_NODES]) for _ in range(3))
    property_ = random.choice(_PROPERTIES)
    return random.choice(
        [
            *(f"sh:class {random.choice(_CLASSES)}", f"sh:datatype {random.choice(_DATATYPES)}"),
            *(f"sh:nodeKind {random.choice(_NODE_KINDS)}", f"sh:hasValue {random.choice(_NODES)}"),
            *("sh:minLength 1", "sh:maxLength 1", "sh:maxLength 0", 'sh:pattern "^[a-b]+$"'),
            *(
                'sh:pattern "A" ; sh:flags "i"',
                'sh:languageIn ( "en" "fr" )',
                f"sh:in ( {values} )",
            ),
            *(f"sh:equals {property_}", f"sh:disjoint {property_}", "sh:not [ sh:class ex:B ]"),
            "sh:or ( [ sh:class ex:A ] [ sh:datatype xsd:integer ] )",
            "sh:and ( [ sh:class ex:A ] [ sh:nodeKind sh:IRI ] )",
            "sh:xone ( [ sh:class ex:A ] [ sh:class ex:B ] [ sh:datatype xsd:string ] )",
            f"sh:node [ sh:property [ sh:path {_path(random)} ; sh:minCount 1 ] ]",
        ]
    )
