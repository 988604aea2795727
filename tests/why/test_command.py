"""The command: its formats, its exit codes, and what it prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyoxigraph as ox
import pytest

from claude_kg import KnowledgeGraph
from claude_kg.describe import describe
from claude_kg.terms import RDF, RDF_TYPE

Run = Callable[..., CompletedProcess[str]]

HERE = Path(__file__).parent
EX = "https://example.org/examplia/"
PROV = "http://www.w3.org/ns/prov#"
INFERRED = ("Workshop", "type", "bridge product")
ABSENT = ("ex:drawing-room-with-account", "ckg:authenticatesWith", "ex:token")


def parsed(turtle: str) -> ox.Store:
    store = ox.Store()
    store.load(turtle.encode(), ox.RdfFormat.TURTLE)
    return store


def rows(store: ox.Store, query: str) -> list[ox.QuerySolution]:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def test_what_holds_ends_with_0_and_what_does_not_with_1(kg: Run, vendor: Path) -> None:
    assert kg("why", *INFERRED, "--facts", vendor).returncode == 0
    done = kg("why", *ABSENT, "--facts", vendor)
    assert (done.returncode, done.stderr) == (1, "")
    assert "the opposite is stated" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("Workshp", "a", "Product"),
        ("Workshop", "a"),
        ("Workshop", "a", "Product", "--clash"),
        ("Workshop", "a", "Product", "--reasoner", "owlrl"),
        ("Workshop", "a", "Product", "--output", "why.pdf"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(
    kg: Run, vendor: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = kg("why", *arguments, "--facts", vendor, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_the_text_is_a_tree_with_places_and_sections(kg: Run, vendor: Path) -> None:
    done = kg(
        "why", "Drawing Room", "uses backend", "ex:gallery", "--facts", "vendor", cwd=vendor.parent
    )
    head, proof, sections = done.stdout.split("\n\n")
    assert head.splitlines() == [
        "Drawing Room uses backend gallery",
        "holds: it is inferred in 1 step",
    ]
    lines = proof.splitlines()
    assert lines[0].startswith("ex:drawing-room ckg:usesBackend ex:gallery, because")
    places = [line for line in lines if line.startswith("    vendor/")]
    assert [place.split(":")[0].strip() for place in places] == [
        "vendor/products.ttl",
        "vendor/access.ttl",
    ]
    assert any(line.startswith("    ontology/vocabulary/") for line in lines)
    assert "(prp-spo2)" in proof
    assert sections.startswith("Sections\n")


def test_json_numbers_the_steps(kg: Run, vendor: Path) -> None:
    data = json.loads(kg("why", *INFERRED, "--facts", vendor, "--format", "json").stdout)
    assert (data["holds"], data["verdict"]) == (True, "inferred")
    ((steps, length),) = [(proof["steps"], proof["length"]) for proof in data["proofs"]]
    assert length == 8
    assert steps[0]["rule"] == "cax-sco"
    for number, step in enumerate(steps):
        assert all(number < premise < len(steps) for premise in step["premises"])
        assert bool(step["premises"]) != bool(step["places"])
    data = json.loads(kg("why", *ABSENT, "--facts", vendor, "--format", "json").stdout)
    assert (data["holds"], data["proofs"]) == (False, [])
    assert data["evidence"][0]["restsOn"]


def test_turtle_describes_the_derivation_as_provenance(kg: Run, vendor: Path) -> None:
    turtle = kg("why", *INFERRED, "--facts", vendor, "--format", "turtle").stdout
    again = kg("why", *INFERRED, "--facts", vendor, "--format", "turtle").stdout
    assert turtle == again
    store = parsed(turtle)
    generated = f"?s <{PROV}wasGeneratedBy>"
    (root,) = rows(
        store,
        f"SELECT ?subject {{ ?s <{RDF}subject> ?subject . {generated} ?rule "
        f"MINUS {{ ?step <{PROV}used> ?s }} }}",
    )
    assert str(root["subject"]) == f"<{EX}workshop>"
    leaves = f"?s a <{RDF}Statement> MINUS {{ {generated} ?rule }}"
    placed = rows(store, f"SELECT ?s {{ {leaves} ?s <{PROV}atLocation> ?place }}")
    assert len(placed) == len(rows(store, f"SELECT ?s {{ {leaves} }}")) > 4


@pytest.mark.parametrize("statement", [ABSENT, INFERRED])
def test_a_file_name_tells_the_format(
    kg: Run, vendor: Path, tmp_path: Path, statement: tuple[str, ...]
) -> None:
    for suffix in ("txt", "json", "ttl"):
        kg("why", *statement, "--facts", vendor, "--output", tmp_path / f"why.{suffix}")
    assert json.loads((tmp_path / "why.json").read_text())["holds"] is (statement == INFERRED)
    store = parsed((tmp_path / "why.ttl").read_text())
    assert list(
        store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(RDF + "Statement"))
    )
    _, verdict, *_ = (tmp_path / "why.txt").read_text().splitlines()
    assert verdict.startswith("holds") is (statement == INFERRED)


def test_a_contradiction_is_shown_with_lines_and_ends_with_1(kg: Run, vendor: Path) -> None:
    graph = ("--facts", vendor, "--with", HERE / "clash.ttl")
    for arguments in ((), ("--clash",)):
        done = kg("why", *arguments, *graph, cwd=HERE)
        assert done.returncode == 1
        assert "ex:muddled is a ckg:SubscriptionMode and a ckg:ApiMode" in done.stdout
        assert "clash.ttl:9:27" in done.stdout
        assert "clash.ttl:10:27" in done.stdout
        assert "ex:easel" not in done.stdout
    data = json.loads(kg("why", *graph, "--format", "json").stdout)
    assert (data["consistent"], len(data["contradictions"])) == (False, 1)
    store = parsed(kg("why", *graph, "--format", "turtle").stdout)
    used = store.quads_for_pattern(None, ox.NamedNode(PROV + "used"), None)
    assert len(list(used)) == len(data["contradictions"][0]["statements"])


def test_a_consistent_graph_says_so_and_ends_with_0(kg: Run, vendor: Path) -> None:
    done = kg("why", "--facts", vendor)
    assert done.returncode == 0
    assert done.stdout == "The graph is consistent: nothing in it contradicts anything else.\n"
    done = kg("why", "--facts", vendor, "--format", "json")
    assert json.loads(done.stdout) == {"consistent": True, "contradictions": []}
    assert kg("why", "--facts", vendor, "--format", "turtle").returncode == 0


def test_doubt_is_cast_on_what_follows_from_a_contradiction(kg: Run, vendor: Path) -> None:
    graph = ("--facts", vendor, "--with", HERE / "clash.ttl")
    done = kg("why", "Workshop", "a", "Product", *graph)
    assert done.returncode == 0
    assert "contradicts itself" in done.stderr
    assert kg("why", "Workshop", "a", "Product", *graph, "--quiet").stderr == ""


def test_a_negative_number_follows_two_dashes(kg: Run, vendor: Path) -> None:
    done = kg(
        "why", "--facts", vendor, "--", "ex:drawing-room-with-account", "context window", "-1"
    )
    assert done.returncode == 1


def test_describe_gives_the_reason_of_each_inferred_fact(kg: Run, vendor: Path) -> None:
    graph = KnowledgeGraph.load(facts=[vendor])
    for term in ("Workshop", "ckg:usesBackend", "ex:gallery"):
        page = describe(graph, term, why=True)
        facts = [f for part in page.parts for f in (*part.facts, *part.pointing, *part.uses)]
        assert any(fact.inferred for fact in facts)
        assert all(bool(fact.reason) == fact.inferred for fact in facts)
        kinds = [kind for part in page.parts for kind in part.kinds]
        assert all(bool(kind.reason) == kind.inferred for kind in kinds)
    text = kg("describe", "Workshop", "--facts", vendor, "--why").stdout
    assert "because ckg:hasAccessMode, then ckg:connectsTo leads from ex:workshop" in text
    assert "because" not in kg("describe", "Workshop", "--facts", vendor).stdout
    table = kg("describe", "Workshop", "--facts", vendor, "--why", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert all(bool(row["reason"]) == bool(row["inferred"]) for row in rows)
    data = json.loads(kg("describe", "Workshop", "--facts", vendor, "--why", "-f", "json").stdout)
    assert [kind["name"] for kind in data["kinds"] if "reason" in kind] == [
        "bridge product",
        "product",
    ]
