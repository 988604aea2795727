"""Check a graph from end to end: syntax, consistency, shapes, and shapes of what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from claude_kg import cache, files
from claude_kg.check import verdicts
from claude_kg.check.findings import Editions, Finding, Report, Severity, in_order
from claude_kg.check.verdicts import Verdict
from claude_kg.close import REASONERS
from claude_kg.errors import InputError
from claude_kg.limits import Limits
from claude_kg.load import LoadedGraph, with_prefixes

if TYPE_CHECKING:
    from claude_kg.check.added import Rules
    from claude_kg.graph import KnowledgeGraph

LIMITS = Limits(seconds=300.0, memory_mib=4096)
"""The bounds of one check; it does more than a query and may take longer."""


def validate(
    graph: KnowledgeGraph,
    *,
    unreadable: Iterable[InputError] = (),
    shapes: Sequence[Path] | None = None,
    closure_shapes: Sequence[Path] | None = None,
    hygiene: Sequence[Path] | None = None,
    engine: str | None = None,
    limits: Limits | None = LIMITS,
) -> Report:
    """Everything that is wrong with a graph.

    ``unreadable`` are the errors of files that could not be laid over it. The shapes, files in
    Turtle, default to the packaged ones: one set for what is asserted, and one for what follows,
    which is left out where the graph contradicts itself. The rules of ``hygiene``, queries in
    files, default to the packaged ones where the packaged shapes are applied, and to none else.

    ``engine`` is one of :data:`claude_kg.check.shapes.ENGINES`; by default the packaged shapes,
    for which both are tested to find the same, are checked by the fast one, and any others by the
    reference.

    Raises LimitError where a bound of ``limits`` is reached, and InputError where the shapes or
    the rules cannot be used.
    """
    packaged = files.shape_files()
    applied = packaged if shapes is None else shapes
    follows = files.shape_files(closure=True) if closure_shapes is None else closure_shapes
    if hygiene is None:
        hygiene = files.hygiene_files() if set(packaged) <= set(applied) else []

    findings = [_from_error(error) for error in unreadable]
    complete = not findings
    verdict = _Check(graph, applied, follows, hygiene, engine, limits).verdict()
    findings += verdict.findings

    if findings:
        from claude_kg.check.places import Places

        places = Places(graph.sources)
        findings = [places.add(finding) for finding in findings]
    # What the user laid over the rest comes first: it is what they have just written.
    laid_over = sorted(graph.sources, key=lambda source: source.role != "overlay")
    names = [source.name for source in laid_over]
    return Report(
        in_order(findings, names),
        complete=complete,
        files=len(names),
        statements=verdict.statements,
        prefixes=verdict.prefixes,
        editions=verdict.editions,
    )


@dataclass(frozen=True)
class _Check:
    """One graph, and all that it is checked by."""

    graph: KnowledgeGraph
    shapes: Sequence[Path]
    closure_shapes: Sequence[Path]
    hygiene: Sequence[Path]
    engine: str | None
    limits: Limits | None

    def verdict(self) -> Verdict:
        """What is kept of an earlier check, or else what is found now."""
        if not self.graph.cache:
            return self._of_all()
        kept = verdicts.read(f"{self._key}.verdict")
        if kept is None:
            kept = self._of_added() or self._of_all()
            verdicts.write(f"{self._key}.verdict", kept)
            cache.keep_known(self.graph.loaded)
        return kept

    def _of_all(self) -> Verdict:
        from claude_kg.check.whole import check_whole

        graph = self.graph
        findings = check_whole(
            graph, self.shapes, self.closure_shapes, self.hygiene, self.engine, self.limits
        )
        return Verdict(findings, len(graph.asserted), graph.prefixes, _later(graph.loaded))

    def _of_added(self) -> Verdict | None:
        """What is found if the graph below the overlays has no finding; None elsewhere."""
        loaded = self.graph.loaded
        overlays = [source for source in loaded.sources if source.role == "overlay"]
        own = {*self.shapes, *self.closure_shapes} - files.all_shape_files()
        swift = self.engine != "pyshacl" and self.graph.reasoner == REASONERS[0]
        if not overlays or len(overlays) == len(loaded.sources) or own or not swift:
            return None
        if not cache.is_writable() or loaded.edition.as_of is not None:
            return None
        from claude_kg.check.added import Base, Rules
        from claude_kg.check.hygiene import read_rules
        from claude_kg.check.whole import declarations, read_shapes
        from claude_kg.compose import Touched

        laid_over = [triple for source in overlays for triple in source.triples]
        if not Touched().spares(laid_over):
            return None
        shapes, closure_shapes = (
            read_shapes(paths, self.limits)[0] for paths in (self.shapes, self.closure_shapes)
        )
        rules = Rules(shapes, closure_shapes + declarations(shapes), read_rules(self.hygiene))
        below = replace(self, graph=self.graph.without_overlays())
        content = below.as_base(rules)
        if content is None:
            return None
        base = Base(content)
        added = base.new_among(laid_over)
        if added is None:
            return None
        prefixes = with_prefixes(base.prefixes, overlays)
        findings = base.check(added, rules, prefixes, self.limits)
        if findings is None:
            return None
        return Verdict(findings, base.statements + len(added), prefixes, base.editions)

    def as_base(self, rules: Rules) -> bytes | None:
        """What is kept of the graph to check additions to it; None where it has findings."""
        if self.verdict().findings:
            return None
        from claude_kg.check.added import Base
        from claude_kg.compose import Touched

        content = cache.read(f"{self._key}.base")
        if content is None:
            graph = self.graph
            loaded = graph.loaded
            content = Base.keep(
                graph.asserted,
                graph.closure,
                graph.prefixes,
                rules,
                _later(loaded),
                Touched.by(loaded.stated, loaded.editions, loaded.edition, graph.prefixes),
            )
            cache.write(f"{self._key}.base", content)
        return content

    @cached_property
    def _key(self) -> str:
        rules = (self.shapes, self.closure_shapes, self.hygiene)
        return verdicts.key(self.graph.loaded, rules, self.engine, self.graph.reasoner)


def _later(loaded: LoadedGraph) -> Editions:
    return tuple((edition.iri, edition.name) for edition in loaded.editions.later)


def _from_error(error: InputError) -> Finding:
    return Finding(
        "syntax" if error.line else "input",
        Severity.VIOLATION,
        error.message,
        why="Nothing can be said about a file that cannot be read.",
        fix=error.hint,
        file=error.file,
        line=error.line,
        column=error.column,
    )
