"""Find the thing that a person means by an IRI, a short name or a label."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.terms import KG, RDFS, SKOS, compact, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PREFERRED = (SKOS + "prefLabel", RDFS + "label")
_OTHER = (SKOS + "altLabel", SKOS + "hiddenLabel")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://\S+|\S+)")
_WITHOUT_SLASHES = ("urn:", "mailto:", "tag:", "did:", "tel:", "doi:")
_SHOWN = 5


class Names:
    """The names by which the things of a graph are known."""

    def __init__(self, triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> None:
        self._triples = triples
        self._prefixes = prefixes

    def resolve(self, text: str, parameter: str) -> str:
        """The IRI that a text means.

        A text is tried as an IRI, a prefixed name, a local name, a preferred label and another
        label, in this order and in any case of letters. Raises InputError where it means nothing
        or several things; ``parameter`` is what the message names.
        """
        text = text.strip()
        if text.startswith("<") and text.endswith(">"):
            return self._checked(text[1:-1], parameter)
        if (iri := expand(text, self._prefixes)) and iri in self._subjects:
            return iri
        for names in (self._local_names, self._preferred, self._others):
            if found := names.get(_key(text)):
                return self._only(found, text, parameter)
        if "://" in text or text.lower().startswith(_WITHOUT_SLASHES):
            return self._checked(text, parameter)
        raise InputError(
            f"the parameter {parameter!r} names {text!r}, which is nothing in the graph",
            self._nearest(text),
        )

    def _only(self, found: set[str], text: str, parameter: str) -> str:
        ours = {iri for iri in found if iri.startswith(KG)} or found
        if len(ours) == 1:
            return next(iter(ours))
        shown = [compact(iri, self._prefixes) for iri in sorted(ours)]
        raise InputError(
            f"the parameter {parameter!r} names {text!r}, which is more than one thing",
            f"Say which: {', '.join(shown)}",
        )

    def _nearest(self, text: str) -> str:
        known = [*self._preferred, *self._local_names, *self._others]
        near = dict.fromkeys(
            compact(iri, self._prefixes)
            for key in get_close_matches(_key(text), known, n=_SHOWN, cutoff=0.5)
            for names in (self._preferred, self._local_names, self._others)
            for iri in sorted(names.get(key, ()))
        )
        return f"Near to it: {', '.join(list(near)[:_SHOWN])}" if near else "Check the spelling"

    @staticmethod
    def _checked(iri: str, parameter: str) -> str:
        if not _ABSOLUTE.fullmatch(iri) or re.search(r'[<>"{}|^`\\\x00-\x20]', iri):
            raise InputError(f"the parameter {parameter!r} is {iri!r}, which is not an IRI")
        return iri

    @cached_property
    def _subjects(self) -> set[str]:
        return {t.subject.value for t in self._triples if isinstance(t.subject, ox.NamedNode)}

    @cached_property
    def _local_names(self) -> dict[str, set[str]]:
        index: defaultdict[str, set[str]] = defaultdict(set)
        for iri in self._subjects:
            index[_key(re.split(r"[/#]", iri)[-1])].add(iri)
        return index

    @cached_property
    def _preferred(self) -> dict[str, set[str]]:
        return self._labels(_PREFERRED)

    @cached_property
    def _others(self) -> dict[str, set[str]]:
        return self._labels(_OTHER)

    def _labels(self, properties: tuple[str, ...]) -> dict[str, set[str]]:
        index: defaultdict[str, set[str]] = defaultdict(set)
        for t in self._triples:
            if t.predicate.value not in properties or not isinstance(t.object, ox.Literal):
                continue
            if isinstance(t.subject, ox.NamedNode):
                index[_key(t.object.value)].add(t.subject.value)
        return index


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
