"""Write the catalogue of queries for people and programs."""

from __future__ import annotations

import csv
import io
import json
import shlex
from typing import TYPE_CHECKING, Any

from claude_kg.query.allowed import allowed_values
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of
from claude_kg.render.results import markdown_table, text_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.catalogue import Query

_COLUMNS = ("query", "question", "parameters")
_SHOWN = 12


def render_list(
    queries: Sequence[Query], format_name: str, *, width: int | None = None, colour: bool = False
) -> str:
    """Queries, one a row, as table, json, csv or markdown."""
    rows = [
        [query.name, query.summary, ", ".join(p.name for p in parameters_of(inspect(query.text)))]
        for query in queries
    ]
    if format_name == "json":
        entries = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
    if format_name == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(_COLUMNS)
        writer.writerows(rows)
        return text.getvalue()
    if format_name == "markdown":
        return markdown_table(_COLUMNS, rows)
    return text_table(_COLUMNS, rows, width=width, colour=colour)


def render_query(query: Query, graph: KnowledgeGraph, format_name: str) -> str:
    """One query: question, parameters with the values that the graph has, a call, and the text."""
    values = allowed_values(graph, query)
    parameters: list[dict[str, Any]] = [
        {
            "name": parameter.name,
            "kind": parameter.kind,
            "required": not parameter.optional and parameter.name not in query.defaults,
            "default": query.defaults.get(parameter.name),
            "values": values.get(parameter.name, []),
        }
        for parameter in parameters_of(inspect(query.text))
    ]
    call = _call(query, parameters)
    if format_name == "json":
        data = {
            "query": query.name,
            "question": query.summary,
            "description": query.description,
            "tags": query.tags,
            "phrasings": list(query.header.get("phrasings") or ()),
            "parameters": parameters,
            "call": call,
            "text": query.text,
        }
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#+")).strip()
    if format_name == "markdown":
        lines = [f"# {query.name}", query.summary, query.description]
        lines += ["\n".join(f"- `{p['name']}` {_described(p)}" for p in parameters)]
        lines += [f"    {call}", f"```sparql\n{body}\n```"]
    else:
        lines = [query.name, query.summary, query.description]
        lines += ["\n".join(f"  {p['name']}  {_described(p)}" for p in parameters)]
        lines += [f"  {call}", body]
    return "\n\n".join(line for line in lines if line) + "\n"


def _described(parameter: dict[str, Any]) -> str:
    values = parameter["values"]
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    listed = f": {', '.join(values[:_SHOWN])}{more}" if values else ""
    need = "required" if parameter["required"] else "may be left out"
    return f"({parameter['kind']}, {need}){listed}"


def _call(query: Query, parameters: Sequence[dict[str, Any]]) -> str:
    examples = {p["name"]: p["values"] for p in parameters}
    given = [
        f"-p {shlex.quote(p['name'] + '=' + (examples[p['name']] or ['…'])[0])}"
        for p in parameters
        if p["required"] or (p is parameters[0] and examples[p["name"]])
    ]
    return " ".join(["claude-kg query", query.name, *given])
