"""The facade: one object that holds a graph and answers, checks and hands on."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from claude_kg.close import REASONERS
from claude_kg.editions import Choice
from claude_kg.errors import InconsistentError
from claude_kg.limits import DEFAULT_LIMITS, Limits
from claude_kg.load import LoadedGraph, PathLike, Source, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyoxigraph as ox

    from claude_kg.check.findings import Report
    from claude_kg.closure import Closure
    from claude_kg.query.catalogue import Query
    from claude_kg.query.names import Names
    from claude_kg.query.run import Result
    from claude_kg.report import Table


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
        reasoner: str = REASONERS[0],
        cache: bool = True,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self.loaded = loaded
        self.reasoner = reasoner
        self.cache = cache
        self._notify = notify

    @classmethod
    def load(
        cls,
        facts: Sequence[PathLike] | None = None,
        overlays: Sequence[PathLike] = (),
        *,
        edition: str | None = None,
        as_of: str | None = None,
        input_format: str | None = None,
        reasoner: str = REASONERS[0],
        cache: bool = True,
        notify: Callable[[str], None] | None = None,
    ) -> KnowledgeGraph:
        """Read the packaged graph, or one with other facts, and lay files over it.

        ``edition`` is the name of an edition, or "latest"; the first is the default. With
        ``as_of``, a date, what does not hold on it is left out. See
        :func:`claude_kg.load.load` for the other arguments and the errors, and
        :func:`claude_kg.close.close` for ``reasoner``; ``cache=False`` neither reads nor writes
        the cache folder, and ``notify`` is told when long work begins.
        """
        from claude_kg.cache import is_kept

        loaded = load(
            facts,
            overlays,
            edition=Choice(edition, as_of),
            input_format=input_format,
            is_known=lambda content: cache and is_kept(content, reasoner),
        )
        return cls(loaded, reasoner=reasoner, cache=cache, notify=notify)

    def without_overlays(self) -> KnowledgeGraph:
        """The graph below what is laid over it."""
        return KnowledgeGraph(
            self.loaded.without("overlay"),
            reasoner=self.reasoner,
            cache=self.cache,
            notify=self._notify,
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files, in the order in which they were read."""
        return self.loaded.sources

    @property
    def asserted(self) -> tuple[ox.Triple, ...]:
        """What the files state, as far as the edition holds it."""
        return self.loaded.asserted

    def at(self, edition: Choice) -> KnowledgeGraph:
        """The same files at another edition."""
        return KnowledgeGraph(
            self.loaded.at(edition), reasoner=self.reasoner, cache=self.cache, notify=self._notify
        )

    @property
    def prefixes(self) -> dict[str, str]:
        """The known prefixes and their namespaces."""
        return self._kept[1] if self._kept else self.loaded.prefixes

    @cached_property
    def closure(self) -> Closure:
        """What follows from the asserted statements, and where they contradict each other."""
        from claude_kg.cache import closure_of

        return closure_of(
            self.loaded, reasoner=self.reasoner, use_cache=self.cache, notify=self._notify
        )

    @property
    def inferred(self) -> tuple[ox.Triple, ...]:
        """What follows and is not stated. Raises InconsistentError where everything follows."""
        closure = self.closure
        if not closure.consistent:
            first, *more = (clash.message.rstrip(".") for clash in closure.clashes)
            rest = f" (and {len(more)} more)" if more else ""
            raise InconsistentError(
                f"the graph is inconsistent: {first}{rest}",
                "See `claude-kg validate`, or use --asserted",
            )
        return closure.inferred

    def query(
        self,
        query: str | Query,
        parameters: Mapping[str, str] | None = None,
        *,
        asserted: bool = False,
        limits: Limits | None = DEFAULT_LIMITS,
    ) -> Result:
        """Answer a SPARQL query, given as text or as one of the catalogue.

        ``parameters`` are the values of its parameters, as text. With ``asserted``, only what the
        files state is asked. ``limits=None`` runs the query in this process, without bounds.

        Raises InputError for a query or a value that cannot be used, LimitError where a limit is
        reached, and InconsistentError unless ``asserted``.

        >>> KnowledgeGraph.load().query("ASK { ?class a owl:Class }").boolean
        True
        """
        from claude_kg.query.catalogue import parse_query
        from claude_kg.query.guard import inspect
        from claude_kg.query.parameters import bind, to_terms
        from claude_kg.query.run import run

        wanted = parse_query(query, "the query") if isinstance(query, str) else query
        file = str(wanted.path) if wanted.path else None
        inspected = inspect(wanted.text, file, self.prefixes)
        terms = to_terms(
            inspected, parameters or {}, wanted.defaults, self.names, label=wanted.name
        )
        store = self._asserted_store if asserted else self._closed_store
        return run(store, bind(inspected, terms), self.prefixes, limits, name=file)

    def export(self, format_name: str = "turtle", *, asserted: bool = False) -> bytes:
        """The graph in an RDF format, with one ontology header, the same bytes every time.

        trig and nq repeat what is inferred in a graph of its own; the other formats hold one
        graph. With ``asserted``, what is inferred is left out.
        """
        from claude_kg.export import handed_on
        from claude_kg.render.graphs import render_graph

        inferred = () if asserted else self.inferred
        triples = [*handed_on(self.loaded), *inferred]
        return render_graph(triples, format_name, self.prefixes, inferred)

    def export_editions(self, format_name: str = "trig", *, asserted: bool = False) -> bytes:
        """Every edition of the data as a graph of its own, named by it, in trig or nq.

        With ``asserted``, what is inferred is left out. Raises InputError for another format.
        """
        from claude_kg.export import handed_on
        from claude_kg.render.graphs import render_editions

        graphs = {}
        for edition in self.loaded.editions.choices:
            graph = self.at(Choice(edition.iri))
            inferred = () if asserted else graph.inferred
            graphs[edition.iri] = [*handed_on(graph.loaded), *inferred]
        return render_editions(graphs, format_name, self.prefixes)

    def validate(self) -> Report:
        """Check the graph against the packaged rules: consistency, shapes and hygiene.

        At the first edition, the later ones are checked too, each by itself. See
        :func:`claude_kg.check.editions.validate_editions` for other shapes, engines and limits.
        """
        from claude_kg.check.editions import validate_editions
        from claude_kg.check.findings import told_once

        return told_once(validate_editions(self))

    def report(self, *names: str, asserted: bool = False) -> list[Table]:
        """The sections of the report with these names, or all of them, filled from the graph.

        Raises InputError for a name that no section has.
        """
        from claude_kg.query.catalogue import Catalogue
        from claude_kg.report import choose, fill, sections

        chosen = choose(sections(Catalogue()), names)
        return [fill(self, section, asserted=asserted) for section in chosen]

    @cached_property
    def names(self) -> Names:
        """The names by which the things of the graph are known."""
        from claude_kg.query.names import Names

        return Names(lambda: self.asserted, self.prefixes)

    @cached_property
    def _kept(self) -> tuple[bytes, dict[str, str]] | None:
        """The closed graph and its prefixes as the cache has them, without parsing a file."""
        from claude_kg.cache import read_quads

        return read_quads(self.loaded, self.reasoner) if self.cache else None

    @cached_property
    def _asserted_store(self) -> ox.Store:
        from claude_kg.store import build_store, closed_quads

        return build_store(closed_quads(self.asserted, ()))

    @cached_property
    def _closed_store(self) -> ox.Store:
        from claude_kg.cache import write_quads
        from claude_kg.store import build_store, closed_quads, read_store

        if self._kept:
            with suppress(SyntaxError):
                return read_store(self._kept[0])
        quads = closed_quads(self.asserted, self.inferred)
        if self.cache:
            write_quads(self.loaded, self.reasoner, quads)
        return build_store(quads)
