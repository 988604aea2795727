"""The page about a thing: what is on it, how it is written, and what happens to other words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import InputError, KnowledgeGraph
from claude_kg.describe import Page, describe
from claude_kg.facts import Fact

Run = Callable[..., CompletedProcess[str]]

EX = "https://example.org/examplia/"
CKG = "https://w3id.org/claude-kg/ontology#"
TWO_WINDOWS = Path(__file__).parents[1] / "disputes" / "two-windows.ttl"


@pytest.fixture(scope="module")
def workshop(graph: KnowledgeGraph) -> Page:
    return describe(graph, "Workshop")


def by_property(facts: tuple[Fact, ...], name: str) -> list[Fact]:
    return [fact for fact in facts if fact.property == CKG + name]


def test_a_page_says_what_a_thing_is(workshop: Page) -> None:
    assert workshop.iri == EX + "workshop"
    assert workshop.other_names == ("Atelier",)
    assert workshop.definition == "The command-line tool that draws by an account or by a key."
    assert [(kind.text, kind.inferred) for kind in workshop.kinds] == [
        ("command-line tool", False),
        ("bridge product", True),
        ("product", True),
    ]


def test_what_hangs_on_the_modes_stands_under_each_mode(workshop: Page) -> None:
    itself, account, key = workshop.parts
    assert by_property(itself.facts, "contextWindowTokens") == []
    assert [f.text for f in by_property(account.facts, "contextWindowTokens")] == ["2000"]
    assert [f.text for f in by_property(key.facts, "contextWindowTokens")] == ["3000"]


def test_what_follows_is_marked_and_what_is_stated_has_its_sections(workshop: Page) -> None:
    (connects,) = by_property(workshop.parts[2].facts, "connectsTo")
    assert (connects.inferred, connects.sections) == (False, (EX + "handbook-ways-in",))
    uses = by_property(workshop.parts[0].facts, "usesBackend")
    assert [(fact.text, fact.inferred) for fact in uses] == [("foundry", True), ("gallery", True)]


def test_asserted_leaves_out_what_follows(graph: KnowledgeGraph) -> None:
    page = describe(graph, "Workshop", asserted=True)
    assert by_property(page.parts[0].facts, "usesBackend") == []
    assert [kind.text for kind in page.kinds] == ["command-line tool"]
    assert len(page.parts) == 3


def test_facts_stand_in_the_order_in_which_the_vocabulary_declares_them(workshop: Page) -> None:
    groups = list(dict.fromkeys(fact.group for fact in workshop.parts[1].facts))
    modules = ["access", "billing", "infrastructure", "limits", "models", "protocols"]
    assert groups == modules


def test_a_fact_node_is_told_in_a_line_from_either_end(graph: KnowledgeGraph) -> None:
    def told(term: str) -> set[tuple[str, str, str]]:
        statements = describe(graph, term).parts[0].statements
        return {(f.group, f.text, d.text) for f in statements for d in f.degrees}

    assert ("feature availability", "Erasing", "unavailable") in told("workshop-with-key")
    assert ("feature availability", "Workshop with key", "unavailable") in told("Erasing")
    assert ("ability", "offline drawing", "conditional") in told("Workshop")


def test_a_condition_is_told(graph: KnowledgeGraph) -> None:
    facts = describe(graph, "offline drawing").parts[0].statements
    assert [d.text for f in facts for d in f.details] == [
        "condition: The paper is loaded beforehand"
    ]


def test_what_points_at_a_thing_is_told_unless_the_thing_says_it_itself(
    graph: KnowledgeGraph,
) -> None:
    gallery = describe(graph, "gallery").parts[0].pointing
    assert [f.text for f in by_property(gallery, "connectsTo")] == [
        "Drawing Room with account",
        "Workshop with account",
    ]
    vault = describe(graph, "vault").parts[0]
    assert by_property(vault.facts, "storesConversationsOf")
    assert by_property(vault.pointing, "storesConversationsIn") == []


def test_a_dispute_is_on_the_page_and_its_fact_is_marked(vendor: Path) -> None:
    disputed = KnowledgeGraph.load(facts=[vendor], overlays=[TWO_WINDOWS])
    page = describe(disputed, "Drawing Room")
    assert [dispute.iri for dispute in page.disputes] == [EX + "discrepancy-context-window"]
    (window,) = by_property(page.parts[1].facts, "contextWindowTokens")
    (backend,) = by_property(page.parts[1].facts, "connectsTo")
    assert (window.disputed, backend.disputed) == (True, False)


def test_sections_are_counted_in_the_order_of_the_document(workshop: Page) -> None:
    assert [section.reference for section in workshop.sections] == ["1.1", "1.2"]
    assert workshop.sections[0].heading == "Products"
    facts = [f for p in workshop.parts for f in (*p.facts, *p.statements, *p.pointing)]
    for section in workshop.sections:
        assert section.facts >= sum(section.iri in fact.sections for fact in facts) > 0


def test_a_class_has_its_members_and_the_condition_of_membership(graph: KnowledgeGraph) -> None:
    page = describe(graph, "ckg:ApiMode")
    assert page.follows_from == ("authenticates with: some key authentication",)
    assert [f.text for f in page.parts[0].pointing if f.label == "type"] == ["Workshop with key"]


def test_a_property_has_the_statements_that_are_made_with_it(graph: KnowledgeGraph) -> None:
    uses = describe(graph, "ckg:takesPrecedenceOver").parts[0].uses
    assert [fact.text for fact in uses] == ["Workshop with key: Workshop with account"]


def test_a_section_has_what_it_states(graph: KnowledgeGraph) -> None:
    page = describe(graph, "ex:handbook-products")
    assert page.name == "1.1 Products"
    assert "Workshop has interface prompt" in [fact.text for fact in page.parts[0].pointing]


def test_a_name_in_the_graph_with_capitals_means_the_one_so_written(
    graph: KnowledgeGraph,
) -> None:
    assert describe(graph, "availabilityStatus").iri == CKG + "availabilityStatus"
    assert describe(graph, "AvailabilityStatus").iri == CKG + "AvailabilityStatus"
    assert describe(graph, "availabilityStatus").same_name[0].iri == CKG + "AvailabilityStatus"


def test_an_ambiguous_name_lists_what_tells_its_bearers_apart(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError) as caught:
        describe(graph, "atelier")
    message = str(caught.value)
    assert "ex:drawing-room (web application, product): The web application in which" in message
    assert "ex:workshop (command-line tool, bridge product, product): The command-line" in message


def test_an_unknown_name_is_told_the_nearest(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match=r"Near to it: Workshop \(ex:workshop\)"):
        describe(graph, "werkshop")


@pytest.mark.parametrize(
    "term",
    ["", " ", "\x00\x1b[31m", '"{}<x>', "<urn:none>", "ASK { ?s ?p ?o }", "画室", "ab " * 30_000],
    ids=["nothing", "space", "control", "signs", "iri", "query", "letters", "long"],
)
def test_hostile_terms_are_told_to_be_nothing(graph: KnowledgeGraph, term: str) -> None:
    with pytest.raises(InputError, match="names nothing") as caught:
        describe(graph, term)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_text_shows_headings_values_marks_and_sections(kg: Run, vendor: Path) -> None:
    done = kg("describe", "Workshop", "--facts", vendor)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Workshop (ex:workshop)"
    assert "  has interface: prompt [1.1]" in lines
    assert "    foundry (inferred)" in lines
    assert "  Erasing: unavailable [1.1]" in lines
    assert "  context window: 3000 [1.2]" in lines
    assert "\x1b" not in done.stdout


def test_every_format_holds_the_same_facts(kg: Run, vendor: Path, tmp_path: Path) -> None:
    def printed(suffix: str) -> str:
        file = tmp_path / f"page{suffix}"
        done = kg("describe", "Workshop", "--facts", vendor, "--output", file)
        assert done.returncode == 0, done.stderr
        return file.read_text()

    data = json.loads(printed(".json"))
    parts = ("facts", "statements", "statementsWithIt", "pointedAtBy")
    count = sum(len(part[name]) for part in data["parts"] for name in parts)
    rows = list(csv.DictReader(io.StringIO(printed(".csv"))))
    assert len(rows) == count
    row = next(r for r in rows if r["property"] == "uses backend")
    assert (row["about"], row["inferred"]) == ("ex:workshop", "inferred")
    assert printed(".txt").count("\n  Erasing: ") == printed(".md").count("\n- Erasing: ") == 2
    backend = next(f for f in data["parts"][0]["facts"] if f["label"] == "uses backend")
    assert backend["value"] == {"type": "uri", "value": EX + "foundry"}


def test_the_command_ends_with_2_and_a_line_a_candidate(kg: Run, vendor: Path) -> None:
    done = kg("describe", "atelier", "--facts", vendor)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 3
    assert all(line.startswith("claude-kg: error: ") for line in done.stderr.splitlines())


def test_the_same_page_has_the_same_bytes(kg: Run, vendor: Path) -> None:
    first, second = (
        kg("describe", "Drawing Room", "--facts", vendor, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    )
    assert first == second != ""
