"""Correct overlays give no false alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph

ROOT = Path(__file__).parents[2]
NEW_PRODUCT = ROOT / "examples" / "new-product"
OVERLAYS = [*sorted((ROOT / "examples").iterdir()), ROOT / "tests" / "vendor"]


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_a_correct_overlay_gives_no_finding(overlay: Path) -> None:
    report = KnowledgeGraph.load(overlays=[overlay]).validate()
    assert report.findings == ()


def test_a_new_product_and_a_new_vendor_together_give_no_finding() -> None:
    report = KnowledgeGraph.load(overlays=[NEW_PRODUCT, ROOT / "tests" / "vendor"]).validate()
    assert report.findings == ()


def test_the_product_of_the_example_shares_what_follows_from_its_facts() -> None:
    graph = KnowledgeGraph.load(overlays=[NEW_PRODUCT])
    lantern = "https://example.org/lantern/lantern"
    result = graph.query(
        f"SELECT ?other WHERE {{ <{lantern}> ckg:sharesConversationsWith ?other }}"
    )
    assert len(result.rows) == 2
    result = graph.query(f"ASK {{ <{lantern}-with-account> a ckg:SubscriptionMode }}")
    assert result.boolean


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("interop-conversations-lantern-to-claude", "interop-matrix"),
        ("interop-quota-lantern-with-account-to-claude-with-account", "interop-mode-matrix"),
        ("availability-reading-aloud-in-claude-with-account", "feature-matrix"),
    ],
)
def test_an_example_with_a_cell_less_is_told_which_one(
    cell: str, rule: str, tmp_path: Path
) -> None:
    for file in NEW_PRODUCT.glob("*.ttl"):
        blocks = file.read_text(encoding="utf-8").split("\n\n")
        kept = [block for block in blocks if f"my:{cell} " not in block]
        (tmp_path / file.name).write_text("\n\n".join(kept), encoding="utf-8")
    report = KnowledgeGraph.load(overlays=[tmp_path]).validate()
    assert {finding.rule for finding in report.findings} == {rule}
    (found,) = report.findings
    assert Path(found.file or "").name == "product.ttl"


def test_the_feature_of_the_example_is_found_by_its_name() -> None:
    graph = KnowledgeGraph.load(overlays=[ROOT / "examples" / "new-feature.ttl"])
    result = graph.query(
        "SELECT ?mode WHERE { ?node ckg:ofFeature ?_feature_iri ; ckg:inMode ?mode }",
        {"feature": "Notebooks"},
    )
    assert len(result.rows) == 5
