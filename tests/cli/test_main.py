"""The program as a whole: help, start-up, endings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import __version__

Run = Callable[..., CompletedProcess[str]]

HEAVY = {"rdflib", "owlrl", "pyshacl", "pyoxigraph", "yaml", "rich"}
PROBE = """
import json, sys
from claude_kg.cli import main
code = main(json.loads(sys.argv[1]))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(code)
"""


def modules_of(*arguments: str) -> set[str]:
    """What is imported when the program runs with these arguments."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    assert not modules_of(*arguments) & HEAVY


def test_warm_query_loads_only_the_store(vendor: Path) -> None:
    arguments = ["query", "products/bridges", "--facts", str(vendor), "--format", "json"]
    modules_of(*arguments)
    assert modules_of(*arguments) & HEAVY == {"pyoxigraph"}
    text = ["query", "-e", "ASK {}", "--facts", str(vendor), "--format", "json"]
    assert modules_of(*text) & HEAVY == {"pyoxigraph"}


def test_import_of_the_package_loads_nothing_heavy() -> None:
    code = "import claude_kg, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not set(done.stdout.split()) & {*HEAVY, "click"}


def test_help_groups_the_commands(kg: Run) -> None:
    done = kg("--help")
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if line.endswith(":")] == [
        "Options:",
        "Ask:",
        "Check:",
        "Hand on:",
    ]
    assert kg().stdout == done.stdout


@pytest.mark.parametrize("command", ["query", "export", "report", "validate"])
def test_every_command_has_help(kg: Run, command: str) -> None:
    done = kg(command, "--help")
    assert done.returncode == 0
    for option in ("--facts", "--with", "--format", "--output", "--quiet", "--verbose", "--debug"):
        assert option in done.stdout


def test_version_is_printed(kg: Run) -> None:
    assert __version__ in kg("--version").stdout


def test_mistyped_command_names_the_nearest(kg: Run) -> None:
    done = kg("qery")
    assert done.returncode == 2
    assert done.stderr == (
        "claude-kg: error: no command 'qery'. Did you mean query? See `claude-kg --help`.\n"
    )


def test_debug_shows_the_traceback_and_keeps_the_exit_code(kg: Run) -> None:
    done = kg("query", "none.rq", "--debug")
    assert done.returncode == 2
    assert "Traceback" in done.stderr


def test_verbose_speaks_on_standard_error_only(kg: Run, vendor: Path) -> None:
    done = kg("query", "--facts", vendor, "-e", "ASK {}", "-v")
    assert done.stdout == "true\n"
    assert "results: 1, from" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a reader that leaves is a POSIX matter")
def test_reader_that_leaves_is_no_error(vendor: Path) -> None:
    command = f"'{sys.executable}' -m claude_kg export --facts '{vendor}' -f nt"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="closed streams are given by a POSIX shell")
@pytest.mark.parametrize(
    ("redirection", "arguments", "code"),
    [
        ("<&-", "-e 'ASK {}'", 0),
        ("<&-", "-", 2),
        ("<&-", "-e 'ASK {}' --with -", 2),
        (">&-", "-e 'ASK {}'", 2),
        ("2>&-", "-e 'nonsense'", 2),
        ("> /dev/full", "-e 'ASK {}'", 2),
    ],
)
def test_closed_or_full_stream_is_no_crash(
    vendor: Path, redirection: str, arguments: str, code: int
) -> None:
    command = f"'{sys.executable}' -m claude_kg query --facts '{vendor}' {arguments} {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, text=True)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 1


@pytest.mark.skipif(os.name == "nt", reason="signals are a POSIX matter")
def test_interrupt_ends_with_130(vendor: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with subprocess.Popen(
        [sys.executable, "-m", "claude_kg", "query", "--facts", vendor, "-e", query, "-v"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "claude-kg: interrupted"
    assert "Traceback" not in errors


def test_no_home_and_no_cache_is_no_error(kg: Run, vendor: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (str(tmp_path / "file" / "below"), "/proc/none"):
        done = kg("query", "--facts", vendor, "-e", "ASK {}", env={"CLAUDE_KG_CACHE_DIR": folder})
        assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")


def test_output_is_utf_8_in_any_locale(kg: Run, vendor: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = kg("query", "--facts", vendor, "-e", 'SELECT ("é—✓" AS ?x) {}', "-f", "csv", env=env)
    assert (done.returncode, done.stdout) == (0, "x\r\né—✓\r\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not take such an argument")
def test_argument_that_is_not_utf_8_is_one_line(vendor: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "claude_kg", "query", "--facts", vendor, "-e", b"ASK {} # \xff"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"is not UTF-8" in done.stderr
