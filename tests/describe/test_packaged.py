"""What the pages of the packaged graph say."""

from __future__ import annotations

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.describe import describe


@pytest.fixture(scope="module")
def packaged() -> KnowledgeGraph:
    return KnowledgeGraph.load()


def test_the_bridge_product_and_its_two_windows(packaged: KnowledgeGraph) -> None:
    page = describe(packaged, "claude code")
    assert ("bridge product", True) in [(kind.text, kind.inferred) for kind in page.kinds]
    windows = {
        part.name: fact.text
        for part in page.parts
        for fact in part.facts
        if fact.label == "context window"
    }
    assert windows == {
        "Claude Code with account login": "200000",
        "Claude Code with API key": "1000000",
    }
    assert "Can Claude Code be used with an account?" in [d.question for d in page.disputes]


def test_a_feature_is_explicitly_unavailable(packaged: KnowledgeGraph) -> None:
    facts = describe(packaged, "artifacts").parts[0].statements
    told = {fact.text: [d.text for d in fact.degrees] for fact in facts}
    assert told["Claude API with API key"] == ["unavailable"]
    assert told["Claude with account login"] == ["available"]
