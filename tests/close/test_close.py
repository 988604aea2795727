"""Conclusions are drawn, noise is not, and contradictions are said."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from claude_kg import InconsistentError, KnowledgeGraph
from claude_kg.close import close
from claude_kg.errors import InputError
from claude_kg.load import parse
from claude_kg.terms import CKG, OWL, RDF, RDFS, XSD, expand

EX = "https://example.org/examplia/"
PREFIXES = {"ckg": CKG, "ex": EX, "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD}
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def triple(subject: str, predicate: str, object_: str) -> ox.Triple:
    subject, predicate, object_ = (expand(n, PREFIXES) or "" for n in (subject, predicate, object_))
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(object_))


@pytest.mark.parametrize(
    ("subject", "predicate", "object_"),
    [
        ("ex:workshop", "rdf:type", "ckg:BridgeProduct"),
        ("ex:workshop-with-key", "rdf:type", "ckg:ApiMode"),
        ("ex:workshop-with-account", "rdf:type", "ckg:SubscriptionMode"),
        ("ex:workshop", "ckg:usesBackend", "ex:foundry"),
        ("ex:workshop", "ckg:usesBackend", "ex:gallery"),
        ("ex:workshop-with-key", "ckg:accessModeOf", "ex:workshop"),
        ("ex:workshop", "rdf:type", "ckg:Product"),
    ],
)
def test_what_follows_is_inferred_and_not_asserted(
    graph: KnowledgeGraph, subject: str, predicate: str, object_: str
) -> None:
    conclusion = triple(subject, predicate, object_)
    assert conclusion in graph.inferred
    assert conclusion not in graph.asserted


def test_what_does_not_follow_is_not_inferred(graph: KnowledgeGraph) -> None:
    assert triple("ex:drawing-room", "rdf:type", "ckg:BridgeProduct") not in graph.inferred


def test_no_noise(graph: KnowledgeGraph) -> None:
    names = (RDFS + "subClassOf", RDFS + "subPropertyOf", RDFS + "label")
    telling = {RDF + "type", OWL + "sameAs", *names}
    language = (RDF, RDFS, OWL, XSD)
    for t in graph.inferred:
        assert isinstance(t.subject, ox.NamedNode)
        assert not isinstance(t.object, ox.BlankNode)
        assert t.subject != t.object
        assert not t.subject.value.startswith(language)
        assert t.predicate.value in telling or not t.predicate.value.startswith(language)
        assert not (isinstance(t.object, ox.NamedNode) and t.object.value.startswith(language))
    assert list(graph.inferred) == sorted(set(graph.inferred), key=str)


def test_literals_keep_their_form() -> None:
    text = HEAD + (
        "ex:p rdfs:subPropertyOf ex:q . "
        "ex:a ex:p 45.50, '01'^^xsd:integer, '1'^^xsd:boolean, 'T'@en ."
    )
    inferred = close(parse(text.encode(), "x", "turtle")[0]).inferred
    assert {str(t.object) for t in inferred if t.predicate.value == EX + "q"} == {
        f'"45.50"^^<{XSD}decimal>',
        f'"01"^^<{XSD}integer>',
        f'"1"^^<{XSD}boolean>',
        '"T"@en',
    }


def test_mode_with_both_methods_is_a_clash(vendor: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "both.ttl"
    overlay.write_text(HEAD + "ex:workshop-with-key ckg:authenticatesWith ex:badge .")
    graph = KnowledgeGraph.load([vendor], [overlay])
    (message,) = {clash.message for clash in graph.closure.clashes if "Mode" in clash.message}
    assert message.startswith("ex:workshop-with-key is a ckg:SubscriptionMode and a ckg:ApiMode")
    with pytest.raises(InconsistentError, match="the graph is inconsistent: ex:workshop-with-key"):
        graph.query("ASK {}")
    assert graph.query("ASK {}", asserted=True).boolean


def test_ill_typed_literal_is_a_clash(capfd: pytest.CaptureFixture[str]) -> None:
    triples = parse((HEAD + "ex:a ex:p 'x'^^xsd:integer .").encode(), "x", "turtle")[0]
    (clash,) = close(triples).clashes
    assert "xsd:integer" in clash.message
    assert clash.statements == triples
    (clash,) = close(triples, reasoner="owlrl").clashes
    assert "does not match its datatype (xsd:integer)" in clash.message
    assert capfd.readouterr() == ("", "")


def test_both_reasoners_agree_on_the_vendor(graph: KnowledgeGraph) -> None:
    reference = close(graph.asserted, graph.prefixes, reasoner="owlrl")
    assert reference.inferred == graph.inferred
    assert reference.consistent


def test_labels_follow_from_preferred_labels(graph: KnowledgeGraph) -> None:
    labels = {str(t.subject) for t in graph.inferred if t.predicate.value == RDFS + "label"}
    assert f"<{EX}workshop>" in labels


def test_an_unknown_reasoner_is_bad_input() -> None:
    with pytest.raises(InputError, match="no reasoner 'oracle'"):
        close([], reasoner="oracle")
