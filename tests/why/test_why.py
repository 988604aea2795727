"""Why a statement holds, down to the lines of the files, or what speaks against it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.errors import InputError
from claude_kg.terms import CKG, RDF_TYPE, SKOS
from claude_kg.why import Answer, Evidence, Tracer, conflicts, why

HERE = Path(__file__).parent
EX = "https://example.org/examplia/"


@pytest.fixture(scope="module")
def denied(vendor: Path) -> KnowledgeGraph:
    return KnowledgeGraph.load([vendor], [HERE / "denied.ttl"])


@pytest.fixture(scope="module")
def clash(vendor: Path) -> KnowledgeGraph:
    return KnowledgeGraph.load([vendor], [HERE / "clash.ttl"])


def line(place: str, text: str, vendor: Path) -> int:
    """The first line of a file of the vendor that holds a text."""
    lines = (vendor / place).read_text().split("\n")
    return next(number for number, found in enumerate(lines, 1) if text in found)


def kinds(answer: Answer) -> list[str]:
    return [found.kind for found in answer.evidence]


def one(answer: Answer, kind: str) -> Evidence:
    (found,) = (found for found in answer.evidence if found.kind == kind)
    return found


@pytest.mark.parametrize("facts", ["vendor", "packaged"])
def test_everything_inferred_rests_on_lines_of_files(facts: str, vendor: Path) -> None:
    graph = KnowledgeGraph.load([vendor] if facts == "vendor" else None)
    tracer = Tracer(graph)
    for triple in graph.inferred:
        (proof,) = tracer.derivations(triple)
        assert proof.steps[0].statement
        assert proof.steps[0].statement.triple == triple
        assert proof.length > 0
        used = {premise for step in proof.steps for premise in step.premises}
        assert used == set(range(1, len(proof.steps)))
        for step in proof.steps:
            assert bool(step.rule) == bool(step.premises)
            origins = step.definitions if step.rule else (step, *step.definitions)
            for origin in origins:
                assert origin.places, origin.sentence
                assert all(at.line and at.column for at in origin.places)


def test_an_asserted_statement_has_its_line_and_its_sections(
    graph: KnowledgeGraph, vendor: Path
) -> None:
    answer = why(graph, "Drawing Room with account", "authenticates with", "badge")
    assert answer.verdict == "asserted"
    ((step,),) = [proof.steps for proof in answer.proofs]
    (at,) = step.places
    assert Path(at.file) == vendor / "access.ttl"
    assert at.line == line("access.ttl", "ckg:authenticatesWith ex:badge", vendor)
    assert [section.iri for section in step.sections] == [EX + "handbook-ways-in"]
    assert step.contested == ()
    assert answer.evidence == ()


def test_a_statement_of_a_fact_node_has_the_sections_of_the_node(graph: KnowledgeGraph) -> None:
    edge = "ex:interop-conversations-workshop-to-drawing-room"
    answer = why(graph, edge, "ckg:interopStatus", "ckg:FullySynced")
    (step,) = answer.proofs[0].steps
    assert [section.iri for section in step.sections] == [EX + "handbook-products"]


def test_an_inferred_statement_has_its_rule_and_its_premises(
    graph: KnowledgeGraph, vendor: Path
) -> None:
    answer = why(graph, "Drawing Room", "uses backend", "ex:gallery")
    assert answer.verdict == "inferred"
    (proof,) = answer.proofs
    conclusion, *premises = proof.steps
    assert (conclusion.rule, proof.length, conclusion.places) == ("prp-spo2", 1, ())
    assert [step.rule for step in premises] == ["", "", ""]
    lines = {(Path(at.file).name, at.line) for step in premises for at in step.places}
    assert ("products.ttl", line("products.ttl", "ckg:hasAccessMode", vendor)) in lines
    assert ("access.ttl", line("access.ttl", "ckg:connectsTo ex:gallery", vendor)) in lines
    chain = {at.line for origin in conclusion.definitions for at in origin.places}
    assert chain == {at.line for at in premises[0].places}


def test_a_statement_that_two_premises_need_stands_once(graph: KnowledgeGraph) -> None:
    (proof,) = why(graph, "Workshop", "type", "bridge product").proofs
    statements = [step.statement for step in proof.steps]
    assert len(statements) == len(set(statements))


def test_other_proofs_follow_the_shortest(graph: KnowledgeGraph) -> None:
    assert len(why(graph, "Workshop", "a", "Product").proofs) == 1
    proofs = why(graph, "Workshop", "a", "Product", every=True).proofs
    assert len(proofs) > 1
    assert all(first.length <= second.length for first, second in pairwise(proofs))
    assert len(set(proofs)) == len(proofs)


@pytest.mark.parametrize(
    "of", ["drawing ROOM", "the drawing  APP", "ex:drawing-room", f"<{EX}drawing-room>"]
)
@pytest.mark.parametrize("by", ["has access mode", "ckg:hasAccessMode", CKG + "hasAccessMode"])
def test_things_go_by_all_their_names(graph: KnowledgeGraph, of: str, by: str) -> None:
    answer = why(graph, of, by, "drawing room with account")
    assert answer.verdict == "asserted"
    assert answer.text == "Drawing Room has access mode Drawing Room with account"


@pytest.mark.parametrize(
    "text",
    [
        *("1000", "+1000", "01000", '"1000"', "'''1000'''", '"1000"^^xsd:integer'),
        *('"1000"^^xsd:long', '"1000.0"^^xsd:decimal'),
        '"1000"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ],
)
def test_a_literal_may_be_written_in_any_way_that_is_the_same_value(
    graph: KnowledgeGraph, text: str
) -> None:
    answer = why(graph, "ex:drawing-room-with-account", "context window", text)
    assert answer.verdict == "asserted"
    assert str(answer.statement.object).startswith('"1000"^^')


@pytest.mark.parametrize(
    ("subject", "predicate", "text"),
    [
        ("ex:drawing-room-with-account", "ckg:requiresApiKey", "false"),
        ("ex:drawing-room-with-account", "ckg:requiresApiKey", '"0"^^xsd:boolean'),
        ("ex:alias-coal", "ckg:aliasText", "Coal"),
        ("ex:drawing-room", "skos:altLabel", "Atelier"),
        ("ex:drawing-room", "skos:altLabel", '"Atelier"@en'),
        ("ex:drawing-room", "rdfs:label", '"Drawing Room"'),
        ("ex:drawing-room", "rdfs:label", "Drawing Room"),
    ],
)
def test_truths_and_texts_are_literals_too(
    graph: KnowledgeGraph, subject: str, predicate: str, text: str
) -> None:
    assert why(graph, subject, predicate, text).holds


@pytest.mark.parametrize("text", ["999", '"1000"^^xsd:double', '"1000"^^xsd:string', '"1000"@en'])
def test_another_literal_does_not_hold(graph: KnowledgeGraph, text: str) -> None:
    answer = why(graph, "ex:drawing-room-with-account", "ckg:contextWindowTokens", text)
    assert not answer.holds
    assert one(answer, "value").text.endswith("1000")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (("Drawing Rom", "a", "Product"), "Drawing Room"),
        (("ex:drawing-rom", "a", "Product"), "ex:drawing-room"),
        (("Drawing Room", "has access modes", "badge"), "ckg:hasAccessMode"),
        (("Drawing Room", "ckg:Product", "badge"), "is no property"),
        (("Drawing Room", "has access mode", "http://example.org/nothing"), "names nothing"),
        (("ex:drawing-room-with-account", "context window", "many"), "is no xsd:integer"),
        (("ex:drawing-room-with-account", "context window", '"x"^^xsd:integer'), "is no xsd:int"),
        (("ex:drawing-room-with-account", "context window", '"1000'), "is no literal"),
        (("ex:drawing-room", "skos:altLabel", '"a" . <urn:a> <urn:b> "c"'), "is no literal"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    graph: KnowledgeGraph, statement: tuple[str, str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        why(graph, *statement)
    assert message in str(caught.value)


def test_a_name_of_several_things_lists_them(vendor: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin.nt"
    twin.write_text(
        f"<https://example.org/twin> <{RDF_TYPE}> <{CKG}Interface> .\n"
        f'<https://example.org/twin> <{SKOS}prefLabel> "Drawing Room"@en .\n'
    )
    graph = KnowledgeGraph.load([vendor], [twin])
    with pytest.raises(InputError, match=r"names several things.*\n.*\n.*twin"):
        why(graph, "Drawing Room", "a", "Product")
    # Of two that bear the name, one has such a property.
    assert why(graph, "Drawing Room", "has access mode", "Drawing Room with account").holds


@pytest.mark.parametrize(
    ("subject", "predicate", "object_"),
    [("ex:workshop", "owl:sameAs", "Workshop"), ("ckg:Product", "subClassOf", "owl:Thing")],
)
def test_what_holds_of_anything_holds(
    graph: KnowledgeGraph, subject: str, predicate: str, object_: str
) -> None:
    assert why(graph, subject, predicate, object_).holds


def test_what_a_section_denies_is_told_also_where_it_holds(denied: KnowledgeGraph) -> None:
    answer = why(denied, "ex:workshop-with-account", "ckg:authenticatesWith", "ex:badge")
    assert answer.verdict == "asserted"
    (step,) = answer.proofs[0].steps
    assert [found.question for found in step.contested] == ["Does the Workshop take a badge?"]
    # The section that denies it is not among those that state it.
    assert [section.iri for section in step.sections] == [EX + "handbook-ways-in"]
    against = one(answer, "denied")
    assert (against.iri, against.places[0].line) == (EX + "claim-no-badge", 8)
    assert against.contested == step.contested


def test_the_denial_of_what_does_not_hold_is_its_opposite(denied: KnowledgeGraph) -> None:
    answer = why(denied, "ex:workshop-with-key", "ckg:connectsTo", "ex:gallery")
    assert answer.verdict == "opposite stated"
    assert [s.iri for s in one(answer, "denied").sections] == [EX + "handbook-products"]
    assert one(answer, "value").text.endswith("foundry")


def test_a_reading_that_is_not_adopted_is_told(denied: KnowledgeGraph) -> None:
    answer = why(denied, "ex:drawing-room-with-account", "ckg:contextWindowTokens", "2000")
    assert answer.verdict == "not adopted"
    assert one(answer, "reading").iri == EX + "claim-larger-window"


def test_a_negative_node_about_the_same_two_is_told_with_its_status(graph: KnowledgeGraph) -> None:
    # The property is another than that of the node: it is only said that there is a no.
    answer = why(graph, "ex:workshop-with-key", "sharesQuotaWith", "ex:drawing-room-with-account")
    assert answer.verdict == "negative stated"
    texts = [found.text for found in answer.evidence if found.kind == "node"]
    assert "Credentials: drawing-room-with-account to workshop-with-key: no access" in texts


def test_a_node_about_a_mode_speaks_for_its_product(graph: KnowledgeGraph) -> None:
    answer = why(graph, "Workshop", "sharesQuotaWith", "ex:drawing-room-with-account")
    assert any("workshop-with-key" in found.text for found in answer.evidence)


def test_what_would_contradict_the_graph_is_told_with_what_it_contradicts(
    graph: KnowledgeGraph, vendor: Path
) -> None:
    answer = why(graph, "ex:drawing-room-with-account", "ckg:authenticatesWith", "ex:token")
    assert answer.verdict == "opposite stated"
    against = answer.evidence[0]
    assert against.kind == "contradiction"
    assert "disjoint" in against.text
    lines = [at.line for origin in against.rests_on for at in origin.places]
    assert line("access.ttl", "ckg:authenticatesWith ex:badge", vendor) in lines
    assert all(lines)


def test_of_what_is_nowhere_nothing_is_said(graph: KnowledgeGraph) -> None:
    answer = why(graph, "ckg:FactNode", "rdfs:subClassOf", "ckg:InteropEdge")
    assert (answer.verdict, answer.evidence) == ("not stated", ())


def test_a_contradiction_is_told_with_the_fewest_statements(clash: KnowledgeGraph) -> None:
    (found,) = conflicts(clash)
    assert found.rule == "cax-dw"
    assert "ex:muddled" in found.sentence
    own = {at.line for o in found.statements for at in o.places if at.file.endswith("clash.ttl")}
    assert own == {9, 10}
    assert all(at.line for o in found.statements for at in o.places)
    assert all(origin.places for origin in (*found.statements, *found.definitions))


def test_a_graph_that_contradicts_itself_can_be_asked_and_says_so(clash: KnowledgeGraph) -> None:
    answer = why(clash, "ex:muddled", "a", "ckg:SubscriptionMode")
    assert answer.holds
    assert not answer.consistent


def test_a_consistent_graph_has_no_conflicts(graph: KnowledgeGraph) -> None:
    assert conflicts(graph) == ()
