"""Do work in a process of its own, so that it can be bounded in time and memory."""

from __future__ import annotations

import functools
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Generic, ParamSpec, TypeVar

from claude_kg.errors import InputError, InternalError, KgError, LimitError
from claude_kg.limits import Limits
from claude_kg.memory import bound_memory, is_out_of_memory

_RESERVE = 1 << 20
"""So many bytes are let go in a task that is out of memory, for it to say so."""

P = ParamSpec("P")
T = TypeVar("T")


class Task(Generic[T]):
    """A call that runs beside the caller, who fetches its result later.

    Without limits it runs in this process, when the result is fetched; and so it does within
    another task, which is bounded already.
    """

    _worked_here = False
    _within = False

    def __init__(
        self, limits: Limits | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        self._limits = limits = None if Task._within else limits
        self._call = functools.partial(work, *args, **kwargs)
        if limits is None:
            return
        # A fork takes the graph along for nothing; where there is none, it is sent over.
        context: Any = multiprocessing.get_context("fork" if can_fork() else "spawn")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_child, args=(sender, limits.memory_mib, work, args, kwargs), daemon=True
        )
        self._deadline = time.monotonic() + limits.seconds
        self._process.start()
        sender.close()

    def result(self) -> T:
        """What the call returned.

        Raises what it raised, and LimitError where it took too long, or more memory than it may.
        """
        if self._limits is None:
            Task._worked_here = True
            return self._call()
        try:
            if not self._receiver.poll(max(0.0, self._deadline - time.monotonic())):
                raise LimitError(
                    f"the check took longer than its limit of {self._limits.seconds:g} seconds",
                    "Give it more with --timeout, or look for a pattern in the shapes that "
                    "backtracks without end",
                )
            outcome, value = self._receiver.recv()
        except EOFError:
            # Whoever gets no memory at all cannot even say so.
            outcome, value = "memory", None
        finally:
            self._process.kill()
            self._process.join()
            self._receiver.close()
        if outcome == "memory":
            raise LimitError(
                f"the check needs more than its limit of {self._limits.memory_mib} MiB of memory",
                "Give it more with --memory",
            )
        if outcome == "input":
            message, hint, place = value
            raise InputError(message, hint, **place)
        if outcome == "fault":
            raise InternalError(*value)
        return value  # type: ignore[no-any-return]

    def cancel(self) -> None:
        """End the work, whose result nobody wants any more."""
        if self._limits is not None:
            self._process.kill()


def can_fork() -> bool:
    """Whether a task shares what is in memory, without a copy.

    An engine that has worked in this process has started threads, which a fork would not take along
    and would wait for without end.
    """
    return sys.platform != "win32" and not Task._worked_here  # noqa: SLF001 - its own module


def note_threads() -> None:
    """Note that this process has threads of a native engine, so that it is not forked any more."""
    Task._worked_here = True  # noqa: SLF001 - its own module


def _child(
    sender: Connection,
    memory_mib: int,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    # An interrupt is the caller's affair; here it must not print anything.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    reserve = bytearray(_RESERVE)
    bound_memory(memory_mib)
    Task._within = True  # noqa: SLF001 - its own module
    reply: tuple[str, object]
    try:
        sender.send(("result", work(*args, **kwargs)))
    except InputError as error:
        place = {name: getattr(error, name) for name in ("file", "line", "column")}
        reply = ("input", (error.message, error.hint, place))
    except KgError as error:
        reply = ("fault", (error.message, error.hint))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the caller is to hear of it
        # Without any memory Python cannot say so, nor even end: it tries again without end.
        del reserve
        if is_out_of_memory(error):
            reply = ("memory", None)
        else:
            reply = ("fault", (f"the check failed: {type(error).__name__}: {error}",))
    else:
        return
    sender.send(reply)
