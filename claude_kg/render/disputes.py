"""Write disagreements for people and programs."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from typing import TYPE_CHECKING

from claude_kg.render.results import cell, markdown_table
from claude_kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claude_kg.disputes import Dispute, Reading

FORMATS = ("text", "json", "csv", "markdown")
"""The formats of disagreements, by the name that options use."""

_COLUMNS = ("question", "kind", "adopted", "subject", "property", "value", "denied", "sections")
_WIDTH = 100


def render_disputes(
    found: Sequence[Dispute], format_name: str, prefixes: Mapping[str, str], width: int = _WIDTH
) -> str:
    """Disagreements in one of ``FORMATS``: text is folded to ``width``, csv has a row a reading."""
    if format_name == "json":
        return json.dumps([dispute_data(d) for d in found], ensure_ascii=False, indent=2) + "\n"
    if format_name == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(_COLUMNS)
        for dispute in found:
            writer.writerows(
                (dispute.question, dispute.kind, *_row(reading, prefixes))
                for reading in dispute.readings
            )
        return text.getvalue()
    if format_name == "markdown":
        return "\n".join(_markdown(dispute, prefixes) for dispute in found)
    return "\n".join(_text(dispute, prefixes, width) for dispute in found)


def _row(reading: Reading, prefixes: Mapping[str, str]) -> list[str]:
    return [
        "adopted" if reading.adopted else "not adopted",
        cell(reading.subject, prefixes),
        cell(reading.property, prefixes),
        cell(reading.value, prefixes),
        "denied" if reading.denied else "",
        ", ".join(compact(section, prefixes) for section in reading.sections),
    ]


def _text(dispute: Dispute, prefixes: Mapping[str, str], width: int) -> str:
    def fold(text: str, first: str, rest: str) -> str:
        return textwrap.fill(
            text,
            max(width, 40),
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=False,
        )

    lines = [fold(f"{dispute.question} ({dispute.kind})", "", "  ")]
    for reading in dispute.readings:
        adopted, subject, property_, value, denied, sections = _row(reading, prefixes)
        says = f"{subject} {property_} {value}{' is denied' if denied else ''} [{sections}]"
        lines.append(fold(says, "  + " if adopted == "adopted" else "  - ", "      "))
    lines.append(fold(dispute.resolution, "  = ", "    "))
    return "\n".join(lines) + "\n"


def _markdown(dispute: Dispute, prefixes: Mapping[str, str]) -> str:
    table = markdown_table(
        [column.capitalize() for column in _COLUMNS[2:]],
        [_row(reading, prefixes) for reading in dispute.readings],
    )
    return f"### {dispute.question}\n\n{dispute.kind}. {dispute.resolution}\n\n{table}"


def dispute_data(dispute: Dispute) -> dict[str, object]:
    """A disagreement as JSON."""
    return {
        "discrepancy": dispute.iri,
        "question": dispute.question,
        "kind": dispute.kind,
        "resolution": dispute.resolution,
        "readings": [
            {
                "subject": cell(reading.subject, {}),
                "property": cell(reading.property, {}),
                "value": cell(reading.value, {}),
                "denied": reading.denied,
                "adopted": reading.adopted,
                "sections": list(reading.sections),
            }
            for reading in dispute.readings
        ],
    }
