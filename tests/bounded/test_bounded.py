"""Work ends within its bounds, and nothing that it does ends the caller."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

from claude_kg import InternalError, LimitError, Limits
from claude_kg.bounded import RefusedError, run_bounded

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hard limits need a fork")
SMALL = Limits(seconds=5, memory_mib=64)


def bounded(work: object, limits: Limits | None = SMALL) -> bytes:
    return run_bounded(work, limits, what="the work", advice="Use {option}")  # type: ignore[arg-type]


@pytest.mark.parametrize("limits", [None, SMALL])
def test_answer_is_what_the_work_writes(limits: Limits | None) -> None:
    assert bounded(lambda sink: sink.write(b"answer\0" * 100_000), limits) == b"answer\0" * 100_000


@pytest.mark.parametrize("limits", [None, SMALL])
def test_refusal_reaches_the_caller(limits: Limits | None) -> None:
    def refuse(sink: IO[bytes]) -> None:
        sink.write(b"part \0 of an answer")
        raise RefusedError("not\0 so \u00e9")

    with pytest.raises(RefusedError, match="not\0 so \u00e9"):
        bounded(refuse, limits)


def test_limit_of_the_work_reaches_the_caller_with_its_hint() -> None:
    def stop(sink: IO[bytes]) -> None:
        raise LimitError("too many", "Take fewer")

    with pytest.raises(LimitError, match=r"too many\. Take fewer\."):
        bounded(stop)


def test_fault_is_reported_as_one() -> None:
    with pytest.raises(InternalError, match=r"the work failed: ZeroDivisionError: .*by zero"):
        bounded(lambda sink: sink.write(b"x" * (1 // 0)))


def test_deadline_holds() -> None:
    with pytest.raises(LimitError, match=r"the time limit of 0.2 seconds. Use --timeout"):
        bounded(lambda sink: time.sleep(60), Limits(seconds=0.2))


@pytest.mark.parametrize("size", [1 << 20, 1 << 32])
def test_memory_holds(size: int) -> None:
    def grow(sink: IO[bytes]) -> None:
        kept = []
        while True:
            kept.append(b"x" * size)

    with pytest.raises(LimitError, match=r"the memory limit of 64 MiB. Use --memory"):
        bounded(grow)


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV])
def test_crash_is_a_limit(number: signal.Signals) -> None:
    with pytest.raises(LimitError, match=r"memory limit|nested too deeply"):
        bounded(lambda sink: os.kill(os.getpid(), number))


def test_nothing_can_be_opened(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("")
    for attempt in (
        lambda sink: (tmp_path / "there").read_bytes(),
        lambda sink: (tmp_path / "new").write_text(""),
        lambda sink: socket.socket(),
    ):
        with pytest.raises(InternalError, match="Too many open files"):
            bounded(attempt)
    assert not (tmp_path / "new").exists()


def test_noise_of_the_work_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    bounded(lambda sink: ctypes.CDLL(None).perror(b"noise"))
    os.system("true")
    assert capfd.readouterr() == ("", "")


LEAVES_A_CHILD = """
import os, time
from claude_kg import LimitError, Limits
from claude_kg.bounded import run_bounded
try:
    run_bounded(lambda sink: time.sleep(60), Limits(seconds=0.1), what="it", advice="")
except LimitError:
    pass
try:
    print("left:", os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("none")
"""


def test_no_child_is_left() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_A_CHILD], capture_output=True, check=True, text=True
    )
    assert done.stdout == "none\n"
