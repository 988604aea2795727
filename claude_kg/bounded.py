"""Do work that may take for ever, or end the process, within bounds that hold whatever it does.

Native code cannot be interrupted, and some of it aborts. So where the system can fork, the work is
done in a child process whose memory, processor time and open files are limited, which answers
through a pipe, and which is killed at the deadline.
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NoReturn

from claude_kg.errors import InternalError, LimitError
from claude_kg.memory import bound_memory, is_out_of_memory

if TYPE_CHECKING:
    from claude_kg.limits import Limits

Work = Callable[[IO[bytes]], None]

_CHUNK = 1 << 16
_MIB = 1 << 20

# What the exit status of the child means; anything else is a crash.
_DONE, _REFUSED, _LIMITED, _OUT_OF_MEMORY, _FAILED = 0, 10, 11, 12, 13


class RefusedError(Exception):
    """The work cannot be done with what it was given; raised by the work, and for the caller."""


def run_bounded(work: Work, limits: Limits | None, *, what: str, advice: str) -> bytes:
    """What the work writes; without ``limits`` it is done in this process.

    ``what`` names the work in messages; ``advice`` is what to do where a limit is reached, with
    ``{option}`` in the place of the option that raises it.

    Raises LimitError where a limit is reached or the work ends the process, and the RefusedError
    or LimitError that the work itself raises.
    """
    if limits is None:
        buffer = io.BytesIO()
        work(buffer)
        return buffer.getvalue()
    bounds = _Bounds(limits, what, advice)
    return _in_child(work, bounds) if hasattr(os, "fork") else _in_thread(work, bounds)


class _Bounds:
    """The limits, and what is said when one of them is reached."""

    def __init__(self, limits: Limits, what: str, advice: str) -> None:
        self.seconds = limits.seconds
        self.bytes = limits.memory_mib * _MIB
        self._what = what
        self._advice = advice

    def too_slow(self) -> LimitError:
        return LimitError(
            f"{self._what} took longer than the time limit of {self.seconds:g} seconds",
            self._advice.format(option="--timeout"),
        )

    def too_big(self) -> LimitError:
        return LimitError(
            f"{self._what} needs more than the memory limit of {self.bytes // _MIB} MiB",
            self._advice.format(option="--memory"),
        )

    def too_deep(self) -> LimitError:
        return LimitError(
            f"{self._what} is nested too deeply, or is too long, to be worked on",
            "Make it flatter and shorter",
        )

    def failed(self, reason: str) -> InternalError:
        return InternalError(f"{self._what} failed: {reason}")


def _in_child(work: Work, bounds: _Bounds) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, bounds, writing)
    os.close(writing)
    status = None
    try:
        received = _receive(reading, bounds)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(reading)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return _judge(received, os.waitstatus_to_exitcode(status), bounds)


def _answer(work: Work, bounds: _Bounds, writing: int) -> NoReturn:
    """In the child: answer through the pipe, and end without touching what the parent owns."""
    code = _FAILED
    try:
        _confine(bounds)
        with os.fdopen(writing, "wb", buffering=_CHUNK) as pipe:
            code, message = _attempt(work, pipe)
            if message:
                pipe.write(b"\0" + json.dumps(message).encode())
    finally:
        os._exit(code)


def _attempt(work: Work, pipe: IO[bytes]) -> tuple[int, list[str]]:
    try:
        work(pipe)
    except RefusedError as refused:
        return _REFUSED, [str(refused)]
    except LimitError as limit:
        return _LIMITED, [limit.message, limit.hint]
    except BaseException as error:  # noqa: BLE001 - nothing may leave the child
        if is_out_of_memory(error):
            return _OUT_OF_MEMORY, []
        return _FAILED, [f"{type(error).__name__}: {error}"]
    return _DONE, []


def _confine(bounds: _Bounds) -> None:
    """Bound what this process can use. Files cannot be opened any more, nor can connections."""
    import resource

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    bound_memory(bounds.bytes // _MIB)
    for kind, bound in (
        (resource.RLIMIT_CPU, int(bounds.seconds) + 2),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, bound))


def _receive(reading: int, bounds: _Bounds) -> bytes:
    deadline = time.monotonic() + bounds.seconds
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    chunks: list[bytes] = []
    size = 0
    while poll.poll(max(deadline - time.monotonic(), 0) * 1000):
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > bounds.bytes:
            raise bounds.too_big()
    raise bounds.too_slow()


def _judge(received: bytes, code: int, bounds: _Bounds) -> bytes:
    if code == _DONE:
        return received
    if code in (_REFUSED, _LIMITED, _FAILED):
        message = json.loads(received.rpartition(b"\0")[2] or '["it ended early"]')
        if code == _REFUSED:
            raise RefusedError(*message)
        if code == _LIMITED:
            raise LimitError(*message)
        raise bounds.failed(*message)
    if -code == signal.SIGXCPU:
        raise bounds.too_slow()
    if -code == signal.SIGSEGV:
        raise bounds.too_deep()
    # Out of memory, native code aborts, or the system kills the process.
    raise bounds.too_big()


def _in_thread(work: Work, bounds: _Bounds) -> bytes:
    """Where there is no fork: a deadline, but no bound on memory."""
    buffer = io.BytesIO()
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            work(buffer)
        except Exception as error:  # noqa: BLE001 - raised in the waiting thread
            failures.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(bounds.seconds)
    if thread.is_alive():
        raise bounds.too_slow()
    if failures:
        raise failures[0]
    return buffer.getvalue()
