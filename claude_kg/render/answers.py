"""Write an answer for people and programs."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claude_kg.ask import Answer
    from claude_kg.ask.answer import Evidence

FORMATS = ("text", "json", "markdown")
"""The formats of an answer, by the name that options use."""

_WIDTH = 100
_ROWS = 12
_WIDEST = 60
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
        "query": answer.query,
        "parameters": dict(answer.parameters),
        "confidence": answer.confidence,
        "alternatives": [{"question": a.question, "query": a.query} for a in answer.alternatives],
    }


def _rows(table: Evidence) -> list[dict[str, str]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _tables(answer: Answer) -> list[Evidence]:
    return [table for table in (answer.evidence, *answer.further) if table.rows]


def _text(answer: Answer) -> Iterable[str]:
    yield textwrap.fill(answer.answer, _WIDTH)
    if not answer.covered:
        yield "\n".join(
            ["Near to it:", *(f"  {a.question}  ({a.query})" for a in answer.alternatives)]
            if answer.alternatives
            else []
        )
        return
    yield "\n".join(textwrap.fill(note, _WIDTH) for note in answer.notes)
    for table in _tables(answer):
        yield _columns(table)
    yield "\n".join(
        textwrap.fill(f"Disputed: {d.question} {d.resolution}", _WIDTH, subsequent_indent="  ")
        for d in answer.disputed
    )
    yield "\n".join(["Sources:", *(f"  {s.label}" for s in answer.sources)] * bool(answer.sources))
    yield f"Query: {call_of(answer)}"


def _columns(table: Evidence) -> str:
    shown = [_headings(table), *table.rows[:_ROWS]]
    cells = [[textwrap.shorten(c, _WIDEST, placeholder=" …") for c in row] for row in shown]
    widths = [max(len(row[at]) for row in cells) for at in range(len(table.columns))]
    lines = [
        "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    if len(table.rows) > _ROWS:
        lines.append(f"  … and {len(table.rows) - _ROWS} more")
    return "\n".join(lines)


def _headings(table: Evidence) -> list[str]:
    """The columns in words: the name of a thing stands for the thing."""
    words = (_CAPITAL.sub(r" \1", re.sub("Name$", "", column)) for column in table.columns)
    return [text.lower().strip() or "name" for text in words]


def _markdown(answer: Answer) -> Iterable[str]:
    from claude_kg.render.results import markdown_table

    yield _escaped(answer.answer)
    if not answer.covered:
        yield "\n".join(f"- {_escaped(a.question)} (`{a.query}`)" for a in answer.alternatives)
        return
    yield "\n\n".join(_escaped(note) for note in answer.notes)
    for table in _tables(answer):
        yield markdown_table(_headings(table), table.rows).rstrip()
    yield "\n".join(
        f"- Disputed: {_escaped(f'{d.question} {d.resolution}')}" for d in answer.disputed
    )
    yield "\n".join(f"- Source: {_escaped(s.label)}" for s in answer.sources)
    yield f"Query: `{call_of(answer)}`"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
