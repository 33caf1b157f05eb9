"""Child processes that do not outlive the one that started them."""

import ctypes
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to signal this process when the thread that started it ends, even by SIGKILL.

    Called in a child between fork and exec, or by a process about itself. Linux only.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def is_make(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() in ("make", "gmake")
    except OSError:
        return False


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler of its own for a signal.

    ``make`` gives its handler up when it is interrupted and then waits for its children without telling them,
    so a ``make`` that no longer catches INT is one that was asked to stop.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    mask = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
    return bool(int(mask, 16) >> (number - 1) & 1)
