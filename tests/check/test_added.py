"""What is added to a graph without findings is checked alone, and the findings are those of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_kg import Finding, KnowledgeGraph
from claude_kg.check import reach
from claude_kg.check.data import Data
from claude_kg.check.fast import check_fast
from claude_kg.check.groups import read_select
from claude_kg.check.narrow import Additions, NotNarrowError, narrowed
from claude_kg.check.reach import Added, Part, of_query
from claude_kg.check.rulebook import Rulebook
from claude_kg.check.validate import validate
from claude_kg.lines import lines_of
from claude_kg.load import load, parse
from claude_kg.query.tokens import tokenize
from claude_kg.reason import reason
from claude_kg.reason.kept import follow, keep
from claude_kg.terms import PREFIXES, RDFS
from tests.check import generated

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
OWN = "https://example.org/own/"

SMALL = {
    "a name": 'kg:claude-code skos:altLabel "the code"@en .',
    "what is stated already": "kg:claude-code a ckg:Product .",
    "nothing": "# nothing",
    "a name without a language": 'kg:claude-code skos:altLabel "the code" .',
    "one value too many": "kg:claude-code-with-api-key ckg:contextWindowTokens 1 .",
    "an edge without a claim": "kg:claude-code ckg:hasAccessMode kg:claude-with-account .",
    "a thing of which nothing is known": "kg:claude-code ckg:memberOf kg:nowhere .",
    "a property that nobody declared": "kg:claude-code ckg:knows kg:claude .",
    "a thing without a class": '<urn:x> skos:prefLabel "X"@en .',
    "a thing of a class of which nothing is known": "<urn:x> a ckg:Nonsense .",
    "a claim that nothing bears out": (
        "<urn:x> a ckg:Claim ; ckg:claimSubject kg:claude ; ckg:claimProperty ckg:memberOf ; "
        "ckg:claimValue kg:claude ; ckg:statedIn kg:doc1-products ; ckg:adoptedIn kg:edition-2025 ."
    ),
    "a denial of what is adopted": "?claim ckg:denies true .",
    "a shared store": "kg:claude ckg:storesConversationsIn <urn:x> . "
    "kg:claude-code ckg:storesConversationsIn <urn:x> .",
    "a blank node": '[] a ckg:Feature ; skos:prefLabel "x"@en .',
}
GREAT = {
    "a new class": "<urn:C> a owl:Class ; rdfs:subClassOf ckg:Feature . <urn:x> a <urn:C> .",
    "a contradiction": "kg:claude-code-with-api-key ckg:authenticatesWith kg:account-login . "
    "kg:claude a ckg:Feature .",
    "a value that is none": 'kg:claude-with-account ckg:contextWindowTokens "x"^^xsd:integer .',
}


def overlay(text: str, folder: Path) -> Path:
    """A file with these statements, in which ``?claim`` is one that is adopted."""
    claims = (
        t.subject.value
        for t in load().asserted
        if t.predicate.value.endswith("#adoptedIn") and isinstance(t.subject, ox.NamedNode)
    )
    file = folder / "overlay.ttl"
    file.write_text(HEAD + text.replace("?claim", f"<{min(claims)}>"))
    return file


def found(file: Path, *, cache: bool) -> set[Finding]:
    """The findings of the packaged graph with a file laid over it."""
    report = validate(KnowledgeGraph.load(overlays=[file], cache=cache))
    whole = KnowledgeGraph.load(overlays=[file], cache=False)
    assert report.statements == len(whole.asserted)
    assert report.prefixes == whole.prefixes
    return set(report.findings)


@pytest.fixture
def whole_is_refused(monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    """Let what was added be checked alone, or fail."""
    KnowledgeGraph.load().validate()
    validate(KnowledgeGraph.load(overlays=[EXAMPLES / "new-feature.ttl"]))
    monkeypatch.setattr("claude_kg.check.whole.check_whole", pytest.fail)


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_small_additions_are_checked_alone(
    text: str, tmp_path: Path, whole_is_refused: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = overlay(text, tmp_path)
    alone = found(file, cache=True)
    monkeypatch.undo()
    assert alone == found(file, cache=False)


@pytest.mark.parametrize("text", GREAT.values(), ids=GREAT)
def test_what_changes_the_vocabulary_or_contradicts_is_checked_with_all(
    text: str, tmp_path: Path
) -> None:
    file = overlay(text, tmp_path)
    assert found(file, cache=True) == found(file, cache=False)


def test_a_new_product_is_checked_alone(
    whole_is_refused: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = found(EXAMPLES / "new-product", cache=True)
    monkeypatch.undo()
    assert alone == found(EXAMPLES / "new-product", cache=False) == set()


def wrong(triples: Sequence[ox.Triple], random: Random) -> list[ox.Triple]:
    """New statements with the subjects, properties and objects of others."""
    facts = [t for t in triples if not t.predicate.value.startswith((RDFS, "http://www.w3.org/20"))]
    some = random.sample(facts, 6)
    own = ox.NamedNode(f"{OWN}{random.randrange(3)}")
    made = []
    for one in some:
        like = random.choice([t for t in facts if t.predicate == one.predicate])
        subject = random.choice([one.subject, own])
        made.append(
            ox.Triple(subject, one.predicate, random.choice([like.object, like.object, own]))
        )
    return made


@pytest.mark.parametrize("seed", range(8))
def test_wrong_additions_are_found_alone_or_with_all(seed: int, tmp_path: Path) -> None:
    file = tmp_path / "wrong.nt"
    file.write_bytes(lines_of(wrong(load().asserted, Random(seed))))
    assert found(file, cache=True) == found(file, cache=False)


def test_the_graph_below_has_findings_itself(tmp_path: Path, vendor: Path) -> None:
    facts = tmp_path / "facts.ttl"
    facts.write_text(f"{HEAD} <urn:x> a ckg:Backend .")
    file = overlay(SMALL["a name without a language"], tmp_path)
    reports = [
        validate(KnowledgeGraph.load([vendor, facts], [file], cache=cache))
        for cache in (True, True, False)
    ]
    assert reports[0] == reports[1] == reports[2]
    assert len({finding.file for finding in reports[0].findings}) == 2


# The closure


@settings(deadline=None)
@given(st.integers(0, 1 << 32))
def test_what_follows_besides_is_what_follows_from_all(seed: int) -> None:
    random = Random(seed)
    axioms = """
        ex:p rdfs:domain ex:A ; rdfs:range ex:B ; rdfs:subPropertyOf ex:q .
        ex:q a owl:TransitiveProperty , owl:SymmetricProperty . ex:r owl:inverseOf ex:p .
        ex:s owl:propertyChainAxiom ( ex:p ex:r ) . ex:r a owl:FunctionalProperty .
        [ owl:onProperty ex:q ; owl:someValuesFrom ex:B ] rdfs:subClassOf ex:C .
        ex:t a owl:DatatypeProperty ; rdfs:range xsd:integer . ex:B owl:disjointWith ex:D .
    """
    everything = [
        t
        for t in parse((generated.HEAD + HEAD + generated.links(random)).encode(), "t", "turtle")[0]
        if t.predicate.value != RDFS + "subClassOf"
    ]
    known = parse((generated.HEAD + HEAD + axioms).encode(), "t", "turtle", "axioms")[0]
    some = random.sample(everything, len(everything) // 2)
    base = [*known, *some]
    before = reason(base).closure
    if not before.consistent:
        return
    added = [t for t in everything if t not in set(base)]
    after = reason([*base, *added]).closure
    besides = follow(keep(base, PREFIXES), added)
    assert (besides is None) == (not after.consistent)
    if besides is not None:
        assert {*before.inferred, *besides} - set(added) == set(after.inferred)


# What a query looks at


@pytest.mark.parametrize("pattern", generated.PATTERNS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_does_not_touch_a_query_adds_no_answer(pattern: str, seed: int) -> None:
    random = Random(seed)
    query = query_for(pattern)
    triples = parse(generated.links(random).encode(), "t", "turtle")[0]
    added = random.sample(triples, 3)
    base = [t for t in triples if t not in added]
    looked_at = of_query(query)
    above = {"https://example.org/B": ["https://example.org/A"]}
    before, after = (answers(query, graph) for graph in (base, [*base, *added]))
    if not Added(added, above).touch(looked_at):
        assert after <= before
    if (names := looked_at.properties) is not None:
        assert answers(query, [t for t in triples if t.predicate.value in names]) == after


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_what_does_not_touch_a_shape_adds_no_finding(seed: int) -> None:
    random = Random(seed)
    rules = Rulebook(parse(generated.shape(random).encode(), "s", "turtle", "s")[0])
    triples = parse(generated.graph(random).encode(), "t", "turtle")[0]
    added = random.sample(triples, 2)
    base = Data([t for t in triples if t not in added])
    if check_fast(base, rules, ["core"]):
        return
    above = {"https://example.org/B": ["https://example.org/A"]}
    shapes, looked_at = reach.core(rules, Added(added, above))
    names = looked_at.properties
    data = Data([t for t in triples if names is None or t.predicate.value in names])
    alone = check_fast(data, Rulebook(shapes), ["core"]) if shapes else []
    assert set(map(str, alone)) == set(map(str, check_fast(Data(triples), rules, ["core"])))


def query_for(pattern: str) -> str:
    return (
        "PREFIX ex: <https://example.org/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        f"SELECT $this ?value ?path WHERE {{ {pattern} }}"
    )


def answers(query: str, triples: Sequence[ox.Triple]) -> set[str]:
    solutions = Data(triples).store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return {str(solution) for solution in solutions}


@pytest.mark.parametrize(
    ("query", "raised_by"),
    [
        ("{ ?s ex:p ?o }", {"p"}),
        ("{ ?s ex:p ?o . FILTER NOT EXISTS { ?s ex:q ?o } }", {"p"}),
        ("{ ?s ex:p ?o MINUS { ?s ex:q ?o MINUS { ?s ex:r ?o } } }", {"p", "r"}),
        ("{ ?s ex:p ?o OPTIONAL { ?s ex:q ?x } FILTER (!BOUND(?x)) }", {"p", "q"}),
        ("{ ?s ex:p ?o FILTER (!EXISTS { ?s ex:q ?o }) }", {"p", "q"}),
        (
            "{ ?s ex:p ?o MINUS { SELECT ?s { ?s ex:q ?x } GROUP BY ?s HAVING (COUNT(?x) < 2) } }",
            {"p", "q"},
        ),
        ("{ ?s ?p ?o }", None),
        ("{ ?s ex:p ?o ; ?p ?x }", None),
        ("{ [] ?p ?o }", None),
        ("{ [ ?p ?o ] ex:p ?s }", None),
        ("{ ( ?a ?b ) ?p ?o }", None),
        ("{ ?s !ex:p ?o }", None),
        ("{ ?s !(ex:p|^ex:q) ?o }", None),
        ("{ ?s ex:p* ?o }", None),
        ("{ ?s ex:q/ex:p* ?o }", {"p", "q"}),
        ("{ ?s ex:p* ex:o }", {"p", "o"}),
        ("{ GRAPH ?g { ?s ex:p ?o } }", None),
        ("{ ?s other:p ?o }", None),
        ("{ ?s ex:p ?o . FILTER (?o > 1) ?o ex:q ?x }", {"p", "q"}),
    ],
)
def test_what_can_raise_an_answer(query: str, raised_by: set[str] | None) -> None:
    part = of_query(f"PREFIX ex: <urn:> SELECT * WHERE {query}").raises
    if raised_by is None:
        assert part.anything
    else:
        assert part == Part(frozenset(f"urn:{name}" for name in raised_by))


@pytest.mark.parametrize(
    ("query", "any_class"),
    [
        ("{ ?s a ex:A }", False),
        ("{ ?s a ?class }", True),
        ("{ ?s a ex:A , ?class }", True),
        ("{ ex:A ^a ?s }", True),
        ("{ ?s ^a ex:A }", True),
        ("{ ?s a/ex:p ex:A }", True),
        ("{ ?s ex:p/a ex:A . BIND (rdf:type AS ?path) }", False),
    ],
)
def test_whether_the_class_is_known(query: str, any_class: bool) -> None:
    prefixes = "PREFIX ex: <urn:> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
    assert of_query(f"{prefixes} SELECT * WHERE {query}").raises.any_class == any_class


# Asking for what is new alone

FURTHER = [
    "{ SELECT DISTINCT ?value { ?x ?y ?value } } MINUS { ?value ex:p ?of } $this ?path ?value",
    "{ SELECT DISTINCT ?path { ?x ?path ?y } } MINUS { ?path a ?kind } $this ?path ?value",
    "$this ?path ?value . FILTER (isIRI($this)) MINUS { $this a ex:A }",
    "{ $this ex:p ?value } UNION { $this ex:q ?value } MINUS { $this ex:r ?value }",
    "$this a/rdfs:subClassOf* ex:A ; ex:p/ex:q ?value",
    "$this a ?kind . ?kind rdfs:subClassOf* ex:A . ?value ex:p|^ex:q $this",
    "$this ex:p ?value OPTIONAL { ?value ex:q ?x } FILTER (BOUND(?x))",
    "$this ex:p ?value MINUS { ?value ex:q ?x MINUS { ?x ex:r $this } }",
    "$this ex:p ?value MINUS { ?value ex:q ?x OPTIONAL { ?x ex:r ?y } FILTER (BOUND(?y)) }",
    "{ SELECT $this (COUNT(?x) AS ?value) { $this ex:p ?x } GROUP BY $this } $this ex:q ?y",
    "{ SELECT $this ?value { { $this ex:p ?value } UNION { ?value ex:p $this } } } $this a ?x",
    "$this ex:p* ?value . $this a ex:A",
    "$this ^ex:p/a ?value",
    "ex:n1 ex:p ex:n2 . $this ex:q ?value",
    "$this ex:p ?value , ?same . ?same ex:q $this , $this ; a ex:A",
]


@pytest.mark.parametrize("pattern", [*generated.PATTERNS, *FURTHER])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32), number=st.integers(1, 4))
def test_the_new_answers_are_found_by_asking_for_them_alone(
    pattern: str, seed: int, number: int
) -> None:
    random = Random(seed)
    query = query_for(pattern)
    triples = parse(generated.links(random).encode(), "t", "turtle")[0]
    added = random.sample(triples, number)
    tokens = tokenize(query)
    try:
        alone = narrowed(query, tokens, read_select(query, tokens), Additions(added))
    except NotNarrowError:
        return
    before, after = (
        answers(query, graph) for graph in ([t for t in triples if t not in added], triples)
    )
    new = {answer for text in alone for answer in answers(text, triples)}
    assert after - before <= new <= after


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("$this ?path ?value . FILTER (isIRI($this)) MINUS { $this a ex:A }", 1),
        ("$this ex:p ?value ; ex:q ?x", 1),
        ("$this ex:q ?value . FILTER NOT EXISTS { $this ex:p ?x }", 0),
        ("$this a/rdfs:subClassOf* ex:A", 0),
        ("$this ex:p/ex:q ?x", 1),
        ("$this ex:q ?value OPTIONAL { $this ex:p ?x }", None),
        ("$this ex:q ?value MINUS { $this ex:q ?x MINUS { $this ex:p ?x } }", None),
        ("$this ex:p* ?value", None),
        ("$this ex:q ?value FILTER (EXISTS { $this ex:p ?x } || true)", None),
        ("{ SELECT $this { $this ex:p ?x } GROUP BY $this HAVING (COUNT(?x) < 2) }", None),
        ("$this ex:q [ ex:p ?x ]", None),
    ],
)
def test_what_is_asked_for_alone(pattern: str, number: int | None) -> None:
    query = query_for(pattern)
    added = Additions(parse(f"{generated.HEAD} ex:n1 ex:p ex:n2 .".encode(), "t", "turtle")[0])
    tokens = tokenize(query)
    if number is None:
        with pytest.raises(NotNarrowError):
            narrowed(query, tokens, read_select(query, tokens), added)
    else:
        assert len(narrowed(query, tokens, read_select(query, tokens), added)) == number


@pytest.mark.parametrize("pattern", generated.PATTERNS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32), number=st.integers(1, 4))
def test_constraints_that_held_before_are_asked_for_what_is_new(
    pattern: str, seed: int, number: int
) -> None:
    random = Random(seed)
    rules = Rulebook(parse(generated.constraint(random, pattern).encode(), "s", "turtle")[0])
    triples = parse(generated.links(random).encode(), "t", "turtle")[0]
    added = random.sample(triples, number)
    base = Data([t for t in triples if t not in added])
    if check_fast(base, rules, ["sparql"]):
        return
    alone = check_fast(Data(triples), rules, ["sparql"], Additions(added))
    assert set(map(str, alone)) == set(map(str, check_fast(Data(triples), rules, ["sparql"])))
