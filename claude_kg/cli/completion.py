"""Complete the names of queries, and the names and values of their parameters, in a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from claude_kg.errors import KgError

if TYPE_CHECKING:
    import click

_MOST = 200


def complete_name(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The queries whose name, or the last part of it, begins so."""
    from claude_kg.query.catalogue import Catalogue

    return [
        CompletionItem(name)
        for name in Catalogue().names
        if name.startswith(begun) or name.rpartition("/")[2].startswith(begun)
    ]


def complete_value(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """``name=`` for each parameter of the query; after the sign, the values that the graph has."""
    from claude_kg.query.allowed import allowed_values
    from claude_kg.query.catalogue import Catalogue
    from claude_kg.query.guard import inspect
    from claude_kg.query.parameters import parameters_of

    try:
        # An option that still lacks its value keeps click from reading the arguments before it.
        chosen = context.params.get("query") or next(iter(context.args), "")
        query = Catalogue().find(str(chosen))
        name, equals, value = begun.partition("=")
        if not equals:
            names = [parameter.name for parameter in parameters_of(inspect(query.text))]
            return [CompletionItem(f"{n}=", type="nospace") for n in names if n.startswith(name)]
        from claude_kg.graph import KnowledgeGraph

        graph = KnowledgeGraph.load()
        known = allowed_values(graph, query).get(name, [])
        return [
            CompletionItem(f"{name}={one}")
            for one in known[:_MOST]
            if one.casefold().startswith(value.casefold())
        ]
    except KgError:
        return []
