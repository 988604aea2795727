"""The OWL 2 RL rules of this package: every conclusion, every contradiction, and why.

They draw the same conclusions as the reference, :mod:`claude_kg.reason.reference`, find what it
finds of contradictions and more (ill-typed values, things stated to be all different), and give
proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from claude_kg.closure import Clash, Closure
from claude_kg.reason.engine import Contradiction, Engine
from claude_kg.reason.facts import Fact, Facts
from claude_kg.reason.kept import telling
from claude_kg.reason.proofs import Proof, Prover, Statement
from claude_kg.reason.words import Words
from claude_kg.terms import PREFIXES

__all__ = ["Explanation", "Proof", "Reasoning", "Statement", "reason"]


def reason(asserted: Iterable[ox.Triple], prefixes: Mapping[str, str] = PREFIXES) -> Reasoning:
    """Draw every conclusion from a graph; ``prefixes`` shorten the names in what is said of it.

    Raises InputError, or InputErrors, for axioms that the rules do not cover.
    """
    engine = Engine.of(asserted, prefixes)
    engine.run()
    return Reasoning(engine.facts, engine.contradictions, prefixes)


@dataclass(frozen=True)
class Explanation:
    """Asserted statements that contradict each other, sorted; without any of them they do not.

    ``definitions`` are the asserted statements that spell out the unnamed classes and the lists
    among them.
    """

    statements: tuple[ox.Triple, ...]
    definitions: tuple[ox.Triple, ...]

    @property
    def all(self) -> tuple[ox.Triple, ...]:
        """Both together: a graph that contradicts itself."""
        return self.statements + self.definitions


class Reasoning:
    """A graph with all that follows from it, which can say why."""

    def __init__(
        self,
        facts: Facts,
        contradictions: tuple[Contradiction, ...],
        prefixes: Mapping[str, str],
    ) -> None:
        self._facts = facts
        self._words = Words(facts, prefixes)
        self._prover = Prover(facts, self._words)
        self._clashes: dict[str, list[Contradiction]] = {}
        for found in contradictions:
            sentence = f"{self._words.reason(found.rule, dict(found.binding))}."
            self._clashes.setdefault(sentence, []).append(found)

    @cached_property
    def closure(self) -> Closure:
        """What follows and tells a reader something, sorted; and the contradictions, sorted."""
        return Closure(
            tuple(sorted(telling(self._facts), key=str)),
            tuple(
                Clash(message, self._explained(self._clashes[message]).statements)
                for message in sorted(self._clashes)
            ),
        )

    def proof(self, triple: ox.Triple) -> Proof | None:
        """The shortest proof of a statement: fewest steps; None where it does not follow."""
        return next(self.proofs(triple), None)

    def proofs(self, triple: ox.Triple) -> Iterator[Proof]:
        """The proofs of a statement that differ in their last step, the shortest first.

        An asserted statement has one, without a rule; what does not follow has none.
        """
        fact = self._fact(triple)
        if fact is not None:
            yield from self._prover.proofs(fact)

    def clash_proof(self, clash: Clash) -> Proof:
        """The shortest proof of a contradiction; raises KeyError for one of another graph."""
        proofs = map(self._prover.contradiction, self._clashes[clash.message])
        return min(proofs, key=lambda proof: (proof.steps, proof.rule))

    def explain_clash(self, clash: Clash) -> Explanation:
        """The fewest asserted statements that make a contradiction by themselves.

        Raises KeyError for the contradiction of another graph.
        """
        return self._explained(self._clashes[clash.message])

    def _explained(self, contradictions: Iterable[Contradiction]) -> Explanation:
        supports = (self._prover.support(found.premises) for found in contradictions)
        smallest = min(supports, key=self._prover.rank)
        statements, definitions = (
            {
                triple
                for fact in smallest
                if self._prover.spells_out(fact) == spelled
                for triple in self._facts.stated(fact)
            }
            for spelled in (False, True)
        )
        return Explanation(tuple(sorted(statements, key=str)), tuple(sorted(definitions, key=str)))

    def _fact(self, triple: ox.Triple) -> Fact | None:
        subject, predicate, object_ = map(
            self._facts.number, (triple.subject, triple.predicate, triple.object)
        )
        if subject is None or predicate is None or object_ is None:
            return None
        fact = subject, predicate, object_
        return fact if self._facts.holds(fact) else None
