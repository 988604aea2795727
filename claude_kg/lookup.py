"""Look up in memory what a graph says of a thing: its names, kinds, facts and their sections."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.terms import CKG, NAMING, OWL, RDF, RDF_TYPE, RDFS, SKOS, XSD, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claude_kg.graph import KnowledgeGraph

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Edge = tuple[str, Term]

PREFERRED = SKOS + "prefLabel"
OTHER = SKOS + "altLabel"
HIDDEN = SKOS + "hiddenLabel"
DEFINITION = SKOS + "definition"
NOTES = (SKOS + "scopeNote", SKOS + "example")

PRODUCT = CKG + "Product"
MODE = CKG + "AccessMode"
CLAIM = CKG + "Claim"
FACT_NODE = CKG + "FactNode"
CONCEPT = SKOS + "Concept"

HAS_MODE = CKG + "hasAccessMode"
MODE_OF = CKG + "accessModeOf"
METHOD = CKG + "authenticatesWith"
STATED_IN = CKG + "statedIn"
CLAIM_PARTS = (CKG + "claimSubject", CKG + "claimProperty", CKG + "claimValue")
_W3C_NAMES = {
    RDF_TYPE: "type",
    RDFS + "Class": "class",
    RDFS + "subClassOf": "subclass of",
    RDFS + "subPropertyOf": "subproperty of",
    RDFS + "domain": "domain",
    RDFS + "range": "range",
    OWL + "Class": "class",
    OWL + "ObjectProperty": "object property",
    OWL + "DatatypeProperty": "data property",
    OWL + "AnnotationProperty": "annotation property",
    OWL + "SymmetricProperty": "symmetric property",
    OWL + "AsymmetricProperty": "asymmetric property",
    OWL + "IrreflexiveProperty": "irreflexive property",
    OWL + "FunctionalProperty": "functional property",
    OWL + "TransitiveProperty": "transitive property",
    OWL + "inverseOf": "inverse of",
    OWL + "disjointWith": "disjoint with",
    OWL + "equivalentClass": "equivalent class",
    OWL + "propertyChainAxiom": "follows from the chain",
    SKOS + "Concept": "concept",
    SKOS + "ConceptScheme": "concept scheme",
    SKOS + "inScheme": "in scheme",
}
"""What terms are called to which no vocabulary of ours gives a label."""

_DECLARING = {
    *(OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    RDF + "Property",
}
_UNTELLING = {OWL + "NamedIndividual", OWL + "Thing", CONCEPT, RDFS + "Resource"}
_DEEPEST = 8
_SUGGESTED = 5
_LAST = 1 << 30
_SHOWN = 60


@dataclass(frozen=True)
class Name:
    """A thing and its name for a reader."""

    iri: str
    text: str


@dataclass(frozen=True)
class Kind(Name):
    """A class to which a thing belongs, and whether and, if asked for, why that is inferred."""

    inferred: bool
    reason: str = ""


def shown(text: str) -> str:
    r"""What somebody typed, in quotes and without what could disturb a terminal.

    >>> print(shown("a" + chr(27)))
    'a\x1b'
    """
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}…"


class Lookup:
    """The statements of a graph, ready to be looked up from either end."""

    def __init__(self, graph: KnowledgeGraph, *, asserted: bool = False) -> None:
        """Index a graph; with ``asserted``, only what its files state.

        Raises InconsistentError for a graph that contradicts itself, unless ``asserted``.
        """
        self.graph = graph
        self.prefixes = graph.prefixes
        inferred = () if asserted else graph.inferred
        self._inferred = frozenset(inferred)
        self._supers: dict[str, frozenset[str]] = {}
        outgoing: defaultdict[Term, list[Edge]] = defaultdict(list)
        incoming: defaultdict[Term, list[Edge]] = defaultdict(list)
        for triple in (*graph.asserted, *inferred):
            outgoing[triple.subject].append((triple.predicate.value, triple.object))
            incoming[triple.object].append((triple.predicate.value, triple.subject))
        self._outgoing = dict(outgoing)
        self._incoming = dict(incoming)

    # Names

    def find(self, text: str, *, individuals: bool = False) -> str:
        """The IRI of the thing that a text means; with ``individuals``, rather no class.

        A text is an IRI, a prefixed name or a name. Raises InputError where it means nothing, with
        the nearest names, and where it means several things, with what tells them apart.
        """
        tiers = self._tiers(text)
        if individuals:
            tiers = [own for tier in tiers if (own := self._individuals(tier))] or tiers
        if not tiers:
            raise self._unknown(text)
        if len(tiers[0]) > 1:
            raise self.ambiguous(text, tiers[0])
        return tiers[0][0]

    def bearers(self, text: str) -> list[str]:
        """All things that bear a name, the likeliest first."""
        return [iri for tier in self._tiers(text) for iri in tier]

    def ambiguous(self, text: str, candidates: Iterable[str]) -> InputError:
        """The error that lists what a text can mean, a line each."""
        lines = [
            f"{self.short(iri)} ({', '.join(kind.text for kind in self.kinds(iri)) or 'thing'}): "
            f"{self.definition(iri) or self.name(iri)}"
            for iri in candidates
        ]
        return InputError(
            f"{shown(text)} names several things", "Say which:\n  " + "\n  ".join(lines)
        )

    def _unknown(self, text: str) -> InputError:
        near = [iri for iri in self.graph.names.nearest(text) if not self._is_claim(iri)]
        names = [f"{self.name(iri)} ({self.short(iri)})" for iri in near[:_SUGGESTED]]
        hint = f"Near to it: {', '.join(names)}" if names else "Check the spelling"
        return InputError(f"{shown(text)} names nothing in the graph", hint)

    def _tiers(self, text: str) -> list[tuple[str, ...]]:
        """What bears a name; of names that differ in capitals only, the one as it is written."""
        tiers = self.graph.names.bearers(text)
        if tiers and len(tiers[0]) > 1:
            same = tuple(iri for iri in tiers[0] if iri.endswith(("#" + text, "/" + text)))
            if same:
                rest = tuple(iri for iri in tiers[0] if iri not in same)
                tiers = [same, *([rest] if rest else []), *tiers[1:]]
        return tiers

    def _individuals(self, tier: Iterable[str]) -> tuple[str, ...]:
        return tuple(iri for iri in tier if not self._is_vocabulary(iri))

    def _is_vocabulary(self, iri: str) -> bool:
        return bool(
            self.types(iri) & {*_DECLARING, OWL + "Class", RDFS + "Class", OWL + "Ontology"}
        )

    def _is_claim(self, iri: str) -> bool:
        return CLAIM in self.types(iri)

    def short(self, iri: str) -> str:
        """The prefixed name of a thing."""
        return compact(iri, self.prefixes)

    def name(self, iri: str) -> str:
        """The name of a thing for a reader."""
        return self.text(ox.NamedNode(iri))

    def names(self, iri: str, kind: str) -> list[str]:
        """The labels of a thing that are of one kind, such as ``OTHER``, each once."""
        found = (value.value for value in self.values(iri, kind) if isinstance(value, ox.Literal))
        return list(dict.fromkeys(found))

    def definition(self, iri: str) -> str:
        """What a thing is, in a sentence, or nothing."""
        return self._label(ox.NamedNode(iri), DEFINITION)

    def _label(self, term: Term, kind: str) -> str:
        """A label in English, or without a language, or in whichever comes first."""
        found = [
            value
            for prop, value in self._outgoing.get(term, ())
            if prop == kind and isinstance(value, ox.Literal)
        ]
        if not found:
            return ""
        rank = {"en": 0, None: 1}
        return min(found, key=lambda v: (rank.get(v.language, 2), v.language or "", v.value)).value

    def text(self, term: Term, depth: int = 0) -> str:
        """A term for a reader: the label of a thing, a yes or no, a class axiom in words."""
        if isinstance(term, ox.Literal):
            if term.datatype.value == XSD + "boolean":
                return "yes" if term.value in ("true", "1") else "no"
            return term.value
        if isinstance(term, ox.Triple):
            return str(term)
        if isinstance(term, ox.BlankNode):
            return self._expression(term, depth)
        if label := self._label(term, PREFERRED) or self._label(term, RDFS + "label"):
            return label
        heading = self._label(term, CKG + "heading")
        if heading:
            return f"{self.reference(term.value)} {heading}"
        if CLAIM in self._types(term) and depth < _DEEPEST:
            return self._claim(term, depth)
        return _W3C_NAMES.get(term.value) or self.short(term.value)

    def _claim(self, term: ox.NamedNode, depth: int) -> str:
        said = dict(self._outgoing[term])
        parts = [self.text(said[part], depth + 1) for part in CLAIM_PARTS if part in said]
        denied = self.text(said[CKG + "denies"]) == "yes" if CKG + "denies" in said else False
        return " ".join([*parts[:2], *(["not:"] if denied else []), *parts[2:]])

    def _expression(self, term: Term, depth: int) -> str:
        """A class expression in words, as far as the vocabulary needs it."""
        said = dict(self._outgoing.get(term, ()))
        if depth > _DEEPEST:
            return "…"
        if OWL + "onProperty" in said:
            prop = self.text(said[OWL + "onProperty"], depth + 1)
            for filler, word in ((OWL + "someValuesFrom", "some "), (OWL + "hasValue", "")):
                if filler in said:
                    return f"{prop}: {word}{self.text(said[filler], depth + 1)}"
            return prop
        for list_of, word in ((OWL + "intersectionOf", " and "), (OWL + "unionOf", " or ")):
            if list_of in said:
                return word.join(self.text(i, depth + 1) for i in self._items(said[list_of]))
        if items := list(self._items(term)):
            return ", ".join(self.text(item, depth + 1) for item in items)
        return "(no name)"

    def _items(self, node: Term) -> Iterator[Term]:
        seen: set[Term] = set()
        while node not in seen and (said := dict(self._outgoing.get(node, ()))):
            if RDF + "first" not in said:
                return
            seen.add(node)
            yield said[RDF + "first"]
            node = said.get(RDF + "rest", ox.NamedNode(RDF + "nil"))

    # Kinds

    def known(self, iri: str) -> bool:
        """Whether the graph says anything of a thing, or of others by means of it."""
        return ox.NamedNode(iri) in self._outgoing or ox.NamedNode(iri) in self._incoming

    def values(self, iri: str, prop: str) -> list[Term]:
        """The values of one property of a thing."""
        return [v for p, v in self._outgoing.get(ox.NamedNode(iri), ()) if p == prop]

    def things(self, iri: str, prop: str) -> list[str]:
        """The values of one property of a thing, as far as they are things with a name."""
        return [v.value for v in self.values(iri, prop) if isinstance(v, ox.NamedNode)]

    def subjects(self, prop: str, iri: str) -> list[str]:
        """The things of which a thing is a value of one property."""
        edges = self._incoming.get(ox.NamedNode(iri), ())
        return [s.value for p, s in edges if p == prop and isinstance(s, ox.NamedNode)]

    def edges(self, iri: str) -> list[tuple[str, Term]]:
        """The properties and values of a thing, names and definitions left out."""
        edges = self._outgoing.get(ox.NamedNode(iri), ())
        return [(p, v) for p, v in edges if p not in NAMING and p != RDF_TYPE]

    def mentions(self, iri: str) -> list[tuple[str, str]]:
        """The properties by which things point at a thing, and these things."""
        edges = self._incoming.get(ox.NamedNode(iri), ())
        return [(p, s.value) for p, s in edges if isinstance(s, ox.NamedNode)]

    def uses(self, prop: str) -> list[tuple[str, Term]]:
        """The things that have a property, and its values, in the order of the files."""
        found = {
            (thing.value, value)
            for thing, edges in self._outgoing.items()
            if isinstance(thing, ox.NamedNode)
            for used, value in edges
            if used == prop
        }
        return sorted(found, key=lambda use: (self.place(use[0]), str(use[1])))

    def chains(self, prop: str) -> list[list[str]]:
        """The chains of properties from which a property follows."""
        return [
            [link.value for link in self._items(chain) if isinstance(link, ox.NamedNode)]
            for chain in self.values(prop, OWL + "propertyChainAxiom")
        ]

    def is_inferred(self, subject: str, prop: str, value: Term) -> bool:
        """Whether a statement follows and is not stated."""
        return ox.Triple(ox.NamedNode(subject), ox.NamedNode(prop), value) in self._inferred

    def supers(self, iri: str) -> frozenset[str]:
        """A class and all above it."""
        if iri not in self._supers:
            self._supers[iri] = self._above(iri)
        return self._supers[iri]

    def _above(self, iri: str) -> frozenset[str]:
        found = {iri: None}
        walk = [iri]
        for known in walk:
            new = [c for c in self.things(known, RDFS + "subClassOf") if c not in found]
            found.update(dict.fromkeys(new))
            walk += new
        return frozenset(found)

    def types(self, iri: str) -> set[str]:
        """The classes that a thing is said to belong to, inferred ones included."""
        return self._types(ox.NamedNode(iri))

    def _types(self, term: Term) -> set[str]:
        edges = self._outgoing.get(term, ())
        return {v.value for p, v in edges if p == RDF_TYPE and isinstance(v, ox.NamedNode)}

    def classes(self, iri: str) -> frozenset[str]:
        """All classes to which a thing belongs, those that follow from the hierarchy included."""
        return frozenset(above for cls in self.types(iri) for above in self.supers(cls))

    def is_a(self, iri: str, cls: str) -> bool:
        """Whether a thing belongs to a class."""
        return any(cls in self.supers(own) for own in self.types(iri))

    def disjoint(self, cls: str, other: str) -> bool:
        """Whether two classes exclude each other, by an axiom on them or on classes above them."""
        prop = OWL + "disjointWith"
        excluded = {
            c
            for own in self.supers(cls)
            for c in (*self.things(own, prop), *self.subjects(prop, own))
        }
        return bool(excluded & self.supers(other))

    def members(self, cls: str) -> list[str]:
        """The things that belong to a class, in the order of the files."""
        below = {cls: None}
        walk = [cls]
        for known in walk:
            new = [c for c in self.subjects(RDFS + "subClassOf", known) if c not in below]
            below.update(dict.fromkeys(new))
            walk += new
        return sorted({s for sub in below for s in self.subjects(RDF_TYPE, sub)}, key=self.place)

    def kinds(self, iri: str) -> list[Kind]:
        """The classes of a thing that tell something: those stated, then those inferred."""
        own = self.types(iri)
        telling = own - _UNTELLING or own & {CONCEPT}
        kinds = [
            Kind(cls, self.name(cls), self.is_inferred(iri, RDF_TYPE, ox.NamedNode(cls)))
            for cls in sorted(telling, key=self.place)
        ]
        return sorted(kinds, key=lambda kind: kind.inferred)

    def sufficient(self, cls: str) -> list[str]:
        """The conditions, in words, from which it follows that a thing belongs to a class."""
        edges = self._incoming.get(ox.NamedNode(cls), ())
        return sorted(
            self.text(condition)
            for prop, condition in edges
            if isinstance(condition, ox.BlankNode)
            and prop in (RDFS + "subClassOf", OWL + "equivalentClass")
        )

    # Order

    def place(self, iri: str) -> tuple[int, str]:
        """Where a thing stands in the files, to sort by."""
        return self._places.get(iri, len(self._places)), iri

    def group(self, prop: str) -> str:
        """The concern to which a property belongs: the name of the module that declares it."""
        if prop.startswith((RDF, RDFS, OWL, SKOS)):
            return "vocabulary"
        return self._modules.get(prop, "other")

    @cached_property
    def _places(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for triple in self.graph.asserted:
            if isinstance(triple.subject, ox.NamedNode):
                places.setdefault(triple.subject.value, len(places))
        return places

    @cached_property
    def _modules(self) -> dict[str, str]:
        modules: dict[str, str] = {}
        for source in self.graph.sources:
            module = PurePath(source.name).stem.replace("-", " ")
            for triple in source.triples:
                if (
                    triple.predicate.value == RDF_TYPE
                    and isinstance(triple.subject, ox.NamedNode)
                    and isinstance(triple.object, ox.NamedNode)
                    and triple.object.value in _DECLARING
                ):
                    modules.setdefault(triple.subject.value, module)
        return modules

    # Modes

    def modes(self, iri: str) -> list[str]:
        """The access modes of a product, in the order of the files."""
        found = {*self.things(iri, HAS_MODE), *self.subjects(MODE_OF, iri)}
        return sorted(found, key=self.place)

    def product(self, mode: str) -> str | None:
        """The product that is used in an access mode."""
        found = [*self.things(mode, MODE_OF), *self.subjects(HAS_MODE, mode)]
        return min(found, key=self.place, default=None)

    def mode_name(self, mode: str) -> str:
        """What sets an access mode apart from the others of its product, in a few words."""
        methods = [self.name(method) for method in self.things(mode, METHOD)]
        return " and ".join(dict.fromkeys(methods)) or self.name(mode)

    # Sections and disputes

    def sections(self, subject: str, prop: str, value: Term) -> tuple[str, ...]:
        """The sections that state a plain fact, in the order of the documents."""
        found = self._claimed.get((subject, prop, value), ())
        return tuple(sorted(set(found), key=self.section_order))

    def node_sections(self, node: str) -> tuple[str, ...]:
        """The sections that state a fact node."""
        return tuple(sorted(set(self.things(node, STATED_IN)), key=self.section_order))

    def reference(self, section: str) -> str:
        """The short name of a section: the numbers of its document and of itself."""
        document, number = self.section_order(section)[:2]
        return f"{document}.{number}" if number < _LAST else self.short(section)

    def section_order(self, section: str) -> tuple[int, int, str]:
        """The numbers of a section's document and of itself, to sort by."""
        documents = self.things(section, CKG + "inDocument")
        of_document = [n for d in documents for n in self._numbers(d, CKG + "documentNumber")]
        own = self._numbers(section, CKG + "sectionNumber")
        if not of_document or not own:
            return _LAST, _LAST, section
        return of_document[0], own[0], section

    def _numbers(self, iri: str, prop: str) -> list[int]:
        return [
            int(v.value)
            for v in self.values(iri, prop)
            if isinstance(v, ox.Literal) and v.value.isascii() and v.value.isdigit()
        ]

    def disputed(self, subject: str, prop: str) -> bool:
        """Whether sections disagree on a property of a thing."""
        return (subject, prop) in self._disputed

    def node_disputed(self, node: str) -> bool:
        """Whether sections disagree on anything that a fact node says."""
        return node in self._disputed_nodes

    @cached_property
    def _claims(self) -> list[tuple[str, str, str, Term]]:
        """Claim, subject, property and value of every claim that has them."""
        found = []
        for claim in self.subjects(RDF_TYPE, CLAIM):
            said = [self.values(claim, part) for part in CLAIM_PARTS]
            if (
                all(said)
                and isinstance(said[0][0], ox.NamedNode)
                and isinstance(said[1][0], ox.NamedNode)
            ):
                found.append((claim, said[0][0].value, said[1][0].value, said[2][0]))
        return found

    @cached_property
    def _claimed(self) -> dict[tuple[str, str, Term], list[str]]:
        claimed: defaultdict[tuple[str, str, Term], list[str]] = defaultdict(list)
        for claim, subject, prop, value in self._claims:
            if not any(self.text(v) == "yes" for v in self.values(claim, CKG + "denies")):
                claimed[subject, prop, value] += self.things(claim, STATED_IN)
        return dict(claimed)

    @cached_property
    def _disputed(self) -> set[tuple[str, str]]:
        return {
            (subject, prop)
            for claim, subject, prop, _ in self._claims
            if self.subjects(CKG + "hasClaim", claim) or self.subjects(CKG + "adoptsReading", claim)
        }

    @cached_property
    def _disputed_nodes(self) -> set[str]:
        return {subject for subject, _ in self._disputed}
