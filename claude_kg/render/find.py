"""Write which access modes fit, and why: as tables for people, as json or csv for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from claude_kg.render.results import markdown_table, markdown_text, safe, text_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.find import Candidate, Finding, Search

FORMATS = ("table", "json", "csv", "markdown")
"""The formats of a search, by the name that options use."""

_COLUMNS = ("product", "used with", "need", "met", "has it", "because", "sections")
_HEADINGS = ("product", "used with", "need", "has it", "because", "sections")


def render_search(
    search: Search, format_name: str, *, width: int | None = None, colour: bool = False
) -> str:
    """A search in one of ``FORMATS``; a table is folded to ``width``.

    For people, a mode that does not fit is shown with the needs that it does not meet only.
    """
    if format_name == "json":
        return json.dumps(_data(search), ensure_ascii=False, indent=2) + "\n"
    if format_name == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(("fits", *_COLUMNS))
        for candidate in (*search.fitting, *search.failing):
            for finding in candidate.findings:
                product, mode, need, has, because, sections = _row(search, candidate, finding)
                writer.writerow(
                    (
                        "yes" if candidate.fits else "no",
                        *(product, mode, need),
                        "yes" if finding.met else "no",
                        *(has, because, sections),
                    )
                )
        return text.getvalue()
    markdown = format_name == "markdown"
    tables = [(headline(search), _rows(search, search.fitting, all_needs=True))]
    if search.failing:
        tables.append(("Does not fit:", _rows(search, search.failing, all_needs=False)))
    blocks = []
    for heading, rows in tables:
        if markdown:
            table = f"\n{markdown_table(_HEADINGS, rows)}" if rows else ""
            blocks.append(f"{markdown_text(safe(heading))}\n{table}")
        else:
            table = text_table(_HEADINGS, rows, width=width, colour=colour) if rows else ""
            blocks.append(f"{safe(heading)}\n{table}")
    if shown := _shown_sections(search):
        names = [safe(search.headings[section]) for section in shown]
        start = "- " if markdown else "  "
        lines = "".join(f"{start}{markdown_text(n) if markdown else n}\n" for n in names)
        blocks.append(f"Sections:\n{chr(10) if markdown else ''}{lines}")
    return "\n".join(blocks)


def _shown_sections(search: Search) -> list[str]:
    used = {
        section
        for candidate in search.candidates
        for finding in candidate.findings
        if candidate.fits or not finding.met
        for section in finding.sections
    }
    return [section for section in search.references if section in used]


def headline(search: Search) -> str:
    """How many access modes fit, and what of."""
    wishes = ", ".join(
        need.name if need.wanted else f"without {need.name}" for need in search.needs
    )
    many = f"{len(search.fitting)} of {len(search.candidates)}"
    if search.fitting:
        return f"Fits ({many} access modes): {wishes}"
    return f"No access mode fits ({many}): {wishes}"


def _rows(search: Search, candidates: Sequence[Candidate], *, all_needs: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    before: tuple[str, str] = ("", "")
    for candidate in candidates:
        for finding in candidate.findings:
            if all_needs or not finding.met:
                row = _row(search, candidate, finding)
                same_product, same_mode = row[0] == before[0], (row[0], row[1]) == before
                before = (row[0], row[1])
                rows.append(["" if same_product else row[0], "" if same_mode else row[1], *row[2:]])
    return rows


def _row(search: Search, candidate: Candidate, finding: Finding) -> list[str]:
    need = finding.need
    marks = [w for w, so in (("inferred", finding.inferred), ("disputed", finding.disputed)) if so]
    because = finding.because
    if marks:
        because = f"{because} ({', '.join(marks)})"
    return [
        safe(text)
        for text in (
            candidate.product.text if candidate.product else candidate.mode.text,
            candidate.name,
            need.name if need.wanted else f"without {need.name}",
            finding.has if need.wanted else _OF_WHAT_IS_NOT_WANTED[finding.has],
            because,
            ", ".join(search.references[section] for section in finding.sections),
        )
    ]


_OF_WHAT_IS_NOT_WANTED = {
    "yes": "has it",
    "conditional": "has it: conditional",
    "no": "does not have it",
    "not stated": "not stated",
}
"""In words, what is known of something that should not be there: to have it is not as wished."""


def _data(search: Search) -> dict[str, object]:
    return {
        "needs": [
            {
                "text": need.text,
                "name": need.name,
                "iri": need.iri,
                "wanted": need.wanted,
                "operator": need.operator or None,
                "value": need.value or None,
            }
            for need in search.needs
        ],
        "fits": [_candidate(candidate) for candidate in search.fitting],
        "doesNotFit": [_candidate(candidate) for candidate in search.failing],
    }


def _candidate(candidate: Candidate) -> dict[str, object]:
    product = candidate.product
    return {
        "product": {"iri": product.iri, "name": product.text} if product else None,
        "mode": {"iri": candidate.mode.iri, "name": candidate.mode.text},
        "usedWith": candidate.name,
        "findings": [
            {
                "need": finding.need.name,
                "wanted": finding.need.wanted,
                "met": finding.met,
                "has": finding.has,
                "because": finding.because or None,
                "inferred": finding.inferred,
                "disputed": finding.disputed,
                "sections": list(finding.sections),
            }
            for finding in candidate.findings
        ],
    }
