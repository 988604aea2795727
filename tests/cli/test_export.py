"""``claude-kg export``: documents that other systems load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyoxigraph as ox
import pytest

Run = Callable[..., CompletedProcess[str]]


def test_turtle_comes_first_and_begins_with_the_ontology(kg: Run, vendor: Path) -> None:
    done = kg("export", "--facts", vendor)
    assert (done.returncode, done.stderr) == (0, "")
    prefixes, header = done.stdout.split("\n\n")[:2]
    assert all(line.startswith("@prefix ") for line in prefixes.splitlines())
    assert header.startswith("<https://w3id.org/claude-kg/ontology> a owl:Ontology ;")
    assert "ex:workshop a ckg:BridgeProduct" in done.stdout


def test_asserted_leaves_out_what_follows(kg: Run, vendor: Path) -> None:
    assert "a ckg:BridgeProduct" not in kg("export", "--facts", vendor, "--asserted").stdout


@pytest.mark.parametrize("suffix", ["ttl", "trig", "nt", "nq", "jsonld", "rdf"])
def test_file_name_tells_the_format(kg: Run, vendor: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph.{suffix}"
    done = kg("export", "--facts", vendor, "-o", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sum(1 for _ in ox.parse(path=str(path))) > 1000


def test_export_can_be_laid_over_the_graph_again(kg: Run, vendor: Path, tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    kg("export", "--facts", vendor, "--asserted", "-o", path)
    again = kg("export", "--facts", path, "--asserted", "-f", "nt")
    # But for the class expressions, of which the vocabulary brings its own.
    named = [
        {line for line in text.splitlines() if "_:" not in line}
        for text in (again.stdout, path.read_text())
    ]
    assert named[0] == named[1]
    assert len(named[0]) > 1000
