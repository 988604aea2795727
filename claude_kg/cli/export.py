"""``claude-kg export``: write the graph for other systems."""

from __future__ import annotations

import dataclasses

import click

from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    output_options,
    say,
)

_ALL = "all"
_FORMATS = ("turtle", "trig", "nt", "nq", "json-ld", "xml")
_SUFFIXES = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nt": "nt",
    ".nq": "nq",
    ".jsonld": "json-ld",
    ".json": "json-ld",
    ".rdf": "xml",
    ".owl": "xml",
    ".xml": "xml",
}


@click.command("export")
@click.option("--asserted", is_flag=True, help="Write only what is stated, not what follows.")
@output_options(_FORMATS, suffixes=_SUFFIXES)
@graph_options
@common_options
def command(
    asserted: bool,
    graph: GraphSource,
    output: Output,
) -> None:
    """Write the graph as one document, Turtle unless another format is chosen.

    The same graph gives the same bytes. trig and nq hold, beside the whole graph, what is inferred
    in a graph of its own; the other formats hold one graph. The header says which edition it is;
    with --edition all, trig and nq hold each edition in a graph of its own.
    """
    everything = graph.edition == _ALL
    knowledge = (dataclasses.replace(graph, edition=None) if everything else graph).load()
    if everything:
        data = knowledge.export_editions(output.format or "trig", asserted=asserted)
    else:
        data = knowledge.export(output.format or "turtle", asserted=asserted)
    say(f"{len(knowledge.asserted)} statements from {len(knowledge.sources)} files")
    output.write(data)
