"""Find the fewest stated facts from which facts follow, over all the ways in which they do.

A support is a set of facts from which something follows. Supports are kept as the bits of one
number: the union of two is then one operation, and so is whether one is a part of another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence

from claude_kg.reason.facts import Fact

_MOST_ALTERNATIVES = 64
"""How many different supports of one fact are looked at, the smallest first."""

Premises = tuple[Fact, ...]


class Supports:
    """Supports made of given facts.

    ``leaves`` are the facts that supports consist of, those first that are to be preferred;
    ``counted`` are those of them that make a support large.
    """

    def __init__(self, leaves: Sequence[Fact], counted: Collection[Fact]) -> None:
        self._leaves = leaves
        # What comes first has the highest bit: of supports of one size the greater is preferred.
        self._bit = {fact: 1 << place for place, fact in enumerate(reversed(leaves))}
        self._counted = self._bits(counted)

    def smallest(
        self,
        premises: Premises,
        ways: Mapping[Fact, Sequence[Premises]],
        known: Collection[Fact],
    ) -> frozenset[Fact]:
        """The smallest support of all premises together.

        ``ways`` are, for each fact that is no leaf, the premises of each way in which it follows;
        ``known`` is a support of the premises: what is larger than that is not looked at.
        """
        most = self._weight(self._bits(known))
        supports: dict[Fact, list[int]] = {fact: [bit] for fact, bit in self._bit.items()}
        users: dict[Fact, list[Fact]] = {}
        for fact, alternatives in ways.items():
            for premise in {premise for way in alternatives for premise in way}:
                users.setdefault(premise, []).append(fact)
        waiting = deque(ways)
        queued = set(ways)
        while waiting:
            fact = waiting.popleft()
            queued.discard(fact)
            found = list(supports.get(fact, ()))
            for way in ways[fact]:
                found += self._unions([supports.get(premise, []) for premise in way], most)
            kept = self._kept(found)
            if kept != supports.get(fact, []):
                supports[fact] = kept
                fresh = [user for user in users.get(fact, ()) if user not in queued]
                waiting.extend(fresh)
                queued.update(fresh)
        best = self._unions([supports.get(premise, []) for premise in premises], most)[0]
        return frozenset(fact for fact, bit in self._bit.items() if best & bit)

    def _bits(self, facts: Iterable[Fact]) -> int:
        return sum(self._bit[fact] for fact in set(facts))

    def _weight(self, support: int) -> int:
        return (support & self._counted).bit_count()

    def _rank(self, support: int) -> tuple[int, int, int]:
        """Smaller is better: what is counted, then what is not, then what is preferred."""
        return self._weight(support), support.bit_count(), -support

    def _unions(self, parts: Sequence[Sequence[int]], most: int) -> list[int]:
        unions = [0]
        for part in parts:
            wider = {one | other for one in unions for other in part}
            unions = self._kept(union for union in wider if self._weight(union) <= most)
        return unions

    def _kept(self, supports: Iterable[int]) -> list[int]:
        """The smallest of those that no other is a part of, the smallest first."""
        kept: list[int] = []
        for support in sorted(set(supports), key=self._rank):
            if all(other & ~support for other in kept):
                kept.append(support)
                if len(kept) == _MOST_ALTERNATIVES:
                    break
        return kept
