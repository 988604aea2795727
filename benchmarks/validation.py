"""Time validation of N copies of the packaged graph: our engines, and pyshacl as the reference.

All in one run, so that the ratios hold on any machine: python benchmarks/validation.py
"""

# ruff: noqa: T201
# A benchmark prints its figures.

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyoxigraph as ox

from claude_kg import files
from claude_kg.check.data import Data
from claude_kg.check.hygiene import HygieneRule, check_hygiene, read_rules
from claude_kg.check.shapes import check_shapes
from claude_kg.close import close
from claude_kg.load import load, parse
from claude_kg.terms import KG


def copies(triples: Sequence[ox.Triple], number: int) -> list[ox.Triple]:
    """The graph with its individuals once more under new names, until there are N of each."""

    def renamed(term: Any, copy: int) -> Any:
        if isinstance(term, ox.NamedNode) and term.value.startswith(KG):
            return ox.NamedNode(f"{term.value}--{copy}")
        if isinstance(term, ox.Literal) and term.language:
            return ox.Literal(f"{copy} {term.value}", language=term.language)
        return term

    individuals = [t for t in triples if renamed(t.subject, 0) != t.subject]
    made = dict.fromkeys(triples)
    for copy in range(1, number):
        for t in individuals:
            made[ox.Triple(renamed(t.subject, copy), t.predicate, renamed(t.object, copy))] = None
    return list(made)


def shapes(*, closure: bool = False) -> list[ox.Triple]:
    """The packaged shapes, the prefixes that both sets share among them."""

    def read(paths: Sequence[Path], label: str) -> list[ox.Triple]:
        found: list[ox.Triple] = []
        for number, path in enumerate(paths):
            found += parse(path.read_bytes(), str(path), "turtle", f"{label}{number}b")[0]
        return found

    asserted = read(files.shape_files(), "a")
    if not closure:
        return asserted
    names = ("declare", "prefix", "namespace")
    declared = [t for t in asserted if t.predicate.value.rpartition("#")[2] in names]
    return read(files.shape_files(closure=True), "c") + declared


def seconds(work: Callable[[], object], repeat: int) -> float:
    """The median processor time of some work, which others on the machine change least."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times)


def check(triples: Sequence[ox.Triple], applied: Sequence[ox.Triple], **chosen: Any) -> None:
    """Check a graph that no engine has seen."""
    check_shapes(Data(triples), applied, **chosen)


def query(
    triples: Sequence[ox.Triple], applied: Sequence[ox.Triple], rules: Sequence[HygieneRule]
) -> None:
    """Ask all that is asked in SPARQL of a graph that no engine has seen."""
    data = Data(triples)
    check_shapes(data, applied, parts=["sparql"])
    check_hygiene(data, rules)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours, of which the median")
    parser.add_argument("--largest", type=int, default=100, help="the most copies")
    options = parser.parse_args()
    packaged = load().asserted
    asserted, consequences = shapes(), shapes(closure=True)
    rules = read_rules(files.hygiene_files())
    print(
        f"{'N':>4} {'statements':>11} {'core s':>8} {'SPARQL s':>9} {'closure s':>10} "
        f"{'sum s':>8} {'pyshacl s':>10} {'ratio':>6}"
    )
    sums: dict[int, float] = {}
    for number in (1, 3, 10, 100):
        if number > options.largest:
            break
        graph = copies(packaged, number)
        closed = [*graph, *close(graph).inferred]
        parts = [
            seconds(partial(check, graph, asserted, parts=["core"]), options.repeat),
            seconds(partial(query, graph, asserted, rules), options.repeat),
            seconds(partial(check, closed, consequences), options.repeat),
        ]
        sums[number] = sum(parts)
        line = f"{number:>4} {len(graph):>11} {parts[0]:>8.3f} {parts[1]:>9.3f} {parts[2]:>10.3f} "
        line += f"{sums[number]:>8.3f}"
        if number == 1:
            reference = sum(
                seconds(partial(check, data, applied, engine="pyshacl"), 1)
                for data, applied in ((graph, asserted), (closed, consequences))
            )
            line += f" {reference:>10.2f} {reference / sum(parts[:3]):>5.0f}x"
        print(line, flush=True)
    if 100 in sums:
        print(f"N=100 takes {sums[100] / sums[10]:.1f} times N=10.")


if __name__ == "__main__":
    main()
