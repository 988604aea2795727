"""The recipe for an update works as it is written, and the script lists what an update changes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from claude_kg import KnowledgeGraph

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "updating.md"
WINDOW = "SELECT ?n WHERE { kg:claude-desktop-with-account ckg:contextWindowTokens ?n }"


def test_the_template_of_the_recipe_conforms_and_changes_the_latest_edition(
    tmp_path: Path,
) -> None:
    block = re.search(r"^```turtle\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert block
    file = tmp_path / "mine.ttl"
    file.write_text(block[1])
    graph = KnowledgeGraph.load(overlays=[file])
    assert graph.validate().findings == ()
    told = {
        edition: [
            str(row["n"]).split('"')[1]
            for row in KnowledgeGraph.load(overlays=[file], edition=edition).query(WINDOW).rows
        ]
        for edition in (None, "edition-2026", "latest")
    }
    assert told == {None: ["200000"], "edition-2026": ["200000"], "latest": ["300000"]}


def test_the_script_lists_the_questions_whose_answers_an_update_changes() -> None:
    script = [sys.executable, str(ROOT / "benchmarks" / "updates.py")]
    file = str(ROOT / "examples" / "update.ttl")
    done = subprocess.run(
        [*script, "kg:update-example", "--with", file], capture_output=True, text=True, check=True
    )
    names = {line.partition(":")[0] for line in done.stdout.splitlines()}
    assert "access/modes" in names
    assert "setup/installation" not in names
    wrong = subprocess.run([*script, "kg:claude"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1
