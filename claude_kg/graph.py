"""The facade: one object that holds a graph and answers, checks and hands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import pyoxigraph as ox

from claude_kg.close import Closure
from claude_kg.load import LoadedGraph, PathLike, Source, load


class KnowledgeGraph:
    """A graph of asserted statements and what follows from them.

    >>> graph = KnowledgeGraph.load()
    >>> len(graph.asserted) > 0
    True
    """

    def __init__(
        self,
        loaded: LoadedGraph,
        *,
        cache: bool = True,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self.loaded = loaded
        self._cache = cache
        self._notify = notify or (lambda message: None)

    @classmethod
    def load(
        cls,
        facts: Sequence[PathLike] | None = None,
        overlays: Sequence[PathLike] = (),
        *,
        input_format: str | None = None,
        cache: bool = True,
        notify: Callable[[str], None] | None = None,
    ) -> KnowledgeGraph:
        """Read the packaged graph, or one with other facts, and lay files over it.

        See :func:`claude_kg.load.load` for the arguments and errors; ``cache=False`` neither
        reads nor writes the cache folder, and ``notify`` is told when long work begins.
        """
        loaded = load(facts, overlays, input_format=input_format)
        return cls(loaded, cache=cache, notify=notify)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files, in the order in which they were read."""
        return self.loaded.sources

    @property
    def asserted(self) -> tuple[ox.Triple, ...]:
        """What the files state."""
        return self.loaded.asserted

    @property
    def prefixes(self) -> dict[str, str]:
        """The known prefixes and their namespaces."""
        return self.loaded.prefixes

    @cached_property
    def closure(self) -> Closure:
        """What follows from the asserted statements, and where they contradict each other."""
        from claude_kg.cache import closure_of

        return closure_of(self.loaded, use_cache=self._cache, notify=self._notify)
