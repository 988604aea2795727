"""Exports are the graph, whole and as it is written, in the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from claude_kg import InputError, KnowledgeGraph, LimitError
from claude_kg.load import FORMATS as READ
from claude_kg.load import parse
from claude_kg.render.graphs import FORMATS, render_graph
from claude_kg.terms import INFERRED_GRAPH, OWL, PREFIXES, RDF, XSD

EX = "http://example.org/"
TRIPLE_FORMATS = [name for name in FORMATS if name not in ("trig", "nq")]
RDFLIB = {"json-ld": "json-ld", "xml": "xml", "nt": "nt", "turtle": "turtle"}


def read_back(data: bytes, format_name: str) -> ox.Dataset:
    return canonical(quad.triple for quad in ox.parse(data, READ[format_name]))


def canonical(triples: object) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)  # type: ignore[attr-defined]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("format_name", TRIPLE_FORMATS)
@pytest.mark.parametrize("asserted", [True, False])
def test_export_is_the_graph(graph: KnowledgeGraph, format_name: str, asserted: bool) -> None:
    expected = [*graph.asserted, *(() if asserted else graph.inferred)]
    data = graph.export(format_name, asserted=asserted)
    assert read_back(data, format_name) == canonical(expected)


@pytest.mark.parametrize("format_name", TRIPLE_FORMATS)
def test_export_is_read_by_rdflib_without_a_warning(
    graph: KnowledgeGraph, format_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    def read(name: str) -> rdflib.Graph:
        return rdflib.Graph().parse(data=graph.export(name), format=RDFLIB[name])

    assert isomorphic(read(format_name), read("nt"))
    assert caplog.records == []


@pytest.mark.parametrize("format_name", ["trig", "nq"])
def test_datasets_hold_the_inferred_graph_beside_the_whole(
    graph: KnowledgeGraph, format_name: str
) -> None:
    quads = list(ox.parse(graph.export(format_name), READ[format_name]))
    named = {q.triple for q in quads if q.graph_name == ox.NamedNode(INFERRED_GRAPH)}
    default = [q.triple for q in quads if q.graph_name == ox.DefaultGraph()]
    assert named == set(graph.inferred)
    assert canonical(default) == canonical([*graph.asserted, *graph.inferred])
    asserted = ox.parse(graph.export(format_name, asserted=True), READ[format_name])
    assert {q.graph_name for q in asserted} == {ox.DefaultGraph()}


@pytest.mark.parametrize("format_name", FORMATS)
def test_bytes_do_not_depend_on_the_process(
    graph: KnowledgeGraph, vendor: Path, format_name: str
) -> None:
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "claude_kg", "export", "-f", format_name, "--facts", vendor],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stdout == graph.export(format_name)
        assert done.stdout.endswith(b"\n")


@pytest.mark.parametrize("format_name", FORMATS)
def test_bytes_do_not_depend_on_the_order_of_files(tmp_path: Path, format_name: str) -> None:
    paths = []
    for number in (1, 2):
        paths.append(tmp_path / f"{number}.ttl")
        paths[-1].write_text(f"<{EX}{number}> <{EX}p> [ <{EX}q> {number} ] , ( {number} ) .")
    exports = {
        KnowledgeGraph.load([], order).export(format_name, asserted=True)
        for order in (paths, paths[::-1])
    }
    assert len(exports) == 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_literals_keep_their_form(format_name: str) -> None:
    forms = [
        f'"45.50"^^<{XSD}decimal>',
        f'"45"^^<{XSD}decimal>',
        f'"1"^^<{XSD}boolean>',
        f'"true"^^<{XSD}boolean>',
        f'"007"^^<{XSD}integer>',
        f'" 7 "^^<{XSD}integer>',
        f'"not"^^<{XSD}integer>',
        f'"1.0E3"^^<{XSD}double>',
        f'"INF"^^<{XSD}double>',
        '"T"@en-gb',
        '"a\\n\\"b\\"\\\\ \\u00e9 </x> & ]]>"',
        f'"x"^^<{EX}own>',
    ]
    text = "".join(f"<{EX}s> <{EX}p{n}> {form} .\n" for n, form in enumerate(forms))
    triples, _ = parse(text.encode(), "x", "nt")
    data = render_graph(triples, format_name, PREFIXES)
    assert read_back(data, format_name) == canonical(triples)


def test_turtle_is_laid_out_for_people() -> None:
    text = f"""
        @prefix ckg: <{PREFIXES["ckg"]}> . @prefix owl: <{OWL}> . @prefix kg: <{PREFIXES["kg"]}> .
        @prefix rdfs: <{PREFIXES["rdfs"]}> . @prefix unused: <{EX}unused/> .
        kg:z a ckg:B . ckg:p a owl:ObjectProperty .
        [ a owl:Class ; owl:intersectionOf ( ckg:A [ a owl:Restriction ; owl:onProperty ckg:p ;
            owl:someValuesFrom ckg:A ] ) ] rdfs:subClassOf ckg:B .
        ckg:B a owl:Class . <{PREFIXES["ckg"][:-1]}> a owl:Ontology .
        kg:z ckg:p kg:a , <{EX}other> ; ckg:n 45.50 , true , "1"^^<{XSD}boolean> .
    """
    triples, prefixes = parse(text.encode(), "x", "turtle")
    assert render_graph(triples, "turtle", {**PREFIXES, **prefixes}).decode() == (
        """@prefix ckg: <https://w3id.org/claude-kg/ontology#> .
@prefix kg: <https://w3id.org/claude-kg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/claude-kg/ontology> a owl:Ontology .

ckg:B a owl:Class .

ckg:p a owl:ObjectProperty .

kg:z a ckg:B ;
    ckg:n "1"^^xsd:boolean,
        45.50,
        true ;
    ckg:p <http://example.org/other>,
        kg:a .

[] a owl:Class ;
    rdfs:subClassOf ckg:B ;
    owl:intersectionOf ( ckg:A [ a owl:Restriction ;
                owl:onProperty ckg:p ;
                owl:someValuesFrom ckg:A ] ) .
"""
    )


def test_json_ld_is_compact_and_has_its_context() -> None:
    text = f'<{PREFIXES["kg"]}a> a <{PREFIXES["ckg"]}B> ; <{PREFIXES["ckg"]}l> ( 1 "b" ) .'
    document = json.loads(render_graph(parse(text.encode(), "x", "turtle")[0], "json-ld", PREFIXES))
    assert document["@context"] == {p: PREFIXES[p] for p in ("ckg", "kg", "rdf", "xsd")}
    assert document["@graph"] == [
        {
            "@id": "kg:a",
            "@type": "ckg:B",
            "ckg:l": {"@list": [{"@type": "xsd:integer", "@value": "1"}, "b"]},
        }
    ]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(
    "text",
    [
        "_:a <p:p> _:a .",
        "_:a <p:p> _:b . _:b <p:p> _:a .",
        "<s:s> <p:p> _:a . <s:t> <p:p> _:a . _:a <p:q> 1 .",
        f"<s:s> <p:p> _:a . _:a <{RDF}first> 1 ; <{RDF}rest> _:a .",
        f"<s:s> <p:p> _:a . _:a <{RDF}first> 1, 2 ; <{RDF}rest> <{RDF}nil> .",
        f"<s:s> <p:p> _:a . _:a <{RDF}first> 1 ; <{RDF}rest> _:b .",
        f"<s:s> <p:p> _:a . _:a <{RDF}first> 1 ; <{RDF}rest> <{RDF}nil> ; <p:q> 2 .",
        "<s:s> <p:p> ( 1 ( 2 _:x ) () ) . <s:t> <p:p> _:x .",
        f"_:a <{RDF}first> 1 ; <{RDF}rest> _:b . _:b <{RDF}first> 2 ; <{RDF}rest> <{RDF}nil> ."
        " <s:s> <p:p> _:b .",
        f"<s:s> <{RDF}type> 'text' .",
        f"<{RDF}nil> <p:p> <{RDF}nil> .",
        f"<s:s> <{RDF}first> ( 1 ) ; <{RDF}rest> _:b .",
    ],
)
def test_odd_graphs_come_back_whole(format_name: str, text: str) -> None:
    triples, _ = parse(text.encode(), "x", "turtle")
    data = render_graph(triples, format_name, {**PREFIXES, "p": "p:", "s": "s:"})
    assert read_back(data, format_name) == canonical(triples)


NODES = st.sampled_from([ox.NamedNode(f"{EX}{n}") for n in "ab"] + [ox.BlankNode(n) for n in "uvw"])
PREDICATES = st.sampled_from([ox.NamedNode(n) for n in (f"{EX}p", RDF + "first", RDF + "rest")])
LITERALS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])).map(ox.Literal)
TRIPLES = st.builds(
    ox.Triple, NODES, PREDICATES, st.one_of(NODES, LITERALS, st.just(ox.NamedNode(RDF + "nil")))
)


@settings(max_examples=60)
@given(st.lists(TRIPLES, max_size=8), st.sampled_from(FORMATS))
def test_any_graph_comes_back_whole(triples: list[ox.Triple], format_name: str) -> None:
    data = render_graph(triples, format_name, {"ex": EX, **PREFIXES})
    assert read_back(data, format_name) == canonical(triples)


def test_other_ontology_headers_are_merged_into_one(vendor: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "own.ttl"
    overlay.write_text(
        f"<{EX}own> a <{OWL}Ontology> ; <{OWL}imports> <{PREFIXES['ckg'][:-1]}> ; "
        f"<{OWL}versionIRI> <{EX}own/1> ; <http://purl.org/dc/terms/title> 'Own' ."
    )
    data = KnowledgeGraph.load([vendor], [overlay]).export("nt").decode()
    assert data.count(f"<{OWL}Ontology>") == 1
    assert f"<{EX}own/1>" not in data
    assert f'<{EX}own> <http://purl.org/dc/terms/title> "Own"' in data


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(
    ("prefix", "namespace"),
    [
        ("urn", "urn:x:"),
        ("half", "http://a/thing-"),
        ("xml", "http://a/"),
        ("xmlns", "http://a/b#"),
    ],
)
def test_prefix_that_a_format_cannot_use_does_no_harm(
    format_name: str, prefix: str, namespace: str
) -> None:
    text = f"@prefix {prefix}: <{namespace}> . {prefix}:a {prefix}:p <urn:y> , <xml:z> ."
    triples, prefixes = parse(text.encode(), "x", "turtle")
    data = render_graph(triples, format_name, {**PREFIXES, **prefixes})
    assert read_back(data, format_name) == canonical(triples)


def test_unknown_format_lists_the_known(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match="Known: turtle, trig, nt, nq, json-ld, xml"):
        graph.export("word")


@pytest.mark.parametrize(
    "text", ["<s:s> <http://a/1> 2 .", "<s:s> <p:a(b)> 2 .", r"<s:s> <p:p> '\u0001' ."]
)
def test_what_xml_cannot_hold_is_an_error(text: str) -> None:
    triples, _ = parse(text.encode(), "x", "turtle")
    with pytest.raises(InputError, match=r"XML cannot hold .*Choose another format"):
        render_graph(triples, "xml", PREFIXES)


def test_deep_blank_nodes_are_a_limit_of_turtle() -> None:
    text = f"<{EX}a> <{EX}p> " + f"[ <{EX}p> " * 250 + "1" + " ]" * 250 + " ."
    triples, _ = parse(text.encode(), "x", "turtle")
    with pytest.raises(LimitError, match="Use another format, such as nt"):
        render_graph(triples, "turtle", PREFIXES)
    assert render_graph(triples, "nt", PREFIXES)
