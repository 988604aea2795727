"""What all tests share: an own cache folder, the two graphs, and a way to call the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph

VENDOR = Path(__file__).parent / "vendor"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache that is shared by the workers of one run, and by nobody else."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    patch = pytest.MonkeyPatch()
    patch.setenv("CLAUDE_KG_CACHE_DIR", str(folder))
    yield folder
    patch.undo()


@pytest.fixture(scope="session")
def vendor() -> Path:
    """The facts about Examplia, a vendor that does not exist."""
    return VENDOR


@pytest.fixture(scope="session")
def graph(cache_folder: Path) -> KnowledgeGraph:
    """The graph of Examplia."""
    return KnowledgeGraph.load(facts=[VENDOR])


@pytest.fixture
def kg(cache_folder: Path) -> Run:
    """Call the command in a process of its own."""

    def run(
        *arguments: str | Path,
        stdin: str | bytes | None = None,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "claude_kg", *map(str, arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            check=False,
            timeout=120,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run
