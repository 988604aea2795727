"""Check one edition of a graph: take what is kept, look at what was added alone, or at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from claude_kg import cache, files
from claude_kg.cache import Later
from claude_kg.check import verdicts
from claude_kg.check.verdicts import Verdict
from claude_kg.close import REASONERS
from claude_kg.limits import Limits
from claude_kg.load import with_prefixes

if TYPE_CHECKING:
    from claude_kg.check.added import Rules
    from claude_kg.editions import Choice
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.load import Source


@dataclass(frozen=True)
class Check:
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
        kept = self.kept
        if kept is None:
            kept = self._of_added() or self._of_all()
            verdicts.write(f"{self._key}.verdict", kept)
            cache.keep_known(self.graph.loaded, self.later)
        return kept

    @cached_property
    def kept(self) -> Verdict | None:
        """What is kept of an earlier check of the same."""
        return verdicts.read(f"{self._key}.verdict") if self.graph.cache else None

    @cached_property
    def later(self) -> Later:
        """The later editions that the graph knows, each by its IRI and its name."""
        loaded = self.graph.loaded
        if self.graph.cache:
            kept = cache.later_editions(loaded)
            if kept is None and self._spares_editions:
                kept = cache.later_editions(loaded.without("overlay"))
            if kept is not None:
                return kept
        return tuple((edition.iri, edition.name) for edition in loaded.editions.later)

    def at(self, edition: Choice) -> Check:
        """The same check of another edition."""
        return replace(self, graph=self.graph.at(edition))

    def _of_all(self) -> Verdict:
        from claude_kg.check.whole import check_whole

        graph = self.graph
        findings = check_whole(
            graph, self.shapes, self.closure_shapes, self.hygiene, self.engine, self.limits
        )
        return Verdict(findings, len(graph.asserted), graph.prefixes)

    def _of_added(self) -> Verdict | None:
        """What is found if the graph below the overlays has no finding; None elsewhere."""
        loaded, overlays = self.graph.loaded, self._overlays
        own = {*self.shapes, *self.closure_shapes} - files.all_shape_files()
        swift = self.engine != "pyshacl" and self.graph.reasoner == REASONERS[0]
        if not overlays or len(overlays) == len(loaded.sources) or own or not swift:
            return None
        if not cache.is_writable() or loaded.edition.as_of is not None:
            return None
        from claude_kg.check.added import Base, Rules
        from claude_kg.check.hygiene import read_rules
        from claude_kg.check.whole import declarations, read_shapes

        if not self._spares_editions:
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
        added = base.new_among(t for source in overlays for t in source.triples)
        if added is None:
            return None
        prefixes = with_prefixes(base.prefixes, overlays)
        findings = base.check(added, rules, prefixes, self.limits)
        if findings is None:
            return None
        return Verdict(findings, base.statements + len(added), prefixes)

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
                Touched.by(loaded.stated, loaded.editions, loaded.edition, graph.prefixes),
            )
            cache.write(f"{self._key}.base", content)
        return content

    @cached_property
    def _key(self) -> str:
        rules = (self.shapes, self.closure_shapes, self.hygiene)
        return verdicts.key(self.graph.loaded, rules, self.engine, self.graph.reasoner)

    @property
    def _overlays(self) -> list[Source]:
        return [source for source in self.graph.sources if source.role == "overlay"]

    @cached_property
    def _spares_editions(self) -> bool:
        """Whether no overlay says anything of editions, or of what follows them."""
        from claude_kg.compose import Touched

        return Touched().spares(t for source in self._overlays for t in source.triples)
