"""``claude-kg why``: why a statement holds or does not, and what contradicts what."""

from __future__ import annotations

import shutil

import click

from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    output_options,
    remark,
)
from claude_kg.errors import InputError

_SUFFIXES = {".txt": "text", ".json": "json", ".ttl": "turtle"}
_WIDTH = 100


@click.command("why")
@click.argument("subject", required=False)
@click.argument("predicate", required=False)
@click.argument("object_", metavar="[OBJECT]", required=False)
@click.option("--all", "every", is_flag=True, help="The other proofs too, the shortest first.")
@click.option("--clash", is_flag=True, help="What in the graph contradicts what.")
@output_options(["text", "json", "turtle"], suffixes=_SUFFIXES)
@graph_options
@common_options
def command(
    subject: str | None,
    predicate: str | None,
    object_: str | None,
    every: bool,
    clash: bool,
    graph: GraphSource,
    output: Output,
) -> int:
    """Say why a statement holds, or what speaks against it.

    SUBJECT, PREDICATE and OBJECT are names, prefixed names or IRIs; a is rdf:type. OBJECT may be a
    literal: a number, true or false, a text, or as in Turtle ('"5"^^xsd:integer'). Put -- before a
    negative number.

    What is asserted is shown with its file, line and column and with the sections of the sources
    that state it, in brackets; what is inferred with the W3C's name of the rule, and with what that
    rests on, down to what is asserted. Of what does not hold it is said whether the opposite is
    stated, and the exit code is 1.

    Without a statement, or with --clash: for each contradiction in the graph the fewest statements
    that make it. The exit code is 1 if there is one.
    """
    if graph.reasoner != "rules":
        raise InputError(f"{graph.reasoner} cannot say why", "Leave --reasoner out")
    given = [part for part in (subject, predicate, object_) if part is not None]
    if len(given) not in {0, 3} or (given and clash):
        raise click.UsageError("give a subject, a predicate and an object, or none of them")
    knowledge = graph.load()
    width = shutil.get_terminal_size().columns if output.on_terminal else _WIDTH
    format_name = output.format or "text"

    from claude_kg.render.why import render_answer, render_conflicts
    from claude_kg.why import conflicts, why

    if subject is None or predicate is None or object_ is None:
        found = conflicts(knowledge)
        output.write(render_conflicts(found, format_name, knowledge.prefixes, width))
        return 1 if found else 0
    answer = why(knowledge, subject, predicate, object_, every=every)
    if not answer.consistent:
        remark("the graph contradicts itself, so what follows from it is in doubt; see --clash")
    output.write(render_answer(answer, format_name, knowledge.prefixes, width))
    return 0 if answer.holds else 1
