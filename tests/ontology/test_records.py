"""The records of the packaged facts say in full what no rule can ask of everybody."""

from __future__ import annotations

from claude_kg import KnowledgeGraph

TOTALS = """
SELECT ?section ?total (COUNT(DISTINCT ?claim) AS ?claims)
WHERE {
    ?section a ckg:SourceSection .
    OPTIONAL { ?section ckg:claimCount ?total }
    OPTIONAL { ?claim ckg:statedIn ?section ; a ckg:Claim }
}
GROUP BY ?section ?total
"""


def test_the_control_totals_are_exact(packaged: KnowledgeGraph) -> None:
    rows = packaged.query(TOTALS, limits=None).rows
    assert len(rows) > 20
    wrong = [
        f"{row['section']} ckg:claimCount {row['claims']}"
        for row in rows
        if row.get("total") != row["claims"]
    ]
    assert wrong == []


def test_the_dataset_names_an_edition(packaged: KnowledgeGraph) -> None:
    held = "ASK { ?dataset a owl:Ontology ; ckg:edition ?edition . ?edition a ckg:Edition }"
    assert packaged.query(held, limits=None).boolean
