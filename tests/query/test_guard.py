"""What would reach out, write or break the parser is refused before an engine sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_kg import InputError, KgError, LimitError
from claude_kg.query.guard import inspect
from claude_kg.query.tokens import tokenize

SERVICE = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { ?s ?p ?o FILTER EXISTS { SERVICE <x:y> {} } }",
    "SELECT * { { SELECT * { SERVICE ?g {} } } }",
    "SELECT * { # SERVICE\nSERVICE # <x:y>\n<x:y> {} }",
    "PREFIX : <x:> SELECT * { SERVICE:x {} }",
    "SELECT * { ?s ?p 1SERVICE <x:y> {} }",
    "SELECT * { ?s ?p trueSERVICE <x:y> {} }",
    "SELECT * { ?s ?p ?o.SERVICE<x:y>{} }",
    "PREFIX ex: <x:> SELECT * { ?s ?p ex:.SERVICE <x:y> {} }",
    r"SELECT * { \u0053ERVICE <x:y> {} }",
    r"SELECT * { \U00000053ERVICE <x:y> {} }",
    r'SELECT * { ?s ?p "a\u0022 . SERVICE <x:y> {} #" }',
    # What looks like an IRI is two comparisons to the engine.
    "SELECT * { FILTER(1<2)SERVICE#>\n<x:y> {} }",
    "SELECT * { FILTER(1<a:b)SERVICE#>\n<x:y> {} }",
    "SELECT * { FILTER(1<a:b&&?x='>')SERVICE <x:y> {} FILTER(?x='a') }",
    "SELECT * { GRAPH ?g { FILTER(1<a:b&&?x='>')SERVICE <x:y> {} FILTER(?x='a') } }",
    "SELECT * { FILTER(?x IN (1, (2<a:b&&?x='>')))SERVICE <x:y> {} FILTER(?x='a') }",
]


@pytest.mark.parametrize("text", SERVICE)
def test_service_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(InputError, match=r"SERVICE|less than"):
        inspect(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?s ?p "SERVICE <x:y> {}" }',
        "SELECT * { ?s ?p '''a 'SERVICE' \" FROM''' }",
        r'SELECT * { ?s ?p "a\" SERVICE" }',
        "SELECT * { ?s ?p ?o } # SERVICE <x:y>",
        "SELECT ?service { ?service <http://a/SERVICE> <http://a/service#FROM> }",
        "SELECT * { ?s schema:serviceType ?from ; schema:service ?o }",
        r'SELECT * { ?s ?p "\u0041" }',
        "SELECT * { VALUES (?a ?b) { (1 <http://a/service#b>) (2 <http://a/it's>) } }",
        "SELECT * { (1 <http://a/b#c>) ?p ?o . FILTER(?o < 5 && ?o > 1) }",
        "SELECT * { ?s (<http://a/b#c>|<http://a/b#d>)+ ?o FILTER(?s != <http://a/b#c>) }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (<http://a/b#c>, <http://a/b#d>)) }",
    ],
)
def test_harmless_mentions_are_not_refused(text: str) -> None:
    assert inspect(text).kind == "select"


@pytest.mark.parametrize("clause", ["FROM <http://a/b>", "from named <file:///etc/passwd>"])
def test_from_is_refused(clause: str) -> None:
    with pytest.raises(InputError, match="FROM is refused"):
        inspect(f"SELECT * {clause} WHERE {{ ?s ?p ?o }}")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "PREFIX a: <x:> delete where { ?s ?p ?o }",
        "# SELECT\nLOAD <http://127.0.0.1:9/>",
        "CLEAR ALL",
        "CREATE GRAPH <a:b>",
        "DROP DEFAULT",
        "COPY <a:a> TO <a:b>",
        "MOVE <a:a> TO <a:b>",
        "ADD <a:a> TO <a:b>",
        "BASE <x:y> WITH <a:a> DELETE { ?s ?p ?o } WHERE {}",
    ],
)
def test_update_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match="is an update, and a query only reads"):
        inspect(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the query is empty"),
        ("# nothing", 1, 1, "the query is empty"),
        ("hello", 1, 1, "a query cannot start with 'hello'"),
        ("SELECT * {\n  ?s ?p {\n}", 1, 10, "'{' is not closed"),
        ("SELECT * { } )", 1, 14, "')' closes nothing"),
        ("ASK { ?s ?p (1 ] }", 1, 16, "']' closes nothing"),
        ('ASK { ?s\n ?p "open }', 2, 5, "a string that is not closed"),
        ("ASK {\n  ?s no:thing 1 }", 2, 6, "the prefix 'no:' is not known"),
        ("ASK { :a ?p 1 }", 1, 7, "the prefix ':' is not known"),
    ],
)
def test_fault_has_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        inspect(text, "q.rq")
    assert str(caught.value).startswith(f"q.rq:{line}:{column}: {message}")


@pytest.mark.parametrize("opening", ["{", "(", "[", "!", "^", "-"])
def test_deep_nesting_is_refused(opening: str) -> None:
    with pytest.raises(LimitError, match="nested more than 100 levels"):
        inspect("SELECT * { " + opening * 10_000)


def test_long_query_is_refused() -> None:
    with pytest.raises(LimitError, match="longer than"):
        inspect("ASK {} #" + "x" * (1 << 20))


@pytest.mark.parametrize(
    "call",
    [
        r'REGEX(?o, "(a)\\1")',
        'regex(str(?o), "^(?=a)b", "i")',
        'REGEX(?o, "(?<!a)b")',
        r"REPLACE(?o, '(.)\\1', 'x')",
    ],
)
def test_pattern_that_would_silently_not_match_is_refused(call: str) -> None:
    with pytest.raises(InputError, match="back-references and look-around"):
        inspect(f"SELECT * {{ ?s ?p ?o BIND({call} AS ?x) }}")


@pytest.mark.parametrize("call", ['REGEX(?o, "(?:a|b)+")', r'REPLACE(?o, "(a)", "$1\\1(?=")'])
def test_other_patterns_are_accepted(call: str) -> None:
    assert inspect(f"SELECT * {{ ?s ?p ?o BIND({call} AS ?x) }}").kind == "select"


@given(st.text(alphabet="SELCT*{}()[]<>?ab:'\"\\#\n .=1SERVICE", max_size=60))
def test_any_text_is_split_or_refused_cleanly(text: str) -> None:
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text
    try:
        kind: str = inspect(text).kind
    except KgError:
        kind = "refused"
    assert kind in ("select", "refused")
