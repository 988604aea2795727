"""Say why a statement holds, down to what the files state, or what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.check.places import Location, Places
from claude_kg.closure import is_language
from claude_kg.facts import NO, Facts
from claude_kg.lookup import CLAIM_PARTS, CONCEPT, FACT_NODE, STATED_IN, Lookup, Name
from claude_kg.reason import Proof, Reasoning, Statement, reason
from claude_kg.statement import read_statement
from claude_kg.terms import CKG, OWL

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph

MOST_PROOFS = 100
"""How many proofs of one statement are given."""

_SUBJECT, _PROPERTY, _VALUE = CLAIM_PARTS
_DENIES = CKG + "denies"
_HOLD_CLAIMS = (CKG + "hasClaim", CKG + "adoptsReading")


@dataclass(frozen=True)
class Section(Name):
    """A section of the sources, with the short form in which it is cited."""

    reference: str


@dataclass(frozen=True)
class Contested:
    """A disagreement between sections: the question, and which reading the graph adopts."""

    iri: str
    question: str
    resolution: str


@dataclass(frozen=True)
class Origin:
    """A statement in words, where the files state it, and the sections of the sources that do.

    ``places`` is empty for what is not asserted. ``contested`` are the disagreements about it.
    """

    statement: Statement | None
    sentence: str
    places: tuple[Location, ...]
    sections: tuple[Section, ...]
    contested: tuple[Contested, ...]


@dataclass(frozen=True)
class Step(Origin):
    """A statement of a derivation, and the rule that concludes it.

    ``rule`` is its W3C name, empty where the statement is asserted or holds by definition.
    ``premises`` are the steps on which it rests, by their place in the derivation, and
    ``definitions`` the asserted statements that spell out unnamed classes and lists in them.
    """

    rule: str = ""
    premises: tuple[int, ...] = ()
    definitions: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """A proof: the first step is the conclusion, and no step stands twice.

    ``length`` counts the rules that are applied.
    """

    steps: tuple[Step, ...]
    length: int


@dataclass(frozen=True)
class Evidence:
    """What the graph has to say of a statement that it does not hold.

    ``kind`` is ``contradiction`` (it cannot hold together with ``rests_on``), ``denied`` (a section
    denies it), ``node`` (a statement of several parts mentions both things), ``reading`` (a section
    states it, and the graph does not adopt it) or ``value`` (the property has this value).
    ``opposite`` says whether that is a no.
    """

    kind: str
    text: str
    opposite: bool
    iri: str | None = None
    places: tuple[Location, ...] = ()
    sections: tuple[Section, ...] = ()
    contested: tuple[Contested, ...] = ()
    rests_on: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Whether a statement holds and why, or what is known instead.

    ``proofs`` is empty where it does not hold, the shortest is the first. ``evidence`` is what
    speaks against it, or is said of the same things; of a statement that holds, what denies it.
    Where the graph is not ``consistent``, everything would follow; the proofs are real ones still.
    """

    statement: ox.Triple
    text: str
    proofs: tuple[Derivation, ...]
    evidence: tuple[Evidence, ...]
    consistent: bool = True

    @property
    def holds(self) -> bool:
        """Whether the statement is stated or follows."""
        return bool(self.proofs)

    @property
    def verdict(self) -> str:
        """In two words, what of the statement is known.

        It is ``asserted`` or ``inferred``; or ``opposite stated``, where it would contradict the
        graph or a section denies it; ``not adopted``, where a section states it; ``negative
        stated``, where a fact node says no of the same two things; or ``not stated``.
        """
        if self.proofs:
            return "inferred" if self.proofs[0].length else "asserted"
        no = {found.kind for found in self.evidence if found.opposite}
        if no - {"node"}:
            return "opposite stated"
        if any(found.kind == "reading" for found in self.evidence):
            return "not adopted"
        return "negative stated" if no else "not stated"


@dataclass(frozen=True)
class Conflict:
    """A contradiction in a sentence, the rule that finds it, and the fewest statements that do it.

    ``definitions`` spell out the unnamed classes and lists among the statements.
    """

    sentence: str
    rule: str
    statements: tuple[Origin, ...]
    definitions: tuple[Origin, ...]


def why(
    graph: KnowledgeGraph, subject: str, predicate: str, object_: str, *, every: bool = False
) -> Answer:
    """Why a statement holds, or what speaks against it; with ``every``, also by other proofs.

    Subject, predicate and object are names, prefixed names or IRIs; the object may be a literal
    (see :func:`claude_kg.statement.read_statement`). The proofs are those of our own rules.

    Raises InputError for what names nothing or several things, and for axioms that the rules do
    not cover.

    >>> from claude_kg import KnowledgeGraph
    >>> answer = why(KnowledgeGraph.load(), "ckg:Product", "a", "owl:Class")
    >>> answer.verdict
    'asserted'
    """
    tracer = Tracer(graph)
    look, closure = tracer.look, tracer.reasoning.closure
    known = [*graph.asserted, *closure.inferred]
    triple = read_statement(look, known, subject, predicate, object_)
    proofs = tracer.derivations(triple, MOST_PROOFS if every else 1)
    evidence = _Evidence(graph, tracer, triple)
    return Answer(
        triple,
        " ".join(look.text(term) for term in (triple.subject, triple.predicate, triple.object)),
        proofs,
        tuple(evidence.of_dissent() if proofs else evidence.instead()),
        closure.consistent,
    )


def conflicts(graph: KnowledgeGraph) -> tuple[Conflict, ...]:
    """Every contradiction of a graph with the fewest statements that make it; of most, none.

    Raises InputError for axioms that the rules do not cover.
    """
    tracer = Tracer(graph)
    reasoning = tracer.reasoning
    found = []
    for clash in reasoning.closure.clashes:
        explanation = reasoning.explain_clash(clash)
        found.append(
            Conflict(
                clash.message,
                reasoning.clash_proof(clash).rule,
                tuple(map(tracer.origin, explanation.statements)),
                tuple(map(tracer.origin, explanation.definitions)),
            )
        )
    return tuple(found)


def reasons(graph: KnowledgeGraph) -> Callable[[ox.Triple], str]:
    """What says in a line why an inferred statement holds, and nothing of any other.

    Raises InputError for axioms that the rules do not cover.
    """
    reasoning = reason(graph.asserted, graph.prefixes)

    def reason_of(triple: ox.Triple) -> str:
        proof = reasoning.proof(triple)
        if proof is None or proof.asserted:
            return ""
        return proof.sentence.partition(", because ")[2] or proof.sentence

    return reason_of


class Tracer:
    """Follows the statements of a graph back to files and sections.

    Raises InputError for axioms that the rules do not cover.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.look = Lookup(graph, asserted=True)
        self.reasoning: Reasoning = reason(graph.asserted, graph.prefixes)
        self._places = Places(graph.sources)
        self._asserted = frozenset(graph.asserted)

    def derivations(self, triple: ox.Triple, most: int = 1) -> tuple[Derivation, ...]:
        """The proofs of a statement, the shortest first; none where it does not hold."""
        proofs = list(islice(self.reasoning.proofs(triple), most))
        if not proofs and triple.predicate.value == OWL + "sameAs":
            # The rules leave out that a thing is itself.
            proofs = [self._itself(triple)] if triple.subject == triple.object else []
        return tuple(map(self._derivation, proofs))

    def origin(self, triple: ox.Triple) -> Origin:
        """An asserted statement."""
        proof = self.reasoning.proof(triple)
        statement = Statement(triple.subject, triple.predicate, triple.object)
        return self._origin(statement, proof.sentence if proof else "")

    def places(self, triple: ox.Triple) -> tuple[Location, ...]:
        """Where the files state a statement: itself, or the claim from which an edition has it."""
        found = self._places.of(triple)
        if found or triple not in self._asserted or isinstance(triple.subject, ox.BlankNode):
            return found
        return tuple(
            place
            for claim in self.claims(triple)
            if self.adopted(claim) and not self.denies(claim)
            for place in self._places.of(
                ox.Triple(ox.NamedNode(claim), ox.NamedNode(_VALUE), triple.object)
            )
        )

    def place_of(self, iri: str) -> tuple[Location, ...]:
        """Where a thing is written about first."""
        node = ox.NamedNode(iri)
        found = (
            place
            for prop, value in self.look.edges(iri)
            for place in self._places.of(ox.Triple(node, ox.NamedNode(prop), value))
        )
        first = min(found, key=lambda at: (at.file, at.line or 0, at.column or 0), default=None)
        return (first,) if first else ()

    def sections(self, statement: Statement) -> tuple[Section, ...]:
        """The sections that state a statement: its adopted claims say so, or its fact node."""
        look, triple = self.look, statement.triple
        if triple is None or not isinstance(triple.subject, ox.NamedNode):
            return ()
        found = {
            section
            for claim in self.claims(triple)
            if not self.denies(claim) and self.adopted(claim)
            for section in look.things(claim, STATED_IN)
        }
        if not found:
            found.update(
                section for node in self._fact_nodes(triple) for section in look.node_sections(node)
            )
        return self.named(found)

    def contested(self, triple: ox.Triple) -> tuple[Contested, ...]:
        """The disagreements about the property of a thing, or about its fact node."""
        look = self.look
        if not isinstance(triple.subject, ox.NamedNode) or isinstance(triple.object, ox.BlankNode):
            return ()
        claims = [
            claim
            for claim in look.subjects(_SUBJECT, triple.subject.value)
            if triple.predicate.value in look.things(claim, _PROPERTY)
        ]
        for node in self._fact_nodes(triple):
            claims += look.subjects(_SUBJECT, node)
        return self.contests(claims)

    def contests(self, claims: Iterable[str]) -> tuple[Contested, ...]:
        """The disagreements that claims are part of."""
        look = self.look
        found = {d for claim in claims for p in _HOLD_CLAIMS for d in look.subjects(p, claim)}
        return tuple(
            Contested(iri, look.name(iri), " ".join(look.names(iri, CKG + "resolution")))
            for iri in sorted(found)
        )

    def claims(self, triple: ox.Triple) -> list[str]:
        """The claims that state or deny a statement."""
        look = self.look
        assert isinstance(triple.subject, ox.NamedNode)
        return [
            claim
            for claim in sorted(look.subjects(_SUBJECT, triple.subject.value))
            if triple.predicate.value in look.things(claim, _PROPERTY)
            and triple.object in look.values(claim, _VALUE)
        ]

    def denies(self, claim: str) -> bool:
        """Whether a claim denies its value."""
        return any(self.look.text(value) == "yes" for value in self.look.values(claim, _DENIES))

    def adopted(self, claim: str) -> bool:
        """Whether the graph takes a claim over."""
        return bool(self.look.things(claim, CKG + "adoptedIn"))

    def named(self, sections: Iterable[str]) -> tuple[Section, ...]:
        """Sections with their names, in the order of the documents."""
        order = sorted(set(sections), key=self.look.section_order)
        return tuple(Section(s, self.look.name(s), self.look.reference(s)) for s in order)

    def _fact_nodes(self, triple: ox.Triple) -> list[str]:
        """The thing of a statement that is a fact node: its subject, or else its object."""
        for term in (triple.subject, triple.object):
            if isinstance(term, ox.NamedNode) and self.look.is_a(term.value, FACT_NODE):
                return [term.value]
        return []

    def _itself(self, triple: ox.Triple) -> Proof:
        statement = Statement(triple.subject, triple.predicate, triple.object)
        name = self.look.text(triple.subject)
        return Proof(statement, "", f"{name} is itself, by definition.", (), (), 0)

    def _origin(self, statement: Statement | None, sentence: str) -> Origin:
        triple = statement.triple if statement else None
        if statement is None or triple is None:
            return Origin(statement, sentence, (), (), ())
        places = self.places(triple)
        return Origin(statement, sentence, places, self.sections(statement), self.contested(triple))

    def _derivation(self, proof: Proof) -> Derivation:
        """The steps of a proof as they are met, going down from the conclusion."""
        numbers: dict[Statement | None, int] = {}
        proofs: list[Proof] = []
        waiting = [proof]
        while waiting:
            current = waiting.pop()
            if current.conclusion not in numbers:
                numbers[current.conclusion] = len(proofs)
                proofs.append(current)
                waiting.extend(reversed(current.premises))
        return Derivation(tuple(self._step(found, numbers) for found in proofs), proof.steps)

    def _step(self, proof: Proof, numbers: dict[Statement | None, int]) -> Step:
        origin = self._origin(proof.conclusion, proof.sentence)
        return Step(
            origin.statement,
            origin.sentence,
            origin.places,
            origin.sections,
            origin.contested,
            proof.rule,
            tuple(numbers[premise.conclusion] for premise in proof.premises),
            tuple(map(self.origin, proof.definitions)),
        )


class _Evidence:
    """Gathers what is said of the things of a statement."""

    def __init__(self, graph: KnowledgeGraph, tracer: Tracer, triple: ox.Triple) -> None:
        assert isinstance(triple.subject, ox.NamedNode)
        self._graph = graph
        self._tracer = tracer
        self._look = tracer.look
        self._facts = Facts(tracer.look)
        self._triple = triple
        self._subject = triple.subject.value

    def of_dissent(self) -> Iterator[Evidence]:
        """The sections that deny what holds."""
        yield from (self._claim(c) for c in self._claims() if self._tracer.denies(c))

    def instead(self) -> Iterator[Evidence]:
        """What is known in place of a statement that does not hold, the opposite first."""
        yield from self._contradiction()
        yield from self.of_dissent()
        nodes = list(map(self._node, self._nodes()))
        yield from (node for node in nodes if node.opposite)
        yield from (self._claim(c) for c in self._claims() if not self._tracer.denies(c))
        yield from (node for node in nodes if not node.opposite)
        yield from self._values()

    def _claims(self) -> list[str]:
        return self._tracer.claims(self._triple)

    def _contradiction(self) -> Iterator[Evidence]:
        """Whether the graph would contradict itself if the statement held."""
        if self._tracer.reasoning.closure.clashes:
            return
        supposed = reason((*self._graph.asserted, self._triple), self._graph.prefixes)
        found = [
            (len(explanation.statements), clash.message, explanation)
            for clash in supposed.closure.clashes
            if self._triple in (explanation := supposed.explain_clash(clash)).statements
        ]
        for _, message, explanation in sorted(found, key=lambda one: one[:2])[:1]:
            others = [t for t in explanation.statements if t != self._triple]
            yield Evidence(
                "contradiction",
                message,
                opposite=True,
                rests_on=tuple(map(self._tracer.origin, others)),
            )

    def _claim(self, claim: str) -> Evidence:
        denied = self._tracer.denies(claim)
        return Evidence(
            "denied" if denied else "reading",
            self._look.name(claim),
            opposite=denied,
            iri=claim,
            places=self._tracer.place_of(claim),
            sections=self._tracer.named(self._look.things(claim, STATED_IN)),
            contested=self._tracer.contests([claim]),
        )

    def _nodes(self) -> list[str]:
        """The fact nodes that mention both things, those with a status first.

        Where there is none with a status, those that mention an access mode in place of a product.
        """
        look, value = self._look, self._triple.object
        if not isinstance(value, ox.NamedNode) or is_language(self._triple.predicate.value):
            return []
        nodes = self._mentioning({self._subject}, {value.value})
        if not any(map(self._status, nodes)):
            modes = [{iri, *look.modes(iri)} for iri in (self._subject, value.value)]
            nodes |= self._mentioning(*modes)
        return sorted(nodes, key=lambda node: (not self._status(node), look.place(node)))

    def _mentioning(self, some: set[str], others: set[str]) -> set[str]:
        look = self._look

        def around(things: set[str]) -> set[str]:
            found = {node for thing in things for _, node in look.mentions(thing)}
            for thing in things:
                found.update(v.value for _, v in look.edges(thing) if isinstance(v, ox.NamedNode))
            return {node for node in found if look.is_a(node, FACT_NODE)}

        return around(some) & around(others) - some - others

    def _status(self, node: str) -> list[str]:
        """The degrees to which a fact node says that something holds, or other concepts."""
        degrees = self._facts.pattern(self._facts.node_class(node)).degrees
        found = (
            value.value
            for prop, value in self._look.edges(node)
            if isinstance(value, ox.NamedNode)
            and (prop in degrees if degrees else self._look.is_a(value.value, CONCEPT))
        )
        return list(dict.fromkeys(found))

    def _node(self, node: str) -> Evidence:
        look, status = self._look, self._status(node)
        names = ", ".join(map(look.name, status))
        return Evidence(
            "node",
            f"{look.name(node)}: {names}" if names else look.name(node),
            opposite=bool(NO.intersection(status)),
            iri=node,
            places=self._tracer.place_of(node),
            sections=self._tracer.named(look.node_sections(node)),
            contested=self._tracer.contests(look.subjects(_SUBJECT, node)),
        )

    def _values(self) -> Iterator[Evidence]:
        """The other values of the property."""
        triple, tracer = self._triple, self._tracer
        known = (*self._graph.asserted, *tracer.reasoning.closure.inferred)
        for found in dict.fromkeys(known):
            if found.subject == triple.subject and found.predicate == triple.predicate:
                statement = Statement(found.subject, found.predicate, found.object)
                places = tracer.places(found)
                words = " ".join(self._look.text(part) for part in statement)
                yield Evidence(
                    "value",
                    words if places else f"{words} (inferred)",
                    opposite=False,
                    places=places,
                    sections=tracer.sections(statement),
                    contested=tracer.contested(found),
                )
