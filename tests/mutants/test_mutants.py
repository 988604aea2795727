"""Wrong edits are noticed: a few of the many that `make mutants` makes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "mutants.py"
SIZE = 48


@pytest.fixture(scope="module")
def account() -> dict[str, Any]:
    """What the program says of a small sample, of which some are judged twice."""
    options = ["--sample", str(SIZE), "--seed", "7", "--jobs", "1", "--verify", "4"]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *options, "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_most_wrong_edits_are_noticed(account: dict[str, Any]) -> None:
    shares = account["shares"]
    assert shares["facts"]["mutants"] + shares["records of the source"]["mutants"] == SIZE
    assert shares["facts"]["noticed"] >= 0.9
    assert shares["relations and statuses"]["noticed"] >= 0.9


def test_no_single_rule_notices_them_all(account: dict[str, Any]) -> None:
    assert len(account["rules"]) >= 5


def test_whatever_gets_away_has_a_reason(account: dict[str, Any]) -> None:
    assert [one for one in account["survivors"] if not one["reason"]] == []


def test_the_quick_judgement_is_that_of_the_validation_that_everybody_uses(
    account: dict[str, Any],
) -> None:
    assert account["disagreements"] == []
