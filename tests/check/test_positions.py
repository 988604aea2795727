"""The place that is told for a statement is the place where its object stands."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_kg import KnowledgeGraph
from claude_kg.check.positions import Place, locate

TRICKY = r"""@base <http://b/x/> . @prefix : <http://e/> .
PREFIX p: <n#>
# A comment . with "a quote
:s a :T, <rel>, p:a.b, p:a\,b ; :p "x.\"y\" \u00e9"@EN-gb, '''long
'q' # no comment''', 'a'^^p:d , 1, -1.5, .5, 1e3, true ,
  [ :q 1 ; :r [ :z 2 ] ], ( 1 :two ( 3 ) ) , :last ; ; .
[] :p :o . [ :a :b ] :c :d .
( 1 ) :p :x .
:s2 :p _:b1, _:b.2 .
:s3 :p 5.
<http://f#> a <http://g#>.
"""


def named(triples: list[ox.Quad]) -> set[ox.Triple]:
    return {
        quad.triple
        for quad in triples
        if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode)
    }


def test_a_tricky_document_is_read_as_the_parser_reads_it() -> None:
    found = locate(TRICKY)
    assert found.statements.keys() == named(list(ox.parse(TRICKY, ox.RdfFormat.TURTLE)))
    last = ox.Triple(
        ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.NamedNode("http://e/last")
    )
    assert found.statements[last] == Place(6, 46)
    assert found.subjects[ox.NamedNode("http://e/s3")] == Place(10, 1)


def test_every_statement_of_the_packaged_files_has_the_place_of_its_object() -> None:
    for source in KnowledgeGraph.load().sources:
        text = source.data.decode()
        lines = text.split("\n")
        found = locate(text).statements
        assert found.keys() == named(list(ox.parse(text, ox.RdfFormat.TURTLE))), source.name
        for triple, (line, column) in found.items():
            written = lines[line - 1][column - 1 :]
            if isinstance(triple.object, ox.Literal):
                assert written.startswith(('"', triple.object.value))
            else:
                assert isinstance(triple.object, ox.NamedNode)
                name = written.split()[0].strip("<>").rpartition(":")[2]
                assert triple.object.value.endswith(name) or name == "a"


@pytest.mark.parametrize(
    ("text", "format_", "line"),
    [
        ("\n{ <http://e/s> <http://e/p> <http://e/o> }", ox.RdfFormat.TRIG, 2),
        ("GRAPH <http://e/g> {\n\n<http://e/s> <http://e/p> 'o' . }", ox.RdfFormat.TRIG, 3),
        ("<http://e/g> { <http://e/s> <http://e/p> true }", ox.RdfFormat.TRIG, 1),
        ("\n\n<http://e/s> <http://e/p> 'o'@en .", ox.RdfFormat.TURTLE, 3),
        ('<http://e/s> <http://e/p> "o" <http://e/g> .', ox.RdfFormat.N_QUADS, 1),
    ],
)
def test_its_kin_are_read_too(text: str, format_: ox.RdfFormat, line: int) -> None:
    found = locate(text).statements
    assert found.keys() == named(list(ox.parse(text, format_)))
    assert [place.line for place in found.values()] == [line]


iris = st.integers(0, 5).map(lambda number: ox.NamedNode(f"https://example.org/v#n{number}"))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
literals = (
    texts.map(ox.Literal)
    | st.builds(ox.Literal, texts, language=st.sampled_from(["en", "de-at"]))
    | st.builds(lambda text, datatype: ox.Literal(text, datatype=datatype), texts, iris)
    | st.integers().map(ox.Literal)
    | st.booleans().map(ox.Literal)
)
triples = st.lists(st.builds(ox.Triple, iris, iris, iris | literals), max_size=8)


@given(triples, st.booleans())
def test_whatever_is_written_as_turtle_is_found(wanted: list[ox.Triple], short: bool) -> None:
    prefixes = {"v": "https://example.org/v#"} if short else None
    data = ox.serialize(wanted, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    assert data is not None
    assert locate(data.decode()).statements.keys() == set(wanted)
