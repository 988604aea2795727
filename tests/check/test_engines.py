"""The fast engines find what the reference finds, to the word."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_kg import Finding, InputError, files
from claude_kg.check import fast
from claude_kg.check.data import Data
from claude_kg.check.shapes import check_shapes
from claude_kg.load import load, parse
from tests.check import generated

HERE = Path(__file__).parent / "fixtures"
Triples = Sequence[ox.Triple]

seeds = st.integers(0, 1 << 32)


def read(*texts: str) -> list[ox.Triple]:
    """The statements of Turtle texts."""
    found = [parse(text.encode(), "a text", "turtle", f"t{n}b")[0] for n, text in enumerate(texts)]
    return [triple for triples in found for triple in triples]


def shapes_of(*, closure: bool = False) -> list[ox.Triple]:
    """The packaged shapes."""
    names = {f"http://www.w3.org/ns/shacl#{name}" for name in ("declare", "prefix", "namespace")}
    asserted = read(*(path.read_text() for path in files.shape_files()))
    if not closure:
        return asserted
    also = [triple for triple in asserted if triple.predicate.value in names]
    return read(*(path.read_text() for path in files.shape_files(closure=True))) + also


def assert_same(data: Triples, shapes: Triples) -> set[Finding]:
    """Both engines find the same; returned is what."""
    found, wanted = (set(check_shapes(Data(data), shapes, engine=e)) for e in ("fast", "pyshacl"))
    assert found - wanted == set()
    assert wanted - found == set()
    return found


@pytest.fixture
def without_reference(monkeypatch: pytest.MonkeyPatch) -> Callable[[Triples, Triples], object]:
    """Check by the fast engines alone, so that their being the same says something."""

    def refuse(*_: object) -> list[object]:
        pytest.fail("this was left to the reference")

    def check(data: Triples, shapes: Triples) -> object:
        with monkeypatch.context() as patch:
            patch.setattr("claude_kg.check.reference.check_by_pyshacl", refuse)
            return check_shapes(Data(data), shapes)

    return check


def mutated(triples: Triples, number: int, seed: int) -> list[ox.Triple]:
    """The statements with as many changes: some left out, some twice with another's object."""
    random = Random(seed)
    made = list(triples)
    for _ in range(number):
        at, other = random.randrange(len(made)), random.choice(made)
        chosen = made[at]
        same = [t for t in random.sample(made, 200) if t.predicate == chosen.predicate] or [other]
        swapped = ox.Triple(chosen.subject, chosen.predicate, random.choice(same).object)
        change = random.choice(["delete", "duplicate", "swap"])
        made[at : at + 1] = {"delete": [], "duplicate": [chosen, swapped], "swap": [swapped]}[
            change
        ]
    return list(dict.fromkeys(made))


def test_the_packaged_graph_with_many_mistakes() -> None:
    data = mutated(load().asserted, 150, seed=1)
    assert len(assert_same(data, shapes_of())) > 50


@pytest.mark.parametrize("seed", range(4))
def test_another_vendor_with_some_mistakes(vendor: Path, seed: int) -> None:
    facts = load([vendor]).asserted
    vocabulary = load([]).asserted
    own = [triple for triple in facts if triple not in set(vocabulary)]
    data = [*vocabulary, *mutated(own, 12, seed)]
    assert assert_same(data, shapes_of())


def test_another_vendor_as_it_is(vendor: Path) -> None:
    assert assert_same(load([vendor]).asserted, shapes_of()) == set()


def test_what_follows_from_another_vendors_facts_with_some_mistakes(vendor: Path) -> None:
    from claude_kg.close import close

    vocabulary = load([]).asserted
    own = [t for t in load([vendor]).asserted if t not in set(vocabulary)]
    data = [*vocabulary, *mutated(own, 20, seed=5)]
    assert_same([*data, *close(data).inferred], shapes_of(closure=True))


@pytest.mark.parametrize("data", sorted(HERE.glob("*.ttl")), ids=lambda path: path.name)
def test_every_fixture(data: Path) -> None:
    assert_same(read(data.read_text()), read((HERE / "shapes.ttl").read_text()))
    assert_same([*load([]).asserted, *read(data.read_text())], shapes_of())


@settings(deadline=None)
@given(seeds)
def test_made_up_graphs_and_core_shapes(seed: int) -> None:
    random = Random(seed)
    assert_same(read(generated.graph(random)), read(generated.shape(random)))


@settings(deadline=None)
@given(seeds)
def test_made_up_graphs_whose_values_are_compared(seed: int) -> None:
    # Of what cannot be compared, the reference says that the one is less (SHACL, 4.5.3, says no).
    random = Random(seed)
    assert_same(read(generated.graph(random, ordered=True)), read(generated.order(random)))


@pytest.mark.parametrize("pattern", generated.PATTERNS)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_made_up_graphs_and_sparql_constraints(pattern: str, seed: int) -> None:
    random = Random(seed)
    assert_same(read(generated.links(random)), read(generated.constraint(random, pattern)))


@pytest.mark.parametrize("pattern", generated.PATTERNS)
def test_these_constraints_need_no_reference(
    without_reference: Callable[[Triples, Triples], object], pattern: str
) -> None:
    random = Random(1)
    without_reference(read(generated.links(random)), read(generated.constraint(random, pattern)))


def test_the_packaged_shapes_need_no_reference(
    without_reference: Callable[[Triples, Triples], object],
) -> None:
    data = load().asserted
    without_reference(data, shapes_of())
    without_reference(data, shapes_of(closure=True))


@pytest.mark.parametrize(
    "constraint",
    [
        "SELECT $this WHERE { $this ex:p ?x } LIMIT 1",
        "SELECT $this WHERE { $this ex:p ?x . FILTER (STR(?x) = '1.50') }",
        "SELECT $this WHERE { { SELECT $this WHERE { ?x ex:q $this } LIMIT 1 } }",
    ],
    ids=["a-limit", "how-a-number-is-written", "an-inner-limit"],
)
def test_what_only_the_reference_can_do_is_left_to_it(constraint: str) -> None:
    shapes = read(
        generated.HEAD + generated.PREFIXES + "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; "
        f'sh:sparql [ sh:prefixes ex:prefixes ; sh:select """{constraint}""" ] .'
    )
    data = read(generated.HEAD + "ex:a ex:p 1.50 , ex:b . ex:b ex:p ex:b ; ex:q ex:b .")
    assert_same(data, shapes)


def test_two_ways_to_write_a_number_stay_two() -> None:
    shapes = read(
        generated.HEAD + generated.PREFIXES + "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; "
        "sh:sparql [ sh:prefixes ex:prefixes ; "
        'sh:select "SELECT $this ?value WHERE { $this ex:p ?value }" ] .'
    )
    data = read(generated.HEAD + "ex:a ex:p 1.50 , 1.5 , 01 , 2e0 .")
    found = assert_same(data, shapes)
    assert {str(f.value and f.value.value) for f in found} == {"1.50", "1.5", "01", "2e0"}


def test_nodes_without_a_name_keep_theirs() -> None:
    shapes = read(generated.HEAD + "ex:S sh:targetSubjectsOf ex:p ; sh:nodeKind sh:IRI .")
    (found,) = assert_same(read(generated.HEAD + "[] ex:p ex:a ."), shapes)
    assert found.focus == ox.BlankNode("t0b0")


def test_without_the_native_engine_the_reference_does_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "shacl", None)
    random = Random(3)
    assert fast.check_fast is not None
    assert_same(read(generated.graph(random)), read(generated.shape(random)))


def test_an_unknown_engine_is_bad_input() -> None:
    with pytest.raises(InputError, match="Known: fast, pyshacl"):
        check_shapes(Data([]), [], engine="slow")


def test_no_packaged_shape_needs_the_reference() -> None:
    check = (
        "import sys; from claude_kg import KnowledgeGraph; "
        "from claude_kg.check.validate import validate; "
        "validate(KnowledgeGraph.load(cache=False), limits=None); "
        "sys.exit('pyshacl' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
