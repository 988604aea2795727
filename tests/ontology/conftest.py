"""The graph as other tools get it, and the tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from claude_kg import KnowledgeGraph

HERE = Path(__file__).parent
JAVA_FOLDER = Path("/usr/share/java")
OWL_API = "owlapi-distribution.jar"
# What the OWL API calls, and a logger that writes its warnings to standard error.
JARS = (
    OWL_API,
    "atinject-jsr330-api.jar",
    "caffeine.jar",
    "commons-codec.jar",
    "commons-io.jar",
    "commons-logging.jar",
    "commons-rdf-*.jar",
    "guava.jar",
    "hppcrt.jar",
    "httpclient.jar",
    "httpcore.jar",
    "jackson-*.jar",
    "jsonld-java.jar",
    "jsr305.jar",
    "rdf4j-*.jar",
    "slf4j-api.jar",
    "slf4j-simple.jar",
    "xz.jar",
)

Profiles = Callable[[Path], tuple[list[str], str]]


@pytest.fixture(scope="session")
def packaged() -> KnowledgeGraph:
    return KnowledgeGraph.load()


@pytest.fixture(scope="session")
def java() -> str:
    found = shutil.which("java")
    return found if found and shutil.which("javac") else missing("a Java development kit")


@pytest.fixture(scope="session")
def profiles(java: str, tmp_path_factory: pytest.TempPathFactory) -> Profiles:
    """Read a file by the OWL API: what it says, a line each, and its warnings."""
    if not (JAVA_FOLDER / OWL_API).exists():
        missing(f"{JAVA_FOLDER / OWL_API} (Debian: libowlapi-java)")
    class_path = os.pathsep.join(
        str(jar) for pattern in JARS for jar in sorted(JAVA_FOLDER.glob(pattern))
    )
    classes = tmp_path_factory.mktemp("classes")
    javac = ["javac", "-cp", class_path, "-d", str(classes), str(HERE / "Profiles.java")]
    subprocess.run(javac, check=True, capture_output=True, text=True)

    def read(file: Path) -> tuple[list[str], str]:
        path = f"{classes}{os.pathsep}{class_path}"
        log_level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        command = [java, log_level, "-cp", path, "Profiles", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines(), done.stderr

    return read


def missing(what: str) -> NoReturn:
    """Skip for want of something, or fail where nothing may be skipped, as in CI."""
    if os.environ.get("CLAUDE_KG_NO_SKIP"):
        pytest.fail(f"{what} is missing, and CLAUDE_KG_NO_SKIP is set")
    pytest.skip(f"{what} is missing")
