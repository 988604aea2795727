"""Find the thing that a person means by an IRI, a short name or a label."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.terms import KG, RDFS, SKOS, compact, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_PREFERRED = (SKOS + "prefLabel", RDFS + "label")
_OTHER = (SKOS + "altLabel", SKOS + "hiddenLabel")
_BRIEF = 80
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://\S+|\S+)")
_WITHOUT_SLASHES = ("urn:", "mailto:", "tag:", "did:", "tel:", "doi:")
_SHOWN = 5


class Names:
    """The names by which the things of a graph are known."""

    def __init__(
        self, triples: Callable[[], Iterable[ox.Triple]], prefixes: Mapping[str, str]
    ) -> None:
        # Called for only when a name has to be looked up: that may mean to parse every file.
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
        if found := self.bearers(text):
            return self._only(set(found[0]), text, parameter)
        if "://" in text or text.lower().startswith(_WITHOUT_SLASHES):
            return self._checked(text, parameter)
        near = [compact(iri, self._prefixes) for iri in self.nearest(text)]
        raise InputError(
            f"the parameter {parameter!r} names {_brief(text)!r}, which is nothing in the graph",
            f"Near to it: {', '.join(near)}" if near else "Check the spelling",
        )

    def bearers(self, text: str) -> list[tuple[str, ...]]:
        """Whatever a text can mean, the likeliest first; what is equally likely stands together.

        A thing is named once, where it is likeliest; the list is empty where nothing bears the
        name.
        """
        key = _key(text)
        iri = expand(text.strip(), self._prefixes) or text.strip().removeprefix("<").rstrip(">")
        ways = [{iri} & self._subjects]
        ways += (names.get(key, set()) for names in self._ways)
        found: dict[str, None] = {}
        tiers: list[tuple[str, ...]] = []
        for way in ways:
            tier = tuple(sorted(way - found.keys()))
            found.update(dict.fromkeys(tier))
            tiers += [tier] if tier else []
        return tiers

    def nearest(self, text: str) -> list[str]:
        """The things whose names look most like a text, the likest first; few, or none."""
        known = dict.fromkeys(key for names in self._ways for key in names)
        near = dict.fromkeys(
            iri
            for key in get_close_matches(_key(text), known, n=_SHOWN, cutoff=0.65)
            for names in self._ways
            for iri in sorted(names.get(key, ()))
        )
        return list(near)[:_SHOWN]

    def _only(self, found: set[str], text: str, parameter: str) -> str:
        ours = {iri for iri in found if iri.startswith(KG)} or found
        if len(ours) == 1:
            return next(iter(ours))
        shown = [compact(iri, self._prefixes) for iri in sorted(ours)]
        raise InputError(
            f"the parameter {parameter!r} names {text!r}, which is more than one thing",
            f"Say which: {', '.join(shown)}",
        )

    @staticmethod
    def _checked(iri: str, parameter: str) -> str:
        with suppress(ValueError):
            if _ABSOLUTE.fullmatch(iri):
                return ox.NamedNode(iri).value
        raise InputError(f"the parameter {parameter!r} is {_brief(iri)!r}, which is not an IRI")

    @property
    def _ways(self) -> tuple[dict[str, set[str]], ...]:
        return self._local_names, self._preferred, self._others

    @cached_property
    def _subjects(self) -> set[str]:
        return {t.subject.value for t in self._triples() if isinstance(t.subject, ox.NamedNode)}

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
        for t in self._triples():
            if t.predicate.value not in properties or not isinstance(t.object, ox.Literal):
                continue
            if isinstance(t.subject, ox.NamedNode):
                index[_key(t.object.value)].add(t.subject.value)
        return index


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _brief(text: str) -> str:
    """A text as far as an error message needs it."""
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1]}…"
