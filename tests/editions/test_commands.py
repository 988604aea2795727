"""The commands take an edition or a date, and say what the other edition makes of an answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

NEWS = "https://example.org/news"


@pytest.fixture
def three(vendor: Path, later: Path) -> list[str]:
    """The options that choose the invented vendor with its three editions."""
    return ["--facts", str(vendor), "--with", str(later)]


@pytest.mark.parametrize(
    "command",
    [
        ["describe", "ex:workshop-with-account"],
        ["compare", "ex:workshop-with-account", "ex:drawing-room-with-account"],
        ["find", "--needs", "ex:erasing"],
        ["ask", "How large is the context window of Workshop?"],
    ],
    ids=lambda command: command[0],
)
def test_an_answer_says_what_the_other_edition_says(
    kg: Run, three: list[str], command: list[str]
) -> None:
    plain = kg(*command, *three)
    assert plain.returncode == 0, plain.stderr
    assert "Newer documentation says otherwise (Edition Three, as of 2026-09):" in plain.stdout
    assert f"{NEWS}, seen 2026-05-04, official page" in plain.stdout
    first = json.loads(kg(*command, *three, "-f", "json").stdout)["newer"]
    latest = json.loads(kg(*command, *three, "-f", "json", "--edition", "latest").stdout)["newer"]
    assert (first["later"], latest["later"]) == (True, False)
    assert latest["name"] == "Edition One"
    assert any(page["address"] == NEWS for d in first["differences"] for page in d["pages"])
    told = [(d["here"], d["there"]) for d in first["differences"]]
    assert told
    assert sorted(told) == sorted((d["there"], d["here"]) for d in latest["differences"])


def test_a_section_of_the_report_says_it_too(kg: Run, three: list[str]) -> None:
    done = kg("report", "features", *three)
    assert "> **Newer documentation says otherwise" in done.stdout
    (table,) = json.loads(kg("report", "features", *three, "-f", "json").stdout)
    assert [d["there"] for d in table["newer"]["differences"]] == [["unavailable"]]
    assert kg("report", "products", *three).stdout.count("Newer") == 0


def test_nothing_is_said_where_there_is_no_other_edition(kg: Run, vendor: Path) -> None:
    done = kg("describe", "ex:workshop-with-account", "--facts", vendor, "-f", "json")
    assert json.loads(done.stdout)["newer"] is None
    assert "Newer" not in kg("describe", "ex:workshop-with-account", "--facts", vendor).stdout


@pytest.mark.parametrize(
    "options",
    [["--edition", "edition-nine"], ["--as-of", "soon"], ["--as-of", "12/2026"]],
)
@pytest.mark.parametrize(
    "command",
    [
        ["query", "products/overview"],
        ["describe", "Workshop"],
        ["find", "--needs", "erasing"],
        ["report", "features"],
        ["validate"],
        ["disputes"],
        ["sources"],
        ["stale"],
        ["export"],
        ["why"],
        ["ask", "what is Workshop?"],
        ["compare", "Workshop", "Drawing Room"],
    ],
    ids=lambda command: command[0],
)
def test_an_edition_or_date_that_is_none_is_one_line(
    kg: Run, three: list[str], command: list[str], options: list[str]
) -> None:
    done = kg(*command, *three, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert options[1] in line
    assert "Known: ex:edition-one" in line or "Write YYYY-MM-DD" in line


def test_all_editions_are_handed_on_as_a_graph_each(
    kg: Run, three: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "all.trig"
    assert kg("export", *three, "--edition", "all", "-o", file).returncode == 0
    held: dict[str, set[str]] = {}
    for quad in ox.parse(file.read_bytes(), ox.RdfFormat.TRIG):
        if quad.predicate.value.endswith("#edition"):
            held.setdefault(str(quad.graph_name), set()).add(str(quad.object))
    assert len(held) == 3
    assert all(named == {graph} for graph, named in held.items())
    refused = kg("export", *three, "--edition", "all", "-f", "turtle")
    assert refused.returncode == 2
    assert "trig or nq" in refused.stderr
    loaded = kg("query", "products/overview", "--facts", file)
    assert loaded.returncode == 2
    assert "holds several editions" in loaded.stderr


def test_validation_says_in_which_edition_a_finding_is_and_says_it_once(
    kg: Run, three: list[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text(
        "@prefix ckg: <https://w3id.org/claude-kg/ontology#> .\n"
        "@prefix ex: <https://example.org/examplia/> .\n"
        "ex:update-five a ckg:Claim ;\n"
        "    ckg:claimSubject ex:drawing-room-with-account ;\n"
        "    ckg:claimProperty ckg:contextWindowTokens ;\n"
        "    ckg:claimValue 5 ;\n"
        "    ckg:statedIn ex:page-news ;\n"
        "    ckg:adoptedIn ex:edition-two .\n"
        "ex:both a ckg:Claim ; ckg:statedIn ex:handbook-products ; ckg:adoptedIn ex:edition-one .\n"
    )
    done = kg("validate", *three, wrong, "-f", "json", "--no-cache")
    assert done.returncode == 1
    findings = json.loads(done.stdout)["findings"]
    found = [f["message"] for f in findings if f["rule"] == "update-does-something"]
    assert found == [
        "In Edition Two: ex:update-five belongs to a later edition and supersedes nothing. Name "
        "what it ckg:supersedes or ckg:confirms, or say ckg:adds true."
    ]
    assert sum(f["rule"] == "claim-subject" for f in findings) == 1
    alone = kg("validate", *three, wrong, "-q", "--no-cache", "--edition", "edition-two")
    assert "ex:update-five belongs" in alone.stdout
    assert "In Edition" not in alone.stdout


def test_what_is_stale_comes_oldest_first_and_what_was_seen_does_not(
    kg: Run, three: list[str]
) -> None:
    done = kg("stale", *three, "--as-of", "2026-06-01", "--days", "20", "-f", "json")
    found = json.loads(done.stdout)
    assert {fact["checked"] for fact in found} == {"", "2026-05-04"}
    dates = [fact["checked"] for fact in found]
    assert dates == sorted(dates)
    known = {fact["iri"] for fact in found}
    assert "ex:update-erasing" in known
    assert "ex:claim-workshop-with-account-context-window-tokens-1" not in known
    later = kg("stale", *three, "--as-of", "2026-06-01", "--days", "60", "-f", "csv").stdout
    assert "2026-05-04" not in later
    assert "claim-drawing-room-with-account-draws-on-quota-1" not in later
    table = kg("stale", *three, "--as-of", "2026-06-01").stdout
    assert "never" in table


def test_why_points_at_the_claim_from_which_an_edition_has_a_statement(
    kg: Run, three: list[str], later: Path
) -> None:
    asked = ["why", "ex:workshop-with-account", "ckg:contextWindowTokens", "2700"]
    done = kg(*asked, *three, "--edition", "latest")
    assert done.returncode == 0, done.stderr
    line = next(
        number
        for number, text in enumerate(later.read_text().splitlines(), 1)
        if "ckg:claimValue 2700" in text
    )
    assert f"later.ttl:{line}:" in done.stdout
    assert kg(*asked, *three).returncode == 1
