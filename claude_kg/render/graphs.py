"""Write graphs in the RDF formats, so that equal graphs give equal bytes.

Blank nodes get their canonical names (https://www.w3.org/TR/rdf-canon/), statements are sorted,
and literals keep the form in which they are written.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.bounded import run_bounded
from claude_kg.errors import InputError, LimitError
from claude_kg.limits import DEFAULT_LIMITS
from claude_kg.terms import INFERRED_GRAPH, RDF, RDF_TYPE, XSD, compact
from claude_kg.wellformed import require_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FORMATS = ("turtle", "trig", "nt", "nq", "json-ld", "xml")
"""The formats of graphs, by the name that options use."""

_Subject = ox.NamedNode | ox.BlankNode | ox.Triple
_Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NIL = ox.NamedNode(RDF + "nil")


def render_graph(
    triples: Iterable[ox.Triple],
    format_name: str,
    prefixes: Mapping[str, str],
    inferred: Iterable[ox.Triple] = (),
) -> bytes:
    """A graph as text; of the formats, trig and nq also hold ``inferred`` as a graph of its own.

    ``inferred`` is named ``INFERRED_GRAPH`` and has no blank nodes. Raises InputError for an
    unknown format and for a graph that the format cannot hold.
    """
    if format_name not in FORMATS:
        raise InputError(
            f"{format_name!r} is no format for a graph", f"Known: {', '.join(FORMATS)}"
        )
    default = _canonical(triples)
    name = ox.NamedNode(INFERRED_GRAPH)
    named = [ox.Quad(*_parts(triple), name) for triple in _sorted(inferred)]
    if format_name == "nt":
        return _serialize(default, ox.RdfFormat.N_TRIPLES)
    if format_name == "nq":
        quads = [ox.Quad(*_parts(triple)) for triple in default]
        return _serialize([*quads, *named], ox.RdfFormat.N_QUADS)
    if format_name == "json-ld":
        return _json_ld(default, prefixes)
    if format_name == "xml":
        return _xml(default, prefixes)
    text = _turtle(default, prefixes)
    if format_name == "trig" and named:
        used = _used(prefixes, named)
        text += b"\n" + _serialize(named, ox.RdfFormat.TRIG, prefixes=used)
    return text


def render_editions(
    graphs: Mapping[str, Iterable[ox.Triple]], format_name: str, prefixes: Mapping[str, str]
) -> bytes:
    """Several graphs, each under its name, as trig or nq.

    Raises InputError for any other format: it would make one graph of them.
    """
    if format_name not in ("trig", "nq"):
        raise InputError(
            f"{format_name} cannot hold several editions apart",
            "Write trig or nq, or choose one edition",
        )
    quads = [
        ox.Quad(*_parts(triple), ox.NamedNode(name))
        for name, triples in graphs.items()
        for triple in _canonical(triples)
    ]
    if format_name == "nq":
        return _serialize(quads, ox.RdfFormat.N_QUADS)
    return _serialize(quads, ox.RdfFormat.TRIG, prefixes=_used(prefixes, quads))


def _canonical(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The statements with canonical blank nodes, sorted."""
    statements = list(triples)
    if any(isinstance(part, ox.BlankNode) for t in statements for part in (t.subject, t.object)):
        # Graphs exist for which this takes for ever.
        named = run_bounded(
            lambda sink: _write_canonical(statements, sink),
            DEFAULT_LIMITS,
            what="naming the blank nodes",
            advice="Give them names of their own",
        )
        statements = [quad.triple for quad in ox.parse(named, ox.RdfFormat.N_TRIPLES)]
    return _sorted(set(statements))


def _write_canonical(triples: Iterable[ox.Triple], sink: IO[bytes]) -> None:
    dataset = ox.Dataset(ox.Quad(*_parts(triple)) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    ox.serialize((quad.triple for quad in dataset), sink, ox.RdfFormat.N_TRIPLES)


def _sorted(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    return sorted(triples, key=lambda t: tuple(str(part) for part in _parts(t)))


def _parts(triple: ox.Triple) -> tuple[_Subject, ox.NamedNode, _Object]:
    return triple.subject, triple.predicate, triple.object


def _serialize(
    statements: Sequence[ox.Triple] | Sequence[ox.Quad], rdf_format: ox.RdfFormat, **options: Any
) -> bytes:
    data = ox.serialize(statements, format=rdf_format, **options)
    assert data is not None
    return data


def _used(prefixes: Mapping[str, str], statements: Iterable[ox.Triple | ox.Quad]) -> dict[str, str]:
    """The prefixes by which some name in the statements can be shortened."""
    names = {name for statement in statements for name in _names(statement)}
    shortened = {compact(name, prefixes).partition(":")[0] for name in names}
    return {p: iri for p, iri in sorted(prefixes.items()) if p in shortened}


def _names(statement: ox.Triple | ox.Quad) -> Iterable[str]:
    graph = statement.graph_name if isinstance(statement, ox.Quad) else None
    for term in (statement.subject, statement.predicate, statement.object, graph):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _turtle(triples: Sequence[ox.Triple], prefixes: Mapping[str, str]) -> bytes:
    from claude_kg.render.turtle import serialize_turtle

    try:
        return serialize_turtle(triples, prefixes, set(_lists(triples)))
    except RecursionError:
        raise LimitError(
            "blank nodes are nested too deeply for Turtle", "Use another format, such as nt"
        ) from None


def _xml(triples: Sequence[ox.Triple], prefixes: Mapping[str, str]) -> bytes:
    used = {
        p: iri for p, iri in _used(prefixes, triples).items() if not p.lower().startswith("xml")
    }
    data = require_xml(_serialize(triples, ox.RdfFormat.RDF_XML, prefixes=used))
    return data if data.endswith(b"\n") else data + b"\n"


def _lists(triples: Iterable[ox.Triple]) -> dict[str, list[_Object]]:
    """The well-formed lists, by the label of their first cell.

    Every cell is a blank node that is referred to once and says its member, the rest, and nothing
    else; so the list can be written in brackets and nothing is lost.
    """
    said: defaultdict[str, list[tuple[str, _Object]]] = defaultdict(list)
    references: Counter[str] = Counter()
    inner: set[str] = set()
    for triple in triples:
        if isinstance(triple.object, ox.BlankNode):
            references[triple.object.value] += 1
            if triple.predicate.value == RDF + "rest" and isinstance(triple.subject, ox.BlankNode):
                inner.add(triple.object.value)
        if isinstance(triple.subject, ox.BlankNode):
            said[triple.subject.value].append((triple.predicate.value, triple.object))
    cells = {
        label: dict(pairs)
        for label, pairs in said.items()
        if sorted(p for p, _ in pairs) == [RDF + "first", RDF + "rest"] and references[label] == 1
    }
    found: dict[str, list[_Object]] = {}
    for head in cells:
        if head in inner:
            continue
        members: list[_Object] = []
        cell: _Object = ox.BlankNode(head)
        while isinstance(cell, ox.BlankNode) and cell.value in cells:
            members.append(cells[cell.value][RDF + "first"])
            cell = cells[cell.value][RDF + "rest"]
        if cell == _NIL:
            found[head] = members
    return found


def _json_ld(triples: Sequence[ox.Triple], prefixes: Mapping[str, str]) -> bytes:
    """Flattened, compacted JSON-LD (https://www.w3.org/TR/json-ld11/) with its context."""
    lists = _lists(triples)
    in_lists = _cells(triples, lists)
    used = _json_ld_prefixes(prefixes, triples)

    def name(node: _Subject) -> str:
        return compact(node.value, used) if isinstance(node, ox.NamedNode) else str(node)

    def value(term: _Object) -> Any:
        if isinstance(term, ox.BlankNode) and term.value in lists:
            return {"@list": [value(member) for member in lists[term.value]]}
        if term == _NIL:
            return {"@list": []}
        if isinstance(term, ox.Literal):
            if term.language:
                return {"@language": term.language, "@value": term.value}
            if term.datatype.value == XSD + "string":
                return term.value
            return {"@type": name(term.datatype), "@value": term.value}
        return {"@id": name(term)}

    nodes: dict[str, dict[str, list[Any]]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode) and triple.subject.value in in_lists:
            continue
        node = nodes.setdefault(name(triple.subject), {})
        is_type = triple.predicate.value == RDF_TYPE and not isinstance(triple.object, ox.Literal)
        key = "@type" if is_type else name(triple.predicate)
        node.setdefault(key, []).append(
            name(triple.object)
            if is_type and not isinstance(triple.object, ox.Literal)
            else value(triple.object)
        )
    document = {
        "@context": used,
        "@graph": [
            {"@id": key, **{k: v[0] if len(v) == 1 else v for k, v in sorted(node.items())}}
            for key, node in nodes.items()
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _json_ld_prefixes(prefixes: Mapping[str, str], triples: Sequence[ox.Triple]) -> dict[str, str]:
    """The prefixes that JSON-LD takes as such: they end in a delimiter and are no IRI's scheme."""
    used = _used({p: iri for p, iri in prefixes.items() if iri[-1] in ":/?#[]@"}, triples)
    names = {name for triple in triples for name in _names(triple)} | set(used.values())
    schemes = {name.partition(":")[0] for name in names if "://" not in name}
    return {prefix: iri for prefix, iri in used.items() if prefix not in schemes}


def _cells(triples: Iterable[ox.Triple], lists: Mapping[str, Sequence[_Object]]) -> set[str]:
    """The labels of all cells of the lists."""
    rest = {
        t.subject.value: t.object
        for t in triples
        if isinstance(t.subject, ox.BlankNode) and t.predicate.value == RDF + "rest"
    }
    cells: set[str] = set()
    for head in lists:
        cell: _Object = ox.BlankNode(head)
        while isinstance(cell, ox.BlankNode):
            cells.add(cell.value)
            cell = rest[cell.value]
    return cells
