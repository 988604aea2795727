"""The wheel works far from the checkout, with an empty home, on the data that it carries."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ("ontology", "shapes", "queries")


def data_files() -> list[str]:
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in DATA
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    )


@dataclass
class Elsewhere:
    """An environment that holds the wheel and its dependencies, and nothing of the checkout."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "env" / ("Scripts" if os.name == "nt" else "bin")

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        env = {**kept, "HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home)}
        return subprocess.run(
            [self.programs / program, *arguments],
            cwd=home,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and with the wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    place = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    environment = place.folder / "env"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = str(place.programs / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    # The dependencies are lent by this environment, so that no network is needed. A path file
    # lends packages, but not what path files put there: the checkout stays out of reach.
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", query], capture_output=True, text=True, check=True)
    lent = Path(own.stdout.strip()) / "lent.pth"
    lent.write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return place


def test_the_wheel_carries_the_data_the_types_and_the_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.endswith("py.typed")] == ["claude_kg/py.typed"]
    carried = [name.removeprefix("claude_kg/") for name in names]
    assert sorted(name for name in carried if name.startswith(DATA)) == data_files()
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert licences == {path.name for path in (*ROOT.glob("LICENSE*"), ROOT / "NOTICE")}
    assert not [name for name in names if "tests" in name or name.endswith(".pyc")]


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(archive.read(name).decode())
    version: dict[str, str] = {}
    exec((ROOT / "claude_kg" / "_version.py").read_text(), version)
    assert (metadata["Name"], metadata["Version"]) == ("claude-kg", version["__version__"])
    assert metadata["License-Expression"] == "Apache-2.0 AND CC-BY-4.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_sdist_holds_what_the_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = [*data_files(), "pyproject.toml", "README.md", "CHANGELOG.md", "Makefile", ".ci/run"]
    wanted += ["tests/packaging/test_wheel.py", *(path.name for path in ROOT.glob("LICENSE*"))]
    assert set(wanted) - names == set()


def test_the_data_come_from_the_wheel(elsewhere: Elsewhere) -> None:
    code = (
        "import claude_kg.files as f; print(f.ONTOLOGY_FOLDER, f.QUERIES_FOLDER, f.SHAPES_FOLDER)"
    )
    done = elsewhere.run("python", "-c", code)
    folders = [Path(text) for text in done.stdout.split()]
    assert len(folders) == len(DATA), done.stderr
    assert all(folder.is_relative_to(elsewhere.folder) for folder in folders)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--version"], "claude-kg"),
        (["query", "products/bridges", "--format", "csv"], "https://w3id.org/claude-kg/id/"),
        (["report", "products"], "## "),
        (["export", "--asserted"], "owl:Ontology"),
        (["validate"], ""),
    ],
)
def test_every_command_works_there(elsewhere: Elsewhere, arguments: list[str], said: str) -> None:
    done = elsewhere.run("claude-kg", *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert said in done.stdout


def test_it_runs_as_a_module_too(elsewhere: Elsewhere) -> None:
    done = elsewhere.run("python", "-m", "claude_kg", "--version")
    assert done.returncode == 0
    assert done.stdout == elsewhere.run("claude-kg", "--version").stdout
