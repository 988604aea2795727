"""Bound the memory of this process, and tell whether a failure came from that bound."""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path

_MIB = 1 << 20


def bound_memory(mebibytes: int) -> None:
    """Let this process take up so much more address space, in MiB, than it has now.

    Where the system has no such bound (Windows), nothing happens. The bound cannot be taken back.
    """
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + mebibytes * _MIB
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error was raised for want of memory.

    Few libraries say so: one that cannot be mapped is an ImportError, a thread that gets no stack
    a RuntimeError, and some pass the want on as a SystemError. So where it is not said, memory is
    asked for: what failed for want of it left less than a library takes.
    """
    if isinstance(error, MemoryError | SystemError):
        return True
    try:
        mmap.mmap(-1, 32 * _MIB).close()
    except (OSError, MemoryError):
        return True
    return False


def _address_space() -> int:
    """What the process takes up already, in bytes, where the system tells."""
    try:
        status = Path("/proc/self/statm").read_bytes()
        return int(status.split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
