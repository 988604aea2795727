"""The tables that the graph gives are the tables of the source, cell by cell."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.conftest import Run

EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.csv"))

Row = dict[str, frozenset[str]]


def table(text: str) -> list[Row]:
    """The rows, each cell as the set of its values: neither spaces nor their order matter."""
    return [
        {
            heading: frozenset(" ".join(value.split()) for value in cell.split(";"))
            for heading, cell in row.items()
        }
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)
    ]


def by_first_cell(rows: list[Row]) -> dict[frozenset[str], Row]:
    keyed = {next(iter(row.values())): row for row in rows}
    assert len(keyed) == len(rows), "two rows begin with the same cell"
    return keyed


@pytest.mark.parametrize("expected", EXPECTED, ids=[path.stem for path in EXPECTED])
def test_the_section_has_the_cells_of_the_source(kg: Run, expected: Path) -> None:
    done = kg("report", expected.stem, "--format", "csv")
    assert done.returncode == 0, done.stderr
    wanted = table(expected.read_text(encoding="utf-8"))
    assert len(wanted) > 1
    found = table(done.stdout)
    assert [list(row) for row in found] == [list(wanted[0])] * len(wanted)
    assert by_first_cell(found) == by_first_cell(wanted)


def test_every_section_has_an_expected_table(kg: Run) -> None:
    headings = kg("report").stdout.count("\n## ") + 1
    assert headings == len(EXPECTED)
