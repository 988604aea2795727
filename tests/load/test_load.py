"""Files are read whole and as they are written, or refused with the place and the reason."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_kg import InputError, InputErrors, KgError, LimitError
from claude_kg.load import FORMATS, load, parse, unreadable
from claude_kg.terms import KG

EX = "http://example.org/"


def overlay(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def error_of(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load(overlays=[path])
    return caught.value


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert str(error_of(tmp_path / "none.ttl")).startswith(f"{tmp_path}/none.ttl: no such file")


def test_folder_without_data_says_what_was_looked_for(tmp_path: Path) -> None:
    overlay(tmp_path, "notes.txt", "hello")
    assert "no data file. Looked for .ttl" in str(error_of(tmp_path))


def test_folder_is_read_in_a_stable_order_and_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/1.ttl", "c.ttl", "a.ttl", ".hidden.ttl"):
        overlay(tmp_path, name, "")
    names = [Path(s.name).relative_to(tmp_path) for s in load(overlays=[tmp_path]).sources[-3:]]
    assert [name.as_posix() for name in names] == ["a.ttl", "b/1.ttl", "c.ttl"]


def test_unknown_suffix_asks_for_the_format(tmp_path: Path) -> None:
    path = overlay(tmp_path, "data.dat", f"<{EX}a> <{EX}p> 1 .")
    assert "--input-format" in str(error_of(path))
    assert load(overlays=[path], input_format="turtle").sources[-1].triples


def test_unreadable_file_says_so(tmp_path: Path) -> None:
    path = overlay(tmp_path, "secret.ttl", "")
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read all, and Windows knows no such mode
        assert "permission denied" in str(unreadable(PermissionError(13, "no"), str(path)))
    else:
        assert "permission denied" in str(error_of(path))


def test_syntax_error_has_line_and_column(tmp_path: Path) -> None:
    error = error_of(overlay(tmp_path, "broken.ttl", "# one\n\n  ex:a ex:b 1 .\n"))
    assert (error.line, error.column) == (3, 3)
    assert "the prefix ex: has not been declared" in str(error)


def test_all_broken_files_are_reported_at_once(tmp_path: Path) -> None:
    first, second = (overlay(tmp_path, f"{n}.ttl", "nonsense") for n in (1, 2))
    with pytest.raises(InputErrors) as caught:
        load(overlays=[first, second, tmp_path / "none.ttl"])
    assert [error.file for error in caught.value.errors] == [
        str(first),
        str(second),
        str(tmp_path / "none.ttl"),
    ]


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = overlay(tmp_path, "bom.ttl", b"\xef\xbb\xbf<http://example.org/a> a <http://b/c> .")
    assert len(load(overlays=[path]).sources[-1].triples) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_utf_16_is_named(tmp_path: Path, encoding: str) -> None:
    path = overlay(tmp_path, "wide.ttl", "<http://a/b> a <http://c/d> .".encode(encoding))
    assert "UTF-16 or UTF-32. Save it as UTF-8" in str(error_of(path))


def test_latin_1_is_found_at_its_byte(tmp_path: Path) -> None:
    error = error_of(overlay(tmp_path, "l.ttl", "# ok\n# é: caf".encode() + b"\xe9\n"))
    assert (error.line, error.column) == (2, 9)
    assert "0xe9 is not UTF-8" in str(error)


def test_nul_is_found(tmp_path: Path) -> None:
    error = error_of(overlay(tmp_path, "nul.ttl", b"# a comment\n# \0"))
    assert (error.line, error.column) == (2, 3)


def test_relative_names_ask_for_a_base(tmp_path: Path) -> None:
    assert "declares no @base" in str(error_of(overlay(tmp_path, "r.ttl", "<a> <b> <c> .")))


def test_literals_keep_their_form() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    text = f'<{EX}a> <{EX}p> "45.50"^^<{xsd}decimal>, "1"^^<{xsd}boolean>, 007, 1.0 .'
    triples, _ = parse(text.encode(), "x", "turtle")
    assert [t.object.value for t in triples if isinstance(t.object, ox.Literal)] == [
        "45.50",
        "1",
        "007",
        "1.0",
    ]


def test_named_graphs_are_flattened() -> None:
    text = f"<{EX}a> <{EX}p> 1 . <{EX}g> {{ <{EX}b> <{EX}p> 2 }}"
    assert len(parse(text.encode(), "x", "trig")[0]) == 2


def test_blank_nodes_are_apart_and_deterministic(tmp_path: Path) -> None:
    text = f"_:x <{EX}p> [ <{EX}q> _:x ] ."
    paths = [overlay(tmp_path, f"{n}.ttl", text) for n in (1, 2)]
    once, again = load(overlays=paths), load(overlays=paths)
    assert once.asserted == again.asserted
    first, second = ({str(t.subject) for t in s.triples} for s in once.sources[-2:])
    assert len(first) == 2
    assert not first & second


def test_xml_with_a_doctype_is_refused(tmp_path: Path) -> None:
    path = overlay(tmp_path, "x.rdf", '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a/>')
    error = error_of(path)
    assert error.line == 2
    assert "DOCTYPE is refused" in str(error)


def test_xml_without_a_doctype_is_read(tmp_path: Path) -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    path = overlay(
        tmp_path,
        "x.rdf",
        f'<rdf:RDF xmlns:rdf="{rdf}" xmlns:e="{EX}"><rdf:Description rdf:about="{EX}a">'
        "<e:p>v</e:p></rdf:Description></rdf:RDF>",
    )
    assert len(load(overlays=[path]).sources[-1].triples) == 1


@pytest.mark.parametrize("context", ['"http://127.0.0.1:9/c"', '{"@import": "file:///etc/passwd"}'])
def test_json_ld_context_elsewhere_is_refused(tmp_path: Path, context: str) -> None:
    path = overlay(tmp_path, "x.jsonld", f'{{"@context": {context}, "@id": "{EX}a"}}')
    assert "nothing is fetched" in str(error_of(path))


def test_deep_json_is_refused_where_it_gets_deep(tmp_path: Path) -> None:
    error = error_of(overlay(tmp_path, "x.jsonld", "[" * 20_000 + "]" * 20_000))
    assert (error.line, error.column) == (1, 101)


@pytest.mark.parametrize("suffix", [".ttl", ".trig", ".nt", ".nq"])
def test_nested_triple_terms_are_refused(tmp_path: Path, suffix: str) -> None:
    deep = "<<( <http://a/b> <http://c/d> " * 100_000
    assert "RDF 1.2" in str(error_of(overlay(tmp_path, f"x{suffix}", deep)))


def test_angles_in_strings_and_comments_are_no_triple_terms() -> None:
    text = f"# << here\n<{EX}a> <{EX}p> \"<< there\", '''<<( and \">>''' ."
    assert len(parse(text.encode(), "x", "turtle")[0]) == 2


def test_deep_turtle_is_no_trouble() -> None:
    text = f"<{EX}a> <{EX}p> " + f"[ <{EX}p> " * 5_000 + "1" + " ]" * 5_000 + " ."
    assert len(parse(text.encode(), "x", "turtle")[0]) == 5_001


def test_file_above_the_limit_names_it(tmp_path: Path) -> None:
    path = overlay(tmp_path, "big.ttl", b"# " + b"x" * (1 << 20))
    with pytest.raises(LimitError, match="file limit of 1 MiB"):
        load(overlays=[path], max_mib=1)


def test_standard_input_cannot_be_read_twice() -> None:
    with pytest.raises(InputError, match="given twice"):
        load(facts=["-"], overlays=["-"])


def test_facts_replace_the_packaged_facts_but_not_the_vocabulary(vendor: Path) -> None:
    ours, theirs = load(), load(facts=[vendor])
    assert {s.role for s in theirs.sources} == {"vocabulary", "facts"}
    assert [s.name for s in ours.sources if s.role == "vocabulary"] == [
        s.name for s in theirs.sources if s.role == "vocabulary"
    ]
    assert not any(str(t.subject).startswith(f"<{KG}") for t in theirs.sources[-1].triples)


def test_prefixes_of_files_are_known_and_ours_cannot_be_taken(tmp_path: Path) -> None:
    path = overlay(tmp_path, "p.ttl", f"@prefix own: <{EX}> . @prefix kg: <{EX}taken/> .")
    prefixes = load(overlays=[path]).prefixes
    assert prefixes["own"] == EX
    assert prefixes["kg"] == KG


def test_digest_tells_contents_apart_and_not_places(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = overlay(tmp_path, "a.ttl", f"<{EX}a> a <{EX}b> .")
    same = overlay(tmp_path, "other/b.ttl", f"<{EX}a> a <{EX}b> .")
    different = overlay(tmp_path, "c.ttl", f"<{EX}a> a <{EX}c> .")
    digests = [load(overlays=[path]).digest for path in (one, same, different)]
    assert digests[0] == digests[1] != digests[2]


@given(st.binary(max_size=200), st.sampled_from(list(FORMATS)))
def test_no_bytes_raise_anything_but_our_errors(data: bytes, format_name: str) -> None:
    message = "x:"
    try:
        parse(data, "x", format_name)
    except KgError as error:
        message = str(error)
    assert message.startswith("x:")
