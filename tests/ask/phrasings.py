"""List the phrasings that can come to nothing, and what headers say in vain.

Run as a program: ``python -m tests.ask.phrasings``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from claude_kg import KnowledgeGraph
from claude_kg.ask.forms import Form, Forms
from claude_kg.ask.phrasings import SLOT, Phrasing
from claude_kg.ask.slots import Slots
from claude_kg.ask.spot import Lexicon
from claude_kg.ask.words import language, said_by
from claude_kg.query.catalogue import Catalogue

_OF_FORMS = {"say", "also", "evidence", "must", "unless", "needs", "keep", "yes", "no", "empty"}
"""What counts for a form alone."""


def excluded(graph: KnowledgeGraph) -> Iterator[tuple[str, str]]:
    """The phrasings that the ``must`` or the ``unless`` of their own form excludes."""
    spoken = language()
    forms = Forms(Catalogue(), spoken)
    slots = Slots(graph, forms, Lexicon(graph.asserted, spoken), spoken)
    for form, phrasing in _covered(forms):
        words = spoken.words(SLOT.sub(" ", phrasing.text))
        if not slots.has_to_do(form, said_by(words)):
            yield form.name, phrasing.text


def undecided() -> Iterator[tuple[str, str]]:
    """The phrasings that ask for yes or no of a form that gives neither."""
    for form, phrasing in _covered(Forms(Catalogue(), language())):
        if phrasing.aspect == "whether" and not (form.decides or form.leaves_open):
            yield form.name, phrasing.text


def in_vain() -> Iterator[tuple[str, str]]:
    """What a header says of the first form of a query, where that has no phrasing of its own."""
    first = {form.query.name for form in Forms(Catalogue(), language()).forms if form.number == 0}
    for query in Catalogue().queries():
        asked = query.header.get("ask") or {}
        if asked.get("forms") and query.name not in first:
            yield from ((query.name, key) for key in sorted(_OF_FORMS & set(asked) - {"evidence"}))


def _covered(forms: Forms) -> Iterator[tuple[Form, Phrasing]]:
    for form in forms.forms:
        if not form.is_uncovered:
            yield from ((form, phrasing) for phrasing in form.phrasings)


def main() -> None:
    graph = KnowledgeGraph.load()
    for kind, found in (
        ("excluded by its own form", excluded(graph)),
        ("asks for yes or no, of which its form gives neither", undecided()),
        ("said in vain", in_vain()),
    ):
        for name, text in found:
            sys.stdout.write(f"{name}: {text!r}: {kind}\n")


if __name__ == "__main__":
    main()
