"""Time the closure of N copies of the packaged graph: ours, and owlrl as the reference.

All in one run, so that the ratios hold on any machine: python benchmarks/closure.py [--repeat R]
"""

# ruff: noqa: T201
# A benchmark prints its figures.

from __future__ import annotations

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable, Sequence
from statistics import median

import pyoxigraph as ox

from claude_kg.load import load
from claude_kg.reason import reason
from claude_kg.reason.reference import close_by_owlrl as close
from claude_kg.terms import KG

Closing = Callable[[Sequence[ox.Triple]], object]


def copies(triples: Sequence[ox.Triple], number: int) -> list[ox.Triple]:
    """The graph with its individuals once more under new names, until there are N of each."""

    def renamed(term: ox.NamedNode, copy: int) -> ox.NamedNode:
        return ox.NamedNode(f"{term.value}--{copy}") if term.value.startswith(KG) else term

    made = dict.fromkeys(triples)
    for copy in range(1, number):
        for triple in triples:
            subject, object_ = triple.subject, triple.object
            if isinstance(subject, ox.NamedNode):
                subject = renamed(subject, copy)
            if isinstance(object_, ox.NamedNode):
                object_ = renamed(object_, copy)
            made[ox.Triple(subject, triple.predicate, object_)] = None
    return list(made)


def seconds(closing: Closing, triples: Sequence[ox.Triple], repeat: int) -> float:
    """The median time of a closure."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        closing(triples)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of ours, of which the median")
    parser.add_argument("--reference", type=int, default=1, help="runs of owlrl")
    options = parser.parse_args()
    packaged = load().asserted
    print(f"{'N':>4} {'statements':>11} {'inferred':>9} {'ours s':>8} {'owlrl s':>8} {'ratio':>6}")
    ours = {}
    for number in (1, 3, 10, 100):
        graph = copies(packaged, number)
        inferred = len(reason(graph).closure.inferred)
        ours[number] = seconds(lambda triples: reason(triples).closure, graph, options.repeat)
        line = f"{number:>4} {len(graph):>11} {inferred:>9} {ours[number]:>8.3f}"
        if number <= 3:
            reference = seconds(close, graph, options.reference)
            line += f" {reference:>8.2f} {reference / ours[number]:>5.0f}x"
        print(line, flush=True)
    print(f"N=100 takes {ours[100] / ours[10]:.1f} times N=10.")
    tracemalloc.start()
    reason(graph)
    peak = tracemalloc.get_traced_memory()[1] >> 20
    print(f"At N=100 the closure takes {peak} MiB beside the graph.")


if __name__ == "__main__":
    main()
