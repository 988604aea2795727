"""What meets given needs, and why."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import InputError, KnowledgeGraph
from claude_kg.find import Finding, find

Run = Callable[..., CompletedProcess[str]]

EX = "https://example.org/examplia/"
ALL = {"drawing-room-with-account", "workshop-with-account", "workshop-with-key"}


def fitting(graph: KnowledgeGraph, *needs: str, without: tuple[str, ...] = ()) -> set[str]:
    found = find(graph, needs, without)
    return {candidate.mode.iri.removeprefix(EX) for candidate in found.fitting}


def finding(graph: KnowledgeGraph, need: str, mode: str) -> Finding:
    candidates = find(graph, [need]).candidates
    (found,) = [f for c in candidates if c.mode.iri == EX + mode for f in c.findings]
    return found


@pytest.mark.parametrize(
    ("need", "modes"),
    [
        ("Erasing", {"drawing-room-with-account", "workshop-with-account"}),
        ("offline drawing", {"workshop-with-account", "workshop-with-key"}),
        ("token", {"workshop-with-key"}),
        ("gallery", {"drawing-room-with-account", "workshop-with-account"}),
        ("whisper", {"drawing-room-with-account", "workshop-with-account"}),
        ("Easel OS", {"workshop-with-account", "workshop-with-key"}),
        ("canvas", {"drawing-room-with-account"}),
        ("Patron", {"drawing-room-with-account", "workshop-with-account"}),
        ("Workshop", {"workshop-with-account", "workshop-with-key"}),
        ("workshop-with-key", {"workshop-with-key"}),
        ("bridge product", {"workshop-with-account", "workshop-with-key"}),
        ("API mode", {"workshop-with-key"}),
        ("metered billing", {"workshop-with-key"}),
        ("Sketchpad", {"workshop-with-key"}),
        # By way of the authentication method, since no mode has it by itself.
        ("password", {"drawing-room-with-account", "workshop-with-account"}),
        ("ckg:contextWindowTokens>=2000", {"workshop-with-account", "workshop-with-key"}),
        ("context window < 2,000", {"drawing-room-with-account"}),
        ("requiresApiKey = true", {"workshop-with-key"}),
        ("mostCount<=60", {"workshop-with-key"}),
    ],
)
def test_a_need_is_anything_that_a_mode_or_its_product_has_or_is(
    graph: KnowledgeGraph, need: str, modes: set[str]
) -> None:
    assert fitting(graph, need) == modes
    assert fitting(graph, without=(need,)) == ALL - modes


def test_all_needs_have_to_be_met(graph: KnowledgeGraph) -> None:
    assert fitting(graph, "Erasing", "offline drawing") == {"workshop-with-account"}
    assert fitting(graph, "offline drawing", without=("token",)) == {"workshop-with-account"}
    assert fitting(graph, "Stacking", without=("token",)) == set()


def test_a_condition_is_told_and_counts_unless_strict(graph: KnowledgeGraph) -> None:
    found = finding(graph, "offline drawing", "workshop-with-key")
    assert (found.has, found.met) == ("conditional", True)
    assert "The paper is loaded beforehand" in found.because
    assert find(graph, ["offline drawing"], strict=True).fitting == ()
    # What is to be absent is not absent where it is there on a condition.
    without = find(graph, without=["offline drawing"], strict=True)
    assert [c.mode.iri for c in without.fitting] == [EX + "drawing-room-with-account"]


def test_no_is_told_apart_from_not_stated(graph: KnowledgeGraph) -> None:
    assert finding(graph, "Erasing", "workshop-with-key").has == "no"
    assert finding(graph, "offline drawing", "drawing-room-with-account").has == "not stated"
    assert finding(graph, "Patron", "workshop-with-key").has == "not stated"
    # Exactly one authentication method makes a mode, and disjoint classes exclude each other.
    assert finding(graph, "token", "workshop-with-account").has == "no"
    assert finding(graph, "API mode", "workshop-with-account").has == "no"
    assert finding(graph, "Sketchpad", "drawing-room-with-account").has == "no"


def test_the_reason_is_a_fact_with_its_sections(graph: KnowledgeGraph) -> None:
    found = finding(graph, "gallery", "workshop-with-account")
    assert (found.because, found.sections) == ("connects to gallery", (EX + "handbook-ways-in",))
    assert finding(graph, "token", "workshop-with-account").because == "authenticates with badge"


def test_what_another_mode_has_is_not_had_by_outranking_it(graph: KnowledgeGraph) -> None:
    assert finding(graph, "workshop-with-account", "workshop-with-key").has == "not stated"
    assert finding(graph, "badge", "workshop-with-key").has == "no"


def test_asserted_finds_by_what_is_stated(graph: KnowledgeGraph) -> None:
    found = find(graph, ["API mode"], asserted=True)
    assert found.fitting == ()
    assert len(find(graph, ["token"], asserted=True).fitting) == 1


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        ([], "nothing to look for"),
        (["  "], "a need is empty"),
        (["stackin"], r"names nothing in the graph. Near to it: Stacking"),
        (["atelier"], "names several things"),
        (["contextWindowTokens>=many"], "'many' is no number"),
        (["Erasing>=3"], "no values to compare"),
        (["nothing>=3"], "names nothing"),
        (["x" * 100_000 + ">=3"], "names nothing"),
        (["\x1b[2J"], "names nothing"),
    ],
)
def test_what_is_no_need_is_refused(graph: KnowledgeGraph, needs: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        find(graph, needs)
    assert all(line.isprintable() for line in str(caught.value).splitlines())


def test_a_value_that_is_no_number_compares_with_nothing(vendor: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "odd.ttl"
    overlay.write_text(
        "@prefix ckg: <https://w3id.org/claude-kg/ontology#> .\n"
        "@prefix ex: <https://example.org/examplia/> .\n"
        "ckg:weight a <http://www.w3.org/2002/07/owl#DatatypeProperty> .\n"
        'ex:workshop ckg:weight "NaN" . ex:drawing-room ckg:weight "heavy" .\n'
    )
    odd = KnowledgeGraph.load(facts=[vendor], overlays=[overlay])
    assert fitting(odd, "weight>=1") == set()
    assert fitting(odd, "weight=heavy") == {"drawing-room-with-account"}


def test_every_format_says_what_fits_and_why_the_rest_does_not(kg: Run, vendor: Path) -> None:
    def printed(format_name: str) -> str:
        needs = ("--needs", "Erasing", "--needs", "offline drawing", "--without", "token")
        done = kg("find", *needs, "--facts", vendor, "--format", format_name)
        assert done.returncode == 0, done.stderr
        return done.stdout

    rows = list(csv.DictReader(io.StringIO(printed("csv"))))
    assert len(rows) == 9
    assert {(r["product"], r["used with"]) for r in rows if r["fits"] == "yes"} == {
        ("Workshop", "badge")
    }
    data = json.loads(printed("json"))
    assert [c["mode"]["iri"] for c in data["fits"]] == [EX + "workshop-with-account"]
    failing = {
        c["mode"]["iri"].removeprefix(EX): [f["need"] for f in c["findings"] if not f["met"]]
        for c in data["doesNotFit"]
    }
    assert failing == {
        "drawing-room-with-account": ["offline drawing"],
        "workshop-with-key": ["Erasing", "token"],
    }
    for text in (printed("table"), printed("markdown")):
        assert text.startswith("Fits (1 of 3 access modes): Erasing, offline drawing, without tok")
        assert "1.1 Products" in text


def test_nothing_that_fits_is_an_answer(kg: Run, vendor: Path) -> None:
    done = kg("find", "--needs", "Stacking", "--needs", "Erasing", "--facts", vendor)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No access mode fits (0 of 3): Stacking, Erasing\n")


def test_artifacts_and_local_tools_without_a_key_are_found_in_one_packaged_product() -> None:
    found = find(KnowledgeGraph.load(), ["artifacts", "mcp"], ["api-key"])
    assert [c.mode.text for c in found.fitting] == ["Claude Desktop with account login"]
    large = find(KnowledgeGraph.load(), ["contextWindowTokens>=500000"])
    assert {c.name for c in large.fitting} == {"API key"}
