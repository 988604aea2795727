"""Correct overlays give no false alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph

ROOT = Path(__file__).parents[2]
OVERLAYS = [*sorted((ROOT / "examples").glob("*.ttl")), ROOT / "tests" / "vendor"]


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_a_correct_overlay_gives_no_finding(overlay: Path) -> None:
    report = KnowledgeGraph.load(overlays=[overlay]).validate()
    assert report.findings == ()


def test_the_feature_of_the_example_is_found_by_its_name() -> None:
    graph = KnowledgeGraph.load(overlays=[ROOT / "examples" / "new-feature.ttl"])
    result = graph.query(
        "SELECT ?mode WHERE { ?node ckg:ofFeature ?_feature_iri ; ckg:inMode ?mode }",
        {"feature": "Notebooks"},
    )
    assert len(result.rows) == 5
