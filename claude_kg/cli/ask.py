"""``claude-kg ask``: answer a question in plain words."""

from __future__ import annotations

import os

import click

from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    output_options,
)

_SUFFIXES = {".txt": "text", ".json": "json", ".md": "markdown"}


@click.command("ask")
@click.argument("question", nargs=-1, required=True)
@output_options(("text", "json", "markdown"), suffixes=_SUFFIXES)
@graph_options
@common_options
def command(question: tuple[str, ...], graph: GraphSource, output: Output) -> int:
    """Answer a QUESTION in plain words, with evidence and sources.

    Nothing is sent anywhere: the question is matched with the phrasings of the catalogue, and the
    query that fits best is run. What the graph does not cover is said to be so (exit code 1).
    """
    from claude_kg import newer
    from claude_kg.ask import ask
    from claude_kg.render.answers import render_answer
    from claude_kg.render.newer import beside

    knowledge = graph.load()
    answer = ask(knowledge, _readable(" ".join(question)))
    format_name = output.format or "text"
    text = render_answer(answer, format_name)
    output.write(beside(text, format_name, newer.of_answer(knowledge, answer)))
    return 0 if answer.covered else 1


def _readable(argument: str) -> str:
    """An argument in UTF-8 whatever the locale made of it; what is none is marked as such."""
    return os.fsencode(argument).decode(errors="replace")
