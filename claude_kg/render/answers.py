"""Write an answer for people and programs."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claude_kg.ask import Answer
    from claude_kg.ask.answer import Alternative, Disputed, Evidence

FORMATS = ("text", "json", "markdown")
"""The formats of an answer, by the name that options use."""

_WIDTH = 100
_ROWS, _RECORDS = 12, 4
_WIDEST, _NARROWEST = 60, 24
_DISPUTES = 3
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


def render_answer(answer: Answer, format_name: str) -> str:
    """An answer in one of ``FORMATS``; text and markdown show the first rows of the evidence."""
    if format_name == "json":
        return json.dumps(_data(answer), ensure_ascii=False, indent=2) + "\n"
    parts = _markdown(answer) if format_name == "markdown" else _text(answer)
    return "\n\n".join(part for part in parts if part) + "\n"


def call_of(answer: Answer) -> str:
    """The command that runs the query of an answer again."""
    options = [f"-p {shlex.quote(f'{name}={value}')}" for name, value in answer.parameters.items()]
    return " ".join(["claude-kg query", str(answer.query), *options])


def _data(answer: Answer) -> dict[str, object]:
    return {
        "question": answer.question,
        "covered": answer.covered,
        "answer": answer.answer,
        "verdict": answer.verdict,
        "evidence": [_rows(table) for table in _tables(answer)],
        "sources": [{"iri": s.iri, "label": s.label} for s in answer.sources],
        "disputed": [
            {"iri": d.iri, "question": d.question, "resolution": d.resolution}
            for d in answer.disputed
        ],
        "notes": list(answer.notes),
        "readAs": answer.read_as,
        "query": answer.query,
        "parameters": dict(answer.parameters),
        "confidence": answer.confidence,
        "alternatives": [
            {"question": a.question, "query": a.query, "answer": a.answer or None}
            for a in answer.alternatives
        ],
    }


def _rows(table: Evidence) -> list[dict[str, str]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _tables(answer: Answer) -> list[Evidence]:
    return [table for table in (answer.evidence, *answer.further) if table.rows]


def _text(answer: Answer) -> Iterable[str]:
    yield textwrap.fill(answer.answer, _WIDTH)
    if not answer.covered:
        yield "\n".join(_near(answer.alternatives))
        return
    yield "\n".join(textwrap.fill(note, _WIDTH) for note in answer.notes)
    for table in _tables(answer):
        yield _table(table)
    yield "\n".join(
        textwrap.fill(line, _WIDTH, subsequent_indent="  ") for line in _disputed(answer.disputed)
    )
    yield "\n".join(["Sources:", *(f"  {s.label}" for s in answer.sources)] * bool(answer.sources))
    read_as = [f"Read as: {answer.read_as}"] if answer.read_as else []
    yield "\n".join([*read_as, f"Query: {call_of(answer)}"])


def _near(alternatives: Sequence[Alternative]) -> Iterable[str]:
    """The questions near to one, with the answer to those that may be meant."""
    if alternatives:
        meant = any(alternative.answer for alternative in alternatives)
        yield "Perhaps one of these is meant:" if meant else "Near to it:"
    for alternative in alternatives:
        yield f"  {alternative.question}  ({alternative.query})"
        if alternative.answer:
            indent = " " * 4
            yield textwrap.fill(
                alternative.answer, _WIDTH, initial_indent=indent, subsequent_indent=indent
            )


def _disputed(disputed: Sequence[Disputed]) -> Iterable[str]:
    """The disagreements that have most to do with a question, and how many more there are."""
    for dispute in disputed[:_DISPUTES]:
        yield f"Disputed: {dispute.question} {dispute.resolution}"
    if (more := len(disputed) - _DISPUTES) > 0:
        yield f"Disputed, too, but farther from the question: {more} (claude-kg disputes)"


def _table(table: Evidence) -> str:
    """The first rows in columns, or one below the other where the columns are too many."""
    headings, rows = _headings(table), table.rows
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(headings, *rows, strict=True)]
    while sum(widths) + 2 * len(widths) > _WIDTH and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    if sum(widths) + 2 * len(widths) > _WIDTH:
        return _records(headings, rows)
    lines = [_line(row, widths) for row in (headings, *rows[:_ROWS])]
    return "\n".join([*lines, *_more(len(rows) - _ROWS)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        textwrap.shorten(cell, width, placeholder=" …").ljust(width)
        for cell, width in zip(cells, widths, strict=True)
    )
    return "  " + "  ".join(padded).rstrip()


def _records(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    margin = max(map(len, headings)) + 4
    blocks = [
        "\n".join(
            textwrap.fill(
                cell,
                _WIDTH,
                initial_indent=f"  {heading}".ljust(margin),
                subsequent_indent=" " * margin,
            )
            for heading, cell in zip(headings, row, strict=True)
            if cell
        )
        for row in rows[:_RECORDS]
    ]
    return "\n\n".join([*blocks, *_more(len(rows) - _RECORDS)])


def _more(count: int) -> list[str]:
    return [f"  … and {count} more"] if count > 0 else []


def _headings(table: Evidence) -> list[str]:
    """The columns in words: the name of a thing stands for the thing."""
    words = (_CAPITAL.sub(r" \1", re.sub("Name$", "", column)) for column in table.columns)
    return [text.lower().strip() or "name" for text in words]


def _markdown(answer: Answer) -> Iterable[str]:
    from claude_kg.render.results import markdown_table

    yield _escaped(answer.answer)
    if not answer.covered:
        yield "\n".join(
            f"- {_escaped(' '.join(part for part in (a.question, a.answer) if part))} (`{a.query}`)"
            for a in answer.alternatives
        )
        return
    yield "\n\n".join(_escaped(note) for note in answer.notes)
    for table in _tables(answer):
        yield markdown_table(_headings(table), table.rows).rstrip()
    yield "\n".join(f"- {_escaped(line)}" for line in _disputed(answer.disputed))
    yield "\n".join(f"- Source: {_escaped(s.label)}" for s in answer.sources)
    if answer.read_as:
        yield f"Read as: {_escaped(answer.read_as)}"
    yield f"Query: `{call_of(answer)}`"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
