"""Every command that the documentation shows runs, and prints what is shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```(?:console|sh)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OWN = re.compile(r"(?:\.venv/bin/)?claude-kg ")
# What sets the project up, and is done by CI before any test runs.
SETTING_UP = re.compile(r"python3 -m venv |\.venv/bin/pip install |\.venv/bin/pytest$|make |git ")
EXIT_CODE = re.compile(r"\s+# exit (\d)$")


class Shown(NamedTuple):
    """A command as a page shows it, with the output shown below it."""

    page: str
    line: int
    command: str
    output: str


def shown() -> list[Shown]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start(2)) + 1
            for part in re.split(r"^(?=\$ )", block[2], flags=re.MULTILINE):
                command, _, output = part.removeprefix("$ ").partition("\n")
                if command.strip():
                    name = page.relative_to(ROOT).as_posix()
                    found.append(Shown(name, line, command.strip(), output))
                line += part.count("\n")
    return found


COMMANDS = shown()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place to work in, with the files of which the pages speak."""
    place = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "tests" / "vendor", place / "tests" / "vendor")
    shutil.copytree(ROOT / "examples", place / "examples")
    facts = sorted((ROOT / "tests" / "vendor").rglob("*.ttl"))
    (place / "my-product.ttl").write_text("\n".join(path.read_text() for path in facts))
    return place


@pytest.mark.parametrize("what", COMMANDS, ids=[f"{c.page}:{c.line}" for c in COMMANDS])
def test_the_command_runs_and_prints_what_is_shown(what: Shown, folder: Path) -> None:
    exit_code = EXIT_CODE.search(what.command)
    parts = EXIT_CODE.sub("", what.command).split(" && ")
    own = [part for part in parts if OWN.match(part)]
    others = [part for part in parts if part not in own and not SETTING_UP.match(part)]
    assert others == [], "nobody tries these"
    for part in own:
        done = subprocess.run(
            part.removeprefix(".venv/bin/"),
            shell=True,
            cwd=folder,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )
        assert done.returncode == (int(exit_code[1]) if exit_code else 0), done.stderr
        assert "Traceback" not in done.stderr
        if what.output:
            assert done.stdout == what.output


def test_ci_runs_the_commands_with_which_the_readme_begins() -> None:
    first, second = [what.command for what in COMMANDS if what.page == "README.md"][:2]
    script = (ROOT / ".ci" / "run").read_text()
    assert second in script.splitlines()
    assert first.partition(" && ")[0] in script.splitlines()
    assert "claude-kg query" in first
