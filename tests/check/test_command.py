"""``claude-kg validate``: verdicts, exit codes, formats and bad input."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.conftest import Run

HERE = Path(__file__).parent / "fixtures"
BROKEN = HERE / "broken"
CONTRADICTION = HERE / "contradiction.ttl"
UNLABELLED = """
@prefix ckg: <https://w3id.org/claude-kg/ontology#> .
@prefix ex: <https://example.org/examplia/> .

ex:shed a ckg:Backend .
"""


@pytest.fixture
def validate(kg: Run, vendor: Path) -> Run:
    """Call ``validate`` on the small graph of the vendor that does not exist."""
    return partial(kg, "validate", "--facts", vendor)


def test_the_packaged_graph_conforms(kg: Run) -> None:
    done = kg("validate")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("conforms: no findings in ")


def test_another_vendor_conforms_to_the_same_shapes(kg: Run, vendor: Path) -> None:
    done = kg("validate", "--facts", vendor)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_quiet_leaves_the_verdict_to_the_exit_code(kg: Run) -> None:
    done = kg("validate", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_contradiction_is_told_with_its_place(validate: Run) -> None:
    done = validate(CONTRADICTION)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    (found,) = (line for line in lines if line.endswith("[consistency]"))
    assert found.startswith(f"{CONTRADICTION}:10:36: violation: the graph contradicts itself: ")
    assert "ex:muddled ckg:authenticatesWith ex:key; ex:muddled ckg:authenticatesWith" in found
    (literal,) = (line for line in lines if line.endswith("[ill-typed-literal]"))
    assert literal.startswith(f"{CONTRADICTION}:11:29: violation: ex:muddled ")


def test_a_value_of_the_wrong_datatype_is_told_once(validate: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.ttl"
    file.write_text(f'{UNLABELLED} ex:shed a ckg:AccessMode ; ckg:contextWindowTokens "many" .')

    def told(*more: str) -> list[str]:
        findings = json.loads(validate(file, "-f", "json", *more).stdout)["findings"]
        return [f["rule"] for f in findings if (f["path"] or "").endswith("contextWindowTokens>")]

    assert told() == ["mode-context-window"]
    assert told("--skip", "mode-context-window") == ["consistency"]
    assert told("--rules", "consistency") == ["consistency"]


@pytest.mark.parametrize("name", ["base", "verdict", "parsed", "closure"])
def test_damage_to_what_is_kept_only_costs_time(validate: Run, tmp_path: Path, name: str) -> None:
    cache = {"CLAUDE_KG_CACHE_DIR": str(tmp_path / "cache")}
    file = tmp_path / "overlay.ttl"
    told = []
    for number in range(2):
        file.write_text(f"{UNLABELLED} # {number}")
        told.append(validate(file, env=cache).stdout)
        for kept in (tmp_path / "cache").glob(f"*.{name}"):
            kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    assert told[0] == told[1] == validate(file, "--no-cache").stdout != ""


def test_a_cache_folder_that_cannot_be_written_is_no_error(validate: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = tmp_path / "overlay.ttl"
    file.write_text(UNLABELLED)
    done = validate(file, env={"CLAUDE_KG_CACHE_DIR": str(tmp_path / "file" / "cache")})
    assert done.stdout == validate(file, "--no-cache").stdout != ""


def test_every_broken_file_is_told_and_the_rest_is_checked(validate: Run) -> None:
    missing = HERE / "missing.ttl"
    done = validate(BROKEN, CONTRADICTION, missing)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    for place in (f"{BROKEN / 'missing-dot.ttl'}:4:", f"{BROKEN / 'unknown-prefix.ttl'}:3:"):
        (line,) = (line for line in lines if line.startswith(place))
        assert line.endswith("[syntax]")
    assert f"{missing}: violation: no such file [input]" in lines
    assert any(line.endswith("[consistency]") for line in lines)
    assert "not every file could be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf@prefix ex: <https://example.org/> .\nex:a ex:b <<", ":2:"),
        ("@prefix ex: <https://example.org/> .".encode("utf-16"), "UTF-16"),
        (b'<https://example.org/a> <https://example.org/b> "caf\xe9" .', "not UTF-8"),
        (b"<https://example.org/a> <https://example.org/b> 'x\0' .", "NUL"),
    ],
)
def test_unreadable_standard_input_is_bad_input(validate: Run, data: bytes, said: str) -> None:
    done = validate("-", stdin=data)
    assert done.returncode == 2
    assert said in done.stdout
    assert done.stdout.startswith("standard input")


def test_standard_input_is_laid_over_the_graph(validate: Run) -> None:
    done = validate("-", stdin=UNLABELLED)
    assert done.returncode == 1
    found = [line for line in done.stdout.splitlines() if not line.startswith("    mend: ")]
    assert found
    assert all(line.startswith("standard input:5:1: ") for line in found)


@pytest.mark.parametrize("level", ["violation", "warning", "info"])
def test_a_violation_fails_at_every_level(validate: Run, level: str) -> None:
    done = validate(CONTRADICTION, "--fail-on", level, "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["counts"]["violation"] > 0


def test_the_format_is_read_off_the_name_and_the_bytes_are_the_same_each_time(
    validate: Run, tmp_path: Path
) -> None:
    reports = []
    for name in ("one.ttl", "two.ttl"):
        assert validate(CONTRADICTION, "-o", tmp_path / name).returncode == 1
        reports.append((tmp_path / name).read_bytes())
    assert reports[0] == reports[1]
    quads = list(ox.parse(reports[0], ox.RdfFormat.TURTLE))
    assert any(q.predicate.value == "http://www.w3.org/ns/shacl#conforms" for q in quads)


def test_broken_facts_do_not_keep_the_others_from_being_checked(validate: Run) -> None:
    done = validate("--facts", BROKEN / "missing-dot.ttl")
    assert done.returncode == 2
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()] == ["[syntax]"]


def test_a_verdict_that_is_kept_is_the_same(validate: Run, tmp_path: Path) -> None:
    cache = {"CLAUDE_KG_CACHE_DIR": str(tmp_path / "cache")}
    first, second, fresh = (
        validate(CONTRADICTION, "-f", "json", *more, env=cache)
        for more in ((), (), ("--no-cache",))
    )
    # That of the graph, and that of the graph below what is laid over it.
    verdicts = list((tmp_path / "cache").glob("*.verdict"))
    assert len(verdicts) == 2
    assert first.stdout == second.stdout == fresh.stdout
    for verdict in verdicts:
        verdict.write_bytes(verdict.read_bytes().replace(b"violation", b"info"))
    assert validate(CONTRADICTION, "-f", "json", env=cache).stdout == first.stdout


def test_a_kept_verdict_tells_the_place_in_the_file_that_is_checked(
    validate: Run, tmp_path: Path
) -> None:
    moved = tmp_path / "moved.ttl"
    moved.write_bytes(CONTRADICTION.read_bytes())
    assert validate(CONTRADICTION).returncode == 1
    assert f"{moved}:9:1: violation: " in validate(moved).stdout


def test_a_limit_that_is_reached_is_named(validate: Run) -> None:
    done = validate(CONTRADICTION, "--timeout", "0.01", "--no-cache")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "limit of 0.01 seconds" in done.stderr
    assert "--timeout" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fail-on", "catastrophe"], "catastrophe"),
        (["--format", "yaml"], "yaml"),
        (["-o", "report.yaml"], "report.yaml"),
        (["-", "-"], "standard input"),
        ([os.devnull], "format"),
    ],
)
def test_bad_usage_is_one_line(
    validate: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = validate(*arguments, cwd=tmp_path, stdin="")
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
