"""The Python interface as the documentation shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from claude_kg import InputError, KnowledgeGraph

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAMS = [
    pytest.param(block[1], id=f"{page.relative_to(ROOT)}:{number}")
    for page in PAGES
    for number, block in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_programs_of_the_documentation_run(
    program: str, vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my-family").symlink_to(vendor)
    (tmp_path / "my-product.ttl").write_text("")
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "documentation", "exec"), {})


def test_the_graph_validates_itself(graph: KnowledgeGraph) -> None:
    report = graph.validate()
    assert report.conforms
    assert report.statements == len(graph.asserted)


def test_the_graph_reports_itself(graph: KnowledgeGraph) -> None:
    (table,) = graph.report("products")
    assert {row[0] for row in table.rows} == {("Drawing Room",), ("Workshop",)}
    with pytest.raises(InputError, match="no section 'prodcts'"):
        graph.report("prodcts")
