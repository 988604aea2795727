"""``claude-kg queries``: the catalogue listed, searched and shown, and its names completed."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import KnowledgeGraph
from tests.ask.coverage import reasons, unused_terms
from tests.ask.phrasings import excluded, in_vain, undecided

Run = Callable[..., CompletedProcess[str]]


def test_every_query_is_listed_with_its_question(kg: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(kg("queries", "list", "-f", "csv").stdout)))
    questions = {row["query"]: row["question"] for row in rows}
    assert questions["access/precedence"].endswith("?")
    assert len(json.loads(kg("queries", "list", "-f", "json").stdout)) == len(rows)
    assert "access/precedence" in kg("queries").stdout


def test_search_finds_by_words_of_the_question(kg: Run) -> None:
    found = json.loads(kg("queries", "search", "cheapest", "plan", "-f", "json").stdout)
    assert "billing/plans" in [entry["query"] for entry in found][:3]


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_show_gives_the_values_that_the_graph_has(kg: Run, vendor: Path, form: str) -> None:
    done = kg("queries", "show", "--facts", vendor, "authentication-methods", "-f", form)
    assert done.returncode == 0
    assert "ex:workshop" in done.stdout
    assert "hasAccessMode" in done.stdout


def test_show_of_an_unknown_name_names_the_nearest(kg: Run) -> None:
    done = kg("queries", "show", "access/precedense")
    assert done.returncode == 2
    assert "access/precedence" in done.stderr


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["claude-kg", "query", "access/pre"], "access/precedence"),
        (["claude-kg", "query", "access/precedence", "-p", "prod"], "product="),
        (["claude-kg", "query", "access/precedence", "-p", "product="], "product=kg:claude-code"),
        (["claude-kg", "queries", "show", "preced"], "access/precedence"),
    ],
)
def test_a_shell_is_offered_names_and_values(words: list[str], offered: str) -> None:
    environment = {
        **os.environ,
        "_CLAUDE_KG_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    program = "from claude_kg.cli import cli; cli(prog_name='claude-kg')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert offered in [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_each_term_is_in_a_question_or_has_a_reason_not_to_be() -> None:
    assert unused_terms(KnowledgeGraph.load()) == reasons().keys()


def test_each_phrasing_can_be_answered() -> None:
    assert [*excluded(KnowledgeGraph.load()), *undecided(), *in_vain()] == []
