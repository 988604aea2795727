"""Draw the conclusions that OWL 2 RL allows from the asserted graph, without the noise."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True, slots=True)
class Clash:
    """One contradiction, in a sentence."""

    message: str


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from a graph and is not stated in it, sorted; and its contradictions."""

    inferred: tuple[ox.Triple, ...]
    clashes: tuple[Clash, ...]

    @property
    def consistent(self) -> bool:
        """Whether the graph contradicts itself nowhere."""
        return not self.clashes
